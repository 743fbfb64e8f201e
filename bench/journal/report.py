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
commands = {
    command: re.search(rf"^audit {command} of .*: ([0-9.]+) s, ([0-9.]+) s CPU$", text, re.MULTILINE)
    for command in ("verify", "replay")
}
if not anew or not replayed or not all(commands.values()):
    sys.exit("bench/journal/report.py: the bench of the policy, of the replay or of the commands did not end")
fact = figure(text, "facts, 4096 a call", "µs CPU")
entry = figure(text, "entries alone, 4096 a call", "µs CPU")
whole, rows = (figure(text, f"facts {how} their entries, 4096 a call", "µs CPU") for how in ("with", "without"))
whole, rows = (figure(text, f"facts {how} their entries, 4096 a call", "µs CPU") for how in ("with", "without"))
labels = {
    "append_integrate_s": ("appended in groups of", "s "),
    "append_integrate_write_s": ("the same, and every ", "s "),
    "proof_memory_us": ("inclusion, in memory", "µs"),
    "proof_tiles_us": ("inclusion from tiles on disk, tree opened anew", "µs"),
    "proof_verified_us": ("inclusion verified", "µs"),
}
ours = {name: figure(text, *label) for name, label in labels.items()}
has_peer = re.search("^peer: ", text, re.MULTILINE)
peer = {name: figure(text, "peer: " + label, unit) for name, (label, unit) in labels.items()} if has_peer else None
append = ours["append_integrate_s"]
json.dump(
    {
        **ours,
        # Go's log, of the same entries in the same run; none where it is not installed.
        "peer": peer,
        "ratio": peer and {name: round(peer[name] / ours[name], 2) for name in ours},
        "verify_s": figure(text, "all entries and tiles read back from disk", "s "),
        "replay_s": float(replayed.group(1)),
        "replay_cpu_s": float(replayed.group(2)),
        # The commands of the released program, over files.
        **{
            f"audit_{command}_{what}": float(found.group(place))
            for command, found in commands.items()
            for place, what in ((1, "s"), (2, "cpu_s"))
        },
        "decision_anew_us": max(anew) / 1000,
        "fact_cpu_us": fact,
        "entry_alone_cpu_us": entry,
        # The same acts with their entries and without, and the log's own work.
        "journal_share": round((whole - rows + append) / (whole + append), 3),
    },
    sys.stdout,
    indent=2,
)
print()
