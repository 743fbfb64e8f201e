//! The signing keys: whether one may sign now and for how long, and how long checkpoints may believe the trust list.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use mingma_credential::UnixSeconds;

use super::data::owner;
use super::finding::{Finding, Mark, Page};
use crate::keys::{self, KeySeen};
use crate::plural::counted;

/// How many days before a key's end a new one is due: checkpoints that are cut off learn of it from a list that they
/// fetch at least every 30 days.
const KEY_DAYS: i64 = 30;
/// How many days before the trust list's end a new one is due: a long holiday.
const LIST_DAYS: i64 = 10;
/// How a trust list is renewed.
const RENEW: &str = "`mingma trust propose`, then have that signed apart and bring it in";

pub(super) fn look_at((data, dir): (&Path, &Path), now: Timestamp) -> Vec<Finding> {
    let Ok(meta) = fs::metadata(dir) else {
        let said = format!("{} is not there: `mingma keygen` makes it", dir.display());
        return vec![Finding::new("signing-key", Mark::Fail, said, Page::SigningKeys)];
    };
    let seconds = UnixSeconds::new(now.as_second());
    let mut findings = vec![owner("keys-folder", dir, &meta), authority(data, dir)];
    let seen = match keys::seen(dir, seconds) {
        Ok(seen) => seen,
        Err(failure) => {
            findings.push(Finding::new("trust-list", Mark::Fail, failure.message(), Page::TrustList));
            return findings;
        }
    };
    for file in seen.keys.iter().filter_map(|key| key.file.as_deref()) {
        if let Ok(meta) = fs::metadata(file) {
            let finding = owner("key-file", file, &meta);
            if finding.mark != Mark::Ok {
                findings.push(finding);
            }
        }
    }
    findings.push(signing(&seen.keys, seconds));
    findings.push(list(seen.edition.next_update, seconds));
    findings
}

/// The key that signs now: the youngest that may.
fn signing(keys: &[KeySeen], now: UnixSeconds) -> Finding {
    let said = |mark, said: String| Finding::new("signing-key", mark, said, Page::SigningKeys);
    let Some(key) = keys.iter().find(|key| key.from <= now && now < key.until) else {
        let why = match keys.iter().map(|key| key.until).max() {
            None => "the trust list names no key for codes".to_owned(),
            Some(until) if until <= now => format!("every key has ended, the last on {until}"),
            Some(_) => "no key counts yet: is the clock right?".to_owned(),
        };
        return said(Mark::Fail, format!("{why}; `mingma keygen` makes a new one"));
    };
    if key.file.is_none() {
        return said(Mark::Fail, format!("the key file of {} is not in the folder", key.kid));
    }
    let days = days(now, key.until);
    let text = format!("{} signs until {}, for {}", key.kid, key.until, counted(days, "day", "days"));
    if days <= KEY_DAYS {
        return said(Mark::Warn, format!("{text}: rotate it with `mingma keygen`"));
    }
    said(Mark::Ok, text)
}

/// Whether the folder knows the authority and has its certificate alone, and so has the data folder.
fn authority(data: &Path, dir: &Path) -> Finding {
    let apart = keys::authority::required(dir).and_then(|certificate| {
        keys::authority::is_apart(&[data, dir], &certificate)?;
        Ok(certificate)
    });
    let (mark, said) = match apart {
        Ok(certificate) => {
            let kid = certificate.key_id();
            (Mark::Ok, format!("the certificate of the authority's key {kid} is there, and the key is not"))
        }
        Err(failure) => (Mark::Fail, failure.message().to_owned()),
    };
    Finding::new("authority", mark, said, Page::Authority)
}

fn list(until: UnixSeconds, now: UnixSeconds) -> Finding {
    let days = days(now, until);
    let length = counted(days, "day", "days");
    let (mark, text) = if until <= now {
        (Mark::Fail, format!("it ended on {until}: checkpoints believe no code; {RENEW}"))
    } else if days <= LIST_DAYS {
        (Mark::Warn, format!("it is good until {until}, for {length}: {RENEW}"))
    } else {
        (Mark::Ok, format!("it is good until {until}, for {length}"))
    };
    Finding::new("trust-list", mark, text, Page::TrustList)
}

fn days(now: UnixSeconds, until: UnixSeconds) -> i64 {
    (until.get() - now.get()).div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use mingma_credential::key::KeyId;

    use super::*;

    const DAY: i64 = 86_400;

    fn key(from: i64, until: i64) -> KeySeen {
        let kid = KeyId::from_bytes(&[7; 8]).unwrap();
        KeySeen {
            kid,
            from: UnixSeconds::new(from * DAY),
            until: UnixSeconds::new(until * DAY),
            file: Some("k".into()),
        }
    }

    #[test]
    fn a_key_is_due_thirty_days_before_its_end_and_a_list_ten() {
        let now = UnixSeconds::new(1_000 * DAY);
        for (keys, mark) in [
            (vec![key(900, 1_031)], Mark::Ok),
            (vec![key(900, 1_030)], Mark::Warn),
            (vec![key(900, 1_000)], Mark::Fail),
            (vec![key(1_001, 2_000)], Mark::Fail),
            (vec![key(1_001, 2_000), key(900, 1_500)], Mark::Ok),
            (vec![KeySeen { file: None, ..key(900, 2_000) }], Mark::Fail),
            (vec![], Mark::Fail),
        ] {
            let found = signing(&keys, now);
            assert_eq!(found.mark, mark, "{}", found.said);
        }
        for (until, mark) in [(1_011, Mark::Ok), (1_010, Mark::Warn), (1_000, Mark::Fail)] {
            assert_eq!(list(UnixSeconds::new(until * DAY), now).mark, mark, "{until}");
        }
    }
}
