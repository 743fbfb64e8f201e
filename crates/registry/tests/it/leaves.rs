//! What the public reads of an entry: offices and rules, never a person, and nothing that joins two entries about one.

use std::collections::BTreeSet;

use mingma_credential::status::Initials;
use mingma_domain::fact::RetractionReason;
use mingma_registry::conformance::{
    FACTS, SAMPLE_ACT, additive_rows, every_fact, fact, instant, one_of_each, person, public_rows,
};
use mingma_registry::id::FactId;
use mingma_registry::journal::{Clear, Entry};
use mingma_registry::row::{AppealAnswer, Confirmation, PersonRow, RecordedRetraction, Registration};
use mingma_registry::{NoEntropy, PersonId, Rng};
use std::sync::atomic::{AtomicU8, Ordering};

/// Chance that never repeats within a test.
struct Counting(AtomicU8);

impl Rng for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        Ok(())
    }
}

fn entry(rng: &Counting, who: PersonId, rows: &[PersonRow]) -> Entry {
    let entry = Entry::about(rng, SAMPLE_ACT, instant(), who, rows).unwrap();
    entry.from_office_in(Some("410100".parse().unwrap())).after(None)
}

/// What stands in the log beside the commitment.
fn shown(clear: &Clear) -> String {
    let Clear { issuer, region, subject } = clear;
    format!("{issuer:?} {region:?} {subject:?}")
}

/// Every row that there is about somebody, of every kind of fact.
fn rows() -> Vec<PersonRow> {
    let facts = (0..FACTS).map(|n| PersonRow::Fact(every_fact(n)));
    one_of_each().into_iter().map(|(row, _)| row).chain(facts).collect()
}

#[test]
fn no_two_entries_about_one_person_can_be_joined_by_the_public() {
    let rng = Counting(AtomicU8::new(0));
    for row in rows() {
        let rows = [row];
        let (first, again) = (entry(&rng, person(1), &rows), entry(&rng, person(1), &rows));
        let other = entry(&rng, person(2), &rows);
        // What two entries about one person have in common, an entry about somebody else has, too.
        assert_eq!(first.clear, again.clear);
        assert_eq!(first.clear, other.clear, "{rows:?}");
        let leaves = BTreeSet::from([first.leaf, again.leaf, other.leaf]);
        assert_eq!(leaves.len(), 3, "the same twice is two commitments: {rows:?}");
        // Which one it follows is in the commitment, and nowhere beside it.
        let drafted = Entry::about(&rng, SAMPLE_ACT, instant(), person(1), &rows).unwrap();
        let (behind, alone) = (drafted.after(Some(first.leaf)), drafted.after(None));
        assert_eq!(behind.clear, alone.clear);
        assert_ne!(behind.leaf, alone.leaf);
    }
}

#[test]
fn nothing_of_the_person_is_shown() {
    let rng = Counting(AtomicU8::new(0));
    // Whatever the person lives in, is called, was found to have, or has as a number.
    let home = |home: &str| {
        let home = home.parse().unwrap();
        PersonRow::Registration(Registration {
            home,
            initials: Some(Initials::parse("ZS").unwrap()),
            at: instant(),
        })
    };
    let clear = |row: PersonRow| entry(&rng, person(1), &[row]).clear;
    assert_eq!(clear(home("410105")), clear(home("650000")));
    assert_eq!(clear(home("410105")), Clear::default(), "what a person does shows that somebody did it");
    let of_laboratory: BTreeSet<String> = (1..9)
        .map(|n| {
            let mut fact = fact(n);
            fact.id = FactId::new(instant(), [n; 10]);
            shown(&clear(PersonRow::Fact(fact)))
        })
        .collect();
    assert_eq!(of_laboratory.len(), 1, "evidence and ids are in the commitment");
    for row in rows() {
        let told = shown(&clear(row.clone()));
        let hidden = match &row {
            PersonRow::Fact(row) => {
                let fact = &row.fact;
                let region = fact.region().map(|region| region.code().to_owned());
                let evidence = fact.evidence().map(|evidence| evidence.as_str().to_owned());
                let value = format!("\"{}\"", fact.value());
                [region, evidence, Some(value), Some(row.id.to_string())].into_iter().flatten().collect()
            }
            PersonRow::Grant(row) => vec![row.app.to_string(), row.id.to_string()],
            PersonRow::Disclosure(row) => vec![row.by.to_string(), row.id.to_string()],
            PersonRow::Binding(row) => vec![row.agent.to_string(), row.id.to_string()],
            PersonRow::Code(row) => vec![row.id.to_string()],
            PersonRow::Request(row) => vec![row.key.to_string()],
            PersonRow::Amendment(row) => vec![row.by.to_string(), row.home.code().to_owned()],
            PersonRow::Registration(_)
            | PersonRow::Countersignature(_)
            | PersonRow::Retraction(_)
            | PersonRow::Confirmation(_)
            | PersonRow::Appeal(_)
            | PersonRow::AppealAnswer(_)
            | PersonRow::Access(_)
            | PersonRow::Revocation(_) => vec![person(1).to_string()],
        };
        for hidden in hidden {
            let office = told.contains(&format!("\"{hidden}\"")) || told.contains(&format!("({hidden})"));
            assert!(!office, "`{hidden}` is shown in {told}");
        }
    }
}

