"""A stand-in for plexd: registers, beats, follows its events and checks each as the dialect's page says, from the page's
rules and not from the manager's encoder.
"""
import base64
import json
import os
import random
import re
import socket
import threading
import time
from datetime import datetime, timedelta, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STALENESS = timedelta(minutes=5)
LONGEST_LINE = 64 * 1024
TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def public_key():
    """Base64 of 32 bytes, as a Curve25519 key has them."""
    return base64.b64encode(os.urandom(32)).decode()


def members(text):
    """The members of a JSON object as they are spelt, without white space between tokens."""
    found, depth, name, value = {}, 0, None, ""
    for token in TOKENS.findall(text):
        if token in "{[":
            depth += 1
        if depth == 1 and token == "{":
            continue
        if depth == 1 and token in ",}":
            found[json.loads(name)] = value
            name, value = None, ""
        elif depth == 1 and name is None:
            name = token
        elif depth == 1 and token == ":" and value == "":
            pass
        else:
            value += token
        if token in "}]":
            depth -= 1
    return found


def canonical(raw):
    """The bytes that are signed."""
    order = ("event_type", "event_id", "issued_at", "nonce", "payload")
    text = "{" + ",".join(f'"{name}":{raw.get(name, "null")}' for name in order) + "}"
    for plain, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"),
                           ("\u2029", "\\u2029")):
        text = text.replace(plain, escaped)
    return text.encode()


class Refused(Exception):
    """The node drops this event."""


class Verifier:
    """What a node checks of an event, in its order."""

    def __init__(self, current):
        self.current = current
        self.previous = ""
        self.nonces = set()

    def check(self, text):
        raw = members(text)
        told = json.loads(text)
        for name in ("event_type", "event_id", "issued_at", "nonce", "signature"):
            if not told.get(name):
                raise Refused(f"{name} is missing")
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z", told["issued_at"]):
            raise Refused(f"issued_at is not as it is signed: {told['issued_at']}")
        age = datetime.now(timezone.utc) - datetime.fromisoformat(told["issued_at"])
        if abs(age) > STALENESS:
            raise Refused(f"stale: {age}")
        if not self.verifies(raw, told["signature"]):
            raise Refused("the signature is not good")
        if told["nonce"] in self.nonces:
            raise Refused("the nonce was seen before")
        self.nonces.add(told["nonce"])
        if told["event_type"] == "signing_key_rotated":
            self.current, self.previous = told["payload"]["current"], told["payload"]["previous"]
        return told

    def verifies(self, raw, signature):
        for key in filter(None, (self.current, self.previous)):
            try:
                Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(signature),
                                                                                canonical(raw))
                return True
            except InvalidSignature:
                continue
        return False


