//! What lets persons and officials in, and what is spent.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use mingma_credential::key::DevicePoint;
use mingma_domain::text::Lang;

use super::{Same, before, change, instant, known, notice, person};
use crate::access::{AccessRecord, AccessRow, Assistance, Challenge, Reach, SignIn, Try, Unproved, Ward};
use crate::id::{AssistanceId, ChallengeId, GrantId, SignInId};
use crate::journal::Entry;
use crate::policy::Office;
use crate::row::{PersonRow, RowKind};
use crate::staff::{PasswordHash, StaffAccount, StaffEnd, StaffMember, StaffRow, TotpSecret};
use crate::store::{Applied, Change, Spent, Store};
use crate::words::{ActName, CodeUse};

fn hour() -> Timestamp {
    instant().checked_add(SignedDuration::from_hours(1)).unwrap()
}

fn challenge_id(n: u8) -> ChallengeId {
    ChallengeId::new(instant(), [n; 10])
}

/// The nth code for signing in, of today.
#[must_use]
pub fn challenge(n: u8) -> Challenge {
    Challenge {
        id: challenge_id(n),
        what_for: CodeUse::SignIn,
        ordinal: u32::from(n),
        code: "271828".parse().unwrap(),
        unproved: None,
        at: instant(),
        until: hour(),
    }
}

/// A row of each kind of what lets a person in, with the kind under which it is refused the second time.
#[must_use]
pub fn one_of_each_access() -> Vec<(AccessRow, RowKind)> {
    let mut bytes = [7; 33];
    bytes[0] = 2;
    let device = DevicePoint::from_bytes(&bytes);
    let at = instant();
    let reach = |number, contact: Option<&str>, lang| {
        AccessRow::Reach(Reach { number, contact: contact.map(|text| text.parse().unwrap()), lang, at })
    };
    let slip = Challenge {
        id: challenge_id(9),
        what_for: CodeUse::Slip,
        ordinal: 0,
        code: "3141592653".parse().unwrap(),
        ..challenge(1)
    };
    let contact = Challenge {
        id: challenge_id(8),
        what_for: CodeUse::Contact,
        ordinal: 0,
        unproved: Some(Unproved { contact: "+8613900139000".parse().unwrap(), lang: Lang::ZhHant }),
        ..challenge(1)
    };
    vec![
        (reach(0, None, Lang::En), RowKind::Reach),
        (reach(1, Some("+8613800138000"), Lang::ZhHant), RowKind::Reach),
        (reach(2, Some("zhang.san@example.cn"), Lang::ZhHans), RowKind::Reach),
        (AccessRow::Challenge(challenge(1)), RowKind::Challenge),
        (AccessRow::Challenge(contact), RowKind::Challenge),
        (AccessRow::Challenge(slip), RowKind::Challenge),
        (AccessRow::Try(Try { challenge: challenge_id(1), ordinal: 0, right: false, at }), RowKind::Try),
        (AccessRow::Try(Try { challenge: challenge_id(1), ordinal: 1, right: true, at }), RowKind::Try),
        (
            AccessRow::SignIn(SignIn { id: SignInId::new(at, [1; 10]), device, at, until: hour() }),
            RowKind::SignIn,
        ),
        (
            AccessRow::SignIn(SignIn { id: SignInId::new(at, [2; 10]), device: None, at, until: hour() }),
            RowKind::SignIn,
        ),
        (
            AccessRow::Assistance(Assistance {
                id: AssistanceId::new(at, [1; 10]),
                staff: "staff-7".parse().unwrap(),
                from: at,
                until: hour(),
            }),
            RowKind::Assistance,
        ),
        (
            AccessRow::Ward(Ward { binding: GrantId::new(at, [1; 10]), person: person(2), until: hour() }),
            RowKind::Ward,
        ),
        (
            AccessRow::Ward(Ward { binding: GrantId::new(at, [2; 10]), person: person(2), until: hour() }),
            RowKind::Ward,
        ),
    ]
}

/// What lets a person in reads back as it was written, each row once, and what is over is not read.
pub async fn what_lets_a_person_in_is_kept_once_and_read_until_its_end<S: Store>(store: &S) {
    let (one, two) = (known(store, 1).await, known(store, 2).await);
    let mut expected = AccessRecord::default();
    for (row, kind) in one_of_each_access() {
        let change = Change::Access { person: one, rows: vec![row.clone()], notices: vec![] };
        assert_eq!(store.apply(vec![change.clone()]).await, Ok(vec![Applied::Done]), "{kind:?}");
        assert_eq!(store.apply(vec![change]).await, Ok(vec![Applied::Exists(kind)]));
        match row {
            AccessRow::Reach(row) => expected.reaches.push(row),
            AccessRow::Challenge(row) => expected.challenges.push(row),
            AccessRow::Try(row) => expected.tries.push(row),
            AccessRow::SignIn(row) => expected.sign_ins.push(row),
            AccessRow::Assistance(row) => expected.assistances.push(row),
            AccessRow::Ward(row) => expected.wards.push(row),
        }
    }
    assert_eq!(store.access(one, before(hour())).await, Ok(expected.clone()));
    assert_eq!(store.access(two, instant()).await, Ok(AccessRecord::default()));
    let over =
        AccessRecord { challenges: vec![], tries: vec![], assistances: vec![], wards: vec![], ..expected };
    assert_eq!(store.access(one, hour()).await, Ok(over), "the end is exclusive");
    assert_eq!(store.record(one).await, Ok(Arc::default()), "the record knows none of it");
    assert_eq!(store.entries(Some(one)).await, Ok(vec![]), "nor does the journal");
}

