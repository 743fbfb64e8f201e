"""Reads what the benches of the journal print, and writes the figures as JSON; a figure that is not there is an error."""

import json
import re
import sys


def figure(text, label, unit):
    """The number before `unit` in the line that begins with `label`."""
    found = re.search(r"^" + re.escape(label) + r".*?\s([0-9.]+) " + unit, text, re.MULTILINE)
    if not found:
        sys.exit(f"bench/journal/report.py: no figure in {unit} for `{label}`")
    return float(found.group(1))


text = open(sys.argv[1], encoding="utf-8").read()
anew = [int(ns) for ns in re.findall(r"([0-9]+) ns asked anew$", text, re.MULTILINE)]
replayed = re.search(r"^1000000 facts .* 1 threads: ([0-9.]+) s, ([0-9.]+) s CPU", text, re.MULTILINE)
if not anew or not replayed:
    sys.exit("bench/journal/report.py: the bench of the policy or of the replay did not end")
fact = figure(text, "facts, 4096 a call", "µs CPU")
entry = figure(text, "entries alone, 4096 a call", "µs CPU")
append = figure(text, "appended in groups of", "s ")
json.dump(
    {
        "append_integrate_s": append,
        "append_integrate_write_s": figure(text, "the same, and every file written", "s "),
        "proof_memory_us": figure(text, "inclusion, in memory", "µs"),
        "proof_tiles_us": figure(text, "inclusion from tiles on disk, tree opened anew", "µs"),
        "verify_s": figure(text, "all entries and tiles read back from disk", "s "),
        "replay_s": float(replayed.group(1)),
        "replay_cpu_s": float(replayed.group(2)),
        "decision_anew_us": max(anew) / 1000,
        "fact_cpu_us": fact,
        # An act that keeps no row: its entry, and its share of finding the person and of the commit. So this is the most.
        "entry_alone_cpu_us": entry,
        "journal_share_at_most": round((entry + append) / (fact + append), 3),
    },
    sys.stdout,
    indent=2,
)
print()
