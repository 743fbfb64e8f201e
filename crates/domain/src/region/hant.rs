//! Names of China and its provinces in traditional characters, by hand: a table of characters would get some wrong.

/// By code, in its order.
const NAMES: [(&str, &str); 35] = [
    ("CN", "中國"),
    ("110000", "北京市"),
    ("120000", "天津市"),
    ("130000", "河北省"),
    ("140000", "山西省"),
    ("150000", "內蒙古自治區"),
    ("210000", "遼寧省"),
    ("220000", "吉林省"),
    ("230000", "黑龍江省"),
    ("310000", "上海市"),
    ("320000", "江蘇省"),
    ("330000", "浙江省"),
    ("340000", "安徽省"),
    ("350000", "福建省"),
    ("360000", "江西省"),
    ("370000", "山東省"),
    ("410000", "河南省"),
    ("420000", "湖北省"),
    ("430000", "湖南省"),
    ("440000", "廣東省"),
    ("450000", "廣西壯族自治區"),
    ("460000", "海南省"),
    ("500000", "重慶市"),
    ("510000", "四川省"),
    ("520000", "貴州省"),
    ("530000", "雲南省"),
    ("540000", "西藏自治區"),
    ("610000", "陝西省"),
    ("620000", "甘肅省"),
    ("630000", "青海省"),
    ("640000", "寧夏回族自治區"),
    ("650000", "新疆維吾爾自治區"),
    ("710000", "臺灣省"),
    ("810000", "香港特別行政區"),
    ("820000", "澳門特別行政區"),
];

/// The traditional name of the region with this code, if it has one here.
pub(super) fn name(code: &str) -> Option<&'static str> {
    NAMES.iter().find(|(of, _)| *of == code).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::{Level, Region};

    #[test]
    fn china_and_every_province_have_a_traditional_name() {
        let china: Region = "CN".parse().unwrap();
        let provinces =
            Region::all().filter(|region| region.is_in(china) && region.level() == Level::Province);
        let codes: Vec<&str> = provinces.map(Region::code).collect();
        assert_eq!(NAMES[1..].iter().map(|(code, _)| *code).collect::<Vec<_>>(), codes);
    }
}
