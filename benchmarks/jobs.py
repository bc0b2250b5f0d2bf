"""Sensors that take scans: how long a poll takes that gets a job, while jobs are made over the operator API. The
stand-ins keep the rhythm of sensors: a beat and a poll every 30 seconds, and a poll at once after each job, which takes
a second. The clients check that every job is delivered exactly once. They are on the same cores as the manager. Beside
it: how long beats take meanwhile, which need no disk, and the disk to sync a page; a claim is answered once it is on
disk."""
import asyncio
import gc
import json
import os
import pathlib
import random
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import support  # noqa: E402

SENSORS, REGISTRIES, JOBS_A_SECOND, SECONDS = 2_000, 8, 100, 30
BAR_MS = 5
RHYTHM, SCAN = 30, 1  # seconds
PATIENCE = 2 * RHYTHM  # for what waits when no more is made
RESULT = {
    "version": "1.0", "sensor": {"version": "0.1.0", "scannerVersions": {"trivy": "Version: 0.69.3"}},
    "findings": {"vulnerabilities": [{"cveId": f"CVE-2024-{n:04}", "source": "trivy", "severity": "HIGH", "cvssScore": 7.5,
                                      "packageName": "libx", "installedVersion": "1"} for n in range(5)],
                 "packages": [], "compliance": [], "efficiency": []},
    "aggregates": {"riskScore": 48, "totalPackages": 0}}


