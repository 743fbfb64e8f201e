"""One person's facts and colour in SQLite, which is the best at that question: the workload's tables by person, read by key, the answers those
of DuckDB's file. usage: sqlite.py PERSONS, where `common.py` of the workload is to be imported"""
import os
import random
import sqlite3
import sys

import duckdb
from common import BASE, TABLES, med, rec

persons = int(sys.argv[1])
ASKED = 2_000
duck = duckdb.connect(f"{BASE}/data/{persons}/duck.db", read_only=True)
file = f"{BASE}/data/{persons}/sqlite.db"
lite = sqlite3.connect(file)
lite.execute("PRAGMA journal_mode = OFF")
lite.execute("PRAGMA synchronous = OFF")
for table in [t for t in TABLES if t != "region_risk"] + ["prevd"]:
    columns = [name for name, *_ in duck.execute(f"DESCRIBE {table}").fetchall()]
    lite.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    rows = duck.execute(f"SELECT * FROM {table} ORDER BY person")
    while batch := rows.fetchmany(100_000):
        lite.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", batch)
    lite.execute(f"CREATE INDEX i_{table} ON {table} (person)")
lite.commit()

OF_ONE = " UNION ALL ".join([
    "SELECT 0 k, home a, 0 b, 0 c FROM persons WHERE person = ?1",
    "SELECT 1, county, first_day, last_day FROM stays WHERE person = ?1",
    "SELECT 2, day, kind, 0 FROM contacts WHERE person = ?1",
    "SELECT 3, kind, onset_day, released_day FROM cases WHERE person = ?1",
    "SELECT 4, day, 0, 0 FROM symptoms WHERE person = ?1",
    "SELECT 5, day, positive, 0 FROM tests WHERE person = ?1",
    "SELECT 6, day, 0, 0 FROM arrivals WHERE person = ?1",
    "SELECT 7, colour, 0, 0 FROM prevd WHERE person = ?1",
])
chance = random.Random(1)
for _ in range(100):
    who = chance.randrange(persons)
    theirs = duck.execute(OF_ONE.replace("?1", str(who))).fetchall()
    ours = lite.execute(OF_ONE, (who,)).fetchall()
    assert sorted(ours, key=str) == sorted(theirs, key=str), who


def ask():
    for _ in range(ASKED):
        lite.execute(OF_ONE, (chance.randrange(persons),)).fetchall()


measured = med(ask, 3)
rec("sqlite", persons, 1, "C", measured, per_s=round(ASKED / measured[0], 1), per_cpu_s=round(ASKED / measured[3], 1))
lite.close()
os.remove(file)
