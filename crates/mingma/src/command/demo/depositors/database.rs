//! What is tried by whoever has the machine: the database edited beside the program, and the traces wiped.

use std::fs;
use std::path::Path;

use mingma_registry::FactId;
use mingma_registry::acts::Audit;
use rusqlite::{Connection, params};
use tokio::runtime::Runtime;

use super::client::Town;
use super::town::{self, Closed};
use super::{ALL, Attempt, End};
use crate::command::audit::{Replay, Verify, of_everybody};
use crate::command::serve::{self, OtherHand};
use crate::failure::Failure;
use crate::journal;

/// What the rules are to be for one street.
const STREET: &str = include_str!("street.toml");

fn connect(data: &Path) -> Result<Connection, Failure> {
    Connection::open(data.join("mingma.db")).map_err(Failure::new)
}

/// Writes an entry from abroad, and a second organisation's name under it, beside the program, for each depositor; and takes away every
/// dispute by which somebody had come to be green again.
pub(super) fn edit(town: &Town<'_>, hand: &OtherHand) -> Result<Attempt, Failure> {
    let mut database = connect(&town.city.data)?;
    let edit = database.transaction().map_err(Failure::new)?;
    let now = i64::try_from(town.now().as_nanosecond()).unwrap_or(i64::MAX);
    let mut rows = 0;
    for n in 0..ALL {
        let (person, fact) = (town.person(n)?, FactId::new(town.now(), [7; 10]));
        let sql = "INSERT INTO facts (person, fact, kind, value, at, region, issuer, evidence, recorded) \
                   VALUES (?1, ?2, 'entry', 'MM', '2022-06-19', '410105', 'border:410100', 'E-8', ?3)";
        rows += edit.execute(sql, params![person.as_bytes(), fact.as_bytes(), now]).map_err(Failure::new)?;
        let sql = "INSERT INTO countersignatures (person, fact, issuer, at) VALUES (?1, ?2, 'community:410105', ?3)";
        rows += edit.execute(sql, params![person.as_bytes(), fact.as_bytes(), now]).map_err(Failure::new)?;
    }
    let mut gone = 0;
    for table in ["appeals", "appeal_answers", "retractions"] {
        gone += edit.execute(&format!("DELETE FROM {table}"), []).map_err(Failure::new)?;
    }
    edit.commit().map_err(Failure::new)?;
    // The writer looks around before whatever it writes next, and also when it is asked to.
    if town.block_on(hand.look()).map_err(Failure::new)? == 0 {
        return Err(Failure::new("an edit of the database went unnoticed"));
    }
    let met = vec![[
        format!("绕过程序往数据库写入 {rows} 行、删去 {gone} 行：下一次写入时即被发觉，见于运维日志和指标"),
        format!("繞過程式往資料庫寫入 {rows} 列、刪去 {gone} 列：下一次寫入時即被發覺，見於維運日誌和指標"),
        format!(
            "{rows} rows written beside the program, {gone} taken away: its next write notices, and its log and metrics say so"
        ),
    ]];
    let what = ["直接改数据库", "直接改資料庫", "Edit the database"];
    Ok(Attempt { what, met, end: End::Refused, red: town.red() })
}

/// What becomes of the edited rows where they are read: after a restart, when nothing is in memory.
pub(super) fn read_again(runtime: &Runtime, city: &Closed, edit: &mut Attempt) -> Result<(), Failure> {
    let opened = town::open(&city.data, city.time.clone())?;
    let hand = opened.other_hand();
    edit.red = city.red(runtime, &opened.app);
    let (rows, found) = (hand.left_out(), hand.taken_out());
    edit.met.push([
        format!("重启后逐人读取：{rows} 行没有任何日志条目为证，一律不计入"),
        format!("重啟後逐人讀取：{rows} 列沒有任何日誌條目為證，一律不計入"),
        format!(
            "read after a restart: no entry of the journal commits to {rows} rows, and they do not count"
        ),
    ]);
    edit.met.push([
        format!("删去的 {found} 行凭各自的日志条目找回，照旧计入"),
        format!("刪去的 {found} 列憑各自的日誌條目找回，照舊計入"),
        format!(
            "{found} rows that were taken away are found again by what their entries commit to, and count"
        ),
    ]);
    Ok(())
}

