#!/usr/bin/env python3
"""A manager that stood still has heard nobody, so the pause counts for nobody's silence."""
import time

from fleet_agent import enrol, history, moment, shown, status
from http_wire import request
from manager_process import FAST, ManagerTest, eventually, main

STALE_AFTER = 6.0
PAUSE = 8.0
PULSE = 0.25     # the loops' pulse: what may be lost with each pause
LATE = 1.0
SLOW = ("--liveness.profiles.panguard.interval", "2s", "--liveness.profiles.panguard.stale_after", "6s",
        "--liveness.late_tolerance", "500ms")
LEFT = {"near": 0.3, "soon": 1.0, "later": 5.0}  # seconds of silence that each has left when the pause begins


class Pause(ManagerTest):
    def beat_so_that(self, agents):
        """Lets each agent beat when it has just its time left at one moment, and returns at that moment."""
        began = time.monotonic()
        end = began + STALE_AFTER - LEFT["near"]
        for name in ("near", "soon", "later"):
            due = end - (STALE_AFTER - LEFT[name])
            time.sleep(max(0.0, due - time.monotonic()))
            self.assertEqual(agents[name].beat().status, 200)
        time.sleep(max(0.0, end - time.monotonic()))

    def paused(self, *flags):
        manager = self.manager(*flags, *SLOW)
        client = self.fleet(manager)
        agents = {name: enrol(client, name) for name in LEFT}
        agents["lively"] = enrol(client, "lively")
        self.beat_so_that(agents)
        operator = self.operator(manager)
        self.assertEqual({status(operator, agent) for agent in agents.values()}, {"online"})
        manager.pause()
        time.sleep(PAUSE)
        manager.resume()
        return manager, agents, operator, time.time()

    def watch(self, manager, agents, operator, resumed):
        while time.time() < resumed + LEFT["later"] + LATE + 0.5:
            self.assertEqual(agents["lively"].beat().status, 200)
            time.sleep(0.3)
        for name, left in LEFT.items():
            row = shown(operator, agents[name])
            self.assertEqual(row["status"], "stale", f"{name} stays silent")
            waited = moment(row["changed_at"]) - resumed
            self.assertGreater(waited, left - PULSE, f"{name} had {left} seconds left")
            self.assertLess(waited, left + PULSE + LATE, f"{name} had {left} seconds left")
        self.assertEqual(status(operator, agents["lively"]), "online")
        self.assertEqual(history(operator, agents["lively"]), [])
        deaf = self.metric(manager, "muster_deaf_seconds_total")
        self.assertGreater(deaf, PAUSE - PULSE)
        self.assertLess(deaf, PAUSE + 2)

    def test_pause_longer_than_the_threshold_takes_nobodys_remaining_time(self):
        self.watch(*self.paused("--loops", "1"))

    def test_pause_counts_once_with_several_loops(self):
        self.watch(*self.paused("--loops", "2"))

    def test_beats_that_arrive_during_a_pause_count(self):
        manager = self.manager(*FAST)
        agent, operator = enrol(self.fleet(manager), "h"), self.operator(manager)
        connection = self.connect(manager.fleet_address)
        agent.beat()
        time.sleep(2.5)
        manager.pause()
        time.sleep(2)
        connection.send(request("POST", agent.path + "/heartbeat", {}, agent.token))
        time.sleep(2)
        manager.resume()
        resumed = time.time()
        self.assertEqual(connection.receive().status, 200)
        row = eventually(lambda: status(operator, agent) == "stale" and shown(operator, agent), 8, 0.1)
        self.assertGreater(moment(row["changed_at"]) - resumed, 3 - PULSE, "a whole threshold from the beat on")

    def test_many_short_pauses_make_nobody_stale(self):
        """Each pause is longer than the tolerance; the agent beats as well as it can in between."""
        manager = self.manager(*FAST)
        agent, operator = enrol(self.fleet(manager), "h"), self.operator(manager)
        for _ in range(4):
            manager.pause()
            time.sleep(2)
            manager.resume()
            self.assertEqual(agent.beat().status, 200)
            time.sleep(0.4)
        self.assertEqual(history(operator, agent), [])
        deaf = self.metric(manager, "muster_deaf_seconds_total")
        self.assertTrue(7 < deaf < 10, deaf)

    def test_pause_after_which_all_come_back_is_no_event_in_anyones_history(self):
        manager = self.manager(*FAST)
        agents = [enrol(self.fleet(manager), f"h{i}") for i in range(20)]
        manager.pause()
        time.sleep(5)
        manager.resume()
        time.sleep(1.5)  # agents notice late that the manager is back
        for agent in agents:
            self.assertEqual(agent.beat().status, 200)
        operator = self.operator(manager)
        self.assertEqual(operator.get("/operator/v1/status").json()["fleet"]["online"], 20)
        self.assertEqual(operator.get("/operator/v1/status").json()["since_start"]["state_changes"], 0)

    def test_manager_that_was_never_paused_counts_no_deafness(self):
        manager = self.manager(*FAST)
        time.sleep(2)
        self.assertLess(self.metric(manager, "muster_deaf_seconds_total"), 2)
        self.assertLess(self.operator(manager).get("/operator/v1/status").json()["since_start"]["deaf_seconds"], 2)


if __name__ == "__main__":
    main()
