//! Real messages over real sockets to the catchers: they arrive, are tried again after failures, and not twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use mingma_credential::key::SigningKey;
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, UnixSeconds};
use mingma_domain::document::Document;
use mingma_domain::text::Lang;
use mingma_registry::acts::{
    ChangeContact, ConfirmContact, Delivery, Register, change_contact, confirm_contact, deliver, register,
    request_sign_in,
};
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Purpose, authorize};
use mingma_registry::ports::{Clock, KeySigner, NoEntropy, Rng};
use mingma_registry::words::CodeUse;
use mingma_registry::{PersonId, Registry};
use mingma_server::{Assets, SessionKey, Settings};
use serde_json::Value;

use super::catcher::Catcher;
use super::*;
use crate::config::Config;

const NOON: i64 = 1_655_092_800;

#[derive(Clone)]
struct Watch(Arc<AtomicI64>);

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

struct Counting(AtomicU64);

impl Rng for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for byte in bytes {
            let n = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            *byte = u8::try_from((n >> 40) & 0xFF).unwrap();
        }
        Ok(())
    }
}

struct House {
    app: App,
    watch: Watch,
    channels: Channels,
}

fn document() -> Document {
    "passport:JP:TR0000001".parse().unwrap()
}

/// A house whose one resident is reached there, with the channels of the catchers.
async fn house(contact: &str, sms: &Catcher, mail: &Catcher) -> (House, PersonId) {
    let watch = Watch(Arc::new(AtomicI64::new(NOON)));
    let key = SigningKey::generate(&mut mingma_credential::key::SystemEntropy).unwrap();
    let now = UnixSeconds::new(NOON);
    let certificate = Certificate::self_signed(&key, "Henan", now, now.plus(86_400)).unwrap();
    let signer = KeySigner::new(key, certificate, RegionCode::parse("41").unwrap()).unwrap();
    let store = Box::new(MemoryStore::default());
    let rng = Box::new(Counting(AtomicU64::new(1)));
    let registry = Registry::new(store, Box::new(watch.clone()), Box::new(signer), rng);
    let settings = Settings { origin: Some("https://code.example.cn".to_owned()), ..Settings::default() };
    let app = App::new(registry, SessionKey::new(&[1; 32]), settings, Assets::default());
    let config = format!(
        "[sms]\nurl = \"http://{}/send\"\nno_such_receiver = [422]\n[sms.body]\nto = \"{{to}}\"\ntext = \"{{text}}\"\nkey = \"{{id}}\"\n\
         [mail]\nserver = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"Mingma <no-reply@example.cn>\"\n",
        sms.address,
        mail.address.port()
    );
    let config: Config = toml::from_str(&config).unwrap();
    let channels = Channels::open(&app, &config).unwrap();
    let contact = Some(contact.parse().unwrap());
    let wish = Register { contact, ..Register::new(document(), "410105".parse().unwrap()) };
    register(app.registry(), authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap()).await.unwrap();
    let person = app.registry().store().find(&document()).await.unwrap().unwrap();
    (House { app, watch, channels }, person)
}

impl House {
    async fn ask(&self) {
        request_sign_in(self.app.registry(), &document()).await.unwrap();
    }

    async fn round(&self) -> Delivery {
        deliver(self.app.registry(), &self.channels, 16).await.unwrap()
    }

    /// The person wishes to be reached there, in English.
    async fn ask_there(&self, person: PersonId, contact: &str) {
        let wish = ChangeContact { person, contact: Some(contact.parse().unwrap()), lang: Lang::En };
        let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
        change_contact(self.app.registry(), allowed).await.unwrap();
    }

    /// The person gives back the code that was sent there; it is told.
    async fn confirm(&self, person: PersonId) -> String {
        let registry = self.app.registry();
        let access = registry.store().access(person, registry.now()).await.unwrap();
        let code = access.open(CodeUse::Contact, registry.now()).unwrap().code.clone();
        let wish = ConfirmContact { person, code: code.clone() };
        let allowed = authorize(Actor::Resident(person), Purpose::SelfService, wish).unwrap();
        confirm_contact(registry, allowed).await.unwrap();
        code.digits().to_owned()
    }

