"""Makes crates/domain/src/region/simplified.rs: the traditional characters in which a name of the tables may be typed.

Only for the search of a name: it is typed in either script, the tables have the simplified one. Which simplified
character a traditional one became is nearly always one answer, so this way round a table serves; the other way round
it would not, and names that are shown in traditional characters have a column of their own (hant.py).
"""

from common import DATA, ROOT, packages, read

SOURCE = packages() / "opencc_python_reimplemented" / "opencc" / "dictionary" / "TSCharacters.txt"
TARGET = ROOT / "crates" / "domain" / "src" / "region" / "simplified.rs"

HEADER = '''//! The simplified character for each traditional one in which a name of the tables may be typed.
//!
//! Made by `scripts/regions/traditional.py` from the table of characters of `OpenCC`; run it again when names are new.

'''


def main():
    used = {character for path in sorted(DATA.glob("*.csv")) for row in read(path) for character in row["zh"]}
    pairs = []
    for line in SOURCE.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        simplified = simplified.split(" ")[0]
        if simplified in used and simplified != traditional:
            pairs.append((traditional, simplified))
    pairs.sort()
    out = [HEADER, "/// In the order of the traditional characters.\n", "#[rustfmt::skip]\n",
           f"pub(super) static SIMPLIFIED: [(char, char); {len(pairs)}] = [\n"]
    for at in range(0, len(pairs), 8):
        out.append("    " + " ".join(f"('{t}', '{s}')," for t, s in pairs[at:at + 8]) + "\n")
    out.append("];\n")
    TARGET.write_text("".join(out), encoding="utf-8")
    print(f"simplified.rs: {len(pairs)} characters")


main()
