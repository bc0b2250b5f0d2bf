#!/usr/bin/env python3
"""Nodes as plexd has them: they enrol by token, beat, follow signed events, and leave."""
import gzip
import json
import os
import stat
import time

from manager_process import ManagerTest, eventually, main
from plexd_node import join, make_token, public_key, register

FAST = ("--liveness.profiles.plexd.interval", "1s", "--liveness.profiles.plexd.stale_after", "3s",
        "--liveness.profiles.plexd.offline_after", "6s", "--liveness.late_tolerance", "500ms")
SUM = "ab" * 32


class NodeTest(ManagerTest):
    flags = ()

    def setUp(self):
        self.running = self.manager(*self.flags)
        self.told = self.operator(self.running)
        self.client = self.fleet(self.running)

    def token(self, **more):
        return make_token(self.told, **more)

    def join(self, hostname="web-1", token=None, **more):
        node = join(self.client, self.running.fleet_address, token or self.token(), hostname, **more)
        self.addCleanup(node.hang_up)
        return node

    def shown(self, node):
        return self.told.get(f"/operator/v1/nodes/{node.id}").json()

    def restart(self, crash=False):
        self.running.kill() if crash else self.running.stop()
        self.running.start()
        self.told = self.operator(self.running)
        self.client = self.fleet(self.running)

    def again(self, node):
        """The node as it goes on after the manager has moved."""
        node.client, node.address = self.client, self.running.fleet_address
        return node


class Enrolment(NodeTest):
    def test_a_host_with_a_token_becomes_a_node(self):
        capabilities = {"binary": {"version": "1.4.2", "checksum": f"sha256:{SUM}"},
                        "builtin_actions": [{"name": "ping", "description": "", "parameters": []}],
                        "hooks": [{"name": "backup", "checksum": "cd" * 32, "parameters": None}]}
        node = self.join(token=self.token(tenant="north", labels={"env": "prod"}), capabilities=capabilities)
        self.assertEqual(len(node.key), 32)
        self.assertTrue(node.key.isascii() and node.key.isprintable() and " " not in node.key)
        self.assertRegex(node.welcome["mesh_ip"], r"^10\.100\.\d+\.\d+$")
        self.assertEqual(node.welcome["peers"], [])
        shown = self.shown(node)
        self.assertEqual((shown["hostname"], shown["tenant"], shown["labels"], shown["status"]),
                         ("web-1", "north", {"env": "prod"}, "online"))
        self.assertEqual(shown["binary"], {"version": "1.4.2", "checksum": SUM, "verdict": "undeclared"})
        self.assertEqual(shown["capabilities"], capabilities)
        self.assertEqual(self.told.put("/operator/v1/binaries/1.4.2", {"checksums": [SUM]}).status, 204)
        self.assertEqual(self.shown(node)["binary"]["verdict"], "good")
        self.assertEqual(node.beat(binary_checksum="ee" * 32).status, 200)
        eventually(lambda: self.shown(node)["binary"]["verdict"] == "deviant")
        self.assertEqual([row["id"] for row in self.told.get("/operator/v1/nodes?deviant=true").json()["nodes"]],
                         [node.id])

    def test_what_refuses_a_host(self):
        once = self.token()
        self.join("a", once)
        self.assertEqual(register(self.client, once, "b").status, 401, "used up")
        self.assertEqual(register(self.client, "mb_wrong", "b").status, 401)
        self.assertEqual(register(self.client, self.token(), "a").status, 409, "the name is taken")
        mine = self.token(hostname="a")
        self.assertEqual(register(self.client, mine, "b").status, 401, "made for another host")
        again = register(self.client, mine, "a")
        self.assertEqual(again.status, 201, "made for this host, which may have been lost")
        open_token = self.token()
        for wrong in ({"public_key": "short"}, {"hostname": ""}, {"hostname": 7}, {"metadata": []},
                      {"capabilities": {"hooks": [{}]}}):
            answer = register(self.client, open_token, "c", wrong)
            self.assertEqual(answer.status, 400, wrong)
            self.assertIn(next(iter(wrong)) if "capabilities" not in wrong else "hooks", answer.json()["error"])
        other = {"token": "x", "public_key": public_key(), "hostname": "c"}
        self.assertEqual(self.client.post("/v1/register", other, token=open_token).status, 401)
        made = self.told.get("/operator/v1/tokens").json()["tokens"]
        self.assertEqual(self.told.delete(f"/operator/v1/tokens/{made[-1]['id']}").status, 204)
        self.assertEqual(register(self.client, open_token, "c").status, 401, "revoked")
        self.assertNotIn(open_token, json.dumps(made))

    def test_a_registration_may_be_compressed(self):
        body = json.dumps({"token": self.token(), "public_key": public_key(), "hostname": "z", "metadata":
                           {f"k{i}": "v" * 100 for i in range(20)}}).encode()
        answer = self.client.post("/v1/register", gzip.compress(body), headers={
            "Content-Encoding": "gzip", "Content-Type": "application/json"})
        self.assertEqual(answer.status, 201, answer)

    def test_a_panguard_agent_of_the_same_name_stays_what_it_is(self):
        facts = {"hostname": "web-1", "os": "l", "arch": "x", "version": "1"}
        agent = self.client.post("/api/agents/register", facts).json()["agentId"]
        node = self.join("web-1")
        self.assertNotEqual(node.id, agent)
        rows = self.told.get("/operator/v1/agents?hostname=web-1").json()["agents"]
        self.assertEqual({row["dialect"] for row in rows}, {"panguard", "plexd"})


