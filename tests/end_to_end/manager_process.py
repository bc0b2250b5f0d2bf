"""A manager as a process of its own on free loopback ports, and the test case that starts and ends them.

Start managers from the main thread only: the kernel ends them with the thread that started them, so that none is left
behind when a test is killed.
"""
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from http_wire import Client, Connection

ROOT = Path(__file__).resolve().parents[2]
MUSTERD = Path(os.environ.get("MUSTER_BIN_DIR") or ROOT / "build/release/bin") / "musterd"
START_PATIENCE = 30  # seconds
STOP_PATIENCE = 30

# A fleet on fast clocks: beats each second, stale after three seconds.
FAST = ("--liveness.profiles.panguard.interval", "1s", "--liveness.profiles.panguard.stale_after", "3s",
        "--liveness.late_tolerance", "500ms")

_libc = ctypes.CDLL(None)


def _end_with_parent():
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def environment():
    """Ours without MUSTER_ variables, which would reach into the manager's configuration."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}


def run_musterd(*arguments, timeout=START_PATIENCE, variables=None):
    """Runs musterd to its end, for those invocations that have one."""
    return subprocess.run([MUSTERD, *map(str, arguments)], env={**environment(), **(variables or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout,
                          preexec_fn=_end_with_parent, check=False)


def eventually(check, timeout=10.0, every=0.02):
    """Calls `check` until it gives something true, and returns that. Its last value decides at the end."""
    end = time.monotonic() + timeout
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} seconds; last seen: {found!r}")
        time.sleep(every)


class Manager:
    """One manager and its data directory, which outlives its processes."""

    def __init__(self, directory, *flags):
        self.directory = Path(directory)
        self.data = self.directory / "data"
        self.log_path = self.directory / "log"
        self.flags = flags
        self.variables = {}
        self.process = None
        self.ready = None

    def start(self, *flags, before=None, fleet="127.0.0.1:0"):
        """Starts with the flags of the constructor and these; returns when it serves."""
        ready_file = self.directory / "ready"
        ready_file.unlink(missing_ok=True)
        command = [MUSTERD, "--data-dir", self.data, "--fleet-listen", fleet, "--operator-listen",
                   "127.0.0.1:0", "--ready-file", ready_file, *self.flags, *flags]

        def prepare():
            _end_with_parent()
            if before:
                before()

        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([str(part) for part in command], env={**environment(), **self.variables},
                                            stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=prepare)
        eventually(lambda: ready_file.exists() or self.process.poll() is not None, START_PATIENCE, 0.005)
        if self.process.poll() is not None:
            raise AssertionError(f"musterd ended with {self.process.returncode}:\n{self.log()}")
        self.ready = json.loads(ready_file.read_text())
        return self

    def running(self):
        return self.process is not None and self.process.poll() is None

    def tell(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=STOP_PATIENCE):
        return self.process.wait(timeout)

    def stop(self, number=signal.SIGTERM):
        """Ends it politely and returns its exit code."""
        self.tell(number)
        return self.wait()

    def kill(self):
        self.process.kill()
        self.wait()

    def pause(self):
        """Returns when the process stands still."""
        self.tell(signal.SIGSTOP)
        eventually(lambda: "\nState:\tT" in Path(f"/proc/{self.process.pid}/status").read_text())

    def resume(self):
        self.tell(signal.SIGCONT)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def resident_bytes(self):
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    @property
    def fleet_address(self):
        return _split(self.ready["fleet"])

    @property
    def operator_address(self):
        return _split(self.ready["operator"])

    @property
    def owner_address(self):
        return str(self.data / "operator.sock")

    def operator_token(self):
        return (self.data / "operator.token").read_text().strip()


def _split(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


class ManagerTest(unittest.TestCase):
    """Gives each test managers of its own. A manager that crashed or cannot end in peace fails the test."""

    maxDiff = None

    def directory(self):
        made = tempfile.mkdtemp(prefix="muster-")
        self.addCleanup(shutil.rmtree, made, ignore_errors=True)
        return Path(made)

    def manager(self, *flags, start=True):
        made = Manager(self.directory(), *flags)
        self.addCleanup(self._end, made)
        return made.start() if start else made

    def _end(self, manager):
        if manager.process is None:
            return
        if not manager.running():
            code = manager.process.returncode
            if code not in (0, -signal.SIGKILL):
                self.fail(f"musterd ended with {code}:\n{manager.log()[-4000:]}")
            return
        try:
            manager.resume()
            self.assertEqual(manager.stop(), 0, f"at the end of the test:\n{manager.log()[-4000:]}")
        finally:
            if manager.running():
                manager.kill()

    def fleet(self, manager, **more):
        return self._closing(Client(manager.fleet_address, **more))

    def operator(self, manager):
        return self._closing(Client(manager.operator_address, manager.operator_token()))

    def owner(self, manager):
        return self._closing(Client(manager.owner_address))

    def connect(self, address, **more):
        return self._closing(Connection(address, **more))

    def _closing(self, opened):
        self.addCleanup(opened.close)
        return opened

    def metric(self, manager, name):
        """The sum of a metric's values over its labels."""
        text = self.operator(manager).get("/metrics").body.decode()
        found = re.findall(rf"^{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        self.assertTrue(found, f"no metric {name}")
        return sum(map(float, found))


def main():
    unittest.main(verbosity=2)
