//! What an official tries with the rights of a city alone.

use base16ct::lower::encode_string as hex;
use mingma_credential::key::SigningKey;
use mingma_domain::fact::Issuer;
use mingma_registry::ports::draw;
use mingma_registry::signed::Salt;
use mingma_registry::submission::{RawRow, signed_bytes};
use serde_json::{Value, json};

use super::client::{Answer, Town, each};
use super::town::document;
use super::{ALL, Attempt, End, PRESENT};
use crate::clock;
use crate::failure::Failure;
use crate::plural::counted;
use crate::ports::SystemRng;

/// Every way that needs nobody else.
pub(super) fn all(town: &Town<'_>) -> Result<Vec<Attempt>, Failure> {
    Ok(vec![
        set_the_colour(town)?,
        import_a_list(town)?,
        forge(town)?,
        in_ones_own_name(town)?,
        a_post_of_ones_own(town)?,
        venue(town)?,
        street(town)?,
    ])
}

/// What is claimed of each depositor.
pub(super) const ENTRY: (&str, &str, &str) = ("entry", "MM", "410105");

/// Submits a row about each of these depositors in an issuer's name; unsigned where there is no key.
pub(super) fn submit(
    town: &Town<'_>,
    issuer: &Issuer,
    key: Option<&SigningKey>,
    (name, who): (&str, std::ops::Range<usize>),
    (kind, value, region): (&str, &str, &str),
) -> Result<Answer, Failure> {
    let documents = who.map(|n| Ok(document(n)?.to_wire())).collect::<Result<Vec<_>, Failure>>()?;
    let (at, evidence) = ("2022-06-12", "ZZ-20220613");
    let row = |person| RawRow { person, kind, value, at, evidence, region, ..RawRow::default() };
    let rows: Vec<RawRow<'_>> = documents.iter().map(|person| row(person)).collect();
    let idempotency_key = name.parse().map_err(Failure::new)?;
    let salt: Salt = draw(&SystemRng).map_err(Failure::new)?;
    let signature = match key {
        Some(key) => key.sign(&signed_bytes(issuer, &idempotency_key, &salt, &rows)).map_err(Failure::new)?,
        None => [0; 64],
    };
    let rows: Vec<Value> = documents
        .iter()
        .map(|person| {
            json!({ "person": person, "kind": kind, "value": value, "at": at, "region": region, "evidence": evidence })
        })
        .collect();
    let sent = json!({
        "issuer": issuer.to_string(), "idempotency_key": name, "rows": rows, "salt": hex(&salt),
        "signature": hex(&signature),
    });
    town.post("/api/v1/submissions", None, &sent)
}

fn refused(town: &Town<'_>, what: [&'static str; 3], met: Vec<[String; 3]>) -> Attempt {
    Attempt { what, met, end: End::Refused, red: town.red() }
}

/// One sentence in three languages with the program's own words.
pub(super) fn words(answer: &Answer, [hans, hant, en]: [&str; 3]) -> [String; 3] {
    let (status, said) = (answer.status, answer.said());
    [
        format!("{hans}：{status}「{said}」"),
        format!("{hant}：{status}「{said}」"),
        format!("{en}: {status} “{said}”"),
    ]
}

fn set_the_colour(town: &Town<'_>) -> Result<Attempt, Failure> {
    let person = town.person(0)?;
    let mut met = Vec::new();
    let wish = json!({ "color": "red" });
    for path in [format!("/api/v1/persons/{person}/status"), format!("/api/v1/persons/{person}/color")] {
        for session in town.official() {
            let answer = town.post(&path, Some(session), &wish)?;
            if answer.status < 400 {
                return Err(Failure::new(format_args!("{path} has taken a colour")));
            }
            if met.is_empty() {
                met.push(words(&answer, ["没有这样的地址", "沒有這樣的位址", "there is no such address"]));
            }
        }
    }
    let community = &town.city.community;
    for kind in ["color", "health-code", "bank-depositor"] {
        let rows = (kind, "red", "");
        let answer = submit(town, &community.issuer, Some(&community.key), (kind, 0..ALL), rows)?;
        let (no, why) = (answer.number("refused"), reason(&answer));
        met.push([
            format!("社区用自己的密钥提交 {ALL} 行「{kind}」：{no} 行被拒——「{why}」"),
            format!("社區用自己的金鑰提交 {ALL} 列「{kind}」：{no} 列被拒——「{why}」"),
            format!(
                "{ALL} rows of kind “{kind}”, signed by the community’s true key: {no} refused — “{why}”"
            ),
        ]);
    }
    let what = ["直接改码", "直接改碼", "Set the colour"];
    Ok(refused(town, what, met))
}

/// Why the first row was refused.
fn reason(answer: &Answer) -> &str {
    let first = answer.list("rows").first().and_then(|row| row.get("reason"));
    first.and_then(Value::as_str).unwrap_or_default()
}

