"""Builds the census as its users do, `mingma census build` of a facts file and a file of homes, both Parquet, and beside it loads DuckDB: by
CPU time on one core each. usage: build.py FOLDER PERSONS MINGMA"""
import json
import os
import resource
import subprocess
import sys
import time

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

folder, persons, mingma = sys.argv[1], int(sys.argv[2]), sys.argv[3]
data = f"{folder}/data/{persons}"
ours = json.load(open(f"{folder}/ours.json"))
counties = pa.array(ours["counties"])
# The workload's day 80; no fact is later than 105.
FIRST = 80
days = pa.array((pa.scalar(18_993 + n, pa.int32()).cast(pa.date32()).as_py().isoformat() for n in range(26)))
COLUMNS = ["person", "kind", "value", "at", "until", "region", "issuer", "evidence"]


def name(column):
    return pc.binary_join_element_wise("p", column.cast(pa.string()), "")


def day(column):
    return days.take(pc.subtract(column.cast(pa.int32()), FIRST))


def one_of(column, first, second):
    return pc.if_else(pc.equal(column, 1), first, second)


def rows(table):
    """The facts of one of the workload's tables: each as a dict of what is not empty."""
    t = pq.read_table(f"{data}/{table}.parquet").combine_chunks()
    who = name(t["person"])
    numbered = pc.binary_join_element_wise("S", pa.array(range(len(t))).cast(pa.string()), "-")
    if table == "stays":
        where = counties.take(t["county"])
        yield {"person": who, "kind": "stay", "value": "declared", "at": day(t["first_day"]), "until": day(t["last_day"]), "region": where, "issuer": "self"}
    elif table == "contacts":
        yield {"person": who, "kind": "contact", "value": one_of(t["kind"], "close", "secondary"), "at": day(t["day"]), "issuer": "cdc:410000", "evidence": numbered}
    elif table == "cases":
        case = {"person": who, "issuer": "hospital:410000", "evidence": numbered}
        yield {**case, "kind": "diagnosis", "value": one_of(t["kind"], "confirmed", "suspected"), "at": day(t["onset_day"])}
        out = pc.is_valid(t["released_day"])
        left = {key: value.filter(out) for key, value in case.items() if key != "issuer"}
        yield {**left, "issuer": "hospital:410000", "kind": "discharge", "value": "recovered", "at": day(t["released_day"].filter(out))}
    elif table == "symptoms":
        yield {"person": who, "kind": "symptom", "value": "fever", "at": day(t["day"]), "issuer": "self"}
    elif table == "tests":
        yield {"person": who, "kind": "test", "value": one_of(t["positive"], "positive", "negative"), "at": day(t["day"]), "issuer": "laboratory:410000", "evidence": numbered}
    elif table == "arrivals":
        yield {"person": who, "kind": "entry", "value": "JP", "at": day(t["day"]), "region": counties[0].as_py(), "issuer": "border:410000", "evidence": numbered}


def write():
    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    with pq.ParquetWriter(f"{folder}/facts.parquet", schema) as out:
        for table in ["stays", "contacts", "cases", "symptoms", "tests", "arrivals"]:
            for fact in rows(table):
                many = len(fact["person"])
                full = lambda cell: pa.repeat(cell, many) if isinstance(cell, str) else cell.cast(pa.string())
                cells = [full(fact.get(column, "")) for column in COLUMNS]
                out.write_table(pa.table(cells, schema=schema), row_group_size=1 << 20)
    t = pq.read_table(f"{data}/persons.parquet").combine_chunks()
    homes = pa.table({"person": name(t["person"]), "region": counties.take(t["home"])})
    pq.write_table(homes, f"{folder}/homes.parquet", row_group_size=1 << 20)


def load(file, tables):
    """Loads tables into a new database on one core, and makes an index by person of each; gives the CPU seconds of both."""
    if os.path.exists(file):
        os.remove(file)
    c = duckdb.connect(file)
    c.execute("SET threads=1; SET memory_limit='9GB'; SET preserve_insertion_order=false")
    start = time.process_time()
    for table, parquet in tables.items():
        by = "" if table == "region_risk" else " ORDER BY person"
        c.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{parquet}'){by}")
    loaded = time.process_time()
    for table in tables:
        if table != "region_risk":
            c.execute(f"CREATE INDEX i_{table} ON {table}(person)")
    c.execute("CHECKPOINT")
    done = time.process_time()
    c.close()
    os.remove(file)
    return {"load_cpu_s": round(loaded - start, 2), "with_index_cpu_s": round(done - start, 2)}


def census():
    """`mingma census build`, on one core by itself; gives its CPU seconds and what is in the census."""
    out = f"{folder}/bench.census"
    what = ["--facts", f"{folder}/facts.parquet", "--homes", f"{folder}/homes.parquet", "--on", "2022-01-21", "--out", out, "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(subprocess.run([mingma, "census", "build", *what], check=True, stdout=subprocess.PIPE).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.remove(out)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


write()
of_the_workload = ["persons", "stays", "contacts", "cases", "symptoms", "tests", "arrivals", "region_risk"]
tables = load(f"{folder}/load.db", {table: f"{data}/{table}.parquet" for table in of_the_workload})
same = load(f"{folder}/load.db", {table: f"{folder}/{table}.parquet" for table in ["facts", "homes"]})
cpu, told = census()
for what in ["persons", "facts"]:
    assert told[what] == ours[what], (what, told[what], ours[what])
report = {
    "ours_cpu_s": round(cpu, 2),
    "duckdb_cpu_s": same["with_index_cpu_s"],
    "ratio": round(same["with_index_cpu_s"] / cpu, 1),
    "duckdb_without_index_cpu_s": same["load_cpu_s"],
    "facts_file_mb": round(os.path.getsize(f"{folder}/facts.parquet") / 1e6, 1),
    "bytes_per_person_with_names": round((sum(told["bytes"].values()) + ours["bytes"]["outcomes_of_two_days"]) / persons, 2),
    "packed": {"ours_cpu_s": round(ours["build_cpu_ms"] / 1000, 2), "duckdb_cpu_s": tables["with_index_cpu_s"], "duckdb_without_index_cpu_s": tables["load_cpu_s"]},
}
json.dump(report, open(f"{folder}/build.json", "w"))
