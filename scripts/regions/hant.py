"""How the Chinese name of a region is written in traditional characters: `鄭州市`, as they are written in Taiwan.

OpenCC's table says which traditional character a simplified one stands for. Where several became one, names of places
have nearly always the same of them, and it is put down here by character; what is written otherwise, by name. Every name
with such a character, 80 characters in all, was read through. A character that has several and is not here is refused.
"""

from common import packages

# Several characters became one: the one that names of places have, whatever the language has more often.
CHARACTERS = {
    "丰": "豐", "台": "臺", "云": "雲", "广": "廣", "万": "萬", "宁": "寧", "苏": "蘇", "余": "餘", "坝": "壩", "当": "當",
    "后": "後", "胜": "勝", "岩": "巖", "汇": "匯", "划": "劃", "叶": "葉", "荫": "蔭", "历": "歷", "沾": "霑", "弥": "彌",
    "赞": "贊", "极": "極", "复": "復", "厂": "廠", "党": "黨", "准": "準", "仆": "僕", "坛": "壇", "征": "徵", "涂": "塗",
    "烟": "煙", "获": "獲", "确": "確", "团": "團", "郁": "鬱", "冲": "衝", "个": "箇", "腊": "臘", "钟": "鐘", "仑": "侖",
    "巨": "鉅", "栗": "栗", "棱": "稜", "咸": "咸", "淀": "淀", "于": "于", "托": "托", "里": "里", "干": "干", "范": "范",
    "斗": "斗", "谷": "谷", "岳": "岳", "沈": "沈", "游": "游", "昆": "昆", "别": "別",
    "克": "克", "家": "家", "回": "回", "曲": "曲", "蒙": "蒙", "松": "松", "布": "布", "合": "合", "同": "同", "梁": "梁",
    "扎": "扎", "周": "周", "凌": "凌", "修": "修", "佛": "佛", "千": "千", "志": "志", "向": "向", "胡": "胡", "拐": "拐",
    "姜": "姜", "庵": "庵", "彩": "彩",
}
# Parts of names that are written as neither OpenCC nor the table above has them.
NAMES = {
    "台州": "台州", "天台": "天台", "台山": "台山",  # read Tāi but for the last, which calls itself so
    "南岳": "南嶽", "岱岳": "岱嶽", "岳麓": "嶽麓",  # the holy mountains; 岳陽 is another
    "沈阳": "瀋陽", "沈河": "瀋河", "沈北": "瀋北",  # the river; 沈丘 is an old state
    "钟祥": "鍾祥", "钟山县": "鍾山縣", "钟路": "鍾路",  # 鐘樓 and the mountain like a bell, 鐘山區, are not
    "仙游": "仙遊", "麟游": "麟遊",
    "昆山": "崑山", "昆玉": "崑玉",
}
# The forms of Taiwan, which OpenCC's plain table does not have.
FORMS = {"爲": "為", "啓": "啟", "羣": "群", "峯": "峰"}


def table():
    path = packages() / "opencc_python_reimplemented" / "opencc" / "dictionary" / "STCharacters.txt"
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {simplified: traditional.split(" ") for simplified, traditional in lines}


TABLE = table()


def character(simplified):
    if simplified in CHARACTERS:
        return CHARACTERS[simplified]
    own = [FORMS.get(form, form) for form in TABLE.get(simplified, [simplified])]
    if len(own) > 1 and set(own) != {simplified}:
        raise SystemExit(f"{simplified} is one of {' '.join(own)}: say in hant.py which names of places have")
    return own[0]


def hant(name):
    """`name` in traditional characters."""
    written = "".join(map(character, name))
    for simplified, traditional in NAMES.items():
        at = name.find(simplified)
        if at >= 0:
            written = written[:at] + traditional + written[at + len(simplified):]
    return written