    fn pass(&self, seconds: i64) {
        self.watch.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

/// The body of what a gateway caught.
fn body(caught: &str) -> Value {
    serde_json::from_str(caught.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

fn counts(delivered: u32, waiting: u32, undeliverable: u32) -> Delivery {
    Delivery { delivered, waiting, undeliverable, ..Delivery::default() }
}

#[tokio::test]
async fn a_short_message_arrives_after_failures_under_one_key_and_once() {
    let sms = Catcher::http(&["503 Service Unavailable", "429 Too Many Requests"]);
    let (house, person) = house("13800138000", &sms, &Catcher::smtp(&[])).await;
    house.ask().await;
    for wait in [30, 60] {
        assert_eq!(house.round().await, counts(0, 1, 0));
        assert_eq!(house.round().await, counts(0, 0, 0), "not before its time");
        house.pass(wait);
    }
    assert_eq!(house.round().await, counts(1, 0, 0));
    house.pass(86_400);
    assert_eq!(house.round().await, counts(0, 0, 0), "never again");
    let caught = sms.caught();
    assert_eq!(caught.len(), 3);
    let bodies: Vec<Value> = caught.iter().map(|caught| body(caught)).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "the same each time");
    let key = bodies[0]["key"].as_str().unwrap();
    assert!(caught.iter().all(|caught| caught.to_lowercase().contains(&format!("idempotency-key: {key}"))));
    assert_eq!(bodies[0]["to"], "+8613800138000");
    let access = house.app.registry().store().access(person, Timestamp::UNIX_EPOCH).await.unwrap();
    let text = format!(
        "【明码】登录验证码 {}，5 分钟内有效。无论谁问，都不要告诉。",
        access.challenges[0].code.digits()
    );
    assert_eq!(bodies[0]["text"].as_str(), Some(text.as_str()));
}

#[tokio::test]
async fn a_letter_arrives_after_a_failure_with_the_notices_id() {
    let mail = Catcher::smtp(&["451 later"]);
    let (house, _) = house("zhang.san@example.cn", &Catcher::http(&[]), &mail).await;
    house.ask().await;
    assert_eq!(house.round().await, counts(0, 1, 0));
    house.pass(30);
    assert_eq!(house.round().await, counts(1, 0, 0));
    let letters = mail.caught();
    assert_eq!(letters.len(), 1);
    for part in ["RCPT TO:<zhang.san@example.cn>", "From: Mingma <no-reply@example.cn>", "@example.cn>"] {
        assert!(letters[0].contains(part), "`{part}`: {}", letters[0]);
    }
}

#[tokio::test]
async fn a_gateway_that_is_misled_loses_no_message() {
    let answers = ["400 Bad Request", "401 Unauthorized", "404 Not Found", "410 Gone"];
    let sms = Catcher::http(&answers);
    let (house, person) = house("13800138000", &sms, &Catcher::smtp(&[])).await;
    house.ask_there(person, "zhang@example.cn").await;
    assert_eq!(house.round().await, counts(1, 0, 0), "the code, by mail");
    // Not a code, which would be over before the gateway is mended: where the person was reached before is told.
    house.confirm(person).await;
    for wait in [30, 60, 120, 240] {
        assert_eq!(house.round().await, counts(0, 1, 0));
        house.pass(wait);
    }
    assert_eq!(house.round().await, counts(1, 0, 0));
}

#[tokio::test]
async fn what_a_channel_refuses_for_good_and_a_code_that_is_over_are_not_tried_again() {
    let sms = Catcher::http(&["422 Unprocessable Content", "503 Service Unavailable"]);
    let (house, _) = house("13800138000", &sms, &Catcher::smtp(&["550 5.1.1 no such mailbox"])).await;
    house.ask().await;
    assert_eq!(house.round().await, counts(0, 0, 1));
    house.pass(60);
    house.ask().await;
    assert_eq!(house.round().await, counts(0, 1, 0));
    house.pass(300);
    assert_eq!(house.round().await, counts(0, 0, 1), "its five minutes are over");
    assert_eq!(sms.caught().len(), 2);
    let (house, _) =
        self::house("zhang@example.cn", &sms, &Catcher::smtp(&["550 5.1.1 no such mailbox"])).await;
    house.ask().await;
    assert_eq!(house.round().await, counts(0, 0, 1));
}

#[tokio::test]
async fn a_message_is_in_the_persons_language_and_a_changed_contact_is_told_at_the_former_one() {
    let (sms, mail) = (Catcher::http(&[]), Catcher::smtp(&[]));
    let (house, person) = house("13800138000", &sms, &mail).await;
    house.ask_there(person, "zhang@example.cn").await;
    assert_eq!(house.round().await, counts(1, 0, 0));
    let code = house.confirm(person).await;
    house.ask().await;
    assert_eq!(house.round().await, counts(2, 0, 0));
    let told = sms.caught();
    assert_eq!(told.len(), 1);
    let text = body(&told[0])["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with("[Mingma] Your messages go elsewhere") && text.contains("https://code.example.cn"),
        "{text}"
    );
    let letters = mail.caught();
    let proof = format!("{code} proves that you are reached here");
    assert!(letters[0].contains(&proof) && !letters[0].contains("https://code.example.cn"), "{}", letters[0]);
    assert!(letters[1].contains("is your code for signing in"), "{}", letters[1]);
}
