//! Rows to try a store with: one of each kind, told apart by a small number.

use jiff::Timestamp;
use mingma_credential::key::DevicePoint;
use mingma_credential::status::{Initials, StatusRef};
use mingma_domain::Fact;
use mingma_domain::assess::Outcome;
use mingma_domain::document::Document;
use mingma_domain::fact::value::Contact;
use mingma_domain::fact::{Color, Column, Entitlement, Kind, RawFact, RetractionReason, Value};
use mingma_domain::risk::{Level, RegionRisk};

use super::SAMPLE_ACT;
use crate::brake::{
    Approval, Draft, Emergency, Hand, LetGo, Preview, Proposal, Proposed, RegionPreview, Share,
};
use crate::id::{
    AppealId, CodeId, DisclosureId, EntryId, FactId, GrantId, NoticeId, PersonId, RulesetNumber,
};
use crate::intake::{Cause, Intake, RefusedRow};
use crate::journal::Entry;
use crate::policy::{Office, Purpose, Role};
use crate::retention::{KindPurged, Purged, Sealed};
use crate::row::{
    Alarm, Allowance, Amendment, AppealAnswer, AppealOpened, Binding, Brought, Confirmation,
    Countersignature, Disclosure, EntitlementEntry, EntitlementWithdrawal, Grant, IssuedCode, IssuerEntry,
    KeyEntry, KeyWithdrawal, Limit, Notice, PersonRow, PublicRow, RecordedFact, RecordedRetraction,
    Registration, Request, Revocation, RowKind, RulesetEntry,
};
use crate::sight::{ComingShift, Longest, OnDay, OutcomeShift, ReasonShift};
use crate::store::Change;
use crate::words::{
    ActName, Capacity, Doing, EmergencyGround, Ground, NoticeKind, RevocationReason, Scope, Span, Strange,
    Tie,
};

/// An instant with a part of a second, as clocks give it.
#[must_use]
pub fn instant() -> Timestamp {
    "2022-06-13T09:40:00.123456789Z".parse().unwrap()
}

/// The document of the nth person.
#[must_use]
pub fn document(n: u8) -> Document {
    format!("passport:JP:TR{n:07}").parse().unwrap()
}

/// The id of the nth person.
#[must_use]
pub fn person(n: u8) -> PersonId {
    PersonId::new([n; 16])
}

fn fact_id(n: u8) -> FactId {
    FactId::new(instant(), [n; 10])
}

/// The nth test.
#[must_use]
pub fn fact(n: u8) -> RecordedFact {
    let raw = RawFact {
        kind: "test",
        value: "negative",
        at: "2022-06-13T09:40:00+08:00",
        issuer: "laboratory:410100-07",
        evidence: &format!("S-{n}"),
        ..RawFact::default()
    };
    RecordedFact { id: fact_id(n), fact: Fact::parse(&raw).unwrap(), recorded: instant() }
}

/// How many there are of [`every_fact`].
pub const FACTS: u8 = 13;

/// A fact of the nth kind.
///
/// # Panics
/// If there is no nth kind.
#[must_use]
pub fn every_fact(n: u8) -> RecordedFact {
    let rows = [
        ("diagnosis", "confirmed", "2022-06-13", "", "", "hospital", "C-1"),
        ("discharge", "recovered", "2022-06-13T09:40:00Z", "", "", "hospital", "C-1"),
        ("contact", "same-vehicle", "2022-06-13T09:40:00.25+08:00", "", "", "cdc:410100", "I-1"),
        ("isolation", "central", "2022-06-13", "", "", "cdc", "O-1"),
        ("release", "early", "2022-06-13T23:59:59-05:30", "", "", "community:4", "O-1"),
        ("test", "pooled-positive", "2022-06-13T09:40:00+08:00", "", "", "laboratory", "S-1"),
        ("screening", "due", "2022-06-13", "2022-06-15", "", "cdc", "N-1"),
        ("stay", "declared", "2022-06-13", "", "410105", "self", ""),
        ("entry", "JP", "2022-06-13", "", "310000", "border:310", "E-1"),
        ("symptom", "taste-loss", "2022-06-13", "", "", "self", ""),
        ("checkin", "well", "2000-01-01", "", "", "community", ""),
        ("vaccination", "9", "2100-12-31", "", "", "hospital", "B-1"),
        ("foreign-status", "yellow", "2022-06-13", "2022-06-20T00:00:00Z", "KR-11", "region:KR", "urn:1"),
    ];
    let (kind, value, at, until, region, issuer, evidence) = rows[usize::from(n)];
    let raw = RawFact { kind, value, at, until, region, issuer, evidence };
    RecordedFact { id: fact_id(100 + n), fact: Fact::parse(&raw).unwrap(), recorded: instant() }
}

