"""Whole fleets for benchmarks: muster-sim as a process, what the manager says of the fleet while it runs, and a place
where notifications arrive."""
import http.client
import http.server
import json
import signal
import subprocess
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
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def stop(self):
        """The fleet is silent from now on; returns the simulator's report."""
        self.process.send_signal(signal.SIGINT)
        report = self.process.communicate()[0]
        return json.loads(report)

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


class Watch:
    """Asks for the status over and over; knows nothing of the time in which nobody answers."""

    def __init__(self, manager, pause=0.1):
        self.manager, self.pause, self.views, self.running = manager, pause, [], True
        self.thread = threading.Thread(target=self.run, daemon=True)

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

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()


def lateness(views, counted, agents, since, rhythm, threshold):
    """By how many seconds `counted(fleet)` was late at most, and whether it came to all of `agents`, who are silent
    since one instant.

    Their last heartbeats lie evenly in the interval before, so they cross the threshold evenly, and each count has
    its time. Of hundreds of thousands, chance moves it by less than 0.1 s."""
    first = since + threshold - rhythm.interval
    worst = 0.0
    for view in views:
        if view.answered < first:
            continue
        count = min(counted(view.fleet), agents)
        worst = max(worst, view.answered - first - rhythm.interval * count / agents)
        if count == agents:
            return worst, True
    return worst, False


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
