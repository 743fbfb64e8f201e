//! What offices make public: rules, risk, appointments.

use mingma_domain::risk::{Level, RegionRisk};
use mingma_registry::acts::{
    AppointError, AssessError, Publish, PublishError, SetRisk, SetRiskError, publish, set_risk,
};
use mingma_registry::policy::{Denied, Office, Purpose, authorize};
use mingma_registry::row::{EntitlementEntry, IssuerEntry};
use mingma_registry::words::Capacity;
use mingma_registry::{Appointment, RulesetNumber};
use pollster::block_on;

use crate::house::{City, EXAMPLES, RULES, commissioner, official};

fn try_publish(
    city: &City,
    region: &str,
    rules: &str,
    examples: &str,
) -> Result<RulesetNumber, PublishError> {
    let wish =
        Publish { region: region.parse().unwrap(), rules: rules.to_owned(), examples: examples.to_owned() };
    block_on(publish(&city.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
}

#[test]
fn a_published_ruleset_is_never_edited_and_a_bad_one_is_refused() {
    let city = City::new();
    assert!(matches!(city.publish(), Err(PublishError::Published { .. })));
    let edited = RULES.replace("within_days = 7", "within_days = 70");
    assert!(matches!(try_publish(&city, "410100", &edited, EXAMPLES), Err(PublishError::Refused { .. })));
    let other = try_publish(&city, "410500", RULES, EXAMPLES);
    assert!(matches!(other, Err(PublishError::OtherRegion { .. })));
    assert!(matches!(try_publish(&city, "410100", "?", EXAMPLES), Err(PublishError::Syntax { .. })));
    let next = RULES.replace("2022-06\"", "2022-07\"");
    let number = try_publish(&city, "410100", &next, EXAMPLES).unwrap();
    let person = city.resident(1);
    let assessment = city.assess(person).unwrap();
    assert_eq!(assessment.ruleset().number, number, "of two with one effect the later holds");
    assert_eq!(assessment.explanation().ruleset, "2022-07");
    let last = block_on(city.registry.store().published(0)).unwrap().last().unwrap().number;
    assert_eq!(number.0, last);
}

#[test]
fn without_rules_in_force_there_is_no_status() {
    let city = City::new();
    let person = city.resident(1);
    // The ruleset's sunset is 1 September.
    city.watch.set(1_661_961_599);
    assert!(city.assess(person).is_ok());
    city.watch.set(1_661_961_600);
    assert!(matches!(city.assess(person), Err(AssessError::NoRules { .. })));
}

#[test]
fn an_office_acts_in_its_own_region_only() {
    let city = City::new();
    let wish = |region: &str| Publish {
        region: region.parse().unwrap(),
        rules: String::new(),
        examples: String::new(),
    };
    let elsewhere =
        authorize(official(Office::HealthCommission, "410100"), Purpose::Publication, wish("410500"));
    assert_eq!(elsewhere.unwrap_err(), Denied::Elsewhere);
    let other = authorize(official(Office::Appeals, "410000"), Purpose::Publication, wish("410100"));
    assert!(matches!(other, Err(Denied::Role { .. })));
    let refused = |appointment| city.propose(commissioner(), appointment).unwrap_err();
    let issuer: mingma_domain::fact::Issuer = "cdc:110000".parse().unwrap();
    let region = "110000".parse().unwrap();
    let entry = IssuerEntry { issuer: issuer.clone(), organisation: "beijing-cdc".parse().unwrap(), region };
    assert!(matches!(refused(Appointment::Issuer(entry)), AppointError::Outside { .. }));
    let entitlement = |issuer, kind: &str, region: &str| {
        let entitlement = mingma_domain::fact::Entitlement {
            issuer,
            kind: kind.parse().unwrap(),
            region: region.parse().unwrap(),
            from: "2022-06-01".parse().unwrap(),
            until: "2022-06-30".parse().unwrap(),
        };
        Appointment::Entitlement(EntitlementEntry { capacity: Capacity::Submit, entitlement })
    };
    let unknown = refused(entitlement(issuer, "contact", "410100"));
    assert!(matches!(unknown, AppointError::UnknownIssuer { .. }));
    let laboratory = || city.laboratory.issuer.clone();
    let withheld = refused(entitlement(laboratory(), "contact", "410100"));
    assert!(
        matches!(withheld, AppointError::Vocabulary { .. }),
        "no authority gives what the vocabulary withholds"
    );
    let wide = refused(entitlement(laboratory(), "test", "110000"));
    assert!(matches!(wide, AppointError::Outside { .. }));
}

#[test]
fn a_risk_is_set_for_everybody_to_read() {
    let city = City::new();
    let set = |from: &str, until: Option<&str>| {
        let wish = SetRisk(RegionRisk {
            region: "410105".parse().unwrap(),
            level: Level::High,
            from: from.parse().unwrap(),
            until: until.map(|day| day.parse().unwrap()),
        });
        block_on(set_risk(&city.registry, authorize(commissioner(), Purpose::Publication, wish).unwrap()))
    };
    assert_eq!(set("2022-06-13", Some("2022-06-12")), Err(SetRiskError::Backwards));
    set("2022-06-13", None).unwrap();
    let book = block_on(city.registry.book()).unwrap();
    let level = |day: &str| book.risk().level("410105".parse().unwrap(), day.parse().unwrap());
    assert_eq!((level("2022-06-12"), level("2022-06-13")), (None, Some(Level::High)));
}
