//! Officials and institutions sign in, and nobody gives an office that they lack.

use jiff::Timestamp;
use mingma_registry::Clock as _;
use mingma_registry::acts::{
    AppointStaff, EndStaff, InstitutionSignInError, Less, NewStaff, StaffError, StaffSignInError, add_staff,
    appoint_staff, end_staff, enter_as_official, institution_bytes, remove_staff, sign_in_institution,
    sign_in_staff,
};
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::ports::{NoEntropy, Rng};
use mingma_registry::store::Spent;
use mingma_registry::words::ActName;
use pollster::block_on;

use crate::house::{City, NOON, official};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

struct Counting;

impl Rng for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        (0..).zip(bytes).for_each(|(n, byte)| *byte = n);
        Ok(())
    }
}

fn account(name: &str, office: Office, region: &str) -> AppointStaff {
    AppointStaff {
        name: name.parse().unwrap(),
        office,
        region: region.parse().unwrap(),
        from: at(NOON),
        until: at(NOON + 30 * 86_400),
    }
}

fn add(city: &City, account: &AppointStaff) -> Result<NewStaff, StaffError> {
    block_on(add_staff(city.registry.store(), &Counting, city.watch.now(), account))
}

#[test]
fn an_official_signs_in_with_password_and_second_factor_and_each_code_once() {
    let city = City::new();
    let wish = account("zhang", Office::Community, "410105");
    let new = add(&city, &wish).unwrap();
    let enter = |password: &str, code: &str| {
        block_on(sign_in_staff(&city.registry, &wish.name, password, code)).map(|(_, until)| until)
    };
    let (password, code) = (new.password.as_str(), new.totp.code_at(at(NOON)));
    assert_eq!(enter("wrong", &code), Err(StaffSignInError::Refused));
    assert_eq!(enter(password, "000000"), Err(StaffSignInError::Refused));
    let shift = enter(password, &code).unwrap();
    assert_eq!(shift, at(NOON + 8 * 3_600), "a wrong password had used up no code");
    assert_eq!(enter(password, &code), Err(StaffSignInError::Refused), "each code once");
    city.watch.set(NOON + 30);
    assert_eq!(enter(password, &code), Err(StaffSignInError::Refused), "nor in the step after");
    assert!(enter(password, &new.totp.code_at(at(NOON + 30))).is_ok());
    let nobody = "wang".parse().unwrap();
    let refused = block_on(sign_in_staff(&city.registry, &nobody, password, &code));
    assert_eq!(refused.unwrap_err(), StaffSignInError::Refused);
    city.watch.set(NOON + 30 * 86_400 - 60);
    let last = enter(password, &new.totp.code_at(city.watch.now())).unwrap();
    assert_eq!(last, wish.until, "no longer than the account");
    city.watch.set(NOON + 30 * 86_400);
    assert_eq!(enter(password, &new.totp.code_at(city.watch.now())), Err(StaffSignInError::Refused));
}

#[test]
fn a_removed_account_is_out_at_once_and_its_name_stays_taken() {
    let city = City::new();
    let wish = account("zhang", Office::Community, "410105");
    let new = add(&city, &wish).unwrap();
    let actor = || block_on(enter_as_official(&city.registry, &wish.name)).unwrap();
    let region = wish.region;
    assert_eq!(
        actor(),
        Some(Actor::Official { staff: wish.name.clone(), office: Office::Community, region })
    );
    let remove =
        || block_on(remove_staff(city.registry.store(), &Counting2(9), city.watch.now(), &wish.name));
    assert_eq!(remove(), Ok(()));
    assert_eq!(actor(), None);
    let code = new.totp.code_at(at(NOON));
    let entered = block_on(sign_in_staff(&city.registry, &wish.name, new.password.as_str(), &code));
    assert_eq!(entered.unwrap_err(), StaffSignInError::Refused);
    assert_eq!(add(&city, &wish).unwrap_err(), StaffError::Taken);
    let entries = block_on(city.registry.store().entries(None)).unwrap();
    let acts: Vec<ActName> = entries.iter().map(|entry| entry.act).collect();
    assert!(acts.contains(&ActName::AppointStaff) && acts.contains(&ActName::EndStaff), "{acts:?}");
}

