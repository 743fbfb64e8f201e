//! Institutions of the city, each with its key, as two offices would have appointed them.

use std::sync::atomic::AtomicU64;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::Timestamp;
use mingma_credential::key::SigningKey;
use mingma_domain::fact::{Entitlement, Issuer, RetractionReason};
use mingma_registry::FactId;
use mingma_registry::acts::{AppointStaff, Confirm, Countersign, Retract, add_staff};
use mingma_registry::policy::Office;
use mingma_registry::row::{EntitlementEntry, IssuerEntry, KeyEntry, PublicRow};
use mingma_registry::submission::{RawRow, signed_bytes};
use mingma_registry::words::Capacity;
use mingma_server::Who;
use serde_json::{Value, json};

use crate::house::{Answered, House, NOON, Seeded, SignedIn, Visitor, document, hex};

/// An institution with its key.
pub(crate) struct Institution {
    pub(crate) issuer: Issuer,
    pub(crate) key: SigningKey,
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// A house whose offices have somebody in them.
pub(crate) async fn staffed() -> House {
    let house = House::new().await;
    for (name, office, region) in [
        ("commission", Office::HealthCommission, "410000"),
        ("appeals", Office::Appeals, "410000"),
        ("appeals-beside", Office::Appeals, "410100"),
        ("appeals-elsewhere", Office::Appeals, "310000"),
        ("community", Office::Community, "410105"),
        ("community-2", Office::Community, "410105"),
    ] {
        let wish = AppointStaff {
            name: name.parse().unwrap(),
            office,
            region: region.parse().unwrap(),
            from: Timestamp::from_second(NOON - 86_400).unwrap(),
            until: Timestamp::from_second(NOON + 86_400).unwrap(),
        };
        let registry = house.app.registry();
        add_staff(registry.store(), registry.rng(), registry.now(), &wish).await.unwrap();
    }
    house
}

/// An institution of Zhengzhou that may do this in June 2022.
pub(crate) async fn institution(
    house: &House,
    name: &str,
    organisation: &str,
    may: &[(Capacity, &str)],
) -> Institution {
    let seed = name.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31) + u64::from(byte));
    let key = SigningKey::generate(&mut Seeded(AtomicU64::new(seed))).unwrap();
    let issuer: Issuer = name.parse().unwrap();
    let region = "410100".parse().unwrap();
    let entry = IssuerEntry { issuer: issuer.clone(), organisation: organisation.parse().unwrap(), region };
    house.make_public(PublicRow::Issuer(entry)).await;
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    let (from, until) = (at(NOON - 86_400), at(NOON + 365 * 86_400));
    house
        .make_public(PublicRow::Key(KeyEntry {
            issuer: issuer.clone(),
            point: key.device_point(),
            from,
            until,
        }))
        .await;
    for (capacity, kind) in may {
        let (from, until) = ("2022-06-01".parse().unwrap(), "2022-06-30".parse().unwrap());
        let entitlement =
            Entitlement { issuer: issuer.clone(), kind: kind.parse().unwrap(), region, from, until };
        house
            .make_public(PublicRow::Entitlement(EntitlementEntry { capacity: *capacity, entitlement }))
            .await;
    }
    Institution { issuer, key }
}

pub(crate) async fn laboratory(house: &House) -> Institution {
    institution(house, "laboratory:07", "kang-lab", &[(Capacity::Submit, "test")]).await
}

pub(crate) async fn cdc(house: &House) -> Institution {
    let may = [(Capacity::Submit, "contact"), (Capacity::Countersign, "contact")];
    institution(house, "cdc:410100", "zhengzhou-cdc", &may).await
}

/// What hides whom a statement is about, in these tests.
const SALT: [u8; 32] = [7; 32];

pub(crate) async fn community(house: &House) -> Institution {
    institution(house, "community:4", "community-4", &[(Capacity::Countersign, "contact")]).await
}

impl Institution {
    pub(crate) fn signed_in<'h>(&self, house: &'h House) -> SignedIn<'h> {
        house.signed_in(Who::Institution(self.issuer.clone()))
    }

    /// A submission, signed.
    pub(crate) fn submission(&self, key: &str, rows: &[Value]) -> Value {
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let owned: Vec<[String; 8]> = rows
            .iter()
            .map(|row| {
                ["person", "kind", "value", "at", "until", "region", "evidence", "credential"]
                    .map(|n| text(row, n))
            })
            .collect();
        let raw: Vec<RawRow<'_>> = owned
            .iter()
            .map(|[person, kind, value, at, until, region, evidence, credential]| RawRow {
                person,
                kind,
                value,
                at,
                until,
                region,
                evidence,
                credential,
            })
            .collect();
        let bytes = signed_bytes(&self.issuer, &key.parse().unwrap(), &SALT, &raw);
        let signature = hex(&self.key.sign(&bytes).unwrap());
        json!({ "issuer": self.issuer, "idempotency_key": key, "salt": hex(&SALT), "rows": rows, "signature": signature })
    }

    pub(crate) async fn submit(&self, house: &House, key: &str, rows: &[Value]) -> Answered {
        Visitor(house).post("/api/v1/submissions", &self.submission(key, rows)).await
    }

    pub(crate) fn countersignature(&self, n: u32, fact: &str) -> Value {
        let id: FactId = fact.parse().unwrap();
        let bytes = Countersign::signed_bytes(&self.issuer, &SALT, &document(n), id);
        let signature = hex(&self.key.sign(&bytes).unwrap());
        json!({ "issuer": self.issuer, "person": document(n).to_wire(), "fact": fact, "salt": hex(&SALT), "signature": signature })
    }

    pub(crate) fn confirmation(&self, n: u32, fact: &str, confirmed: bool) -> Value {
        let bytes =
            Confirm::signed_bytes(&self.issuer, &SALT, &document(n), fact.parse().unwrap(), confirmed);
        let signature = hex(&self.key.sign(&bytes).unwrap());
        json!({
            "issuer": self.issuer, "person": document(n).to_wire(), "fact": fact, "confirmed": confirmed,
            "salt": hex(&SALT), "signature": signature,
        })
    }

    pub(crate) fn retraction(&self, n: u32, fact: &str, reason: &str) -> Value {
        let (id, why): (FactId, RetractionReason) = (fact.parse().unwrap(), reason.parse().unwrap());
        let bytes = Retract::signed_bytes(&self.issuer, &SALT, &document(n), id, why);
        let signature = hex(&self.key.sign(&bytes).unwrap());
        json!({
            "issuer": self.issuer, "person": document(n).to_wire(), "fact": fact, "reason": reason,
            "salt": hex(&SALT), "signature": signature,
        })
    }
}

pub(crate) fn test_of(n: u32, value: &str) -> Value {
    json!({
        "person": document(n).to_wire(), "kind": "test", "value": value, "at": "2022-06-13T09:40:00+08:00",
        "evidence": format!("S-{n}"),
    })
}

pub(crate) fn contact_of(n: u32) -> Value {
    json!({
        "person": document(n).to_wire(), "kind": "contact", "value": "close", "at": "2022-06-12",
        "evidence": format!("INV-{n}"),
    })
}
