"""What stands in for the services that notifications go to: HTTP receivers, and an SMTP sink as a process of its own."""
import http.server
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

from manager_process import eventually


class Receiver:
    """Takes every POST and remembers it; answers with `status` and `headers`."""

    def __init__(self):
        self.requests = []
        self.status = 200
        self.headers = {}
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def bodies(self):
        return [json.loads(body) for _, _, body in self.requests]

    def wait_for(self, check, timeout=20):
        """The first body for which `check` is true."""
        return eventually(lambda: next((each for each in self.bodies() if check(each)), None), timeout)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


# Debian's own, for which its package of aiosmtpd is.
DEBIAN_PYTHON = "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable

SINK = """
import asyncio, json, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

class Handler:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "user": session.auth_data,
                          "tls": session.ssl is not None,
                          "data": envelope.content.decode("utf-8", "replace")}), flush=True)
        return "250 taken"

def check(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"muster", b"pass word")
    return AuthResult(success=good, auth_data=data.login.decode())

asked = sys.argv[1] == "auth"
context = None
if len(sys.argv) > 3:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[3])
sink = Controller(Handler(), hostname="127.0.0.1", port=int(sys.argv[2]), tls_context=context,
                  require_starttls=context is not None,
                  authenticator=check if asked else None, auth_required=asked, auth_require_tls=context is not None)
sink.start()
print(json.dumps({"ready": True}), flush=True)
sys.stdin.read()
"""


class MailSink:
    """An SMTP server that keeps what it was given. With a certificate and its key in one file it wants STARTTLS."""

    def __init__(self, port, auth=False, certificate=None):
        self.port = port
        self.lines = []
        self.process = subprocess.Popen([DEBIAN_PYTHON, "-c", SINK, "auth" if auth else "open", str(port),
                                         *([str(certificate)] if certificate else [])],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        eventually(lambda: self.lines, 20)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    @property
    def mails(self):
        return self.lines[1:]

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


def wait_a_little():
    """For what must not happen."""
    time.sleep(2)
