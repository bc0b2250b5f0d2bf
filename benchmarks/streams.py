"""Nodes with plexd's default rhythm: every stream is cut after 30 seconds and comes back at once, beats come every
30 seconds and pulls of the state every 60. What the manager's process takes for that, and how long an event takes to
reach them all meanwhile. The clients are a process of their own on the same cores."""
import base64
import http.client
import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import support  # noqa: E402

STREAMS, BAR_MS, BAR_KIB = 15_000, 500, 16
STEADY_SECONDS, EVENTS = 60, 10


def operate(manager, method, target, body):
    connection = http.client.HTTPConnection(manager.operator)
    since = time.monotonic()
    connection.request(method, f"/operator/v1/{target}", json.dumps(body),
                       {"Authorization": f"Bearer {manager.token}", "Content-Type": "application/json"})
    answer = connection.getresponse()
    told = answer.read()
    if answer.status not in (200, 201):
        raise SystemExit(f"{target} was refused: {told.decode()}")
    return json.loads(told), since


def enrol(manager, count, window=256):
    """Registers `count` nodes over one connection, many at a time; returns (id, key) pairs."""
    token = operate(manager, "POST", "tokens", {"uses": count})[0]["token"]
    host, port = manager.fleet.split(":")
    pattern = re.compile(rb'"node_id":"([^"]+)".*?"node_secret_key":"([^"]+)"')
    nodes = []
    with socket.create_connection((host, int(port))) as s:
        for first in range(0, count, window):
            names = range(first, min(first + window, count))
            for n in names:
                body = json.dumps({"token": token, "hostname": f"node-{n}",
                                   "public_key": base64.b64encode(os.urandom(32)).decode()}).encode()
                s.sendall(b"POST /v1/register HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n"
                          b"Content-Length: %d\r\n\r\n" % len(body) + body)
            text = b""
            while len(found := pattern.findall(text)) < len(names):
                piece = s.recv(1 << 16)
                if not piece or b'"error"' in text:
                    raise SystemExit("a node was not enrolled: " + text.decode()[-300:])
                text += piece
            nodes += [(a.decode(), b.decode()) for a, b in found]
    return nodes


def open_streams(manager, nodes, folder):
    """A process of nodes with plexd's rhythm."""
    file = pathlib.Path(folder) / "nodes"
    file.write_text("".join(f"{identity} {key}\n" for identity, key in nodes))
    return support.StreamClients("node_clients", manager, file)


def main():
    quick = "--quick" in sys.argv
    streams, steady, events = (1_000, 10, 3) if quick else (STREAMS, STEADY_SECONDS, EVENTS)
    with tempfile.TemporaryDirectory() as folder, support.Manager() as manager:
        nodes = enrol(manager, streams)
        idle = manager.memory()
        with open_streams(manager, nodes, folder) as clients:
            kib = (manager.memory() - idle) / streams / 1024
            cpu, began = manager.cpu_seconds(), time.monotonic()
            time.sleep(steady)
            share = (manager.cpu_seconds() - cpu) / (time.monotonic() - began)
            figures = []
            for n in range(events):
                layer = {"metadata": {"revision": str(n)}}
                since = operate(manager, "PUT", "state/layers/tenant?tenant=default", layer)[1]
                figures.append(clients.reached(repr(since)))
                time.sleep(1)
            after = (manager.memory() - idle) / streams / 1024
    middle = {key: support.median([one[key] for one in figures]) for key in figures[0]}
    last = figures[-1]
    support.table([
        ("streams", "CPU share", "KiB per stream", "after", "bar", "p50 ms", "p99 ms", "bar", "last ms", "reconnects",
         "requests", "errors"),
        (streams, f"{share:.2f}", f"{kib:.1f}", f"{after:.1f}", BAR_KIB, f"{middle['p50_ms']:.0f}",
         f"{middle['p99_ms']:.0f}", BAR_MS, f"{middle['last_ms']:.0f}", last["reconnects"], last["requests"],
         last["errors"])])
    print(f"medians of {events} events; CPU share of one core over {steady} seconds")


if __name__ == "__main__":
    main()