/// Other chance than [`Counting`], so that entries have ids of their own.
struct Counting2(u8);

impl Rng for Counting2 {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(self.0);
        Ok(())
    }
}

#[test]
fn nobody_grants_an_office_that_they_lack() {
    let city = City::new();
    add(&city, &account("staff-7", Office::HealthCommission, "410000")).unwrap();
    let by = |actor: Actor, wish: AppointStaff| {
        let allowed = authorize(actor, Purpose::OutbreakControl, wish)?;
        Ok::<_, Denied>(block_on(appoint_staff(&city.registry, allowed)).map(|_| ()))
    };
    let commissioner = || official(Office::HealthCommission, "410000");
    let wish = |name: &str, office, region| account(name, office, region);
    assert_eq!(by(commissioner(), wish("a", Office::HealthCommission, "110000")), Err(Denied::Elsewhere));
    for office in [Office::Appeals, Office::Community] {
        assert_eq!(by(commissioner(), wish("b", office, "410100")), Ok(Err(StaffError::NotHeld)));
        let role = by(official(office, "410000"), wish("c", office, "410100"));
        assert!(matches!(role, Err(Denied::Role { .. })));
    }
    let longer =
        AppointStaff { until: at(NOON + 31 * 86_400), ..wish("d", Office::HealthCommission, "410100") };
    assert_eq!(by(commissioner(), longer), Ok(Err(StaffError::NotHeld)));
    let backwards = AppointStaff { until: at(NOON), ..wish("e", Office::HealthCommission, "410100") };
    assert_eq!(by(commissioner(), backwards), Ok(Err(StaffError::Backwards)));
    assert_eq!(by(commissioner(), wish("f", Office::HealthCommission, "410100")), Ok(Ok(())));
    add(&city, &account("worker", Office::Community, "410105")).unwrap_err();
    block_on(add_staff(
        city.registry.store(),
        &Counting2(1),
        at(NOON),
        &account("worker", Office::Community, "410105"),
    ))
    .unwrap();
    let end = |region: &str, name: &str| {
        let wish = EndStaff { region: region.parse().unwrap(), name: name.parse().unwrap() };
        let allowed = authorize(commissioner(), Purpose::OutbreakControl, wish).unwrap();
        block_on(end_staff(&city.registry, allowed))
    };
    assert_eq!(end("410000", "worker"), Err(StaffError::NotHeld));
    assert_eq!(end("419001", "f"), Err(StaffError::NoSuchAccount), "it lies outside");
    assert_eq!(end("410000", "nobody"), Err(StaffError::NoSuchAccount));
    assert_eq!(end("410000", "f"), Ok(()));
    assert_eq!(end("410000", "f"), Err(StaffError::NoSuchAccount));
}

#[test]
fn an_institution_answers_a_challenge_with_its_key_and_once() {
    let city = City::new();
    let (lab, cdc) = (&city.laboratory, &city.cdc);
    let answer = |n: u8, issuer: &mingma_domain::fact::Issuer, key: &mingma_credential::key::SigningKey| {
        let challenge = format!("challenge-{n}");
        let signature = key.sign(&institution_bytes(issuer, &challenge)).unwrap();
        let spent = Spent { name: [n; 16], until: at(NOON + 120) };
        block_on(sign_in_institution(&city.registry, issuer, (&challenge, spent), &signature))
    };
    assert_eq!(answer(1, &lab.issuer, &cdc.key), Err(InstitutionSignInError::Refused), "another's key");
    assert_eq!(answer(1, &lab.issuer, &lab.key), Ok(at(NOON + 12 * 3_600)));
    assert_eq!(answer(1, &lab.issuer, &lab.key), Err(InstitutionSignInError::Refused), "once");
    assert_eq!(answer(2, &"hospital:9".parse().unwrap(), &lab.key), Err(InstitutionSignInError::Refused));
    city.take(Less::Key(lab.key.device_point())).unwrap();
    assert_eq!(answer(3, &lab.issuer, &lab.key), Err(InstitutionSignInError::Refused), "a withdrawn key");
}
