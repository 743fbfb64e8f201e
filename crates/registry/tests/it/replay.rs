//! The replay of what a city did: all of it follows, and whatever is changed, left out, added or done against the rules is
//! named by its entry.

use jiff::SignedDuration;
use mingma_credential::status::StatusRef;
use mingma_domain::Fact;
use mingma_domain::fact::{Color, RawFact};
use mingma_registry::acts::{
    Audit, Less, Show, Transit, TransitCause, open_persons, open_public, show, transit,
};
use mingma_registry::appointment::Appointment;
use mingma_registry::id::{CodeId, FactId};
use mingma_registry::journal::{Drafted, Entry};
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::{Clock as _, Medium, NoEntropy, Rng};
use mingma_registry::replay::bundle::{Content, Opened, begin, read};
use mingma_registry::replay::{Extent, Fault, Logged, Sound, Why, draw, replay};
use mingma_registry::row::{
    Countersignature, IssuedCode, IssuerEntry, Listed, PersonRow, RecordedFact, Revocation,
};
use mingma_registry::words::{ActName, RevocationReason};
use mingma_registry::{Change, Doer, PersonId, Store as _};
use pollster::block_on;

use crate::house::{City, NOON, Office1, document, negative_test};
use crate::issuers;

/// A city whose persons were recorded about, turned red, were shown codes and told, and were looked at by nobody yet.
pub(crate) fn lived() -> (City, Vec<PersonId>) {
    let city = City::new();
    let persons: Vec<PersonId> = (1..=6).map(|n| city.resident(n)).collect();
    for n in 1..=6_u32 {
        let seconds = NOON + 60 * i64::from(n);
        city.watch.set(seconds);
        let wire = document(n).to_wire();
        city.record(&city.laboratory, &format!("l-{n}"), &[negative_test(&wire)]).unwrap();
        code(&city, persons[usize::try_from(n).unwrap() - 1]);
    }
    city.watch.set(NOON + 1_000);
    for n in [1, 2] {
        let fact = city.contact(n, &format!("c-{n}"));
        sign_second(&city, &city.community, n, fact);
        told(&city, persons[usize::try_from(n).unwrap() - 1], n);
        // A red code, and one of somebody who is green.
        code(&city, persons[usize::try_from(n).unwrap() - 1]);
    }
    code(&city, persons[2]);
    // The seventh day is over: green again, by the calendar alone.
    city.watch.set(NOON + 86_400 * 8);
    told(&city, persons[0], 9);
    code(&city, persons[0]);
    (city, persons)
}

pub(crate) fn sign_second(city: &City, office: &Office1, n: u32, fact: FactId) {
    issuers::sign_second(city, office, n, fact).unwrap();
}

pub(crate) fn code(city: &City, person: PersonId) {
    let wish = Show { person, medium: Medium::Paper { life_seconds: 86_400 } };
    block_on(show(&city.registry, authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap()))
        .unwrap();
}

pub(crate) fn told(city: &City, person: PersonId, n: u32) {
    let cause = TransitCause::Risk(n.into());
    block_on(transit(&city.registry, &[Transit { person, at: city.watch.now(), cause, is_worse: true }]))
        .unwrap();
}

pub(crate) struct Chance;

impl Rng for Chance {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(0x5a);
        Ok(())
    }
}

/// The entry as an act would show it: with the region in which its issuer works.
pub(crate) fn as_shown(city: &City, entry: Drafted) -> Drafted {
    let book = block_on(city.registry.book()).unwrap();
    let known = entry.clear.issuer.as_ref().and_then(|issuer| book.issuer(issuer));
    let region = known.map(|known| known.region);
    entry.from_office_in(region)
}

/// What somebody who writes the database past the acts does about a person.
pub(crate) fn by_hand(city: &City, person: PersonId, act: ActName, rows: Vec<PersonRow>) {
    let entry = Entry::about(&Chance, act, city.watch.now(), person, &rows).unwrap();
    let entry = entry.done_by(Doer::is_told(act, &rows).then_some(Doer::Person));
    let entry = as_shown(city, entry);
    let change = Change::Person { person, rows, notices: Vec::new(), entry };
    assert_eq!(block_on(city.store.apply(vec![change])).unwrap(), [mingma_registry::Applied::Done]);
}

pub(crate) fn log(city: &City) -> Vec<Logged> {
    let entries = block_on(city.store.journal(0, u32::MAX)).unwrap();
    entries.iter().map(|numbered| Logged::from(&numbered.entry)).collect()
}

