"""What a benchmark hands to the table of rows: figures beside their bars. Each row is printed and, for the
runner, appended as a line of JSON to the file that MUSTER_BENCH_RESULTS names."""
import json
import os
import typing

# Which benchmark measures which row, in the order of the table.
ROWS = {
    "redis": ("heartbeat", "heartbeats a second, whole path, beside Redis SETEX"),
    "bare_loop": ("heartbeat", "the same, beside the bare loop"),
    "pipelining": ("pipelining", "heartbeats with pipelining 16, beside the bare loop's"),
    "million": ("million", "1,000,000 agents at 33,334 beats a second"),
    "memory": ("million", "anonymous resident bytes per idle agent at 1,000,000"),
    "silence": ("million", "300,000 of 1,000,000 silent at one instant, then 600,000"),
    "restart": ("million", "restart with 1,000,000 agents"),
    "enrolments": ("enrolments", "durable enrolments a second, beside LMDB grouped writes"),
    "instructions": ("instructions", "instructions per heartbeat"),
    "cost": ("million", "manager's CPU per beat at 10 k, 100 k, 1 M agents"),
    "herd": ("herd", "200,000 agents re-register and beat within a second of a restart"),
}


class Figure(typing.NamedTuple):
    """A measured number, or none, and what it must be."""
    name: str
    value: float | None
    relation: str
    limit: float
    digits: int = 0

    def met(self):
        if self.value is None:
            return False
        return {"≤": self.value <= self.limit, "≥": self.value >= self.limit, "=": self.value == self.limit}[self.relation]

    def shown(self, number):
        return "not measured" if number is None else f"{number:,.{self.digits}f}"


def at_most(name, value, limit, digits=0):
    return Figure(name, value, "≤", limit, digits)


def at_least(name, value, limit, digits=0):
    return Figure(name, value, "≥", limit, digits)


def exactly(name, value, limit):
    return Figure(name, value, "=", limit)


def row(key, figures, ours=None, reference="", ratio=None, note=""):
    """`ours` is what the table shows where that is not the figures with a bar."""
    met = all(figure.met() for figure in figures)
    missed = [figure.name for figure in figures if not figure.met()]
    hand_over({
        "row": key, "claim": ROWS[key][1],
        "ours": ours or "; ".join(f"{each.name} {each.shown(each.value)}" for each in figures),
        "reference": reference, "ratio": ratio,
        "bar": "; ".join(f"{each.name} {each.relation} {each.shown(each.limit)}" for each in figures),
        "result": "met" if met else "missed: " + ", ".join(missed), "met": met, "note": note,
        "figures": [each._asdict() for each in figures]})


def foot(title, lines):
    """Figures without a bar, which stand below the table."""
    hand_over({"foot": title, "lines": list(lines)})


def hand_over(what):
    if "row" in what:
        print(f"-- {what['claim']}: {what['ours']}; {what['result']} (bar: {what['bar']})", flush=True)
    if path := os.environ.get("MUSTER_BENCH_RESULTS"):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")
