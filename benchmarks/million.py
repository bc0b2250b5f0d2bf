"""A million agents, one heartbeat each 30 seconds, and what happens to such a fleet: five minutes of steady beats, a
third of it silent at once, more than half of it silent at once, a restart. One manager lives through all of it, since
each million that enrols takes a minute. Beside it: what a beat costs the manager in smaller fleets at the same rate."""
import http.client
import pathlib
import sys
import time
import typing

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import fleets  # noqa: E402
import results  # noqa: E402
import support  # noqa: E402


class Plan(typing.NamedTuple):
    agents: int
    rhythm: fleets.Rhythm
    steady: float  # seconds
    group_wait: int
    group_interval: int


FULL = Plan(1_000_000, fleets.FULL, 300, 10, 30)
QUICK = Plan(20_000, fleets.QUICK, 10, 1, 5)

CONFIGURATION = """
notifications:
  allow_private_destinations: true
  channels:
    - {{name: sink, type: webhook, url: {url}}}
  routes:
    - {{channels: [sink], group_wait: {wait}s, group_interval: {interval}s, repeat_interval: 0s}}
"""


class Fleet:
    """Three parts of the fleet, each a simulator of its own, so that each can fall silent by itself: 30, 30 and 40 %."""

    def __init__(self, manager, plan):
        self.manager, self.plan = manager, plan
        self.sizes = {"a": plan.agents * 3 // 10, "b": plan.agents * 3 // 10, "c": plan.agents * 4 // 10}
        self.parts = {}

    def come_in(self, names):
        for name in names:
            self.parts[name] = fleets.come_in(self.manager, self.sizes[name], name, self.plan.rhythm.interval)

    def fall_silent(self, names):
        """When, and the reports of those who did."""
        since = time.monotonic()
        return since, [self.parts.pop(name).stop() for name in names]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for part in self.parts.values():
            part.__exit__()


class Meter:
    """The manager's CPU time and heartbeats since it was made."""

    def __init__(self, manager):
        self.manager, self.since = manager, time.monotonic()
        self.cpu, self.beats = manager.cpu_seconds(), manager.metric("muster_heartbeats_total")

    def read(self):
        """Heartbeats a second, and microseconds of CPU for each."""
        beats = self.manager.metric("muster_heartbeats_total") - self.beats
        return beats / (time.monotonic() - self.since), (self.manager.cpu_seconds() - self.cpu) / beats * 1e6


def errors(manager):
    return sum(manager.metric(f'muster_http_answers_total{{class="{kind}"}}') for kind in ("4xx", "5xx"))


def small_fleet(agents, interval, seconds):
    """Microseconds of CPU per beat."""
    with support.Manager() as manager, fleets.come_in(manager, agents, "small", interval):
        time.sleep(2)
        meter = Meter(manager)
        time.sleep(seconds)
        return meter.read()[1]


def steady(manager, fleet, plan, empty):
    """The rows of a fleet that lives; part `a` falls silent at its end. Returns the cost of a beat and since when."""
    time.sleep(plan.rhythm.interval)  # until everyone has beaten
    errors_before, changes = errors(manager), manager.metric("muster_state_changes_total")
    meter = Meter(manager)
    with fleets.Watch(manager, pause=1) as watch:
        resident = 0
        for _ in range(int(plan.steady)):
            time.sleep(1)
            resident = max(resident, manager.memory("VmRSS"))
    rate, cost = meter.read()
    failed = errors(manager) - errors_before
    changed = manager.metric("muster_state_changes_total") - changes
    anonymous, mapped = manager.memory(), manager.memory("RssFile")
    since, (report,) = fleet.fall_silent("a")
    wanted = plan.agents / plan.rhythm.interval
    results.row("million", [
        results.exactly("false stale", max(watch.most("stale"), changed), 0),
        results.exactly("errors", failed + report["heartbeats"]["errors"], 0),
        results.at_most("p99 ms", report["heartbeats"]["latency_ms"]["p99"], 50, 1),
        results.at_most("GiB resident", resident / 2**30, 2.5, 2),
        results.at_least("beats a second", rate, wanted * 0.999)],
        note=f"{plan.steady} s; the simulator was {report['late_ms_max']:.0f} ms late at most; latency is that of 30 % "
             "of the fleet, from its enrolment on")
    results.row("memory", [results.at_most("bytes an agent", (anonymous - empty) / plan.agents, 2048)],
                note=f"anonymous {anonymous / 2**20:,.0f} MiB, {empty / 2**20:,.0f} MiB of it before the first agent; "
                     f"pages of mapped files {mapped / 2**20:,.0f} MiB beside it")
    return cost, since


def silent(fleet):
    return fleet["stale"] + fleet["offline"]


def told(messages, kind):
    return [each for each in messages if each["type"] == kind]


class Silence:
    """Waits until everything that follows from a silence has been told, watching the counts."""

    def __init__(self, manager, receiver, plan, agents, since):
        self.plan, self.agents, self.since = plan, agents, since
        rhythm = plan.rhythm
        with fleets.Watch(manager) as watch:
            last_loss = since + rhythm.offline + rhythm.grace
            time.sleep(max(last_loss + plan.group_interval + plan.group_wait + 2 - time.monotonic(), 0))
        self.views, self.messages = watch.views, receiver.since(since)
        self.stale, self.all_stale = self.late(silent, rhythm.stale)
        self.offline, self.all_offline = self.late(lambda fleet: fleet["offline"], rhythm.offline)

    def late(self, counted, threshold):
        return fleets.lateness(self.views, counted, self.agents, self.since, self.plan.rhythm, threshold)

    def missing(self):
        last = self.views[-1].fleet
        return abs(self.agents - silent(last)) if self.all_stale and self.all_offline else self.agents - last["offline"]

    def told_losses(self):
        return sum(each.get("count", 1) for each in told(self.messages, "agent_disconnected"))


def silences(manager, receiver, fleet, plan, since):
    """Part `a` is silent; it comes back and falls silent again with part `b`."""
    third = Silence(manager, receiver, plan, fleet.sizes["a"], since)
    fleet.come_in("a")
    time.sleep(plan.rhythm.interval + plan.group_interval)
    since, _ = fleet.fall_silent("ab")
    most = Silence(manager, receiver, plan, 2 * fleet.sizes["a"], since)
    losses, began = told(third.messages, "agent_disconnected"), told(most.messages, "disruption_began")
    results.row("silence", [
        results.at_most("stale late s", max(third.stale, most.stale), 1, 2),
        results.at_most("offline late s", max(third.offline, most.offline), 1, 2),
        results.exactly("miscounted", third.missing() + most.missing(), 0),
        results.at_most("messages of losses", len(losses), 5), results.exactly("losses told", third.told_losses(), third.agents),
        results.exactly("messages of the disruption", len(began), 1),
        results.exactly("losses told beside it", most.told_losses(), 0)],
        ours=f"counted {max(third.stale, most.stale):.2f} s (stale) and {max(third.offline, most.offline):.2f} s (offline) "
             f"after the threshold at most; {third.told_losses():,} losses in {len(losses)} messages; then "
             f"{len(began)} message of a disruption and {most.told_losses()} of losses",
        note=f"{third.agents:,}, then {most.agents:,} of {plan.agents:,}")


class Probe:
    """An agent of the benchmark's own, to see whether the fleet listener takes a heartbeat. It leaves in the end."""

    def __init__(self, manager):
        self.manager = manager
        (self.agent, self.token), = support.enrol(manager.fleet, 1, "probe", connections=1)

    def request(self, method, tail="", body=None):
        """Whether it was answered well."""
        connection = http.client.HTTPConnection(self.manager.fleet, timeout=30)
        try:
            connection.request(method, f"/api/agents/{self.agent}{tail}", body,
                               {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
            return connection.getresponse().status < 300
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def restart(manager, fleet, plan):
    """Everyone beats while the manager is restarted, and nobody may be called stale for longer than a threshold."""
    fleet.come_in("ab")
    time.sleep(plan.rhythm.interval)
    probe = Probe(manager)
    manager.stop()
    manager.start()
    while not probe.request("POST", "/heartbeat", support.BEAT):
        time.sleep(0.01)
    serving = time.monotonic() - manager.started
    probe.request("DELETE")
    with fleets.Watch(manager) as watch:
        time.sleep(plan.rhythm.stale + plan.rhythm.interval)
    total = watch.views[-1].fleet["total"]
    results.row("restart", [
        results.at_most("serving after s", serving, 5, 2),
        results.exactly("false stale", max(watch.most("stale"), watch.most("offline")), 0),
        results.exactly("agents back", total - watch.views[-1].fleet["departed"], plan.agents)],
        note=f"{manager.memory() / total:,.0f} anonymous bytes an agent after it")


def compare_costs(costs, plan):
    sizes = (plan.agents // 100, plan.agents // 10, plan.agents)
    worst = max(costs) / min(costs)
    results.row("cost", [results.at_most("times the least", worst, 2, 2)],
                " / ".join(f"{cost:.1f} us" for cost in costs), ratio=worst,
                note=" / ".join(f"{size:,}" for size in sizes)
                     + f" agents, all at {plan.agents / plan.rhythm.interval:,.0f} beats a second")


def main():
    plan = QUICK if "--quick" in sys.argv else FULL
    costs = [small_fleet(plan.agents // share, plan.rhythm.interval / share, min(plan.steady, 20)) for share in (100, 10)]
    with fleets.Receiver() as receiver, support.Configuration(CONFIGURATION.format(
            url=receiver.url, wait=plan.group_wait, interval=plan.group_interval)) as configuration, \
            support.Manager("--config", configuration, *plan.rhythm.flags()) as manager:
        empty = manager.memory()
        with Fleet(manager, plan) as fleet:
            fleet.come_in("cba")
            cost, since = steady(manager, fleet, plan, empty)
            compare_costs([*costs, cost], plan)
            silences(manager, receiver, fleet, plan, since)
            restart(manager, fleet, plan)


if __name__ == "__main__":
    main()
