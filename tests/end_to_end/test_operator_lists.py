#!/usr/bin/env python3
"""What operators list: filters, pages, labels, audit, threats and history."""
from urllib.parse import quote

from fleet_agent import enrol, enrol_many, event, everything, moment, pages, register, shown
from manager_process import ManagerTest, eventually, main

AGENTS = "/operator/v1/agents"


class Agents(ManagerTest):
    def setUp(self):
        self.running = self.manager("--enrolment.panguard.mode", "token", "--enrolment.panguard.secrets",
                                    "acme=acmes-own-secret,zoo=zoos-own-secret-x")
        self.client = self.fleet(self.running)
        self.told = self.operator(self.running)

    def enrol(self, hostname, tenant="acme", **more):
        token = {"acme": "acmes-own-secret", "zoo": "zoos-own-secret-x"}[tenant]
        return enrol(self.client, hostname, token=token, **more)

    def names(self, query):
        return {row["hostname"] for row in everything(self.told, f"{AGENTS}?{query}", "agents")}

    def test_row_tells_what_is_known_of_an_agent(self):
        agent = self.enrol("h", organizationId="org", machineId="m-1")
        (row,) = self.told.get(AGENTS).json()["agents"]
        self.assertEqual((row["id"], row["dialect"], row["hostname"], row["organization"], row["machine_id"]),
                         (agent.id, "panguard", "h", "org", "m-1"))
        self.assertEqual((row["tenant"], row["status"], row["busy"], row["contested"], row["labels"]),
                         ("acme", "online", False, False, {}))
        for name in ("last_seen", "changed_at", "registered_at", "enrolled_at"):
            self.assertGreater(moment(row[name]), 0)

    def test_filters_select_and_combine(self):
        web1, web2 = self.enrol("web-1"), self.enrol("web-2", machineId="M2")
        self.enrol("WEB-3", "zoo")
        web2.leave()
        for query, wanted in (("status=online", {"web-1", "WEB-3"}), ("status=departed", {"web-2"}),
                              ("status=stale", set()), ("dialect=panguard", {"web-1", "web-2", "WEB-3"}),
                              ("dialect=plexd", set()), ("tenant=zoo", {"WEB-3"}), ("hostname=web-1", {"web-1"}),
                              ("hostname=web", set()), ("machine_id=M2", {"web-2"}), ("contested=true", set()),
                              ("contested=false", {"web-1", "web-2", "WEB-3"}),
                              ("text=eB-", {"web-1", "web-2", "WEB-3"}), (f"text={web1.id[3:]}", {"web-1"}),
                              ("text=web&status=online&tenant=acme", {"web-1"}), ("text=b%2D2", {"web-2"})):
            with self.subTest(query):
                self.assertEqual(self.names(query), wanted)

    def test_pages_hold_every_agent_once(self):
        agents = [self.enrol(f"host-{i:03}", "acme" if i % 5 else "zoo") for i in range(250)]
        for limit in (1000, 250, 249, 100, 7):
            with self.subTest(limit):
                found = pages(self.told, f"{AGENTS}?limit={limit}", "agents")
                self.assertTrue(all(len(page) == limit for page in found[:-1]))
                self.assertEqual(sorted(row["id"] for page in found for row in page), sorted(a.id for a in agents))
        self.assertEqual(len(self.told.get(AGENTS).json()["agents"]), 100, "by default")
        some = everything(self.told, f"{AGENTS}?limit=7&tenant=zoo", "agents")
        self.assertEqual([row["hostname"] for row in some], [f"host-{i:03}" for i in range(0, 250, 5)])

    def test_agents_that_come_and_go_between_pages_spoil_no_other(self):
        agents = [self.enrol(f"host-{i:03}") for i in range(60)]
        first = self.told.get(f"{AGENTS}?limit=20").json()
        for gone in (agents[3], agents[20], agents[45]):
            self.assertEqual(self.told.delete(f"{AGENTS}/{gone.id}").status, 204)
        self.enrol("new")
        rest = everything(self.told, f"{AGENTS}?limit=20", "agents", first["next_cursor"])
        seen = [row["id"] for row in first["agents"] + rest]
        self.assertEqual(len(seen), len(set(seen)))
        stayed = {a.id for i, a in enumerate(agents) if i not in (3, 20, 45)}
        self.assertLessEqual(stayed, set(seen))

    def test_pages_of_the_panguard_list_hold_every_agent_once(self):
        agents = [self.enrol(f"h{i}") for i in range(7)]
        answer = self.told.get("/api/agents").json()
        self.assertEqual((answer["ok"], answer["total"], len(answer["agents"])), (True, 7, 7))
        self.assertEqual(answer["data"], answer["agents"])
        found = everything(self.told, "/api/agents?limit=3", "agents")
        self.assertEqual([row["agentId"] for row in found], [a.id for a in agents])

    def test_panguard_view_of_one_agent(self):
        agent = self.enrol("h")
        data = self.told.get(f"/api/agents/{agent.id}").json()["data"]
        self.assertEqual((data["agentId"], data["hostname"], data["status"]), (agent.id, "h", "online"))
        self.assertEqual(self.told.get("/api/agents/ag-00000000000000ff").status, 404)
        self.assertEqual(self.client.get(f"/api/agents/{agent.id}", token=agent.token).status, 405)

    def test_latest_report_of_an_agent_is_shown(self):
        agent = self.enrol("h")
        agent.beat()
        agent.beat({"cpu": 12.5, "memory": 40, "eventsProcessed": 7, "mode": "protection", "uptime": 90})
        row = shown(self.told, agent)
        self.assertEqual(row["report"], {"cpu_percent": 12.5, "memory_percent": 40, "events_processed": 7,
                                         "mode": "protection", "uptime_seconds": 90})
        agent.beat({"uptime": 60002, "memoryUsageMB": 38.5})
        self.assertEqual(shown(self.told, agent)["report"], {"memory_megabytes": 38.5, "uptime_seconds": 60.002})
        self.assertEqual(shown(self.told, agent)["heartbeats"], 3)