/// The nth request, all with one key.
#[must_use]
pub fn request(n: u8) -> Request {
    Request { key: "batch-2022-06-13".parse().unwrap(), hash: [n; 32], received: instant() }
}

/// The nth submission of an issuer, taken in at an instant, with a refusal of each shape.
#[must_use]
pub fn intake(n: u8, key: &str, received: Timestamp) -> Intake {
    let request = Request { key: key.parse().unwrap(), hash: [n; 32], received };
    let plain = RefusedRow {
        place: 2,
        cause: Cause::Document,
        column: Column::Person,
        kind: None,
        nearest: None,
        former: None,
    };
    let full = RefusedRow {
        place: 4_095,
        cause: Cause::UnknownWord,
        column: Column::Value,
        kind: Some(Kind::Contact),
        nearest: Some("close".to_owned()),
        former: Some(contact(n, "cdc:1").id),
    };
    Intake { request, rows: Some(4_096), refused: vec![plain, full] }
}

/// The nth contact, which waits for a second organisation.
#[must_use]
pub fn contact(n: u8, issuer: &str) -> RecordedFact {
    let evidence = format!("INV-{n}");
    let raw = RawFact {
        kind: "contact",
        value: "close",
        at: "2022-06-12",
        issuer,
        evidence: &evidence,
        ..RawFact::default()
    };
    RecordedFact { id: fact_id(n), fact: Fact::parse(&raw).unwrap(), recorded: instant() }
}

/// A row of each kind, with the kind under which it is refused the second time.
#[must_use]
pub fn one_of_each() -> Vec<(PersonRow, RowKind)> {
    let at = instant();
    let later = Timestamp::from_second(at.as_second() + 86_400).unwrap();
    let appeal = AppealId::new(at, [3; 10]);
    let registration = Registration {
        home: "410105".parse().unwrap(),
        initials: Some(Initials::parse("张三").unwrap()),
        at,
    };
    let amendment = Amendment {
        number: 1,
        home: "410102".parse().unwrap(),
        initials: Some(Initials::parse("张珊").unwrap()),
        by: "staff-7".parse().unwrap(),
        at,
    };
    let retraction = RecordedRetraction {
        fact: fact_id(1),
        issuer: "appeal".parse().unwrap(),
        reason: RetractionReason::AppealUpheld,
        at,
    };
    let code = IssuedCode {
        id: CodeId::new(at, [1; 10]),
        ruleset: RulesetNumber(17),
        paper: true,
        issued: at,
        expires: later,
        listed: None,
    };
    let revocation = Revocation {
        code: code.id,
        place: StatusRef { shard: 1_226_112, index: 1_048_575 },
        why: RevocationReason::Lost,
        at,
    };
    let grant = Grant {
        id: GrantId::new(at, [1; 10]),
        app: "metro-gate".parse().unwrap(),
        scope: Scope::QueryStatus,
        from: at,
        until: later,
    };
    let binding =
        Binding { id: GrantId::new(at, [2; 10]), agent: person(7), tie: Tie::Family, from: at, until: later };
    let opened = AppealOpened { id: appeal, fact: fact_id(1), ground: Ground::NotMe, at, due: later };
    let disclosure = Disclosure {
        id: DisclosureId::new(at, [4; 10]),
        role: Role::CommunityWorker,
        by: "staff-7".parse().unwrap(),
        purpose: Purpose::Assistance,
        policies: Some("community-worker:assess:assistance".parse().unwrap()),
        case: Some("case-7".parse().unwrap()),
        at,
    };
    let second = Countersignature { fact: fact_id(1), issuer: "community:4".parse().unwrap(), at };
    let word = Confirmation {
        fact: fact_id(1),
        issuer: "cdc:410100".parse().unwrap(),
        appeal: Some(appeal),
        confirmed: true,
        at,
    };
    vec![
        (PersonRow::Request(request(1)), RowKind::Request),
        (PersonRow::Registration(registration), RowKind::Registration),
        (PersonRow::Amendment(amendment), RowKind::Amendment),
        (PersonRow::Fact(fact(1)), RowKind::Fact),
        (PersonRow::Countersignature(second), RowKind::Countersignature),
        (PersonRow::Retraction(retraction), RowKind::Retraction),
        (PersonRow::Code(code), RowKind::Code),
        (PersonRow::Grant(grant), RowKind::Grant),
        (PersonRow::Binding(binding), RowKind::Binding),
        (PersonRow::Appeal(opened), RowKind::Appeal),
        (PersonRow::AppealAnswer(AppealAnswer { appeal, upheld: true, at }), RowKind::AppealAnswer),
        (PersonRow::Disclosure(disclosure), RowKind::Disclosure),
        (PersonRow::Revocation(revocation), RowKind::Revocation),
        (PersonRow::Confirmation(word), RowKind::Confirmation),
    ]
}

