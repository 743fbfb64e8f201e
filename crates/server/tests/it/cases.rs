//! Every endpoint of the API and every page: who may, what they are then answered, and what is sent.

mod pages;

use serde_json::{Value, json};

use crate::callers::ALL;
pub(crate) use crate::callers::{CALLERS, Caller};
use Caller::{
    Agent, AppLetIn, AppNotLetIn, Arbiter, Commissioner, CommunityWorker, Institution, Resident, Stranger,
};

/// The person, and whoever may act for them.
const OWN: &[Caller] = &[Resident, Agent];
/// These, and a program that the person let do it.
const OWN_OR_APP: &[Caller] = &[Resident, Agent, AppLetIn];
/// Everybody who has signed in.
pub(crate) const SIGNED_IN: &[Caller] =
    &[Resident, Stranger, Agent, AppLetIn, AppNotLetIn, Commissioner, Arbiter, CommunityWorker, Institution];
/// Persons, each in their own affairs.
const PERSONS: &[Caller] = &[Resident, Stranger, Agent];
/// The person alone.
const ALONE: &[Caller] = &[Resident];
/// An institution by its key, and each office.
const DESK: &[Caller] = &[Institution];
const COMMISSION: &[Caller] = &[Commissioner];
const APPEALS: &[Caller] = &[Arbiter];
const BRAKE: &[Caller] = &[Commissioner, Arbiter];
const COMMUNITY: &[Caller] = &[CommunityWorker];

/// One endpoint: who may, what they are then answered, and what is sent.
pub(crate) type Case = (&'static str, &'static str, &'static [Caller], u16, fn() -> Value);

const NOTHING: fn() -> Value = || Value::Null;
const CONSENT: fn() -> Value = || json!({ "person": "PERSON", "consent": "CONSENT" });

/// Every endpoint, and every page.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    API.iter().chain(pages::PAGES)
}