/// The file of what opens the log's entries about these persons.
pub(crate) fn opened(city: &City, log: &[Logged], persons: &[PersonId]) -> Vec<u8> {
    let until = u64::try_from(log.len()).unwrap();
    let audit = Audit { by: "inspectorate".parse().unwrap(), case: "2022-17".parse().unwrap() };
    let mut written = block_on(open_public(&city.registry, until)).unwrap();
    written.extend(block_on(open_persons(&city.registry, &audit, persons, until)).unwrap().written);
    written.sort_by_key(|(number, _)| *number);
    let mut file = begin("a checkpoint", None);
    for (_, opening) in written {
        file.extend_from_slice(&opening);
    }
    file
}

pub(crate) fn all(city: &City, persons: &[PersonId]) -> Result<Sound, Fault> {
    let log = log(city);
    let file = opened(city, &log, persons);
    replay(&log, &read(&file).unwrap().1, Extent::Everybody)
}

/// The last entry of an act.
pub(crate) fn last(log: &[Logged], act: ActName) -> u64 {
    u64::try_from(log.iter().rposition(|entry| entry.act == act).unwrap()).unwrap() + 1
}

#[test]
fn what_a_city_did_follows_from_its_first_act_to_its_last() {
    let (city, persons) = lived();
    let sound = all(&city, &persons).unwrap();
    // Green of six on registering; red and green again of one, red of another.
    assert_eq!((sound.persons, sound.facts, sound.transitions), (6, 8, 6 + 2 + 1));
    assert_eq!((sound.ended, sound.unjudged), (0, 0));
    assert!(sound.judged >= 3 + 6 + 3, "codes, revocations, notices: {sound:?}");
    // And what the auditor was given is itself in the log, and follows.
    let again = all(&city, &persons).unwrap();
    assert_eq!(again.opened, sound.opened + 6, "everybody was told that an auditor looked");
    let looks = &block_on(city.store.record(persons[3])).unwrap().disclosures;
    let said: Vec<_> = looks
        .iter()
        .map(|look| (look.by.as_str(), look.purpose, look.case.as_ref().unwrap().as_str()))
        .collect();
    assert_eq!(said, [("inspectorate", Purpose::Audit, "2022-17"); 2]);
    let notices = block_on(city.store.notices(persons[3])).unwrap();
    assert_eq!(
        notices
            .iter()
            .filter(|(notice, _)| notice.kind == mingma_registry::words::NoticeKind::Disclosed)
            .count(),
        2
    );
}

