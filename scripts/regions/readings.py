"""How the Chinese name of a region is read, in Hanyu Pinyin without tones: `Zhongyuan Qu`.

pypinyin reads names as words of the language, and many characters are read otherwise in names of places: 长 is
Cháng in all but two, 都 always Dū, 六 is Lù in Lù'ān. What it gets wrong is put right here, by character where a
character has one reading in nearly every name, and by name where it has not.
"""

import re

# Read so in the names of places, whatever the words around them would make of it.
CHARACTERS = {
    "长": "chang", "都": "du", "朝": "chao", "乐": "le", "勒": "le", "什": "shi", "阿": "a", "尾": "wei", "圩": "xu",
    "佛": "fo", "卡": "ka", "峒": "tong", "漯": "luo", "蚌": "beng", "堡": "bu",
}
# Parts of names that are read as neither pypinyin nor the table above has them.
NAMES = {
    "长子": "zhang zi", "乐亭": "lao ting", "乐陵": "lao ling", "乐清": "yue qing",
    "东阿": "dong e", "六合": "lu he", "六安": "lu an", "单县": "shan xian", "召陵": "shao ling", "大城": "dai cheng",
    "伽师": "jia shi", "闵行": "min hang", "涡阳": "guo yang", "浚县": "xun xian", "珲春": "hun chun",
    "洪洞": "hong tong", "荥经": "ying jing", "宕昌": "tan chang", "芝罘": "zhi fu", "硚口": "qiao kou",
    "繁峙": "fan shi", "曾都": "zeng du", "泊头": "bo tou", "筠连": "jun lian", "万柏林": "wan bai lin",
}
# What a region is, longest first: written as a word of its own, or with a name of one character (`Qinxian`).
LEVELS = ["特别行政区", "左翼中旗", "左翼后旗", "右翼前旗", "右翼中旗", "右翼后旗", "联合旗", "前旗", "中旗", "后旗", "左旗",
          "右旗", "自治县", "自治州", "自治旗", "自治区", "地区", "矿区", "特区", "新区", "群岛",
          "省", "市", "区", "县", "旗", "盟"]
# The nationalities that names of autonomous regions carry, as they stand there.
NATIONALITIES = [
    "维吾尔", "蒙古族", "蒙古", "回族", "藏族", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族",
    "土家族", "哈尼族", "哈萨克族", "哈萨克", "傣族", "黎族", "傈僳族", "佤族", "畲族", "拉祜族", "水族", "东乡族",
    "纳西族", "景颇族", "柯尔克孜", "土族", "达斡尔族", "仫佬族", "羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯",
    "普米族", "塔吉克", "怒族", "裕固族", "保安族", "独龙族", "各族",
]
# What is no name with a level behind it.
WHOLE = {"神农架林区": ["Shennongjia", "Linqu"],
         "中沙群岛的岛礁及其海域": ["Zhongsha Qundao", "de Daojiao ji Qi Haiyu"]}


def words(name):
    """The name cut into its words: `大厂`, `回族`, `自治县`. A name of one character stays with its level."""
    # `清新区` is a district called Qingxin, so what is left of a longer word has two characters.
    level = next((level for level in LEVELS if name.endswith(level) and len(name) - len(level) > (len(level) > 1)), "")
    rest = name.removesuffix(level)
    nations = []
    while level and (nation := next((n for n in NATIONALITIES if rest.endswith(n) and len(rest) > len(n) + 1), None)):
        nations.insert(0, nation)
        rest = rest.removesuffix(nation)
    return [name] if len(rest) == 1 else [rest, *nations, *([level] if level else [])]


def syllables(name, pypinyin):
    """The reading of each character of `name`, or of a part of it."""
    read = [syllable[0] for syllable in pypinyin.pinyin(name, style=pypinyin.Style.NORMAL, v_to_u=True)]
    read = [CHARACTERS.get(character, syllable) for character, syllable in zip(name, read, strict=True)]
    for part, reading in NAMES.items():
        for found in re.finditer(part, name):
            read[found.start():found.end()] = reading.split()
    return read


def latin(name, pypinyin):
    """The words of `name` in Latin letters: its own name first, then nationalities, then its level."""
    if name in WHOLE:
        return WHOLE[name]
    read, out = syllables(name, pypinyin), []
    for word in words(name):
        own, read = read[:len(word)], read[len(word):]
        # Within a word a syllable that begins with a vowel is set off: `Xi'an` is two, `Xian` one.
        out.append("".join(("'" if at and s[0] in "aeo" else "") + s for at, s in enumerate(own)).capitalize())
    return out