class Labels(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.told = self.operator(self.running)
        self.agents = enrol_many(self.fleet(self.running), 3, "h{}")

    def label(self, agent, labels):
        return self.told.put(f"{AGENTS}/{agent.id}/labels", {"labels": labels})

    def names(self, label):
        return [row["hostname"] for row in self.told.get(f"{AGENTS}?label={quote(label)}").json()["agents"]]

    def test_labels_are_set_shown_and_filtered_by(self):
        self.assertEqual(self.label(self.agents[0], {"site": "bonn", "tier": "1"}).status, 204)
        self.assertEqual(self.label(self.agents[1], {"site": "köln"}).status, 204)
        self.assertEqual(shown(self.told, self.agents[0])["labels"], {"site": "bonn", "tier": "1"})
        self.assertEqual([self.names(x) for x in ("site", "site=bonn", "site=köln", "tier=1", "tier", "sit", "site=bon",
                                                  "bonn", "site=")],
                         [["h0", "h1"], ["h0"], ["h1"], ["h0"], ["h0"], [], [], [], []])

    def test_labels_are_replaced_as_a_whole_and_audited(self):
        self.label(self.agents[0], {"a": "1", "b": "2"})
        self.label(self.agents[0], {"c": "3"})
        self.assertEqual(shown(self.told, self.agents[0])["labels"], {"c": "3"})
        self.label(self.agents[0], {})
        self.assertEqual(shown(self.told, self.agents[0])["labels"], {})
        entries = self.told.get(f"/operator/v1/audit?subject={self.agents[0].id}&action=agent.labelled").json()["audit"]
        self.assertEqual(len(entries), 3)
        self.assertIn("a=1", entries[1]["detail"])
        self.assertIn("c=3", entries[1]["detail"])

    def test_labels_stay_when_the_agent_registers_again(self):
        self.label(self.agents[0], {"a": "1"})
        register(self.fleet(self.running), "h0")
        self.assertEqual(shown(self.told, self.agents[0])["labels"], {"a": "1"})

    def test_labels_that_could_not_be_named_or_kept_apart_are_refused(self):
        for wrong in ({"a=b": "1"}, {"a b": "1"}, {"a,b": "1"}, {"": "1"}, {"a": 1}, {"a": "x" * 257}, {"x" * 65: "1"},
                      {str(i): "1" for i in range(65)}, [], "text", {"a": "b\nc=d"}, {"a\nb": "c"},
                      {"a\tb": "c"}):
            with self.subTest(wrong):
                self.assertEqual(self.label(self.agents[0], wrong).status, 400)
                self.assertEqual(shown(self.told, self.agents[0])["labels"], {})
        self.assertEqual(self.label(self.agents[0], {str(i): "x=,y" * 64 for i in range(64)}).status, 204)

    def test_labels_of_nobody_are_refused(self):
        self.assertEqual(self.told.put(f"{AGENTS}/ag-00000000000000ff/labels", {"labels": {}}).status, 404)
        self.assertEqual(self.told.put(f"{AGENTS}/x/labels", {"labels": {}}).status, 404)


class Records(ManagerTest):
    def setUp(self):
        self.running = self.manager()
        self.client = self.fleet(self.running)
        self.told = self.operator(self.running)

    def test_audit_is_paged_newest_first_and_filtered(self):
        agents = enrol_many(self.client, 30)
        enrol(self.client, "host-0003")
        self.told.delete(f"{AGENTS}/{agents[7].id}")
        entries = everything(self.told, "/operator/v1/audit?limit=4", "audit")
        self.assertEqual([e["action"] for e in entries][:2], ["agent.removed", "agent.reconnected"])
        self.assertEqual([e["subject"] for e in entries[2:]], [a.id for a in reversed(agents)])
        self.assertEqual(entries, sorted(entries, key=lambda e: e["at"], reverse=True))
        for query, count in (("action=agent.enrolled", 30), ("action=agent.", 32), ("action=agent", 0),
                             (f"subject={agents[3].id}", 2), (f"subject={agents[3].id}&action=agent.removed", 0)):
            with self.subTest(query):
                self.assertEqual(len(everything(self.told, f"/operator/v1/audit?limit=7&{query}", "audit")), count)

    def test_threats_are_paged_newest_first_and_each_comes_once(self):
        first, second = enrol_many(self.client, 2)
        for i in range(25):
            agent = (first, second)[i % 2]
            agent.report({"events": [event(f"e{i}-{k}", severity=("low", "high")[k % 2]) for k in range(i % 4 + 1)]})
        every = everything(self.told, "/operator/v1/threats?limit=1000", "threats")
        for limit in (1, 5, 13):
            self.assertEqual(everything(self.told, f"/operator/v1/threats?limit={limit}", "threats"), every)
        self.assertEqual(len({row["id"] for row in every}), 61)
        self.assertEqual([row["received_at"] for row in every],
                         sorted((row["received_at"] for row in every), reverse=True))
        mine = everything(self.told, f"/operator/v1/threats?limit=3&agent={first.id}", "threats")
        self.assertEqual(mine, [row for row in every if row["agent_id"] == first.id])
        low = everything(self.told, "/operator/v1/threats?limit=3&severity=low", "threats")
        self.assertEqual(low, [row for row in every if row["severity"] == "low"])
        middle = every[30]["received_at"]
        late = everything(self.told, f"/operator/v1/threats?limit=3&since={quote(middle)}", "threats")
        self.assertEqual(late, [row for row in every if row["received_at"] >= middle])
        self.assertEqual(everything(self.told, "/operator/v1/threats?conclusion=malicious", "threats"), [])

    def test_threats_of_a_removed_agent_stay_without_its_name(self):
        agent = enrol(self.client, "h")
        agent.report(event("e"))
        self.told.delete(f"{AGENTS}/{agent.id}")
        (row,) = self.told.get("/operator/v1/threats").json()["threats"]
        self.assertEqual((row["agent_id"], row["hostname"]), (agent.id, ""))

    def test_history_is_paged_newest_first(self):
        agent = enrol(self.client, "h")
        for _ in range(6):
            agent.leave()
            agent.beat()
        target = f"{AGENTS}/{agent.id}/history"
        eventually(lambda: len(everything(self.told, target, "history")) == 12)
        every = everything(self.told, target, "history")
        self.assertEqual([change["to"] for change in every], ["online", "departed"] * 6)
        for limit in (1, 5, 12):
            self.assertEqual(everything(self.told, f"{target}?limit={limit}", "history"), every)


if __name__ == "__main__":
    main()
