#!/usr/bin/env python3
"""What a restart of the manager does to the liveness of its agents: nothing."""
import json
import signal
import time

from fleet_agent import enrol, history, moment, shown, status
from manager_process import FAST, ManagerTest, eventually, main

STALE_AFTER = 3.0  # seconds, see FAST
LATE = 1.0         # how much later than its deadline a change may come


class Restart(ManagerTest):
    """The manager ends and starts again while agents are online, stale or departed."""

    def restart(self, manager, crash):
        if crash:
            manager.kill()
        else:
            self.assertEqual(manager.stop(), 0)
        time.sleep(1)
        manager.start()
        return time.time()

    def grace(self, crash):
        manager = self.manager(*FAST)
        client, operator = self.fleet(manager), self.operator(manager)
        stale, left, silent, lively = (enrol(client, name) for name in ("stale", "left", "silent", "lively"))
        end = time.monotonic() + STALE_AFTER + LATE
        while time.monotonic() < end or status(operator, stale) != "stale":
            silent.beat()
            lively.beat()
            time.sleep(0.3)
        left.leave()
        eventually(lambda: history(operator, stale))
        before = {agent.id: shown(operator, agent) for agent in (stale, left)}
        served_at = self.restart(manager, crash)
        client, operator = self.fleet(manager), self.operator(manager)
        stale.client = left.client = silent.client = lively.client = client
        self.assertEqual([status(operator, a) for a in (stale, left, silent, lively)],
                         ["stale", "departed", "online", "online"])
        while status(operator, silent) == "online":
            self.assertEqual(lively.beat().status, 200)
            time.sleep(0.1)
            self.assertLess(time.time() - served_at, STALE_AFTER + 3, "the silent one never becomes stale")
        waited = moment(shown(operator, silent)["changed_at"]) - served_at
        self.assertGreater(waited, STALE_AFTER - 0.5, "it was to have a whole threshold from the restart on")
        self.assertLess(waited, STALE_AFTER + LATE)
        self.assertEqual(history(operator, lively), [], "it beat all the time")
        for agent in (stale, left):
            row = shown(operator, agent)
            self.assertEqual((row["status"], row["changed_at"]),
                             (before[agent.id]["status"], before[agent.id]["changed_at"]))
        self.assertEqual([c["to"] for c in history(operator, stale)], ["stale"])
        self.assertEqual(stale.beat().status, 200)
        self.assertEqual(status(operator, stale), "online")

    def test_restart_keeps_states_and_gives_online_agents_a_whole_threshold(self):
        self.grace(crash=False)

    def test_crash_keeps_states_and_gives_online_agents_a_whole_threshold(self):
        self.grace(crash=True)

    def test_manager_starts_anew_in_place(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        started = self.operator(manager).get("/operator/v1/status").json()
        self.assertEqual(started["pid"], manager.process.pid)
        (manager.directory / "ready").unlink()
        manager.tell(signal.SIGUSR2)
        eventually((manager.directory / "ready").exists)
        manager.ready = json.loads((manager.directory / "ready").read_text())
        again = eventually(lambda: self.operator(manager).get("/operator/v1/status").json())
        self.assertEqual(again["pid"], manager.process.pid)
        self.assertGreater(again["started_at"], started["started_at"])
        agent.client = self.fleet(manager)
        self.assertEqual(agent.beat().status, 200)
        self.assertEqual(manager.stop(), 0)

    def test_clean_end_keeps_when_agents_were_seen_last(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        time.sleep(1.2)
        agent.beat()
        seen = shown(self.operator(manager), agent)["last_seen"]
        time.sleep(1.5)  # the loop tells the fleet once a second
        manager.stop()
        manager.start()
        self.assertEqual(shown(self.operator(manager), agent)["last_seen"], seen)

    def test_beat_just_before_a_clean_end_is_remembered_as_last_seen(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        time.sleep(1.2)
        agent.beat()
        seen = shown(self.operator(manager), agent)["last_seen"]
        manager.stop()
        manager.start()
        self.assertEqual(shown(self.operator(manager), agent)["last_seen"], seen)


if __name__ == "__main__":
    main()
