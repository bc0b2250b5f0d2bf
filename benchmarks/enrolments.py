"""Durable enrolments a second, beside LMDB taking the same records in groups as large as what is under way, on the same
disk. Each round has a manager of its own, whose ledger is then written anew by the reference. An enrolment that was
answered must be in the ledger."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import results  # noqa: E402
import support  # noqa: E402

ROUNDS, SECONDS = 5, 4
CONNECTIONS, DEPTH = 128, 8  # 1,024 enrolments under way

SCRIPT = """
local n = 0
request = function()
  local out = {}
  for i = 1, %d do
    n = n + 1
    local body = string.format('{"hostname":"host-%%07d","os":"Linux 6.1.0","arch":"x64","version":"1.0.0",' ..
                               '"ip":"10.%%d.%%d.%%d"}', n, n / 65536 %% 256, n / 256 %% 256, n %% 256)
    out[i] = 'POST /api/agents/register HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nContent-Type: application/json\\r\\n' ..
             'Content-Length: ' .. #body .. '\\r\\n\\r\\n' .. body
  end
  return table.concat(out)
end
"""


def grouped_writes(ledger):
    with tempfile.TemporaryDirectory(prefix="muster-bench-") as target:
        done = subprocess.run([support.HELPERS / "grouped_writes", ledger, target, str(CONNECTIONS * DEPTH)],
                              capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def measure(script, seconds):
    with support.Manager() as manager:
        rate = support.wrk(manager.fleet, script, seconds, CONNECTIONS)
        manager.stop()
        reference = grouped_writes(manager.data / "ledger")
    if reference["enrolments"] < rate * seconds * 0.99:  # a rate is rounded
        raise SystemExit(f"{rate * seconds:.0f} enrolments were answered, {reference['enrolments']} are in the ledger")
    return rate, reference


def main():
    rounds, seconds = (2, 1) if "--quick" in sys.argv else (ROUNDS, SECONDS)
    table, ours, written, ratios = [("round", "enrolments/s", "LMDB/s", "of LMDB", "records", "bytes each")], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "register.lua"
        script.write_text(SCRIPT % DEPTH)
        for number in range(1, rounds + 1):
            rate, reference = measure(script, seconds)
            ours.append(rate)
            written.append(reference["per_second"])
            ratios.append(rate / written[-1])
            table.append((number, f"{rate:.0f}", f"{written[-1]:.0f}", f"{ratios[-1]:.2f}", reference["enrolments"],
                          reference["bytes"] // reference["enrolments"]))
    support.table(table)
    ratio = support.median(ratios)
    results.row("enrolments", [results.at_least("enrolments a second", support.median(ours), 15_000),
                               results.at_least("times LMDB", ratio, 0.2, 2)], f"{support.median(ours):,.0f}/s",
                f"{support.median(written):,.0f}/s", ratio,
                f"medians of {rounds} rounds in turns; groups of {CONNECTIONS * DEPTH}")


if __name__ == "__main__":
    main()
