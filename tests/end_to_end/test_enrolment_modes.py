#!/usr/bin/env python3
"""Who may enrol: openly, with a shared token, or with a secret in the path; and which tenant that makes them."""
import time

from fleet_agent import enrol, facts, register, shown
from http_wire import request
from manager_process import ManagerTest, main

SECRET = "the-first-secret"
ACME = "acmes-own-secret"
TENANTS = ("--enrolment.panguard.secret", SECRET, "--enrolment.panguard.tenant", "home",
           "--enrolment.panguard.secrets", f"acme={ACME}")


class Token(ManagerTest):
    def setUp(self):
        self.running = self.manager("--enrolment.panguard.mode", "token", *TENANTS)
        self.client = self.fleet(self.running)

    def test_registration_wants_the_token(self):
        for token in (None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), self.running.operator_token()):
            with self.subTest(token):
                answer = register(self.client, "h", token=token)
                self.assertEqual(answer.status, 401)
                self.assertEqual(answer.headers["www-authenticate"], "Bearer")
        self.assertEqual(self.operator(self.running).get("/operator/v1/agents").json()["agents"], [])
        self.assertEqual(register(self.client, "h", token=SECRET).status, 201)

    def test_enrolled_agent_shows_its_own_token_and_not_the_shared_one(self):
        agent = enrol(self.client, "h", token=SECRET)
        self.assertEqual(agent.beat().status, 200)
        self.assertEqual(agent.beat(token=SECRET).status, 401)

    def test_tenant_follows_from_the_token_and_never_from_the_word_of_the_client(self):
        home = enrol(self.client, "h", token=SECRET, organizationId="acme", tenant="acme")
        acme = enrol(self.client, "h", token=ACME)
        self.assertNotEqual(home.id, acme.id, "the same host in two tenants")
        operator = self.operator(self.running)
        self.assertEqual([shown(operator, agent)["tenant"] for agent in (home, acme)], ["home", "acme"])
        listed = operator.get("/operator/v1/agents?tenant=acme").json()["agents"]
        self.assertEqual([row["id"] for row in listed], [acme.id])

    def test_secret_is_not_shown_to_anyone(self):
        enrol(self.client, "h", token=SECRET)
        operator = self.operator(self.running)
        for target in ("/operator/v1/status", "/operator/v1/agents", "/operator/v1/audit", "/metrics"):
            self.assertNotIn(SECRET.encode(), operator.get(target).body)


class PathSecret(ManagerTest):
    def setUp(self):
        self.running = self.manager("--enrolment.panguard.mode", "path_secret", *TENANTS)
        self.client = self.fleet(self.running)

    def test_whole_life_of_an_agent_passes_behind_the_secret(self):
        agent = enrol(self.client, "h", prefix=f"/enroll/{SECRET}")
        self.assertEqual(agent.beat().status, 200)
        self.assertEqual(agent.report({"event": {"id": "1"}}).status, 200)
        self.assertEqual(agent.policy().status, 200)
        self.assertEqual(agent.leave().status, 200)
        self.assertEqual(self.client.get(f"/enroll/{SECRET}/health").status, 200)
        self.assertEqual(self.client.get(f"//enroll//{SECRET}//health").status, 200)

    def test_tenant_follows_from_the_secret(self):
        home = enrol(self.client, "h", prefix=f"/enroll/{SECRET}", organizationId="acme")
        acme = enrol(self.client, "h", prefix=f"/enroll/{ACME}")
        operator = self.operator(self.running)
        self.assertEqual([shown(operator, agent)["tenant"] for agent in (home, acme)], ["home", "acme"])

    def unlike_the_date(self, answer):
        return answer.status, {n: v for n, v in answer.headers.items() if n != "date"}, answer.body

    def test_wrong_secret_is_answered_like_an_unknown_route(self):
        agent = enrol(self.client, "h", prefix=f"/enroll/{SECRET}")
        for method, body in (("GET", None), ("POST", facts("h")), ("DELETE", None), ("OPTIONS", None), ("PUT", {})):
            unknown = self.unlike_the_date(self.client.call(method, f"/enroll/{SECRET}/no/such/route", body))
            self.assertEqual(unknown[0], 404)
            for prefix in ("", "/enroll", "/enroll/", "/enroll/wrong", f"/enroll/{SECRET}x", f"/enroll/{SECRET[:-1]}",
                           f"/enroll/{SECRET.upper()}", f"/{SECRET}", "/enroll/home", f"/ENROLL/{SECRET}"):
                for target in ("/api/agents/register", f"/api/agents/{agent.id}/heartbeat", f"/api/agents/{agent.id}"):
                    with self.subTest(f"{method} {prefix}{target}"):
                        answer = self.client.call(method, prefix + target, body, token=agent.token)
                        self.assertEqual(self.unlike_the_date(answer), unknown)

    def test_wrong_secret_is_answered_before_the_body_like_an_unknown_route(self):
        answers = []
        for target in ("/enroll/wrong/api/agents/register", f"/enroll/{SECRET}/nowhere"):
            connection = self.connect(self.running.fleet_address)
            connection.send(request("POST", target, headers={"Content-Type": "application/json",
                                                             "Content-Length": "1000"}))
            answers.append(self.unlike_the_date(connection.receive()))
            self.assertTrue(connection.is_closed())
        self.assertEqual(answers[0], answers[1])

    def test_health_needs_no_secret(self):
        self.assertEqual(self.client.get("/health").status, 200)


class Open(ManagerTest):
    def test_path_of_a_secret_is_an_unknown_route_when_none_is_wanted(self):
        self.assertEqual(register(self.fleet(self.manager()), "h", prefix=f"/enroll/{SECRET}").status, 404)

    def test_everyone_who_enrols_gets_the_labels_of_the_configuration(self):
        manager = self.manager("--enrolment.panguard.labels", "site=bonn,tier=1", "--enrolment.panguard.tenant", "home")
        row = shown(self.operator(manager), enrol(self.fleet(manager), "h"))
        self.assertEqual((row["labels"], row["tenant"]), ({"site": "bonn", "tier": "1"}, "home"))

    def test_secret_takes_effect_when_the_manager_is_told_to_read_its_file_again(self):
        directory = self.directory()
        file = directory / "muster.yaml"
        text = "enrolment:\n  panguard:\n    mode: token\n    secret: {}\n"
        file.write_text(text.format(SECRET))
        manager = self.manager("--config", file, "--log-format", "json")
        client = self.fleet(manager)
        agent = enrol(client, "h", token=SECRET)
        file.write_text(text.format(ACME))
        manager.tell(1)  # SIGHUP
        end = time.monotonic() + 5
        while register(client, "h2", token=ACME).status == 401 and time.monotonic() < end:
            time.sleep(0.05)
        self.assertIn(register(client, "h2", token=ACME).status, (200, 201))
        self.assertEqual(register(client, "h3", token=SECRET).status, 401)
        self.assertEqual(agent.beat().status, 200, "who is enrolled stays")


if __name__ == "__main__":
    main()
