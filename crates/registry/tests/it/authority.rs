//! What the authority signs apart counts once, for its own region, while it may be brought, and never for more than a commission's
//! hand: what gives more waits for an appeals office.

use std::cell::Cell;

use jiff::Timestamp;
use mingma_credential::authority::{Act, ActError, sign};
use mingma_credential::key::{SigningKey, SystemEntropy};
use mingma_credential::status::RegionCode;
use mingma_credential::trust::file::{Edition, TrustError, sign as sign_list};
use mingma_credential::trust::{Scope, TrustEntry, Use};
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use mingma_registry::acts::{
    Approve, BrakeError, BringError, BroughtIn, MAX_ACT_DAYS, MAX_LIST_DAYS, UnfitList, bring,
};
use mingma_registry::authority::{Authority, Directive, NotSigned, Signed};
use mingma_registry::brake::Proposed;
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::ports::KeySigner;
use mingma_registry::row::{Brought, PublicRow};
use mingma_registry::words::ActName;
use mingma_registry::{Registry, Steady};
use pollster::block_on;

use crate::brake::{acts, braked, is_no_second, risk, rows};
use crate::house::{City, EXAMPLES, NOON, RULES, Watch, arbiter, commissioner, official};
use crate::replay::Chance;

const DAY: i64 = 86_400;

/// The authority of Henan on its machine apart, and a city that knows its certificate.
pub(crate) struct Apart {
    pub(crate) city: City,
    key: SigningKey,
    pub(crate) certificate: Certificate,
    signed: Cell<u8>,
}

pub(crate) fn key_of(name: &str) -> (SigningKey, Certificate) {
    let key = SigningKey::generate(&mut SystemEntropy).unwrap();
    let now = UnixSeconds::new(NOON);
    let certificate = Certificate::self_signed(&key, name, now.plus(-DAY), now.plus(365 * DAY)).unwrap();
    (key, certificate)
}

impl Apart {
    pub(crate) fn of(city: City) -> Self {
        let (key, certificate) = key_of("Henan");
        let authority = Authority::new(certificate.clone(), "410000".parse().unwrap(), 5);
        let city = City { registry: city.registry.with_authority(authority), ..city };
        Self { city, key, certificate, signed: Cell::new(0) }
    }

    pub(crate) fn act(&self, directive: &Directive) -> Act {
        self.signed.set(self.signed.get() + 1);
        Act {
            region: RegionCode::parse("410000").unwrap(),
            name: directive.name().to_string(),
            content: directive.content(),
            until: UnixSeconds::new(NOON + DAY),
            id: [self.signed.get(); 16],
        }
    }

    pub(crate) fn sign(&self, act: &Act) -> Vec<u8> {
        sign(act, &self.key, &self.certificate).unwrap()
    }

    fn bring(&self, file: &[u8]) -> Result<BroughtIn, BringError> {
        block_on(bring(&self.city.registry, file))
    }

    pub(crate) fn say(&self, directive: &Directive) -> Result<BroughtIn, BringError> {
        self.bring(&self.sign(&self.act(directive)))
    }

    pub(crate) fn approve(&self, by: Actor, proposal: u64, seen: [u8; 32]) -> Result<u64, BrakeError> {
        let book = block_on(self.city.registry.book()).unwrap();
        let region = book.proposal(proposal).unwrap().region();
        self.city.agree(by, Approve { region, proposal, seen })
    }

    /// A trust list of this edition, of a key for this region.
    fn list(&self, number: u64, region: &str) -> Vec<u8> {
        self.list_of(&[(region, Use::Status, 0)], (number, MAX_LIST_DAYS * DAY))
    }

    /// A trust list of a key for each region and use, believed from so many seconds ahead on; of this edition and life.
    fn list_of(&self, keys: &[(&str, Use, i64)], (number, life): (u64, i64)) -> Vec<u8> {
        let now = UnixSeconds::new(NOON);
        let entry = |(region, kind, ahead): &(&str, Use, i64)| {
            let scope = Scope::Limited {
                regions: vec![RegionCode::parse(region).unwrap()],
                uses: vec![*kind],
                from: now.plus(*ahead),
                until: now.plus(2 * DAY),
            };
            TrustEntry::of_certificate(key_of("Codes").1, scope)
        };
        let list = TrustList::of_entries(keys.iter().map(entry).collect());
        let edition = Edition { number, issued_at: now, next_update: now.plus(life) };
        sign_list(&list, edition, &self.key, &self.certificate).unwrap()
    }
}

