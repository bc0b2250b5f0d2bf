#!/usr/bin/env python3
"""Notifications over real sockets: what receivers get, where nothing is sent, and what a restart does."""
import email
import email.policy
import hashlib
import hmac
import json
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from fleet_agent import enrol
from manager_process import ManagerTest, eventually, main
from receivers import MailSink, Receiver, wait_a_little

PROFILE = ("--liveness.profiles.panguard.interval", "1s", "--liveness.profiles.panguard.stale_after", "2s",
           "--liveness.profiles.panguard.offline_after", "3s", "--liveness.late_tolerance", "500ms")
BASE = "/operator/v1/notifications"
SECRET = "webhook signing secret"
FAST = {"group_wait": "500ms", "group_interval": "500ms", "repeat_interval": "0s"}


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class NotificationTest(ManagerTest):
    def receiver(self):
        return self._closing(Receiver())

    def notifying(self, channels, routes=None, private=True):
        """A manager with these channels in its configuration file. YAML reads JSON."""
        made = self.manager(*PROFILE, start=False)
        self.configure(made, channels, routes, private)
        made.flags = (*made.flags, "--config", made.directory / "musterd.yaml")
        return made.start()

    @staticmethod
    def configure(manager, channels, routes=None, private=True):
        if routes is None:
            routes = [{"channels": [each["name"] for each in channels], **FAST}]
        config = {"notifications": {"allow_private_destinations": str(private).lower(), "channels": channels,
                                    "routes": routes, "link_base": "http://muster.example"}}
        (manager.directory / "musterd.yaml").write_text(json.dumps(config))

    def attempts(self, manager, check=lambda each: True):
        answer = self.operator(manager).get(f"{BASE}/deliveries")
        self.assertEqual(answer.status, 200, answer)
        return [each for each in answer.json()["attempts"] if check(each)]


