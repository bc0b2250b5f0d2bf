#!/usr/bin/env python3
"""kill -9 at any moment loses nothing that was answered."""
import os
import random
import threading
import time

from fleet_agent import Agent, enrol, event, everything, facts, history, shown, status
from http_wire import Client, Closed
from manager_process import FAST, ManagerTest, eventually, main

ROUNDS = 6
WORKERS = 4


class Worker(threading.Thread):
    """Registers, beats, reports and registers again as fast as it can, and remembers what it was answered."""

    def __init__(self, address, name):
        super().__init__()
        self.client = Client(address)
        self.name = name
        self.agents = []   # answered registrations, [hostname, id, token, ...]
        self.events = []   # answered events, (agent id, event id)
        self.gone = []     # answered departures
        self.wrong = []

    def run(self):
        number = 0
        try:
            while True:
                number += 1
                self.live(f"{self.name}-{number}", number)
        except (Closed, OSError):
            self.client.close()

    def live(self, hostname, number):
        told = self.call("POST", "/api/agents/register", facts(hostname), None, (201,))
        agent = Agent(self.client, told["agentId"], told["token"])
        known = [hostname, agent.id, agent.token]
        self.agents.append(known)
        ids = [f"{hostname}-e{i}" for i in range(number % 4)]
        if ids:
            self.call("POST", agent.path + "/events", {"events": [event(i) for i in ids]}, agent.token, (200,))
            self.events += [(agent.id, i) for i in ids]
        if number % 3 == 0:
            told = self.call("POST", "/api/agents/register", facts(hostname), None, (200,))
            known.append(told["token"])  # the old one stays good meanwhile
            if number % 2 == 0:
                self.use_last_token(known, "POST", agent.path + "/heartbeat", {})
        if number % 5 == 0:
            self.use_last_token(known, "DELETE", agent.path, None)
            self.gone.append(agent.id)

    def use_last_token(self, known, method, target, body):
        """Its use may end the others, even if no answer tells so."""
        del known[2:-1]
        self.call(method, target, body, known[-1], (200,))

    def call(self, method, target, body, token, allowed):
        answer = self.client.call(method, target, body, token)
        if answer.status not in allowed:
            self.wrong.append((method, target, answer))
        return answer.json()


class Crash(ManagerTest):
    def test_nothing_that_was_answered_is_lost_at_any_moment_of_a_burst(self):
        seed = int(os.environ.get("MUSTER_SEED") or random.SystemRandom().randrange(1 << 32))
        chance = random.Random(seed)
        manager = self.manager(start=False)
        agents, events, gone = [], [], []
        for number in range(ROUNDS):
            manager.start()
            workers = [Worker(manager.fleet_address, f"r{number}w{i}") for i in range(WORKERS)]
            for worker in workers:
                worker.start()
            time.sleep(chance.uniform(0.05, 0.8))
            manager.kill()
            for worker in workers:
                worker.join(20)
                self.assertFalse(worker.is_alive(), f"seed {seed}: a client hangs")
                self.assertEqual(worker.wrong, [], f"seed {seed}")
                agents += worker.agents
                events += worker.events
                gone += worker.gone
        manager.start()
        with self.subTest(seed=seed):
            self.assertGreater(len(agents), 50, "the burst was none")
            self.assertGreater(len(events), 50)
            self.check(manager, agents, events, gone)

    def check(self, manager, agents, events, gone):
        operator, client = self.operator(manager), self.fleet(manager)
        rows = {row["id"]: row for row in everything(operator, "/operator/v1/agents?limit=1000", "agents")}
        self.assertEqual([a for a in agents if a[1] not in rows or rows[a[1]]["hostname"] != a[0]], [])
        self.assertEqual(len({row["hostname"] for row in rows.values()}), len(rows), "a host has two rows")
        self.assertEqual([i for i in gone if rows[i]["status"] != "departed"], [])
        departed = set(gone)
        wrong = [row for row in rows.values() if row["status"] != "online" and row["id"] not in departed]
        self.assertLessEqual(len(wrong), ROUNDS * WORKERS, "only a departure under way may be there unanswered")
        self.assertEqual([row for row in wrong if row["status"] != "departed"], [], "falsely stale")
        stored = everything(operator, "/operator/v1/threats?limit=1000", "threats")
        pairs = [(row["agent_id"], row["event_id"]) for row in stored]
        self.assertEqual(sorted(set(events) - set(pairs)), [])
        self.assertEqual(len(pairs), len(set(pairs)), "an event is there twice")
        for hostname, agent_id, *tokens in agents:
            for token in tokens:
                answer = Agent(client, agent_id, token).beat()
                self.assertEqual(answer.status, 200, f"{hostname} {agent_id}")
        for hostname, agent_id, *_ in random.Random(1).sample(agents, 20):
            self.assertEqual(enrol(client, hostname).id, agent_id)

    def test_answered_removal_stays_removed(self):
        manager = self.manager()
        agents = [enrol(self.fleet(manager), f"h{i}") for i in range(10)]
        operator = self.operator(manager)
        for agent in agents[:5]:
            self.assertEqual(operator.delete(f"/operator/v1/agents/{agent.id}").status, 204)
        manager.kill()
        manager.start()
        client = self.fleet(manager)
        found = [Agent(client, agent.id, agent.token).beat().status for agent in agents]
        self.assertEqual(found, [401] * 5 + [200] * 5)

    def test_answered_labels_stay(self):
        manager = self.manager()
        agent = enrol(self.fleet(manager), "h")
        target = f"/operator/v1/agents/{agent.id}/labels"
        self.assertEqual(self.operator(manager).put(target, {"labels": {"site": "bonn"}}).status, 204)
        manager.kill()
        manager.start()
        self.assertEqual(shown(self.operator(manager), agent)["labels"], {"site": "bonn"})

    def test_shown_history_and_audit_survive(self):
        manager = self.manager(*FAST)
        agent, operator = enrol(self.fleet(manager), "h"), self.operator(manager)
        for count in (1, 3):
            eventually(lambda: status(operator, agent) == "stale", 8, 0.1)
            eventually(lambda n=count: len(history(operator, agent)) == n)
            agent.beat()
            eventually(lambda n=count: len(history(operator, agent)) == n + 1)
        changes = history(operator, agent)
        audit = operator.get("/operator/v1/audit").json()
        manager.kill()
        manager.start()
        operator = self.operator(manager)
        self.assertEqual(history(operator, agent), changes)
        self.assertEqual([c["to"] for c in changes], ["online", "stale"] * 2)
        self.assertEqual(operator.get("/operator/v1/audit").json(), audit)

    def test_old_token_stays_refused_after_a_crash(self):
        manager = self.manager()
        old = enrol(self.fleet(manager), "h")
        new = enrol(self.fleet(manager), "h")
        new.beat()
        eventually(lambda: old.beat().status == 401)
        time.sleep(0.5)  # that the new one came into use is recorded without anybody waiting for it
        manager.kill()
        manager.start()
        client = self.fleet(manager)
        self.assertEqual([Agent(client, a.id, a.token).beat().status for a in (old, new)], [401, 200])

    def test_connected_agents_go_on_by_themselves(self):
        """Clients that keep an address find the new process there."""
        manager = self.manager()
        agents = [enrol(self.fleet(manager), f"h{i}") for i in range(5)]
        manager.kill()
        manager.start(fleet=manager.ready["fleet"])
        self.assertEqual([agent.beat().status for agent in agents], [200] * 5)


if __name__ == "__main__":
    main()