fn appointment(line: &str) -> Directive {
    Directive::Appoint(line.parse().unwrap())
}

#[test]
fn an_act_counts_once_however_often_it_is_brought() {
    let apart = Apart::of(City::new());
    let before = rows(&apart.city).len();
    let act = apart.act(&Directive::SetRisk(risk(Some("2022-06-27"))));
    let file = apart.sign(&act);
    let first = apart.bring(&file).unwrap();
    let BroughtIn::Counts(number) = first else { panic!("{first:?}") };
    // The same file, and the same act signed a second time, also long after it could have been brought first.
    assert_eq!(apart.bring(&file), Ok(first));
    apart.city.watch.set(NOON + 40 * DAY);
    assert_eq!(apart.bring(&apart.sign(&act)), Ok(first));
    let told = rows(&apart.city).split_off(before);
    let [(_, PublicRow::Brought(brought)), (set, PublicRow::Risk(row))] = &told[..] else {
        panic!("{told:?}")
    };
    assert_eq!((*set, *row, &brought.file), (number, risk(Some("2022-06-27")), &file));
    assert_eq!(brought.act(), Some((act.clone(), apart.certificate.key_id())));
    // Everybody reads in the log that it came so, and what it was.
    assert_eq!(acts(&apart.city, ActName::Bring), 2);
    let entries = block_on(apart.city.registry.store().entries(None)).unwrap();
    let entry = entries.iter().find(|entry| entry.commits_to_public(&told[0].1)).unwrap();
    assert_eq!(entry.clear.subject.as_ref().unwrap().as_str(), "set-risk");
    assert_eq!(entry.clear.region.unwrap().code(), "410000");
    // Another act under its id is none.
    let other = Act { content: b"410105 low 2022-06-13 -".to_vec(), ..act };
    assert_eq!(apart.bring(&apart.sign(&other)), Err(BringError::Used));
}

#[test]
fn an_act_that_broke_off_after_it_was_brought_is_ended_by_whoever_brings_it_again() {
    let apart = Apart::of(City::new());
    let file = apart.sign(&apart.act(&appointment("issuer border:410100 immigration 410100")));
    keep_alone(&apart, &file);
    let before = rows(&apart.city).len();
    // Three days, and not for ever, whatever day was signed.
    let last = NOON + 3 * DAY;
    apart.city.watch.set(last);
    let ended = apart.bring(&file).unwrap();
    let BroughtIn::Waits { proposal, .. } = ended else { panic!("{ended:?}") };
    assert_eq!(rows(&apart.city).len(), before + 1);
    assert_eq!(proposal, u64::try_from(before).unwrap() + 1);
    assert_eq!(apart.bring(&file), Ok(ended));
    let late = Apart::of(City::new());
    let broken = late.sign(&late.act(&appointment("issuer border:410100 immigration 410100")));
    keep_alone(&late, &broken);
    late.city.watch.set(last + 1);
    assert_eq!(late.bring(&broken), Err(BringError::Expired(UnixSeconds::new(last))));
}

/// As if the process had died after it was kept that an act was brought.
pub(crate) fn keep_alone(apart: &Apart, file: &[u8]) {
    let registry = &apart.city.registry;
    let signed = Signed::open(file, registry.authority().unwrap()).unwrap();
    keep(apart, PublicRow::Brought(Brought::new(&signed, file, registry.now())));
}

pub(crate) fn keep(apart: &Apart, row: PublicRow) {
    let registry = &apart.city.registry;
    let entry = mingma_registry::journal::Entry::public(registry.rng(), ActName::Bring, registry.now(), &row);
    let change = mingma_registry::Change::Public { row, entry: entry.unwrap() };
    block_on(registry.store().apply(vec![change])).unwrap();
}