/// Public rows that can be there once only.
#[must_use]
pub fn public_rows() -> Vec<PublicRow> {
    let at = instant();
    let issuer: mingma_domain::fact::Issuer = "cdc:410100".parse().unwrap();
    let mut bytes = [7; 33];
    bytes[0] = 2;
    let point = DevicePoint::from_bytes(&bytes).unwrap();
    let until = Timestamp::from_second(at.as_second() + 86_400).unwrap();
    let region = "410100".parse().unwrap();
    vec![
        PublicRow::Issuer(IssuerEntry {
            issuer: issuer.clone(),
            organisation: "zhengzhou-cdc".parse().unwrap(),
            region,
        }),
        PublicRow::Key(KeyEntry { issuer, point, from: at, until }),
        PublicRow::Ruleset(RulesetEntry {
            region,
            id: "2022-06".to_owned(),
            rules: "规则".to_owned(),
            examples: String::new(),
        }),
        PublicRow::KeyWithdrawn(KeyWithdrawal { point, at: until }),
        PublicRow::EntitlementWithdrawn(EntitlementWithdrawal { entitlement: 9, at: until }),
        PublicRow::Approval(Approval { proposal: 3, seen: [7; 32], by: hand() }),
        PublicRow::Alarm(Alarm {
            why: Strange::UnlikeItself,
            issuer: "border:310".parse().unwrap(),
            kind: Kind::Contact,
            value: Some(Value::Contact(Contact::Close)),
            rows: 1_317,
            usual: 60,
            batch: [5; 32],
            at,
            doing: Doing::Countersigned,
            within: Span::Week,
        }),
        PublicRow::Allowance(Allowance { alarm: 6, by: hand() }),
        PublicRow::Brought(Brought { id: [4; 16], file: vec![0, 0xff, 7], at }),
    ]
}

