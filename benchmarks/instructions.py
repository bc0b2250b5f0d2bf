"""Instructions of one heartbeat, counted by callgrind: a figure that other programs on the machine hardly change. Agents
beat in rounds on connections of their own, as many at a time as arrive together at a busy manager.

The recorded figure is in recorded.json; `--record` writes what was measured there."""
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import results  # noqa: E402
import support  # noqa: E402

RECORDED = pathlib.Path(__file__).parent / "recorded.json"
CONNECTIONS, ROUNDS = 16, 500
TOLERANCE = 0.05
# musterd's own, which it would begin again for, and callgrind would count no more.
TUNABLES = "glibc.malloc.arena_max=1:glibc.malloc.top_pad=1048576:glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=512"
# The ledger's default size does not fit into the address space that valgrind leaves.
FLAGS = ("--limits.store_bytes", "256MiB", "--loops", "1", "--workers", "1", "--limits.answer_time", "2m")


class Clients:
    """One agent on each connection."""

    def __init__(self, manager):
        host, port = manager.fleet.split(":")
        self.sockets = [socket.create_connection((host, int(port)), timeout=120) for _ in range(CONNECTIONS)]
        self.beats = [support.beat_bytes(*agent) for agent in support.enrol(manager.fleet, CONNECTIONS, connections=1)]

    def beat(self, rounds):
        for _ in range(rounds):
            for each, beat in zip(self.sockets, self.beats):
                each.sendall(beat)
            for each in self.sockets:
                answer = each.recv(1 << 16)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise SystemExit("a heartbeat was refused: " + answer.decode()[:200])


def control(manager, what):
    subprocess.run(["callgrind_control", what, str(manager.process.pid)], capture_output=True, check=True)


def dumped(folder):
    """Instructions of each dump so far, in their order."""
    paths = sorted(folder.glob("callgrind.*.*"), key=lambda path: int(path.suffix[1:]))
    return [int(re.search(r"^totals: (\d+)", path.read_text(), re.MULTILINE).group(1)) for path in paths]


def measure(rounds):
    """Instructions per beat. From N rounds and twice as many, so that what a dump takes cancels out."""
    with tempfile.TemporaryDirectory() as folder:
        tool = ("env", f"GLIBC_TUNABLES={TUNABLES}", "valgrind", "--quiet", "--tool=callgrind",
                f"--callgrind-out-file={folder}/callgrind.%p")
        with support.Manager(*FLAGS, before=tool) as manager:
            clients = Clients(manager)
            clients.beat(rounds // 4)  # warms up
            control(manager, "--zero")
            for count in (rounds, 2 * rounds):
                clients.beat(count)
                control(manager, "--dump")
            once, twice = dumped(pathlib.Path(folder))
    return (twice - once) / (rounds * CONNECTIONS)


def main():
    rounds = 50 if "--quick" in sys.argv else ROUNDS
    measured = measure(rounds)
    recorded = json.loads(RECORDED.read_text())["instructions_per_heartbeat"]
    if "--record" in sys.argv:
        RECORDED.write_text(json.dumps({"instructions_per_heartbeat": round(measured)}, indent=1) + "\n")
    change = measured / recorded - 1
    note = "one that adds 5 % is explained, and recorded with `benchmarks/instructions.py --record`"
    if change < -TOLERANCE:
        note = f"{-change * 100:.0f} % below the recorded figure, which is to be recorded anew: a slower one would pass"
        print(f"-- {note}", flush=True)
    support.table([("beats", "instructions per heartbeat", "recorded", "change %"),
                   (3 * rounds * CONNECTIONS, f"{measured:.0f}", recorded, f"{change * 100:+.1f}")])
    results.row("instructions", [results.at_most("times the recorded", measured / recorded, 1 + TOLERANCE, 2)],
                f"{measured:,.0f}", f"{recorded:,} recorded", measured / recorded, note)


if __name__ == "__main__":
    main()
