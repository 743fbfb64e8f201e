//! Since when a quorum is asked for: what counted by then goes on counting, whether the log had it or not.
//!
//! The number of the last entry then lies beside what the key signed last, apart from the data: whoever can write into the database ends no
//! waiting with it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use mingma_registry::Witnessed;

use super::folder::{durable, head, quarters, read, sync};
use super::{LOG, Quorum};
use crate::config::JournalConfig;
use crate::failure::Failure;

/// The number's file.
const ASKED: &str = "journal.asked";

/// The number of the last entry before a quorum was asked for, if the last one now is `last`.
///
/// # Errors
/// A [`Failure`] if it cannot be read or kept.
pub(super) fn since(keys: &Path, last: u64) -> Result<u64, Failure> {
    let (path, kept) = (keys.join(ASKED), kept(keys)?);
    // Of a database that was restored from before then, the numbers behind its end are those of acts to come.
    let number = kept.map_or(last, |kept| kept.min(last));
    if kept != Some(number) {
        durable(&path, format!("{number}\n").as_bytes()).and_then(|()| sync(keys)).map_err(Failure::new)?;
    }
    Ok(number)
}

fn kept(keys: &Path) -> Result<Option<u64>, Failure> {
    let path = keys.join(ASKED);
    let Some(bytes) = read(&path, 32).map_err(Failure::new)? else { return Ok(None) };
    let number = str::from_utf8(&bytes).ok().and_then(|text| text.trim_end().parse().ok());
    number.map(Some).ok_or_else(|| Failure::about(&path, "not the number of an entry"))
}

/// Up to which entry witnesses have signed, for whoever looks at a data folder and its keys from beside; everything where no quorum is
/// asked for, or none was when it was last served.
///
/// # Errors
/// A [`Failure`] if that cannot be read.
pub(crate) fn witnessed((data, keys): (&Path, &Path), config: &JournalConfig) -> Result<u64, Failure> {
    if !Quorum::read(config.witnesses.as_deref())?.is_asked_for() {
        return Ok(Witnessed::EVERYTHING);
    }
    let Some(asked) = kept(keys)? else { return Ok(Witnessed::EVERYTHING) };
    let (logs, mut acts) = (data.join(LOG), 0_u64);
    for (place, quarter) in quarters(&logs).into_iter().enumerate() {
        let log = logs.join(quarter.to_string());
        let Some((_, head)) = head(&log).map_err(Failure::new)? else { break };
        // Each log but the first begins with the end of the one before, which is no act.
        acts = acts.saturating_add(head.size).saturating_sub(u64::from(place > 0));
    }
    Ok(acts.max(asked))
}

/// No quorum is asked for any more: when one is again, it begins anew.
///
/// # Errors
/// A [`Failure`] if the number cannot be taken away.
pub(super) fn no_more(keys: &Path) -> Result<(), Failure> {
    let path = keys.join(ASKED);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::about(&path, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_the_last_entry_when_a_quorum_was_asked_for_stays_it_until_none_is() {
        let keys = tempfile::TempDir::new().unwrap();
        let since = |last| since(keys.path(), last).unwrap();
        assert_eq!([since(7), since(9), since(7)], [7, 7, 7]);
        assert_eq!(
            [since(5), since(9)],
            [5, 5],
            "of an older database no entry to come counts before it is signed"
        );
        no_more(keys.path()).unwrap();
        no_more(keys.path()).unwrap();
        assert_eq!(since(9), 9);
        fs::write(keys.path().join(ASKED), "many\n").unwrap();
        assert!(super::since(keys.path(), 9).is_err());
    }
}
