//! Tables of what waits, and what holds of every record.

use jiff::Timestamp;
use mingma_domain::fact::{Color, RawFact, RetractionReason};

use super::*;
use crate::id::EntryId;
use crate::record::Standing;
use crate::row::{
    Amendment, Confirmation, Countersignature, PersonRow, RecordedFact, RecordedRetraction, Registration,
};

const GREEN: Outcome = Outcome::Code(Color::Green);
const YELLOW: Outcome = Outcome::Code(Color::Yellow);
const RED: Outcome = Outcome::Code(Color::Red);

fn at() -> Timestamp {
    Timestamp::from_second(1_655_092_800).unwrap()
}

fn id(n: u8) -> FactId {
    FactId::new(at(), [n; 10])
}

fn row(n: u8, kind: &str, value: &str, issuer: &str) -> PersonRow {
    let instant = ["test", "symptom"].contains(&kind);
    let day = if instant { "2022-06-12T08:00:00+08:00" } else { "2022-06-12" };
    let evidence = if issuer == "self" { "" } else { "N-1" };
    let raw = RawFact { kind, value, at: day, issuer, evidence, ..RawFact::default() };
    PersonRow::Fact(RecordedFact { id: id(n), fact: Fact::parse(&raw).unwrap(), recorded: at() })
}

fn positive(n: u8) -> PersonRow {
    row(n, "test", "positive", "laboratory:410100-07")
}

fn negative(n: u8) -> PersonRow {
    row(n, "test", "negative", "laboratory:410100-07")
}

fn contact(n: u8) -> PersonRow {
    row(n, "contact", "close", "cdc:410100")
}

fn fever(n: u8) -> PersonRow {
    row(n, "symptom", "fever", "self")
}

fn seconded(n: u8) -> PersonRow {
    PersonRow::Countersignature(Countersignature { fact: id(n), issuer: "cdc:1".parse().unwrap(), at: at() })
}

fn taken_back(n: u8) -> PersonRow {
    let (issuer, reason) = ("self".parse().unwrap(), RetractionReason::WrongPerson);
    PersonRow::Retraction(RecordedRetraction { fact: id(n), issuer, reason, at: at() })
}

fn denied(n: u8) -> PersonRow {
    let issuer = "laboratory:410100-07".parse().unwrap();
    PersonRow::Confirmation(Confirmation { fact: id(n), issuer, appeal: None, confirmed: false, at: at() })
}

fn registered() -> PersonRow {
    let home = "410105".parse().unwrap();
    PersonRow::Registration(Registration { home, initials: None, at: at() })
}

/// Lives from now on where a fever is red.
fn moves(number: u32, home: &str) -> PersonRow {
    let (home, by) = (home.parse().unwrap(), "staff-7".parse().unwrap());
    PersonRow::Amendment(Amendment { number, home, initials: None, by, at: at() })
}

/// A record of these entries, numbered from 1.
fn record(entries: &[Vec<PersonRow>]) -> PersonRecord {
    let mut record = PersonRecord::default();
    for (number, rows) in (1_u8..).zip(entries) {
        for row in rows.iter().cloned() {
            assert!(Added::by(&row).is_some(), "{row:?}");
            if let PersonRow::Fact(row) = row {
                record.facts.push(row);
            } else if let PersonRow::Countersignature(row) = row {
                record.countersignatures.push(row);
            } else if let PersonRow::Retraction(row) = row {
                record.retractions.push(row);
            } else if let PersonRow::Confirmation(row) = row {
                record.confirmations.push(row);
            } else if let PersonRow::Registration(row) = row {
                record.registration = Some(row);
            } else if let PersonRow::Amendment(row) = row {
                record.amendments.push(row);
            }
        }
        record.later.push(Later {
            number: u64::from(number),
            entry: EntryId::new(at(), [number; 10]),
            at: at(),
            added: rows.iter().filter_map(Added::by).collect(),
        });
    }
    record
}

