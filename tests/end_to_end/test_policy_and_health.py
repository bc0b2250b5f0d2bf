#!/usr/bin/env python3
"""What agents read: their policy, the rules, and whether the manager is well."""
from fleet_agent import enrol, enrol_many
from manager_process import ManagerTest, main


class Policy(ManagerTest):
    def setUp(self):
        self.agent = enrol(self.fleet(self.manager()), "h")

    def test_agent_without_a_version_gets_the_policy(self):
        answer = self.agent.policy()
        told = answer.json()
        self.assertEqual((answer.status, told["version"]), (200, 1))
        self.assertEqual(answer.headers["etag"], '"1"')
        self.assertEqual(told["data"], told["policy"])
        self.assertEqual((told["data"]["policyId"], told["data"]["version"]), ("pol-1", 1))
        self.assertIn("rules", told["data"])

    def unchanged(self, query="", tag=None):
        answer = self.agent.policy(query, {"If-None-Match": tag} if tag is not None else None)
        self.assertIn(answer.status, (200, 304), answer)
        self.assertEqual(answer.headers["etag"], '"1"')
        self.assertEqual(answer.body == b"", answer.status == 304)
        return answer.status == 304

    def test_exactly_the_same_version_is_answered_304(self):
        self.assertTrue(self.unchanged("?version=1"))
        self.assertTrue(self.unchanged(tag='"1"'))
        self.assertTrue(self.unchanged(tag='W/"1"'))
        self.assertTrue(self.unchanged(tag="*"))
        self.assertTrue(self.unchanged("?version=1", '"1"'))

    def test_any_other_version_is_answered_with_the_policy(self):
        for query in ("?version=0", "?version=2", "?version=10", "?version=18446744073709551615", "?other=1"):
            with self.subTest(query):
                self.assertFalse(self.unchanged(query))
        for tag in ('"0"', '"2"', '"11"', '"x"', "1"):
            with self.subTest(tag):
                self.assertFalse(self.unchanged(tag=tag))

    def test_versions_that_disagree_are_answered_with_the_policy(self):
        self.assertFalse(self.unchanged("?version=1", '"2"'))
        self.assertFalse(self.unchanged("?version=2", '"1"'))

    def test_one_of_several_tags_is_enough(self):
        self.assertTrue(self.unchanged(tag='"0", "1"'))
        self.assertFalse(self.unchanged(tag='"0", "2"'))

    def test_version_that_is_no_number_is_refused(self):
        for version in ("x", "", "-1", "1.0", "1x", "v1", "99999999999999999999", "0x1"):
            with self.subTest(version):
                answer = self.agent.policy(f"?version={version}")
                self.assertEqual(answer.status, 400)
                self.assertIn("version", answer.json()["error"])

    def test_connection_is_in_step_after_a_304(self):
        self.assertTrue(self.unchanged("?version=1"))
        self.assertEqual(self.agent.beat().status, 200)


class Health(ManagerTest):
    def test_stranger_learns_nothing_about_the_fleet(self):
        manager = self.manager()
        client = self.fleet(manager)
        before = client.get("/health")
        self.assertEqual(before.status, 200)
        self.assertEqual(set(before.json()), {"ok", "status", "running", "uptime"})
        agents = enrol_many(client, 37)
        agents[0].report({"event": {"id": "1"}})
        after = client.get("/health").json()
        self.assertEqual({**after, "uptime": 0}, {**before.json(), "uptime": 0})
        self.assertEqual((after["ok"], after["status"], after["running"]), (True, "ok", True))

    def test_answer_has_a_date_and_no_name_of_the_software(self):
        answer = self.fleet(self.manager()).get("/health")
        self.assertRegex(answer.headers["date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
        self.assertNotIn("server", answer.headers)

    def test_rules_are_an_empty_list_for_every_agent(self):
        agent = enrol(self.fleet(self.manager()), "h")
        answer = agent.client.get("/api/rules/latest", token=agent.token)
        self.assertEqual((answer.status, answer.json()["rules"]), (200, []))


if __name__ == "__main__":
    main()
