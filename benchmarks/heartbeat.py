"""Heartbeats a second through the whole path, beside a bare Beast loop that
answers the same bytes and beside Redis taking SETEX. One load generator for ours
and the bare loop; all three take short turns, and medians of ratios count. Where
neighbours take the cores away, CPU time per request is the steadier ratio."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import results  # noqa: E402
import support  # noqa: E402

AGENTS, ROUNDS, SECONDS = 10_000, 11, 1


def main():
    quick = "--quick" in sys.argv
    rounds, seconds = (3, 1) if quick else (ROUNDS, SECONDS)
    with support.Manager() as manager, support.BareLoop() as bare, support.Redis() as redis, \
            tempfile.TemporaryDirectory() as folder:
        agents = support.enrol(manager.fleet, AGENTS)
        script = pathlib.Path(folder) / "beats.lua"
        support.wrk_script(agents, script)
        support.wrk(manager.fleet, script, 1)  # warms up
        rows = [("round", "muster", "bare loop", "redis setex", "of bare loop", "of redis", "cpu us", "bare cpu us",
                 "of bare cpu")]
        ours, bares, setexes, of_bare, of_redis, of_cpu = [], [], [], [], [], []
        for n in range(rounds):
            muster, cost = support.wrk_with_cpu(manager, manager.fleet, script, seconds)
            loop, bare_cost = support.wrk_with_cpu(bare, bare.address, script, seconds)
            setex = redis.setex()
            ours.append(muster)
            bares.append(loop)
            setexes.append(setex)
            of_bare.append(muster / loop)
            of_redis.append(muster / setex)
            of_cpu.append(bare_cost / cost)
            rows.append((n + 1, f"{muster:.0f}", f"{loop:.0f}", f"{setex:.0f}", f"{muster / loop:.2f}",
                         f"{muster / setex:.2f}", f"{cost:.1f}", f"{bare_cost:.1f}", f"{bare_cost / cost:.2f}"))
        rows.append(("median", f"{support.median(ours):.0f}", "", "", f"{support.median(of_bare):.2f}",
                     f"{support.median(of_redis):.2f}", "", "", f"{support.median(of_cpu):.2f}"))
        support.table(rows)
    shown, note = f"{support.median(ours):,.0f}/s", f"medians of {rounds} rounds in turns"
    ratio = support.median(of_redis)
    results.row("redis", [results.at_least("times Redis", ratio, 1.0, 2)], shown,
                f"{support.median(setexes):,.0f}/s", ratio, note + "; redis-benchmark -P 1 -c 64")
    ratio = support.median(of_bare)
    results.row("bare_loop", [results.at_least("times the bare loop", ratio, 0.8, 2)], shown,
                f"{support.median(bares):,.0f}/s", ratio, f"{note}; in CPU time {support.median(of_cpu):.2f}")


if __name__ == "__main__":
    main()
