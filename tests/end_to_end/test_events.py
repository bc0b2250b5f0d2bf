#!/usr/bin/env python3
"""Reports of threats: the four forms that agents send, what operators then see, and that a repetition is stored once."""
from fleet_agent import enrol, event, everything, moment, now
from manager_process import ManagerTest, main


class Forms(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.agent = enrol(self.fleet(self.running), "h")
        self.told = self.operator(self.running)

    def threats(self, query=""):
        return everything(self.told, f"/operator/v1/threats{query}", "threats")

    def accepted(self, body, count=1):
        answer = self.agent.report(body)
        self.assertEqual((answer.status, answer.json()["accepted"]), (200, count), answer)
        self.assertEqual(answer.json()["data"]["accepted"], count)
        return answer.json()

    def test_event_with_verdict_as_real_agents_send_it(self):
        told = self.accepted(event("e1"))
        (row,) = self.threats()
        self.assertEqual(row["id"], told["data"]["threats"][0]["id"])
        self.assertEqual((row["agent_id"], row["hostname"], row["event_id"]), (self.agent.id, "h", "e1"))
        self.assertEqual((row["severity"], row["category"]), ("high", "prompt_injection"))
        self.assertEqual((row["conclusion"], row["confidence"], row["action"]), ("suspicious", 45, "log_only"))
        self.assertEqual(row["event"], event("e1"), "the whole report is kept")
        self.assertAlmostEqual(moment(row["received_at"]), now(), delta=5)

    def test_threat_with_response_as_the_product_page_has_it(self):
        self.accepted({"agentId": self.agent.id, "timestamp": "2026-01-01T00:00:00Z", "response": "block_ip",
                       "threat": {"id": "t1", "type": "brute_force", "confidence": 88, "evidence": ["a"]}})
        (row,) = self.threats()
        self.assertEqual((row["event_id"], row["category"], row["confidence"], row["action"]),
                         ("t1", "brute_force", 88, "block_ip"))

    def test_list_of_threats(self):
        self.accepted({"threats": [event("a"), event("b")], "reportedAt": "2026-01-01T00:00:00Z"}, 2)
        self.assertEqual({row["event_id"] for row in self.threats()}, {"a", "b"})

    def test_list_of_events(self):
        self.accepted({"events": [event("a"), {"id": "bare", "severity": "low"}]}, 2)
        self.assertEqual({(row["event_id"], row["severity"]) for row in self.threats()},
                         {("a", "high"), ("bare", "low")})

    def test_empty_list_is_fine_and_stores_nothing(self):
        self.accepted({"threats": []}, 0)
        self.assertEqual(self.threats(), [])

    def test_benign_verdict_and_missing_fields_are_stored_too(self):
        self.accepted({"event": {"id": "1"}, "verdict": {"conclusion": "benign", "confidence": 0, "action": "none"}})
        self.accepted({"event": {}})
        rows = self.threats()
        self.assertEqual([row["confidence"] for row in rows], [None, 0])

    def test_text_of_an_event_comes_back_unharmed(self):
        nasty = {"id": "n", "description": 'quote " backslash \\ newline \n \u00fc \U0001f600 </script> \u0001'}
        self.accepted({"event": nasty})
        self.assertEqual(self.threats()[0]["event"]["event"], nasty)

    def test_many_events_in_one_report_are_all_stored(self):
        self.accepted({"events": [event(f"e{i}") for i in range(2000)]}, 2000)
        self.assertEqual({row["event_id"] for row in self.threats("?limit=500")}, {f"e{i}" for i in range(2000)})


class Repetition(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.agent = enrol(self.fleet(self.running), "h")

    def stored(self):
        return [row["event_id"] for row in everything(self.operator(self.running), "/operator/v1/threats", "threats")]

    def outcome(self, body):
        told = self.agent.report(body).json()
        return told["accepted"], told["duplicates"]

    def restart(self, crash):
        if crash:
            self.running.kill()
        else:
            self.running.stop()
        self.running.start()
        self.agent.client = self.fleet(self.running)

    def test_repeated_event_is_stored_once(self):
        self.assertEqual([self.outcome(event("e1")) for _ in range(3)], [(1, 0), (0, 1), (0, 1)])
        self.assertEqual(self.stored(), ["e1"])

    def test_repetition_is_noticed_in_every_form(self):
        self.outcome(event("e1"))
        self.assertEqual(self.outcome({"threats": [event("e1"), event("e2"), event("e2")]}), (1, 2))
        self.assertEqual(self.outcome({"events": [{"id": "e1"}, {"id": "e3"}]}), (1, 1))
        self.assertEqual(self.outcome({"threat": {"id": "e3"}}), (0, 1))
        self.assertEqual(sorted(self.stored()), ["e1", "e2", "e3"])

    def test_answer_tells_which_of_the_events_were_new(self):
        self.outcome(event("b"))
        told = self.agent.report({"events": [event("a"), event("b"), event("c")]}).json()
        self.assertEqual([entry["index"] for entry in told["data"]["threats"]], [0, 2])

    def test_same_id_from_another_agent_is_another_event(self):
        self.outcome(event("e1"))
        other = enrol(self.fleet(self.running), "other")
        self.assertEqual(other.report(event("e1")).json()["accepted"], 1)
        self.assertEqual(self.stored(), ["e1", "e1"])

    def test_events_without_an_id_are_never_repetitions(self):
        body = {"event": {"severity": "low"}}
        self.assertEqual([self.outcome(body), self.outcome(body)], [(1, 0), (1, 0)])

    def test_numbers_are_ids_too(self):
        self.assertEqual([self.outcome({"event": {"id": 17}}), self.outcome({"event": {"id": "17"}})], [(1, 0), (0, 1)])

    def test_repetition_is_noticed_after_a_restart(self):
        self.outcome({"events": [event("e1"), event("e2")]})
        self.restart(crash=False)
        self.assertEqual(self.outcome({"events": [event("e1"), event("e3")]}), (1, 1))
        self.assertEqual(sorted(self.stored()), ["e1", "e2", "e3"])

    def test_repetition_is_noticed_after_a_crash(self):
        self.outcome({"events": [event("e1"), event("e2")]})
        self.restart(crash=True)
        self.assertEqual(self.outcome({"events": [event("e1"), event("e2")]}), (0, 2))

    def test_repetition_is_noticed_after_the_agent_registered_anew(self):
        self.outcome(event("e1"))
        self.agent = enrol(self.fleet(self.running), "h")
        self.assertEqual(self.outcome(event("e1")), (0, 1))

    def test_repeated_report_is_stored_once_however_many_events_it_holds(self):
        """An agent that saw no answer sends the same report once more."""
        report = {"events": [event(f"e{i}") for i in range(300)]}
        self.assertEqual(self.outcome(report), (300, 0))
        self.assertEqual(self.outcome(report), (0, 300))
        self.assertEqual(len(self.stored()), 300)

    def test_repeated_large_report_is_stored_once_after_a_restart_too(self):
        report = {"events": [event(f"e{i}") for i in range(300)]}
        self.outcome(report)
        self.restart(crash=True)
        self.assertEqual(self.outcome(report), (0, 300))


if __name__ == "__main__":
    main()
