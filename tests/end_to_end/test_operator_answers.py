#!/usr/bin/env python3
"""How the operator listener answers: credentials, problems, what is unchanged, status, metrics and probes."""
import re
from collections import Counter

from fleet_agent import enrol, enrol_many, event
from manager_process import ManagerTest, eventually, main

LISTS = ("/operator/v1/agents", "/operator/v1/audit", "/operator/v1/threats")


class Answers(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.client = self.fleet(self.running)
        self.agent = enrol(self.client, "h")
        self.told = self.operator(self.running)

    def problem(self, answer, status, *words):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        told = answer.json()
        self.assertEqual(told["status"], status)
        self.assertTrue(told["title"] and told["type"], told)
        for word in words:
            self.assertIn(word, told["detail"])


class Problems(Answers):
    def test_every_route_but_the_probes_wants_the_operators_token(self):
        own = f"/operator/v1/agents/{self.agent.id}"
        routes = [("GET", t) for t in LISTS + ("/operator/v1/status", own, own + "/history", "/metrics", "/api/agents",
                                               f"/api/agents/{self.agent.id}")]
        for method, target in routes + [("DELETE", own), ("PUT", own + "/labels")]:
            for token in (None, "", "wrong", self.agent.token, self.told.token[:-1], self.told.token + "x"):
                with self.subTest(f"{method} {target} {token}"):
                    self.told.token = None
                    answer = self.told.call(method, target, {"labels": {}} if method == "PUT" else None, token=token)
                    self.told.token = self.running.operator_token()
                    self.problem(answer, 401)
                    self.assertEqual(answer.headers["www-authenticate"], "Bearer")
        self.assertEqual(self.agent.beat().status, 200, "nothing was removed")

    def test_unknown_query_parameters_are_refused_by_name(self):
        for target in LISTS + (f"/operator/v1/agents/{self.agent.id}/history", "/api/agents"):
            with self.subTest(target):
                self.problem(self.told.get(f"{target}?colour=red"), 400, "colour")
                self.problem(self.told.get(f"{target}?limit=5&limit=6"), 400, "limit", "twice")

    def test_values_that_make_no_sense_are_refused_with_what_would(self):
        for target, word in (("agents?status=asleep", "departed"), ("agents?dialect=klingon", "plexd"),
                             ("agents?contested=yes", "true"), ("agents?limit=0", "1000"),
                             ("agents?limit=1001", "1000"), ("agents?limit=-1", "1000"), ("agents?limit=ten", "1000"),
                             ("agents?cursor=x", "cursor"), ("agents?cursor=c0", "cursor"),
                             ("agents?cursor=5", "cursor"), ("threats?since=yesterday", "RFC 3339"),
                             ("threats?since=2026-13-01T00:00:00Z", "RFC 3339"), ("threats?agent=h", "id"),
                             ("audit?cursor=c", "cursor"), ("audit?limit=", "")):
            with self.subTest(target):
                answer = self.told.get(f"/operator/v1/{target}")
                if word:
                    self.problem(answer, 400, word)
                else:
                    self.assertEqual(answer.status, 200)

    def test_cursor_beyond_every_agent_is_no_new_beginning(self):
        for cursor in ("cffffffff", "c100000000", "cffffffffffffffff"):
            with self.subTest(cursor):
                answer = self.told.get(f"/operator/v1/agents?cursor={cursor}")
                self.assertTrue(answer.status == 400 or answer.json()["agents"] == [], answer)

    def test_unknown_agents_and_routes_are_problems(self):
        for target in ("/operator/v1/agents/ag-00000000000000ff", "/operator/v1/agents/h",
                       "/operator/v1/agents/ag-00000000000000ff/history", "/operator/v1/nothing", "/operator/v2/agents",
                       "/", "/api/agents/register"):
            with self.subTest(target):
                self.problem(self.told.get(target), 404)

    def test_wrong_method_and_media_are_problems(self):
        answer = self.told.post("/operator/v1/agents", {})
        self.problem(answer, 405)
        self.assertEqual(set(answer.headers["allow"].split(", ")), {"GET", "HEAD", "OPTIONS"})
        labels = f"/operator/v1/agents/{self.agent.id}/labels"
        self.problem(self.told.put(labels, b"{}", headers={"Content-Type": "text/plain"}), 415)
        self.problem(self.told.put(labels, b"{}", headers={"Content-Encoding": "br"}), 415)
        self.problem(self.told.put(labels, b'{"labels":'), 400, "line 1")
        self.problem(self.told.put(labels, b"{}"), 400, "labels")

    def test_what_http_itself_refuses_is_a_problem_too(self):
        self.problem(self.told.get("/metrics", headers={"X": "x" * 20000}), 431)
        self.problem(self.told.get("/%zz"), 400)


class Unchanged(Answers):
    def test_answer_that_the_operator_has_already_is_304(self):
        self.agent.report(event("e"))
        self.told.get(f"/operator/v1/agents/{self.agent.id}")
        for target in LISTS + (f"/operator/v1/agents/{self.agent.id}", f"/operator/v1/agents/{self.agent.id}/history"):
            with self.subTest(target):
                first = self.told.get(target)
                tag = first.headers["etag"]
                for known in (tag, "W/" + tag):
                    again = self.told.get(target, headers={"If-None-Match": known})
                    self.assertEqual((again.status, again.body, again.headers["etag"]), (304, b"", tag))
                other = self.told.get(target, headers={"If-None-Match": '"0000000000000000"'})
                self.assertEqual((other.status, other.body), (200, first.body))

    def test_change_makes_another_tag(self):
        tag = self.told.get("/operator/v1/agents").headers["etag"]
        enrol(self.client, "another")
        answer = self.told.get("/operator/v1/agents", headers={"If-None-Match": tag})
        self.assertEqual((answer.status, len(answer.json()["agents"])), (200, 2))
        self.assertNotEqual(answer.headers["etag"], tag)


class Figures(Answers):
    def test_status_counts_the_fleet(self):
        agents = enrol_many(self.client, 4)
        agents[0].leave()
        enrol(self.client, "host-0001")
        self.told.delete(f"/operator/v1/agents/{agents[2].id}")
        status = self.told.get("/operator/v1/status").json()
        fleet = status["fleet"]
        self.assertEqual((fleet["total"], fleet["online"], fleet["stale"], fleet["offline"], fleet["departed"]),
                         (4, 3, 0, 0, 1))
        self.assertEqual(fleet["by_dialect"], {"panguard": 4, "harborguard": 0, "plexd": 0})
        since = status["since_start"]
        self.assertEqual((since["enrolled"], since["reconnected"], since["removed"]), (5, 1, 1))
        self.assertEqual(status["listeners"]["fleet"], self.running.ready["fleet"])
        self.assertEqual(status["listeners"]["operator"], self.running.ready["operator"])
        self.assertRegex(status["started_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertGreater(status["store"]["limit_bytes"], status["store"]["bytes"])

    def metrics(self):
        answer = self.told.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain; version=0.0.4"))
        return answer.body.decode()

    def test_metrics_are_what_prometheus_reads(self):
        kinds, values = {}, Counter()
        for line in self.metrics().splitlines():
            described = re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line)
            if described:
                if described[1] == "TYPE":
                    self.assertNotIn(described[2], kinds, "described twice")
                    kinds[described[2]] = described[3]
                continue
            value = re.fullmatch(r'([a-z_]+)(\{(?:[a-z_]+="[^"\\]*",?)+\})? (\S+)', line)
            self.assertTrue(value, line)
            self.assertGreaterEqual(float(value[3]), 0)
            values[value[1], value[2]] += 1
        self.assertEqual([series for series, count in values.items() if count > 1], [])
        self.assertEqual({name for name, _ in values}, set(kinds))
        for name, kind in kinds.items():
            self.assertEqual(name.endswith("_total"), kind == "counter", name)

    def test_metrics_count_what_happened(self):
        enrol(self.client, "h")
        for _ in range(7):
            self.agent.beat()
        self.agent.beat(token="wrong")
        for line in ('muster_agents{status="online"} 1', "muster_enrolments_total 1", "muster_reconnections_total 1",
                     "muster_heartbeats_total 7", "muster_credentials_refused_total 1",
                     'muster_connections{listener="fleet"} 1', 'muster_agents_by_dialect{dialect="panguard"} 1'):
            eventually(lambda wanted=f"\n{line}\n": wanted in self.metrics(), 3)  # loops tell once a second

    def test_probes_are_open_to_all(self):
        self.told.token = None
        for probe in ("/healthz", "/readyz", "/health"):
            answer = self.told.get(probe)
            self.assertEqual((answer.status, answer.json()["ok"]), (200, True))

    def test_version_is_told_in_all_places(self):
        version = self.told.get("/operator/v1/status").json()["version"]
        self.assertIn(f'muster_build_info{{version="{version}"}} 1', self.metrics())


class SharedListener(ManagerTest):
    def test_fleet_listener_serves_the_operators_routes_only_where_it_is_told_to(self):
        apart, shared = self.manager(), self.manager("--fleet-listener-operator-routes")
        for manager, wanted in ((apart, 404), (shared, 200)):
            agent = enrol(self.fleet(manager), "h")
            client = self.fleet(manager, token=manager.operator_token())
            self.assertEqual(client.get("/api/agents").status, wanted)
            self.assertEqual(client.get(f"/api/agents/{agent.id}").status, 405 if wanted == 404 else 200)
            self.assertEqual(agent.beat().status, 200)
        stranger = self.fleet(shared)
        self.assertEqual(stranger.get("/api/agents").status, 401)
        self.assertEqual(stranger.get("/api/agents", token=agent.token).status, 401)
        self.assertEqual(stranger.call("OPTIONS", "/api/agents/register").status, 204)


if __name__ == "__main__":
    main()
