"""Anonymous resident memory of an idle enrolled agent: actor, timer, slot, tokens
and its share of the fleet's columns. Pages of the ledger's file are not counted."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import support  # noqa: E402

AGENTS = 100_000
BAR_BYTES = 2.5 * 1024


def main():
    agents = 20_000 if "--quick" in sys.argv else AGENTS
    with support.Manager() as manager:
        before = manager.memory()
        support.enrol(manager.fleet, agents)
        enrolled = manager.memory()
        manager.process.terminate()
        manager.process.wait()
        manager.start()
        restarted = manager.memory()
        rows = [("agents", "after", "RssAnon", "bytes per agent", "bar")]
        for name, bytes_now in (("enrolment", enrolled), ("restart", restarted)):
            rows.append((agents, name, f"{bytes_now / 2**20:.0f} MiB", f"{(bytes_now - before) / agents:.0f}",
                         f"{BAR_BYTES:.0f}"))
        support.table(rows)


if __name__ == "__main__":
    main()
