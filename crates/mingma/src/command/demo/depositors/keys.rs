//! What is tried with the keys of others: a stolen one, and two organisations together. And how it is undone.

use base16ct::lower::encode_string as hex;
use mingma_registry::FactId;
use mingma_registry::acts::{Confirm, Countersign};
use mingma_registry::ports::draw;
use mingma_registry::signed::Salt;
use serde_json::{Value, json};

use super::super::offices::Institution;
use super::alone::{ENTRY, submit, words};
use super::client::{Answer, Town, each};
use super::town::document;
use super::{ALL, Attempt, End, PRESENT};
use crate::clock;
use crate::failure::Failure;
use crate::plural::counted;
use crate::ports::SystemRng;

/// How many rows an issuer records alone within an hour.
const AN_HOURS: usize = 1_000;

/// With the border post's key, with a second organisation's too, and the way back.
pub(super) fn all(town: &Town<'_>) -> Result<Vec<Attempt>, Failure> {
    let at_once = at_once(town)?;
    let (patient, facts) = patiently(town)?;
    let both = both(town, &facts)?;
    let (held, appeals) = hold(town, &facts)?;
    Ok(vec![at_once, patient, both, held, undo(town, &appeals)?])
}

/// The alarms that everybody reads on the public page.
fn alarms(town: &Town<'_>) -> Result<usize, Failure> {
    Ok(town.get("/api/v1/journal", None)?.list("newest_alarms").len())
}

/// How many alarms about each of these everybody reads on the public page; the page itself has to name them.
fn alarms_about(town: &Town<'_>, issuers: [&Institution; 2]) -> Result<[usize; 2], Failure> {
    let told = town.get("/api/v1/journal", None)?;
    let page = town.get("/journal", None)?;
    let page = page.body.as_str().unwrap_or_default().to_owned();
    let about = |issuer: &Institution| {
        let name = issuer.issuer.to_string();
        let is_it =
            |alarm: &&Value| alarm.pointer("/alarm/issuer").and_then(Value::as_str) == Some(name.as_str());
        let count = told.list("newest_alarms").iter().filter(is_it).count();
        if count > 0 && page.contains(&name) {
            Ok(count)
        } else {
            Err(Failure::new(format_args!("the public page says nothing of `{name}`")))
        }
    };
    let [first, second] = issuers.map(about);
    Ok([first?, second?])
}

fn at_once(town: &Town<'_>) -> Result<Attempt, Failure> {
    let border = &town.city.border;
    let answer = submit(town, &border.issuer, Some(&border.key), ("stolen", 0..ALL), ENTRY)?;
    let (status, said, alarms) = (answer.status, answer.said(), alarms(town)?);
    let path = format!("/api/v1/alarms/{}/allowance", answer.number("alarm"));
    let let_through = |session| town.post(&path, session, &Value::Null);
    let own = [let_through(town.commissioner())?, let_through(town.appeals())?];
    let [_, own] = own.each_ref().map(|answer| (answer.status == 403).then_some(answer));
    let own =
        own.ok_or_else(|| Failure::new("a city's own office has let its institution's rows through"))?;
    let met = vec![
        [
            format!("一次提交 {ALL} 行：{status}「{said}」"),
            format!("一次提交 {ALL} 列：{status}「{said}」"),
            format!("{ALL} rows at once: {status} “{said}”"),
        ],
        [
            format!("公开页面上出现 {alarms} 个警报"),
            format!("公開頁面上出現 {alarms} 個警報"),
            format!("on the public page: {alarms} alarm"),
        ],
        words(
            own,
            [
                "用自己在本市两个部门的账号放行",
                "用自己在本市兩個部門的帳號放行",
                "let through by the official’s accounts in both offices of the city",
            ],
        ),
    ];
    let what = ["偷来口岸密钥，一次报完", "偷來口岸金鑰，一次報完", "With a stolen border key, all at once"];
    Ok(Attempt { what, met, end: End::Refused, red: town.red() })
}

