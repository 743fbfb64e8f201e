//! Where a person is reached is changed by the person alone, and counts when the code that was sent there is given back.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use mingma_domain::text::Lang;
use mingma_registry::access::{AccessRow, OneTimeCode, Reach};
use mingma_registry::acts::{
    Bind, CODES_A_DAY, ChangeContact, ChangeContactError, ConfirmContact, ConfirmContactError, ContactChange,
    Delivery, SECONDS_BETWEEN_CODES, SignInError, bind, change_contact, confirm_contact, deliver, enter_for,
    request_sign_in, sign_in,
};
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Denied, Office, Purpose, authorize};
use mingma_registry::ports::{NotDelivered, Notifier, Outgoing};
use mingma_registry::store::{Applied, Change, Layer, Store};
use mingma_registry::words::{ActName, CodeUse, NoticeKind, Tie};
use mingma_registry::{AccessRecord, Clock as _, Contact, PersonId, StoreError};
use pollster::block_on;

use crate::house::{City, NOON, commissioner, document, official, phone};
use crate::identified::helped;
use crate::signing_in::other_than;

fn access(city: &City, person: PersonId) -> AccessRecord {
    block_on(city.registry.store().access(person, city.watch.now())).unwrap()
}

fn contact_of(city: &City, person: PersonId) -> Option<Contact> {
    access(city, person).contact().cloned()
}

/// The person wishes to be reached there, and reads English.
fn change(
    city: &City,
    person: PersonId,
    contact: Option<Contact>,
) -> Result<ContactChange, ChangeContactError> {
    let wish = ChangeContact { person, contact, lang: Lang::En };
    let wish = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
    block_on(change_contact(&city.registry, wish))
}

fn confirm(city: &City, person: PersonId, code: &OneTimeCode) -> Result<(), ConfirmContactError> {
    let wish = ConfirmContact { person, code: code.clone() };
    let wish = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
    block_on(confirm_contact(&city.registry, wish))
}

/// The code that was sent to the new contact.
fn code(city: &City, person: PersonId) -> OneTimeCode {
    access(city, person).open(CodeUse::Contact, city.watch.now()).unwrap().code.clone()
}

/// What a channel was handed: where it goes, in which language, of which kind, and which code.
type Message = (Contact, Lang, NoticeKind, Option<OneTimeCode>);

#[derive(Default)]
struct Caught(Mutex<Vec<Message>>);

#[async_trait]
impl Notifier for Caught {
    async fn deliver(
        &self,
        &Outgoing { notice, contact, lang, code }: &Outgoing<'_>,
    ) -> Result<(), NotDelivered> {
        self.0.lock().unwrap().push((contact.clone(), lang, notice.kind, code.cloned()));
        Ok(())
    }
}

/// What goes out now.
fn told(city: &City) -> Vec<Message> {
    let channel = Caught::default();
    block_on(deliver(&city.registry, &channel, 16)).unwrap();
    channel.0.into_inner().unwrap()
}

/// To where the code goes by which the person signs in.
fn signs_in_at(city: &City, n: u32) -> Contact {
    city.watch.set(city.watch.now().as_second() + SECONDS_BETWEEN_CODES);
    block_on(request_sign_in(&city.registry, &document(n))).unwrap();
    let told = told(city);
    let [(contact, _, NoticeKind::SignInCode, Some(code))] = &told[..] else { panic!("{told:?}") };
    assert!(block_on(sign_in(&city.registry, &document(n), code, None)).is_ok());
    contact.clone()
}

