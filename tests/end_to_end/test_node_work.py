#!/usr/bin/env python3
"""What nodes report, the programs they fetch, and upgrades that watch whether they come back."""
import gzip
import hashlib
import json
import os

from manager_process import eventually, main
from test_nodes import NodeTest

AHEAD = "2999-01-01T00:00:00Z"
ZERO = "0001-01-01T00:00:00Z"
SAMPLE = {"timestamp": ZERO, "group": "system", "data": {"cpu_usage_percent": 12.5}}
LINE = {"timestamp": "2026-01-01T00:00:00Z", "source": "journald", "unit": "ssh", "message": "m", "severity": "info",
        "hostname": "h"}


class Reports(NodeTest):
    def reports(self, node, kind):
        return self.told.get(f"/operator/v1/nodes/{node.id}/reports?kind={kind}").json()["reports"]

    def test_each_form_is_taken_and_shown(self):
        node = self.join()
        drift = {"timestamp": ZERO, "corrections": [{"type": "peer_added", "detail": "x"}]}
        self.assertEqual(node.post("drift", drift).status, 202)
        self.assertEqual(self.reports(node, "drift")[0]["items"][0]["corrections"], drift["corrections"])
        entries = {"entries": [{"key": "health", "content_type": "application/json", "payload": {"ok": True}, "version": 1},
                               {"key": "health", "payload": {"ok": False}, "version": 2}], "deleted": None}
        self.assertEqual(node.post("report", entries).status, 202)
        kept = self.told.get(f"/operator/v1/nodes/{node.id}/entries").json()["entries"]
        self.assertEqual([(one["name"], one["entry"]["payload"]) for one in kept], [("health", {"ok": False})])
        self.assertEqual(node.post("report", {"entries": None, "deleted": ["health"]}).status, 202)
        self.assertEqual(self.told.get(f"/operator/v1/nodes/{node.id}/entries").json()["entries"], [])
        latency = {"timestamp": ZERO, "group": "latency", "peer_id": "n_1", "data": {"peer_id": "n_1", "rtt_nano": -1}}
        self.assertEqual(node.post("metrics", [SAMPLE, latency]).status, 202)
        shown = self.told.get(f"/operator/v1/nodes/{node.id}/metrics").json()["metrics"]
        self.assertEqual(len(shown), 2)
        page = self.told.get(f"/operator/v1/nodes/{node.id}").json()
        self.assertEqual(page["metrics"], shown)
        self.assertTrue(page["last_seen"] and page["enrolled_at"], page)
        self.assertEqual(node.post("logs", [LINE]).status, 202)
        ndjson = b'{"message":"one"}\n{"message":"two"}\n'
        self.assertEqual(node.post("logs", ndjson, headers={"Content-Type": "application/x-ndjson"}).status, 202)
        self.assertEqual([len(one["items"]) for one in self.reports(node, "logs")], [2, 1])
        self.assertEqual(node.post("audit", [{"source": "auditd", "subject": {"uid": 0}}]).status, 202)
        violation = {"type": "hook", "path": "/x", "expected_checksum": "aa", "actual_checksum": "bb", "timestamp": ZERO}
        self.assertEqual(node.post("integrity/violations", violation).status, 202)
        self.assertEqual(self.reports(node, "violations")[0]["items"][0]["path"], "/x")
        self.assertEqual(node.post("tunnels/s1/ready", {"listen_addr": "10.1.1.1:22", "timestamp": ZERO}).status, 200)
        self.assertEqual(node.post("tunnels/s1/closed", {"reason": "expired", "duration": "5m0s"}).status, 200)
        self.assertEqual(len(self.reports(node, "tunnels")), 2)
        self.restart(crash=True)
        self.assertEqual(len(self.reports(node, "logs")), 2)
        self.told.delete(f"/operator/v1/nodes/{node.id}")
        self.assertEqual(self.reports(node, "logs") if self.told.get(
            f"/operator/v1/nodes/{node.id}/reports?kind=logs").status == 200 else [], [])

    def test_how_densely_a_body_is_compressed_does_not_matter(self):
        node = self.join()
        dense = json.dumps([dict(LINE, message="same " * 200)] * 900).encode()
        packed = gzip.compress(dense)
        self.assertGreater(len(dense), 150 * len(packed))
        answer = node.post("logs", packed, headers={"Content-Encoding": "gzip"})
        self.assertEqual(answer.status, 202, answer)
        huge = gzip.compress(b" " * (11 << 20))
        self.assertEqual(node.post("logs", huge, headers={"Content-Encoding": "gzip"}).status, 413)
        self.assertEqual(node.post("deregister?purge=maybe", b"").status, 400)

    def test_what_is_wrong_changes_nothing(self):
        node = self.join()
        for name, body in (("metrics", {"group": "system"}), ("metrics", [SAMPLE, {**SAMPLE, "timestamp": AHEAD}]),
                           ("drift", []), ("drift", {"timestamp": AHEAD}), ("logs", [LINE, 7]), ("report", [])):
            answer = node.post(name, body)
            self.assertEqual(answer.status, 400, (name, body, answer))
            self.assertTrue(answer.json()["error"])
        answer = node.post("logs", b"{\"a\":1}\n{broken", headers={"Content-Type": "application/x-ndjson"})
        self.assertEqual(answer.status, 400)
        self.assertEqual(node.post("logs", [{**LINE, "message": "x" * (11 << 20)}]).status, 413)
        for kind in ("metrics", "drift", "logs"):
            self.assertEqual(self.reports(node, kind), [])