/// What the public can count of acts about persons: which act, by which issuer, how often. Not what was said, nor of what.
#[test]
fn how_often_an_issuer_acts_is_public_and_what_it_said_is_not() {
    let rng = Counting(AtomicU8::new(0));
    let shown = |row: PersonRow| shown(&entry(&rng, person(1), &[row]).clear);
    let (mut by_kind, mut issuers) = (BTreeSet::new(), BTreeSet::new());
    for row in rows() {
        match row {
            PersonRow::Retraction(row) => {
                issuers.insert(row.issuer.to_string());
                by_kind.extend(RetractionReason::ALL.iter().map(|reason| {
                    (
                        "retract",
                        shown(PersonRow::Retraction(RecordedRetraction { reason: *reason, ..row.clone() })),
                    )
                }));
            }
            PersonRow::Confirmation(row) => {
                issuers.insert(row.issuer.to_string());
                by_kind.extend([true, false].map(|confirmed| {
                    ("confirm", shown(PersonRow::Confirmation(Confirmation { confirmed, ..row.clone() })))
                }));
            }
            PersonRow::AppealAnswer(row) => {
                by_kind.extend([true, false].map(|upheld| {
                    ("answer", shown(PersonRow::AppealAnswer(AppealAnswer { upheld, ..row })))
                }));
            }
            PersonRow::Fact(_)
            | PersonRow::Countersignature(_)
            | PersonRow::Disclosure(_)
            | PersonRow::Request(_)
            | PersonRow::Registration(_)
            | PersonRow::Amendment(_)
            | PersonRow::Code(_)
            | PersonRow::Revocation(_)
            | PersonRow::Grant(_)
            | PersonRow::Binding(_)
            | PersonRow::Appeal(_)
            | PersonRow::Access(_) => {}
        }
    }
    // One text for each of the three, whatever was said: with the issuer's name in it, and no word beside it.
    let kinds: BTreeSet<&str> = by_kind.iter().map(|(kind, _)| *kind).collect();
    assert_eq!((kinds.len(), by_kind.len()), (3, 3), "{by_kind:?}");
    assert!(by_kind.iter().all(|(_, shown)| shown.ends_with("None")), "{by_kind:?}");
    assert!(!issuers.is_empty());
    // Of one kind and of another an issuer records alike; the entries are as many as the facts.
    let facts: BTreeSet<String> = (0..FACTS)
        .map(every_fact)
        .map(|fact| (fact.fact.issuer().clone(), shown(PersonRow::Fact(fact))))
        .map(|(issuer, shown)| shown.replace(&format!("{issuer:?}"), "ISSUER"))
        .collect();
    assert!(facts.len() <= 2, "an issuer's, or a person's own, and nothing of the fact: {facts:?}");
}

#[test]
fn an_office_answers_for_what_it_did() {
    let rng = Counting(AtomicU8::new(0));
    let issuers = rows().into_iter().filter_map(|row| entry(&rng, person(1), &[row]).clear.issuer);
    let issuers: BTreeSet<String> = issuers.map(|issuer| issuer.to_string()).collect();
    for issuer in ["hospital", "cdc:410100", "community:4", "laboratory:410100-07", "border:310", "appeal"] {
        assert!(issuers.contains(issuer), "{issuer}: {issuers:?}");
    }
    assert!(!issuers.contains("self"), "a person is no office");
    let public: Vec<Clear> = public_rows()
        .iter()
        .chain(&additive_rows())
        .map(|row| Entry::public(&rng, SAMPLE_ACT, instant(), row).unwrap().clear)
        .collect();
    assert!(public.iter().filter(|clear| clear.region.is_some()).count() >= 3, "{public:?}");
}
