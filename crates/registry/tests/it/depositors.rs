//! The replay of Zhengzhou, June 2022: 1,317 people whom somebody wants red, 446 of them in the city and 871 elsewhere, and an
//! official with every local right. Each way that was open then is tried on the real acts; what each meets is asserted.

use mingma_domain::ruleset::example;
use mingma_registry::acts::{
    AboveLimit, AnswerAppeal, AppealFact, AppointError, AssessError, BrakeError, Countersign,
    CountersignError, Publish, PublishError, Record, RecordError, Register, answer_appeal, appeal, approve,
    countersign, publish, register,
};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::row::{IssuerEntry, PublicRow};
use mingma_registry::submission::RawRow;
use mingma_registry::words::{Capacity, Ground, NoticeKind, Strange};
use mingma_registry::{Appointment, FactId, PersonId};
use pollster::block_on;

use crate::house::{
    City, EXAMPLES, NOON, Office1, RULES, SALT, commissioner, document, official, submission,
};
use crate::issuers::sign_second;
use crate::suspected;

const PRESENT: u32 = 446;
const ELSEWHERE: u32 = 871;
const ALL: u32 = PRESENT + ELSEWHERE;

/// The city with a border post, rules by which an entry from abroad is red, and the depositors.
fn city() -> (City, Vec<PersonId>, Office1) {
    let city = City::new();
    let entry = "kind = \"entry\", value = \"MM\", at = 2022-06-10, region = \"410105\", issuer = \"border\"";
    let contact = "kind = \"contact\", value = \"close\", at = 2022-06-10, issuer = \"cdc\"";
    let rules = RULES
        .replace("{ fact = \"contact\", value = \"close\", within", "{ fact = \"entry\", within")
        .replace("2022-06-01", "2022-06-02")
        .replace("id = \"2022-06\"", "id = \"2022-06-entry\"");
    let wish =
        Publish { region: "410100".parse().unwrap(), rules, examples: EXAMPLES.replace(contact, entry) };
    assert_eq!(example::parse(&wish.examples).unwrap().len(), 3);
    block_on(publish(&city.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
        .unwrap();
    let border = Office1 { issuer: "border:410100".parse().unwrap(), key: city.phone.clone() };
    let (organisation, region) = ("immigration".parse().unwrap(), "410100".parse().unwrap());
    city.say(Appointment::Issuer(IssuerEntry { issuer: border.issuer.clone(), organisation, region }))
        .unwrap();
    city.key_of(&border);
    city.entitle(&border, Capacity::Submit, "entry");
    city.entitle(&city.community, Capacity::Countersign, "entry");
    let register = |n| {
        let home = if n < PRESENT { "410105" } else { "510104" };
        let wish = Register::new(document(n), home.parse().unwrap());
        let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
        block_on(register(&city.registry, allowed)).unwrap();
        block_on(city.registry.store().find(&document(n))).unwrap().unwrap()
    };
    let persons = (0..ALL).map(register).collect();
    (city, persons, border)
}

fn rows<'p>(persons: &'p [String], kind: &'p str, value: &'p str) -> Vec<RawRow<'p>> {
    let row = |person: &'p String| RawRow {
        person,
        kind,
        value,
        at: "2022-06-12",
        evidence: "E-7",
        region: if kind == "entry" { "410105" } else { "" },
        ..RawRow::default()
    };
    persons.iter().map(row).collect()
}

fn red(city: &City, persons: &[PersonId]) -> usize {
    persons.iter().filter(|who| city.assess(**who).is_ok_and(|a| a.status().color_word() == "red")).count()
}

fn told(city: &City, person: PersonId) -> Vec<NoticeKind> {
    block_on(city.registry.store().notices(person)).unwrap().iter().map(|(notice, _)| notice.kind).collect()
}

#[test]
fn an_official_with_every_local_right_turns_no_depositor_red() {
    let (city, persons, border) = city();
    let documents: Vec<String> = (0..ALL).map(|n| document(n).to_wire()).collect();
    // Set the colour: no kind of fact carries one, whoever signs.
    for (kind, value) in
        [("color", "red"), ("status", "red"), ("bank-depositor", "yes"), ("foreign-status", "red")]
    {
        let answers = city.record(&city.community, kind, &rows(&documents, kind, value)).unwrap();
        assert!(
            answers.len() == documents.len() && answers.iter().all(|a| matches!(a, RowAnswer::Refused(_))),
            "{kind}"
        );
    }
    // Import a list, in each local office's name: no office may record.
    for office in [Office::HealthCommission, Office::Appeals, Office::Community] {
        let wish = Record(submission(&border, "list", &rows(&documents, "entry", "MM")));
        assert!(authorize(official(office, "410100"), Purpose::OutbreakControl, wish).is_err(), "{office:?}");
    }
    // Entries from abroad without the border post's key: another key under its name, and the community under its own.
    let forged = Office1 { issuer: border.issuer.clone(), key: city.community.key.clone() };
    let refused = city.record(&forged, "forged", &rows(&documents, "entry", "MM"));
    assert!(matches!(refused, Err(RecordError::Signature { .. })), "{refused:?}");
    let answers = city.record(&city.community, "own", &rows(&documents, "entry", "MM")).unwrap();
    assert!(answers.iter().all(|answer| matches!(answer, RowAnswer::Refused(_))));
    assert!(persons.iter().all(|who| block_on(city.registry.store().record(*who)).unwrap().facts.is_empty()));
    // Change the rule for one street: the street has no rules of its own, and an office none for a region that it is not in.
    let street =
        Publish { region: "410105".parse().unwrap(), rules: RULES.to_owned(), examples: EXAMPLES.to_owned() };
    let own = official(Office::HealthCommission, "410105");
    let refused = block_on(publish(&city.registry, authorize(own, Purpose::Publication, street).unwrap()));
    assert!(matches!(refused, Err(PublishError::OtherRegion { .. })), "{refused:?}");
    assert_eq!(red(&city, &persons), 0);
}