/// Of two challenges for one use and day with one ordinal, one is kept; another day or use begins anew.
pub async fn the_days_codes_are_numbered<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let keep = async |row: Challenge| {
        let change = Change::Access { person: who, rows: vec![AccessRow::Challenge(row)], notices: vec![] };
        store.apply(vec![change]).await.unwrap()[0]
    };
    assert_eq!(keep(challenge(1)).await, Applied::Done);
    let second = Challenge { id: challenge_id(2), ..challenge(1) };
    assert_eq!(keep(second.clone()).await, Applied::Exists(RowKind::Challenge));
    let tomorrow = instant().checked_add(SignedDuration::from_hours(24)).unwrap();
    assert_eq!(keep(Challenge { at: tomorrow, ..second }).await, Applied::Done);
    let other = Challenge { id: challenge_id(3), what_for: CodeUse::Assistance, ..challenge(1) };
    assert_eq!(keep(other).await, Applied::Done);
}

/// A way in is kept with its notices, or with its entry and rows of the record, as one.
pub async fn a_way_in_is_kept_whole<S: Store>(store: &S) {
    let who = known(store, 1).await;
    let rows: Vec<AccessRow> = one_of_each_access().into_iter().map(|(row, _)| row).collect();
    let told = Change::Access { person: who, rows: rows[..1].to_vec(), notices: vec![notice(who, 1)] };
    assert_eq!(store.apply(vec![told]).await, Ok(vec![Applied::Done]));
    assert_eq!(store.due(instant(), 9).await.unwrap().len(), 1);
    let clash = Change::Access { person: who, rows: vec![rows[1].clone(), rows[0].clone()], notices: vec![] };
    assert_eq!(store.apply(vec![clash]).await, Ok(vec![Applied::Exists(RowKind::Reach)]));
    let again = Change::Access { person: who, rows: vec![rows[1].clone()], notices: vec![notice(who, 1)] };
    assert_eq!(store.apply(vec![again]).await, Ok(vec![Applied::Exists(RowKind::Entry)]));
    assert_eq!(store.access(who, instant()).await.unwrap().reaches.len(), 1);
    let wrapped = |n: usize| PersonRow::Access(rows[n].clone());
    let both = change(who, vec![wrapped(1), wrapped(0)], vec![], 1);
    assert_eq!(store.apply(vec![both]).await, Ok(vec![Applied::Exists(RowKind::Reach)]));
    let one = change(who, vec![wrapped(1)], vec![], 1);
    assert_eq!(store.apply(vec![one]).await, Ok(vec![Applied::Done]));
    assert_eq!(store.access(who, instant()).await.unwrap().reaches.len(), 2);
}

/// What is spent is spent once, and known until it would have ended.
pub async fn what_is_spent_is_spent_once<S: Store>(store: &S) {
    let spent = |n: u8, until| Spent { name: [n; 16], until };
    for n in [2, 1] {
        assert_eq!(store.apply(vec![Change::Spend(spent(n, hour()))]).await, Ok(vec![Applied::Done]));
        let again = store.apply(vec![Change::Spend(spent(n, instant()))]).await;
        assert_eq!(again, Ok(vec![Applied::Exists(RowKind::Spent)]));
    }
    assert_eq!(store.spent(before(hour())).await, Ok(vec![spent(1, hour()), spent(2, hour())]));
    assert_eq!(store.spent(hour()).await, Ok(vec![]));
}

/// An account of the staff list.
#[must_use]
pub fn account(name: &str) -> StaffAccount {
    StaffAccount {
        name: name.parse().unwrap(),
        office: Office::Community,
        region: "410105".parse().unwrap(),
        from: instant(),
        until: hour(),
        password: PasswordHash::of("correct horse", [7; 16]).unwrap(),
        totp: TotpSecret::from_bytes(*b"12345678901234567890"),
    }
}

/// An account is one name's for good, and ends once; each change has its entry among the public ones.
pub async fn a_name_of_the_staff_list_is_one_persons_for_good<S: Store>(store: &S) {
    let mut n = 0;
    let mut keep = async |row: StaffRow| {
        n += 1;
        let entry = Entry::staff(&Same(n), ActName::AppointStaff, instant(), &row).unwrap();
        (store.apply(vec![Change::Staff { row, entry: entry.clone() }]).await.unwrap()[0], entry)
    };
    let (li, zhang) = (account("li"), account("zhang"));
    for account in [&zhang, &li] {
        let row = StaffRow::Account(account.clone());
        let (applied, entry) = keep(row.clone()).await;
        assert!(applied == Applied::Done && entry.commits_to_staff(&row));
        assert_eq!(keep(row).await.0, Applied::Exists(RowKind::Staff));
    }
    let member = |account: &StaffAccount, ended| StaffMember { account: account.clone(), ended };
    assert_eq!(store.staff_member(&zhang.name).await, Ok(Some(member(&zhang, None))));
    assert_eq!(store.staff_member(&"wang".parse().unwrap()).await, Ok(None));
    let end = |name: &str, at| StaffRow::End(StaffEnd { name: name.parse().unwrap(), at });
    assert_eq!(keep(end("zhang", instant())).await.0, Applied::Done);
    assert_eq!(keep(end("zhang", hour())).await.0, Applied::Exists(RowKind::Staff));
    assert_eq!(keep(end("wang", hour())).await.0, Applied::Exists(RowKind::Staff), "nobody's account");
    assert_eq!(keep(StaffRow::Account(zhang.clone())).await.0, Applied::Exists(RowKind::Staff), "not again");
    assert_eq!(store.staff().await, Ok(vec![member(&li, None), member(&zhang, Some(instant()))]));
    assert_eq!(store.entries(None).await.unwrap().len(), 3);
    assert_eq!(store.published(0).await, Ok(vec![]), "the staff list is not published");
}
