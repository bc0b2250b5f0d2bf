#!/usr/bin/env python3
"""What the manager refuses since it is too slow, too much or too often: 408, 429, 503, and the end of idle connections."""
import time

from fleet_agent import REPORT, enrol, enrol_many, facts, register
from http_wire import Closed, request
from manager_process import ManagerTest, eventually, main


class Slowness(ManagerTest):
    def answered_late(self, connection, least, most):
        """Reads the 408 that must come after so many seconds."""
        started = time.monotonic()
        answer = connection.receive()
        self.assertEqual(answer.status, 408, answer)
        self.assertEqual(answer.headers["connection"], "close")
        self.assertTrue(connection.is_closed())
        self.assertGreater(time.monotonic() - started, least)
        self.assertLess(time.monotonic() - started, most)

    def test_header_that_takes_too_long_is_answered_408(self):
        manager = self.manager("--limits.header_time", "1s")
        connection = self.connect(manager.fleet_address)
        connection.send("GET /health HTTP/1.1\r\nHost:")
        self.answered_late(connection, 0.9, 5)
        self.assertEqual(self.metric(manager, "muster_http_timeouts_total"), 1)

    def test_header_that_drips_does_not_gain_time(self):
        manager = self.manager("--limits.header_time", "1s", "--limits.idle_time", "1m")
        connection = self.connect(manager.fleet_address, timeout=0.2)
        started = time.monotonic()
        answer = None
        connection.send("GET /health HTTP/1.1\r\n")
        while answer is None and time.monotonic() - started < 6:
            connection.send("X: y\r\n")
            try:
                answer = connection.receive()
            except TimeoutError:
                pass
        self.assertIsNotNone(answer, "still dripping")
        self.assertEqual(answer.status, 408)

    def test_body_that_takes_too_long_is_answered_408(self):
        manager = self.manager("--limits.body_time", "1s")
        agent = enrol(self.fleet(manager), "h")
        for framing in ({"Content-Length": "50"}, {"Transfer-Encoding": "chunked"}):
            connection = self.connect(manager.fleet_address)
            connection.send(request("POST", agent.path + "/heartbeat", token=agent.token,
                                    headers={"Content-Type": "application/json", **framing}) + b"2\r\n{")
            self.answered_late(connection, 0.9, 5)

    def test_slow_sender_does_not_slow_down_others(self):
        manager = self.manager("--loops", "1")
        agent = enrol(self.fleet(manager), "h")
        for _ in range(50):
            self.connect(manager.fleet_address).send("POST /api/agents/register HTTP/1.1\r\nContent-Length: 50\r\n")
        started = time.monotonic()
        for _ in range(100):
            self.assertEqual(agent.beat().status, 200)
        self.assertLess(time.monotonic() - started, 2)

    def test_idle_connection_is_closed_without_a_word(self):
        manager = self.manager("--limits.idle_time", "1s")
        silent, used = self.connect(manager.fleet_address), self.connect(manager.fleet_address)
        used.send(request("GET", "/health"))
        self.assertEqual(used.receive().status, 200)
        self.assertFalse(used.is_closed(0.5), "too early")
        self.assertTrue(used.is_closed(4))
        self.assertTrue(silent.is_closed(4))
        eventually(lambda: self.metric(manager, "muster_connections") <= 1)

    def test_connection_in_use_outlives_the_idle_time(self):
        manager = self.manager("--limits.idle_time", "2s", "--limits.header_time", "1s")
        connection = self.connect(manager.fleet_address)
        for _ in range(8):
            connection.send(request("GET", "/health"))
            self.assertEqual(connection.receive().status, 200)
            time.sleep(0.5)

    def test_peer_that_stops_reading_is_closed_after_the_idle_time(self):
        manager = self.manager("--limits.idle_time", "1s", "--limits.connections", "2")
        connection = self.connect(manager.fleet_address, timeout=0.5, receive_buffer=4096)
        try:
            for _ in range(400):
                connection.socket.sendall(request("GET", "/health") * 500)
        except (TimeoutError, BrokenPipeError, ConnectionResetError):
            pass
        eventually(lambda: 'muster_connections{listener="fleet"} 0' in self.metrics(manager), 8)

    def metrics(self, manager):
        return self.operator(manager).get("/metrics").body.decode()


class Admission(ManagerTest):
    def refused(self, answer):
        self.assertEqual(answer.status, 429, answer)
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        return int(answer.headers["retry-after"])

    def test_registrations_beyond_the_rate_are_told_when_to_return(self):
        manager = self.manager("--loops", "1", "--admission.registration_per_second", "1")
        client = self.fleet(manager)
        agent = enrol(client, "h")
        self.refused(register(client, "h2"))
        self.assertEqual(agent.beat().status, 200, "heartbeats have a lane of their own")
        eventually(lambda: register(client, "h2").status == 201, 5, 0.2)
        self.assertGreaterEqual(self.metric(manager, "muster_admission_refused_total"), 1)

    def test_rate_of_one_admits_someone_with_several_loops_too(self):
        manager = self.manager("--loops", "2", "--admission.registration_per_second", "1")
        eventually(lambda: register(self.fleet(manager), "h").status == 201, 6, 0.3)

    def test_each_lane_is_refused_alone(self):
        lanes = {"heartbeats": lambda a: a.beat(), "events": lambda a: a.report({"events": []}),
                 "reads": lambda a: a.policy()}
        for slow in lanes:
            manager = self.manager("--loops", "1", f"--admission.{slow}_per_second", "1")
            agent = enrol(self.fleet(manager), "h")
            for name, ask in lanes.items():
                with self.subTest(f"{name} while {slow} are limited"):
                    self.assertEqual(ask(agent).status, 200)
                    if name == slow:
                        self.refused(ask(agent))
                    else:
                        self.assertEqual(ask(agent).status, 200)

    def test_refused_callers_are_told_different_times(self):
        manager = self.manager("--loops", "1", "--admission.heartbeats_per_second", "1")
        agents = enrol_many(self.fleet(manager), 40)
        agents[0].beat()
        times = {self.refused(agent.beat()) for agent in agents[1:30]}
        self.assertGreater(len(times), 2, times)

    def test_refusal_comes_before_the_body(self):
        manager = self.manager("--loops", "1", "--admission.registration_per_second", "1")
        enrol(self.fleet(manager), "h")
        connection = self.connect(manager.fleet_address)
        connection.send(request("POST", "/api/agents/register", headers={
            "Content-Length": "1000", "Content-Type": "application/json"}))
        self.refused(connection.receive())

    def test_wrong_tokens_do_not_use_up_the_rate_of_others(self):
        manager = self.manager("--loops", "1", "--admission.heartbeats_per_second", "5")
        agent = enrol(self.fleet(manager), "h")
        for _ in range(50):
            self.assertEqual(agent.beat(token="wrong").status, 401)
        self.assertEqual(agent.beat().status, 200)