#[test]
fn a_new_contact_counts_when_the_code_that_was_sent_there_is_given_back() {
    let city = City::new();
    let person = city.resident(1);
    assert_eq!(change(&city, person, Some(phone(5))), Ok(ContactChange::Unproved));
    let right = code(&city, person);
    let sent = (phone(5), Lang::En, NoticeKind::ContactCode, Some(right.clone()));
    assert_eq!(told(&city), [sent], "there, in the language that is wished for, and nowhere else");
    assert_eq!(confirm(&city, person, &other_than(&right, 0)), Err(ConfirmContactError::Refused));
    assert_eq!(contact_of(&city, person), Some(phone(1)));
    assert_eq!(signs_in_at(&city, 1), phone(1), "until then everything goes where it went");
    let acts = |city: &City| -> Vec<ActName> {
        let entries = block_on(city.registry.store().entries(Some(person))).unwrap();
        entries.iter().map(|entry| entry.act).collect()
    };
    assert_eq!(acts(&city), [ActName::Register]);

    assert_eq!(confirm(&city, person, &right), Ok(()));
    assert_eq!(contact_of(&city, person), Some(phone(5)));
    assert_eq!(acts(&city), [ActName::Register, ActName::ChangeContact]);
    let [(to, _, NoticeKind::ContactChanged, None)] = &told(&city)[..] else { panic!("nobody is told") };
    assert_eq!(*to, phone(1), "the former one is told");
    assert_eq!(signs_in_at(&city, 1), phone(5));
    assert_eq!(confirm(&city, person, &right), Err(ConfirmContactError::Refused), "once");
}

/// Somebody whom the first person let act for them.
fn agent(city: &City, ward: PersonId) -> Actor {
    let agent = city.resident(2);
    let wish = Bind { ward, key: "k".parse().unwrap(), agent: document(2), tie: Tie::Agent, days: 30 };
    let wish = authorize(Actor::Resident(ward), Purpose::SelfService, wish).unwrap();
    block_on(bind(&city.registry, wish)).unwrap();
    Actor::Agent(block_on(enter_for(&city.registry, agent, ward)).unwrap().unwrap())
}

#[test]
fn nobody_else_changes_where_a_person_is_reached() {
    let city = City::new();
    let person = city.resident(1);
    let worker = official(Office::Community, "410105");
    let (_, helper) = helped(&city, &worker, 1);
    let change = ChangeContact { person, contact: Some(phone(5)), lang: Lang::En };
    let confirm = ConfirmContact { person, code: "271828".parse().unwrap() };
    for actor in [
        Actor::Visitor,
        Actor::Resident(PersonId::new([9; 16])),
        agent(&city, person),
        worker,
        helper,
        commissioner(),
        city.cdc.actor(),
    ] {
        let asked = authorize(actor.clone(), Purpose::SelfService, change.clone()).map(|_| ());
        let given = authorize(actor.clone(), Purpose::SelfService, confirm.clone()).map(|_| ());
        assert!(matches!(asked, Err(Denied::NotOwn | Denied::Role { .. })), "{actor:?}: {asked:?}");
        assert_eq!(given, asked, "{actor:?}");
    }
}

#[test]
fn a_contacts_code_has_five_tries_and_five_minutes() {
    let city = City::new();
    let person = city.resident(1);
    for (wrong, wait, good) in [(4, 299, true), (5, 0, false), (0, 300, false)] {
        city.watch.set(city.watch.now().as_second() + SECONDS_BETWEEN_CODES);
        let other = if contact_of(&city, person) == Some(phone(5)) { phone(6) } else { phone(5) };
        assert_eq!(change(&city, person, Some(other.clone())), Ok(ContactChange::Unproved));
        let right = code(&city, person);
        for n in 0..wrong {
            let tried = confirm(&city, person, &other_than(&right, n));
            assert_eq!(tried, Err(ConfirmContactError::Refused));
        }
        city.watch.set(city.watch.now().as_second() + wait);
        assert_eq!(confirm(&city, person, &right).is_ok(), good, "{wrong} wrong, after {wait} seconds");
        assert_eq!(contact_of(&city, person) == Some(other), good);
    }
}

