#!/usr/bin/env python3
"""How requests begin and end on a connection, and that no peer can make the manager lose count, hang or swell."""
import gzip
import random
import socket
import time

from fleet_agent import REPORT, enrol, enrol_many, facts, register, status
from http_wire import Closed, request
from manager_process import ManagerTest, main


def chunked(body, *sizes):
    """`body` in chunks of these sizes, the rest in one more."""
    out = b""
    for size in sizes:
        out += f"{len(body[:size]):x}\r\n".encode() + body[:size] + b"\r\n"
        body = body[size:]
    return out + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


def head_of_registration(**fields):
    return request("POST", "/api/agents/register",
                   headers={"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in fields.items()}})


FACTS = b'{"hostname":"h","os":"l","arch":"x","version":"1"}'


class Connections(ManagerTest):
    def test_connection_is_kept_over_many_requests(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        connection = self.connect(manager.fleet_address)
        for _ in range(100):
            connection.send(request("POST", agent.path + "/heartbeat", REPORT, agent.token))
            self.assertEqual(connection.receive().status, 200)

    def test_refused_request_with_its_whole_body_there_keeps_the_connection(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        connection = self.connect(manager.fleet_address)
        connection.send(request("POST", agent.path + "/heartbeat", REPORT, "wrong")
                        + request("POST", agent.path + "/heartbeat", REPORT, agent.token))
        self.assertEqual([connection.receive().status, connection.receive().status], [401, 200])

    def test_fifty_heartbeats_in_one_write_are_answered_in_order(self):
        manager = self.manager()
        agents = enrol_many(self.fleet(manager), 50)
        random.Random(1).shuffle(agents)
        connection = self.connect(manager.fleet_address)
        connection.send(b"".join(request("POST", agent.path + "/heartbeat", REPORT, agent.token) for agent in agents))
        answers = [connection.receive() for _ in agents]
        self.assertEqual([answer.status for answer in answers], [200] * 50)
        self.assertEqual([answer.json()["data"]["agentId"] for answer in answers], [agent.id for agent in agents])

    def test_slow_and_quick_answers_keep_the_order_of_their_requests(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        connection = self.connect(manager.fleet_address)
        mixed = [(request("POST", "/api/agents/register", facts("new")), 201),
                 (request("GET", "/health"), 200),
                 (request("POST", agent.path + "/heartbeat", REPORT, "wrong"), 401),
                 (request("POST", "/api/agents/register", facts("new")), 200),
                 (request("HEAD", "/health"), 200),
                 (request("GET", "/nowhere"), 404)]
        connection.send(b"".join(data for data, _ in mixed * 10))
        wanted = [mixed[i][1] for i in range(len(mixed))] + [200, 200, 401, 200, 200, 404] * 9
        got = [connection.receive(bodiless=i % len(mixed) == 4).status for i in range(len(wanted))]
        self.assertEqual(got, wanted)

    def test_request_may_arrive_byte_by_byte(self):
        manager = self.manager()
        connection = self.connect(manager.fleet_address)
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request("POST", "/api/agents/register", facts("h")):
            connection.send(bytes([byte]))
        self.assertEqual(connection.receive().status, 201)

    def test_close_that_the_client_asks_for_is_granted_and_announced(self):
        connection = self.connect(self.manager().fleet_address)
        connection.send(request("GET", "/health", headers={"Connection": "close"}))
        self.assertEqual(connection.receive().headers["connection"], "close")
        self.assertTrue(connection.is_closed())

    def test_http_1_0_closes_unless_asked_to_stay(self):
        manager = self.manager()
        connection = self.connect(manager.fleet_address)
        connection.send(request("GET", "/health", version="1.0", headers={"Connection": "keep-alive"}))
        self.assertEqual(connection.receive().headers["connection"], "keep-alive")
        connection.send(request("GET", "/health", version="1.0"))
        self.assertEqual(connection.receive().headers["connection"], "close")
        self.assertTrue(connection.is_closed())

    def test_client_that_has_ended_sending_is_still_answered(self):
        manager = self.manager()
        for data, wanted in ((request("GET", "/health"), 200),
                             (request("POST", "/api/agents/register", facts("h")), 201)):
            connection = self.connect(manager.fleet_address)
            connection.send(data)
            connection.end_sending()
            self.assertEqual(connection.receive().status, wanted)
            self.assertTrue(connection.is_closed())

    def test_client_that_has_ended_sending_gets_all_of_a_large_answer(self):
        manager = self.manager()
        client = self.fleet(manager)
        for i in range(1000):
            register(client, f"{i}-{'x' * 240}", machineId="m" * 250, organizationId="o" * 250)
        connection = self.connect(manager.operator_address, receive_buffer=4096)
        connection.send(request("GET", "/operator/v1/agents?limit=1000", token=manager.operator_token()) * 4)
        connection.end_sending()
        for _ in range(4):
            self.assertEqual(len(connection.receive().json()["agents"]), 1000)

    def test_peer_that_reads_no_answers_is_not_read_from_either(self):
        """Else such a peer, without any credentials, could fill the memory of the manager."""
        manager = self.manager()
        connection = self.connect(manager.fleet_address, timeout=1, receive_buffer=4096)
        piece = request("GET", "/health") * 2000
        before, sent = manager.resident_bytes(), 0
        try:
            while sent < 64 << 20:
                sent += connection.socket.send(piece)
        except socket.timeout:
            pass
        self.assertLess(manager.resident_bytes() - before, 16 << 20, f"after {sent} bytes")
        self.assertEqual(self.fleet(manager).get("/health").status, 200)


class Bodies(ManagerTest):
    def answer(self, data):
        connection = self.connect(self.manager().fleet_address)
        connection.send(data)
        return connection.receive()

    def test_chunked_body_is_read(self):
        answer = self.answer(head_of_registration(Transfer_Encoding="chunked") + chunked(FACTS, 1, 7, 20))
        self.assertEqual(answer.status, 201, answer)

    def test_chunk_extensions_and_trailers_are_passed_over(self):
        body = f"{len(FACTS):x};name=value\r\n".encode() + FACTS + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
        answer = self.answer(head_of_registration(Transfer_Encoding="chunked") + body)
        self.assertEqual(answer.status, 201, answer)

    def test_gzip_body_is_inflated(self):
        body = gzip.compress(FACTS)
        answer = self.answer(head_of_registration(Content_Encoding="gzip", Content_Length=len(body)) + body)
        self.assertEqual((answer.status, answer.json()["data"]["hostname"]), (201, "h"))

    def test_gzip_body_of_several_members_in_chunks_is_inflated(self):
        body = gzip.compress(FACTS[:10]) + gzip.compress(FACTS[10:])
        answer = self.answer(head_of_registration(Content_Encoding="gzip", Transfer_Encoding="chunked")
                             + chunked(body, 3, 1, 30))
        self.assertEqual(answer.status, 201, answer)

    def test_expected_continue_comes_before_the_body(self):
        connection = self.connect(self.manager().fleet_address)
        connection.send(head_of_registration(Expect="100-continue", Content_Length=len(FACTS)))
        self.assertEqual(connection.receive().status, 100)
        connection.send(FACTS)
        self.assertEqual(connection.receive().status, 201)

    def test_http_1_0_is_never_told_to_continue(self):
        connection = self.connect(self.manager().fleet_address)
        connection.send(head_of_registration(Expect="100-continue", Content_Length=len(FACTS))
                        .replace(b"HTTP/1.1", b"HTTP/1.0"))
        time.sleep(0.2)
        connection.send(FACTS)
        self.assertEqual(connection.receive().status, 201)

    def test_body_of_a_refused_expectation_is_not_waited_for(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        connection = self.connect(manager.fleet_address)
        connection.send(request("POST", agent.path + "/heartbeat", token="wrong",
                                headers={"Expect": "100-continue", "Content-Length": "50",
                                         "Content-Type": "application/json"}))
        self.assertEqual(connection.receive().status, 401)
        self.assertTrue(connection.is_closed(), "what follows could not be told from a request")

    def test_credentials_are_checked_before_the_body_is_there(self):
        manager = self.manager("--enrolment.panguard.mode", "token", "--enrolment.panguard.secret", "0123456789abcdef")
        agent = enrol(self.fleet(manager), "h", token="0123456789abcdef")
        fields = {"Content-Length": "1000000", "Content-Type": "application/json"}
        for target, token in ((agent.path + "/heartbeat", "wrong"), (agent.path + "/events", None),
                              ("/api/agents/register", "wrong")):
            for framing in ({}, {"Content-Length": None, "Transfer-Encoding": "chunked"}):
                connection = self.connect(manager.fleet_address)
                started = time.monotonic()
                connection.send(request("POST", target, token=token, headers={**fields, **framing}))
                self.assertEqual(connection.receive().status, 401, target)
                self.assertLess(time.monotonic() - started, 2)


class Confusion(ManagerTest):
    """What two programs could read differently ends the connection, so that nothing can be smuggled."""

    SMUGGLED = b"GET /health HTTP/1.1\r\nHost: manager\r\n\r\n"

    def refused(self, manager, data, allowed=(400,)):
        connection = self.connect(manager.fleet_address)
        connection.send(data)
        answer = connection.receive()
        self.assertIn(answer.status, allowed, data[:200])
        self.assertEqual(answer.headers.get("connection"), "close", data[:200])
        self.assertTrue(connection.is_closed(), f"more came after {data[:200]}")

    def test_ambiguous_lengths_are_refused(self):
        manager = self.manager()
        wrong = ["Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
                 "Content-Length: 5\r\nContent-Length: 6", "Content-Length: +5", "Content-Length: -1",
                 "Content-Length: 5,6", "Content-Length: 0x5", "Content-Length: 99999999999999999999",
                 "Content-Length: ", "Transfer-Encoding : chunked", "Content-Length\t: 5"]
        for fields in wrong:
            with self.subTest(fields):
                start = f"POST /api/agents/register HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n{fields}"
                self.refused(manager, start.encode() + b"\r\n\r\n" + self.SMUGGLED)

    def test_transfer_codings_that_are_not_known_are_refused(self):
        manager = self.manager()
        for coding in ("gzip", "identity", "xchunked", "chunked, gzip", "gzip, chunked"):
            body = chunked(FACTS, 5) if coding.endswith(" chunked") else self.SMUGGLED
            with self.subTest(coding):
                self.refused(manager, head_of_registration(Transfer_Encoding=coding) + body, (400, 501))

    def test_malformed_chunks_are_refused(self):
        manager = self.manager()
        for body in (b"zz\r\n", b"-1\r\n", b"5\r\n1234567\r\n", b"ffffffffffffffffff\r\n", b"5 5\r\n12345\r\n"):
            with self.subTest(body):
                self.refused(manager, head_of_registration(Transfer_Encoding="chunked") + body + self.SMUGGLED,
                             (400, 413))

    def test_malformed_heads_are_refused(self):
        manager = self.manager()
        for head in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET /health\r\n\r\n",
                     b"GET /health HTTP/1.1\r\nNo colon\r\n\r\n", b"GET  /health HTTP/1.1\r\n\r\n",
                     b"GET /health HTTP/1.1\r\n: x\r\n\r\n",
                     b"GET /health HTTP/1.1\r\nA: \x00\r\n\r\n", b"GET health HTTP/1.1\r\n\r\n",
                     b"GET /%zz HTTP/1.1\r\n\r\n", b"GET /%00 HTTP/1.1\r\n\r\n", b"\x00" * 200 + b"\r\n\r\n"):
            with self.subTest(head):
                self.refused(manager, head)

    def test_other_versions_of_http_are_refused(self):
        manager = self.manager()
        for version in ("2.0", "0.9", "3.1"):
            with self.subTest(version):
                self.refused(manager, request("GET", "/health", version=version), (400, 505))

    def test_gzip_that_is_not_gzip_or_ends_early_is_refused(self):
        manager = self.manager()
        whole = gzip.compress(FACTS)
        for body in (b"not gzip at all", whole[:-5], whole[:12], whole + b"rest", whole[:-8] + b"\0" * 8):
            with self.subTest(body):
                self.refused(manager, head_of_registration(Content_Encoding="gzip", Content_Length=len(body)) + body)

    def test_garbage_never_hangs_a_connection_or_the_manager(self):
        manager = self.manager("--limits.header_time", "1s", "--limits.body_time", "1s", "--limits.idle_time", "1s")
        agent = enrol(self.fleet(manager), "h")
        seed = random.SystemRandom().randrange(1 << 32)
        chance = random.Random(seed)
        pattern = request("POST", agent.path + "/events", {"event": {"id": "1"}}, agent.token)
        opened = []
        for _ in range(300):
            data = bytearray(pattern * chance.choice((1, 1, 3)))
            for _ in range(chance.choice((0, 1, 3, 20))):
                data[chance.randrange(len(data))] = chance.randrange(256)
            connection = self.connect(manager.fleet_address)
            connection.send(bytes(data[:chance.randrange(1, len(data) + 1)]))
            opened.append(connection)
        for connection in opened:
            try:
                while True:
                    connection.receive()
            except Closed:
                pass
            except socket.timeout:
                self.fail(f"a connection hangs, seed {seed}")
        self.assertEqual(agent.beat().status, 200, f"seed {seed}")
        self.assertEqual(status(self.operator(manager), agent), "online")


if __name__ == "__main__":
    main()