class Fullness(ManagerTest):
    def test_requests_beyond_in_flight_are_answered_503(self):
        """All arrive while the manager stands still, so it finds them at once."""
        manager = self.manager("--loops", "1", "--limits.in_flight", "2")
        crowd = [self.connect(manager.fleet_address) for _ in range(30)]
        for one in crowd:
            one.send(request("GET", "/health"))
            one.receive()
        manager.pause()
        for i, one in enumerate(crowd):
            one.send(request("POST", "/api/agents/register", facts(f"h{i}")))
        manager.resume()
        answers = [one.receive() for one in crowd]
        refused = [answer for answer in answers if answer.status == 503]
        self.assertEqual({answer.status for answer in answers}, {201, 503})
        self.assertTrue(all(int(answer.headers["retry-after"]) >= 1 for answer in refused))
        self.assertEqual(self.metric(manager, "muster_http_overloaded_total"), len(refused))
        for i, (one, answer) in enumerate(zip(crowd, answers)):  # nobody lost the connection
            one.send(request("POST", "/api/agents/register", facts(f"h{i}")))
            self.assertEqual(one.receive().status, 201 if answer.status == 503 else 200)

    def test_connections_beyond_the_limit_are_told_so_and_closed(self):
        manager = self.manager("--loops", "1", "--limits.connections", "3")
        crowd = [self.connect(manager.fleet_address) for _ in range(3)]
        for one in crowd:
            one.send(request("GET", "/health"))
            self.assertEqual(one.receive().status, 200)
        for _ in range(20):
            late = self.connect(manager.fleet_address)
            late.send(request("GET", "/health"))
            answer = late.receive()
            self.assertEqual(answer.status, 503)
            self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
            self.assertTrue(late.is_closed())
        self.assertEqual(self.operator(manager).get("/healthz").status, 200, "operators have places of their own")
        crowd[0].close()
        eventually(lambda: self.admitted(manager))

    def admitted(self, manager):
        with self.connect(manager.fleet_address) as late:
            late.send(request("GET", "/health"))
            try:
                return late.receive().status == 200
            except Closed:
                return False

    def test_as_many_connections_as_the_limit_are_served_with_several_loops(self):
        manager = self.manager("--loops", "4", "--limits.connections", "60")
        for i in range(60):
            one = self.connect(manager.fleet_address)
            one.send(request("GET", "/health"))
            self.assertEqual(one.receive().status, 200, f"connection {i + 1} of 60")

    def test_full_fleet_takes_reconnections_but_nobody_new(self):
        manager = self.manager("--limits.agents", "2")
        client = self.fleet(manager)
        agents = enrol_many(client, 2)
        answer = register(client, "one-too-many")
        self.assertEqual(answer.status, 503)
        self.assertIn("limits.agents", answer.json()["error"])
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        self.assertEqual(register(client, "host-0001").status, 200)
        operator = self.operator(manager)
        self.assertEqual(operator.delete(f"/operator/v1/agents/{agents[0].id}").status, 204)
        self.assertEqual(register(client, "one-too-many").status, 201)

    def test_bodies_beyond_the_budget_are_answered_503_and_leave_no_debt(self):
        manager = self.manager("--loops", "1", "--limits.body_budget", "1MiB")
        agent = enrol(self.fleet(manager), "h")
        head = request("POST", agent.path + "/events", token=agent.token, headers={
            "Content-Type": "application/json", "Content-Length": str(600 << 10)}) + b"{"
        first, second = self.connect(manager.fleet_address), self.connect(manager.fleet_address)
        first.send(head)
        time.sleep(0.2)
        second.send(head)
        answer = second.receive()
        self.assertEqual((answer.status, answer.headers.get("retry-after")), (503, "1"))
        first.close()
        body = b'{"events":[]}' + b" " * (1000 << 10)
        eventually(lambda: self.fleet(manager).post(agent.path + "/events", body, token=agent.token).status == 200)
        self.assertEqual(agent.beat(REPORT).status, 200)

    def test_body_of_the_limit_fits_the_budget_with_several_loops(self):
        manager = self.manager("--loops", "2", "--limits.body_budget", "1MiB")
        agent = enrol(self.fleet(manager), "h")
        body = b'{"events":[]}'
        answer = agent.client.post(agent.path + "/events", body + b" " * ((1 << 20) - len(body)), token=agent.token)
        self.assertEqual(answer.status, 200, answer)


if __name__ == "__main__":
    main()
