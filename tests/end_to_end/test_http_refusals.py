#!/usr/bin/env python3
"""Every refusal of the fleet listener that depends on what was asked: its status, its words and what it leaves intact."""
import gzip
import json
import os
import random

from fleet_agent import REPORT, enrol, facts
from http_wire import request
from manager_process import ManagerTest, main

KIB = 1024


class Refusals(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.client = self.fleet(self.running)
        self.agent = enrol(self.client, "h")

    def refused(self, answer, status, *words):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"], "application/json")
        told = answer.json()
        self.assertIs(told["ok"], False)
        for word in words:
            self.assertIn(word, told["error"])

    def post_raw(self, target, body, **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.call("POST", target, body, token=self.agent.token, headers=fields)


class Words(Refusals):
    def test_bad_json_is_refused_with_its_position(self):
        for target in ("/api/agents/register", self.agent.path + "/heartbeat", self.agent.path + "/events"):
            self.refused(self.post_raw(target, b'{"hostname":"h",}'), 400, "line 1", "column 17", "byte 16")
        self.refused(self.post_raw("/api/agents/register", b'{\n  "os": "l",\n  "arch": x\n}'), 400, "line 3")

    def test_bodies_that_are_no_json_object_are_refused(self):
        for body in (b"", b" \r\n", b"[]", b'"text"', b"1", b"null", b"{", b'{"a":1}{}', b'{"hostname":"\xff"}',
                     b"{'a':1}", b'{"a":1e999}', b'{"a":"\t"}', b"[" * 5000, b'{"a":' * 5000):
            with self.subTest(body[:40]):
                self.refused(self.post_raw("/api/agents/register", body), 400)

    def test_wrong_field_of_a_registration_is_named(self):
        for member in ("hostname", "os", "arch", "version"):
            for wrong in (None, "", 5, ["x"], "x" * 257, "line\nbreak"):
                with self.subTest(f"{member} {wrong!r}"):
                    self.refused(self.client.post("/api/agents/register", facts("h2", **{"arch": "x", member: wrong})
                                                  if member != "hostname" else facts(wrong)), 400, member)
        for member in ("organizationId", "ip"):
            self.refused(self.client.post("/api/agents/register", facts("h2", **{member: 7})), 400, member)

    def test_wrong_type_in_a_heartbeat_is_named(self):
        wrong = {"cpu": "12", "memory": [], "eventsProcessed": {}, "threatsDetected": "1", "actionsExecuted": -1,
                 "mode": 3, "uptime": "long", "memoryUsageMB": True}
        for member, value in wrong.items():
            with self.subTest(member):
                self.refused(self.agent.beat({**REPORT, member: value}), 400, member)
        self.assertEqual(self.agent.beat({}).status, 200, "missing fields are fine")
        self.assertEqual(self.agent.beat({name: None for name in wrong}).status, 200)

    def test_wrong_field_of_an_event_is_named_with_its_place(self):
        for body, words in (({}, ("'event'",)), ({"event": 5}, ("$.event",)), ({"threats": {}}, ("$.threats",)),
                            ({"threats": [{"event": {"id": "1"}}, 7]}, ("$.threats[1]",)),
                            ({"events": [{"id": "1", "severity": 4}]}, ("$.events[0].severity",)),
                            ({"event": {"id": "1"}, "verdict": {"confidence": 101}}, ("$.verdict.confidence",)),
                            ({"agentId": "ag-00000000000000ff", "event": {"id": "1"}}, ("agentId",))):
            with self.subTest(body):
                self.refused(self.agent.report(body), 400, *words)

    def test_refused_report_stores_nothing(self):
        self.agent.report({"threats": [{"event": {"id": "fine"}}, {"event": 7}]})
        self.assertEqual(self.operator(self.running).get("/operator/v1/threats").json()["threats"], [])


class Credentials(Refusals):
    def test_unknown_tokens_are_refused_with_401(self):
        token = self.agent.token
        wrong = [None, "", "x", token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "B"),
                 token.replace("mt_", "mo_"), "mt_" + "f" * 16 + token[19:], self.running.operator_token(), "\u00e9"]
        for target, method in ((self.agent.path + "/heartbeat", "POST"), (self.agent.path + "/events", "POST"),
                               (self.agent.path, "DELETE"), (f"/api/policy/agent/{self.agent.id}", "GET"),
                               ("/api/rules/latest", "GET")):
            for shown in wrong:
                with self.subTest(f"{method} {target} {shown!r}"):
                    answer = self.client.call(method, target, {} if method == "POST" else None, token=shown)
                    self.refused(answer, 401)
                    self.assertEqual(answer.headers["www-authenticate"], "Bearer")

    def test_malformed_authorization_is_refused_with_401(self):
        for field in (self.agent.token, f"Basic {self.agent.token}", f"Bearer{self.agent.token}", "Bearer", "Bearer  ",
                      f'Bearer "{self.agent.token}"', f"Bearer {self.agent.token} x"):
            with self.subTest(field):
                answer = self.client.post(self.agent.path + "/heartbeat", {}, headers={"Authorization": field})
                self.refused(answer, 401)

    def test_scheme_of_authorization_ignores_case(self):
        answer = self.client.post(self.agent.path + "/heartbeat", {}, headers={
            "authorization": f"bEARER {self.agent.token}"})
        self.assertEqual(answer.status, 200)

    def test_token_of_another_agent_is_refused_with_403(self):
        other = enrol(self.client, "other")
        for method, target in (("POST", "/api/agents/{}/heartbeat"), ("POST", "/api/agents/{}/events"),
                               ("DELETE", "/api/agents/{}"), ("GET", "/api/policy/agent/{}")):
            answer = self.client.call(method, target.format(self.agent.id), {} if method == "POST" else None,
                                      token=other.token)
            self.refused(answer, 403)
        self.assertEqual(self.agent.beat().status, 200)

    def test_unknown_agent_is_refused_with_404(self):
        for unknown in ("ag-00000000000000ff", "ag-0", "register", self.agent.id.upper(), self.agent.id + "0", "%00x"):
            with self.subTest(unknown):
                answer = self.client.post(f"/api/agents/{unknown}/heartbeat", {}, token=self.agent.token)
                self.refused(answer, 400 if "%00" in unknown else 404)


class Routes(Refusals):
    def test_unknown_route_is_refused_with_404(self):
        for target in ("/", "/api", "/api/agents", "/api/agents/register/x", "/healthz", "/metrics", "/operator/v1/status",
                       "/a" * 100, "/api/agents/../../health", "/HEALTH"):
            with self.subTest(target):
                self.refused(self.client.get(target, token=self.running.operator_token()), 404)

    def test_wrong_method_is_refused_with_405_and_the_right_ones(self):
        for method, target, allowed in (("GET", "/api/agents/register", {"POST", "OPTIONS"}),
                                        ("PUT", "/api/agents/register", {"POST", "OPTIONS"}),
                                        ("POST", "/health", {"GET", "HEAD", "OPTIONS"}),
                                        ("BREW", "/health", {"GET", "HEAD", "OPTIONS"}),
                                        ("PATCH", self.agent.path, {"DELETE", "OPTIONS"}),
                                        ("GET", self.agent.path + "/heartbeat", {"POST", "OPTIONS"})):
            with self.subTest(f"{method} {target}"):
                answer = self.client.call(method, target)
                self.refused(answer, 405)
                self.assertTrue(allowed <= set(answer.headers["allow"].split(", ")), answer)
                self.assertNotIn(method, answer.headers["allow"].split(", "))

    def test_options_tells_the_methods_without_credentials(self):
        answer = self.client.call("OPTIONS", "/api/agents/register")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertLessEqual({"OPTIONS", "POST"}, set(answer.headers["allow"].split(", ")))
        self.assertLess(self.client.call("OPTIONS", "*").status, 500)

    def test_head_is_get_without_a_body(self):
        for target in ("/health", "/api/rules/latest", f"/api/policy/agent/{self.agent.id}"):
            got = self.client.get(target, token=self.agent.token)
            head = self.client.call("HEAD", target, token=self.agent.token)
            self.assertEqual((head.status, head.headers["content-length"], head.headers["content-type"]),
                             (200, got.headers["content-length"], got.headers["content-type"]))
        self.assertEqual(self.client.call("HEAD", "/nowhere").status, 404)
        self.assertEqual(self.client.call("HEAD", "/api/agents/register").status, 405)
        self.assertEqual(self.client.get("/health").status, 200, "the connection is still in step")

    def test_duplicate_slashes_count_as_one(self):
        self.assertEqual(self.client.get("//health").status, 200)
        answer = self.client.post(f"///api//agents////{self.agent.id}//heartbeat", REPORT, token=self.agent.token)
        self.assertEqual(answer.status, 200)

    def test_percent_encoding_is_undone_in_paths(self):
        self.assertEqual(self.client.get("/%68ealt%68").status, 200)
        encoded = "".join(f"%{ord(c):02X}" for c in self.agent.id)
        answer = self.client.post(f"/api/agents/{encoded}/heartbeat", {}, token=self.agent.token)
        self.assertEqual(answer.status, 200)

    def test_query_does_not_change_the_route(self):
        self.assertEqual(self.client.get("/health?x=/nowhere%zz").status, 200)


class Media(Refusals):
    def test_other_content_types_are_refused_with_415(self):
        for media in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", None):
            with self.subTest(media):
                self.refused(self.post_raw("/api/agents/register", json.dumps(facts("x")).encode(), Content_Type=media),
                             415, "application/json")

    def test_parameters_and_case_of_the_content_type_do_not_matter(self):
        for media in ("application/json; charset=utf-8", "Application/JSON", "application/json ;x=y"):
            with self.subTest(media):
                answer = self.post_raw("/api/agents/register", json.dumps(facts("x")).encode(), Content_Type=media)
                self.assertIn(answer.status, (200, 201))

    def test_other_content_encodings_are_refused_with_415_and_the_right_one(self):
        for encoding in ("br", "deflate", "gzip, gzip", "xgzip"):
            with self.subTest(encoding):
                answer = self.post_raw("/api/agents/register", b"{}", Content_Encoding=encoding)
                self.refused(answer, 415)
                self.assertEqual(answer.headers["accept-encoding"], "gzip")


class Sizes(Refusals):
    """The default limits: a body of 1 MiB, a ratio of 100, a head of 16 KiB."""

    def too_large(self, data, status=413, words=()):
        connection = self.connect(self.running.fleet_address)
        connection.send(data)
        answer = connection.receive()
        self.refused(answer, status, *words)
        self.assertEqual(answer.headers["connection"], "close")
        self.assertTrue(connection.is_closed())
        self.assertEqual(self.agent.beat().status, 200)

    def head(self, **headers):
        return request("POST", self.agent.path + "/events", token=self.agent.token, headers={
            "Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}})

    def test_too_large_content_length_is_refused_before_the_body(self):
        self.too_large(self.head(Content_Length=str((1 << 20) + 1)))
        self.too_large(self.head(Content_Length=str(1 << 40), Expect="100-continue"))

    def test_too_large_body_that_is_sent_nevertheless_is_refused(self):
        self.too_large(self.head(Content_Length=str(3 << 20)) + b" " * (3 << 20))

    def test_too_large_chunked_body_is_refused(self):
        piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
        self.too_large(self.head(Transfer_Encoding="chunked") + piece * 17)
        self.too_large(self.head(Transfer_Encoding="chunked") + b"7fffffffffff\r\n")

    def test_body_of_exactly_the_limit_is_read(self):
        body = b'{"events":[]}'
        for framing in ("length", "chunked"):
            answer = self.client.call("POST", self.agent.path + "/events", body + b" " * ((1 << 20) - len(body)),
                                      token=self.agent.token) if framing == "length" else self.chunked(body)
            self.assertEqual(answer.status, 200, answer)

    def chunked(self, body):
        whole = body + b" " * ((1 << 20) - len(body))
        connection = self.connect(self.running.fleet_address)
        connection.send(self.head(Transfer_Encoding="chunked") + b"100000\r\n" + whole + b"\r\n0\r\n\r\n")
        return connection.receive()

    def test_refused_credentials_reach_a_client_that_sends_its_whole_body_first(self):
        connection = self.connect(self.running.fleet_address)
        connection.send(request("POST", self.agent.path + "/events", b" " * (1 << 20), token="wrong"))
        self.assertEqual(connection.receive().status, 401)

    def test_gzip_bomb_is_refused_by_its_ratio(self):
        bomb = gzip.compress(b" " * (1000 * KIB))
        self.assertLess(len(bomb), 2 * KIB)
        self.too_large(self.head(Content_Encoding="gzip", Content_Length=len(bomb)) + bomb, words=("ratio",))

    def test_gzip_bomb_is_refused_by_its_size(self):
        large = random.Random(1).randbytes(8 * KIB).hex().encode() * 70
        bomb = gzip.compress(large)
        self.assertGreater(len(large), 1 << 20)
        self.assertGreater(len(bomb) * 100, len(large), "its ratio is fine")
        self.too_large(self.head(Content_Encoding="gzip", Content_Length=len(bomb)) + bomb, words=("inflated",))

    def test_gzip_bomb_does_not_fill_the_memory(self):
        bomb = gzip.compress(b"\0" * (256 << 20), 9)
        before = self.running.resident_bytes()
        self.too_large(self.head(Content_Encoding="gzip", Content_Length=len(bomb)) + bomb)
        self.assertLess(self.running.resident_bytes() - before, 8 << 20)

    def test_too_large_head_is_refused_with_431(self):
        self.too_large(request("GET", "/health", headers={"X": "x" * 17 * KIB}), 431)
        self.too_large(request("GET", "/health", headers={f"X{i}": "x" * 100 for i in range(200)}), 431)
        self.too_large(request("GET", "/" + "x" * 17 * KIB), 431)
        self.too_large(b"x" * 64 * KIB, 431)

    def test_head_of_nearly_the_limit_is_read(self):
        answer = self.client.get("/health", headers={"X": "x" * 15 * KIB})
        self.assertEqual(answer.status, 200)

    def test_limits_are_settings(self):
        small = self.manager("--limits.body_bytes", "1KiB", "--limits.header_bytes", "1KiB", "--limits.inflate_ratio", "2")
        client = self.fleet(small)
        self.assertEqual(client.post("/api/agents/register", b" " * 1025).status, 413)
        self.assertEqual(client.get("/health", headers={"X": "x" * 1025}).status, 431)
        self.assertEqual(client.post("/api/agents/register", os.urandom(1024)).status, 400)


if __name__ == "__main__":
    main()
