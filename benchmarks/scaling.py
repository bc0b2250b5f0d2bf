"""Heartbeats a second by number of event loops and of workers: what more threads bring on this machine. One load
generator on the same cores, so on two cores the second loop only gets what wrk leaves."""
import contextlib
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import results  # noqa: E402
import support  # noqa: E402

AGENTS, ROUNDS = 10_000, 5
SIZES = ((1, 1), (1, 2), (2, 1), (2, 2))  # loops, workers


def start(size, stack, folder):
    """A manager of so many loops and workers that lives as long as the stack, and a wrk script for its agents."""
    loops, workers = size
    manager = stack.enter_context(support.Manager("--loops", str(loops), "--workers", str(workers)))
    script = pathlib.Path(folder) / f"beats-{loops}-{workers}.lua"
    support.wrk_script(support.enrol(manager.fleet, AGENTS), script)
    support.wrk(manager.fleet, script, 1)  # warms up
    return manager, script


def measure(rounds):
    """Medians of rate and CPU time per beat by size; all sizes take turns."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        managers = {size: start(size, stack, folder) for size in SIZES}
        figures = {size: [] for size in SIZES}
        for _ in range(rounds):
            for size, (manager, script) in managers.items():
                figures[size].append(support.wrk_with_cpu(manager, manager.fleet, script, 1))
    return {size: [support.median(column) for column in zip(*runs)] for size, runs in figures.items()}


def main():
    rounds = 1 if "--quick" in sys.argv else ROUNDS
    measured = measure(rounds)
    first = measured[SIZES[0]][0]
    rows = [("loops", "workers", "heartbeats/s", "of 1x1", "CPU us per beat")]
    rows += [(loops, workers, f"{rate:.0f}", f"{rate / first:.2f}", f"{cost:.1f}")
             for (loops, workers), (rate, cost) in measured.items()]
    support.table(rows)
    results.foot(f"Heartbeats by loops and workers on {os.cpu_count()} cores",
                 ["| " + " | ".join(str(each) for each in row) + " |" for row in (rows[0], ("---",) * 5, *rows[1:])])


if __name__ == "__main__":
    main()
