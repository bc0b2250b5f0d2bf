"""What the benchmarks share: servers on free ports, enrolled agents, wrk with
prepared requests, and medians."""
import http.client
import itertools
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = pathlib.Path(os.environ.get("MUSTER_BIN", ROOT / "build/release/bin"))
HELPERS = pathlib.Path(os.environ.get("MUSTER_BENCHMARKS", ROOT / "build/release/benchmarks"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}  # of settings
BEAT = b'{"eventsProcessed":2,"threatsDetected":0,"actionsExecuted":0,"mode":"learning","uptime":60002,"memoryUsageMB":38.5}'


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Configuration:
    """A file for --config."""

    def __init__(self, text):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8")
        self.file.write(text)
        self.file.flush()

    def __enter__(self):
        return self.file.name

    def __exit__(self, *_):
        self.file.close()


class Manager:
    """A musterd of its own, in a directory that goes away with it. `admission` keeps its limits of requests a
    second, which are off else; `before` is a program that it runs under."""

    def __init__(self, *flags, admission=False, before=()):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="muster-bench-"))
        self.flags, self.before = list(flags), list(before)
        if not admission:
            self.flags += ["--admission.registration_per_second", "0", "--admission.heartbeats_per_second", "0"]
        self.fleet, self.operator = "127.0.0.1:0", "127.0.0.1:0"
        self.start()

    def start(self):
        """Again on the same addresses, if it ran before."""
        ready = self.data / "ready.json"
        ready.unlink(missing_ok=True)
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [*self.before, BIN / "musterd", "--data-dir", self.data, "--fleet-listen", self.fleet,
             "--operator-listen", self.operator, "--ready-file", ready, "--log-level", "warn", *self.flags], env=CLEAN)
        while not ready.exists():
            if self.process.poll() is not None:
                raise SystemExit("musterd did not start")
            time.sleep(0.005)
        addresses = json.loads(ready.read_text())
        self.fleet, self.operator = addresses["fleet"], addresses["operator"]
        self.token = (self.data / "operator.token").read_text().strip()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def get(self, path, attempts=10):
        """What the operator listener answers; a manager under full load may refuse for some seconds."""
        for _ in range(attempts):
            connection = http.client.HTTPConnection(self.operator)
            try:
                connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
                answer = connection.getresponse()
                body = answer.read()
            finally:
                connection.close()
            if answer.status == 200:
                return body
            time.sleep(1)
        raise ConnectionError(f"{path} was answered {answer.status}: {body.decode()[:300]}")

    def status(self):
        return json.loads(self.get("/operator/v1/status"))

    def metric(self, name):
        return float(re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics").decode(), re.MULTILINE).group(1))

    def memory(self, kind="RssAnon"):
        """Anonymous resident bytes, or with RssFile those of mapped files, with VmRSS all."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"^{kind}:\s*(\d+) kB", text, re.MULTILINE)
        if not found:
            raise SystemExit(f"the kernel does not tell {kind}")
        return int(found.group(1)) * 1024

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


WELCOME = re.compile(rb'"agentId":"([^"]+)","token":"([^"]+)"')


def registration_bytes(hostname):
    body = json.dumps({"hostname": hostname, "os": "Linux 6.1.0", "arch": "x64", "version": "1.0.0",
                       "ip": "10.0.0.5"}).encode()
    return (b"POST /api/agents/register HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)) + body


def welcomes(connection, count):
    """The (id, token) pairs of so many answers."""
    text = b""
    while len(found := WELCOME.findall(text)) < count:
        piece = connection.recv(1 << 16)
        if not piece:
            raise SystemExit("the manager closed an enrolment connection: " + text.decode()[-300:])
        text += piece
    return [(agent.decode(), token.decode()) for agent, token in found]


def enrol(address, count, prefix="bench", connections=64, window=16):
    """Registers `count` agents, `window` at a time on each connection; returns (id, token) pairs."""
    host, port = address.split(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(connections)]
    agents, names = [], iter(range(count))
    while len(agents) < count:
        under_way = []
        for each in sockets:
            batch = [registration_bytes(f"{prefix}-{n}") for n in itertools.islice(names, window)]
            each.sendall(b"".join(batch))
            under_way.append((each, len(batch)))
        for each, expected in under_way:
            agents += welcomes(each, expected)
    for each in sockets:
        each.close()
    return agents


def beat_bytes(agent, token):
    return (f"POST /api/agents/{agent}/heartbeat HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(BEAT)}\r\n\r\n").encode() + BEAT


def wrk_script(agents, path, depth=1):
    """A wrk script that sends prepared heartbeats, `depth` of them at a time."""
    lines = ["local requests = {}"]
    for i in range(0, len(agents) - depth + 1, depth):
        text = b"".join(beat_bytes(*agent) for agent in agents[i:i + depth]).decode()
        lines.append("requests[#requests + 1] = [==[" + text.replace("\r\n", "\n") + "]==]")
    lines += ["for i = 1, #requests do requests[i] = requests[i]:gsub('\\n', '\\r\\n') end", "local n = 0",
              "request = function() n = n % #requests + 1 return requests[n] end"]
    path.write_text("\n".join(lines))


def wrk(address, script, seconds=5, connections=64):
    """Requests a second; stops the benchmark on any answer but 2xx."""
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://{address}/"],
                         capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("wrk saw errors:\n" + out)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def wrk_with_cpu(server, address, script, seconds):
    """Requests a second, and microseconds of CPU that the server took for each."""
    before = cpu_seconds(server.process.pid)
    rate = wrk(address, script, seconds)
    return rate, (cpu_seconds(server.process.pid) - before) / (rate * seconds) * 1e6


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Companion:
    """Does `run` on a thread of its own, `while self.running`, for as long as a block lasts. The main thread hears of what
    goes wrong there."""

    def __enter__(self):
        self.running, self.failure = True, None
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self):
        try:
            self.run()
        except BaseException as failure:
            self.failure = failure

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        if self.failure is not None:
            raise SystemExit(f"{type(self).__name__} failed: {self.failure!r}")


class BareLoop:
    def __enter__(self):
        self.process = subprocess.Popen([HELPERS / "bare_loop", "0"], stdout=subprocess.PIPE, text=True)
        self.address = "127.0.0.1:" + self.process.stdout.readline().split()[1]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Redis:
    """A Redis without persistence on a free port."""

    def __enter__(self):
        self.port = free_port()
        self.process = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                                         "--appendonly", "no"], stdout=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except OSError:
                time.sleep(0.05)

    def setex(self, requests=100_000, connections=64):
        out = subprocess.run(["redis-benchmark", "-p", str(self.port), "-P", "1", "-c", str(connections), "-n",
                              str(requests), "-r", "10000", "-q", "SETEX", "agent:__rand_int__", "90", "online"],
                             capture_output=True, text=True, check=True).stdout
        return float(re.findall(r"([\d.]+) requests per second", out)[-1])

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def median(values):
    return statistics.median(values)


def table(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


class StreamClients:
    """A helper program that holds streams open and tells when all of them were reached."""

    def __init__(self, program, manager, file):
        self.process = subprocess.Popen([HELPERS / program, *manager.fleet.split(":"), file],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "open\n":
            raise SystemExit("the streams did not open")

    def reached(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
