"""A million agents, one heartbeat each 30 seconds, and what happens to such a fleet: five minutes of steady beats, a
third of it silent at once, more than half of it silent at once, a restart. One manager and one run of
scenarios/million.yaml live through all of it, since each million that enrols takes a minute. The scenario knows when
each agent fell silent. Beside it: what a beat costs the manager in smaller fleets at the same rate."""
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
    scenario: str
    agents: int
    rhythm: fleets.Rhythm
    steady: int  # seconds of the scenario, from one interval after its begin
    restart: int  # seconds after the begin at which the manager is restarted
    group_wait: int
    group_interval: int


FULL = Plan("million", 1_000_000, fleets.FULL, 300, 730, 10, 30)
QUICK = Plan("million-quick", 20_000, fleets.QUICK, 10, 91, 1, 5)

CONFIGURATION = """
notifications:
  allow_private_destinations: true
  channels:
    - {{name: sink, type: webhook, url: {url}}}
  routes:
    - {{channels: [sink], group_wait: {wait}s, group_interval: {interval}s, repeat_interval: 0s}}
"""


# Counters of requests that the manager answered 429 or 503. Agents come again later, so the simulator calls that no error.
TURNED_AWAY = (*(f'muster_admission_refused_total{{lane="{lane}"}}'
                 for lane in ("heartbeats", "registration", "events", "reads")),
               "muster_http_overloaded_total", "muster_http_unanswered_total")


class Meter:
    """The manager's CPU time and heartbeats since it was made."""

    def __init__(self, manager):
        self.manager, self.since = manager, time.monotonic()
        self.cpu, self.beats = manager.cpu_seconds(), manager.metric("muster_heartbeats_total")

    def read(self):
        """Heartbeats a second, and microseconds of CPU for each."""
        beats = self.manager.metric("muster_heartbeats_total") - self.beats
        return beats / (time.monotonic() - self.since), (self.manager.cpu_seconds() - self.cpu) / beats * 1e6


def small_fleet(agents, interval, seconds):
    """Microseconds of CPU per beat."""
    with support.Manager() as manager, fleets.come_in(manager, agents, "small", interval):
        time.sleep(2)
        meter = Meter(manager)
        time.sleep(seconds)
        return meter.read()[1]


class Steady(typing.NamedTuple):
    """What was measured while the fleet only beat."""
    since: float
    until: float
    rate: float  # heartbeats a second
    cost: float  # microseconds of CPU for each
    changes: float  # of agents' states
    turned_away: float  # requests
    resident: int  # bytes, as the next two
    anonymous: int
    mapped: int


def turned_away(manager):
    return sum(manager.metric(name) for name in TURNED_AWAY)


def measure_steady(manager, plan):
    changes, refused, resident = manager.metric("muster_state_changes_total"), turned_away(manager), 0
    since, meter = time.monotonic(), Meter(manager)
    for _ in range(plan.steady):
        time.sleep(1)
        resident = max(resident, manager.memory("VmRSS"))
    return Steady(since, time.monotonic(), *meter.read(), manager.metric("muster_state_changes_total") - changes,
                  turned_away(manager) - refused, resident, manager.memory(), manager.memory("RssFile"))


def steady_rows(plan, run, report, measured, empty):
    samples = run.samples(report, measured.since, measured.until)
    results.row("million", [
        results.exactly("false stale", measured.changes + report["truth"]["false_stale"]["count"], 0),
        results.exactly("errors", sum(each["errors"] for each in samples), 0),
        results.exactly("turned away", measured.turned_away, 0),
        results.exactly("given up", report.get("given_up"), 0),
        results.at_most("p99 ms", fleets.p99_at_most(samples), 50, 1),
        results.at_most("GiB resident", measured.resident / 2**30, 2.5, 2),
        results.at_least("beats a second", measured.rate, plan.agents / plan.rhythm.interval * 0.999)],
        note=f"{plan.steady} s; p99 is a bound from the percentiles of each second; the simulator was "
             f"{max(each['behind_ms'] for each in samples):.0f} ms late at most")
    results.row("memory", [results.at_most("bytes an agent", (measured.anonymous - empty) / plan.agents, 2048)],
                note=f"anonymous {measured.anonymous / 2**20:,.0f} MiB, {empty / 2**20:,.0f} MiB of it before the first "
                     f"agent; pages of mapped files {measured.mapped / 2**20:,.0f} MiB beside it")


def told(messages, kind):
    return [each for each in messages if each["type"] == kind]