#[test]
fn what_is_not_the_authoritys_for_this_region_and_now_is_refused_each_for_its_own_reason() {
    let apart = Apart::of(City::new());
    let directive = Directive::SetRisk(risk(None));
    let (before, act) = (rows(&apart.city), apart.act(&directive));
    let file = apart.sign(&act);
    let (key, certificate) = key_of("Somebody");
    let other = apart.bring(&sign(&act, &key, &certificate).unwrap());
    let is = |refused: Result<BroughtIn, BringError>, of: fn(&ActError) -> bool| matches!(refused, Err(BringError::NotSigned(NotSigned::File(error))) if of(&error));
    assert!(is(other, |error| matches!(error, ActError::OtherKey { .. })));
    let forged = apart.bring(&sign(&act, &key, &apart.certificate).unwrap());
    assert!(is(forged, |error| matches!(error, ActError::Signature(_))));
    let mut changed = file.clone();
    let place = file.windows(4).position(|word| word == b"high").unwrap();
    changed[place..place + 4].copy_from_slice(b"low ");
    assert!(is(apart.bring(&changed), |error| matches!(error, ActError::Signature(_))));
    assert!(is(apart.bring(b"{}"), |error| matches!(error, ActError::Cose(_))));
    let elsewhere = Act { region: RegionCode::parse("110000").unwrap(), ..act.clone() };
    let other = NotSigned::OtherRegion { of: "110000".to_owned(), here: "410000".parse().unwrap() };
    assert_eq!(apart.bring(&apart.sign(&elsewhere)), Err(BringError::NotSigned(other)));
    let nothing = Act { name: "assess".to_owned(), ..act.clone() };
    assert_eq!(apart.bring(&apart.sign(&nothing)), Err(BringError::NotSigned(NotSigned::Unknown)));
    let at = |seconds| apart.bring(&apart.sign(&Act { until: UnixSeconds::new(seconds), ..act.clone() }));
    assert_eq!(at(NOON - 1), Err(BringError::Expired(UnixSeconds::new(NOON - 1))));
    let last = NOON + MAX_ACT_DAYS * DAY;
    assert_eq!(at(last + 1), Err(BringError::TooLong(UnixSeconds::new(last + 1))));
    // For its own region, it reaches no other.
    let beijing = Directive::SetRisk(mingma_domain::risk::RegionRisk {
        region: "110000".parse().unwrap(),
        ..risk(None)
    });
    assert_eq!(apart.say(&beijing), Err(BringError::Denied(Denied::Elsewhere)));
    assert_eq!(rows(&apart.city), before, "nothing is kept of what is refused");
    assert!(at(last).is_ok() && at(NOON).is_err(), "the last second and the same id for another");
    let (key, certificate) = key_of("Henan");
    let signer = KeySigner::new(key, certificate, RegionCode::parse("410000").unwrap()).unwrap();
    let of_nobody = Registry::new(
        Box::new(MemoryStore::default()),
        Box::new(Steady::new(Watch::default(), None)),
        Box::new(signer),
        Box::new(Chance),
    );
    assert_eq!(block_on(bring(&of_nobody, &file)), Err(BringError::NoAuthority));
}

