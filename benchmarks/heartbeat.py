"""Heartbeats a second through the whole path, beside a bare Beast loop that
answers the same bytes and beside Redis taking SETEX. One load generator for ours
and the bare loop; all three take short turns, and medians of ratios count. Where
neighbours take the cores away, CPU time per request is the steadier ratio."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import support  # noqa: E402

AGENTS, ROUNDS, SECONDS = 10_000, 11, 1


def main():
    quick = "--quick" in sys.argv
    rounds, seconds = (1, 2) if quick else (ROUNDS, SECONDS)
    with support.Manager() as manager, support.BareLoop() as bare, support.Redis() as redis, \
            tempfile.TemporaryDirectory() as folder:
        agents = support.enrol(manager.fleet, AGENTS)
        script = pathlib.Path(folder) / "beats.lua"
        support.wrk_script(agents, script)
        support.wrk(manager.fleet, script, 1)  # warms up
        rows = [("round", "muster", "bare loop", "redis setex", "of bare loop", "of redis", "cpu us", "bare cpu us",
                 "of bare cpu")]
        ours, of_bare, of_redis, of_cpu = [], [], [], []
        for n in range(rounds):
            muster, cost = support.wrk_with_cpu(manager, manager.fleet, script, seconds)
            loop, bare_cost = support.wrk_with_cpu(bare, bare.address, script, seconds)
            setex = redis.setex()
            ours.append(muster)
            of_bare.append(muster / loop)
            of_redis.append(muster / setex)
            of_cpu.append(bare_cost / cost)
            rows.append((n + 1, f"{muster:.0f}", f"{loop:.0f}", f"{setex:.0f}", f"{muster / loop:.2f}",
                         f"{muster / setex:.2f}", f"{cost:.1f}", f"{bare_cost:.1f}", f"{bare_cost / cost:.2f}"))
        rows.append(("median", f"{support.median(ours):.0f}", "", "", f"{support.median(of_bare):.2f}",
                     f"{support.median(of_redis):.2f}", "", "", f"{support.median(of_cpu):.2f}"))
        support.table(rows)


if __name__ == "__main__":
    main()