#[test]
fn many_guesses_at_a_contacts_code_at_one_moment_are_still_five_tries() {
    for round in 0..20 {
        let city = City::new();
        let person = city.resident(1);
        change(&city, person, Some(phone(5))).unwrap();
        let right = code(&city, person);
        let wins: usize = std::thread::scope(|scope| {
            let guesses: Vec<_> = (0..32)
                .map(|n| {
                    let (city, right) = (&city, &right);
                    let guess = if n % 4 == 3 { right.clone() } else { other_than(right, n) };
                    scope.spawn(move || confirm(city, person, &guess).is_ok())
                })
                .collect();
            guesses.into_iter().map(|guess| usize::from(guess.join().unwrap())).sum()
        });
        let access = access(&city, person);
        assert!(access.tries.len() <= 5 && wins <= 1, "round {round}: {} tries, {wins}", access.tries.len());
        assert_eq!(access.reaches.len(), 1 + wins);
    }
}

#[test]
fn whoever_wrote_a_wrong_number_sets_it_right_at_once_and_a_day_has_twenty_codes() {
    let city = City::new();
    let person = city.resident(1);
    let noon_tomorrow = NOON + 86_400;
    city.watch.set(noon_tomorrow);
    let codes = |city: &City| {
        let sent = access(city, person).challenges;
        sent.into_iter().filter(|code| code.what_for == CodeUse::Contact).count()
    };
    change(&city, person, Some(phone(5))).unwrap();
    let of_the_wrong_one = code(&city, person);
    change(&city, person, Some(phone(6))).unwrap();
    assert_eq!(codes(&city), 2, "at once");
    change(&city, person, Some(phone(6))).unwrap();
    assert_eq!(codes(&city), 2, "its code is on its way");
    assert_ne!(of_the_wrong_one, code(&city, person));
    assert_eq!(confirm(&city, person, &of_the_wrong_one), Err(ConfirmContactError::Refused));
    city.watch.set(noon_tomorrow + SECONDS_BETWEEN_CODES);
    change(&city, person, Some(phone(6))).unwrap();
    assert_eq!(codes(&city), 3, "and after a minute another one");
    for n in 3..CODES_A_DAY {
        assert_eq!(change(&city, person, Some(phone(10 + n))), Ok(ContactChange::Unproved));
    }
    let wait_seconds = u64::try_from(86_400 - city.watch.now().as_second() % 86_400).unwrap();
    let enough = Err(ChangeContactError::EnoughToday { wait_seconds });
    assert_eq!(change(&city, person, Some(phone(9))), enough);
    let last = code(&city, person);
    assert_eq!(confirm(&city, person, &last), Ok(()), "the last one counts");
    while !told(&city).is_empty() {}
    assert_eq!(signs_in_at(&city, 1), phone(9 + CODES_A_DAY), "and signing in has its own");
    city.watch.set(city.watch.now().as_second() + i64::try_from(wait_seconds).unwrap());
    assert_eq!(change(&city, person, Some(phone(9))), Ok(ContactChange::Unproved), "the next day, too");
}

#[test]
fn another_language_and_nowhere_count_at_once_and_the_first_contact_is_proved_too() {
    let city = City::new();
    let person = city.resident(1);
    assert_eq!(change(&city, person, Some(phone(1))), Ok(ContactChange::Counts));
    assert_eq!(access(&city, person).lang(), Lang::En);
    assert_eq!(told(&city), [], "the same contact is no news");
    assert_eq!(change(&city, person, None), Ok(ContactChange::Counts));
    assert_eq!(contact_of(&city, person), None);
    let [(to, _, NoticeKind::ContactChanged, None)] = &told(&city)[..] else { panic!("nobody is told") };
    assert_eq!(*to, phone(1));

    assert_eq!(change(&city, person, Some(phone(1))), Ok(ContactChange::Unproved), "though it was theirs");
    let right = code(&city, person);
    assert_eq!(told(&city), [(phone(1), Lang::En, NoticeKind::ContactCode, Some(right.clone()))]);
    assert_eq!(contact_of(&city, person), None);
    assert_eq!(confirm(&city, person, &right), Ok(()));
    assert_eq!(contact_of(&city, person), Some(phone(1)));
    assert_eq!(told(&city), [], "there is nobody else to tell");
}