fn import_a_list(town: &Town<'_>) -> Result<Attempt, Failure> {
    let mut met = Vec::new();
    for session in town.official() {
        let border = &town.city.border.issuer;
        // An official has a session, and no institution's key; what is submitted is asked for its signature alone.
        let list = json!({ "issuer": border.to_string(), "idempotency_key": "list", "salt": hex(&[0; 32]), "signature": hex(&[0; 64]),
            "rows": [{ "person": document(0)?.to_wire(), "kind": "entry", "value": "MM", "at": "2022-06-12",
                "region": "410105", "evidence": "E" }] });
        let answer = town.post("/api/v1/submissions", Some(session), &list)?;
        if answer.status != 403 {
            return Err(Failure::new(format_args!("an official's list was answered with {}", answer.status)));
        }
        if met.is_empty() {
            met.push(words(
                &answer,
                [
                    "以官员身份登录后上传名单（三个职务各一次）",
                    "以官員身分登入後上傳名單（三個職務各一次）",
                    "the list, uploaded in each of the official’s three offices",
                ],
            ));
        }
    }
    Ok(refused(town, ["导入名单", "匯入名單", "Import a list"], met))
}

fn forge(town: &Town<'_>) -> Result<Attempt, Failure> {
    let (border, community) = (&town.city.border, &town.city.community);
    let answer = submit(town, &border.issuer, Some(&community.key), ("forged", 0..ALL), ENTRY)?;
    let met = vec![words(
        &answer,
        [
            "冒用口岸名义、用社区密钥签名",
            "冒用口岸名義、用社區金鑰簽名",
            "in the border post’s name, signed with the community’s key",
        ],
    )];
    let what = [
        "没有口岸密钥，伪造“境外入境”",
        "沒有口岸金鑰，偽造「境外入境」",
        "Claim entries from abroad without the border post’s key",
    ];
    Ok(refused(town, what, met))
}

fn in_ones_own_name(town: &Town<'_>) -> Result<Attempt, Failure> {
    let community = &town.city.community;
    let answer = submit(town, &community.issuer, Some(&community.key), ("own", 0..ALL), ENTRY)?;
    let (no, why) = (answer.number("refused"), reason(&answer));
    let met = vec![[
        format!("{ALL} 行中 {no} 行被拒——「{why}」"),
        format!("{ALL} 列中 {no} 列被拒——「{why}」"),
        format!("of {ALL} rows {no} refused — “{why}”"),
    ]];
    let what = [
        "社区以自己名义报“境外入境”",
        "社區以自己名義報「境外入境」",
        "Claim them in the community’s own name",
    ];
    Ok(refused(town, what, met))
}

/// Whoever lacks a border post's key might make a border post.
fn a_post_of_ones_own(town: &Town<'_>) -> Result<Attempt, Failure> {
    let own = json!({ "issuer": "border:410105", "organisation": "ones-own", "region": "410105" });
    let proposed = town.post("/api/v1/issuers", town.commissioner(), &own)?;
    let (number, seen) = (proposed.number("number"), proposed.body.get("seen").and_then(Value::as_str));
    let seen = seen.ok_or_else(|| Failure::new("an official alone has appointed an issuer"))?;
    let path = format!("/api/v1/proposals/{number}/approval");
    let agreed = town.post(&path, town.commissioner(), &json!({ "seen": seen }))?;
    let beside = town.post(&path, town.appeals(), &json!({ "seen": seen }))?;
    let key = &town.city.community.key;
    let answer =
        submit(town, &"border:410105".parse().map_err(Failure::new)?, Some(key), ("post", 0..ALL), ENTRY)?;
    if [&agreed, &beside, &answer].iter().any(|answer| answer.status != 403) {
        return Err(Failure::new("a border post of one's own was appointed"));
    }
    let met = vec![
        words(
            &agreed,
            [
                "自己提议设一个口岸，自己同意",
                "自己提議設一個口岸，自己同意",
                "a border post, proposed and agreed to by the same official",
            ],
        ),
        words(
            &beside,
            [
                "换成自己在市申诉部门的账号来同意",
                "換成自己在市申訴部門的帳號來同意",
                "agreed to by the account that the official has in the city’s appeals office",
            ],
        ),
        words(&answer, ["以它的名义提交", "以它的名義提交", "rows in its name"]),
    ];
    let what = ["自设一个口岸", "自設一個口岸", "Appoint a border post of one’s own"];
    Ok(refused(town, what, met))
}