#[test]
fn whoever_has_the_authoritys_key_alone_makes_no_issuer_and_turns_nobody_worse() {
    let (city, told) = braked(Some(6));
    let apart = Apart::of(city);
    let before = rows(&apart.city).len();
    let made = apart.say(&appointment("issuer border:410100 immigration 410100")).unwrap();
    let BroughtIn::Waits { proposal, seen } = made else { panic!("{made:?}") };
    let held = apart.say(&Directive::SetRisk(risk(None))).unwrap();
    let BroughtIn::Waits { proposal: draft, seen: numbers } = held else { panic!("{held:?}") };
    let rules = RULES.replace("2022-06\"", "2022-07\"");
    let rules =
        Directive::Publish { region: "410100".parse().unwrap(), rules, examples: EXAMPLES.to_owned() };
    assert!(matches!(apart.say(&rules), Ok(BroughtIn::Waits { .. })));
    let counts =
        |row: &PublicRow| matches!(row, PublicRow::Issuer(_) | PublicRow::Risk(_) | PublicRow::Ruleset(_));
    assert!(!rows(&apart.city)[before..].iter().any(|(_, row)| counts(row)));
    // The key stands where the commission does: the commission is no second office to it, of whatever region.
    for by in [commissioner(), official(Office::HealthCommission, "410100")] {
        let region = "410000".parse().unwrap();
        let denied = authorize(by, Purpose::Publication, Approve { region, proposal, seen }).unwrap_err();
        assert!(is_no_second(denied));
    }
    let number = apart.approve(arbiter(), proposal, seen).unwrap();
    let set = apart.approve(arbiter(), draft, numbers).unwrap();
    let all = rows(&apart.city);
    let row = |number| &all.iter().find(|(of, _)| *of == number).unwrap().1;
    assert!(matches!(row(number), PublicRow::Issuer(_)));
    assert_eq!(row(set), &PublicRow::Risk(risk(None)));
    let PublicRow::Proposal(proposed) = row(proposal) else { panic!("a proposal") };
    assert!(matches!(proposed.what, Proposed::Appointment { .. }));
    assert_eq!(proposed.by.staff.as_str(), format!("key:{}", apart.certificate.key_id()));
    // Below the share, where a commission's would count, it waits too: two hundred such drafts are as easily signed as one.
    for (worse, month) in [(5, "2022-08"), (1, "2022-09"), (0, "2022-10")] {
        told.worse(Some(worse));
        let rules = RULES.replace("2022-06\"", &format!("{month}\""));
        let rules =
            Directive::Publish { region: "410100".parse().unwrap(), rules, examples: EXAMPLES.to_owned() };
        let brought = apart.say(&rules).unwrap();
        assert_eq!(matches!(brought, BroughtIn::Counts(_)), worse == 0, "{worse}: {brought:?}");
    }
    // And nobody publishes blindly.
    told.worse(None);
    let lower = mingma_domain::risk::RegionRisk { until: Some("2022-06-27".parse().unwrap()), ..risk(None) };
    assert!(matches!(apart.say(&Directive::SetRisk(lower)), Err(BringError::Act(BrakeError::Blind(_)))));
}

#[test]
fn what_takes_something_away_counts_at_once() {
    let apart = Apart::of(City::new());
    let point = apart.city.cdc.key.device_point();
    let book = || block_on(apart.city.registry.book()).unwrap();
    let now = Timestamp::from_second(NOON).unwrap();
    assert_eq!(book().keys(&apart.city.cdc.issuer, now).count(), 1);
    let less = Directive::Withdraw(mingma_registry::acts::Less::Key(point));
    let done = apart.say(&less).unwrap();
    assert!(matches!(done, BroughtIn::Counts(_)));
    assert_eq!(book().keys(&apart.city.cdc.issuer, now).count(), 0);
    let limit = |rows: u32| Directive::Withdraw(format!("limit cdc:410100 contact {rows}").parse().unwrap());
    assert!(matches!(apart.say(&limit(10)), Ok(BroughtIn::Counts(_))));
    // More than it was is no withdrawal.
    assert!(matches!(apart.say(&limit(11)), Err(BringError::Act(BrakeError::Appointment(_)))));
    assert!(matches!(apart.say(&appointment("limit cdc:410100 contact 11")), Ok(BroughtIn::Waits { .. })));
}

