//! A city behind HTTP: the acts' ports in memory, and each kind of caller as a type of its own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{Method, Request, StatusCode};
use jiff::Timestamp;
use mingma_credential::key::{Entropy, NoEntropy as NoKeyEntropy, SigningKey};
use mingma_credential::status::RegionCode;
use mingma_credential::{Certificate, TrustList, UnixSeconds};
use mingma_domain::document::Document;
use mingma_registry::acts::{Publish, Register, publish, register};
use mingma_registry::memory::MemoryStore;
use mingma_registry::policy::{Actor, Office, Purpose, authorize};
use mingma_registry::ports::{Clock, KeySigner, NoEntropy, Rng};
use mingma_registry::store::Witnessing;
use mingma_registry::words::CodeUse;
use mingma_registry::{Authority, PersonId, Registry, Store, Ways, Witnessed};
use mingma_server::{App, Assets, LogFiles, Session, SessionId, SessionKey, Settings, Who, router};
use serde_json::Value;
use tower::ServiceExt as _;

/// Noon of 13 June 2022 in Beijing.
pub(crate) const NOON: i64 = 1_655_092_800;
const YEAR: i64 = 365 * 86_400;

const RULES: &str = include_str!("rules.toml");
const EXAMPLES: &str = include_str!("examples.toml");

/// A clock that a test sets.
#[derive(Clone)]
pub(crate) struct Watch(Arc<AtomicI64>);

impl Watch {
    /// Lets time go by.
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for Watch {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Chance that a test can repeat.
pub(crate) struct Seeded(pub(crate) AtomicU64);

impl Seeded {
    fn draw(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // Weyl's sequence through the finalizer of SplitMix64.
            let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = u8::try_from((z ^ (z >> 31)) & 0xFF).unwrap();
        }
    }
}

impl Rng for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.draw(bytes);
        Ok(())
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoKeyEntropy> {
        self.draw(bytes);
        Ok(())
    }
}

/// The city.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) trust: TrustList,
    pub(crate) phone: SigningKey,
    pub(crate) watch: Watch,
    made: AtomicU64,
}

/// Nobody who has signed in.
pub(crate) struct Visitor<'h>(pub(crate) &'h House);

/// Somebody with a session.
pub(crate) struct SignedIn<'h> {
    pub(crate) house: &'h House,
    pub(crate) token: String,
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// An answer that may be kept, in bytes.
pub(crate) struct Kept {
    pub(crate) status: StatusCode,
    pub(crate) tag: String,
    pub(crate) cache: String,
    pub(crate) bytes: Vec<u8>,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Answered {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The name of the problem: the last part of its `type`.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        self.json()["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }
}

pub(crate) fn commissioner() -> Actor {
    Actor::Official {
        staff: "staff-7".parse().unwrap(),
        office: Office::HealthCommission,
        region: "410000".parse().unwrap(),
    }
}

pub(crate) fn document(n: u32) -> Document {
    format!("passport:JP:TR{n:07}").parse().unwrap()
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        Self::over(MemoryStore::default(), settings).await
    }

    /// A city that keeps things in a store of the test's own.
    pub(crate) async fn over(store: impl Store + 'static, settings: Settings) -> Self {
        Self::of(store, settings, (Arc::default(), None), Ways::ALL).await
    }

    /// A city from which these ways alone lead to people.
    pub(crate) async fn reached_by(ways: Ways) -> Self {
        Self::of(MemoryStore::default(), Settings::default(), (Arc::default(), None), ways).await
    }

    /// A city whose journal is witnessed up to there.
    pub(crate) async fn witnessed(witnessed: &Arc<Witnessed>) -> Self {
        let store = Witnessing::new(MemoryStore::default(), Arc::clone(witnessed));
        Self::of(store, Settings::default(), (Arc::clone(witnessed), None), Ways::ALL).await
    }

    /// A city whose journal has this log.
    pub(crate) async fn logged(log: Arc<dyn LogFiles>) -> Self {
        Self::of(MemoryStore::default(), Settings::default(), (Arc::default(), Some(log)), Ways::ALL).await
    }

    async fn of(
        store: impl Store + 'static,
        settings: Settings,
        (witnessed, log): (Arc<Witnessed>, Option<Arc<dyn LogFiles>>),
        ways: Ways,
    ) -> Self {
        let mut entropy = Seeded(AtomicU64::new(1));
        let watch = Watch(Arc::new(AtomicI64::new(NOON)));
        let now = UnixSeconds::new(NOON);
        let key = SigningKey::generate(&mut entropy).unwrap();
        let certificate = Certificate::self_signed(&key, "Henan", now.plus(-YEAR), now.plus(YEAR)).unwrap();
        let trust = TrustList::of_certificate(certificate.clone());
        let signer = KeySigner::new(key, certificate, RegionCode::parse("41").unwrap()).unwrap();
        let phone = SigningKey::generate(&mut entropy).unwrap();
        let registry =
            Registry::new(Box::new(store), Box::new(watch.clone()), Box::new(signer), Box::new(entropy));
        let (_apart, anchor) = Self::authority();
        let registry = registry.with_ways(ways).with_witnessed(witnessed).with_authority(Authority::new(
            anchor,
            "410000".parse().unwrap(),
            1,
        ));
        let assets = Assets::new(b"signed".to_vec(), trust.clone(), now.plus(30 * 86_400));
        let assets = log.into_iter().fold(assets, Assets::with_log);
        let app = App::new(registry, SessionKey::new(&[1; 32]), settings, assets);
        let house = Self { router: router(app.clone()), app, trust, phone, watch, made: AtomicU64::new(1) };
        house.publish().await;
        house
    }

    /// The key and the certificate of the authority, whose key is apart from every city.
    pub(crate) fn authority() -> (SigningKey, Certificate) {
        // A certificate is signed by chance: there is one.
        static CERTIFICATE: OnceLock<Certificate> = OnceLock::new();
        let key = || SigningKey::generate(&mut Seeded(AtomicU64::new(77))).unwrap();
        let certificate = CERTIFICATE.get_or_init(|| {
            let now = UnixSeconds::new(NOON);
            Certificate::self_signed(&key(), "Henan", now.plus(-YEAR), now.plus(YEAR)).unwrap()
        });
        (key(), certificate.clone())
    }

    async fn publish(&self) {
        let wish = Publish {
            region: "410100".parse().unwrap(),
            rules: RULES.to_owned(),
            examples: EXAMPLES.to_owned(),
        };
        publish(self.app.registry(), authorize(commissioner(), Purpose::Publication, wish).unwrap())
            .await
            .unwrap();
    }

    /// Registers the nth person.
    pub(crate) async fn registered(&self, n: u32) -> PersonId {
        let contact = Some(format!("138{n:08}").parse().unwrap());
        let wish = Register { contact, ..Register::new(document(n), "410105".parse().unwrap()) };
        let allowed = authorize(Actor::Visitor, Purpose::SelfService, wish).unwrap();
        register(self.app.registry(), allowed).await.unwrap();
        self.app.registry().store().find(&document(n)).await.unwrap().unwrap()
    }

    /// The nth person, registered and signed in on a phone.
    pub(crate) async fn resident(&self, n: u32) -> (PersonId, SignedIn<'_>) {
        let person = self.registered(n).await;
        (person, self.signed_in(Who::Person(person)))
    }

    /// The code on a person's phone for a use.
    pub(crate) async fn code(&self, person: PersonId, what_for: CodeUse) -> String {
        let registry = self.app.registry();
        let access = registry.store().access(person, registry.now()).await.unwrap();
        access.open(what_for, registry.now()).unwrap().code.digits().to_owned()
    }

    /// A key that nobody else has.
    pub(crate) fn new_key(&self) -> SigningKey {
        let seed = 1_000 + self.made.fetch_add(1, Ordering::Relaxed);
        SigningKey::generate(&mut Seeded(AtomicU64::new(seed))).unwrap()
    }

    /// A session of somebody, told apart by a small number.
    pub(crate) fn session(&self, n: u8) -> Session {
        Session {
            id: SessionId::from_bytes([n; 16]),
            who: Who::Person(PersonId::new([n; 16])),
            until: Timestamp::from_second(NOON + 3_600).unwrap(),
            device: Some(self.phone.device_point()),
        }
    }

    pub(crate) fn signed_in(&self, who: Who) -> SignedIn<'_> {
        let n = u8::try_from(self.made.fetch_add(1, Ordering::Relaxed)).unwrap();
        let session = Session { who, ..self.session(n) };
        SignedIn { house: self, token: self.app.sessions().seal(&session) }
    }

