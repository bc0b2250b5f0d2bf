"""Heartbeats with 16 of them under way on each connection, beside the bare loop that answers the same bytes to the
same requests. Both in short turns; the median of the rounds' ratios counts."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import results  # noqa: E402
import support  # noqa: E402

AGENTS, DEPTH, ROUNDS = 10_000, 16, 11


def main():
    rounds = 3 if "--quick" in sys.argv else ROUNDS
    table, ours, bares, ratios = [("round", "muster", "bare loop", "of bare loop")], [], [], []
    with support.Manager() as manager, support.BareLoop() as bare, tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "beats.lua"
        support.wrk_script(support.enrol(manager.fleet, AGENTS), script, DEPTH)
        support.wrk(manager.fleet, script, 1)  # warms up
        for number in range(1, rounds + 1):
            ours.append(support.wrk(manager.fleet, script, 1))
            bares.append(support.wrk(bare.address, script, 1))
            ratios.append(ours[-1] / bares[-1])
            table.append((number, f"{ours[-1]:.0f}", f"{bares[-1]:.0f}", f"{ratios[-1]:.2f}"))
    support.table(table)
    ratio = support.median(ratios)
    results.row("pipelining", [results.at_least("times the bare loop", ratio, 0.6, 2)],
                f"{support.median(ours):,.0f}/s", f"{support.median(bares):,.0f}/s", ratio,
                f"medians of {rounds} rounds in turns")


if __name__ == "__main__":
    main()