/// Every endpoint of the API.
const API: &[Case] = &[
    ("POST", "/api/v1/codes/verify", ALL, 200, || json!({ "code": "HC1:NONE" })),
    // Nobody, without the authority's signature.
    ("POST", "/api/v1/authority/acts", &[], 200, crate::authority::foreign),
    ("POST", "/api/v1/institutions/challenges", ALL, 200, NOTHING),
    (
        "POST",
        "/api/v1/institutions/sessions",
        // Nobody, without a challenge.
        &[],
        200,
        || json!({ "issuer": "cdc:410100", "challenge": "none", "signature": "00".repeat(64) }),
    ),
    ("GET", "/api/v1/issuers", ALL, 200, NOTHING),
    ("GET", "/api/v1/journal", ALL, 200, NOTHING),
    ("GET", "/api/v1/persons/{person}", OWN, 200, NOTHING),
    ("GET", "/api/v1/persons/{person}/agents", OWN, 200, NOTHING),
    (
        "POST",
        "/api/v1/persons/{person}/agents",
        ALONE,
        200,
        || json!({ "document": "passport:JP:TR0000009", "tie": "agent", "days": 1 }),
    ),
    ("DELETE", "/api/v1/persons/{person}/agents/{binding}", ALONE, 204, NOTHING),
    ("GET", "/api/v1/persons/{person}/appeals", OWN, 200, NOTHING),
    ("POST", "/api/v1/persons/{person}/appeals", OWN, 200, || json!({ "fact": "FACT", "ground": "not-me" })),
    ("GET", "/api/v1/persons/{person}/apps", OWN, 200, NOTHING),
    (
        "POST",
        "/api/v1/persons/{person}/apps",
        ALONE,
        200,
        || json!({ "app": "bank", "scope": "query-status", "days": 1 }),
    ),
    ("DELETE", "/api/v1/persons/{person}/apps/{grant}", ALONE, 204, NOTHING),
    (
        "POST",
        "/api/v1/persons/{person}/children",
        ALONE,
        200,
        || json!({ "child": "child:passport:JP:TR0000001:2020-05-01:1", "days": 1 }),
    ),
    ("POST", "/api/v1/persons/{person}/codes", OWN_OR_APP, 200, NOTHING),
    ("POST", "/api/v1/persons/{person}/codes/{code}/loss", OWN, 204, NOTHING),
    (
        "PUT",
        "/api/v1/persons/{person}/contact",
        ALONE,
        202,
        || json!({ "contact": "13900139000", "language": "en" }),
    ),
    // Nobody, without the code that was sent there.
    ("POST", "/api/v1/persons/{person}/contact/confirmation", &[], 204, || json!({ "code": "000000" })),
    ("GET", "/api/v1/persons/{person}/disclosures", OWN, 200, NOTHING),
    ("GET", "/api/v1/persons/{person}/facts", OWN, 200, NOTHING),
    (
        "POST",
        "/api/v1/persons/{person}/health-declarations",
        OWN,
        200,
        || json!({ "on": "2022-06-13", "feeling": "well" }),
    ),
    ("GET", "/api/v1/persons/{person}/export", OWN, 200, NOTHING),
    ("GET", "/api/v1/persons/{person}/journal", OWN, 200, NOTHING),
    // There is no log beside the test's store.
    ("GET", "/api/v1/persons/{person}/journal/{entry}/proof", OWN, 409, NOTHING),
    ("GET", "/api/v1/persons/{person}/notices", OWN, 200, NOTHING),
    ("POST", "/api/v1/persons/{person}/paper-codes", OWN, 200, || json!({ "days": 7 })),
    ("GET", "/api/v1/persons/{person}/status", OWN_OR_APP, 200, NOTHING),
    (
        "POST",
        "/api/v1/persons/{person}/trip-declarations",
        OWN,
        200,
        || json!({ "stays": [{ "region": "410105", "from": "2022-06-13" }] }),
    ),
    ("GET", "/api/v1/persons/{person}/wards", ALONE, 200, NOTHING),
    // Of the callers nobody was let act by this one.
    ("POST", "/api/v1/persons/{person}/wards", &[], 200, || json!({ "document": "passport:JP:TR0000007" })),
    ("GET", "/api/v1/policies", ALL, 200, NOTHING),
    ("GET", "/api/v1/publications", ALL, 200, NOTHING),
    ("GET", "/api/v1/regions", ALL, 200, NOTHING),
    (
        "POST",
        "/api/v1/registrations",
        ALL,
        202,
        || json!({ "document": "passport:JP:TR0000005", "home": "410105" }),
    ),
    ("GET", "/api/v1/risk", ALL, 200, NOTHING),
    ("GET", "/api/v1/rulesets", ALL, 200, NOTHING),
    ("GET", "/api/v1/rulesets/in-force", ALL, 200, NOTHING),
    ("GET", "/api/v1/rulesets/{number}", ALL, 200, NOTHING),
    ("POST", "/api/v1/sign-in/codes", ALL, 202, || json!({ "document": "passport:JP:TR0000001" })),
    ("DELETE", "/api/v1/sign-in/session", SIGNED_IN, 204, NOTHING),
    ("DELETE", "/api/v1/sign-in/sessions", PERSONS, 204, NOTHING),
    (
        "POST",
        "/api/v1/sign-in/sessions",
        // Nobody, without the code.
        &[],
        200,
        || json!({ "document": "passport:JP:TR0000001", "code": "000000" }),
    ),
    (
        "POST",
        "/api/v1/staff/sessions",
        // Nobody, without the password.
        &[],
        200,
        || json!({ "name": "worker-1", "password": "wrong", "code": "000000" }),
    ),
    ("GET", "/api/v1/status-lists", ALL, 200, NOTHING),
    ("GET", "/api/v1/status-lists/{shard}", ALL, 200, NOTHING),
    ("GET", "/api/v1/trust-list", ALL, 200, NOTHING),
    ("GET", "/health/live", ALL, 200, NOTHING),
    ("GET", "/health/ready", ALL, 200, NOTHING),
    ("GET", "/problems", ALL, 200, NOTHING),
    ("GET", "/problems/{name}", ALL, 200, NOTHING),
    // What institutions and offices do.
    ("POST", "/api/v1/alarms/{alarm}/allowance", BRAKE, 409, NOTHING),
    // No census is kept beside the test's store.
    ("GET", "/api/v1/census", COMMISSION, 409, NOTHING),
    ("GET", "/api/v1/census/turn", COMMISSION, 409, NOTHING),
    (
        "POST",
        "/api/v1/confirmations",
        &[],
        200,
        || json!({ "issuer": "cdc:410100", "person": "passport:JP:TR0000001", "fact": "FACT", "confirmed": true, "salt": "00".repeat(32), "signature": "00".repeat(64) }),
    ),
    (
        "POST",
        "/api/v1/countersignatures",
        &[],
        200,
        || json!({ "issuer": "cdc:410100", "person": "passport:JP:TR0000001", "fact": "FACT", "salt": "00".repeat(32), "signature": "00".repeat(64) }),
    ),
    (
        "POST",
        "/api/v1/issuers",
        COMMISSION,
        200,
        || json!({ "issuer": "laboratory:09", "organisation": "lab-9", "region": "410100" }),
    ),
    ("GET", "/api/v1/issuers/{issuer}/countersignatures-due", DESK, 200, NOTHING),
    ("GET", "/api/v1/issuers/{issuer}/disputes", DESK, 200, NOTHING),
    (
        "POST",
        "/api/v1/issuers/{issuer}/limits",
        COMMISSION,
        200,
        || json!({ "kind": "contact", "per_hour": 200 }),
    ),
    (
        "POST",
        "/api/v1/issuers/{issuer}/entitlements",
        COMMISSION,
        200,
        || json!({ "capacity": "submit", "kind": "contact", "region": "410100", "from": "2022-06-01", "until": "2022-06-30" }),
    ),
    (
        "POST",
        "/api/v1/issuers/{issuer}/keys",
        COMMISSION,
        200,
        || json!({ "point": "NEWPOINT", "from": "2022-06-01T00:00:00Z", "until": "2022-07-01T00:00:00Z" }),
    ),
    ("GET", "/api/v1/issuers/{issuer}/submissions", DESK, 200, NOTHING),
    ("GET", "/api/v1/issuers/{issuer}/submissions/{key}", DESK, 200, NOTHING),
    ("POST", "/api/v1/entitlements/{entitlement}/withdrawal", COMMISSION, 200, NOTHING),
    ("POST", "/api/v1/keys/{point}/withdrawal", COMMISSION, 200, NOTHING),
    ("GET", "/api/v1/offices/appeals", APPEALS, 200, NOTHING),
    (
        "POST",
        "/api/v1/offices/amendments",
        COMMUNITY,
        204,
        || json!({ "consent": { "person": "PERSON", "consent": "CONSENT" }, "home": "410105", "initials": "LS" }),
    ),
    ("POST", "/api/v1/offices/bindings", COMMUNITY, 200, || {
        json!({
            "consent": { "person": "PERSON", "consent": "CONSENT" }, "idempotency_key": "b-1",
            "agent": "passport:JP:TR0000008", "tie": "family", "days": 9,
        })
    }),
    (
        "POST",
        "/api/v1/offices/consent-codes",
        COMMUNITY,
        200,
        || json!({ "document": "passport:JP:TR0000001" }),
    ),
    // Nobody, without the person's code.
    (
        "POST",
        "/api/v1/offices/consents",
        &[],
        200,
        || json!({ "document": "passport:JP:TR0000001", "code": "000000" }),
    ),
    // Nobody, for whom the person does not act.
    (
        "POST",
        "/api/v1/offices/consents/wards",
        &[],
        200,
        || json!({ "consent": { "person": "PERSON", "consent": "CONSENT" }, "ward": "passport:JP:TR0000007" }),
    ),
    ("POST", "/api/v1/offices/identifications", COMMUNITY, 204, CONSENT),
    ("POST", "/api/v1/offices/paper-codes", COMMUNITY, 200, CONSENT),
    (
        "POST",
        "/api/v1/offices/registrations",
        COMMUNITY,
        200,
        || json!({ "document": "passport:JP:TR0000006", "home": "410105" }),
    ),
    ("POST", "/api/v1/persons/{person}/appeals/{appeal}/answer", APPEALS, 200, || json!({ "upheld": true })),
    ("GET", "/api/v1/persons/{person}/appeals/{appeal}/case", APPEALS, 200, NOTHING),
    (
        "POST",
        "/api/v1/regions/{region}/risk-levels",
        COMMISSION,
        200,
        || json!({ "level": "high", "from": "2022-06-13" }),
    ),
    // Without a census nothing is foreseen: the house of these cases has none.
    (
        "POST",
        "/api/v1/emergencies",
        COMMISSION,
        422,
        || json!({ "draft": crate::offices::risk_draft(), "ground": "outbreak" }),
    ),
    ("POST", "/api/v1/previews", COMMISSION, 409, || json!({ "drafts": [crate::offices::risk_draft()] })),
    ("GET", "/api/v1/proposals", &[Commissioner, Arbiter, CommunityWorker], 200, NOTHING),
    ("POST", "/api/v1/proposals", COMMISSION, 409, crate::offices::risk_draft),
    ("POST", "/api/v1/proposals/{proposal}/approval", &[Arbiter], 404, || json!({ "seen": "00".repeat(32) })),
    ("POST", "/api/v1/retractions", &[], 200, || {
        json!({
            "issuer": "cdc:410100", "person": "passport:JP:TR0000001", "fact": "FACT", "reason": "wrong-person",
            "salt": "00".repeat(32),
            "signature": "00".repeat(64),
        })
    }),
    ("POST", "/api/v1/rulesets", COMMISSION, 200, || crate::offices::ruleset("2022-09")),
    ("POST", "/api/v1/submissions", &[], 200, || {
        json!({
            "issuer": "cdc:410100", "idempotency_key": "k-9", "rows": [crate::institutions::contact_of(1)],
            "salt": "00".repeat(32),
            "signature": "00".repeat(64),
        })
    }),
    (
        "POST",
        "/api/v1/submissions/check",
        DESK,
        200,
        || json!({ "rows": [crate::institutions::contact_of(1)] }),
    ),
];

