"""Agents as the Panguard dialect has them, and the operator's view on them."""
import time
from datetime import datetime

FACTS = {"os": "Linux 6.1.0", "arch": "x64", "version": "1.0.0"}
REPORT = {"eventsProcessed": 2, "threatsDetected": 0, "actionsExecuted": 0, "mode": "learning", "uptime": 60002,
          "memoryUsageMB": 38.5}


def facts(hostname, **more):
    return {"hostname": hostname, **FACTS, **more}


class Agent:
    """An enrolled agent. `client` may be shared; `prefix` is what stands before each path."""

    def __init__(self, client, agent_id, token, prefix=""):
        self.client = client
        self.id = agent_id
        self.token = token
        self.prefix = prefix

    @property
    def path(self):
        return f"{self.prefix}/api/agents/{self.id}"

    def beat(self, report=None, token=None):
        return self.client.post(f"{self.path}/heartbeat", REPORT if report is None else report,
                                token=token or self.token)

    def report(self, body):
        return self.client.post(f"{self.path}/events", body, token=self.token)

    def leave(self):
        return self.client.delete(self.path, token=self.token)

    def policy(self, query="", headers=None):
        return self.client.get(f"{self.prefix}/api/policy/agent/{self.id}{query}", token=self.token, headers=headers)


def register(client, hostname, prefix="", token=None, **more):
    return client.post(f"{prefix}/api/agents/register", facts(hostname, **more), token=token)


def enrol(client, hostname, prefix="", token=None, **more):
    """Registers, which must succeed, and returns the agent."""
    answer = register(client, hostname, prefix, token, **more)
    if answer.status not in (200, 201):
        raise AssertionError(f"{hostname} was not enrolled: {answer}")
    told = answer.json()
    return Agent(client, told["agentId"], told["token"], prefix)


def enrol_many(client, count, name="host-{:04}"):
    return [enrol(client, name.format(i)) for i in range(count)]


def event(event_id, **more):
    return {"event": {"id": event_id, "timestamp": "2026-01-01T00:00:00.000Z", "source": "llm_input",
                      "severity": "high", "category": "prompt_injection", "description": "d", "raw": {}, "host": "h",
                      "metadata": {"sourceIP": "203.0.113.9"}, **more},
            "verdict": {"conclusion": "suspicious", "confidence": 45, "action": "log_only"}}


def moment(text):
    """Seconds since the epoch of an RFC 3339 time of the manager."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def now():
    return time.time()


def shown(operator, agent):
    answer = operator.get(f"/operator/v1/agents/{getattr(agent, 'id', agent)}")
    if answer.status != 200:
        raise AssertionError(f"the operator is not shown {agent}: {answer}")
    return answer.json()


def status(operator, agent):
    return shown(operator, agent)["status"]


def history(operator, agent):
    """Newest first."""
    return operator.get(f"/operator/v1/agents/{agent.id}/history").json()["history"]


def pages(client, target, name, cursor=""):
    """All pages of a list, cursor by cursor, from the beginning or from a cursor on."""
    joint = "&" if "?" in target else "?"
    found = []
    while True:
        answer = client.get(target + (f"{joint}cursor={cursor}" if cursor else ""))
        if answer.status != 200:
            raise AssertionError(f"page {len(found)} of {target}: {answer}")
        found.append(answer.json()[name])
        cursor = answer.json().get("next_cursor")
        if not cursor:
            return found


def everything(client, target, name, cursor=""):
    return [row for page in pages(client, target, name, cursor) for row in page]
