"""Whole fleets for benchmarks: muster-sim as a process, what the manager says of the fleet while it runs, and a place
where notifications arrive."""
import http.client
import http.server
import json
import pathlib
import subprocess
import tempfile
import threading
import time
import typing

import support


class Rhythm(typing.NamedTuple):
    """Seconds: of a heartbeat, and of what the manager makes of silence."""
    interval: float
    stale: float
    offline: float
    grace: float

    def flags(self):
        profile = "--liveness.profiles.panguard"
        return (f"{profile}.interval", span(self.interval), f"{profile}.stale_after", span(self.stale),
                f"{profile}.offline_after", span(self.offline), "--disruption.grace", span(self.grace))


SCENARIOS = pathlib.Path(__file__).parent / "scenarios"
FULL = Rhythm(30, 90, 100, 30)
QUICK = Rhythm(5, 15, 17, 5)


def span(seconds):
    return f"{seconds * 1000:.0f}ms"


class Simulator:
    """Agents that register as fast as the manager lets them and beat until they are stopped."""

    def __init__(self, manager, agents, prefix, interval, register_rate=1_000_000):
        self.agents = agents
        self.process = subprocess.Popen(
            [support.BIN / "muster-sim", "--agents", str(agents), "--hostname-prefix", prefix, "--interval",
             span(interval), "--target", f"http://{manager.fleet}", "--register-rate", f"{register_rate}/s",
             "--connections", "128", "--pipeline", "8", "--json"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def registered(manager):
    """How often an agent came in since the manager's start."""
    counts = manager.status()["since_start"]
    return counts["enrolled"] + counts["reconnected"]


def come_in(manager, agents, prefix, interval, patience=600):
    """A simulator whose agents have all registered."""
    before = registered(manager)
    fleet = Simulator(manager, agents, prefix, interval)
    until(lambda: registered(manager) - before >= agents, patience, f"{agents} agents to register")
    return fleet


def until(holds, patience, what):
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"waited {patience} s in vain for {what}")
        time.sleep(0.1)


class View(typing.NamedTuple):
    """What the status said: asked for and answered at these times."""
    asked: float
    answered: float
    fleet: dict
    disruptions: list
    since_start: dict


class Watch(support.Companion):
    """Asks for the status over and over; knows nothing of the time in which nobody answers."""

    def __init__(self, manager, pause=0.1):
        self.manager, self.pause, self.views = manager, pause, []

    def run(self):
        while self.running:
            asked = time.monotonic()
            try:
                status = self.manager.status()
                self.views.append(View(asked, time.monotonic(), status["fleet"], status["disruptions"],
                                       status["since_start"]))
            except (OSError, http.client.HTTPException, ValueError):
                pass  # the manager is being restarted
            time.sleep(self.pause)

    def most(self, state):
        return max((view.fleet[state] for view in self.views), default=0)


class Scenario:
    """A run of benchmarks/scenarios/NAME.yaml, which holds the manager's words against the truth."""

    def __init__(self, manager, name):
        self.folder = tempfile.TemporaryDirectory(prefix="muster-bench-")
        self.file = pathlib.Path(self.folder.name) / "report.json"
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [support.BIN / "muster-sim", "run", SCENARIOS / f"{name}.yaml", "--target", f"http://{manager.fleet}",
             "--operator", f"http://{manager.operator}", "--token", manager.token, "--report", self.file],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=support.CLEAN)

    def report(self):
        """Once it has ended; whether its expectations held is for the caller to judge."""
        errors = self.process.communicate()[1]
        if not self.file.exists():
            raise SystemExit("muster-sim run gave no report: " + errors[-500:])
        return json.loads(self.file.read_text(encoding="utf-8"))

    def when(self, report, step):
        """When steps of that name began."""
        return [self.began + mark["second"] for mark in report["marks"] if mark["text"].startswith(step)]

    def samples(self, report, since, until_then):
        return [each for each in report["samples"] if since <= self.began + each["second"] <= until_then]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


def p99_at_most(samples):
    """Milliseconds that at least 99 % of the samples' heartbeats stayed below, as far as their percentiles tell."""
    beats = sum(each["beats"] for each in samples)

    def above(limit, each):
        shares = ((each["p999_ms"], 0.001), (each["p99_ms"], 0.01), (each["p50_ms"], 0.5))
        return each["beats"] * next((share for known, share in shares if known <= limit), 1)

    limits = sorted({each[name] for each in samples for name in ("p50_ms", "p99_ms", "p999_ms")})
    return next(limit for limit in limits if sum(above(limit, each) for each in samples) <= 0.01 * beats)


class Receiver:
    """Takes every message that is posted and remembers when it came."""

    def __init__(self):
        self.messages = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.messages.append((time.monotonic(), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def since(self, moment):
        return [body for at, body in self.messages if at >= moment]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
