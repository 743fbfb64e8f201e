"""Compiles every crates/domain/data/regions-*.csv, with countries.csv above them, into src/region/table.rs.

A new code system is a new file regions-XX.csv with the same columns; nothing else changes. Refused here, so that
the compiled table cannot hold it: a code that is not printable ASCII of at most eight bytes, a code given twice, a
parent that is unknown or not above its child, a level, standing or name that is missing.
"""

import sys

from common import COLUMNS, DATA, ROOT, read

LEVELS = ["country", "province", "prefecture", "county"]
STANDINGS = ["current", "former", "virtual"]
TARGET = ROOT / "crates" / "domain" / "src" / "region" / "table.rs"
NO_PARENT = 65535

HEADER = '''//! The compiled tables: every region and every country, sorted by code.
//!
//! Made by `scripts/regions/table.py` from `data/regions-*.csv` and `data/countries.csv`; change those and run it
//! again. A test holds the two equal.

use super::Level::{Country, County, Prefecture, Province};
use super::Standing::{Current, Former, Virtual};
use super::{CountryRow, Row};

'''


def text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def regions(countries):
    rows = [dict(code=c["code"], parent="", level="country", zone=c["zone"], zh=c["zh"], hant=c["hant"], en=c["en"], pinyin="",
                 local="", standing="current") for c in countries if c["region"] == c["code"]]
    for path in sorted(DATA.glob("regions-*.csv")):
        table = read(path)
        if not table or list(table[0]) != COLUMNS:
            sys.exit(f"{path.name}: columns are to be {','.join(COLUMNS)}")
        rows += table
    return sorted(rows, key=lambda row: row["code"])


def check(rows):
    levels = {row["code"]: row["level"] for row in rows}
    if len(levels) != len(rows) or len(rows) >= NO_PARENT:
        sys.exit("a code is given twice, or there are too many")
    for row in rows:
        code, parent = row["code"], row["parent"]
        if not (code.isascii() and code.isprintable() and 0 < len(code) <= 8):
            sys.exit(f"{code}: a code has one to eight printable ASCII characters")
        if row["level"] not in LEVELS or row["standing"] not in STANDINGS or not (row["zh"] and row["hant"]):
            sys.exit(f"{code}: level, standing or a Chinese name is missing")
        if (row["level"] == "country") != (parent == "") or (parent and parent not in levels):
            sys.exit(f"{code}: parent `{parent}` is unknown")
        if parent and LEVELS.index(levels[parent]) >= LEVELS.index(row["level"]):
            sys.exit(f"{code}: parent `{parent}` is not above it")


def main():
    countries = sorted(read(DATA / "countries.csv"), key=lambda row: row["code"])
    rows = regions(countries)
    check(rows)
    index = {row["code"]: at for at, row in enumerate(rows)}
    by_code = {row["code"]: row for row in rows}

    def zone(row):
        return row["zone"] or zone(by_code[row["parent"]])

    out = [HEADER, "#[rustfmt::skip]\n", f"pub(super) static REGIONS: [Row; {len(rows)}] = [\n"]
    for row in rows:
        parent = index[row["parent"]] if row["parent"] else NO_PARENT
        names = ", ".join(f"{column}: {text(row[column])}" for column in ("code", "zh", "hant", "en", "pinyin", "local"))
        kinds = f"level: {row['level'].capitalize()}, standing: {row['standing'].capitalize()}"
        out.append(f"    Row {{ {names}, parent: {parent}, {kinds}, zone: {text(zone(row))} }},\n")
    out += ["];\n\n", "#[rustfmt::skip]\n", f"pub(super) static COUNTRIES: [CountryRow; {len(countries)}] = [\n"]
    for row in countries:
        names = ", ".join(f"{column}: {text(row[column])}" for column in ("code", "zh", "hant", "en"))
        out.append(f"    CountryRow {{ {names}, region: {index[row['region']]} }},\n")
    out.append("];\n")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("".join(out), encoding="utf-8")
    print(f"table.rs: {len(rows)} regions, {len(countries)} countries")


main()
