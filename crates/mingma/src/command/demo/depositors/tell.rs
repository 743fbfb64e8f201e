//! The story in words.

use mingma_domain::text::Lang;

use super::super::tell::{line, pick};
use super::{ALL, Attempt, ELSEWHERE, End, PRESENT};

/// Where and when it plays.
pub(super) fn beginning(page: &mut String, lang: Lang) {
    line(page, "Mingma 明码");
    let told = [
        format!(
            "郑州，2022 年 6 月，重来一遍：{ALL} 名储户，{PRESENT} 人在郑州，{ELSEWHERE} 人在外地；一名官员身兼一市的全部职务。\n\
             规则是河南省 2021 年 8 月公布的规则。人是虚构的；程序、密钥、接口和日志都是真的。"
        ),
        format!(
            "鄭州，2022 年 6 月，重來一遍：{ALL} 名儲戶，{PRESENT} 人在鄭州，{ELSEWHERE} 人在外地；一名官員身兼一市的全部職務。\n\
             規則是河南省 2021 年 8 月公布的規則。人是虛構的；程式、金鑰、介面和日誌都是真的。"
        ),
        format!(
            "Zhengzhou, June 2022, tried again: {ALL} bank depositors, {PRESENT} in the city and {ELSEWHERE} elsewhere; an official who holds every role of a city.\n\
             The rules are those that Henan published in August 2021. The people are invented; the program, the keys, the interface and the log are real."
        ),
    ];
    line(page, pick(lang, told.each_ref().map(String::as_str)));
}

/// One attempt: what was tried, what it met, and what came of it.
pub(super) fn attempt(page: &mut String, lang: Lang, number: usize, attempt: &Attempt) {
    let Attempt { what, met, end, red } = attempt;
    line(page, format_args!("\n{number:>2}. {}", pick(lang, *what)));
    for text in met {
        line(page, format_args!("    {}", pick(lang, text.each_ref().map(String::as_str))));
    }
    let total = red[0] + red[1];
    let red = [
        format!("{ALL} 人中 {total} 人红码"),
        format!("{ALL} 人中 {total} 人紅碼"),
        format!("{total} of {ALL} are red"),
    ];
    line(
        page,
        format_args!("    ⇒ {} · {}", pick(lang, word(*end)), pick(lang, red.each_ref().map(String::as_str))),
    );
}

const fn word(end: End) -> [&'static str; 3] {
    match end {
        End::Refused => ["被拒", "被拒", "refused"],
        End::Seen => [
            "当事人、公众和审计者都看到了",
            "當事人、公眾和稽核者都看到了",
            "seen by those concerned, the public and the auditor",
        ],
        End::Undone => ["已撤销", "已撤銷", "undone"],
    }
}

/// What an auditor finds, and what is left of it all.
pub(super) fn end(page: &mut String, lang: Lang, attempts: &[Attempt], audited: &str) {
    let titles =
        ["审计者重新计算公开日志：", "稽核者重新計算公開日誌：", "An auditor computes the public log again:"];
    line(page, format_args!("\n{}", pick(lang, titles)));
    for text in audited.lines() {
        line(page, format_args!("    {text}"));
    }
    let count = |end| attempts.iter().filter(|attempt| attempt.end == end).count();
    let (tried, refused, seen) = (attempts.len(), count(End::Refused), count(End::Seen));
    let left = attempts.last().map_or(0, |last| last.red[0] + last.red[1]);
    let told = [
        format!(
            "试了 {tried} 种做法：{refused} 种被拒，{seen} 种立即为人所知，经异议撤销，或到期自行失效。最后红码的人数：{left}。"
        ),
        format!(
            "試了 {tried} 種做法：{refused} 種被拒，{seen} 種立即為人所知，經異議撤銷，或到期自行失效。最後紅碼的人數：{left}。"
        ),
        format!(
            "{tried} things were tried: {refused} refused, {seen} seen at once and undone, by dispute or by its own end. Red in the end: {left}."
        ),
    ];
    line(page, format_args!("\n{}", pick(lang, told.each_ref().map(String::as_str))));
}
