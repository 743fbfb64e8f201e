//! The regions: which there are, how they lie in each other, and what a wrong code is answered.

mod names;

use std::collections::BTreeMap;

use jiff::tz::TimeZoneDatabase;
use mingma_domain::Region;
use mingma_domain::region::{Country, Level, Standing};
use mingma_domain::text::Lang;

const CHINA: &str = include_str!("../../data/regions-cn.csv");
const KOREA: &str = include_str!("../../data/regions-kr.csv");
const COUNTRIES: &str = include_str!("../../data/countries.csv");

/// The lines of a table below its header, split at commas: no name of ours has one.
fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split(',').collect())
}

fn of_china() -> Vec<Region> {
    Region::all().filter(|region| region.code().starts_with(|c: char| c.is_ascii_digit())).collect()
}

#[test]
fn the_whole_of_gb_t_2260_is_there_to_county_level() {
    let mut counts = BTreeMap::new();
    for region in of_china() {
        *counts.entry((region.level(), region.standing())).or_insert(0) += 1;
    }
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [
            ((Level::Province, Standing::Current), 34),
            ((Level::Prefecture, Standing::Current), 333),
            ((Level::Prefecture, Standing::Former), 1),
            ((Level::Prefecture, Standing::Virtual), 9),
            ((Level::County, Standing::Current), 2847),
            ((Level::County, Standing::Former), 77),
        ]
    );
    assert_eq!(of_china().len(), 3301);
    let korea: Region = "KR".parse().unwrap();
    let parts = |level| Region::all().filter(|r| r.is_in(korea) && r.level() == level).count();
    assert_eq!((parts(Level::Province), parts(Level::County)), (17, 25));
    assert_eq!(Region::COUNT, 3301 + 17 + 25 + 246);
    assert_eq!(Region::all().count(), Region::COUNT);
}

#[test]
fn the_compiled_table_is_the_data() {
    let mut seen = 0;
    for row in lines(CHINA).chain(lines(KOREA)) {
        let [code, parent, level, zone, zh, hant, en, pinyin, local, standing, _note] = row[..] else {
            panic!("{row:?}")
        };
        let region: Region = code.parse().unwrap();
        let above = region.parent().unwrap();
        assert_eq!((above.code(), region.level().word()), (parent, level), "{code}");
        assert_eq!(region.zone(), if zone.is_empty() { above.zone() } else { zone }, "{code}");
        assert_eq!((region.name_zh(), region.name_en().unwrap_or("")), (zh, en), "{code}");
        assert_eq!((region.name(Lang::ZhHant), region.name_pinyin().unwrap_or("")), (hant, pinyin), "{code}");
        assert_eq!(
            (region.name_local().unwrap_or(""), region.standing().word()),
            (local, standing),
            "{code}"
        );
        seen += 1;
    }
    for row in lines(COUNTRIES) {
        let [code, region, zone, zh, hant, en] = row[..] else { panic!("{row:?}") };
        let country: Country = code.parse().unwrap();
        assert_eq!((country.name_zh(), country.name_en(), country.region().code()), (zh, en, region));
        assert_eq!((country.name(Lang::ZhHant), country.region().zone()), (hant, zone), "{code}");
        if code == region {
            assert_eq!((country.region().level(), country.region().parent()), (Level::Country, None));
            assert_eq!((country.region().name_zh(), country.region().name_en()), (zh, Some(en)));
            assert_eq!(country.region().name(Lang::ZhHant), hant);
            seen += 1;
        }
    }
    assert_eq!(seen, Region::COUNT, "nothing is compiled that the data does not have");
    assert_eq!((lines(COUNTRIES).count(), Country::COUNT), (249, 249));
}

#[test]
fn the_hierarchy_is_closed_and_every_chain_ends_in_a_country() {
    for region in Region::all() {
        let chain: Vec<_> = region.ancestors().collect();
        assert!(chain.len() <= 4, "{region:?}");
        assert!(chain.is_sorted_by(|lower, higher| lower.level() > higher.level()), "{chain:?}");
        assert_eq!(chain.first(), Some(&region));
        assert_eq!(chain.last(), Some(&region.country()));
        assert_eq!(region.country().level(), Level::Country);
        assert!(chain.iter().all(|above| region.is_in(*above)));
    }
}