/// In Zhengzhou the code turned red when the depositor scanned a venue's.
fn venue(town: &Town<'_>) -> Result<Attempt, Failure> {
    let codes = each(PRESENT, |n| {
        let made = town.post("/api/v1/persons/me/codes", town.phone(n), &Value::Null)?;
        let code = made.body.get("code").and_then(Value::as_str);
        Ok(code.ok_or_else(|| Failure::new(made.said()))?.to_owned())
    })?;
    let before = town.in_log()?;
    let judged = each(codes.len(), |n| {
        let answer = town.post("/api/v1/codes/verify", None, &json!({ "code": codes.get(n) }))?;
        Ok(answer.body.get("result").is_some())
    })?;
    let judged = judged.into_iter().filter(|judged| *judged).count();
    let wrote = town.in_log()? - before;
    let community = &town.city.community;
    let scan = ("stay", "venue", "410105");
    let answer = submit(town, &community.issuer, Some(&community.key), ("venue", 0..PRESENT), scan)?;
    let (no, why) = (answer.number("refused"), reason(&answer));
    let met = vec![
        [
            format!("银行门口扫了 {judged} 个人的码：系统为此写下 {wrote} 条记录，没有人知道谁来过"),
            format!("銀行門口掃了 {judged} 個人的碼：系統為此寫下 {wrote} 條記錄，沒有人知道誰來過"),
            format!(
                "{judged} people’s codes scanned at the bank’s door: the system wrote {} of it; nobody learns who came",
                counted(wrote, "entry", "entries")
            ),
        ],
        [
            format!("把“到过场所”当事实提交：{PRESENT} 行中 {no} 行被拒——「{why}」"),
            format!("把「到過場所」當事實提交：{PRESENT} 列中 {no} 列被拒——「{why}」"),
            format!("“they were at the venue”, submitted as facts: of {PRESENT} rows {no} refused — “{why}”"),
        ],
    ];
    Ok(refused(town, ["扫场所码时触发", "掃場所碼時觸發", "Fire when they scan at a venue"], met))
}

/// The rules for a street.
fn draft() -> Value {
    json!({
        "region": "410105",
        "rules": include_str!("street.toml"),
        "examples": include_str!("street-examples.toml"),
    })
}

fn street(town: &Town<'_>) -> Result<Attempt, Failure> {
    let answer = town.post("/api/v1/rulesets", town.commissioner(), &draft())?;
    if answer.status != 409 {
        return Err(Failure::new(format_args!("the street's rules: {} {}", answer.status, answer.said())));
    }
    let met =
        vec![words(&answer, ["“来过的人一律红码”", "「來過的人一律紅碼」", "“whoever came here is red”"])];
    Ok(refused(town, ["只为一条街改规则", "只為一條街改規則", "Change the rule for one street"], met))
}

/// The one thing that an official may do to many at once without a second office, for a week at most.
pub(super) fn emergency(town: &Town<'_>) -> Result<Attempt, Failure> {
    let before = town.messages()?;
    let wish = json!({ "draft": { "ruleset": draft() }, "ground": "outbreak" });
    let watch = clock::stopwatch();
    let answer = town.post("/api/v1/emergencies", Some(&town.sign_in(0)?), &wish)?;
    if answer.status != 200 {
        return Err(Failure::new(answer.said()));
    }
    // By the rules they are red at once; each of them is due a message.
    let red = town.red();
    let (told, number, log) =
        (town.are_told(&before, red.iter().sum())?, answer.number("number"), town.in_log()?);
    let seconds = watch().as_secs_f64();
    let page = town.get("/api/v1/journal", None)?;
    let counted =
        page.body.pointer("/second_offices/emergencies").and_then(Value::as_u64).unwrap_or_default();
    // It can be no longer than a week.
    town.pass(3 * 24)?;
    let [after, _] = town.red();
    let met = vec![
        [
            format!(
                "发布了，红码 {} 人，但只能管七天以内；{told} 人收到通知，公开日志已有 {log} 条（{seconds:.1} 秒内）",
                red[0]
            ),
            format!(
                "發布了，紅碼 {} 人，但只能管七天以內；{told} 人收到通知，公開日誌已有 {log} 條（{seconds:.1} 秒內）",
                red[0]
            ),
            format!(
                "it is published, {} turn red, and it ends within seven days; {told} people are told, and the public log has {log} entries, within {seconds:.1} s",
                red[0]
            ),
        ],
        [
            format!("公开页面上写着：第 {number} 号行为，紧急发布，没有第二个部门同意（共 {counted} 次）"),
            format!("公開頁面上寫著：第 {number} 號行為，緊急發布，沒有第二個部門同意（共 {counted} 次）"),
            format!(
                "the public page says so: act {number}, an emergency that no second office agreed to ({counted} in all)"
            ),
        ],
        [
            format!("期限一到，规则自行失效：红码剩 {after} 人"),
            format!("期限一到，規則自行失效：紅碼剩 {after} 人"),
            format!("at its end the rule is void by itself: {after} are red"),
        ],
    ];
    let what =
        ["改规则，声称是紧急情况", "改規則，聲稱是緊急情況", "Change the rule, and call it an emergency"];
    Ok(Attempt { what, met, end: End::Seen, red: [after, 0] })
}
