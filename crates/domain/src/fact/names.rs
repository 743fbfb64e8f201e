//! The vocabulary's names for people: each kind and value in the three languages.

use crate::fact::kind::Kind;
use crate::fact::value::Value;
use crate::fact::word::Word;
use crate::text::Lang;

/// Simplified, traditional, English.
type Names = [&'static str; 3];

/// In the order of [`Word::number`].
const WORD_NAMES: [Names; Word::COUNT as usize] = [
    ["确诊病例", "確診病例", "confirmed case"],
    ["无症状感染者", "無症狀感染者", "asymptomatic infection"],
    ["临床诊断病例", "臨床診斷病例", "clinically diagnosed case"],
    ["疑似病例", "疑似病例", "suspected case"],
    ["不明原因发热", "不明原因發熱", "fever of unknown cause"],
    ["治愈出院", "治癒出院", "discharged, recovered"],
    ["排除感染", "排除感染", "infection excluded"],
    ["密切接触者", "密切接觸者", "close contact"],
    ["密接的密接", "密接的密接", "secondary contact"],
    ["同乘人员", "同乘人員", "same vehicle as a case"],
    ["时空伴随者", "時空伴隨者", "in the same place and time as a case"],
    ["一般接触者", "一般接觸者", "general contact"],
    ["集中隔离", "集中隔離", "central isolation"],
    ["居家隔离", "居家隔離", "home isolation"],
    ["解除隔离", "解除隔離", "isolation ended"],
    ["提前解除隔离", "提前解除隔離", "isolation ended early"],
    ["检测阴性", "檢測陰性", "negative test"],
    ["检测阳性", "檢測陽性", "positive test"],
    ["混管阳性", "混管陽性", "positive pool"],
    ["检测结果不确定", "檢測結果不確定", "inconclusive test"],
    ["应检通知", "應檢通知", "test owed"],
    ["自行申报的行程", "自行申報的行程", "declared stay"],
    ["客票记录的行程", "客票記錄的行程", "stay known from a ticket"],
    ["行程卡记录的行程", "行程卡記錄的行程", "stay known from a carrier"],
    ["场所记录的行程", "場所記錄的行程", "stay known from a venue"],
    ["入境", "入境", "entry from abroad"],
    ["发热", "發熱", "fever"],
    ["咳嗽", "咳嗽", "cough"],
    ["乏力", "乏力", "fatigue"],
    ["呼吸困难", "呼吸困難", "shortness of breath"],
    ["腹泻", "腹瀉", "diarrhoea"],
    ["嗅觉或味觉丧失", "嗅覺或味覺喪失", "loss of smell or taste"],
    ["其他症状", "其他症狀", "another symptom"],
    ["打卡：身体健康", "打卡：身體健康", "check-in: well"],
    ["打卡：身体不适", "打卡：身體不適", "check-in: unwell"],
    ["疫苗接种", "疫苗接種", "vaccination"],
    ["外地绿码", "外地綠碼", "another region's green code"],
    ["外地黄码", "外地黃碼", "another region's yellow code"],
    ["外地红码", "外地紅碼", "another region's red code"],
];

/// The name of a kind: «contact», 接触.
#[must_use]
pub const fn kind_name(kind: Kind, lang: Lang) -> &'static str {
    let names: Names = match kind {
        Kind::Diagnosis => ["诊断", "診斷", "diagnosis"],
        Kind::Discharge => ["出院或排除", "出院或排除", "discharge"],
        Kind::Contact => ["接触", "接觸", "contact"],
        Kind::Isolation => ["隔离", "隔離", "isolation"],
        Kind::Release => ["解除隔离", "解除隔離", "release from isolation"],
        Kind::Test => ["检测", "檢測", "test"],
        Kind::Screening => ["应检", "應檢", "screening"],
        Kind::Stay => ["行程", "行程", "stay"],
        Kind::Entry => ["入境", "入境", "entry"],
        Kind::Symptom => ["症状", "症狀", "symptom"],
        Kind::Checkin => ["健康打卡", "健康打卡", "check-in"],
        Kind::Vaccination => ["接种", "接種", "vaccination"],
        Kind::ForeignStatus => ["外地码", "外地碼", "another region's code"],
    };
    pick(names, lang)
}

/// The name of a word of the vocabulary: «close contact», 密切接触者.
#[must_use]
pub fn word_name(word: Word, lang: Lang) -> &'static str {
    WORD_NAMES.get(usize::from(word.number())).map_or("", |names| pick(*names, lang))
}

/// The name of a value, with the country of an entry and the number of a dose.
#[must_use]
pub fn value_name(value: Value, lang: Lang) -> String {
    let name = word_name(value.word(), lang);
    match value {
        Value::Entry(country) => format!("{name} ({country})"),
        Value::Vaccination(dose) => format!("{name} {dose}"),
        Value::Diagnosis(_)
        | Value::Discharge(_)
        | Value::Contact(_)
        | Value::Isolation(_)
        | Value::Release(_)
        | Value::Test(_)
        | Value::Screening(_)
        | Value::Stay(_)
        | Value::Symptom(_)
        | Value::Checkin(_)
        | Value::ForeignStatus(_) => name.to_owned(),
    }
}

const fn pick(names: Names, lang: Lang) -> &'static str {
    let [hans, hant, en] = names;
    match lang {
        Lang::ZhHans => hans,
        Lang::ZhHant => hant,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::value::Contact;

    #[test]
    fn names_follow_the_numbering() {
        assert_eq!(value_name(Value::Contact(Contact::Secondary), Lang::ZhHans), "密接的密接");
        assert_eq!(value_name(Value::Entry("JP".parse().unwrap()), Lang::En), "entry from abroad (JP)");
        assert!(Word::all().all(|word| Lang::ALL.iter().all(|lang| !word_name(word, *lang).is_empty())));
    }
}
