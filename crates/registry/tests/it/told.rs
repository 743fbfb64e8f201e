//! Who is told what happened to somebody who is reached nowhere: whoever acts for them, as of the delivery, once each, and nobody else.

use std::sync::Mutex;

use mingma_domain::document::{ChildWithoutDocument, Document};
use mingma_registry::acts::{
    Bind, BindChild, ChangeContact, ChangeContactError, ContactChange, Delivery, EndBinding, Register,
    RegisterError, RegisterUndocumented, bind, bind_child, change_contact, deliver, end_binding, register,
    register_at_desk, register_undocumented, take_on,
};
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::ports::{NotDelivered, Notifier, Outgoing};
use mingma_registry::row::{Notice, NoticeState};
use mingma_registry::submission::RawRow;
use mingma_registry::words::{NoticeKind, Tie};
use mingma_registry::{Change, Contact, GrantId, NoWay, NoticeId, PersonId, Ways};
use pollster::block_on;

use crate::house::{City, NOON, close_contact, document, official, phone};

/// A channel that keeps what it is handed, and takes nothing for one number.
#[derive(Default)]
pub(crate) struct Caught {
    pub(crate) told: Mutex<Vec<(String, NoticeKind)>>,
    unreachable: Option<u32>,
}

#[async_trait::async_trait]
impl Notifier for Caught {
    async fn deliver(&self, outgoing: &Outgoing<'_>) -> Result<(), NotDelivered> {
        if self.unreachable.is_some_and(|n| phone(n) == *outgoing.contact) {
            return Err(NotDelivered::Later);
        }
        assert!(outgoing.code.is_none());
        self.told.lock().unwrap().push((outgoing.contact.wire().to_owned(), outgoing.notice.kind));
        Ok(())
    }
}

impl Caught {
    /// Rounds until nothing is due any more; what became of the notices, and who was told.
    fn rounds(&self, city: &City) -> (Delivery, Vec<String>) {
        let mut all = Delivery::default();
        loop {
            let round = block_on(deliver(&city.registry, self, 16)).unwrap();
            if round == Delivery::default() {
                break;
            }
            all.delivered += round.delivered;
            all.waiting += round.waiting;
            all.undeliverable += round.undeliverable;
            all.passed_on += round.passed_on;
            all.on_page += round.on_page;
        }
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        assert!(told.iter().all(|(_, kind)| *kind == NoticeKind::AboutWard), "{told:?}");
        (all, told.into_iter().map(|(contact, _)| contact).collect())
    }
}

fn counts(passed_on: u32, delivered: u32, on_page: u32) -> Delivery {
    Delivery { passed_on, delivered, on_page, ..Delivery::default() }
}

fn wire(n: u32) -> String {
    phone(n).wire().to_owned()
}

/// Registers whoever a document names, who is reached nowhere.
fn unreached(city: &City, document: &Document) -> PersonId {
    let wish = Register::new(document.clone(), "410105".parse().unwrap());
    let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
    block_on(register(&city.registry, allowed)).unwrap();
    block_on(city.registry.store().find(document)).unwrap().unwrap()
}

/// The first child of the nth person.
fn child_of(n: u32) -> ChildWithoutDocument {
    ChildWithoutDocument::new(document(n), jiff::civil::date(2020, 1, 1), 1).unwrap()
}

/// A person lets another act for them.
fn bound(city: &City, person: PersonId, agent: u32) -> GrantId {
    let key = format!("bind-{agent}").parse().unwrap();
    let wish = Bind { ward: person, key, agent: document(agent), tie: Tie::Agent, days: 30 };
    let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
    block_on(bind(&city.registry, allowed)).unwrap()
}

/// Something is recorded about somebody.
fn recorded(city: &City, person: &Document, key: &str) {
    let (wire, evidence) = (person.to_wire(), format!("INV-{key}"));
    let row = RawRow { evidence: &evidence, ..close_contact(&wire) };
    city.record(&city.cdc, key, &[row]).unwrap();
}

fn states(city: &City, person: PersonId) -> Vec<(NoticeKind, NoticeState)> {
    let notices = block_on(city.registry.store().notices(person)).unwrap();
    notices.into_iter().map(|(notice, state)| (notice.kind, state)).collect()
}

