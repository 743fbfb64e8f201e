"""Makes crates/domain/data/countries.csv: ISO 3166-1 alpha-2 with Chinese and English names and a zone each.

The zone is that of the seat of government; a country with several zones is told apart by a table of its parts.
"""

import importlib
import sys

from common import packages, write

PACKAGES = packages()
sys.path.insert(0, str(PACKAGES / "babel"))
babel = importlib.import_module("babel")

# In zone.tab the first line of a country is mostly its seat's; where it is not, the seat's zone. The last
# two are islands where nobody lives, and zone.tab has no line for them.
SEATS = {"AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "FM": "Pacific/Pohnpei",
         "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "UZ": "Asia/Tashkent", "BV": "Etc/UTC", "HM": "Etc/UTC"}
# China's own regions have codes of GB/T 2260; every other country is the region of the same code.
REGIONS = {"HK": "810000", "MO": "820000", "TW": "710000"}


def lines(name):
    text = (PACKAGES / "tzdata" / "tzdata" / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def main():
    first = {}
    for code, _, zone, *_ in lines("zone.tab"):
        first.setdefault(code, zone)
    zh, hant, en = babel.Locale("zh", script="Hans"), babel.Locale("zh", script="Hant"), babel.Locale("en")
    rows = [
        dict(code=code, region=REGIONS.get(code, code), zone=SEATS.get(code) or first[code],
             zh=zh.territories[code], hant=hant.territories[code], en=en.territories[code])
        for code, _ in lines("iso3166.tab")
    ]
    write("countries.csv", ["code", "region", "zone", "zh", "hant", "en"], rows)


main()
