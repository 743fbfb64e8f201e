//! What regions are called, and how they are found by it.

use std::collections::BTreeSet;

use mingma_domain::Region;
use mingma_domain::region::{Level, Standing};
use mingma_domain::text::Lang;

use crate::of_china;

#[test]
fn every_region_has_a_name_in_latin_letters_and_neighbours_are_told_apart() {
    assert!(Region::all().all(|region| region.name_en().is_some()));
    let today = || of_china().into_iter().filter(|region| region.standing() == Standing::Current);
    assert!(today().all(|region| region.name_pinyin().is_some()));
    let mut seen = BTreeSet::new();
    for county in today().filter(|region| region.level() == Level::County) {
        assert!(seen.insert((county.parent(), county.name_en())), "{county:?}");
    }
    let rows = [
        ("150000", "Inner Mongolia"),
        ("610000", "Shaanxi"),
        ("140000", "Shanxi"),
        ("211300", "Chaoyang"),
        ("610100", "Xi'an"),
        ("140400", "Changzhi"),
        ("500000", "Chongqing"),
        ("341500", "Lu'an"),
        ("653100", "Kashgar"),
        ("411102", "Yuanhui"),
        ("140430", "Qinxian"),
        ("654002", "Yining Shi"),
        ("654021", "Yining Xian"),
        ("KR-11680", "Gangnam-gu"),
        ("DE", "Germany"),
    ];
    for (code, name) in rows {
        assert_eq!(code.parse::<Region>().unwrap().name(Lang::En), name);
    }
    let seoul: Region = "KR-11".parse().unwrap();
    assert_eq!((seoul.name(Lang::ZhHans), seoul.name_local()), ("首尔特别市", Some("서울특별시")));
}

#[test]
fn a_place_is_called_within_what_it_lies_in() {
    for (code, lang, name) in [
        ("410105", Lang::ZhHans, "河南省 郑州市 金水区"),
        ("410105", Lang::ZhHant, "河南省 郑州市 金水区"),
        ("410105", Lang::En, "Jinshui 金水区, Zhengzhou, Henan"),
        ("110105", Lang::ZhHans, "北京市 朝阳区"),
        ("110105", Lang::En, "Chaoyang 朝阳区, Beijing"),
        ("411100", Lang::En, "Luohe 漯河市, Henan"),
        ("410000", Lang::En, "Henan"),
        ("KR-11680", Lang::En, "Gangnam-gu, Seoul"),
        ("JP", Lang::En, "Japan"),
    ] {
        assert_eq!(code.parse::<Region>().unwrap().full_name(lang), name);
    }
}

/// Characters that are read otherwise in names of places than elsewhere, or in this name than in others.
#[test]
fn a_place_is_found_by_how_its_name_is_read_there() {
    let rows = [
        ("Chóngqìng", "500000"),
        ("Cháng'ān", "610116"),
        ("Xiàmén", "350200"),
        ("Lù'ān", "341500"),
        ("Bèngbù", "340300"),
        ("Dàbù", "441422"),
        ("Huángpǔ Qū", "310101"),
        ("Huángpǔ, Guǎngzhōu", "440112"),
        ("Yuèqīng", "330382"),
        ("Lǎolíng", "371481"),
        ("Làotíng", "130225"),
        ("Lèshān", "511100"),
        ("Bólè", "652701"),
        ("Chángzhì", "140400"),
        ("Zhǎngzǐ", "140428"),
        ("Zǐcháng", "610681"),
        ("Lùhé Qū", "320116"),
        ("Liùpánshuǐ", "520200"),
        ("Shàn Xiàn", "371722"),
        ("Shēn Xiàn", "371522"),
        ("Xùn Xiàn", "410621"),
        ("Guōyáng", "341621"),
        ("Mǐnháng", "310112"),
        ("Húnchūn", "222404"),
        ("Hóngtóng", "141024"),
        ("Dàichéng", "131025"),
        ("Fánshì", "140924"),
        ("Bótóu", "130981"),
        ("Pānyú", "440113"),
        ("Tǔlǔfān", "650400"),
        ("Dōngguǎn", "441900"),
        ("Yíngjīng", "511822"),
        ("Xíngyáng", "410182"),
        ("Qiánwéi", "511123"),
        ("Jūnlián", "511527"),
        ("Yánshān, Shàngráo", "361124"),
        ("Zhōngmù", "410122"),
        ("Mùpíng", "370612"),
        ("Móudìng", "532323"),
        ("Dōng'ē", "371524"),
        ("Dūyún", "522701"),
        ("Zēngdū", "421303"),
        ("Wúbǔ", "610829"),
        ("Zhàshuǐ", "611026"),
        ("Kōngtóng", "620802"),
        ("Mǎwěi", "350105"),
        ("Lóngxū", "450406"),
        ("Shífāng", "510682"),
        ("Jiāshī", "653129"),
        ("Bāsù", "540326"),
        ("Yùxiàn, Zhāngjiākǒu", "130726"),
        ("Tāizhōu", "331000"),
        ("Lüliang", "141100"),
        ("lvchun", "532531"),
        ("Hūhéhàotè", "150100"),
        ("Wūlǔmùqí", "650100"),
    ];
    for (typed, code) in rows {
        let found: Vec<&str> = Region::search(typed, None).into_iter().map(Region::code).collect();
        // Two places may be called the same.
        assert!(found.iter().take(2).any(|first| *first == code), "{typed}: {found:?}");
    }
    for (misread, code) in
        [("Zhongqing", "500000"), ("Liu'an", "341500"), ("Shamen", "350200"), ("Zhang'an", "610116")]
    {
        assert!(Region::search(misread, None).iter().all(|region| region.code() != code), "{misread}");
    }
}

#[test]
fn a_place_is_found_in_traditional_characters_within_another_and_by_the_beginning_of_its_code() {
    let rows = [
        ("中原區", None, "410102"),
        ("鄭州", None, "410100"),
        ("蘭州市", None, "620100"),
        ("河南省 鄭州市 中原區", None, "410102"),
        ("Zhongyuan 中原区, Zhengzhou, Henan", None, "410102"),
        ("chaoyang beijing", None, "110105"),
        ("朝阳", Some("220000"), "220104"),
        ("4101", None, "410100"),
        ("４１０１０２", None, "410102"),
        ("south korea", None, "KR"),
        ("seoul", None, "KR-11"),
        ("Côte d’Ivoire", None, "CI"),
    ];
    for (typed, within, code) in rows {
        let within = within.map(|code: &str| code.parse().unwrap());
        let found: Vec<&str> = Region::search(typed, within).into_iter().map(Region::code).collect();
        assert_eq!(found.first(), Some(&code), "{typed}: {found:?}");
    }
    assert_eq!(Region::search("  ", "460300".parse().ok()).len(), 3, "nothing typed means everything there");
    for typed in ["没有这个地方", "bank depositor", "!?", &"a".repeat(1 << 20)] {
        assert!(Region::search(typed, None).is_empty());
    }
    assert!(Region::search("孟津县", None).is_empty(), "what has been given up is not offered");
}
