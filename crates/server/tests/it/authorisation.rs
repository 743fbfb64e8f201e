//! Who may call what: every endpoint of the API and every page, as each kind of caller. None may be missing here.

use std::collections::BTreeSet;

use mingma_registry::GrantId;
use mingma_registry::row::{Binding, Grant, PersonRow};
use mingma_registry::words::{Scope, Tie};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::description::{description, operations};
use crate::house::House;
use crate::kept::fact;

/// Who calls, and whose affairs it then is: one's own (`me`), or those of the resident by id.
const CALLERS: [(Caller, bool); 10] = [
    (Visitor, true),
    (Resident, true),
    (Stranger, false),
    (Agent, false),
    (AppLetIn, true),
    (AppNotLetIn, true),
    (Commissioner, false),
    (Arbiter, false),
    (CommunityWorker, false),
    (Institution, false),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Caller {
    Visitor,
    Resident,
    Stranger,
    Agent,
    AppLetIn,
    AppNotLetIn,
    Commissioner,
    Arbiter,
    CommunityWorker,
    Institution,
}
use Caller::{
    Agent, AppLetIn, AppNotLetIn, Arbiter, Commissioner, CommunityWorker, Institution, Resident, Stranger,
    Visitor,
};

/// Everybody.
const ALL: &[Caller] = &[
    Visitor,
    Resident,
    Stranger,
    Agent,
    AppLetIn,
    AppNotLetIn,
    Commissioner,
    Arbiter,
    CommunityWorker,
    Institution,
];
/// The person, and whoever may act for them.
const OWN: &[Caller] = &[Resident, Agent];
/// These, and a program that the person let do it.
const OWN_OR_APP: &[Caller] = &[Resident, Agent, AppLetIn];
/// Everybody who has signed in.
const SIGNED_IN: &[Caller] =
    &[Resident, Stranger, Agent, AppLetIn, AppNotLetIn, Commissioner, Arbiter, CommunityWorker, Institution];
/// Persons, each in their own affairs.
const PERSONS: &[Caller] = &[Resident, Stranger, Agent];
/// The person alone.
const ALONE: &[Caller] = &[Resident];

/// One endpoint: who may, what they are then answered, and what is sent.
type Case = (&'static str, &'static str, &'static [Caller], u16, fn() -> Value);

const NOTHING: fn() -> Value = || Value::Null;

/// Every endpoint, and every page.
const CASES: &[Case] = &[
    ("POST", "/api/v1/codes/verify", ALL, 200, || json!({ "code": "HC1:NONE" })),
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
    ("GET", "/api/v1/persons/{person}/disclosures", OWN, 200, NOTHING),
    ("GET", "/api/v1/persons/{person}/facts", OWN, 200, NOTHING),
    (
        "POST",
        "/api/v1/persons/{person}/health-declarations",
        OWN,
        200,
        || json!({ "on": "2022-06-13", "feeling": "well" }),
    ),
    ("GET", "/api/v1/persons/{person}/journal", OWN, 200, NOTHING),
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
    ("GET", "/api/v1/publications", ALL, 200, NOTHING),
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
    // The pages.
    ("GET", "/", ALL, 200, NOTHING),
    ("GET", "/assets/{name}", ALL, 200, NOTHING),
    ("GET", "/desk/sign-in", ALL, 200, NOTHING),
    ("GET", "/language", ALL, 303, NOTHING),
    ("GET", "/office/sign-in", ALL, 200, NOTHING),
    ("POST", "/office/sign-in", ALL, 415, NOTHING),
    ("GET", "/openapi.json", ALL, 200, NOTHING),
    ("GET", "/rules", ALL, 200, NOTHING),
    ("GET", "/rules/{number}", ALL, 200, NOTHING),
    // A visitor is led to sign in, and so is who is no person.
    ("GET", "/sessions", PERSONS, 200, NOTHING),
    ("POST", "/sessions/end", ALL, 303, NOTHING),
    ("GET", "/sign-in", ALL, 200, NOTHING),
    ("POST", "/sign-in", ALL, 415, NOTHING),
    ("POST", "/sign-in/code", ALL, 415, NOTHING),
    ("POST", "/sign-out", ALL, 303, NOTHING),
];

/// What an address needs besides its path.
const QUERIES: &[(&str, &str)] = &[
    ("/api/v1/risk", "?region=410105"),
    ("/api/v1/rulesets/in-force", "?region=410105"),
    ("/language", "?to=en&back=/"),
];

/// A resident with an agent, a program, a child and a fact, and everybody who might call.
struct Stage {
    house: House,
    tokens: Vec<Option<String>>,
    person: String,
    fact: String,
    grant: GrantId,
    binding: GrantId,
    code: String,
}

impl Stage {
    async fn set() -> Self {
        let house = House::new().await;
        let (person, agent, stranger) =
            (house.registered(1).await, house.registered(2).await, house.registered(3).await);
        let child = json!({ "document": "child:passport:JP:TR0000001:2020-05-01:1", "home": "410105" });
        house.ask(None, ("POST", "/api/v1/registrations"), "", Some(&child)).await;
        let from = house.app.registry().now();
        let until = "2022-07-13T04:00:00Z".parse().unwrap();
        let (grant, binding) = (GrantId::new(from, [1; 10]), GrantId::new(from, [2; 10]));
        let let_in = |id, scope| Grant { id, app: "metro-gate".parse().unwrap(), scope, from, until };
        let recorded = fact(&house, 1, &crate::own::CONTACT);
        let id = recorded.id.to_string();
        let rows = vec![
            PersonRow::Grant(let_in(grant, Scope::QueryStatus)),
            PersonRow::Grant(let_in(GrantId::new(from, [3; 10]), Scope::MakeCode)),
            PersonRow::Binding(Binding { id: binding, agent, tie: Tie::Agent, from, until }),
            PersonRow::Fact(recorded),
        ];
        house.keep(person, rows, vec![]).await;
        let who = |caller: Caller| match caller {
            Visitor => None,
            Resident => Some(Who::Person(person)),
            Stranger => Some(Who::Person(stranger)),
            Agent => Some(Who::Person(agent)),
            AppLetIn => Some(Who::App { person, app: "metro-gate".parse().unwrap() }),
            AppNotLetIn => Some(Who::App { person, app: "bank".parse().unwrap() }),
            Commissioner => Some(Who::Staff("commissioner-1".parse().unwrap())),
            Arbiter => Some(Who::Staff("arbiter-1".parse().unwrap())),
            CommunityWorker => Some(Who::Staff("worker-1".parse().unwrap())),
            Institution => Some(Who::Institution("cdc:410100".parse().unwrap())),
        };
        let tokens =
            CALLERS.iter().map(|(caller, _)| who(*caller).map(|who| house.signed_in(who).token)).collect();
        let made =
            house.signed_in(Who::Person(person)).post("/api/v1/persons/me/codes", "", &Value::Null).await;
        let code = made.json()["id"].as_str().unwrap().to_owned();
        Self { house, tokens, person: person.to_string(), fact: id, grant, binding, code }
    }

    fn address(&self, path: &str, me: bool) -> String {
        let query = QUERIES.iter().find(|(of, _)| *of == path).map_or("", |(_, query)| query);
        let name = if path.starts_with("/assets") { "style.css" } else { "sign-in" };
        let path = path
            .replace("{person}", if me { "me" } else { &self.person })
            .replace("{grant}", &self.grant.to_string())
            .replace("{binding}", &self.binding.to_string())
            .replace("{code}", &self.code)
            .replace("{shard}", &(crate::house::NOON / 86_400 * 64).to_string())
            .replace("{number}", "1")
            .replace("{name}", name);
        format!("{path}{query}")
    }

    fn body(&self, made: fn() -> Value) -> Option<Value> {
        let body = made();
        let named = || serde_json::from_str(&body.to_string().replace("FACT", &self.fact)).unwrap();
        (!body.is_null()).then(named)
    }
}

#[tokio::test]
async fn each_kind_of_caller_may_what_the_table_says_and_nothing_else() {
    for (method, path, may, ok, body) in CASES {
        let stage = Stage::set().await;
        // The person last: what the person ends would be gone for the others.
        let order = CALLERS.iter().zip(&stage.tokens).filter(|((caller, _), _)| *caller != Resident);
        let last = CALLERS.iter().zip(&stage.tokens).filter(|((caller, _), _)| *caller == Resident);
        for (n, ((caller, me), token)) in order.chain(last).enumerate() {
            let address = stage.address(path, *me);
            let body = stage.body(*body);
            let answer =
                stage.house.ask(token.as_deref(), (method, &address), &format!("k-{n}"), body.as_ref()).await;
            let due = match (may.contains(caller), caller) {
                (true, _) => *ok,
                // Pages lead to signing in; without a proof nobody gets a session, and none is asked for.
                (false, _) if *path == "/sessions" => 303,
                (false, _) if path.ends_with("/sessions") && *method == "POST" => 403,
                (false, Visitor) => 401,
                (false, _) => 403,
            };
            assert_eq!(answer.status.as_u16(), due, "{method} {address} as {caller:?}: {answer:?}");
        }
    }
}

/// Method and path of every route that the router adds by hand: the pages.
fn routed_by_hand() -> BTreeSet<(String, String)> {
    let source = include_str!("../../src/router.rs");
    let mut found = BTreeSet::new();
    for route in source.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        let handlers = route.split('"').nth(2).unwrap();
        let handlers = handlers.split(';').next().unwrap();
        for method in ["get", "post", "put", "delete", "patch"] {
            let called = |before: char| handlers.contains(&format!("{before}{method}("));
            if called(' ') || called('.') || called('\n') {
                found.insert((method.to_uppercase(), path.to_owned()));
            }
        }
    }
    found
}

#[test]
fn no_endpoint_is_missing_from_the_table() {
    let mut there: BTreeSet<(String, String)> =
        operations(&description()).into_iter().map(|(path, method, _)| (method, path)).collect();
    let pages = routed_by_hand();
    assert!(there.len() > 20 && pages.len() > 5, "{} operations, {} pages", there.len(), pages.len());
    there.extend(pages);
    let told: Vec<(String, String)> =
        CASES.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    let set: BTreeSet<_> = told.iter().cloned().collect();
    assert_eq!(set.len(), told.len(), "a case stands twice");
    let missing: Vec<_> = there.difference(&set).collect();
    assert!(missing.is_empty(), "say in `CASES` who may call {missing:?}");
    let gone: Vec<_> = set.difference(&there).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}