/// Where a signature says who asks.
pub(crate) const SIGNED: &[&str] = &[
    "/api/v1/authority/acts",
    "/api/v1/confirmations",
    "/api/v1/countersignatures",
    "/api/v1/retractions",
    "/api/v1/submissions",
];

/// What an institution has signed well and is refused as things stand, all of it with status 409.
pub(crate) const REFUSED: &[(&str, &str)] = &[
    ("/api/v1/confirmations", "above-limit"),
    ("/api/v1/confirmations", "given-back"),
    ("/api/v1/confirmations", "no-such-fact"),
    ("/api/v1/confirmations", "not-disputed"),
    ("/api/v1/confirmations", "own-word"),
    ("/api/v1/confirmations", "said-before"),
    ("/api/v1/confirmations", "said-otherwise"),
    ("/api/v1/confirmations", "taken-back"),
    ("/api/v1/countersignatures", "above-limit"),
    ("/api/v1/countersignatures", "no-such-fact"),
    ("/api/v1/countersignatures", "not-due"),
    ("/api/v1/retractions", "above-limit"),
    ("/api/v1/retractions", "given-back"),
    ("/api/v1/retractions", "no-such-fact"),
];

/// What an address needs besides its path.
pub(crate) const QUERIES: &[(&str, &str)] = &[
    ("/api/v1/regions", "?text=zhongyuan"),
    ("/api/v1/risk", "?region=410105"),
    ("/api/v1/rulesets/in-force", "?region=410105"),
    ("/desk/fact", "?kind=contact"),
    ("/language", "?to=en&back=/"),
];