#[test]
fn a_trust_list_is_the_authoritys_of_a_later_edition_and_of_its_own_region() {
    let apart = Apart::of(City::new());
    let bring = |list: Vec<u8>| apart.say(&Directive::TrustList(list));
    let signer = apart.certificate.key_id();
    let in_force = || {
        let book = block_on(apart.city.registry.book()).unwrap();
        book.trust_list(signer).map(|(number, list)| (number, list.to_vec()))
    };
    assert_eq!(in_force(), None);
    // The folder's is the fifth edition.
    assert_eq!(bring(apart.list(5, "410000")), Err(UnfitList::Older(5).into()));
    let sixth = apart.list(6, "410100");
    let act = apart.act(&Directive::TrustList(sixth.clone()));
    let done = apart.bring(&apart.sign(&act)).unwrap();
    assert_eq!(in_force(), Some((6, sixth)));
    assert_eq!(apart.bring(&apart.sign(&act)), Ok(done));
    assert_eq!(bring(apart.list(6, "410000")), Err(UnfitList::Older(6).into()));
    assert_eq!(bring(apart.list(7, "110000")), Err(UnfitList::Outside("410000".parse().unwrap()).into()));
    // A list that the key of codes signed is not the authority's, whoever signs the act around it.
    let other = Apart::of(City::new());
    assert!(matches!(bring(other.list(8, "410000")), Err(BringError::List(TrustError::Signature(_)))));
    apart.city.watch.set(NOON + 31 * DAY);
    let late = Act {
        until: UnixSeconds::new(NOON + 32 * DAY),
        ..apart.act(&Directive::TrustList(apart.list(9, "410000")))
    };
    assert!(matches!(apart.bring(&apart.sign(&late)), Err(BringError::List(TrustError::Stale(_)))));
    let told = rows(&apart.city);
    assert_eq!(told.iter().filter(|(_, row)| matches!(row, PublicRow::Brought(_))).count(), 1);
}

#[test]
fn no_trust_list_is_the_last_one_or_ends_every_code() {
    let apart = Apart::of(City::new());
    let noon = u64::try_from(NOON).unwrap();
    let (signs, month) = (("410100", Use::Status, 0), MAX_LIST_DAYS * DAY);
    let until = |life| UnixSeconds::new(NOON).plus(life);
    for (what, keys, edition, refused) in [
        ("a number that none can exceed", &[signs][..], (u64::MAX, month), UnfitList::Number(u64::MAX)),
        ("a number of the day after", &[signs], (noon + 86_401, month), UnfitList::Number(noon + 86_401)),
        ("a day more", &[signs], (noon, month + 1), UnfitList::TooLong(until(month + 1))),
        ("thousands of years", &[signs], (noon, i64::MAX - NOON), UnfitList::TooLong(until(i64::MAX - NOON))),
        ("no key", &[], (noon, month), UnfitList::NoKey),
        ("no key of codes", &[("410100", Use::StatusList, 0)], (noon, month), UnfitList::NoKey),
        ("a key of tomorrow", &[("410100", Use::Status, DAY)], (noon, month), UnfitList::NoKey),
        (
            "one elsewhere",
            &[signs, ("110000", Use::Status, 0)],
            (noon, month),
            UnfitList::Outside("410000".parse().unwrap()),
        ),
    ] {
        let list = apart.list_of(keys, edition);
        assert_eq!(apart.say(&Directive::TrustList(list)), Err(refused.into()), "{what}");
    }
    let last = apart.list_of(&[signs], (noon + 86_400, month));
    assert!(apart.say(&Directive::TrustList(last)).is_ok(), "what may just be is taken");
}

#[test]
fn of_trust_lists_the_latest_is_in_force_in_whatever_order_they_came_and_of_one_key_alone() {
    let (apart, other) = (Apart::of(City::new()), Apart::of(City::new()));
    let signer = apart.certificate.key_id();
    let in_force =
        |of| block_on(apart.city.registry.book()).unwrap().trust_list(of).map(|(number, _)| number);
    // As two that were brought in one moment would be kept, the later one first; and one of an authority that was before.
    for number in [11, 10] {
        keep_alone(&apart, &apart.sign(&apart.act(&Directive::TrustList(apart.list(number, "410000")))));
        assert_eq!(in_force(signer), Some(11));
    }
    let former = other.act(&Directive::TrustList(other.list(99, "410000")));
    let former = Act { id: [200; 16], ..former };
    let signed = Signed::open(&other.sign(&former), other.city.registry.authority().unwrap()).unwrap();
    let row = PublicRow::Brought(Brought::new(&signed, &other.sign(&former), apart.city.registry.now()));
    keep(&apart, row);
    assert_eq!((in_force(signer), in_force(other.certificate.key_id())), (Some(11), Some(99)));
    let twelfth = apart.say(&Directive::TrustList(apart.list(12, "410000")));
    assert!(twelfth.is_ok(), "another authority's number does not stand in the way: {twelfth:?}");
}