/// The ids of what was recorded, all of which wait for a second organisation.
pub(super) fn waiting(answer: &Answer) -> Result<Vec<FactId>, Failure> {
    let id = |row: &Value| {
        let pending = row.get("pending").and_then(Value::as_bool) == Some(true);
        let id = row.get("id").and_then(Value::as_str).filter(|_| pending);
        id.and_then(|id| id.parse().ok()).ok_or_else(|| Failure::new("a row of the thief's does not wait"))
    };
    if answer.status != 200 {
        return Err(Failure::new(answer.said()));
    }
    answer.list("rows").iter().map(id).collect()
}

fn patiently(town: &Town<'_>) -> Result<(Attempt, Vec<FactId>), Failure> {
    let border = &town.city.border;
    let (mut facts, before) = (Vec::new(), town.messages()?);
    let watch = clock::stopwatch();
    for (name, who) in [("first", 0..AN_HOURS), ("second", AN_HOURS..ALL)] {
        town.pass(2)?;
        let answer = submit(town, &border.issuer, Some(&border.key), (name, who), ENTRY)?;
        facts.extend(waiting(&answer)?);
    }
    let (told, log) = (town.are_told(&before, facts.len())?, town.in_log()?);
    let (seconds, alarms, count) = (watch().as_secs_f64(), alarms(town)?, facts.len());
    let met = vec![
        [
            format!("分几个小时提交：{count} 行已记录，但没有第二个机构联署，一行也不计入"),
            format!("分幾個小時提交：{count} 列已記錄，但沒有第二個機構聯署，一列也不計入"),
            format!(
                "spread over hours: {count} rows are recorded, and none counts, for no second organisation has signed"
            ),
        ],
        [
            format!(
                "{told} 人各收到一条通知，公开日志已有 {log} 条（{seconds:.1} 秒内）；公开页面上有 {alarms} 个警报"
            ),
            format!(
                "{told} 人各收到一則通知，公開日誌已有 {log} 條（{seconds:.1} 秒內）；公開頁面上有 {alarms} 個警報"
            ),
            format!(
                "{told} people have a message, and the public log has {log} entries, within {seconds:.1} s; on the public page: {}",
                counted(alarms, "alarm", "alarms")
            ),
        ],
    ];
    let what = ["偷来口岸密钥，耐心地报", "偷來口岸金鑰，耐心地報", "With a stolen border key, patiently"];
    Ok((Attempt { what, met, end: End::Seen, red: town.red() }, facts))
}

/// The fact about the nth depositor.
fn fact(facts: &[FactId], n: usize) -> Result<FactId, Failure> {
    facts.get(n).copied().ok_or_else(|| Failure::new("no such fact"))
}