class Life(NodeTest):
    flags = FAST

    def test_beats_directives_and_what_belongs_to_others(self):
        node, other = self.join("a"), self.join("b")
        answer = node.beat()
        self.assertEqual((answer.status, answer.json()), (200, {"interval_seconds": 1}))
        self.assertEqual(self.told.post(f"/operator/v1/nodes/{node.id}/directives",
                                        {"directives": ["reconcile", "rotate_keys"]}).status, 204)
        told = eventually(lambda: node.beat().json() if True else None)
        self.assertEqual(told, {"reconcile": True, "rotate_keys": True, "interval_seconds": 1})
        self.assertEqual(node.beat().json(), {"rotate_keys": True, "interval_seconds": 1})
        fresh = public_key()
        answer = self.client.post("/v1/keys/rotate", {"node_id": node.id, "new_public_key": fresh}, token=node.key)
        self.assertEqual((answer.status, answer.json()), (200, {"updated_peers": []}))
        self.assertEqual(node.beat().json(), {"interval_seconds": 1})
        self.assertEqual(self.shown(node)["public_key"], fresh)
        for name in ("heartbeat", "deregister", "threats"):
            self.assertEqual(self.client.post(f"/v1/nodes/{other.id}/{name}", {}, token=node.key).status, 403, name)
        theft = {"node_id": other.id, "new_public_key": public_key()}
        self.assertEqual(self.client.post("/v1/keys/rotate", theft, token=node.key).status, 403)
        self.assertEqual(self.client.get("/v1/ping", token=node.key).status, 200)
        self.assertEqual(self.client.get("/v1/ping", token="x" * 32).status, 401)
        self.assertEqual(self.client.get("/health").status, 200)

    def test_silence_is_seen_and_a_beat_ends_it(self):
        node = self.join()
        eventually(lambda: self.shown(node)["status"] == "stale", 10)
        eventually(lambda: self.shown(node)["status"] == "offline", 10)
        self.assertEqual(node.beat().status, 200)
        eventually(lambda: self.shown(node)["status"] == "online")

    def test_what_a_node_tells_of_itself(self):
        node = self.join()
        self.assertEqual(node.put("endpoint", {"public_endpoint": "203.0.113.9:51820", "nat_type": "full_cone"}).json(),
                         {"peer_endpoints": []})
        self.assertEqual(node.put("endpoint", {"public_endpoint": "nowhere"}).status, 400)
        self.assertEqual(node.put("capabilities", {"builtin_actions": [{"name": "ping"}], "hooks": None}).status, 200)
        threat = {"event": {"id": "e1", "severity": "high"}, "verdict": {"conclusion": "malicious"}}
        self.assertEqual(node.post("threats", threat).status, 202)
        self.assertEqual(self.told.get("/operator/v1/threats").json()["threats"][0]["agent_id"], node.id)
        self.restart()
        shown = self.shown(node)
        self.assertEqual((shown["endpoint"], shown["nat_type"]), ("203.0.113.9:51820", "full_cone"))
        self.assertEqual(shown["capabilities"]["builtin_actions"], [{"name": "ping"}])
        self.assertEqual(self.again(node).beat().status, 200)

    def test_leaving_removal_and_what_is_left(self):
        kept, purged, removed = (self.join(name) for name in "abc")
        self.assertEqual(self.client.call("POST", f"{kept.path}/deregister", None, kept.key).status, 200)
        eventually(lambda: self.shown(kept)["status"] == "departed")
        self.assertEqual(purged.post("deregister?purge=true").status, 200)
        self.assertEqual(self.told.get(f"/operator/v1/nodes/{purged.id}").status, 404)
        self.assertEqual(self.told.delete(f"/operator/v1/nodes/{removed.id}").status, 204)
        self.assertEqual(removed.beat().status, 401)
        self.assertEqual(kept.beat().status, 200, "with its state it comes back")
        eventually(lambda: self.shown(kept)["status"] == "online")


