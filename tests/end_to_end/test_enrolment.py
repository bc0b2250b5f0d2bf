#!/usr/bin/env python3
"""Who an agent is: registration, reconnection, its tokens, two holders of one identity, leaving and forced removal."""
from fleet_agent import Agent, enrol, everything, facts, history, register, shown, status
from http_wire import request
from manager_process import FAST, ManagerTest, eventually, main


class Registration(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.client = self.fleet(self.running)

    def rows(self):
        return everything(self.operator(self.running), "/operator/v1/agents", "agents")

    def test_answer_serves_both_shapes(self):
        answer = register(self.client, "h", organizationId="org", ip="10.0.0.5")
        told = answer.json()
        self.assertEqual(answer.status, 201)
        self.assertIs(told["ok"], True)
        self.assertRegex(told["agentId"], r"^ag-[0-9a-f]{16}$")
        self.assertGreaterEqual(len(told["token"]), 40)
        data = told["data"]
        self.assertEqual(data["agentId"], told["agentId"])
        self.assertEqual((data["hostname"], data["organizationId"], data["status"]), ("h", "org", "online"))
        self.assertEqual(data["platform"], {"os": "Linux 6.1.0", "arch": "x64", "ip": "10.0.0.5"})
        self.assertEqual(data["registeredAt"], data["lastHeartbeat"])

    def test_agent_that_registers_is_online_before_its_first_beat(self):
        self.assertEqual(status(self.operator(self.running), enrol(self.client, "h")), "online")

    def test_same_host_registers_to_the_same_identity_with_a_new_token(self):
        first = enrol(self.client, "h")
        answer = register(self.client, "h", version="2.0.0", ip="10.0.0.6")
        self.assertEqual((answer.status, answer.json()["agentId"]), (200, first.id))
        self.assertNotEqual(answer.json()["token"], first.token)
        self.assertEqual(len(self.rows()), 1)
        host = shown(self.operator(self.running), first)["host"]
        self.assertEqual((host["version"], host["address"]), ("2.0.0", "10.0.0.6"), "the latest facts count")

    def test_first_registration_time_stays(self):
        first = register(self.client, "h").json()["data"]["registeredAt"]
        row = shown(self.operator(self.running), register(self.client, "h").json()["agentId"])
        self.assertEqual(row["registered_at"], first)
        self.assertGreater(row["enrolled_at"], first)

    def test_old_token_is_good_until_the_new_one_is_used(self):
        old = enrol(self.client, "h")
        new = enrol(self.client, "h")
        for _ in range(3):
            self.assertEqual(old.beat().status, 200)
        self.assertEqual(new.beat().status, 200)
        eventually(lambda: old.beat().status == 401, 3)
        self.assertEqual(new.beat().status, 200)
        self.assertEqual(old.report({"events": []}).status, 401)

    def test_organization_separates_identities(self):
        one, other, none = (enrol(self.client, "h", **more) for more in
                            ({"organizationId": "a"}, {"organizationId": "b"}, {}))
        self.assertEqual(len({one.id, other.id, none.id}), 3)
        self.assertEqual(enrol(self.client, "h", organizationId="a").id, one.id)
        self.assertEqual({row["tenant"] for row in self.rows()}, {"default"})

    def test_hosts_that_differ_are_different_agents(self):
        names = ["h", "H", "h ", " h", "h.", "\u00fc", "u\u0308", "h" * 256, 'quote"\\']
        ids = {enrol(self.client, name).id for name in names}
        self.assertEqual(len(ids), len(names))
        self.assertEqual({row["hostname"] for row in self.rows()}, set(names))

    def test_hosts_that_register_at_once_become_one_identity(self):
        """Both registrations are under way in one moment, since the manager stands still meanwhile."""
        crowd = [self.connect(self.running.fleet_address) for _ in range(20)]
        self.running.pause()
        for one in crowd:
            one.send(request("POST", "/api/agents/register", facts("h")))
        self.running.resume()
        told = [one.receive().json() for one in crowd]
        self.assertEqual(len({answer["agentId"] for answer in told}), 1)
        self.assertEqual(len(self.rows()), 1)
        usable = [answer["token"] for answer in told
                  if Agent(self.client, told[0]["agentId"], answer["token"]).beat().status == 200]
        self.assertGreaterEqual(len(usable), 1)


class Duplicates(ManagerTest):
    def test_new_identity_is_for_hosts_whose_identity_is_online(self):
        manager = self.manager("--enrolment.panguard.on_duplicate", "new_identity")
        client = self.fleet(manager)
        first, second = enrol(client, "h"), enrol(client, "h")
        self.assertNotEqual(first.id, second.id)
        self.assertEqual([first.beat().status, second.beat().status], [200, 200])
        self.assertEqual(first.leave().status, 200)
        self.assertEqual(enrol(client, "h").id, first.id, "the one that left is resumed")

    def test_two_live_holders_of_one_identity_are_shown_audited_and_counted(self):
        manager = self.manager(*FAST)
        client, operator = self.fleet(manager), self.operator(manager)
        old, new = enrol(client, "h"), enrol(client, "h")
        old.beat()
        new.beat()
        self.assertFalse(shown(operator, new)["contested"], "a restarted agent is no second holder")
        eventually(lambda: old.beat().status == 401)
        eventually(lambda: shown(operator, new)["contested"])
        self.assertEqual([row["id"] for row in operator.get("/operator/v1/agents?contested=true").json()["agents"]],
                         [new.id])
        self.assertEqual(operator.get("/operator/v1/status").json()["fleet"]["contested"], 1)
        self.assertEqual(self.metric(manager, "muster_contests_total"), 1)
        audit = f"/operator/v1/audit?subject={new.id}&action=agent.contested"
        self.assertEqual(len(eventually(lambda: operator.get(audit).json()["audit"])), 1)
        self.assertEqual([change["cause"] for change in eventually(lambda: history(operator, new))], ["contest"])
        self.assertEqual(new.beat().status, 200, "the current holder is served")

    def test_contest_is_over_when_one_holder_was_silent_for_a_stale_period(self):
        manager = self.manager(*FAST)
        client, operator = self.fleet(manager), self.operator(manager)
        old, new = enrol(client, "h"), enrol(client, "h")
        old.beat()
        new.beat()
        eventually(lambda: old.beat().status == 401)
        eventually(lambda: shown(operator, new)["contested"])
        eventually(lambda: new.beat().status == 200 and not shown(operator, new)["contested"], 8, 0.25)
        actions = eventually(lambda: [e["action"] for e in
                                      operator.get("/operator/v1/audit?action=agent.uncontested").json()["audit"]])
        self.assertEqual(actions, ["agent.uncontested"])


class Leaving(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.client = self.fleet(self.running)
        self.told = self.operator(self.running)
        self.agent = enrol(self.client, "h")

    def test_agent_that_leaves_is_departed_and_keeps_its_identity(self):
        answer = self.agent.leave()
        self.assertEqual((answer.status, answer.json()["status"]), (200, "offline"))
        self.assertEqual(status(self.told, self.agent), "departed")
        self.assertEqual(self.told.get(f"/api/agents/{self.agent.id}").json()["data"]["status"], "offline")
        again = register(self.client, "h")
        self.assertEqual((again.status, again.json()["agentId"]), (200, self.agent.id))
        eventually(lambda: status(self.told, self.agent) == "online")
        changes = eventually(lambda: len(history(self.told, self.agent)) == 2 and history(self.told, self.agent))
        self.assertEqual([(c["from"], c["to"], c["cause"]) for c in changes],
                         [("departed", "online", "registration"), ("online", "departed", "departure")])

    def test_departure_is_known_after_a_crash(self):
        self.assertEqual(self.agent.leave().status, 200)
        self.running.kill()
        self.running.start()
        self.assertEqual(status(self.operator(self.running), self.agent), "departed")

    def test_leaving_twice_is_one_departure(self):
        self.assertEqual([self.agent.leave().status, self.agent.leave().status], [200, 200])
        eventually(lambda: history(self.told, self.agent))
        self.assertEqual(len(history(self.told, self.agent)), 1, history(self.told, self.agent))

    def test_departed_agent_that_beats_is_back(self):
        self.agent.leave()
        self.assertEqual(self.agent.beat().status, 200)
        eventually(lambda: status(self.told, self.agent) == "online")

    def test_forced_removal_ends_identity_and_tokens(self):
        other = enrol(self.client, "other")
        fresh = enrol(self.client, "h")  # a second token, not used yet
        self.assertEqual(self.told.delete(f"/operator/v1/agents/{self.agent.id}").status, 204)
        for token in (self.agent.token, fresh.token):
            eventually(lambda t=token: self.agent.beat(token=t).status == 401, 3)
        self.assertEqual(self.agent.report({"events": []}).status, 401)
        for target in ("", "/history"):
            self.assertEqual(self.told.get(f"/operator/v1/agents/{self.agent.id}{target}").status, 404)
        self.assertEqual(self.told.delete(f"/operator/v1/agents/{self.agent.id}").status, 404)
        self.assertEqual(other.beat().status, 200)
        self.assertEqual(enrol(self.client, "h").beat().status, 200)

    def test_removed_identity_never_comes_back(self):
        self.told.delete(f"/operator/v1/agents/{self.agent.id}")
        again = enrol(self.client, "h")
        self.assertNotEqual(again.id, self.agent.id)
        self.assertEqual(self.agent.beat(token=again.token).status, 404, "its old path names nobody")
        self.running.kill()
        self.running.start()
        client = self.fleet(self.running)
        self.assertEqual(Agent(client, self.agent.id, self.agent.token).beat().status, 401)
        self.assertEqual(Agent(client, again.id, again.token).beat().status, 200)
        self.assertNotEqual(enrol(client, "third").id, self.agent.id)

    def test_removal_is_audited(self):
        self.told.delete(f"/operator/v1/agents/{self.agent.id}")
        entries = self.told.get(f"/operator/v1/audit?subject={self.agent.id}").json()["audit"]
        self.assertEqual([entry["action"] for entry in entries], ["agent.removed", "agent.enrolled"])
        self.assertTrue(entries[0]["actor"].startswith("operator"), entries[0])
        self.assertIn("host=h", entries[0]["detail"])


if __name__ == "__main__":
    main()
