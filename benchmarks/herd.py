"""A whole fleet comes back at once: 200,000 agents whose manager restarted register again within one second and beat.
The manager lets them in at its usual rate and tells the others when to come again; all must be served within two
intervals, without any error but that, and silence must count for nobody meanwhile."""
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
    admitted: int  # registrations a second
    restart: float  # seconds after the scenario's begin, a moment before its herd


SPAN = 1  # seconds of the scenarios' herds
FULL = Plan("herd", 200_000, fleets.FULL, 5_000, 38)
QUICK = Plan("herd-quick", 6_000, fleets.QUICK, 1_000, 9)


class Knocker(support.Companion):
    """Asks to register over and over, as nobody, and looks at how it is refused."""

    def __init__(self, manager):
        self.manager = manager
        self.refused, self.without_time, self.failed = 0, 0, 0

    def run(self):
        connection = http.client.HTTPConnection(self.manager.fleet, timeout=30)
        while self.running:
            try:
                self.knock(connection)
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()  # the next knock dials again
            time.sleep(0.05)
        connection.close()

    def knock(self, connection):
        connection.request("POST", "/api/agents/register", "{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status in (429, 503):
            self.refused += 1
            self.without_time += answer.headers.get("Retry-After") is None


def served_at(samples, agents):
    """When the first sample ended from which on all were registered and as many heartbeats had been answered, or none.
    The samples are of the time in which only who has registered again beats."""
    found, answered = None, 0
    for each in samples:
        answered += each["beats"]
        if each["registered"] < agents:
            found = None
        elif found is None and answered >= agents:
            found = each["second"]
    return found


def seconds_to_serve(manager, plan, run, report):
    """From the restart on; none if not all were served."""
    everyone_lost = run.when(report, "herd")[0] + SPAN + 1  # a sample is of the second before it
    second = served_at(run.samples(report, everyone_lost, float("inf")), plan.agents)
    return None if second is None else run.began + second - manager.started


def server_errors(report):
    """Answers 5xx but 503."""
    return sum(count for kind, count in report["errors_by_kind"].items()
               if kind.startswith("http_5") and kind != "http_503")


def main():
    plan = QUICK if "--quick" in sys.argv else FULL
    limit = 2 * plan.rhythm.interval
    flags = (*plan.rhythm.flags(), "--admission.registration_per_second", str(plan.admitted))
    with support.Manager(*flags, admission=True) as manager, fleets.Scenario(manager, plan.scenario) as run:
        fleets.until(lambda: manager.status()["fleet"]["total"] >= plan.agents, 600, "all to register")
        time.sleep(plan.restart)
        manager.stop()
        manager.start()
        with fleets.Watch(manager) as watch, Knocker(manager) as knocker:
            report = run.report()
        refused = manager.metric('muster_admission_refused_total{lane="registration"}')
        served = seconds_to_serve(manager, plan, run, report)
    wrong = max(watch.most("stale"), watch.most("offline")) + report["truth"]["false_stale"]["count"]
    results.row("herd", [
        results.at_most("served after s", served, limit, 1),
        results.exactly("5xx but 503", server_errors(report), 0),
        results.at_least("knocks refused", knocker.refused, 1),
        results.exactly("refused without Retry-After", knocker.without_time, 0),
        results.exactly("registered in the end", report["registered"], plan.agents),
        results.at_least("agents back", watch.views[-1].since_start["reconnected"], plan.agents),
        results.exactly("new agents", watch.views[-1].since_start["enrolled"], 0),
        results.exactly("false stale", wrong, 0)],
        note=f"{plan.agents:,} agents, {plan.admitted:,} registrations a second let in; {refused:,.0f} were asked to come "
             f"again, and the benchmark's own {knocker.refused} times ({knocker.failed} failed); served is the second from "
             "which all are registered and, since all were lost, as many heartbeats were answered, some maybe of one agent")


if __name__ == "__main__":
    main()
