"""What the scripts of this folder share: where the tables lie, their columns, and a writer that sorts."""

import csv
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "crates" / "domain" / "data"
COLUMNS = ["code", "parent", "level", "zone", "zh", "hant", "en", "pinyin", "local", "standing", "note"]


def packages():
    """The folder that fetch.sh filled: the first argument, or build/regions."""
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "regions").resolve()
    if not folder.is_dir():
        sys.exit(f"no folder {folder}: run scripts/regions/fetch.sh first")
    return folder


def write(name, columns, rows):
    with open(DATA / name, "w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(sorted(rows, key=lambda row: row["code"]))
    print(f"{name}: {len(rows)} rows")


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
