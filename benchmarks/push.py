"""One policy revision to many open event streams: from before the operator's request until
each stream has it. The clients are a process of their own on the same cores. The pace is
the manager's default, `policy.push_per_second`, so a push can't be faster than streams / pace;
the second table shows what is left when the pace doesn't hold it back."""
import http.client
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import support  # noqa: E402

STREAMS, BAR_MS = 15_000, 500
PACED, UNPACED = (), ("--policy.push_per_second", "10000000")


def open_streams(manager, agents, folder):
    """A process that holds a policy stream open for each agent."""
    file = pathlib.Path(folder) / "requests"
    file.write_text("\n".join(
        f"GET /api/policy/agent/{identity}/stream HTTP/1.1\\r\\nHost: m\\r\\nAuthorization: Bearer {token}\\r\\n\\r\\n"
        for identity, token in agents))
    return support.StreamClients("stream_clients", manager, file)


def publish(manager, document):
    """Sets the fleet's policy; returns the revision and when the request began."""
    connection = http.client.HTTPConnection(manager.operator)
    since = time.monotonic()
    connection.request("PUT", "/operator/v1/policies/layers/fleet?reason=benchmark", json.dumps(document),
                       {"Authorization": f"Bearer {manager.token}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"the policy was refused: {body.decode()}")
    return json.loads(body)["revision"], since


def document(revision, addresses):
    return {"thresholds": {"auto_respond": 50 + revision},
            "blocklist": {"ips": [f"45.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(addresses)]}}


def measure(flags, streams, revisions, rows, name):
    with tempfile.TemporaryDirectory() as folder, support.Manager(*flags) as manager:
        agents = support.enrol(manager.fleet, streams)
        idle = manager.memory()
        with open_streams(manager, agents, folder) as clients:
            kib = (manager.memory() - idle) / streams / 1024
            for addresses in (10, 1_000):
                figures = []
                for revision in range(revisions):
                    version, since = publish(manager, document(revision, addresses))
                    figures.append(clients.reached(f"{version} {since!r}"))
                middle = {key: support.median([one[key] for one in figures]) for key in figures[0]}
                rows.append((name, middle["streams"], addresses, f"{middle['p50_ms']:.0f}", f"{middle['p99_ms']:.0f}",
                             BAR_MS, f"{middle['last_ms']:.0f}", f"{kib:.1f}"))


def default_pace():
    shown = subprocess.run([support.BIN / "musterd", "--print-config"], capture_output=True, text=True, check=True).stdout
    return re.search(r"push_per_second: *(\d+)", shown).group(1)


def main():
    quick = "--quick" in sys.argv
    streams, revisions = (1_000, 2) if quick else (STREAMS, 5)
    rows = [("pace per second", "streams", "blocked addresses", "p50 ms", "p99 ms", "bar", "last ms", "KiB per stream")]
    measure(PACED, streams, revisions, rows, default_pace())
    measure(UNPACED, streams, revisions, rows, "not held back")
    support.table(rows)
    print(f"medians of {revisions} revisions")


if __name__ == "__main__":
    main()