/// As rules may be: a positive test is red until a later negative one, a close contact yellow, a fever needs a negative test; in one region it
/// is red until then.
fn outcome(record: &PersonRecord) -> Option<Outcome> {
    let home = record.home()?;
    let facts = record.counting(at());
    let last = |value: &str| facts.iter().rposition(|fact| fact.value().to_string() == value);
    let (positive, negative) = (last("positive"), last("negative"));
    let is_strict = home.code() == "110101" && last("fever").is_some() && negative.is_none();
    Some(if is_strict || (positive.is_some() && negative < positive) {
        RED
    } else if last("close").is_some() || (last("fever").is_some() && negative.is_none()) {
        YELLOW
    } else {
        GREEN
    })
}

/// What is so, by these entries, witnessed up to a number: these wait, and this is shown.
type Row<'t> = (&'t str, Vec<Vec<PersonRow>>, u64, &'t [u64], Outcome);

fn told(entries: &[Vec<PersonRow>], witnessed: u64) -> (Vec<u64>, Outcome) {
    let record = record(entries);
    let waiting = Waiting::of(&record, witnessed, outcome);
    let counts = record.clone().without_waiting(waiting.clone());
    assert_eq!(Waiting::of(&counts, witnessed, outcome), waiting, "they are known from then on");
    let counts = outcome(&counts).unwrap();
    (waiting.entries.iter().map(|entry| entry.number).collect(), counts)
}

#[test]
fn what_makes_worse_waits_and_what_makes_better_counts_at_once() {
    #[rustfmt::skip]
    let table: &[Row<'_>] = &[
        ("a positive test waits", vec![vec![registered()], vec![positive(1)]], 1, &[2], GREEN),
        ("and counts when it is witnessed", vec![vec![registered()], vec![positive(1)]], 2, &[], RED),
        ("a negative one counts at once", vec![vec![registered(), positive(1)], vec![negative(2)]], 1, &[], GREEN),
        ("what changes nothing counts", vec![vec![registered()], vec![negative(1)]], 1, &[], GREEN),
        ("a contact alone is not worse, its countersignature is",
            vec![vec![registered()], vec![contact(1)], vec![seconded(1)]], 1, &[3], GREEN),
        ("a countersignature waits though the contact is witnessed",
            vec![vec![registered()], vec![contact(1)], vec![seconded(1)]], 2, &[3], GREEN),
        ("to take back what clears is worse",
            vec![vec![registered(), positive(1)], vec![negative(2)], vec![taken_back(2)]], 2, &[3], GREEN),
        ("to deny what clears is worse",
            vec![vec![registered(), positive(1)], vec![negative(2)], vec![denied(2)]], 2, &[3], GREEN),
        ("to take back what makes worse is better",
            vec![vec![registered(), positive(1)], vec![taken_back(1)]], 1, &[], GREEN),
        ("what was taken back again need not wait",
            vec![vec![registered()], vec![positive(1)], vec![taken_back(1)]], 1, &[], GREEN),
        ("what was made good behind it need not wait",
            vec![vec![registered()], vec![positive(1)], vec![negative(2)]], 1, &[], GREEN),
        ("what waits holds up nothing better behind it",
            vec![vec![registered(), fever(1)], vec![contact(2), seconded(2)], vec![negative(3)]], 1, &[2], GREEN),
        ("each that is worse waits",
            vec![vec![registered()], vec![contact(1), seconded(1)], vec![positive(2)]], 1, &[2, 3], GREEN),
        ("the first of them counts before the second",
            vec![vec![registered()], vec![contact(1), seconded(1)], vec![positive(2)]], 2, &[3], YELLOW),
        ("less than what is so already does not wait",
            vec![vec![registered(), positive(1)], vec![contact(2), seconded(2)]], 1, &[], RED),
        ("an entry waits whole", vec![vec![registered()], vec![negative(1), positive(2)]], 1, &[2], GREEN),
        ("a registration never waits, what came before it does",
            vec![vec![positive(1)], vec![registered()]], 0, &[1], GREEN),
        ("a registration never waits", vec![vec![positive(1)], vec![registered()]], 1, &[], RED),
        ("a move to harsher rules waits",
            vec![vec![registered(), fever(1)], vec![moves(1, "110101")]], 1, &[2], YELLOW),
        ("and counts when it is witnessed",
            vec![vec![registered(), fever(1)], vec![moves(1, "110101")]], 2, &[], RED),
        ("a move to milder rules counts at once",
            vec![vec![registered(), fever(1), moves(1, "110101")], vec![moves(2, "410105")]], 1, &[], YELLOW),
        ("who moved back need not wait for having moved",
            vec![vec![registered(), fever(1)], vec![moves(1, "110101")], vec![moves(2, "410105")]], 1, &[], YELLOW),
        ("nor what came with it, if it is no worse than none of it", vec![vec![registered(), fever(1)]], 0, &[1], GREEN),
    ];
    for (what, entries, witnessed, waits, shown) in table {
        assert_eq!(told(entries, *witnessed), (waits.to_vec(), *shown), "{what}");
    }
}

