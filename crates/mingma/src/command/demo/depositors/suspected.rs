//! What is tried with a hospital's key: whoever cannot claim an entry may claim a suspicion, for which no laboratory answers.

use super::alone::{submit, words};
use super::client::Town;
use super::keys::{confirm, dispute, waiting};
use super::{Attempt, End, PRESENT};
use crate::clock;
use crate::failure::Failure;

/// Suspects everybody in the city, and says of the first who disputes it that it is so. Every row is asked whether it waits: who would be red
/// for it by rules that go by a suspicion is not.
pub(super) fn stolen(town: &Town<'_>) -> Result<Attempt, Failure> {
    let (hospital, before) = (&town.city.hospital, town.messages()?);
    let watch = clock::stopwatch();
    let rows = ("diagnosis", "suspected", "");
    let answer = submit(town, &hospital.issuer, Some(&hospital.key), ("suspected", 0..PRESENT), rows)?;
    let facts = waiting(&answer)?;
    let (told, log, count) = (town.are_told(&before, facts.len())?, town.in_log()?, facts.len());
    let seconds = watch().as_secs_f64();
    let first = *facts.first().ok_or_else(|| Failure::new("nobody was suspected"))?;
    dispute(town, (0, first))?;
    let own = confirm(town, hospital, (0, first))?;
    if own.status != 409 {
        return Err(Failure::new("whoever is disputed has answered"));
    }
    let met = vec![
        [
            format!("以医院真密钥提交 {count} 行“疑似病例”：已记录，但没有第二个机构联署，一行也不计入"),
            format!("以醫院真金鑰提交 {count} 列「疑似病例」：已記錄，但沒有第二個機構聯署，一列也不計入"),
            format!(
                "{count} rows “suspected”, signed with the hospital’s true key: they are recorded, and none counts, for no second organisation has signed"
            ),
        ],
        [
            format!("{told} 人各收到一条通知，公开日志已有 {log} 条（{seconds:.1} 秒内）"),
            format!("{told} 人各收到一則通知，公開日誌已有 {log} 條（{seconds:.1} 秒內）"),
            format!(
                "{told} people have a message, and the public log has {log} entries, within {seconds:.1} s"
            ),
        ],
        words(
            &own,
            [
                "有人提出异议，用医院密钥说“属实”",
                "有人提出異議，用醫院金鑰說「屬實」",
                "one disputes it; that it is so, signed with the hospital’s key",
            ],
        ),
    ];
    let what = [
        "偷来医院密钥，报“疑似病例”",
        "偷來醫院金鑰，報「疑似病例」",
        "With a stolen hospital key, suspect them",
    ];
    Ok(Attempt { what, met, end: End::Seen, red: town.red() })
}