/// Why a program does not serve a copy of the folder in whose database something was done.
fn refused(
    city: &Closed,
    edit: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
) -> Result<(usize, String), Failure> {
    let copy = tempfile::TempDir::new().map_err(Failure::new)?;
    copy_all(&city.data, copy.path())?;
    let rows = edit(&connect(copy.path())?).map_err(Failure::new)?;
    let opened = town::open(copy.path(), city.time.clone());
    match opened.and_then(serve::Opened::bring_log_up_to_date) {
        Err(failure) => Ok((rows, failure.message().to_owned())),
        Ok(_) => Err(Failure::new("an edited database was served as if it were whole")),
    }
}

/// Takes the newest acts out of a copy of the database, as whoever wants to have done nothing would; and changes the rule for one street in
/// another, where no second office is asked. Neither copy is served, so whoever was red before is.
pub(super) fn wipe(city: &Closed, red: [usize; 2]) -> Result<Attempt, Failure> {
    let wiped = "DELETE FROM journal WHERE number > (SELECT max(number) / 2 FROM journal)";
    let (gone, said) = refused(city, |database| database.execute(wiped, []))?;
    let changed = "UPDATE rulesets SET rules = ?1 WHERE number = (SELECT min(number) FROM rulesets)";
    let (_, exchanged) = refused(city, |database| database.execute(changed, [STREET]))?;
    let met = vec![
        [
            format!("从数据库的副本里删掉 {gone} 条记录：程序拒绝启动——「{said}」。公开日志原样不动"),
            format!("從資料庫的副本裡刪掉 {gone} 條記錄：程式拒絕啟動——「{said}」。公開日誌原樣不動"),
            format!(
                "{gone} entries taken out of a copy of the database: the program refuses to start — “{said}”; the public log stands"
            ),
        ],
        [
            format!("在另一副本里改掉已公布的规则：程序拒绝启动——「{exchanged}」"),
            format!("在另一副本裡改掉已公布的規則：程式拒絕啟動——「{exchanged}」"),
            format!("a published rule changed in another copy: the program refuses to start — “{exchanged}”"),
        ],
    ];
    Ok(Attempt { what: ["抹掉痕迹", "抹掉痕跡", "Wipe the traces"], met, end: End::Refused, red })
}

fn copy_all(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(|error| Failure::about(to, error))?;
    for entry in fs::read_dir(from).map_err(|error| Failure::about(from, error))? {
        let entry = entry.map_err(|error| Failure::about(from, error))?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_all(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(|error| Failure::about(&path, error))?;
        }
    }
    Ok(())
}

/// What an auditor finds who has the log, the policy that says whose it is, and what opens everybody's entries: that the log is whole, and that
/// everything in it follows.
pub(super) fn audited(runtime: &Runtime, city: &Closed) -> Result<String, Failure> {
    let (log, policy) = (city.data.join(journal::LOG), city.data.join(POLICY));
    let log = log.to_string_lossy();
    let mut said: Vec<String> = Vec::new();
    Verify::of(&log, policy.clone())?.read(|text| {
        said.push(text.to_owned());
        Ok(())
    })?;
    let opened = town::open(&city.data, city.time.clone())?;
    let audit = Audit {
        by: "auditor".parse().map_err(Failure::new)?,
        case: "2022-1317".parse().map_err(Failure::new)?,
    };
    let openings = of_everybody(&city.data, opened.app.registry(), &audit, &city.persons);
    let aside = tempfile::TempDir::new().map_err(Failure::new)?;
    let file = aside.path().join("openings");
    fs::write(&file, runtime.block_on(openings)?).map_err(|error| Failure::about(&file, error))?;
    let top = "410000".parse().map_err(Failure::new)?;
    Replay::of(&log, policy, file, top)?.read(|text| {
        // It reads the logs once more.
        if !said.iter().any(|said| said == text) {
            said.push(text.to_owned());
        }
        Ok(())
    })?;
    Ok(said.join("\n"))
}

/// Where the log's policy is kept, for whoever audits afterwards.
pub(super) const POLICY: &str = "policy";