#[test]
fn what_happens_to_a_child_is_told_to_its_guardian_once_and_says_no_more_than_that_there_is_news() {
    let city = City::new();
    let guardian = city.resident(1);
    let document = Document::ChildWithoutDocument(child_of(1));
    let child = unreached(&city, &document);
    let wish = BindChild { guardian, key: "k".parse().unwrap(), child: child_of(1), days: 30 };
    let allowed = authorize(Actor::Resident(guardian), Purpose::SelfService, wish).unwrap();
    block_on(bind_child(&city.registry, allowed)).unwrap();
    let channel = Caught::default();
    for (n, key) in [(1, "one"), (2, "two")] {
        recorded(&city, &document, key);
        assert_eq!(channel.rounds(&city), (counts(1, 1, 0), vec![wire(1)]));
        city.watch.set(NOON + n * 86_400);
        assert_eq!(channel.rounds(&city), (counts(0, 0, 0), vec![]), "never again");
    }
    let of_child = states(&city, child);
    assert!(
        of_child.iter().all(|(kind, state)| {
            *kind == NoticeKind::FactPending && matches!(state, NoticeState::PassedOn { .. })
        }),
        "{of_child:?}"
    );
    let news = block_on(city.registry.store().notices(guardian)).unwrap();
    assert_eq!((of_child.len(), news.len()), (2, 2));
    for (notice, state) in news {
        assert_eq!((notice.kind, notice.about), (NoticeKind::AboutWard, *child.as_bytes()));
        assert!(matches!(state, NoticeState::Delivered { .. }));
    }
}

#[test]
fn each_of_two_agents_is_told_once_though_the_other_cannot_be_reached_for_a_day() {
    let city = City::new();
    let (_, agents) = (city.resident(1), [city.resident(2), city.resident(3)]);
    let ward = unreached(&city, &document(4));
    for (n, agent) in [(2, agents[0]), (3, agents[1])] {
        bound(&city, ward, n);
        block_on(take_on(&city.registry, agent, &document(4))).unwrap().unwrap();
    }
    recorded(&city, &document(4), "k");
    let down = Caught { unreachable: Some(3), ..Caught::default() };
    assert_eq!(down.rounds(&city), (Delivery { waiting: 1, ..counts(1, 1, 0) }, vec![wire(2)]));
    for hours in [1, 7, 13] {
        city.watch.set(NOON + hours * 3_600);
        assert_eq!(down.rounds(&city), (Delivery { waiting: 1, ..Delivery::default() }, vec![]));
    }
    city.watch.set(NOON + 86_400);
    assert_eq!(Caught::default().rounds(&city), (counts(0, 1, 0), vec![wire(3)]));
}

#[test]
fn a_notice_that_is_passed_on_again_after_a_crash_is_told_once() {
    let city = City::new();
    let agent = city.resident(1);
    let ward = unreached(&city, &document(2));
    bound(&city, ward, 1);
    block_on(take_on(&city.registry, agent, &document(2))).unwrap().unwrap();
    recorded(&city, &document(2), "k");
    let channel = Caught::default();
    assert_eq!(channel.rounds(&city), (counts(1, 1, 0), vec![wire(1)]));
    // As it was before it was noted that it is passed on.
    let store = city.registry.store();
    let (notice, _) = block_on(store.notices(ward)).unwrap()[0];
    let waiting = NoticeState::Waiting { attempts: 0, due: notice.created };
    block_on(store.settle(ward, notice.id, waiting)).unwrap();
    city.watch.set(NOON + 5);
    assert_eq!(channel.rounds(&city), (counts(1, 0, 0), vec![]));
}

#[test]
fn whoever_acts_for_somebody_no_more_or_has_not_taken_it_on_is_told_nothing() {
    let city = City::new();
    let agent = city.resident(1);
    let ward = unreached(&city, &document(2));
    let channel = Caught::default();
    recorded(&city, &document(2), "nobody");
    assert_eq!(channel.rounds(&city), (counts(0, 0, 1), vec![]), "nobody acts for them");
    assert!(matches!(states(&city, ward)[..], [(NoticeKind::FactPending, NoticeState::OnPage { .. })]));
    let binding = bound(&city, ward, 1);
    recorded(&city, &document(2), "stranger");
    assert_eq!(channel.rounds(&city), (counts(0, 0, 1), vec![]), "the agent has not taken it on");
    block_on(take_on(&city.registry, agent, &document(2))).unwrap().unwrap();
    recorded(&city, &document(2), "agent");
    assert_eq!(channel.rounds(&city), (counts(1, 1, 0), vec![wire(1)]));
    // It is passed on while the binding holds, and ends before the channel is there again.
    recorded(&city, &document(2), "late");
    let down = Caught { unreachable: Some(1), ..Caught::default() };
    assert_eq!(down.rounds(&city), (Delivery { waiting: 1, ..counts(1, 0, 0) }, vec![]));
    let end = EndBinding { ward, binding };
    let allowed = authorize(Actor::Resident(ward), Purpose::SelfService, end).unwrap();
    block_on(end_binding(&city.registry, allowed)).unwrap();
    city.watch.set(NOON + 3_600);
    assert_eq!(channel.rounds(&city), (counts(0, 0, 1), vec![]), "the binding has ended");
    recorded(&city, &document(2), "ended");
    assert_eq!(channel.rounds(&city), (counts(0, 0, 1), vec![]));
}