/// Who may not use an institution's key makes an institution: two of one's own, a border post and a second organisation.
#[test]
fn an_official_alone_invents_no_border_post_and_no_second_organisation() {
    let (city, persons, _) = city();
    let documents: Vec<String> = (0..ALL).map(|n| document(n).to_wire()).collect();
    let before = block_on(city.registry.book()).unwrap().last();
    let forged = |issuer: &str| Office1 { issuer: issuer.parse().unwrap(), key: city.phone.clone() };
    let (post, second) = (forged("border:own"), forged("community:own"));
    for line in ["issuer border:own own-post 410100", "issuer community:own own-street 410100"] {
        let appointed = city.propose(commissioner(), line.parse().unwrap()).unwrap();
        for own in [
            commissioner(),
            official(Office::HealthCommission, "410100"),
            official(Office::Appeals, "410000"),
            official(Office::Community, "410105"),
        ] {
            // The same person in every local office is one person; a community has no say.
            let agreed = authorize(own, Purpose::Publication, appointed)
                .map(|wish| block_on(approve(&city.registry, wish)));
            assert!(matches!(agreed, Err(_) | Ok(Err(BrakeError::SameOffice))), "{agreed:?}");
        }
    }
    // An issuer that nobody agreed to is given nothing.
    for line in [
        "entitlement submit border:own entry 410100 2022-06-01 2022-06-30",
        "entitlement countersign community:own entry 410100 2022-06-01 2022-06-30",
        "limit border:own entry 5000",
    ] {
        let refused = city.propose(commissioner(), line.parse().unwrap());
        assert!(matches!(refused, Err(AppointError::UnknownIssuer { .. })), "{line}: {refused:?}");
    }
    let refused = city.record(&post, "own", &rows(&documents, "entry", "MM"));
    assert!(matches!(refused, Err(RecordError::UnknownIssuer { .. })), "{refused:?}");
    assert!(block_on(city.registry.book()).unwrap().issuer(&second.issuer).is_none());
    assert_eq!(red(&city, &persons), 0);
    // Everybody can read what was tried: two proposals, with whose they are.
    let tried = block_on(city.registry.store().published(before)).unwrap();
    let by = |row: &PublicRow| matches!(row, PublicRow::Proposal(row) if row.by.office == Office::HealthCommission);
    assert!(tried.len() == 2 && tried.iter().all(|act| by(&act.row)), "{tried:?}");
}

