"""A whole fleet comes back at once: 200,000 agents whose manager restarted register again within one second and beat.
The manager lets them in at its usual rate and tells the others when to come again; all must be served within two
intervals, without any error but that, and silence must count for nobody meanwhile."""
import http.client
import pathlib
import sys
import threading
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


FULL = Plan("herd", 200_000, fleets.FULL, 5_000, 38)
QUICK = Plan("herd-quick", 6_000, fleets.QUICK, 1_000, 9)


class Knocker:
    """Asks to register over and over, as nobody, and looks at how it is refused."""

    def __init__(self, manager):
        self.manager, self.refused, self.without_time, self.running = manager, 0, 0, True
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        connection = http.client.HTTPConnection(self.manager.fleet)
        while self.running:
            connection.request("POST", "/api/agents/register", "{}", {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status in (429, 503):
                self.refused += 1
                self.without_time += answer.headers.get("Retry-After") is None
            time.sleep(0.05)
        connection.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()


def return_of_all(manager, plan):
    """Seconds from the restart until all have registered and as many heartbeats were answered; how many were told to
    come again; how the benchmark itself was refused."""
    with Knocker(manager) as knocker:
        fleets.until(lambda: fleets.registered(manager) >= plan.agents
                     and manager.metric("muster_heartbeats_total") >= plan.agents, 600, "the herd to come back")
    refused = manager.metric('muster_admission_refused_total{lane="registration"}')
    return time.monotonic() - manager.started, refused, knocker


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
        with fleets.Watch(manager) as watch:
            served, refused, knocker = return_of_all(manager, plan)
            report = run.report()
    wrong = max(watch.most("stale"), watch.most("offline")) + report["truth"]["false_stale"]["count"]
    results.row("herd", [
        results.at_most("served after s", served, limit, 1),
        results.exactly("5xx but 503", server_errors(report), 0),
        results.exactly("refused without Retry-After", knocker.without_time, 0),
        results.exactly("registered in the end", report["registered"], plan.agents),
        results.exactly("new agents", watch.views[-1].since_start["enrolled"], 0),
        results.exactly("false stale", wrong, 0)],
        note=f"{plan.agents:,} agents, {plan.admitted:,} registrations a second let in; {refused:,.0f} were asked to come "
             f"again, and the benchmark's own {knocker.refused} times")


if __name__ == "__main__":
    main()
