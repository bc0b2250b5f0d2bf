#!/usr/bin/env python3
"""What nodes shall be and have: layers of desired state, peers, secrets and actions, as a plexd sees them."""
import base64

from manager_process import eventually, main
from test_nodes import NodeTest, FAST

MESH = {"policies": [{"id": "mesh", "rules": [{"src": "*", "dst": "*", "action": "allow"}]}]}


class StateTest(NodeTest):
    def set_layer(self, scope, document, tenant="default", headers=None, **more):
        query = "&".join(f"{name}={value}" for name, value in {"tenant": tenant, **more}.items())
        return self.told.put(f"/operator/v1/state/layers/{scope}?{query}", document, headers=headers)

    def put_secret(self, name, value, scope="tenant"):
        answer = self.told.put(f"/operator/v1/secrets/{name}?scope={scope}&tenant=default",
                               {"base64": base64.b64encode(value.encode()).decode()})
        self.assertEqual(answer.status, 200, answer)

    def listening(self, hostname, **more):
        node = self.join(hostname, **more)
        self.assertEqual(node.listen(), 200)
        return node


class Layers(StateTest):
    def test_a_change_is_an_event_a_hint_and_a_new_state(self):
        node, other = self.listening("a", token=self.token(labels={"env": "prod"})), self.listening("b")
        for fresh in (node, other):
            eventually(lambda fresh=fresh: fresh.beat().json().get("reconcile"))
        before = node.get("state")
        self.assertEqual(before.status, 200)
        plain = before.json()
        self.assertEqual((plain["peers"], plain["policies"], plain["data"]), ([], [], []))
        self.assertEqual(plain["signing_keys"]["current"], node.verifier.current)
        self.assertEqual(plain["pending_actions"], [])
        self.assertEqual(plain["fleet_policy"]["version"], 1)
        tag = before.headers["etag"]
        self.assertEqual(node.get("state", headers={"If-None-Match": tag}).status, 304)
        layer = {"metadata": {"env": "prod"}, "data": [{"key": "db", "content_type": "application/json",
                                                        "payload": {"host": "db <1> & co"}}]}
        answer = self.set_layer("label:env=prod", layer)
        self.assertEqual(answer.status, 200, answer)
        event = node.events_until("node_state_updated")[-1]
        self.assertEqual(event["payload"]["metadata"], {"env": "prod"})
        self.assertEqual(event["payload"]["data"][0]["payload"], {"host": "db <1> & co"})
        eventually(lambda: node.beat().json().get("reconcile"))
        after = node.get("state", headers={"If-None-Match": tag})
        self.assertEqual(after.status, 200)
        self.assertEqual(after.json()["data"][0]["key"], "db")
        self.assertEqual(other.event(0.5), None, "it was not for everyone")
        self.assertNotIn("reconcile", other.beat().json())
        version = after.json()["data"][0]["version"]
        self.restart(crash=True)
        self.assertEqual(self.again(node).state()["data"][0]["version"], version)
        stale = self.set_layer("label:env=prod", layer, headers={"If-Match": '"999"'})
        self.assertEqual(stale.status, 412, stale)
        wrong = self.set_layer("tenant", {"policies": [{"id": "x", "rules": [{"port": 70000}]}]})
        self.assertIn(wrong.status, (400, 422))
        self.assertIn("$.policies[0].rules[0].port", wrong.body.decode())

    def test_peers_see_each_other_by_policy_and_come_and_go(self):
        first = self.listening("a")
        self.assertEqual(self.set_layer("tenant", MESH).status, 200)
        first.events_until("policy_updated")
        second = self.join("b")
        self.assertEqual([peer["id"] for peer in second.welcome["peers"]], [first.id])
        added = first.events_until("peer_added")[-1]["payload"]
        self.assertEqual((added["id"], added["peer_id"], added["mesh_ip"]),
                         (second.id, second.id, second.welcome["mesh_ip"]))
        keys = {first.state()["peers"][0]["psk"], second.state()["peers"][0]["psk"]}
        self.assertEqual(len(keys), 1, "both have one key for each other")
        self.assertEqual(len(base64.b64decode(keys.pop())), 32)
        answer = second.put("endpoint", {"public_endpoint": "203.0.113.9:51820", "nat_type": "none"}).json()
        self.assertEqual(answer["peer_endpoints"], [{"peer_id": first.id, "endpoint": ""}])
        moved = first.events_until("peer_endpoint_changed")[-1]["payload"]
        self.assertEqual((moved["endpoint"], moved["public_key"]), ("203.0.113.9:51820", added["public_key"]))
        stranger = self.join("c", token=self.token(tenant="south"))
        self.assertEqual(stranger.state()["peers"], [])
        self.assertEqual(second.post("deregister").status, 200)
        self.assertEqual(first.events_until("peer_removed")[-1]["payload"], {"peer_id": second.id})
        self.assertEqual(first.state()["peers"], [])

    def test_secrets_reach_their_nodes_only_and_end_when_revoked(self):
        node = self.listening("a", token=self.token(labels={"env": "prod"}))
        other = self.join("b")
        self.put_secret("tls", "s3cret ü", "label:env=prod")
        told = node.events_until("node_secrets_updated")[-1]["payload"]["secret_refs"]
        self.assertEqual(told[0]["key"], "tls")
        self.assertEqual(node.secret("tls"), "s3cret ü")
        self.assertEqual(other.secret("tls"), 404)
        self.put_secret("tls", "second", "label:env=prod")
        self.assertEqual(node.secret("tls"), "second")
        self.restart()
        self.assertEqual(self.again(node).secret("tls"), "second")
        answer = self.told.delete("/operator/v1/secrets/tls?scope=label:env=prod&tenant=default")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(node.secret("tls"), 404)
        self.assertNotIn("second", self.running.log())
        self.assertNotIn(b"second", (self.running.data / "ledger" / "data.mdb").read_bytes())


