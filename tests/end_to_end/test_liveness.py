#!/usr/bin/env python3
"""Silence and return, in real time: when agents become stale or offline, and what brings them back."""
import time

from fleet_agent import enrol, enrol_many, history, moment, shown, status
from manager_process import FAST, ManagerTest, eventually, main

STALE_AFTER = 3.0  # seconds, see FAST
LATE = 1.0         # how much later than its deadline a change may come


class Silence(ManagerTest):
    def setUp(self):
        self.running = self.manager(*FAST)
        self.client = self.fleet(self.running)
        self.told = self.operator(self.running)

    def becomes(self, agent, wanted, timeout=8):
        return eventually(lambda: status(self.told, agent) == wanted and shown(self.told, agent), timeout, 0.1)

    def test_silent_agent_becomes_stale_after_the_threshold(self):
        agent = enrol(self.client, "h")
        agent.beat()
        row = self.becomes(agent, "stale")
        silence = moment(row["changed_at"]) - moment(row["last_seen"])
        self.assertGreaterEqual(silence, STALE_AFTER)
        self.assertLess(silence, STALE_AFTER + LATE)
        listed = self.told.get("/operator/v1/agents?status=stale").json()["agents"]
        self.assertEqual([row["id"] for row in listed], [agent.id])

    def test_agent_that_never_beats_becomes_stale_too(self):
        agent = enrol(self.client, "h")
        row = self.becomes(agent, "stale")
        self.assertGreaterEqual(moment(row["changed_at"]) - moment(row["enrolled_at"]), STALE_AFTER)

    def test_beating_agent_stays_online(self):
        agent = enrol(self.client, "h")
        end = time.monotonic() + 2.5 * STALE_AFTER
        while time.monotonic() < end:
            self.assertEqual(agent.beat().json()["data"]["status"], "online")
            time.sleep(STALE_AFTER / 2)
        self.assertEqual(history(self.told, agent), [])

    def test_stale_agent_is_back_with_its_next_beat_and_the_same_token(self):
        agent = enrol(self.client, "h")
        self.becomes(agent, "stale")
        self.assertEqual(self.told.get("/operator/v1/status").json()["fleet"]["total"], 1, "flagged, not removed")
        answer = agent.beat()
        self.assertEqual((answer.status, answer.json()["data"]["status"]), (200, "online"))
        self.assertEqual(status(self.told, agent), "online")
        changes = eventually(lambda: len(history(self.told, agent)) == 2 and history(self.told, agent))
        self.assertEqual([(c["from"], c["to"], c["cause"]) for c in changes],
                         [("stale", "online", "heartbeat"), ("online", "stale", "silence")])

    def test_report_of_events_is_a_sign_of_life(self):
        agent = enrol(self.client, "h")
        self.becomes(agent, "stale")
        self.assertEqual(agent.report({"event": {"id": "1"}}).status, 200)
        self.assertEqual(status(self.told, agent), "online")

    def test_registration_of_a_stale_host_brings_its_identity_back(self):
        agent = enrol(self.client, "h")
        self.becomes(agent, "stale")
        self.assertEqual(enrol(self.client, "h").id, agent.id)
        eventually(lambda: status(self.told, agent) == "online")

    def test_refused_requests_are_no_sign_of_life(self):
        agent = enrol(self.client, "h")
        end = time.monotonic() + STALE_AFTER + 1.5
        while time.monotonic() < end:
            agent.beat(token="wrong")
            agent.beat({"cpu": "wrong"})
            time.sleep(0.2)
        self.assertEqual(status(self.told, agent), "stale")

    def test_refusal_for_admission_makes_nobody_stale(self):
        """The manager turned the beats away, so it cannot say who was silent."""
        manager = self.manager(*FAST, "--loops", "1", "--admission.heartbeats_per_second", "1")
        agents, operator = enrol_many(self.fleet(manager), 20), self.operator(manager)
        end, refused = time.monotonic() + 2 * STALE_AFTER, 0
        while time.monotonic() < end:
            refused += sum(agent.beat().status == 429 for agent in agents)
            time.sleep(0.1)
        self.assertGreater(refused, 100)
        self.assertEqual({status(operator, agent) for agent in agents}, {"online"})

    def test_agents_go_stale_each_at_its_own_time(self):
        agents = enrol_many(self.client, 30)
        beats = {}
        for agent in agents:
            agent.beat()
            beats[agent.id] = time.time()
            time.sleep(0.05)
        eventually(lambda: self.told.get("/operator/v1/status").json()["fleet"]["stale"] == 30, 8, 0.1)
        for agent in agents:
            silence = moment(shown(self.told, agent)["changed_at"]) - beats[agent.id]
            self.assertGreater(silence, STALE_AFTER - 0.1)
            self.assertLess(silence, STALE_AFTER + LATE)

    def test_departed_agent_never_becomes_stale(self):
        agent = enrol(self.client, "h")
        agent.leave()
        time.sleep(STALE_AFTER + LATE)
        self.assertEqual(status(self.told, agent), "departed")


class Profiles(ManagerTest):
    def test_agent_becomes_stale_and_then_offline_where_the_profile_says_so(self):
        manager = self.manager(*FAST, "--liveness.profiles.panguard.offline_after", "5s")
        agent, operator = enrol(self.fleet(manager), "h"), self.operator(manager)
        eventually(lambda: status(operator, agent) == "offline", 10, 0.1)
        changes = eventually(lambda: len(history(operator, agent)) == 2 and history(operator, agent))
        self.assertEqual([(c["from"], c["to"]) for c in changes], [("stale", "offline"), ("online", "stale")])
        self.assertAlmostEqual(moment(changes[0]["at"]) - moment(changes[0]["last_seen"]), 5.4, delta=0.5)
        self.assertEqual(agent.beat().status, 200)
        self.assertEqual(status(operator, agent), "online")

    def test_agent_never_becomes_stale_where_the_profile_says_never(self):
        manager = self.manager(*FAST[:2], "--liveness.profiles.panguard.stale_after", "never")
        agent = enrol(self.fleet(manager), "h")
        time.sleep(4)
        self.assertEqual(status(self.operator(manager), agent), "online")

    def test_beats_are_told_the_interval_and_a_place_of_their_own_in_it(self):
        manager = self.manager(*FAST)
        agents = enrol_many(self.fleet(manager), 20)
        phases = []
        for agent in agents:
            first, second = agent.beat().json(), agent.beat().json()
            self.assertEqual((first["ok"], first["commands"], first["intervalSeconds"]), (True, [], 1))
            self.assertEqual(first["phaseSeconds"], second["phaseSeconds"], "an agent keeps its place")
            self.assertTrue(0 <= first["phaseSeconds"] < 1)
            phases.append(first["phaseSeconds"])
            now, due = time.time(), second["nextHeartbeatSeconds"]
            self.assertTrue(0.5 <= due <= 1.5, due)
            self.assertLess(abs((now + due - first["phaseSeconds"] + 0.5) % 1 - 0.5), 0.2, "there its next beat is due")
        self.assertGreater(len(set(phases)), 15)


if __name__ == "__main__":
    main()
