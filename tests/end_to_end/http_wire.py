"""HTTP/1.1 by hand, so that tests decide about every byte and see every byte of the answers."""
import json
import socket

PATIENCE = 10  # seconds for an answer; no test waits longer for one, so nothing can hang


class Answer:
    """One answer as it came. Header names are lower case."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.headers} {self.body[:400]!r}>"


class Closed(Exception):
    """The peer ended the connection where an answer was due."""


class Connection:
    """A socket on which requests are written and answers read in any order."""

    def __init__(self, address, timeout=PATIENCE, receive_buffer=None):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self._held = b""
        try:
            self.socket.connect(address)
        except OSError:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        """Sends as much as the peer takes: a peer that refuses a body may have closed already."""
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def receive(self, bodiless=False):
        """The next answer. `bodiless` is what an answer to HEAD is."""
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, _ = head[0].split(" ", 2)
        if version != "HTTP/1.1":
            raise ValueError(f"not an answer: {head[0]!r}")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        empty = bodiless or int(status) < 200 or int(status) in (204, 304)
        body = b"" if empty else self._exactly(int(headers["content-length"]))
        return Answer(int(status), headers, body)

    def is_closed(self, within=PATIENCE):
        """True once the peer has closed; False when it is still open after `within` seconds or says more."""
        if self._held:
            return False
        before = self.socket.gettimeout()
        self.socket.settimeout(within)
        try:
            self._held = self.socket.recv(65536)
            return self._held == b""
        except socket.timeout:
            return False
        except ConnectionResetError:
            return True
        finally:
            self.socket.settimeout(before)

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError as reset:
            raise Closed("reset by the peer") from reset
        if not piece:
            raise Closed(f"closed after {self._held[:200]!r}")
        self._held += piece

    def _until(self, mark):
        while mark not in self._held:
            self._more()
        found, _, self._held = self._held.partition(mark)
        return found

    def _exactly(self, size):
        while len(self._held) < size:
            self._more()
        found, self._held = self._held[:size], self._held[size:]
        return found


def request(method, target, body=None, token=None, headers=None, version="1.1"):
    """The bytes of a request; a body that is not bytes is sent as JSON."""
    fields = {"Host": "manager"}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    if body is not None:
        fields["Content-Type"] = "application/json"
        fields["Content-Length"] = str(len(body))
    if token is not None:
        fields["Authorization"] = f"Bearer {token}"
    fields.update(headers or {})
    lines = [f"{method} {target} HTTP/{version}"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


class Client:
    """Requests and answers over one connection that is kept, and made anew when the peer has closed it."""

    def __init__(self, address, token=None):
        self.address = address
        self.token = token
        self._connection = None

    def close(self):
        if self._connection:
            self._connection.close()
        self._connection = None

    def call(self, method, target, body=None, token=None, headers=None):
        data = request(method, target, body, token or self.token, headers)
        for last in (False, True):
            fresh = self._connection is None
            if fresh:
                self._connection = Connection(self.address)
            try:
                self._connection.send(data)
                answer = self._connection.receive(bodiless=method == "HEAD")
            except Closed:
                self.close()
                if fresh or last:
                    raise
                continue
            if answer.headers.get("connection") == "close":
                self.close()
            return answer

    def get(self, target, **more):
        return self.call("GET", target, **more)

    def post(self, target, body=None, **more):
        return self.call("POST", target, body, **more)

    def put(self, target, body=None, **more):
        return self.call("PUT", target, body, **more)

    def delete(self, target, **more):
        return self.call("DELETE", target, **more)
