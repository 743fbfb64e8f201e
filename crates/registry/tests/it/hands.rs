//! By whose hands public acts came about, as an auditor finds it in the log, who believes nobody.

use mingma_credential::authority::sign;
use mingma_domain::risk::Level;
use mingma_domain::risk::RegionRisk;
use mingma_registry::Clock as _;
use mingma_registry::acts::{BroughtIn, SetRisk, set_risk};
use mingma_registry::authority::Directive;
use mingma_registry::policy::{Purpose, authorize};
use mingma_registry::replay::bundle::read;
use mingma_registry::replay::{Case, Extent, Fault, Hands};
use mingma_registry::row::{Brought, PublicRow};
use mingma_registry::words::ActName;
use pollster::block_on;

use crate::authority::{Apart, keep, keep_alone, key_of};
use crate::brake::{braked, risk};
use crate::house::{City, arbiter, commissioner};
use crate::replay::{last, log, opened};

fn hands(apart: &Apart, anchors: &[mingma_credential::Certificate]) -> Result<Hands, Fault> {
    let log = log(&apart.city);
    let file = opened(&apart.city, &log, &[]);
    Case::new(&log, &read(&file).unwrap().1, Extent::Drawn(&[]))?.hands(anchors)
}

#[test]
fn what_is_said_to_be_the_authoritys_is_held_to_its_key_and_what_one_office_did_alone_is_named() {
    let (city, told) = braked(Some(0));
    let apart = Apart::of(city);
    let own = [apart.certificate.clone()];
    let before = hands(&apart, &own).unwrap();
    let first = u64::try_from(log(&apart.city).len()).unwrap() + 1;
    assert!(matches!(apart.say(&Directive::SetRisk(risk(Some("2022-06-27")))), Ok(BroughtIn::Counts(_))));
    told.worse(Some(6));
    let held = apart.say(&Directive::SetRisk(risk(None))).unwrap();
    let BroughtIn::Waits { proposal, seen } = held else { panic!("{held:?}") };
    apart.approve(arbiter(), proposal, seen).unwrap();
    told.worse(Some(1));
    let wish = authorize(commissioner(), Purpose::Publication, SetRisk(risk(Some("2022-06-20")))).unwrap();
    block_on(set_risk(&apart.city.registry, wish)).unwrap();
    let alone = last(&log(&apart.city), ActName::SetRisk);
    let found = hands(&apart, &own).unwrap();
    assert_eq!((found.brought, found.made, found.agreed), (2, 2, before.agreed + 1));
    assert_eq!(found.alone, [before.alone, vec![alone]].concat());
    // Another's key has signed nothing here; beside the authority's own it does no harm.
    let (_, other) = key_of("Other");
    let fault = hands(&apart, std::slice::from_ref(&other)).unwrap_err();
    assert_eq!(fault.entry, first);
    assert!(fault.to_string().contains("it was brought in as the authority's, and is not"), "{fault}");
    assert_eq!(hands(&apart, &[own[0].clone(), other]), Ok(found));
}

/// What somebody does who has the server and not the authority's key, or brings in what was not to be.
type Deed = fn(&Apart);

fn low() -> RegionRisk {
    RegionRisk { level: Level::Low, ..risk(None) }
}

fn brought(apart: &Apart, file: Vec<u8>, id: u8) {
    keep(apart, PublicRow::Brought(Brought { id: [id; 16], file, at: apart.city.watch.now() }));
}

fn says(apart: &Apart) -> Vec<u8> {
    apart.sign(&apart.act(&Directive::SetRisk(low())))
}

#[test]
fn what_the_authority_never_signed_is_the_first_entry_that_does_not_follow() {
    let forged: Deed = |apart| {
        let (key, certificate) = key_of("Forger");
        brought(apart, sign(&apart.act(&Directive::SetRisk(low())), &key, &certificate).unwrap(), 1);
    };
    let changed: Deed = |apart| {
        let mut file = says(apart);
        *file.last_mut().unwrap() ^= 1;
        brought(apart, file, 1);
    };
    let unsigned: Deed = |apart| keep(apart, PublicRow::Risk(low()));
    let another: Deed = |apart| {
        keep_alone(apart, &says(apart));
        keep(apart, PublicRow::Risk(risk(None)));
    };
    let twice: Deed = |apart| {
        keep_alone(apart, &says(apart));
        (0..2).for_each(|_| keep(apart, PublicRow::Risk(low())));
    };
    let anew: Deed = |apart| {
        let file = says(apart);
        keep_alone(apart, &file);
        brought(apart, file, 9);
    };
    let late: Deed = |apart| {
        let file = says(apart);
        apart.city.watch.set(crate::house::NOON + 86_401);
        brought(apart, file, 1);
    };
    let too_late: Deed = |apart| {
        keep_alone(apart, &says(apart));
        apart.city.watch.set(crate::house::NOON + 74 * 3_600);
        keep(apart, PublicRow::Risk(low()));
    };
    let elsewhere: Deed = |apart| {
        keep_alone(apart, &says(apart));
        let mut act = apart.act(&Directive::SetRisk(low()));
        act.region = mingma_credential::status::RegionCode::parse("110000").unwrap();
        brought(apart, apart.sign(&act), 2);
    };
    let table: [(&str, Deed, &str); 9] = [
        ("another key's", forged, "not by the authority's key"),
        ("a changed signature", changed, "the signature does not match"),
        ("no file", unsigned, "no signed file"),
        ("a file that says something else", another, "no signed file"),
        ("a second act by one file", twice, "no signed file"),
        ("a file under a second id", anew, "under another id"),
        ("a file after its last day", late, "after its last day"),
        ("what comes of a file days later", too_late, "no signed file"),
        ("another region's", elsewhere, "for another region"),
    ];
    for (what, deed, said) in table {
        let apart = Apart::of(City::new());
        deed(&apart);
        let fault = hands(&apart, std::slice::from_ref(&apart.certificate)).unwrap_err();
        assert_eq!(fault.entry, u64::try_from(log(&apart.city).len()).unwrap(), "{what}");
        assert!(fault.to_string().contains(said), "{what}: {fault}");
    }
}
