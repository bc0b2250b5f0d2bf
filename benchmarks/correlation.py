"""Sightings a second, each durable and correlated before its report is answered, and how
long after the second agent's report a pattern is known and on an open policy stream.

Agents report addresses of attackers drawn from a heavy-tailed distribution, so that some
make patterns at once and most are seen once. Patterns of that load cause no emergency
(its range is one of `policy.never_block`); those of the probes do, and emergency
revisions are not limited, since each probe waits for its own."""
import http.client
import itertools
import json
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import support  # noqa: E402

AGENTS, KEYS, EXPONENT = 10_000, 100_000, 1.1
ROUNDS = 3  # at full load; the median counts
CONNECTIONS = 64  # each has one report under way
FLAGS = ("--admission.events_per_second", "0", "--policy.never_block", "45.0.0.0/8", "--policy.emergencies_per_kind", "100000",
         "--policy.emergency_revisions_per_minute", "10000")


def event(number, address):
    return {"event": {"id": f"evt-{number}", "timestamp": "2026-11-21T10:00:00Z", "category": "network",
                      "severity": "high", "description": "Login refused",
                      "metadata": {"sourceIP": address, "user": "root"}},
            "verdict": {"conclusion": "malicious", "confidence": 92, "action": "notify"}}


def address_of(key):
    return f"45.{key >> 16 & 255}.{key >> 8 & 255}.{key & 255}"


def request(agent, body):
    identity, token = agent
    return (f"POST /api/agents/{identity}/events HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def write_reports(path, agents, keys, size):
    """Reports of `size` events, one key each, from one agent after the other. Agents report over and over,
    so event ids are never used twice."""
    numbers = itertools.count(random.getrandbits(48) << 24)
    senders = itertools.cycle(agents)
    with open(path, "wb") as file:
        for start in range(0, len(keys), size):
            threats = [event(next(numbers), address_of(key)) for key in keys[start:start + size]]
            text = request(next(senders), json.dumps({"threats": threats}, separators=(",", ":")).encode())
            file.write(b"%d\n" % len(text) + text)


def replay(manager, path, rate=0, connections=CONNECTIONS):
    host, port = manager.fleet.split(":")
    done = subprocess.run([support.HELPERS / "replay", host, port, path, str(connections), str(rate)],
                          capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    if figures["refused"]:
        raise SystemExit(f"refused: {figures['refused']} of {figures['requests']} reports")
    return figures


class Probes(support.Companion):
    """Pairs of agents that see the same address. The first has an open policy stream; the clock starts
    with the second one's report."""

    numbers = itertools.count()  # of addresses; none is used twice

    def __init__(self, manager, agents):
        self.manager, (self.first, self.second) = manager, agents
        self.to_pattern, self.to_push = [], []
        host, port = manager.fleet.split(":")
        self.stream = socket.create_connection((host, int(port)))
        self.stream.sendall(f"GET /api/policy/agent/{self.first[0]}/stream HTTP/1.1\r\nHost: m\r\n"
                            f"Authorization: Bearer {self.first[1]}\r\n\r\n".encode())
        self.stream.settimeout(10)
        self.door = http.client.HTTPConnection(manager.fleet)

    def report(self, agent, address):
        body = json.dumps(event(random.getrandbits(60), address)).encode()
        self.door.request("POST", f"/api/agents/{agent[0]}/events", body,
                          {"Authorization": f"Bearer {agent[1]}", "Content-Type": "application/json"})
        return json.loads(self.door.getresponse().read())

    def run(self):
        while self.running:
            n = next(self.numbers)
            address = f"46.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
            self.report(self.first, address)
            start = time.monotonic()
            if not self.report(self.second, address)["patterns"]:
                raise SystemExit("the second agent's report opened no pattern")
            self.to_pattern.append(time.monotonic() - start)
            seen = b""
            while address.encode() not in seen:
                piece = self.stream.recv(1 << 20)
                if not piece:
                    raise SystemExit("the policy stream ended")
                seen = seen[-64:] + piece
            self.to_push.append(time.monotonic() - start)
            time.sleep(0.05)

    def __exit__(self, *error):
        super().__exit__(*error)
        self.stream.close()
        self.door.close()


def milliseconds(values, share):
    return f"{sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000:.1f}"


def main():
    quick = "--quick" in sys.argv
    random.seed(3)
    weights = list(itertools.accumulate(1 / (rank + 1) ** EXPONENT for rank in range(KEYS)))
    draw = lambda count: random.choices(range(KEYS), cum_weights=weights, k=count)  # noqa: E731
    rows = [("load", "sightings/s", "bar", "report p99 ms", "pattern p50 ms", "p99", "bar", "push p50 ms", "p99",
             "probes")]
    seconds = 2 if quick else 5
    with tempfile.TemporaryDirectory() as folder, support.Manager(*FLAGS) as manager:
        file = pathlib.Path(folder) / "reports"
        agents = support.enrol(manager.fleet, AGENTS)
        probes = support.enrol(manager.fleet, 2, prefix="probe")
        for name, size, bar in (("reports of 100", 100, 50_000), ("single reports", 1, 20_000)):
            runs = []
            for _ in range(ROUNDS):
                write_reports(file, agents, draw(bar * seconds), size)
                runs.append(replay(manager, file))
            full = sorted(runs, key=lambda run: run["per_second"])[ROUNDS // 2]
            rows.append((f"{name}, full", f"{full['per_second'] * size:.0f}", bar, f"{full['p99_ms']:.1f}"))
            write_reports(file, agents, draw(bar // 2 * seconds), size)
            with Probes(manager, probes) as seen:
                half = replay(manager, file, bar / 2 / size)
            rows.append((f"{name}, half the bar", f"{half['per_second'] * size:.0f}", "", f"{half['p99_ms']:.1f}",
                         milliseconds(seen.to_pattern, .5), milliseconds(seen.to_pattern, .99), 250,
                         milliseconds(seen.to_push, .5), milliseconds(seen.to_push, .99), len(seen.to_push)))
    rows = [row + ("",) * (len(rows[0]) - len(row)) for row in rows]
    support.table(rows)
    print()
    hot_key(quick)


def hot_key(quick):
    """Every agent sees one and the same address once: the cost of a sighting must not grow with the agents."""
    rows = [("agents that see one address", "sightings/s", "us of CPU per sighting")]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "reports"
        for count in (500, 1_000) if quick else (1_250, 2_500, 5_000, 10_000):
            with support.Manager(*FLAGS) as manager:
                agents = support.enrol(manager.fleet, count)
                write_reports(file, agents, [7] * count, 1)
                before = manager.cpu_seconds()
                full = replay(manager, file)
                cost = (manager.cpu_seconds() - before) / count * 1e6
                rows.append((count, f"{full['per_second']:.0f}", f"{cost:.1f}"))
    support.table(rows)


if __name__ == "__main__":
    main()