fn both(town: &Town<'_>, facts: &[FactId]) -> Result<Attempt, Failure> {
    let second = &town.city.community;
    let (before, messages) = (town.in_log()?, town.messages()?);
    let watch = clock::stopwatch();
    let sign = |n: usize| {
        let (fact, document) = (fact(facts, n)?, document(n)?);
        let salt: Salt = draw(&SystemRng).map_err(Failure::new)?;
        let signed = Countersign::signed_bytes(&second.issuer, &salt, &document, fact);
        let signature = hex(&second.key.sign(&signed).map_err(Failure::new)?);
        let sent = json!({ "issuer": second.issuer.to_string(), "person": document.to_wire(),
            "fact": fact.to_string(), "salt": hex(&salt), "signature": signature });
        let answer = town.post("/api/v1/countersignatures", None, &sent)?;
        if answer.status == 200 { Ok(()) } else { Err(Failure::new(answer.said())) }
    };
    // The second organisation has the limit of an hour too.
    for who in [0..AN_HOURS, AN_HOURS..facts.len()] {
        let first = who.start;
        if first > 0 {
            town.pass(2)?;
        }
        each(who.len(), |n| sign(first + n))?;
    }
    // One that it is countersigned, and whoever is red for it another.
    let due = facts.len() + town.red().iter().sum::<usize>();
    let (told, log) = (town.are_told(&messages, due)?, town.in_log()?);
    let public = alarms_about(town, [&town.city.border, second])?;
    let (seconds, new) = (watch().as_secs_f64(), log - before);
    let own = town.get("/api/v1/persons/me/facts", town.phone(0))?;
    let names = |fact: &Value| {
        let first = fact.pointer("/fact/issuer").and_then(Value::as_str)?;
        let second = fact.pointer("/standing/countersigned_by").and_then(Value::as_str)?;
        Some((first.to_owned(), second.to_owned()))
    };
    let (one, other) = own.list("items").iter().find_map(names).unwrap_or_default();
    let journal = town.get("/api/v1/persons/me/journal", town.phone(0))?.list("items").len();
    let met = vec![
        [
            format!("两家机构一起：住在本市的 {PRESENT} 人变红；住在外地的不归这里的规则管"),
            format!("兩家機構一起：住在本市的 {PRESENT} 人變紅；住在外地的不歸這裡的規則管"),
            format!(
                "two organisations together: the {PRESENT} who live in the city turn red; who lives elsewhere is not under these rules"
            ),
        ],
        [
            format!(
                "{told} 人各又收到通知，公开日志多了 {new} 条，公开页面上关于口岸的警报 {} 个、关于社区的 {} 个（{seconds:.1} 秒内）",
                public[0], public[1]
            ),
            format!(
                "{told} 人各又收到通知，公開日誌多了 {new} 條，公開頁面上關於口岸的警報 {} 個、關於社區的 {} 個（{seconds:.1} 秒內）",
                public[0], public[1]
            ),
            format!(
                "{told} people are told again, the public log has {new} entries more, and the public page {} about the border post and {} about the community, within {seconds:.1} s",
                counted(public[0], "alarm", "alarms"),
                public[1]
            ),
        ],
        [
            format!(
                "每个人都看到是谁干的：{one} 提交，{other} 联署；自己的日志里有 {journal} 条可以验证的记录"
            ),
            format!(
                "每個人都看到是誰做的：{one} 提交，{other} 聯署；自己的日誌裡有 {journal} 條可以驗證的記錄"
            ),
            format!(
                "each of them sees who did it: {one} submitted, {other} countersigned; their own journal has {} with proofs",
                counted(journal, "entry", "entries")
            ),
        ],
    ];
    let what = [
        "口岸和社区的密钥都在手里",
        "口岸和社區的金鑰都在手裡",
        "With both keys, the border post’s and the community’s",
    ];
    Ok(Attempt { what, met, end: End::Seen, red: town.red() })
}

/// The nth depositor disputes a fact; gives the dispute's id.
pub(super) fn dispute(town: &Town<'_>, (n, fact): (usize, FactId)) -> Result<String, Failure> {
    let sent = json!({ "fact": fact.to_string(), "ground": "no-evidence" });
    let answer = town.post("/api/v1/persons/me/appeals", town.phone(n), &sent)?;
    let appeal = answer.body.get("id").and_then(Value::as_str).map(str::to_owned);
    appeal.ok_or_else(|| Failure::new(answer.said()))
}

/// Says in an institution's name that the fact about the nth depositor is so.
pub(super) fn confirm(
    town: &Town<'_>,
    by: &Institution,
    (n, fact): (usize, FactId),
) -> Result<Answer, Failure> {
    let document = document(n)?;
    let salt: Salt = draw(&SystemRng).map_err(Failure::new)?;
    let signed = Confirm::signed_bytes(&by.issuer, &salt, &document, fact, true);
    let signature = hex(&by.key.sign(&signed).map_err(Failure::new)?);
    let sent = json!({ "issuer": by.issuer.to_string(), "person": document.to_wire(),
        "fact": fact.to_string(), "confirmed": true, "salt": hex(&salt), "signature": signature });
    town.post("/api/v1/confirmations", None, &sent)
}

