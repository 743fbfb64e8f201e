"""Sets the census beside DuckDB: refuses unequal answers, prints the report. usage: compare.py FOLDER PERSONS SEED"""
import importlib.metadata
import json
import sys

# Who may take part beside DuckDB, by the names of their packages.
PEERS = ["duckdb", "polars", "datafusion", "chdb"]
# What the workload gives at ten million persons with its own seed; a wrong generator is noticed by it.
KNOWN = {(10_000_000, 20261121): {"red": 229_175, "yellow": 617_036, "changed": 29_973, "b": 35_495}}

folder, persons, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ours = json.load(open(f"{folder}/ours.json"))
theirs = json.load(open(f"{folder}/ref/{persons}.json"))
rows = [json.loads(line) for line in open(f"{folder}/results.jsonl")]
duckdb = {row["job"]: row for row in rows if row["engine"] == "duckdb"}
sqlite = {row["job"]: row for row in rows if row["engine"] == "sqlite"}
build = json.load(open(f"{folder}/build.json"))
del ours["counties"]

for name in ["red", "yellow", "green", "changed", "sum"]:
    assert ours["a"][name] == theirs["A"][name], (name, ours["a"][name], theirs["A"][name])
for name in ["n", "sum"]:
    assert ours["b"][name] == theirs["B"][name], (name, ours["b"][name], theirs["B"][name])
known = KNOWN.get((persons, seed))
if known:
    found = {**{name: ours["a"][name] for name in ["red", "yellow", "changed"]}, "b": ours["b"]["n"]}
    assert found == known, (found, known)

# Each peer has asserted that its answers are DuckDB's.
peers, missing = {}, {}
for name in PEERS:
    jobs = {row["job"]: row for row in rows if row["engine"] == name}
    if "A" in jobs:
        peers[name] = {
            "version": importlib.metadata.version(name),
            "a_cpu_ms": round(jobs["A"]["cpu_s"] * 1000, 1),
            "b_cpu_ms": round(jobs["B"]["cpu_s"] * 1000, 1),
            "c_per_cpu_s": jobs["C"]["per_cpu_s"],
        }
    else:
        missing[name] = f"bench/.venv/bin/python -m pip install {name}"

a, b = duckdb["A"]["cpu_s"] * 1000, duckdb["B"]["cpu_s"] * 1000
report = {
    "persons": persons,
    "seed": seed,
    "ours_cpu_ms": round(ours["a"]["cpu_ms"], 3),
    "duckdb_cpu_ms": round(a, 3),
    "ratio": round(a / ours["a"]["cpu_ms"], 1),
    "bytes_per_person": round(ours["bytes_per_person"], 2),
    "bytes_per_person_without_order": round(ours["bytes_per_person_without_order"], 2),
    "read_floor_ms": round(ours["read_floor_ms"], 3),
    "times_read_floor": round(ours["times_read_floor"], 1),
    "job_b": {"ours_cpu_ms": round(ours["b"]["cpu_ms"], 3), "duckdb_cpu_ms": round(b, 3), "ratio": round(b / ours["b"]["cpu_ms"], 1)},
    "job_c": {
        "ours_per_cpu_s": round(ours["c"]["per_cpu_s"]),
        "duckdb_per_cpu_s": duckdb["C"]["per_cpu_s"],
        # Of more than ten million persons it is not asked.
        "sqlite_per_cpu_s": sqlite["C"]["per_cpu_s"] if sqlite else None,
    },
    # No peer follows anybody through the days to come.
    "job_e": ours["e"],
    "build": build,
    "peers": peers,
    "peers_not_installed": missing,
    "ours": ours,
}
print(json.dumps(report, indent=1))
