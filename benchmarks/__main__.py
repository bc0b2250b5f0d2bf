"""Runs benchmarks one after the other and writes the table of rows: `./dev bench`.

One that fails is told in its rows and does not keep the others from running."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time

import results

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent
# Those that need a quiet machine and are short come first, whole fleets last.
ORDER = ("heartbeat", "pipelining", "enrolments", "scaling", "instructions", "herd", "million")


def names():
    """A benchmark has a main; what has none is shared by several."""
    found = sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if '"__main__"' in path.read_text(encoding="utf-8"))
    return [*ORDER, *(name for name in found if name not in ORDER)]


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; all rows of the table else")
    parser.add_argument("--list", action="store_true", help="name the benchmarks, and which rows each measures")
    parser.add_argument("--quick", action="store_true", help="everything small, to see that it works")
    parser.add_argument("--more", action="store_true", help="also those that are not in the table")
    asked = parser.parse_args()
    for name in asked.names:
        if name not in names():
            parser.error(f"no benchmark {name}; there are: {' '.join(names())}")
    return asked


def run(name, quick):
    """What the benchmark handed over, its seconds and whether it ended well."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    with tempfile.NamedTemporaryFile("r", suffix=".json", encoding="utf-8") as file:
        environment = {**os.environ, "MUSTER_BENCH_RESULTS": file.name}
        done = subprocess.run([sys.executable, "-B", FOLDER / f"{name}.py", *(["--quick"] if quick else [])],
                              env=environment, check=False)
        told = [json.loads(line) for line in file]
    return told, time.monotonic() - began, done.returncode == 0


def of_file(path, pattern):
    found = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else "unknown"


def git(*words):
    done = subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def machine():
    return {"cores": os.cpu_count(), "model": of_file("/proc/cpuinfo", r"^model name\s*: (.*)$"),
            "memory_gib": round(int(of_file("/proc/meminfo", r"^MemTotal:\s*(\d+)")) / 2**20, 1),
            "kernel": platform.release(), "load_before": [round(each, 2) for each in os.getloadavg()],
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            "commit": git("rev-parse", "--short=10", "HEAD") + (" with changes" if git("status", "--porcelain") else "")}


def failed_row(key):
    return {"row": key, "claim": results.ROWS[key][1], "ours": "", "reference": "", "ratio": None, "bar": "",
            "result": "failed: not measured", "met": False, "note": "", "figures": []}


def collect(chosen, quick):
    rows, feet, seconds, failed = {}, [], {}, []
    for name in chosen:
        told, seconds[name], well = run(name, quick)
        rows.update((each["row"], each) for each in told if "row" in each)
        feet += [each for each in told if "foot" in each]
        if not well:
            failed.append(name)
            print(f"{name} failed", file=sys.stderr, flush=True)
    wanted = [key for key, (name, _) in results.ROWS.items() if name in chosen]
    return [rows.get(key) or failed_row(key) for key in wanted], feet, seconds, failed


def cell(value):
    return f"{value:.2f}" if isinstance(value, float) else "" if value is None else str(value).replace("|", "\\|")


def markdown(report):
    facts = report["machine"]
    lines = ["# Performance bars", ""]
    if report["quick"]:
        lines += ["**A quick run: everything is small, so the figures say only that it works.**", ""]
    lines += [f"{facts['date']}, commit {facts['commit']}; {facts['cores']} cores, {facts['model']}, "
              f"{facts['memory_gib']} GiB, Linux {facts['kernel']}; load before {facts['load_before'][0]}; "
              f"{report['seconds'] / 60:.1f} minutes.", "",
              "| row | ours | reference | ratio | bar | result |", "|---|---|---|---|---|---|"]
    for each in report["rows"]:
        shown = [cell(each[key]) for key in ("claim", "ours", "reference", "ratio", "bar", "result")]
        lines.append("| " + " | ".join(shown) + " |")
    notes = [f"- {each['claim']}: {each['note']}" for each in report["rows"] if each["note"]]
    if notes:
        lines += ["", *notes]
    for foot in report["feet"]:
        lines += ["", f"## {foot['foot']}", "", *foot["lines"]]
    return "\n".join(lines) + "\n"


def main():
    asked = arguments()
    measured = {name: [key for key, (by, _) in results.ROWS.items() if by == name] for name in names()}
    if asked.list:
        for name in names():
            print(f"{name:14}{', '.join(measured[name]) or ('foot of the table' if name in ORDER else '')}".rstrip())
        return
    chosen = asked.names or (names() if asked.more else list(ORDER))
    report = {"machine": machine(), "quick": asked.quick}
    rows, feet, seconds, failed = collect(chosen, asked.quick)
    report |= {"rows": rows, "feet": feet, "seconds": round(sum(seconds.values()), 1),
               "seconds_by_benchmark": {name: round(value, 1) for name, value in seconds.items()}, "failed": failed}
    text = markdown(report)
    if rows:
        print("\n" + text)
    if not asked.names:
        folder = ROOT / "build/bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "performance.md").write_text(text, encoding="utf-8")
        (folder / "performance.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written to {folder}/performance.md and .json")
    if failed:
        raise SystemExit("failed: " + " ".join(failed))


if __name__ == "__main__":
    main()