#[test]
fn every_code_prints_back_what_was_read() {
    for region in Region::all() {
        assert_eq!(region.to_string(), region.code());
        assert_eq!(region.code().parse(), Ok(region));
        assert_eq!(Region::from_index(region.index()), Some(region));
        let json = serde_json::to_string(&region).unwrap();
        assert_eq!(json, format!("\"{}\"", region.code()));
        assert_eq!(serde_json::from_str::<Region>(&json).unwrap(), region);
    }
    assert!(Region::all().map(Region::code).is_sorted_by(|a, b| a < b), "the order is that of the codes");
    assert_eq!(Region::from_index(u16::try_from(Region::COUNT).unwrap()), None);
    assert_eq!(Region::from_index(u16::MAX), None);
    for country in Country::all() {
        assert_eq!(country.to_string().parse(), Ok(country));
        let json = serde_json::to_string(&country).unwrap();
        assert_eq!(serde_json::from_str::<Country>(&json).unwrap(), country);
    }
}

#[test]
fn every_zone_is_one_that_the_bundled_database_has() {
    let database = TimeZoneDatabase::bundled();
    for region in Region::all() {
        assert!(database.get(region.zone()).is_ok(), "{region:?}: {}", region.zone());
    }
    let zone = |code: &str| code.parse::<Region>().unwrap().zone();
    let rows = [
        ("410100", "Asia/Shanghai"),
        ("650100", "Asia/Shanghai"),
        ("710000", "Asia/Taipei"),
        ("810000", "Asia/Hong_Kong"),
        ("820000", "Asia/Macau"),
        ("KR-11680", "Asia/Seoul"),
        ("AU", "Australia/Sydney"),
        ("RU", "Europe/Moscow"),
    ];
    for (code, expected) in rows {
        assert_eq!(zone(code), expected);
    }
}

/// All 10.9 million pairs: finite, so enumerated. What a code's digits say is what the table's parents say.
#[test]
fn inside_china_to_lie_in_a_region_is_to_begin_with_its_digits() {
    let regions = of_china();
    let prefix = |region: Region| match region.level() {
        Level::Province => region.code().split_at(2).0,
        Level::Prefecture => region.code().split_at(4).0,
        Level::Country | Level::County => region.code(),
    };
    let mut inside = 0;
    for outer in &regions {
        let digits = prefix(*outer);
        for inner in &regions {
            let lies_in = inner.is_in(*outer);
            assert_eq!(lies_in, inner.code().starts_with(digits), "{inner:?} in {outer:?}");
            inside += usize::from(lies_in);
        }
    }
    // Itself each: 3301; prefectures and counties in their province: 343 + 2924; counties in their prefecture: 2924.
    assert_eq!(inside, 3301 + 343 + 2924 + 2924);
    let china: Region = "CN".parse().unwrap();
    assert!(regions.iter().all(|region| region.is_in(china) && !china.is_in(*region)));
}

#[test]
fn one_region_lies_in_another_or_does_not() {
    let rows = [
        ("410100", "410000", true),
        ("410100", "CN", true),
        ("410100", "410100", true),
        ("410100", "420000", false),
        ("410000", "410100", false),
        ("110101", "110100", true),
        ("110101", "110000", true),
        ("419001", "419000", true),
        ("419001", "410000", true),
        ("810000", "CN", true),
        ("KR-11680", "KR-11", true),
        ("KR-11680", "KR", true),
        ("KR-11", "KR-26", false),
        ("KR-11", "CN", false),
        ("KP", "KR", false),
    ];
    for (inner, outer, expected) in rows {
        let (inside, outside): (Region, Region) = (inner.parse().unwrap(), outer.parse().unwrap());
        assert_eq!(inside.is_in(outside), expected, "{inner} in {outer}");
    }
}

#[test]
fn luohe_has_its_two_counties_and_three_districts() {
    let luohe: Region = "411100".parse().unwrap();
    let parts: Vec<_> =
        Region::all().filter(|r| r.parent() == Some(luohe)).map(|r| (r.code(), r.name_zh())).collect();
    let expected = [
        ("411102", "源汇区"),
        ("411103", "郾城区"),
        ("411104", "召陵区"),
        ("411121", "舞阳县"),
        ("411122", "临颍县"),
    ];
    assert_eq!(parts, expected);
    assert_eq!((luohe.name_zh(), luohe.name_en()), ("漯河市", Some("Luohe")));
}