class Keys(NodeTest):
    def test_rotation_reaches_open_streams_and_those_who_come_back(self):
        node, away = self.join("a"), self.join("b")
        self.assertEqual((node.listen(), away.listen()), (200, 200))
        first = self.told.get("/operator/v1/signing-keys").json()
        self.assertEqual(first["current"], node.welcome["signing_public_key"])
        self.told.post("/operator/v1/signing-keys/rotate", {"overlap": "1h"})
        node.events_until("signing_key_rotated")
        away.events_until("signing_key_rotated")
        second = self.told.get("/operator/v1/signing-keys").json()
        self.assertEqual((node.verifier.current, second["previous"]), (second["current"], first["current"]))
        away.hang_up()
        self.told.post("/operator/v1/signing-keys/rotate", {"overlap": "1h"})
        node.events_until("signing_key_rotated")
        self.restart(crash=True)
        self.again(away)
        self.assertEqual(away.listen(), 200)
        away.events_until("signing_key_rotated")
        third = self.told.get("/operator/v1/signing-keys").json()["current"]
        self.assertEqual(away.verifier.current, third)
        self.assertNotIn(third, (first["current"], second["current"]))

    def test_a_place_that_is_not_known_means_a_resync(self):
        node = self.join()
        node.last_event_id = "1-999999"
        self.assertEqual(node.listen(), 200)
        self.assertEqual(node.events_until("resync")[-1]["event_type"], "resync")
        eventually(lambda: node.beat().json().get("reconcile"))

    def test_the_stream_stays_open_and_shows_that_it_lives(self):
        node = self.join()
        self.assertEqual(node.listen(), 200)
        self.assertIn("text/event-stream", node.stream.head)
        eventually(lambda: node.stream.next(0.2) or node.stream.comments > 0, 25)

    def test_the_master_key_lies_beside_the_store_and_is_needed(self):
        self.join()
        key = self.running.data / "master.key"
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.running.stop()
        os.rename(key, key.with_suffix(".away"))
        with self.assertRaisesRegex(AssertionError, "master.key"):
            self.running.start()
        self.running.process = None
        os.rename(key.with_suffix(".away"), key)
        self.running.start()


class Admission(NodeTest):
    flags = ("--admission.registration-per-second", "1")

    def test_too_many_registrations_are_told_when_to_come_back(self):
        token = self.token(uses=100)
        answers = [register(self.client, token, f"h{i}") for i in range(6)]
        refused = [answer for answer in answers if answer.status == 429]
        self.assertTrue(refused, [answer.status for answer in answers])
        self.assertGreaterEqual(int(refused[0].headers["retry-after"]), 1)


class Addresses(NodeTest):
    flags = ("--mesh.addresses", "10.1.0.0/29", "--mesh.bridge-addresses", "10.1.0.4/30", "--mesh.cooldown", "2s")

    def test_an_address_is_anothers_after_its_cooldown_only(self):
        token = self.token(uses=20)
        nodes = [self.join(f"h{i}", token) for i in range(3)]
        full = register(self.client, token, "h9")
        self.assertEqual(full.status, 503)
        self.assertIn("address", full.json()["error"])
        self.assertEqual(nodes[1].post("deregister").status, 200)
        self.assertEqual(register(self.client, token, "h9").status, 503)
        time.sleep(2.1)
        late = self.join("h9", token)
        self.assertEqual(late.welcome["mesh_ip"], nodes[1].welcome["mesh_ip"])
        eventually(lambda: nodes[1].beat().status == 401)
        bridge = self.join("b", self.token(labels={"role": "bridge"}))
        self.assertIn(bridge.welcome["mesh_ip"], ("10.1.0.4", "10.1.0.5", "10.1.0.6"))


if __name__ == "__main__":
    main()
