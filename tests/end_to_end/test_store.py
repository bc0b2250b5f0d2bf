#!/usr/bin/env python3
"""A damaged or full store: said clearly, and never made worse."""
import hashlib
import random
import shutil

from fleet_agent import Agent, enrol, enrol_many, event, everything, register
from http_wire import Closed
from manager_process import ManagerTest, eventually, main, run_musterd

PAGE = 4096


AGENTS = 120  # each with one event: enough for trees of several pages, few enough to damage every page


class Damage(ManagerTest):
    def setUp(self):
        manager = self.manager()
        for agent in enrol_many(self.fleet(manager), AGENTS):
            agent.report(event(f"{agent.id}-1"))
        self.assertEqual(manager.stop(), 0)
        self.data = manager.data
        self.store = manager.data / "ledger" / "data.mdb"
        self.whole = self.store.read_bytes()

    def start(self):
        return run_musterd("--data-dir", self.data, "--fleet-listen", "127.0.0.1:0", "--operator-listen",
                           "127.0.0.1:0", timeout=5)

    def refused(self, content):
        """Starts on a store of that content, which must be refused in words and left as it is."""
        self.store.write_bytes(content)
        before = hashlib.sha256(content).hexdigest()
        answer = self.start()
        self.assertEqual(hashlib.sha256(self.store.read_bytes()).hexdigest(), before, "the store was changed")
        self.assertIn(answer.returncode, (1, 2), f"not a clean end: {answer}")
        self.assertRegex(answer.stderr, "(?i)ledger|data.mdb|store")
        self.assertRegex(answer.stderr, "(?i)damaged|truncated|not a ledger|corrupt|invalid|MDB_[A-Z_]+: ")
        self.assertNotIn("terminate called", answer.stderr)

    def test_garbage_in_place_of_the_store_is_refused(self):
        self.refused(random.Random(1).randbytes(100_000))

    def test_empty_store_is_refused(self):
        self.refused(b"")

    def test_truncated_store_is_refused(self):
        for size in (100, PAGE, 2 * PAGE, len(self.whole) // 2, len(self.whole) // 4):
            with self.subTest(size):
                self.refused(self.whole[:size])

    def test_overwritten_header_is_refused(self):
        self.refused(b"\0" * PAGE + self.whole[PAGE:])
        self.refused(b"\xff" * 2 * PAGE + self.whole[2 * PAGE:])

    def test_store_in_which_every_page_is_overwritten_is_refused(self):
        for filler in (b"\0", b"\xff", b"x"):
            with self.subTest(filler):
                self.refused(self.whole[:2 * PAGE] + filler * (len(self.whole) - 2 * PAGE))

    def test_store_with_one_damaged_page_never_crashes_the_manager(self):
        """Not every page is in use, so a start may succeed; but neither may it crash nor forget silently."""
        chance, wrong = random.Random(7), {}
        for page in range(2, len(self.whole) // PAGE):
            damaged = bytearray(self.whole)
            damaged[page * PAGE:(page + 1) * PAGE] = chance.randbytes(PAGE)
            self.store.write_bytes(damaged)
            wrong[page] = self.what_goes_wrong()
        self.assertEqual({page: what for page, what in wrong.items() if what}, {})

    def what_goes_wrong(self):
        """Starts on a copy and reads everything; nothing when the damage did no harm or was refused."""
        manager = self.manager(start=False)
        shutil.copytree(self.data, manager.data)
        try:
            manager.start()
            operator = self.operator(manager)
            if operator.get("/operator/v1/status").json()["fleet"]["total"] != AGENTS:
                return "agents are forgotten"
            for name, only in (("threats", ""), ("audit", "&action=agent.enrolled")):
                rows = operator.get(f"/operator/v1/{name}?limit=1000{only}")
                if rows.status == 200 and len(rows.json()[name]) != AGENTS:
                    return f"{name} are forgotten"
        except (AssertionError, Closed, OSError):
            manager.wait()
        if manager.running():
            manager.kill()
            return None
        code, manager.process = manager.process.returncode, None
        return f"ended by signal {-code}" if code < 0 else None

    def test_store_that_may_not_be_opened_is_refused_in_words(self):
        shutil.rmtree(self.data / "ledger")
        (self.data / "ledger").write_text("a file")
        answer = self.start()
        self.assertIn(answer.returncode, (1, 2))
        self.assertIn("ledger", answer.stderr)

    def test_operator_token_without_a_token_is_refused_by_name(self):
        (self.data / "operator.token").write_text("\n")
        answer = self.start()
        self.assertIn(answer.returncode, (1, 2))
        self.assertIn("operator.token", answer.stderr)


class Fullness(ManagerTest):
    def test_full_store_refuses_clearly_and_keeps_what_it_has(self):
        manager = self.manager("--limits.store_bytes", "16MiB")
        client = self.fleet(manager)
        agent, other = enrol_many(client, 2)
        stored, refused = [], None
        while refused is None and len(stored) < 100:
            answer = agent.report(event(f"e{len(stored)}", description="x" * 900_000))
            if answer.status == 200:
                stored.append(f"e{len(stored)}")
            else:
                refused = answer
        self.assertEqual(refused.status, 507, refused)
        self.assertIn("store", refused.json()["error"])
        self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
        self.assertGreater(len(stored), 4)
        self.assertEqual(other.beat().status, 200, "liveness needs no room")
        again = agent.report(event(f"e{len(stored)}", description="x" * 900_000))
        self.assertEqual(again.status, 507, "a refused event is no repetition")
        self.assertEqual(self.events(manager), set(stored))
        manager.kill()
        manager.start()
        self.assertEqual(self.events(manager), set(stored), "after a crash")

    def test_larger_limit_makes_a_full_store_good_again(self):
        manager = self.manager()
        manager.stop()
        manager.flags = ("--limits.store_bytes", "16MiB")
        manager.start()
        agent = enrol(self.fleet(manager), "h")
        eventually(lambda: self.filled(agent), 20)
        manager.stop()
        manager.flags = ("--limits.store_bytes", "64MiB")
        manager.start()
        agent = Agent(self.fleet(manager), agent.id, agent.token)
        self.assertEqual(agent.report(event("more", description="x" * 900_000)).status, 200)
        self.assertEqual(register(self.fleet(manager), "new").status, 201)

    def filled(self, agent):
        self.number = getattr(self, "number", 0) + 1
        return agent.report(event(f"f{self.number}", description="x" * 900_000)).status == 507

    def events(self, manager):
        return {row["event_id"] for row in everything(self.operator(manager), "/operator/v1/threats?limit=5", "threats")}


if __name__ == "__main__":
    main()