    /// Fetches what may be kept, as somebody who has the bytes of this tag.
    pub(crate) async fn bytes(&self, path: &str, has: Option<&str>) -> Kept {
        let mut request = Request::builder().uri(path);
        if let Some(tag) = has {
            request = request.header(IF_NONE_MATCH, format!("\"{tag}\""));
        }
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let text = |name| response.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
        let (tag, cache) = (text(ETAG).trim_matches('"').to_owned(), text(CACHE_CONTROL));
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec();
        Kept { status, tag, cache, bytes }
    }

    /// Fetches a file as somebody.
    pub(crate) async fn bytes_as(&self, who: &SignedIn<'_>, path: &str) -> Vec<u8> {
        let request = Request::builder().uri(path).header(AUTHORIZATION, format!("Bearer {}", who.token));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE).map_or("", |v| v.to_str().unwrap()).to_owned();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answered { status, kind, text: String::from_utf8_lossy(&body).into_owned() }
    }
}

fn request(method: Method, path: &str, body: Option<&Value>) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    if body.is_some() { request.header(CONTENT_TYPE, "application/json") } else { request }
}

fn bytes(body: Option<&Value>) -> Body {
    body.map_or_else(Body::empty, |json| Body::from(json.to_string()))
}

impl Visitor<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.0.send(request(Method::GET, path, None).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answered {
        let request = request(Method::POST, path, Some(body)).header("idempotency-key", "k-1");
        self.0.send(request.body(bytes(Some(body))).unwrap()).await
    }

    /// Sends from an address of [`from`].
    pub(crate) async fn post_from(&self, n: u8, path: &str, body: &Value) -> Answered {
        let request = request(Method::POST, path, Some(body)).body(bytes(Some(body))).unwrap();
        self.0.send(from(n, request)).await
    }
}

/// The request as it comes from the address `203.0.113.N`.
pub(crate) fn from(n: u8, mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, n], 40_000))));
    request
}

impl SignedIn<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, None, "").await
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Answered {
        self.send(Method::POST, path, Some(body), key).await
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>, key: &str) -> Answered {
        let request = request(method, path, body)
            .header(AUTHORIZATION, format!("Bearer {}", self.token))
            .header("idempotency-key", key);
        self.house.send(request.body(bytes(body)).unwrap()).await
    }
}