class Stream:
    """An open event stream. Reads with a deadline, never longer."""

    def __init__(self, address, path, key, last_event_id=None):
        self.socket = socket.create_connection(address, timeout=10)
        lines = [f"GET {path} HTTP/1.1", "Host: m", "Accept: text/event-stream", "Cache-Control: no-cache",
                 f"Authorization: Bearer {key}"]
        if last_event_id:
            lines.append(f"Last-Event-Id: {last_event_id}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.rest = b""
        head = self._until(b"\r\n\r\n", 10)
        self.status = int(head.split(b" ", 2)[1])
        self.head = head.decode()
        self.last_event_id = last_event_id
        self.comments = 0

    def close(self):
        self.socket.close()

    def _until(self, mark, seconds):
        end = time.monotonic() + seconds
        while mark not in self.rest:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                return None
            if not more:
                raise AssertionError("the manager has ended the stream")
            self.rest += more
            if time.monotonic() > end:
                return None
        found, self.rest = self.rest.split(mark, 1)
        return found

    def next(self, seconds=10):
        """The text of the next event's data; nothing if none comes in time."""
        data = []
        while True:
            line = self._until(b"\n", seconds)
            if line is None:
                return None
            if len(line) > LONGEST_LINE:
                raise AssertionError("a line is longer than nodes read")
            text = line.rstrip(b"\r").decode()
            if text.startswith(":"):
                self.comments += 1
            elif text.startswith("id:"):
                self.last_event_id = text[3:].strip()
            elif text.startswith("data:"):
                data.append(text[5:].removeprefix(" "))
            elif not text and data:
                return "\n".join(data)


class Node:
    """A registered node."""

    def __init__(self, client, address, welcome):
        self.client = client
        self.address = address
        self.welcome = welcome
        self.id = welcome["node_id"]
        self.key = welcome["node_secret_key"]
        self.verifier = Verifier(welcome["signing_public_key"])
        self.path = f"/v1/nodes/{self.id}"
        self.last_event_id = None
        self.stream = None

    def post(self, name, body=None, **more):
        return self.client.post(f"{self.path}/{name}", body, token=self.key, **more)

    def put(self, name, body):
        return self.client.put(f"{self.path}/{name}", body, token=self.key)

    def get(self, name, **more):
        return self.client.get(f"{self.path}/{name}", token=self.key, **more)

    def beat(self, **report):
        """As plexd sends it: everything empty."""
        return self.post("heartbeat", {"node_id": "", "timestamp": "0001-01-01T00:00:00Z", "status": "", "uptime": "",
                                       "binary_checksum": "", **report})

    def state(self):
        answer = self.get("state")
        if answer.status != 200:
            raise AssertionError(f"no state for {self.id}: {answer}")
        return answer.json()

    def secret(self, name):
        """The value of a secret, decrypted; or the status that it was refused with."""
        answer = self.get(f"secrets/{name}")
        if answer.status != 200:
            return answer.status
        told = answer.json()
        return AESGCM(self.key.encode()).decrypt(base64.b64decode(told["nonce"]), base64.b64decode(told["ciphertext"]),
                                                 None).decode()

    def listen(self):
        """Opens the stream, after the event that was seen last."""
        self.hang_up()
        self.stream = Stream(self.address, f"{self.path}/events", self.key, self.last_event_id)
        return self.stream.status

    def hang_up(self):
        if self.stream:
            self.last_event_id = self.stream.last_event_id
            self.stream.close()
            self.stream = None

    def event(self, seconds=10):
        """The next event, checked; nothing if none comes in time."""
        text = self.stream.next(seconds)
        self.last_event_id = self.stream.last_event_id
        return text and self.verifier.check(text)

    def events_until(self, event_type, seconds=10):
        """All events up to and with the first of this type."""
        found = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            event = self.event(max(0.05, end - time.monotonic()))
            if event:
                found.append(event)
                if event["event_type"] == event_type:
                    return found
        raise AssertionError(f"no {event_type} came, only {[e['event_type'] for e in found]}")


def make_token(operator, **more):
    answer = operator.post("/operator/v1/tokens", more)
    if answer.status != 201:
        raise AssertionError(f"no token was made: {answer}")
    return answer.json()["token"]


def register(client, token, hostname, body=None, **more):
    """`body` and `more` take the place of what is sent."""
    body = {"token": token, "public_key": public_key(), "hostname": hostname, "metadata": {"os": "linux"}, **more,
            **(body or {})}
    return client.post("/v1/register", body, token=token)


def join(client, address, token, hostname, **more):
    answer = register(client, token, hostname, **more)
    if answer.status != 201:
        raise AssertionError(f"{hostname} did not become a node: {answer}")
    return Node(client, address, answer.json())


class Follower(threading.Thread):
    """Follows a node's events by the client's own rules until it is told to stop: each stream is cut after `life`
    seconds and opened again at once, as is one that the manager has closed; what refuses it makes it wait 1 s, then twice
    as long each time; 401, 403 and 404 end it for good."""

    def __init__(self, node, life=30.0):
        super().__init__(daemon=True)
        self.node, self.life = node, life
        self.events, self.statuses, self.waits = [], [], []
        self.gave_up = None
        self.problem = None
        self.ending = threading.Event()

    def run(self):
        try:
            self.follow()
        except Exception as failed:  # told by whoever joins
            self.problem = failed

    def follow(self):
        wait = 1.0
        while not self.ending.is_set():
            try:
                status = self.node.listen()
            except (OSError, AssertionError, AttributeError):
                status = None  # nobody there, or closed before an answer
            self.statuses.append(status)
            if status in (401, 403, 404):
                self.gave_up = status
                return
            if status != 200:
                self.waits.append(wait)
                self.ending.wait(wait * random.uniform(0.75, 1.25))
                wait = min(wait * 2, 60.0)
                continue
            wait = 1.0
            self.read_until(time.monotonic() + self.life)

    def read_until(self, end):
        while time.monotonic() < end and not self.ending.is_set():
            try:
                text = self.node.stream.next(min(0.2, max(0.01, end - time.monotonic())))
            except (OSError, AssertionError):
                break  # closed: the next one at once
            if text is not None:
                self.events.append(self.node.verifier.check(text))
        self.node.hang_up()

    def stop(self):
        self.ending.set()
        self.join()
        if self.problem:
            raise self.problem