class Bodies(NotificationTest):
    def test_lost_agent_reaches_a_webhook_signed_and_its_return_too(self):
        hook = self.receiver()
        manager = self.notifying([{"name": "hook", "type": "webhook", "url": hook.url + "/in", "secret": SECRET}])
        agent = enrol(self.fleet(manager), "edge-3")
        agent.beat()
        lost = hook.wait_for(lambda each: each["type"] == "agent_disconnected")
        path, headers, body = hook.requests[0]
        self.assertEqual(path, "/in")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(headers["User-Agent"], "HarborGuard-Webhook/1.0")
        self.assertEqual(headers["X-HarborGuard-Signature"],
                         "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest())
        self.assertEqual(lost["event"], "Agent lost connection")
        self.assertEqual(lost["severity"], "HIGH")
        self.assertEqual(lost["title"], "Agent lost connection: edge-3")
        self.assertEqual(lost["agentId"], agent.id)
        self.assertEqual(lost["url"], f"http://muster.example/operator/v1/agents/{agent.id}")
        self.assertRegex(lost["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertIn(lost["lastHeartbeatAt"], lost["message"])
        agent.beat()
        back = hook.wait_for(lambda each: each["type"] == "agent_reconnected")
        self.assertEqual(back["status"], "resolved")
        self.assertEqual(self.attempts(manager)[0]["status_code"], 200)

    def test_many_losses_are_one_message_to_every_service(self):
        services = {name: self.receiver() for name in ("slack", "pagerduty", "teams", "opsgenie", "alertmanager")}
        channels = [{"name": name, "type": name, "url": each.url + "/hook"} for name, each in services.items()]
        for each in channels:
            if each["name"] in ("pagerduty", "opsgenie"):
                each["secret"] = "service-key"
        slow = {"group_wait": "3s", "group_interval": "1s", "repeat_interval": "0s"}
        manager = self.notifying(channels, [{"channels": list(services), **slow}])
        client = self.fleet(manager)
        for number in range(5):
            enrol(client, f"h{number}").beat()
        for each in services.values():
            eventually(lambda each=each: each.requests, 25)
        wait_a_little()
        for name, each in services.items():
            self.assertEqual(len(each.requests), 1, name)
        slack = services["slack"].bodies()[0]["attachments"][0]
        self.assertTrue(slack["title"].startswith("Agent lost connection: "), slack)
        self.assertEqual(slack["color"], "#ff8c00")
        pager = services["pagerduty"].bodies()[0]
        self.assertEqual((pager["event_action"], pager["routing_key"]), ("trigger", "service-key"))
        self.assertEqual(pager["payload"]["severity"], "error")
        self.assertEqual(pager["payload"]["custom_details"]["count"], "5")
        self.assertEqual(services["teams"].bodies()[0]["attachments"][0]["content"]["type"], "AdaptiveCard")
        self.assertEqual(services["opsgenie"].requests[0][1]["Authorization"], "GenieKey service-key")
        self.assertEqual(services["opsgenie"].bodies()[0]["priority"], "P2")
        alerts = services["alertmanager"].bodies()[0]
        self.assertEqual((alerts["version"], len(alerts["alerts"])), ("4", 5))

    def test_mail_is_sent_to_all_recipients(self):
        sink = self._closing(MailSink(free_port()))
        manager = self.notifying([{"name": "mail", "type": "email", "url": f"smtp://127.0.0.1:{sink.port}",
                                   "from": "muster@example.org", "to": "a@example.org, b@example.org"}])
        enrol(self.fleet(manager), "edge-ü").beat()
        eventually(lambda: sink.mails, 20)
        mail = sink.mails[0]
        self.assertEqual((mail["from"], mail["to"]), ("muster@example.org", ["a@example.org", "b@example.org"]))
        read = email.message_from_string(mail["data"], policy=email.policy.default)
        self.assertEqual(read["Subject"], "[Muster] Agent lost connection: edge-ü")
        self.assertIn("No heartbeat from edge-ü since", read.get_body(("plain",)).get_content())
        self.assertIn("<a href=", read.get_body(("html",)).get_content())

    def test_mail_server_that_asks_for_a_password_gets_it_unless_it_would_be_in_the_clear(self):
        sink = self._closing(MailSink(free_port(), auth=True))
        mail = {"type": "email", "url": f"smtp://127.0.0.1:{sink.port}", "from": "m@example.org",
                "to": "a@example.org", "user": "muster", "secret": "pass word"}
        manager = self.notifying([{"name": "clear", "tls": "none", **mail}, {"name": "safe", **mail}])
        operator = self.operator(manager)
        told = operator.post(f"{BASE}/channels/clear/test").json()
        self.assertTrue(told["ok"], told)
        eventually(lambda: sink.mails)  # it tells of a mail through a pipe, which may take longer than the answer
        self.assertEqual(sink.mails[0]["user"], "muster")
        told = operator.post(f"{BASE}/channels/safe/test").json()
        self.assertFalse(told["ok"], told)
        self.assertEqual(len(sink.mails), 1)

    def test_mail_goes_over_tls_to_a_server_whose_certificate_is_trusted(self):
        made = tempfile.TemporaryDirectory(prefix="muster-")
        self.addCleanup(made.cleanup)
        directory = Path(made.name)
        certificate = directory / "both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", directory / "key.pem",
                        "-out", directory / "cert.pem"], check=True, capture_output=True)
        certificate.write_bytes((directory / "cert.pem").read_bytes() + (directory / "key.pem").read_bytes())
        sink = self._closing(MailSink(free_port(), auth=True, certificate=certificate))
        mail = {"type": "email", "url": f"smtp://127.0.0.1:{sink.port}", "from": "m@example.org", "to": "a@example.org",
                "user": "muster", "secret": "pass word"}
        manager = self.notifying([{"name": "trusting", "ca_file": str(directory / "cert.pem"), **mail},
                                  {"name": "wary", **mail}])
        told = self.operator(manager)
        taken = told.post(f"{BASE}/channels/trusting/test").json()
        self.assertTrue(taken["ok"], taken)
        eventually(lambda: sink.mails)
        self.assertEqual((sink.mails[0]["user"], sink.mails[0]["tls"]), ("muster", True))
        refused = told.post(f"{BASE}/channels/wary/test").json()
        self.assertFalse(refused["ok"])
        self.assertIn("certificate", refused["error"])
        self.assertEqual(len(sink.mails), 1)


class Refusals(NotificationTest):
    def test_private_destination_is_refused_whatever_it_is_called(self):
        hook = self.receiver()
        port = hook.server.server_address[1]
        manager = self.notifying([{"name": "number", "url": hook.url}, {"name": "name", "url": f"http://localhost:{port}"},
                                  {"name": "mapped", "url": f"http://[::ffff:127.0.0.1]:{port}"}], private=False)
        for name in ("number", "name", "mapped"):
            told = self.operator(manager).post(f"{BASE}/channels/{name}/test").json()
            self.assertFalse(told["ok"], name)
            self.assertIn("is private", told["error"])
        self.assertEqual(hook.requests, [])

    def test_redirect_is_not_followed(self):
        elsewhere, hook = self.receiver(), self.receiver()
        hook.status, hook.headers = 302, {"Location": elsewhere.url}
        manager = self.notifying([{"name": "hook", "url": hook.url}])
        told = self.operator(manager).post(f"{BASE}/channels/hook/test").json()
        self.assertEqual((told["ok"], told["status_code"]), (False, 302))
        self.assertIn("redirect", told["error"])
        self.assertEqual((len(hook.requests), elsewhere.requests), (1, []))

    def test_secrets_are_in_no_answer_and_no_log(self):
        hook = self.receiver()
        manager = self.notifying([{"name": "hook", "url": hook.url + "/hidden-path", "secret": SECRET}])
        operator = self.operator(manager)
        made = operator.post(f"{BASE}/channels", {"name": "made", "type": "webhook", "url": "http://127.0.0.1:1/hidden-path",
                                                 "secret": SECRET})
        self.assertEqual(made.status, 201, made)
        answers = [made, operator.get(f"{BASE}/channels"), operator.get(f"{BASE}/channels/hook"),
                   operator.post(f"{BASE}/channels/hook/test"), operator.post(f"{BASE}/channels/made/test"),
                   operator.get(f"{BASE}/deliveries"), operator.get("/operator/v1/audit"), operator.get("/metrics")]
        said = "".join(each.body.decode() for each in answers) + manager.log()
        self.assertNotIn("hidden-path", said)
        self.assertNotIn(SECRET, said)
        stored = b"".join(path.read_bytes() for path in (manager.data / "ledger").iterdir())
        self.assertNotIn(SECRET.encode(), stored)
        self.assertNotIn(b"hidden-path", stored)


class Operators(NotificationTest):
    def test_channels_routes_and_silences_are_made_used_and_kept(self):
        hook = self.receiver()
        manager = self.notifying([], [])
        operator = self.operator(manager)
        self.assertEqual(operator.post(f"{BASE}/channels", {"name": "mine", "type": "webhook", "url": hook.url}).status, 201)
        self.assertEqual(operator.post(f"{BASE}/channels", {"name": "mine", "type": "webhook", "url": hook.url}).status, 409)
        self.assertEqual(operator.post(f"{BASE}/channels", {"name": "x", "type": "webhook", "url": "ftp://x"}).status, 400)
        routes = {"routes": [{"match": {"event": ["agent_disconnected"], "severity": "HIGH"}, "channels": ["mine"], **FAST}]}
        written = operator.put(f"{BASE}/routes", routes)
        self.assertEqual(written.status, 200, written)
        self.assertEqual(operator.put(f"{BASE}/routes", {"routes": [{"channels": ["none"]}]}).status, 400)
        silence = operator.post(f"{BASE}/silences", {"match": {"event": "agent_disconnected"}, "for": "1h", "reason": "works"})
        self.assertEqual(silence.status, 201, silence)
        manager.stop()
        manager.start()
        operator = self.operator(manager)
        self.assertEqual([each["reason"] for each in operator.get(f"{BASE}/silences").json()["silences"]], ["works"])
        self.assertEqual(operator.get(f"{BASE}/routes").json()["routes"][0]["channels"], ["mine"])
        agent = enrol(self.fleet(manager), "h")
        agent.beat()
        eventually(lambda: self.metric(manager, "muster_notices_silenced_total"), 20)
        self.assertEqual(hook.requests, [])
        number = silence.json()["id"]
        self.assertEqual(operator.delete(f"{BASE}/silences/{number}").status, 204)
        hook.wait_for(lambda each: each["agentId"] == agent.id)
        self.assertEqual(operator.delete(f"{BASE}/channels/mine").status, 409)  # a route leads there
        self.assertEqual(operator.put(f"{BASE}/routes", {"routes": []}).status, 200)
        self.assertEqual(operator.delete(f"{BASE}/channels/mine").status, 204)
        self.assertEqual(operator.delete(f"{BASE}/channels/mine").status, 404)

    def test_channel_of_the_file_is_not_changed_over_the_api(self):
        manager = self.notifying([{"name": "hook", "url": "http://127.0.0.1:1"}])
        operator = self.operator(manager)
        self.assertEqual(operator.delete(f"{BASE}/channels/hook").status, 409)
        self.assertEqual(operator.get(f"{BASE}/channels/hook").json()["origin"], "configuration")


class Reload(NotificationTest):
    def test_channels_and_routes_of_the_file_are_taken_over(self):
        first, second = self.receiver(), self.receiver()
        manager = self.notifying([{"name": "gone", "url": first.url}, {"name": "hook", "url": first.url}])
        operator = self.operator(manager)
        self.assertEqual(operator.post(f"{BASE}/channels", {"name": "mine", "type": "webhook", "url": first.url}).status, 201)
        self.configure(manager, [{"name": "hook", "url": second.url + "/in"}, {"name": "new", "url": second.url + "/new"}])
        manager.tell(signal.SIGHUP)
        eventually(lambda: [each["name"] for each in operator.get(f"{BASE}/channels").json()["channels"]]
                   == ["hook", "mine", "new"])
        enrol(self.fleet(manager), "h").beat()
        eventually(lambda: sorted(path for path, _, _ in second.requests) == ["/in", "/new"], 20)
        self.assertEqual(first.requests, [])
        self.assertNotIn("setting_needs_restart", manager.log())


class Restart(NotificationTest):
    def test_what_was_not_delivered_before_a_kill_is_delivered_after_it_under_its_id(self):
        hook = self.receiver()
        hook.status = 503
        manager = self.notifying([{"name": "hook", "url": hook.url}])
        enrol(self.fleet(manager), "h").beat()
        eventually(lambda: hook.requests, 20)
        eventually(lambda: self.attempts(manager), 20)
        manager.kill()
        hook.status = 200
        manager.start()
        delivered = eventually(lambda: self.attempts(manager, lambda each: each["status"] == "delivered"), 45)
        self.assertEqual(len(hook.requests), 2)
        names = [headers["X-Muster-Delivery"] for _, headers, _ in hook.requests]
        self.assertEqual(names[0], names[1])
        self.assertEqual(delivered[0]["id"], names[0])
        self.assertEqual(self.operator(manager).get(f"{BASE}/deliveries").json()["pending"], [])


if __name__ == "__main__":
    main()