#[test]
fn what_waits_is_told_of_its_fact() {
    let entries = [
        vec![registered(), positive(1)],
        vec![negative(2)],
        vec![contact(3)],
        vec![seconded(3)],
        vec![taken_back(2)],
    ];
    let record = record(&entries);
    let waiting = Waiting::of(&record, 3, outcome);
    let counts = record.without_waiting(waiting);
    let standing = |n| counts.standing(counts.fact(id(n)).unwrap(), at());
    assert_eq!(standing(1), Standing::Counts(None));
    assert_eq!(standing(2), Standing::Counts(None), "that it was taken back waits");
    assert_eq!(standing(3), Standing::Unwitnessed, "it has its countersignature, which waits");
    assert_eq!(counts.waiting.entries().iter().map(|entry| entry.number).collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn without_a_status_nothing_waits() {
    assert_eq!(told_without_home(), vec![]);
}

fn told_without_home() -> Vec<Later> {
    Waiting::of(&record(&[vec![positive(1)], vec![contact(2), seconded(2)]]), 0, outcome).entries
}

#[test]
fn a_record_that_is_witnessed_is_assessed_no_second_time() {
    let record = record(&[vec![registered()], vec![positive(1)]]);
    let waiting = Waiting::of(&record, 2, |_| panic!("nothing is to be weighed"));
    assert!(waiting.is_nothing());
    assert!(Witnessed::everything().number() >= 2);
}

#[test]
fn witnesses_do_not_take_back_what_they_signed() {
    let witnessed = Witnessed::nothing_yet();
    assert!(witnessed.is_asked_for());
    witnessed.reach(7);
    witnessed.reach(5);
    assert_eq!(witnessed.number(), 7);
    assert!(!Witnessed::default().is_asked_for());
}

/// Every order of these entries behind a registration, and every number up to which they may be witnessed.
#[test]
fn nobody_is_worse_off_than_by_what_is_witnessed_nor_than_by_everything() {
    let last = [vec![taken_back(2)], vec![moves(1, "110101")]];
    let seen = last.map(|last| {
        in_every_order(&[
            vec![positive(1)],
            vec![negative(2)],
            vec![contact(3)],
            vec![seconded(3)],
            vec![fever(4)],
            last,
        ])
    });
    assert_eq!(seen, [720 * 8; 2]);
}

fn in_every_order(pieces: &[Vec<PersonRow>]) -> usize {
    let mut seen = 0;
    for order in orders(pieces.len()) {
        let mut entries = vec![vec![registered()]];
        entries.extend(order.iter().map(|piece| pieces[*piece].clone()));
        let record = record(&entries);
        let everything = outcome(&record).unwrap();
        for witnessed in 0..=record.later.len() {
            let (waits, shown) = told(&entries, u64::try_from(witnessed).unwrap());
            let behind: BTreeSet<Added> = record.later[witnessed..].iter().flat_map(waiting_rows).collect();
            let by_witnessed = outcome(&record.clone().without(&behind)).unwrap();
            assert!(!is_worse(shown, by_witnessed), "{order:?} {witnessed}");
            assert!(!is_worse(shown, everything), "{order:?} {witnessed}");
            assert!(waits.iter().all(|number| *number > u64::try_from(witnessed).unwrap()));
            seen += 1;
        }
        let last = u64::try_from(record.later.len()).unwrap();
        assert_eq!(told(&entries, last), (vec![], everything), "when all is witnessed all counts");
        assert_eq!(told(&entries, Witnessed::EVERYTHING), (vec![], everything));
    }
    seen
}

fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![vec![]];
    }
    let shorter = orders(of - 1);
    let put = |order: &Vec<usize>, place: usize| {
        let mut order = order.clone();
        order.insert(place, of - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..of).map(move |place| put(order, place))).collect()
}