class Silence(StateTest):
    flags = FAST

    def test_peers_are_told_at_each_step(self):
        watcher = self.listening("a")
        self.assertEqual(self.set_layer("tenant", MESH).status, 200)
        silent = self.join("b")

        def told(event_type):
            def look():
                watcher.beat()
                event = watcher.event(0.3)
                return event and event["event_type"] == event_type and event["payload"]
            return eventually(look, 15)

        self.assertEqual(told("peer_added")["id"], silent.id)
        self.assertEqual(told("peer_unreachable"), {"peer_id": silent.id})
        silent.beat()
        self.assertEqual(told("peer_reachable"), {"peer_id": silent.id})
        self.assertEqual(told("peer_removed"), {"peer_id": silent.id})
        self.assertEqual(watcher.state()["peers"], [])
        silent.beat()
        self.assertEqual(told("peer_added")["id"], silent.id)


class Actions(StateTest):
    def run_on(self, **more):
        answer = self.told.post("/operator/v1/runs", {"action": "ping", "timeout": "30s", **more})
        self.assertEqual(answer.status, 201, answer)
        return answer.json()["id"]

    def executions(self, run):
        return self.told.get(f"/operator/v1/runs/{run}/executions").json()["executions"]

    def test_an_action_is_told_acknowledged_and_its_result_kept(self):
        node = self.listening("a", token=self.token(labels={"env": "prod"}))
        run = self.run_on(labels={"env": "prod"}, parameters={"target": "a < b"})
        asked = node.events_until("action_request")[-1]["payload"]
        self.assertEqual((asked["action"], asked["parameters"], asked["timeout"]), ("ping", {"target": "a < b"}, "30s"))
        self.assertEqual(node.state()["pending_actions"][0]["execution_id"], asked["execution_id"])
        path = f"executions/{asked['execution_id']}"
        self.assertEqual(node.post(f"{path}/ack", {"execution_id": asked["execution_id"], "status": "accepted"}).status,
                         200)
        self.assertEqual(node.state()["pending_actions"], [])
        result = {"execution_id": asked["execution_id"], "status": "success", "exit_code": 0,
                  "stdout": "x" * (3 << 20), "stderr": "", "duration": "2.34s", "finished_at": "2026-01-01T00:00:00Z"}
        self.assertEqual(node.post(f"{path}/result", result).status, 200)
        self.assertEqual(node.post(f"{path}/result", result).status, 200, "again")
        (row,) = self.executions(run)
        self.assertEqual((row["status"], row["exit_code"]), ("succeeded", 0))
        kept = self.told.get(f"/operator/v1/runs/{run}/executions/{node.id}").json()
        self.assertTrue(kept["stdout"].endswith("\n...[truncated]"))
        self.assertEqual(len(kept["stdout"]), (1 << 20) + len("\n...[truncated]"))
        self.assertEqual(node.post("executions/x-0-0/ack", {"status": "accepted"}).status, 404)
        other = self.join("b")
        self.assertEqual(other.post(f"{path}/ack", {"status": "accepted"}).status, 403)
        self.assertEqual(self.told.get(f"/operator/v1/runs/{run}").json()["status"], "succeeded")

    def test_a_run_over_nobody_says_so(self):
        answer = self.told.post("/operator/v1/runs", {"action": "ping", "timeout": "30s", "labels": {"no": "body"}})
        self.assertIn(answer.status, (400, 404, 409))


if __name__ == "__main__":
    main()