/// Facts of 2020 name the old code and facts of today the new one; both have to be read.
#[test]
fn a_county_that_was_renumbered_keeps_its_old_code_beside_the_new_one() {
    let rows = [
        ("330103", "下城区", "330105", "拱墅区"),
        ("340222", "繁昌县", "340212", "繁昌区"),
        ("370684", "蓬莱市", "370614", "蓬莱区"),
        ("410322", "孟津县", "410308", "孟津区"),
        ("410381", "偃师市", "410307", "偃师区"),
        ("410728", "长垣县", "410783", "长垣市"),
        ("341822", "广德县", "341882", "广德市"),
        ("654223", "沙湾县", "654203", "沙湾市"),
        ("371202", "莱城区", "370116", "莱芜区"),
    ];
    for (old, old_name, new, new_name) in rows {
        let (old, new): (Region, Region) = (old.parse().unwrap(), new.parse().unwrap());
        assert_eq!((old.name_zh(), old.standing()), (old_name, Standing::Former));
        assert_eq!((new.name_zh(), new.standing()), (new_name, Standing::Current));
    }
}

#[test]
fn a_wrong_code_is_answered_with_the_one_that_was_meant() {
    let rows = [
        // Too short: the digits of a province or a prefecture.
        ("41", Some("410000")),
        ("4101", Some("410100")),
        ("4111", Some("411100")),
        // Too long: a statistical code of twelve digits.
        ("410105000000", Some("410105")),
        // No such county, no such prefecture, no such province.
        ("410199", Some("410100")),
        ("412500", Some("410000")),
        ("990000", None),
        // Codes of countries, and what lies apart from them.
        ("HK", Some("810000")),
        ("MO", Some("820000")),
        ("TW", Some("710000")),
        ("cn", Some("CN")),
        ("kr-11", Some("KR-11")),
        ("KR11", Some("KR-11")),
        // Names, if one region alone has them.
        ("郑州市", Some("410100")),
        ("zhengzhou", Some("410100")),
        ("Gangnam-gu", Some("KR-11680")),
        ("서울특별시", Some("KR-11")),
        ("郑州", Some("410100")),
        ("Zhōngyuán Qū", Some("410102")),
        // The city, not the county in it that is called the same.
        ("xinxiang", Some("410700")),
        ("朝阳区", None),
        // Blanks are not cut off, but do not hide what was meant.
        (" 410100", Some("410100")),
        ("410100\n", Some("410100")),
        ("", None),
        ("bank depositor", None),
    ];
    for (word, nearest) in rows {
        let refused = word.parse::<Region>().unwrap_err();
        assert_eq!(refused.nearest, nearest, "{word:?}");
    }
    let message = |word: &str| word.parse::<Region>().unwrap_err().to_string();
    assert_eq!(message("41"), "`41` is not a region: did you mean `410000`?");
    assert_eq!(
        message("nowhere at all"),
        "what stands here is not a region: write a six-digit code of GB/T 2260 (`410100`), a country (`DE`) or a \
         part of one (`KR-11`)"
    );
}

#[test]
fn a_code_with_more_behind_it_is_not_that_code() {
    for word in ["410100\0", "KR\0\0\0\0\0\0", "CN\0", "４１０１００", "410100 ", "+410100", "KR-116801"]
    {
        assert!(word.parse::<Region>().is_err(), "{word:?}");
    }
}

#[test]
fn a_megabyte_of_noise_is_refused_and_not_repeated() {
    let noise = "9".repeat(1 << 20);
    let message = noise.parse::<Region>().unwrap_err().to_string();
    assert!(message.len() < 300, "{}", message.len());
    let message = noise.parse::<Country>().unwrap_err().to_string();
    assert!(message.len() < 300, "{}", message.len());
}

#[test]
fn a_wrong_country_is_answered_with_the_one_that_was_meant() {
    let rows =
        [("de", Some("DE")), ("Germny", Some("DE")), ("德国", Some("DE")), ("XX", None), ("DEU", None)];
    for (word, nearest) in rows {
        assert_eq!(word.parse::<Country>().unwrap_err().nearest, nearest, "{word:?}");
    }
    for code in ["HK", "MO", "TW", "CN"] {
        assert!(code.parse::<Country>().unwrap().region().is_in("CN".parse().unwrap()), "{code}");
    }
}