class Programs(NodeTest):
    def push(self, version, octets, part=1 << 20, arch="amd64"):
        path = f"/operator/v1/artifacts/{version}/linux/{arch}"
        for offset in range(0, len(octets), part):
            answer = self.told.put(f"{path}?offset={offset}", octets[offset:offset + part],
                                   headers={"Content-Type": "application/octet-stream"})
            self.assertEqual(answer.status, 200, answer)
        return self.told.post(path, {"sha256": hashlib.sha256(octets).hexdigest(), "signature": "sig"})

    def test_a_program_is_uploaded_in_parts_and_fetched_whole(self):
        octets = os.urandom((5 << 20) + 17)
        self.assertEqual(self.push("1.5.0", octets).status, 201)
        node = self.join()
        answer = self.client.get("/v1/artifacts/plexd/1.5.0/linux/amd64", token=node.key)
        self.assertEqual((answer.status, answer.body == octets), (200, True))
        self.assertEqual(answer.headers["x-checksum-sha256"], hashlib.sha256(octets).hexdigest())
        self.assertEqual(answer.headers["x-signature"], "sig")
        self.assertEqual(self.client.get("/v1/artifacts/plexd/1.5.0/linux/arm64", token=node.key).status, 404)
        self.assertEqual(self.client.get("/v1/artifacts/plexd/1.5.0/linux/amd64").status, 401)
        self.restart(crash=True)
        self.assertEqual(self.told.get("/operator/v1/artifacts").json()["artifacts"][0]["bytes"], len(octets))
        self.assertEqual(self.told.put("/operator/v1/artifacts/1.5.0/linux/amd64", b"x", headers={
            "Content-Type": "application/octet-stream"}).status, 409, "sealed")
        self.assertEqual(self.told.delete("/operator/v1/artifacts/1.5.0/linux/amd64").status, 204)
        self.assertEqual(self.client.get("/v1/artifacts/plexd/1.5.0/linux/amd64", token=node.key).status, 404)

    def test_an_upgrade_goes_on_while_nodes_come_back_and_halts_when_one_does_not(self):
        octets = b"new program"
        self.assertEqual(self.push("2.0.0", octets).status, 201)
        good, lost = (self.join(name, metadata={"os": "linux", "arch": "amd64"}) for name in "ab")
        self.assertEqual((good.listen(), lost.listen()), (200, 200))
        for node in (good, lost):
            node.beat(binary_checksum="aa" * 32)
        answer = self.told.post("/operator/v1/upgrades", {"version": "2.0.0", "stages": ["100%"], "every": "1s",
                                                          "patience": "3s", "reason": "test"})
        self.assertEqual(answer.status, 201, answer)
        number = answer.json()["id"]
        for node in (good, lost):
            asked = node.events_until("action_request", 20)[-1]["payload"]
            self.assertEqual(asked["action"], "service.upgrade")
            self.assertEqual(asked["parameters"], {"version": "2.0.0",
                                                   "checksum": hashlib.sha256(octets).hexdigest()})
            path = f"executions/{asked['execution_id']}"
            self.assertEqual(node.post(f"{path}/ack", {"status": "accepted"}).status, 200)
            self.assertEqual(node.post(f"{path}/result", {"status": "success", "exit_code": 0}).status, 200)
        good.beat(binary_checksum=hashlib.sha256(octets).hexdigest())

        def halted():
            shown = self.told.get(f"/operator/v1/upgrades/{number}").json()
            return shown["status"] == "halted" and shown
        shown = eventually(halted, 30)
        self.assertEqual([one["hostname"] for one in shown["failures"]], ["b"])


if __name__ == "__main__":
    main()