/// Public rows that add up.
#[must_use]
pub fn additive_rows() -> Vec<PublicRow> {
    let (from, until) = ("2022-06-01".parse().unwrap(), "2022-06-30".parse().unwrap());
    let region = "410105".parse().unwrap();
    let entitlement =
        Entitlement { issuer: "cdc:410100".parse().unwrap(), kind: Kind::Contact, region, from, until };
    vec![
        PublicRow::Entitlement(EntitlementEntry { capacity: Capacity::Countersign, entitlement }),
        PublicRow::Risk(RegionRisk { region, level: Level::High, from, until: None }),
        PublicRow::Risk(RegionRisk { region, level: Level::Low, from, until: Some(until) }),
        proposed(Draft::Risk(RegionRisk { region, level: Level::Low, from, until: Some(until) })),
        proposed(Draft::Rules(RulesetEntry {
            region,
            id: "2022-07".to_owned(),
            rules: "rules".to_owned(),
            examples: "examples".to_owned(),
        })),
        PublicRow::Proposal(Proposal {
            what: Proposed::Appointment {
                region,
                appointment: "limit border:410100 entry 5000".parse().unwrap(),
            },
            by: hand(),
        }),
        PublicRow::Emergency(Emergency {
            draft: [9; 32],
            preview: Some(preview()),
            ground: EmergencyGround::Outbreak,
            by: hand(),
        }),
        PublicRow::LetGo(LetGo { draft: [9; 32], preview: preview(), by: hand() }),
        PublicRow::Limit(Limit { issuer: "cdc:410100".parse().unwrap(), kind: Kind::Contact, per_hour: 200 }),
        PublicRow::Emergency(Emergency {
            draft: [9; 32],
            preview: None,
            ground: EmergencyGround::NoSecondOffice,
            by: hand(),
        }),
        PublicRow::Purged(Purged {
            at: instant(),
            facts: vec![KindPurged { kind: Kind::Test, count: 7, first: from, last: until }],
            others: 0,
            sealed: Some(vec![
                Sealed { act: ActName::Record, count: 7, newest: from },
                Sealed { act: ActName::Transit, count: 2, newest: until },
            ]),
        }),
        // As it was told before entries were counted, and as the end of a deployment is.
        PublicRow::Purged(Purged {
            at: instant(),
            facts: vec![KindPurged { kind: Kind::Stay, count: 1, first: from, last: from }],
            others: 3,
            sealed: None,
        }),
    ]
}

fn hand() -> Hand {
    let region = "410000".parse().unwrap();
    Hand { staff: "staff-7".parse().unwrap(), office: Office::HealthCommission, region, at: instant() }
}

fn proposed(draft: Draft) -> PublicRow {
    PublicRow::Proposal(Proposal { what: Proposed::Draft { draft, preview: preview() }, by: hand() })
}

fn preview() -> Preview {
    let region = "410105".parse().unwrap();
    let regions =
        vec![RegionPreview { region, persons: 1_000, worse: 8, longer: 5, later: 2, better: 0, alone: 4 }];
    let yellow = Some(Outcome::Code(Color::Yellow));
    let longest =
        Longest { from: yellow, to: yellow, until: None, instead_of: None, reasons: vec!["Y1".to_owned()] };
    let of = Some((region, "2022-01".to_owned()));
    let reason = |code: &str, gain| ReasonShift { code: code.to_owned(), of: of.clone(), gain, lose: 0 };
    let day = OnDay {
        on: "2022-06-13".parse().unwrap(),
        persons: 1_000,
        worse: 8,
        longer: 5,
        better: 0,
        shifts: vec![OutcomeShift { from: None, to: yellow, persons: 1 }],
        coming: vec![ComingShift { on: "2022-06-20".parse().unwrap(), from: None, to: yellow, persons: 2 }],
        stricter_still: vec![],
        reasons: vec![reason("Y1", 1)],
        coming_reasons: vec![reason("Y2", 2)],
        longest: vec![longest],
    };
    Preview { draft: [8; 32], as_of: instant(), share: Share::of_10_000(75), regions, days: vec![day] }
}

/// The nth notice to a person.
#[must_use]
pub fn notice(person: PersonId, n: u8) -> Notice {
    Notice {
        person,
        id: NoticeId::new(instant(), [n; 10]),
        kind: NoticeKind::FactRecorded,
        about: [n; 16],
        created: instant(),
    }
}

/// A change with the nth entry.
#[must_use]
pub fn change(person: PersonId, rows: Vec<PersonRow>, notices: Vec<Notice>, n: u8) -> Change {
    let entry = Entry::about(&Same(n), SAMPLE_ACT, instant(), person, &rows).unwrap();
    // INVARIANT: `Same` makes the id of the nth entry the same whatever the rows.
    assert_eq!(entry.id, EntryId::new(instant(), [n; 10]));
    Change::Person { person, rows, notices, entry }
}

/// A public act with the nth entry.
#[must_use]
pub fn public(row: PublicRow, n: u8) -> Change {
    let entry = Entry::public(&Same(n), SAMPLE_ACT, instant(), &row).unwrap();
    Change::Public { row, entry }
}

/// «Chance» that is always the same byte.
pub(super) struct Same(pub(super) u8);

impl crate::ports::Rng for Same {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), crate::ports::NoEntropy> {
        bytes.fill(self.0);
        Ok(())
    }
}
