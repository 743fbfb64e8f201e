//! Whoever is disputed does not answer: not who said it, nor the office that let them in.

use mingma_registry::acts::{
    AnswerAppeal, AnswerError, ConfirmError, ExamineAppeal, ExamineError, OpenAppeals, OwnDisputes,
    OwnIssuer, answer_appeal, examine_appeal, open_appeals, own_disputes,
};
use mingma_registry::intake::RowAnswer;
use mingma_registry::policy::{Office, Purpose, authorize};
use mingma_registry::record::Standing;
use mingma_registry::row::Confirmation;
use mingma_registry::words::{Capacity, Ground, NoticeKind};
use mingma_registry::{FactId, Store as _};
use pollster::block_on;

use crate::disputes::{DUE, dispute, red, say, source};
use crate::house::{City, Office1, arbiter, document, negative_test, official};

/// Which facts wait for an institution's word, and whether others have to say that they are so.
fn asks_others(city: &City, office: &Office1) -> Vec<(FactId, bool)> {
    let wish = OwnDisputes { issuer: office.issuer.clone(), after: None, limit: 9 };
    let wish = authorize(office.actor(), Purpose::Redress, wish).unwrap();
    let waits = block_on(own_disputes(&city.registry, wish)).unwrap().items;
    waits.iter().map(|own| (own.case.recorded.id, own.asks_others)).collect()
}

#[test]
fn who_said_it_of_what_two_say_does_not_answer_whoever_disputes_it() {
    let city = City::new();
    for office in [&city.community, &city.cdc_branch] {
        source(&city, office);
    }
    let (person, fact) = red(&city, 1);
    let opened = dispute(&city, person, fact, Ground::NotMe);
    // The issuer, its organisation under another name, and whoever countersigned: each is disputed, and is told so before it says anything.
    let kind = "contact".parse().unwrap();
    for office in [&city.cdc, &city.cdc_branch, &city.community] {
        assert_eq!(asks_others(&city, office), [(fact, true)], "{}", office.issuer);
        assert_eq!(say(&city, office, 1, fact, true), Err(ConfirmError::OwnWord { kind }));
    }
    source(&city, &city.laboratory);
    assert_eq!(asks_others(&city, &city.laboratory), [(fact, false)]);
    // What was kept before this was so, or past the acts, answers nothing either; another's word does.
    for (office, standing) in [(&city.cdc, false), (&city.community, false), (&city.laboratory, true)] {
        let record = block_on(city.registry.store().record(person)).unwrap();
        let mut record = (*record).clone();
        let (issuer, at) = (office.issuer.clone(), city.registry.now());
        record.confirmations.push(Confirmation {
            fact,
            issuer,
            appeal: Some(opened.id),
            confirmed: true,
            at,
        });
        assert_eq!(record.lapses(at), (!standing).then_some(opened.due));
        let stands = record.standing(record.fact(fact).unwrap(), opened.due);
        assert_eq!(matches!(stands, Standing::Counts(_)), standing, "{}: {stands:?}", office.issuer);
    }
    assert_eq!(
        say(&city, &city.cdc_branch, 1, fact, false),
        Ok(()),
        "but that it is not so they all may say"
    );
    assert_eq!(city.color(person), "green");
}

#[test]
fn where_a_source_can_be_asked_the_issuers_word_answers_nothing() {
    // A laboratory's test needs no second organisation: who took it answers, unless somebody else gives out its numbers.
    for asked in [false, true] {
        let city = City::new();
        let person = city.resident(1);
        let (wire, other) = (document(1).to_wire(), Ground::NotMe);
        let answers = city.record(&city.laboratory, "k", &[negative_test(&wire)]).unwrap();
        let RowAnswer::Recorded { id: fact, .. } = answers[0] else { panic!("{answers:?}") };
        city.entitle(&city.laboratory, Capacity::Confirm, "test");
        if asked {
            city.entitle(&city.cdc, Capacity::Confirm, "test");
        }
        dispute(&city, person, fact, other);
        assert_eq!(asks_others(&city, &city.laboratory), [(fact, asked)], "as the act does");
        let said = say(&city, &city.laboratory, 1, fact, true);
        let own = Err(ConfirmError::OwnWord { kind: "test".parse().unwrap() });
        assert_eq!(said, if asked { own } else { Ok(()) });
        assert_eq!(asks_others(&city, &city.cdc), if asked { vec![(fact, false)] } else { vec![] });
        if asked {
            assert_eq!(say(&city, &city.cdc, 1, fact, true), Ok(()));
        }
        city.watch.set(DUE);
        let record = block_on(city.registry.store().record(person)).unwrap();
        let stands = record.standing(record.fact(fact).unwrap(), city.registry.now());
        assert!(matches!(stands, Standing::Counts(_)), "{stands:?}");
    }
}

#[test]
fn no_office_answers_for_an_institution_that_its_own_region_let_in() {
    let city = City::new();
    // The city's commission proposes the institution and the province's office agrees, or the province does all of it.
    for (proposes, refused) in [("410100", true), ("410000", false)] {
        let line = format!("limit community:4 contact {}", if refused { 1_001 } else { 1_002 });
        let city = if refused { &city } else { &City::new() };
        let by = official(Office::HealthCommission, proposes);
        let proposed = city.propose_for((by, proposes), line.parse().unwrap()).unwrap();
        city.agree(arbiter(), proposed).unwrap();
        let (person, fact) = red(city, 1);
        let opened = dispute(city, person, fact, Ground::NotMe);
        let own = |region| {
            let wish = AnswerAppeal { person, appeal: opened.id, upheld: false };
            let allowed = authorize(official(Office::Appeals, region), Purpose::Redress, wish).unwrap();
            block_on(answer_appeal(&city.registry, allowed)).map(|_| ())
        };
        let least = "410000".parse().unwrap();
        let queued = |region: &str| {
            let wish = OpenAppeals { region: region.parse().unwrap(), after: None, limit: 9 };
            let allowed = authorize(official(Office::Appeals, region), Purpose::Redress, wish).unwrap();
            let found = block_on(open_appeals(&city.registry, allowed)).unwrap().items;
            assert_eq!(found.iter().map(|one| one.opened.id).collect::<Vec<_>>(), [opened.id]);
            found[0].elsewhere
        };
        for region in ["410100", "410105", "410000"] {
            let elsewhere = (refused && region != "410000").then_some(least);
            assert_eq!(queued(region), elsewhere, "its queue says whose it is: {region}");
        }
        if refused {
            for region in ["410100", "410105"] {
                assert_eq!(own(region), Err(AnswerError::Own(OwnIssuer { least })), "{region}");
                let wish = ExamineAppeal { person, appeal: opened.id };
                let allowed = authorize(official(Office::Appeals, region), Purpose::Redress, wish).unwrap();
                let looked = block_on(examine_appeal(&city.registry, allowed));
                assert!(matches!(looked, Err(ExamineError::Own(_))), "nor looks at the person");
            }
            let record = block_on(city.registry.store().record(person)).unwrap();
            let tried = record.disclosures.iter().map(|look| (look.refused(), look.case.clone()));
            let case = Some(opened.id.to_string().parse().unwrap());
            let each = (Some("not-above"), case);
            assert_eq!(tried.collect::<Vec<_>>(), vec![each; 4], "each try is on the record");
            let told = block_on(city.store.notices(person)).unwrap();
            assert_eq!(told.iter().filter(|(notice, _)| notice.kind == NoticeKind::Disclosed).count(), 4);
            assert_eq!(own("410000"), Ok(()));
        } else {
            assert_eq!(own("410100"), Ok(()), "no office below is nearer to it than another");
        }
    }
}
