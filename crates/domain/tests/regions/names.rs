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
        ("410105", Lang::ZhHant, "河南省 鄭州市 金水區"),
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

/// Several characters became one, and each of these names has the one that a table of characters would get wrong for it
/// or for its neighbour.
#[test]
fn a_name_in_traditional_characters_is_written_as_it_is_there() {
    let rows = [
        ("110106", "豐臺區"),
        ("331000", "台州市"),
        ("331023", "天台縣"),
        ("440781", "台山市"),
        ("370600", "煙臺市"),
        ("140922", "五臺縣"),
        ("710000", "臺灣省"),
        ("150781", "滿洲里市"),
        ("542500", "阿里地區"),
        ("533401", "香格里拉市"),
        ("150522", "科爾沁左翼後旗"),
        ("530000", "雲南省"),
        ("150206", "白雲鄂博礦區"),
        ("110117", "平谷區"),
        ("410926", "范縣"),
        ("445322", "鬱南縣"),
        ("330281", "餘姚市"),
        ("220781", "扶餘市"),
        ("361127", "餘干縣"),
        ("330104", "江干區"),
        ("653131", "塔什庫爾干塔吉克自治縣"),
        ("610424", "乾縣"),
        ("210100", "瀋陽市"),
        ("411624", "沈丘縣"),
        ("430412", "南嶽區"),
        ("430104", "嶽麓區"),
        ("430600", "岳陽市"),
        ("350322", "仙遊縣"),
        ("330825", "龍游縣"),
        ("420881", "鍾祥市"),
        ("451122", "鍾山縣"),
        ("520201", "鐘山區"),
        ("320404", "鐘樓區"),
        ("320583", "崑山市"),
        ("530100", "昆明市"),
        ("210114", "于洪區"),
        ("360731", "于都縣"),
        ("653226", "于田縣"),
        ("150122", "托克托縣"),
        ("110108", "海淀區"),
        ("321081", "儀徵市"),
        ("340521", "當塗縣"),
        ("340281", "無為市"),
        ("130529", "鉅鹿縣"),
        ("231085", "穆稜市"),
        ("532501", "箇舊市"),
        ("530581", "騰衝市"),
        ("150622", "準格爾旗"),
        ("440403", "斗門區"),
        ("360322", "上栗縣"),
        ("320681", "啟東市"),
        ("421200", "咸寧市"),
        ("KR-11110", "鍾路區"),
        ("LA", "寮國"),
    ];
    for (code, name) in rows {
        assert_eq!(code.parse::<Region>().unwrap().name(Lang::ZhHant), name);
    }
    // What a reader of traditional characters never meets, whatever the name.
    let simplified_alone = "东门区县广厂马鱼鸟龙庄岭岛宁肃陕辽陇贵湾沪苏浏滨济绵阳阴陈卫叶乌儿万亚云义为";
    for region in Region::all() {
        let name = region.name(Lang::ZhHant);
        assert!(!name.contains(|character| simplified_alone.contains(character)), "{region:?}: {name}");
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
        ("騰衝", None, "530581"),
        ("寮國", None, "LA"),
        ("老撾", None, "LA"),
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