#[test]
fn an_opening_that_is_left_out_added_or_changed_is_named_by_its_entry() {
    let (city, persons) = lived();
    let log = log(&city);
    let file = opened(&city, &log, &persons);
    let openings = read(&file).unwrap().1;
    let everybody = |openings: &[Opened<'_>]| replay(&log, openings, Extent::Everybody);
    for place in 0..openings.len() {
        let entry = openings[place].number;
        let mut fewer = openings.clone();
        fewer.remove(place);
        assert_eq!(everybody(&fewer), Err(Fault { entry, why: Why::Missing }));
        let mut more = openings.clone();
        more.insert(place, openings[place]);
        assert_eq!(everybody(&more), Err(Fault { entry, why: Why::Superfluous }));
        let Content::Whole(content) = openings[place].content else { panic!() };
        let mut other = content.to_vec();
        *other.last_mut().unwrap() ^= 1;
        let opened = openings[place];
        for spoilt in [
            Opened { content: Content::Whole(&other), ..opened },
            Opened { salt: [0; 32], ..opened },
            Opened { at: opened.at + SignedDuration::from_nanos(1), ..opened },
            Opened { former: mingma_registry::journal::Former::Leaf([1; 32]), ..opened },
        ] {
            let mut changed = openings.clone();
            changed[place] = spoilt;
            assert_eq!(everybody(&changed), Err(Fault { entry, why: Why::Changed }));
        }
    }
    let past = u64::try_from(log.len()).unwrap() + 1;
    let mut more = openings.clone();
    more.push(Opened { number: past, ..openings[0] });
    assert_eq!(everybody(&more), Err(Fault { entry: past, why: Why::Superfluous }));
}

#[test]
fn of_a_drawn_person_no_entry_can_be_left_out() {
    let (city, persons) = lived();
    let log = log(&city);
    let drawn = draw(&log, &[7; 32], 3);
    let numbers = |person: &PersonId| -> Vec<u64> {
        let numbers =
            block_on(city.store.numbers(Some(*person))).unwrap().into_iter().map(|(_, number)| number);
        // What the auditor's own look adds is past the checkpoint.
        numbers.filter(|number| *number <= u64::try_from(log.len()).unwrap()).collect()
    };
    let meant: Vec<PersonId> =
        persons.iter().copied().filter(|person| numbers(person).iter().any(|n| drawn.contains(n))).collect();
    let file = opened(&city, &log, &meant);
    let openings = read(&file).unwrap().1;
    let sample = |openings: &[Opened<'_>], drawn: &[u64]| replay(&log, openings, Extent::Drawn(drawn));
    let sound = sample(&openings, &drawn).unwrap();
    assert_eq!(usize::try_from(sound.persons).unwrap(), meant.len());
    for person in &meant {
        let own = numbers(person);
        let newest = own.iter().max().unwrap();
        for number in own.iter().filter(|number| *number != newest) {
            let mut fewer = openings.clone();
            fewer.retain(|opened| opened.number != *number);
            assert_eq!(sample(&fewer, &drawn), Err(Fault { entry: *number, why: Why::Missing }));
        }
    }
    // Nor can the authority give other persons than those who were drawn.
    let others: Vec<PersonId> = persons.iter().copied().filter(|person| !meant.contains(person)).collect();
    let file = opened(&city, &log, &others);
    let fault = sample(&read(&file).unwrap().1, &drawn).unwrap_err();
    assert!(drawn.contains(&fault.entry) && fault.why == Why::Missing, "{fault}");
}

/// What somebody does who writes past the acts.
pub(crate) type Deed = Box<dyn Fn(&City, &[PersonId])>;

/// Each deed is named by its entry: the last one of its act.
pub(crate) fn does_not_follow(deeds: Vec<(ActName, Deed, &str)>) {
    for (act, deed, why) in deeds {
        let (city, persons) = lived();
        deed(&city, &persons);
        let entry = last(&log(&city), act);
        let fault = all(&city, &persons).unwrap_err();
        assert_eq!(fault.entry, entry, "{fault}");
        assert!(fault.why.to_string().contains(why), "{fault}");
    }
}

fn fact(city: &City, n: u8, kind: &str, value: &str, issuer: &str) -> RecordedFact {
    let raw = RawFact { kind, value, at: "2022-06-20", issuer, evidence: "X-1", ..RawFact::default() };
    let recorded = city.watch.now();
    RecordedFact { id: FactId::new(recorded, [n; 10]), fact: Fact::parse(&raw).unwrap(), recorded }
}

pub(crate) fn shown(city: &City, color: Color) -> IssuedCode {
    IssuedCode {
        id: CodeId::new(city.watch.now(), [1; 10]),
        ruleset: block_on(city.registry.book()).unwrap().rulesets()[0].number,
        paper: true,
        issued: city.watch.now(),
        expires: city.watch.now() + SignedDuration::from_hours(24),
        listed: Some(Listed { place: StatusRef { shard: 1, index: 1 }, color, device: None }),
    }
}

#[test]
fn what_was_done_past_the_acts_does_not_follow() {
    does_not_follow(vec![
        (
            ActName::Record,
            Box::new(move |city, persons| {
                let row = fact(city, 1, "test", "positive", "laboratory:99");
                by_hand(city, persons[3], ActName::Record, vec![PersonRow::Fact(row)]);
            }),
            "`laboratory:99` was not an appointed issuer",
        ),
        (
            ActName::Record,
            Box::new(move |city, persons| {
                let row = fact(city, 1, "contact", "close", "cdc:410105");
                by_hand(city, persons[3], ActName::Record, vec![PersonRow::Fact(row)]);
            }),
            "`cdc:410105` was not entitled to `contact`",
        ),
        (
            ActName::Record,
            Box::new(move |city, persons| {
                // The day after the last one of the entitlement, in Beijing.
                city.watch.set(1_656_604_800);
                let row = fact(city, 1, "test", "positive", "laboratory:07");
                by_hand(city, persons[3], ActName::Record, vec![PersonRow::Fact(row)]);
            }),
            "`laboratory:07` was not entitled to `test`",
        ),
        (
            ActName::Record,
            Box::new(move |city, persons| {
                // What was withdrawn counts no longer, although its days are not over.
                let book = block_on(city.registry.book()).unwrap();
                let (number, ..) = book.all_entitlements(&city.laboratory.issuer).next().unwrap();
                city.take(Less::Entitlement(number)).unwrap();
                let row = fact(city, 1, "test", "positive", "laboratory:07");
                by_hand(city, persons[3], ActName::Record, vec![PersonRow::Fact(row)]);
            }),
            "`laboratory:07` was not entitled to `test`",
        ),
        (
            ActName::Countersign,
            Box::new(move |city, persons| {
                let fact = city.contact(4, "c-4");
                city.watch.set(1_656_604_800);
                let row =
                    Countersignature { fact, issuer: "community:4".parse().unwrap(), at: city.watch.now() };
                by_hand(city, persons[3], ActName::Countersign, vec![PersonRow::Countersignature(row)]);
            }),
            "`community:4` was not entitled to `contact`",
        ),
        (
            ActName::Countersign,
            Box::new(move |city, persons| {
                // The same organisation under another name: a new issuer of it, its name written otherwise.
                let office = Office1 { issuer: "community:new".parse().unwrap(), key: city.phone.clone() };
                let entry = IssuerEntry {
                    issuer: office.issuer.clone(),
                    organisation: "Zhengzhou.CDC".parse().unwrap(),
                    region: "410100".parse().unwrap(),
                };
                city.say(Appointment::Issuer(entry)).unwrap();
                city.entitle(&office, mingma_registry::words::Capacity::Countersign, "contact");
                let fact = city.contact(4, "c-4");
                let row = Countersignature { fact, issuer: office.issuer, at: city.watch.now() };
                by_hand(city, persons[3], ActName::Countersign, vec![PersonRow::Countersignature(row)]);
            }),
            "`cdc:410100` and `community:new` are one organisation",
        ),
    ]);
}

#[test]
fn what_was_said_past_the_facts_does_not_follow() {
    does_not_follow(vec![
        (
            ActName::Show,
            Box::new(move |city, persons| {
                let row = PersonRow::Code(shown(city, Color::Red));
                by_hand(city, persons[3], ActName::Show, vec![row]);
            }),
            "a code of another colour",
        ),
        (
            ActName::Revoke,
            Box::new(move |city, persons| {
                let record = block_on(city.store.record(persons[3])).unwrap();
                let held = record.codes.last().unwrap();
                let row = Revocation {
                    code: held.id,
                    place: held.listed.unwrap().place,
                    why: RevocationReason::TooGood,
                    at: city.watch.now(),
                };
                by_hand(city, persons[3], ActName::Revoke, vec![PersonRow::Revocation(row)]);
            }),
            "codes were revoked for a worse status",
        ),
        (
            ActName::Transit,
            Box::new(move |city, persons| {
                // One change there was, on registering, of which nobody is told; there was no other.
                told(city, persons[3], 1);
            }),
            "the person was told of another status",
        ),
        (
            ActName::Countersign,
            Box::new(move |city, persons| {
                let row = Countersignature {
                    fact: FactId::new(city.watch.now(), [9; 10]),
                    issuer: "community:4".parse().unwrap(),
                    at: city.watch.now(),
                };
                by_hand(city, persons[3], ActName::Countersign, vec![PersonRow::Countersignature(row)]);
            }),
            "it is about a fact that is not the person's",
        ),
    ]);
}

#[test]
fn two_entries_that_name_one_former_entry_do_not_follow() {
    let (city, persons) = lived();
    let mut log = log(&city);
    let first = block_on(city.store.entries(Some(persons[3]))).unwrap().remove(0);
    let rows = vec![];
    let forked = Entry::about(&Chance, ActName::Assist, city.watch.now(), persons[3], &rows).unwrap();
    let forked = forked.after(Some(first.leaf));
    log.push(Logged::from(&forked));
    let file = opened(&city, &log, &persons);
    let mut openings = read(&file).unwrap().1;
    // The looks of the auditor came later than this log.
    let number = u64::try_from(log.len()).unwrap();
    openings.retain(|opened| opened.number < number);
    let content = mingma_registry::journal::person_text(persons[3], &rows);
    let (id, at, salt) = (forked.id, forked.at, forked.salt.unwrap());
    let content = Content::Whole(&content);
    openings.push(Opened { number, id, at, salt, former: forked.former, content, beside: None });
    let fault = replay(&log, &openings, Extent::Everybody).unwrap_err();
    assert_eq!(fault.entry, number, "{fault}");
    assert!(matches!(fault.why, Why::Unchained { .. }), "{fault}");
}