#[test]
fn a_stolen_border_key_turns_nobody_red_and_two_organisations_are_seen_and_undone() {
    let (city, persons, border) = city();
    let documents: Vec<String> = (0..ALL).map(|n| document(n).to_wire()).collect();
    // With the border post's key, and no second organisation.
    // In one go it is above what an issuer records alone within an hour: nothing is recorded, and the public reads of it.
    let held = city.record(&border, "stolen", &rows(&documents, "entry", "MM"));
    assert!(matches!(held, Err(RecordError::AboveLimit(AboveLimit { limit: 1_000, .. }))), "{held:?}");
    assert!(persons.iter().all(|who| told(&city, *who).is_empty()));
    // A patient thief takes three hours.
    let (first, second) = documents.split_at(1_000);
    let mut answers = city.record(&border, "first", &rows(first, "entry", "MM")).unwrap();
    city.watch.set(NOON + 7_200);
    answers.extend(city.record(&border, "second", &rows(second, "entry", "MM")).unwrap());
    let facts: Vec<FactId> = answers
        .iter()
        .map(|answer| match answer {
            RowAnswer::Recorded { id, pending: true } => *id,
            other @ (RowAnswer::Recorded { .. } | RowAnswer::Refused(_)) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((facts.len(), red(&city, &persons)), (1_317, 0));
    assert!(persons.iter().all(|who| told(&city, *who) == [NoticeKind::FactPending]), "each is told at once");
    // And the public reads that the border post does what it never did, to people who share nothing but where they live.
    let book = block_on(city.registry.book()).unwrap();
    let alarms: Vec<_> = book.alarms().map(|(_, alarm, _)| (alarm.why, &alarm.issuer)).collect();
    let of_border = |why| (why, &border.issuer);
    assert_eq!(
        alarms,
        [
            of_border(Strange::AboveLimit),
            of_border(Strange::UnlikeItself),
            of_border(Strange::NothingInCommon),
            // The week's alarm does not stand for the hour's.
            of_border(Strange::UnlikeItself),
            of_border(Strange::NothingInCommon)
        ]
    );
    // With a second organisation's key too: those who live here turn red; nobody elsewhere is under these rules.
    for (n, fact) in (0..).zip(&facts) {
        let second = &city.community;
        let bytes = Countersign::signed_bytes(&second.issuer, &SALT, &document(n), *fact);
        let signature = second.key.sign(&bytes).unwrap();
        let wish = Countersign {
            issuer: second.issuer.clone(),
            document: document(n),
            fact: *fact,
            salt: SALT,
            signature,
        };
        let allowed = || authorize(second.actor(), Purpose::OutbreakControl, wish.clone()).unwrap();
        if n == 1_000 {
            // The second organisation has a limit of its own.
            let held = block_on(countersign(&city.registry, allowed()));
            assert!(matches!(held, Err(CountersignError::AboveLimit(_))), "{held:?}");
            city.watch.set(NOON + 7_200 + 3_601);
        }
        block_on(countersign(&city.registry, allowed())).unwrap();
    }
    let (here, elsewhere) = persons.split_at(PRESENT as usize);
    assert_eq!((red(&city, here), red(&city, elsewhere)), (446, 0));
    assert!(elsewhere.iter().all(|who| matches!(city.assess(*who), Err(AssessError::NoRules { .. }))));
    // Each has the fact with both names under it, and an entry of the journal for each of the two.
    for who in &persons {
        let record = block_on(city.registry.store().record(*who)).unwrap();
        let names = (record.facts[0].fact.issuer().clone(), record.countersignatures[0].issuer.clone());
        assert_eq!(names, (border.issuer.clone(), city.community.issuer.clone()));
        assert!(block_on(city.registry.store().entries(Some(*who))).unwrap().len() >= 3);
    }
    // A dispute that is upheld takes it back; one that nobody answers in three days ends it all the same.
    let dispute = |who: PersonId, fact| {
        let wish = AppealFact { person: who, fact, ground: Ground::NoEvidence };
        block_on(appeal(&city.registry, authorize(Actor::Resident(who), Purpose::Redress, wish).unwrap()))
            .unwrap()
    };
    let opened: Vec<_> = here.iter().zip(&facts).map(|(who, fact)| dispute(*who, *fact)).collect();
    let wish = AnswerAppeal { person: here[0], appeal: opened[0].id, upheld: true };
    let office = authorize(official(Office::Appeals, "410000"), Purpose::Redress, wish).unwrap();
    block_on(answer_appeal(&city.registry, office)).unwrap();
    assert_eq!(red(&city, here), 445);
    city.watch.set(NOON + 7_200 + 3_601 + 3 * 86_400);
    assert_eq!(red(&city, here), 0);
    let spans = block_on(city.registry.store().appeal_spans(jiff::Timestamp::UNIX_EPOCH)).unwrap();
    assert_eq!(spans.len(), 446, "and the public counts the disputes");
}

/// Whoever has no border post's key may have a hospital's: for a suspicion no laboratory answers.
#[test]
fn a_stolen_hospital_key_suspects_the_depositors_and_turns_nobody_red() {
    let (city, hospital) = suspected::city();
    let persons: Vec<PersonId> = (0..PRESENT).map(|n| city.resident(n)).collect();
    let documents: Vec<String> = (0..PRESENT).map(|n| document(n).to_wire()).collect();
    let answers = city.record(&hospital, "stolen", &rows(&documents, "diagnosis", "suspected")).unwrap();
    let waits = |answer: &RowAnswer| matches!(answer, RowAnswer::Recorded { pending: true, .. });
    assert!(answers.len() == persons.len() && answers.iter().all(waits), "{answers:?}");
    assert_eq!(red(&city, &persons), 0);
    assert!(persons.iter().all(|who| told(&city, *who).contains(&NoticeKind::FactPending)));
    let book = block_on(city.registry.book()).unwrap();
    let alarms: Vec<_> = book.alarms().map(|(_, alarm, _)| (alarm.why, &alarm.issuer)).collect();
    assert_eq!(alarms, [(Strange::UnlikeItself, &hospital.issuer)], "the public reads of it");
    // Whoever has it cannot put the second name under it.
    let RowAnswer::Recorded { id, .. } = answers[0] else { panic!("{answers:?}") };
    assert_eq!(sign_second(&city, &hospital, 0, id), Err(CountersignError::SameOrganisation));
}