/// The depositors dispute it, and the thief answers: with both keys, and as the appeals office of the city.
fn hold(town: &Town<'_>, facts: &[FactId]) -> Result<(Attempt, Vec<String>), Failure> {
    let appeals = each(PRESENT, |n| dispute(town, (n, fact(facts, n)?)))?;
    let confirm = |by: &Institution, n: usize| confirm(town, by, (n, fact(facts, n)?));
    let confirmed = each(PRESENT, |n| confirm(&town.city.border, n))?;
    let seconded = each(PRESENT, |n| confirm(&town.city.community, n))?;
    let rejected = each(PRESENT, |n| {
        town.post(&answer_of(town, &appeals, n)?, town.appeals(), &json!({ "upheld": false }))
    })?;
    let refused = |answers: &[Answer], [hans, hant, en]: [&str; 3]| {
        let refused = answers.iter().filter(|answer| answer.status >= 400);
        let (count, first) = (refused.clone().count(), refused.clone().next());
        let first = first.ok_or_else(|| Failure::new("whoever is disputed has answered"))?;
        let counted = [
            format!("{hans}，{count} 次被拒"),
            format!("{hant}，{count} 次被拒"),
            format!("{en}, {count} times"),
        ];
        Ok::<_, Failure>(words(first, counted.each_ref().map(String::as_str)))
    };
    let met = vec![
        [
            format!("{PRESENT} 人提出异议"),
            format!("{PRESENT} 人提出異議"),
            format!("{PRESENT} people dispute it"),
        ],
        refused(
            &confirmed,
            [
                "用口岸密钥说“属实”",
                "用口岸金鑰說「屬實」",
                "that it is so, signed with the border post’s key",
            ],
        )?,
        refused(
            &seconded,
            ["用社区密钥说“属实”", "用社區金鑰說「屬實」", "the same with the community’s key"],
        )?,
        refused(
            &rejected,
            ["由市申诉部门驳回", "由市申訴部門駁回", "rejected by the city’s appeals office"],
        )?,
    ];
    let what = [
        "自己确认，自己驳回异议",
        "自己確認，自己駁回異議",
        "Confirm it oneself, and reject the disputes oneself",
    ];
    Ok((Attempt { what, met, end: End::Refused, red: town.red() }, appeals))
}

/// Where the nth depositor's dispute is answered.
fn answer_of(town: &Town<'_>, appeals: &[String], n: usize) -> Result<String, Failure> {
    let appeal = appeals.get(n).ok_or_else(|| Failure::new("nobody could dispute"))?;
    Ok(format!("/api/v1/persons/{}/appeals/{appeal}/answer", town.person(n)?))
}

fn undo(town: &Town<'_>, appeals: &[String]) -> Result<Attempt, Failure> {
    let answer = town.post(&answer_of(town, appeals, 0)?, town.province(), &json!({ "upheld": true }))?;
    if answer.status != 200 {
        return Err(Failure::new(answer.said()));
    }
    let [after_one, _] = town.red();
    // Three days, in which nobody answers the others; and the day after, of which the public reads.
    town.pass(4 * 24)?;
    let red = town.red();
    let page = town.get("/api/v1/journal", None)?;
    let due = page.body.pointer("/appeals/due").and_then(Value::as_u64).unwrap_or_default();
    let unanswered = page.body.pointer("/appeals/unanswered").and_then(Value::as_u64).unwrap_or_default();
    let entries =
        page.list("recorded").iter().find(|row| row.get("kind").and_then(Value::as_str) == Some("entry"));
    let counted = entries.and_then(|row| row.get("rows")).and_then(Value::as_u64).unwrap_or_default();
    let met = vec![
        [
            format!("省里的申诉部门支持了第一个人的异议：红码剩 {after_one} 人"),
            format!("省裡的申訴部門支持了第一個人的異議：紅碼剩 {after_one} 人"),
            format!("the province’s appeals office upholds the first dispute: {after_one} are still red"),
        ],
        [
            format!("其余的三天内无人答复，自动作废：红码剩 {} 人", red[0]),
            format!("其餘的三天內無人答覆，自動作廢：紅碼剩 {} 人", red[0]),
            format!(
                "nobody answers the others within three days, and so they stop counting: {} are red",
                red[0]
            ),
        ],
        [
            format!(
                "公开页面写着（只写整十数）：记录了 {counted} 行“入境”，{due} 件异议到期，{unanswered} 件无人答复"
            ),
            format!(
                "公開頁面寫著（只寫整十數）：記錄了 {counted} 列「入境」，{due} 件異議到期，{unanswered} 件無人答覆"
            ),
            format!(
                "the public page counts, in whole tens, {counted} rows recorded as entries from abroad, {due} disputes due, {unanswered} that nobody answered"
            ),
        ],
    ];
    Ok(Attempt {
        what: ["储户提出异议", "儲戶提出異議", "The depositors dispute it"],
        met,
        end: End::Undone,
        red,
    })
}