#[test]
fn of_what_is_kept_back_no_agent_is_told() {
    let city = City::new();
    let agent = city.resident(1);
    recorded(&city, &document(2), "before");
    let channel = Caught::default();
    assert_eq!(channel.rounds(&city), (counts(0, 0, 1), vec![]));
    city.watch.set(NOON + 60);
    let ward = unreached(&city, &document(2));
    bound(&city, ward, 1);
    block_on(take_on(&city.registry, agent, &document(2))).unwrap().unwrap();
    recorded(&city, &document(2), "after");
    assert_eq!(channel.rounds(&city), (counts(0, 0, 1), vec![]), "no desk has seen the document");
}

#[test]
fn an_agent_is_told_of_what_is_about_the_record_and_of_no_way_in() {
    let city = City::new();
    let agent = city.resident(1);
    let ward = unreached(&city, &document(2));
    bound(&city, ward, 1);
    block_on(take_on(&city.registry, agent, &document(2))).unwrap().unwrap();
    let created = city.registry.now();
    let notices = (1..).zip(NoticeKind::ALL).map(|(n, kind)| Notice {
        person: ward,
        id: NoticeId::new(created, [n; 10]),
        kind: *kind,
        about: [n; 16],
        created,
    });
    let change = Change::Access { person: ward, rows: Vec::new(), notices: notices.collect() };
    block_on(city.registry.store().apply(vec![change])).unwrap();
    let (became, told) = Caught::default().rounds(&city);
    assert_eq!((became, told.len()), (counts(8, 8, 6), 8));
    for (kind, state) in states(&city, ward) {
        assert_eq!(matches!(state, NoticeState::PassedOn { .. }), kind.is_about_record(), "{kind}");
    }
}

#[test]
fn no_act_takes_a_contact_to_which_nothing_goes() {
    let City { registry, .. } = City::new();
    let registry = registry.with_ways(Ways { phone: true, email: false });
    let person = {
        let wish =
            Register { contact: Some(phone(1)), ..Register::new(document(1), "410105".parse().unwrap()) };
        let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
        block_on(register(&registry, allowed)).unwrap();
        block_on(registry.store().find(&document(1))).unwrap().unwrap()
    };
    let contact: Option<Contact> = Some("zhang@example.cn".parse().unwrap());
    let wish = Register { contact: contact.clone(), ..Register::new(document(2), "410105".parse().unwrap()) };
    let (lang, home) = (wish.lang, wish.home);
    let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish.clone()).unwrap();
    assert_eq!(block_on(register(&registry, allowed)), Err(RegisterError::NoWay(NoWay::Email)));
    let worker = || official(Office::Community, "410105");
    let allowed = authorize(worker(), Purpose::Identification, wish).unwrap();
    let at_desk = block_on(register_at_desk(&registry, allowed));
    assert_eq!(at_desk.err(), Some(RegisterError::NoWay(NoWay::Email)));
    let wish = RegisterUndocumented { home, initials: None, contact: contact.clone(), lang };
    let allowed = authorize(worker(), Purpose::Identification, wish).unwrap();
    let undocumented = block_on(register_undocumented(&registry, allowed));
    assert_eq!(undocumented.err(), Some(RegisterError::NoWay(NoWay::Email)));
    let own = Actor::Resident(person);
    let change =
        |contact| authorize(own.clone(), Purpose::SelfService, ChangeContact { person, contact, lang });
    let refused = block_on(change_contact(&registry, change(contact).unwrap()));
    assert_eq!(refused, Err(ChangeContactError::NoWay(NoWay::Email)));
    assert_eq!(block_on(registry.store().find(&document(2))), Ok(None), "nothing was kept");
    let taken = block_on(change_contact(&registry, change(Some(phone(3))).unwrap()));
    assert_eq!(taken, Ok(ContactChange::Unproved));
}