class Silence:
    """What was told of those who fell silent in a step, and how many they were."""

    def __init__(self, run, report, receiver, number):
        since, until = run.when(report, "silence")[number], run.when(report, "resume")[number]
        self.agents = max(each["silent"] for each in run.samples(report, since, until))
        self.messages = [body for at, body in receiver.messages if since <= at < until]

    def told_losses(self):
        return sum(each.get("count", 1) for each in told(self.messages, "agent_disconnected"))


def silence_row(plan, run, report, receiver):
    truth = report["truth"]
    third, most = (Silence(run, report, receiver, number) for number in (0, 1))
    losses, began = told(third.messages, "agent_disconnected"), told(most.messages, "disruption_began")
    late = {kind: truth[f"{kind}_delay"]["ms"]["max"] / 1000 for kind in ("stale", "offline")}
    results.row("silence", [
        results.at_most("counts late s", truth["status_lag_ms"] / 1000, 1, 2),
        results.at_most("stale late s", late["stale"], 1, 2), results.at_most("offline late s", late["offline"], 1, 2),
        results.exactly("missed", truth["missed_stale"]["count"], 0),
        *(results.at_least(f"judged {kind}", truth[f"{kind}_delay"]["count"], third.agents + most.agents)
          for kind in late),
        *(results.exactly(kind, truth[kind], 0) for kind in ("unheard", "unjudged")),
        results.at_most("deaf ms", report["manager"]["deaf_ms"], 1000),
        results.at_most("messages of losses", len(losses), 5),
        results.exactly("losses told", third.told_losses(), third.agents),
        results.exactly("messages of the disruption", len(began), 1),
        results.exactly("losses told beside it", most.told_losses(), 0)],
        ours=f"counts {truth['status_lag_ms'] / 1000:.2f} s, single agents {late['stale']:.2f} s (stale) and "
             f"{late['offline']:.2f} s (offline) after the threshold at most; {third.told_losses():,} losses in "
             f"{len(losses)} messages; then {len(began)} message of a disruption and {most.told_losses()} of losses",
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


def restart(manager):
    """Seconds from the new process's start to the first heartbeat that it takes, while everyone beats."""
    probe = Probe(manager)
    manager.stop()
    manager.start()
    while not probe.request("POST", "/heartbeat", support.BEAT):
        time.sleep(0.01)
    serving = time.monotonic() - manager.started
    probe.request("DELETE")
    return serving


def restart_row(plan, manager, serving, views, report):
    last = views[-1].fleet
    back = last["total"] - last["departed"]
    wrong = max(view.fleet["stale"] + view.fleet["offline"] for view in views)
    results.row("restart", [
        results.at_most("serving after s", serving, 5, 2),
        results.exactly("false stale", wrong + report["truth"]["false_stale"]["count"], 0),
        results.exactly("agents back", back, plan.agents)],
        note=f"{manager.memory() / plan.agents:,.0f} anonymous bytes an agent after it")


def compare_costs(costs, plan):
    sizes = (plan.agents // 100, plan.agents // 10, plan.agents)
    worst = max(costs) / min(costs)
    results.row("cost", [results.at_most("times the least", worst, 2, 2)],
                " / ".join(f"{cost:.1f} us" for cost in costs), ratio=worst,
                note=" / ".join(f"{size:,}" for size in sizes)
                     + f" agents, all at {plan.agents / plan.rhythm.interval:,.0f} beats a second")


def live(manager, receiver, plan):
    """Everything that happens to the large fleet; returns the microseconds of CPU that a steady beat takes."""
    empty = manager.memory()
    with fleets.Scenario(manager, plan.scenario) as run:
        fleets.until(lambda: manager.status()["fleet"]["total"] >= plan.agents, 600, "all to register")
        begun = time.monotonic()
        time.sleep(plan.rhythm.interval)  # until everyone has beaten
        measured = measure_steady(manager, plan)
        time.sleep(max(begun + plan.restart - time.monotonic(), 0))
        serving = restart(manager)
        with fleets.Watch(manager) as watch:
            report = run.report()
    steady_rows(plan, run, report, measured, empty)
    silence_row(plan, run, report, receiver)
    restart_row(plan, manager, serving, watch.views, report)
    return measured.cost


def main():
    plan = QUICK if "--quick" in sys.argv else FULL
    costs = [small_fleet(plan.agents // share, plan.rhythm.interval / share, min(plan.steady, 20)) for share in (100, 10)]
    with fleets.Receiver() as receiver, support.Configuration(CONFIGURATION.format(
            url=receiver.url, wait=plan.group_wait, interval=plan.group_interval)) as configuration, \
            support.Manager("--config", configuration, *plan.rhythm.flags()) as manager:
        compare_costs([*costs, live(manager, receiver, plan)], plan)


if __name__ == "__main__":
    main()