class Connection:
    """One request after the other, kept open."""

    def __init__(self, address, token):
        self.host, self.port = address.split(":")
        self.head = f"Host: m\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection(self.host, int(self.port))
        return self

    async def call(self, method, path, body=None):
        text = b"" if body is None else json.dumps(body).encode()
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{self.head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = head.split("content-length: ", 1)[1].split("\r\n", 1)[0]
        answer = await self.reader.readexactly(int(length))
        if head.split(" ", 2)[1] not in ("200", "201"):
            raise SystemExit(f"{method} {path} was refused: {head.splitlines()[0]} {answer.decode()}")
        return json.loads(answer)


class Run:
    """What the clients have seen."""

    def __init__(self):
        self.made, self.claimed, self.finished = [], [], 0
        self.claims, self.beats, self.syncs = [], [], []  # milliseconds

    def done(self):
        return self.finished == len(self.made)


class Sensor:
    def __init__(self, number, manager, key, run):
        self.number, self.run = number, run
        self.connection = Connection(manager.fleet, key)

    async def register(self, gate):
        async with gate:
            await self.connection.open()
            answer = await self.connection.call("POST", "/api/agent/register", {
                "name": f"sensor-{self.number}", "hostname": f"host-{self.number}", "version": "0.1.0", "os": "linux",
                "arch": "amd64", "scannerVersions": {}, "capabilities": ["scan"], "s3Configured": False})
        self.id = answer["agentId"]

    async def live(self):
        now = time.monotonic()
        beat, poll = now + random.random() * RHYTHM, now + random.random() * RHYTHM
        while True:
            await asyncio.sleep(min(beat, poll) - time.monotonic())
            if beat <= poll:
                since = time.monotonic()
                await self.connection.call("POST", "/api/agent/heartbeat", {
                    "agentId": self.id, "status": "idle", "activeScans": 0, "uptimeSeconds": 30})
                self.run.beats.append((time.monotonic() - since) * 1000)
                beat += RHYTHM
            elif await self.work():
                poll = time.monotonic()
            else:
                poll = time.monotonic() + RHYTHM

    async def work(self):
        """Asks for a job and runs it; false if there is none."""
        since = time.monotonic()
        jobs = (await self.connection.call("GET", f"/api/agent/jobs?agentId={self.id}"))["jobs"]
        if not jobs:
            return False
        self.run.claims.append((time.monotonic() - since) * 1000)
        job = jobs[0]["id"]
        self.run.claimed.append(job)
        await asyncio.sleep(SCAN)
        await self.connection.call("POST", "/api/scans/upload", {
            **RESULT, "image": {"ref": jobs[0]["scan"]["imageRef"]}, "scan": {"id": job, "status": "SUCCESS"}})
        await self.connection.call("POST", f"/api/agent/jobs/{job}/status", {"status": "completed"})
        self.run.finished += 1
        return True


async def make_jobs(operator, registries, rate, seconds, run):
    """Makes jobs at a steady rate over a few connections, each of them one after the other."""
    lines = [await Connection(*operator).open() for _ in range(4)]
    began = time.monotonic()

    async def make(line, first):
        for n in range(first, rate * seconds, len(lines)):
            await asyncio.sleep(began + n / rate - time.monotonic())
            made = await line.call("POST", "/operator/v1/scans",
                                   {"registry": registries[n % len(registries)], "image": f"app:{n}"})
            run.made.append(made["id"])

    await asyncio.gather(*(make(line, first) for first, line in enumerate(lines)))


def sync_page(file):
    """Milliseconds that the disk takes for it."""
    since = time.monotonic()
    os.pwrite(file, bytes(4096), 0)
    os.fdatasync(file)
    return (time.monotonic() - since) * 1000


async def watch_disk(manager, times):
    file = os.open(manager.data / "probe", os.O_RDWR | os.O_CREAT)
    while True:
        times.append(await asyncio.to_thread(sync_page, file))
        await asyncio.sleep(0.1)


async def settle(run):
    end = time.monotonic() + PATIENCE
    while not run.done() and time.monotonic() < end:
        await asyncio.sleep(0.1)


async def beside(lives, work):
    """Does `work` while all sensors live; one that fails ends the benchmark."""
    done, _ = await asyncio.wait([*lives, asyncio.create_task(work)], return_when=asyncio.FIRST_COMPLETED)
    for each in done:
        each.result()


async def measure(manager, sensors, rate, seconds):
    operator = await Connection(manager.operator, manager.token).open()
    registries, keys = [], []
    for n in range(REGISTRIES):
        registries.append((await operator.call("POST", "/operator/v1/registries", {"name": f"r{n}"}))["id"])
        keys.append((await operator.call("POST", "/operator/v1/sensor-keys", {"registry": f"r{n}"}))["key"])
    run = Run()
    fleet = [Sensor(n, manager, keys[n % REGISTRIES], run) for n in range(sensors)]
    gate = asyncio.Semaphore(64)
    await asyncio.gather(*(each.register(gate) for each in fleet))
    gc.collect()
    gc.freeze()
    lives = [asyncio.create_task(each.live()) for each in fleet]
    lives.append(asyncio.create_task(watch_disk(manager, run.syncs)))
    cpu, began = manager.cpu_seconds(), time.monotonic()
    await beside(lives, make_jobs((manager.operator, manager.token), registries, rate, seconds, run))
    share = (manager.cpu_seconds() - cpu) / (time.monotonic() - began)
    await beside(lives, settle(run))
    return run, share


def percentiles(times):
    ordered = sorted(times)
    return [f"{ordered[int(len(ordered) * part)]:.1f}" for part in (0.5, 0.99)]


def main():
    quick = "--quick" in sys.argv
    sensors, rate, seconds = (200, 20, 5) if quick else (SENSORS, JOBS_A_SECOND, SECONDS)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with support.Manager() as manager:
        run, share = asyncio.run(measure(manager, sensors, rate, seconds))
    twice = len(run.claimed) - len(set(run.claimed))
    strange = len(set(run.claimed) - set(run.made))
    support.table([
        ("sensors", "jobs/s", "made", "claimed", "finished", "twice", "claim p50", "p99", "bar", "beat p50", "p99",
         "sync p50", "p99", "CPU share"),
        (sensors, rate, len(run.made), len(run.claimed), run.finished, twice, *percentiles(run.claims), BAR_MS,
         *percentiles(run.beats), *percentiles(run.syncs), f"{share:.2f}")])
    print(f"milliseconds; {REGISTRIES} registries; CPU share of one core over {seconds} seconds")
    if twice or strange or not run.done():
        raise SystemExit("a job was delivered twice, or to nobody")


if __name__ == "__main__":
    main()
