//! Rows that stand in the store already, whoever wrote them, and requests in every method.

use std::sync::atomic::{AtomicU8, Ordering};

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request};
use mingma_domain::fact::{Fact, RawFact};
use mingma_registry::journal::Entry;
use mingma_registry::ports::{NoEntropy, Rng};
use mingma_registry::row::{Notice, PersonRow, PublicRow, RecordedFact};
use mingma_registry::signed::Signature;
use mingma_registry::words::ActName;
use mingma_registry::{Applied, Change, FactId, PersonId};
use serde_json::Value;

use crate::house::{Answered, House, SignedIn};

/// Bytes that are others each time.
pub(crate) struct Counted;

impl Rng for Counted {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        bytes.fill_with(|| NEXT.fetch_add(1, Ordering::Relaxed));
        Ok(())
    }
}

/// A fact with the nth id, recorded now.
pub(crate) fn fact(house: &House, n: u8, raw: &RawFact<'_>) -> RecordedFact {
    let recorded = house.app.registry().now();
    RecordedFact { id: FactId::new(recorded, [n; 10]), fact: Fact::parse(raw).unwrap(), recorded }
}

impl House {
    /// Keeps rows and notices about a person, as an act would.
    pub(crate) async fn keep(&self, person: PersonId, rows: Vec<PersonRow>, notices: Vec<Notice>) {
        let at = self.app.registry().now();
        let entry = Entry::about(&Counted, ActName::Record, at, person, &rows).unwrap();
        let change = Change::Person { person, rows, notices, entry };
        assert_eq!(self.app.registry().store().apply(vec![change]).await, Ok(vec![Applied::Done]));
    }

    /// Keeps a row about a person as if an issuer had signed it so.
    pub(crate) async fn keep_signed(&self, person: PersonId, row: PersonRow, signature: Signature) {
        let (at, rows) = (self.app.registry().now(), vec![row]);
        let mut entry = Entry::about(&Counted, ActName::Record, at, person, &rows).unwrap();
        entry.sign(signature);
        let change = Change::Person { person, rows, notices: vec![], entry };
        assert_eq!(self.app.registry().store().apply(vec![change]).await, Ok(vec![Applied::Done]));
    }

    /// Keeps an entry about rows that are not there, as when they have ended.
    pub(crate) async fn keep_entry_alone(&self, person: PersonId, rows: &[PersonRow]) {
        let entry = Entry::about(&Counted, ActName::Record, self.app.registry().now(), person, rows).unwrap();
        let change = Change::Person { person, rows: vec![], notices: vec![], entry };
        assert_eq!(self.app.registry().store().apply(vec![change]).await, Ok(vec![Applied::Done]));
    }

    /// Keeps a public act.
    pub(crate) async fn make_public(&self, row: PublicRow) {
        let entry = Entry::public(&Counted, ActName::Appoint, self.app.registry().now(), &row).unwrap();
        let applied = self.app.registry().store().apply(vec![Change::Public { row, entry }]).await.unwrap();
        assert!(matches!(applied[..], [Applied::Published(_)]));
    }

    /// Sends a request as whoever holds the token.
    pub(crate) async fn ask(
        &self,
        token: Option<&str>,
        (method, path): (&str, &str),
        key: &str,
        body: Option<&Value>,
    ) -> Answered {
        self.send(asking(token, (method, path), key, body)).await
    }
}

/// The request of whoever holds the token.
pub(crate) fn asking(
    token: Option<&str>,
    (method, path): (&str, &str),
    key: &str,
    body: Option<&Value>,
) -> Request<Body> {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    request = request.header("idempotency-key", key);
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
    request.body(body).unwrap()
}

impl SignedIn<'_> {
    pub(crate) async fn delete(&self, path: &str) -> Answered {
        self.house.ask(Some(&self.token), ("DELETE", path), "", None).await
    }
}
