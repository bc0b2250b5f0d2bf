#!/usr/bin/env python3
"""The manager as a process: how it starts, says that it serves, is kept apart from others, and ends."""
import json
import os
import resource
import signal
import stat
import subprocess
import threading
from pathlib import Path

from fleet_agent import enrol, facts, register
from http_wire import Closed, request
from manager_process import ManagerTest, eventually, main, run_musterd


class Start(ManagerTest):
    def test_ready_file_names_the_real_addresses_and_the_pid(self):
        manager = self.manager()
        self.assertEqual(set(manager.ready), {"fleet", "operator", "pid"})
        self.assertEqual(manager.ready["pid"], manager.process.pid)
        self.assertNotEqual(manager.fleet_address[1], 0)
        self.assertEqual(self.fleet(manager).get("/health").status, 200)
        self.assertEqual(self.operator(manager).get("/operator/v1/status").status, 200)

    def test_ready_file_goes_with_the_process(self):
        manager = self.manager()
        self.assertEqual(manager.stop(), 0)
        self.assertFalse((manager.directory / "ready").exists())

    def test_operator_token_and_socket_are_for_the_owner_alone(self):
        manager = self.manager()
        token = manager.data / "operator.token"
        self.assertEqual(stat.S_IMODE(token.stat().st_mode), 0o600)
        self.assertGreaterEqual(len(manager.operator_token()), 16)
        socket = os.stat(manager.owner_address)
        self.assertTrue(stat.S_ISSOCK(socket.st_mode))
        self.assertEqual(stat.S_IMODE(socket.st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(manager.data.stat().st_mode), 0o700)

    def test_operator_token_is_private_even_under_an_open_umask(self):
        manager = self.manager(start=False)
        manager.start(before=lambda: os.umask(0))
        for name in ("operator.token", "operator.sock", "musterd.lock", "ledger", "ledger/data.mdb"):
            mode = stat.S_IMODE((manager.data / name).stat().st_mode)
            self.assertEqual(mode & 0o077, 0, f"{name} is {mode:o}")

    def test_operator_token_stays_the_same_over_restarts(self):
        manager = self.manager()
        token = manager.operator_token()
        manager.stop()
        manager.start()
        self.assertEqual(manager.operator_token(), token)
        self.assertEqual(self.operator(manager).get("/operator/v1/status").status, 200)

    def test_owner_needs_no_token_on_the_unix_socket(self):
        manager = self.manager()
        enrol(self.fleet(manager), "h")
        answer = self.owner(manager).get("/operator/v1/agents")
        self.assertEqual((answer.status, len(answer.json()["agents"])), (200, 1))

    def test_unix_socket_left_by_a_killed_manager_is_replaced(self):
        manager = self.manager()
        manager.kill()
        self.assertTrue(Path(manager.owner_address).exists())
        manager.start()
        self.assertEqual(self.owner(manager).get("/operator/v1/status").status, 200)

    def test_unix_socket_answers_again_after_file_descriptors_ran_out(self):
        manager = self.manager(start=False)
        manager.start(before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
        crowd = [self.connect(manager.fleet_address) for _ in range(80)]
        eventually(lambda: len(os.listdir(f"/proc/{manager.process.pid}/fd")) == 64)
        turned_away = self.connect(manager.owner_address)
        turned_away.send(request("GET", "/healthz"))
        self.assertFalse(turned_away.is_closed(0.5))
        for one in crowd + [turned_away]:
            one.close()
        eventually(lambda: self.metric(manager, "muster_connections") < 10)
        self.assertEqual(self.owner(manager).get("/operator/v1/status").status, 200)

    def test_log_lines_are_json_objects_when_asked_for(self):
        manager = self.manager("--log-format", "json", "--log-level", "debug")
        enrol(self.fleet(manager), 'quote " and \u00fc')
        manager.stop()
        lines = [json.loads(line) for line in manager.log().splitlines()]
        self.assertEqual([line["event"] for line in lines if line["level"] == "info"][0], "serving")
        self.assertIn("stopped", [line["event"] for line in lines])
        for line in lines:
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_log_names_no_secret(self):
        manager = self.manager("--log-level", "debug", "--enrolment.panguard.mode", "token",
                               "--enrolment.panguard.secret", "s3cret-of-the-fleet")
        agent = enrol(self.fleet(manager), "h", token="s3cret-of-the-fleet")
        agent.beat()
        manager.stop()
        for secret in ("s3cret-of-the-fleet", agent.token, manager.operator_token()):
            self.assertNotIn(secret, manager.log())


class End(ManagerTest):
    def test_sigterm_ends_it_with_zero(self):
        manager = self.manager()
        enrol(self.fleet(manager), "h")
        self.assertEqual(manager.stop(signal.SIGTERM), 0)

    def test_sigint_ends_it_with_zero(self):
        manager = self.manager()
        self.assertEqual(manager.stop(signal.SIGINT), 0)

    def test_idle_and_half_sent_connections_do_not_hold_up_the_end(self):
        manager = self.manager()
        idle = self.connect(manager.fleet_address)
        idle.send(request("GET", "/health"))
        idle.receive()
        half = self.connect(manager.fleet_address)
        half.send("GET /hea")
        self.assertEqual(self.stop_within(manager, 5), 0)

    def stop_within(self, manager, seconds):
        manager.tell(signal.SIGTERM)
        return manager.wait(seconds)

    def test_requests_in_flight_are_answered_before_the_end(self):
        """Requests wait in the sockets of a paused manager; the signal waits with them."""
        manager = self.manager()
        waiting = [self.connect(manager.fleet_address) for _ in range(40)]
        for one in waiting:
            one.send(request("GET", "/health"))
            self.assertEqual(one.receive().status, 200)
        manager.pause()
        for i, one in enumerate(waiting):
            one.send(request("POST", "/api/agents/register", facts(f"late-{i}")))
        manager.resume()
        ids = [waiting[0].receive().json()["agentId"]]  # now the others are under way
        manager.tell(signal.SIGTERM)
        ids += [one.receive().json()["agentId"] for one in waiting[1:]]
        self.assertEqual(manager.wait(), 0)
        manager.start()
        kept = {row["id"] for row in self.operator(manager).get("/operator/v1/agents").json()["agents"]}
        self.assertEqual(set(ids), kept)

    def test_large_answer_under_way_is_completed_before_the_end(self):
        manager = self.manager()
        client = self.fleet(manager)
        for i in range(1000):
            self.assertEqual(register(client, f"{'x' * 200}-{i}", machineId="m" * 250, organizationId="o" * 250).status,
                             201)
        slow = self.connect(manager.operator_address, receive_buffer=4096)
        slow.send(request("GET", "/operator/v1/agents?limit=1000", token=manager.operator_token()) * 8)
        first = slow.receive()
        self.assertEqual(len(first.json()["agents"]), 1000)
        manager.tell(signal.SIGTERM)
        eventually(lambda: "stopping" in manager.log())
        answers = 0
        while not slow.is_closed():
            self.assertEqual(len(slow.receive().json()["agents"]), 1000)
            answers += 1
        self.assertGreater(answers, 0)

    def test_beats_during_the_end_are_answered_or_refused_but_never_hang(self):
        manager = self.manager()
        agents = [enrol(self.fleet(manager), f"h{i}") for i in range(4)]
        stop = threading.Event()
        wrong = []

        def beat(agent):
            agent.client = self.fleet(manager)
            while not stop.is_set():
                try:
                    answer = agent.beat()
                except (OSError, Closed):
                    return agent.client.close()  # refused; for a hanging one the join below has no patience
                if answer.status not in (200, 503):
                    wrong.append(answer)

        threads = [threading.Thread(target=beat, args=(agent,)) for agent in agents]
        for thread in threads:
            thread.start()
        eventually(lambda: self.metric(manager, "muster_heartbeats_total") > 50)
        self.assertEqual(manager.stop(), 0)
        stop.set()
        for thread in threads:
            thread.join(5)
            self.assertFalse(thread.is_alive(), "a beat hangs")
        self.assertEqual(wrong, [])

    def test_second_signal_ends_it_at_once(self):
        manager = self.manager(start=False)
        manager.start()
        manager.pause()
        manager.tell(signal.SIGTERM)
        manager.tell(signal.SIGINT)
        manager.resume()
        self.assertIn(manager.wait(5), (0, 1))
        manager.process = None  # a hasty end is no failure here


class Others(ManagerTest):
    def test_second_manager_on_the_same_directory_is_told_so_and_harms_nobody(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        second = run_musterd("--data-dir", manager.data, "--fleet-listen", "127.0.0.1:0", "--operator-listen",
                             "127.0.0.1:0")
        self.assertNotEqual(second.returncode, 0)
        self.assertGreater(second.returncode, 0, "ended by a signal")
        self.assertIn(str(manager.process.pid), second.stderr)
        self.assertIn(str(manager.data), second.stderr)
        self.assertEqual(agent.beat().status, 200)
        self.assertEqual(self.owner(manager).get("/operator/v1/status").status, 200)
        self.assertEqual(enrol(self.fleet(manager), "another").beat().status, 200)

    def refuses_taken_port(self, listener, *flags):
        taken = "%s:%d" % getattr(self.manager(*flags), f"{listener}_address")
        addresses = {"fleet": "127.0.0.1:0", "operator": "127.0.0.1:0", listener: taken}
        try:
            answer = run_musterd("--data-dir", self.directory() / "data", "--fleet-listen", addresses["fleet"],
                                 "--operator-listen", addresses["operator"], *flags, timeout=5)
        except subprocess.TimeoutExpired:
            self.fail(f"a second manager serves on {taken} too")
        self.assertGreater(answer.returncode, 0)
        self.assertIn(taken, answer.stderr)

    def test_taken_fleet_port_is_an_error_that_names_it(self):
        self.refuses_taken_port("fleet", "--loops", "1")

    def test_taken_fleet_port_is_an_error_with_several_loops_too(self):
        self.refuses_taken_port("fleet", "--loops", "2")

    def test_taken_operator_port_is_an_error_that_names_it(self):
        self.refuses_taken_port("operator")

    def test_data_directory_that_cannot_be_made_is_an_error_that_names_it(self):
        blocked = self.directory() / "file"
        blocked.write_text("")
        answer = run_musterd("--data-dir", blocked / "data", "--fleet-listen", "127.0.0.1:0", "--operator-listen",
                             "127.0.0.1:0")
        self.assertGreater(answer.returncode, 0)
        self.assertIn(str(blocked / "data"), answer.stderr)


if __name__ == "__main__":
    main()