#[test]
fn nobody_learns_whose_a_contact_is_besides() {
    let city = City::new();
    let (person, other) = (city.resident(1), city.resident(2));
    for contact in [phone(2), phone(7)] {
        assert_eq!(change(&city, person, Some(contact.clone())), Ok(ContactChange::Unproved));
        let right = code(&city, person);
        let sent = (contact, Lang::En, NoticeKind::ContactCode, Some(right));
        assert_eq!(told(&city), [sent]);
    }
    change(&city, person, Some(phone(2))).unwrap();
    let right = code(&city, person);
    assert_eq!(
        confirm(&city, other, &right),
        Err(ConfirmContactError::Refused),
        "it proves nothing of another"
    );
    assert_eq!(confirm(&city, person, &right), Ok(()), "one telephone may be two persons'");
    assert_eq!((contact_of(&city, person), contact_of(&city, other)), (Some(phone(2)), Some(phone(2))));
}

#[test]
fn a_contacts_code_lets_nobody_in_and_what_lets_in_proves_no_contact() {
    let city = City::new();
    let person = city.resident(1);
    change(&city, person, Some(phone(5))).unwrap();
    let right = code(&city, person);
    block_on(request_sign_in(&city.registry, &document(1))).unwrap();
    let own = access(&city, person).open(CodeUse::SignIn, city.watch.now()).unwrap().code.clone();
    assert_ne!(own, right);
    assert_eq!(confirm(&city, person, &own), Err(ConfirmContactError::Refused));
    let entered = block_on(sign_in(&city.registry, &document(1), &right, None)).map(|_| ());
    assert_eq!(entered, Err(SignInError::Refused));
}

#[test]
fn a_contacts_code_that_is_over_is_not_sent_any_more() {
    let city = City::new();
    let person = city.resident(1);
    change(&city, person, Some(phone(5))).unwrap();
    city.watch.set(NOON + 300);
    let channel = Caught::default();
    let round = block_on(deliver(&city.registry, &channel, 16)).unwrap();
    assert_eq!(round, Delivery { undeliverable: 1, ..Delivery::default() });
    assert_eq!(channel.0.into_inner().unwrap(), []);
}

/// A store in which, once, a desk changes where the person is reached right after a try at a code was kept.
struct Meanwhile {
    store: MemoryStore,
    changes: AtomicBool,
}

#[async_trait]
impl Layer for Meanwhile {
    type Below = MemoryStore;

    fn below(&self) -> Result<&MemoryStore, StoreError> {
        Ok(&self.store)
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<Vec<Applied>, StoreError> {
        let tried = changes.iter().find_map(|change| {
            let Change::Access { person, rows, .. } = change else { return None };
            let [AccessRow::Try(tried)] = rows[..] else { return None };
            Some((*person, tried.at))
        });
        let applied = self.store.apply(changes).await?;
        if let Some((person, at)) = tried.filter(|_| self.changes.swap(false, Ordering::Relaxed)) {
            let reach = Reach { number: 1, contact: Some(phone(8)), lang: Lang::En, at };
            let rows = vec![AccessRow::Reach(reach)];
            let kept = self.store.apply(vec![Change::Access { person, rows, notices: Vec::new() }]).await?;
            assert_eq!(kept, [Applied::Done]);
        }
        Ok(applied)
    }
}

#[test]
fn what_a_desk_has_changed_is_not_taken_back_by_a_code_from_before() {
    let city = City::over(|store| Box::new(Meanwhile { store, changes: AtomicBool::new(true) }));
    let person = city.resident(1);
    change(&city, person, Some(phone(5))).unwrap();
    let before = code(&city, person);
    // Between the try and its row.
    assert_eq!(confirm(&city, person, &before), Err(ConfirmContactError::Contended));
    assert_eq!(contact_of(&city, person), Some(phone(8)));
    // Before the try.
    change(&city, person, Some(phone(6))).unwrap();
    let before = code(&city, person);
    city.watch.set(NOON + 10);
    assert_eq!(change(&city, person, Some(phone(8))), Ok(ContactChange::Counts));
    assert_eq!(confirm(&city, person, &before), Err(ConfirmContactError::Refused));
    assert_eq!(contact_of(&city, person), Some(phone(8)));
}
