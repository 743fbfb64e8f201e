//! Who may call what: every endpoint of the API and every page, as each kind of caller. None may be missing here.

use std::collections::BTreeSet;

use mingma_registry::GrantId;
use mingma_registry::row::{Binding, Grant, PersonRow};
use mingma_registry::words::{Scope, Tie};
use mingma_server::Who;
use serde_json::{Value, json};

use crate::cases::{CALLERS, Caller, QUERIES, SIGNED, cases};
use crate::description::{description, operations};
use crate::house::{House, from};
use crate::kept::{asking, fact};
use crate::work;

use Caller::{
    Agent, AppLetIn, AppNotLetIn, Arbiter, Commissioner, CommunityWorker, Institution, Resident, Stranger,
    Visitor,
};

/// A resident with an agent, a program, a child and a fact, and everybody who might call.
struct Stage {
    house: House,
    tokens: Vec<Option<String>>,
    person: String,
    fact: String,
    entry: String,
    grant: GrantId,
    binding: GrantId,
    code: String,
    appeal: String,
    consent: String,
    /// The institution's point, and one that is nobody's yet.
    points: [String; 2],
    /// The number of the act that entitled the institution.
    entitlement: u64,
}

impl Stage {
    async fn set() -> Self {
        let house = House::new().await;
        let consent = work::staffed(&house).await;
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
        let (points, appeal) = work::under_way(&house, person, &id).await;
        let entries = house.app.registry().store().entries(Some(person)).await.unwrap();
        let book = house.app.registry().book().await.unwrap();
        let (entitlement, ..) = book.all_entitlements(&"cdc:410100".parse().unwrap()).next().unwrap();
        let (person, entry) = (person.to_string(), entries[0].id.to_string());
        Self {
            house,
            tokens,
            person,
            fact: id,
            entry,
            grant,
            binding,
            code,
            appeal,
            consent,
            points,
            entitlement,
        }
    }

    fn address(&self, path: &str, me: bool) -> String {
        let query = QUERIES.iter().find(|(of, _)| *of == path).map_or("", |(_, query)| query);
        let me = me && !path.contains("{appeal}");
        let name = match path {
            path if path.starts_with("/assets") => "style.css",
            path if path.starts_with("/checkpoint") => "page.js",
            _ => "sign-in",
        };
        let path = path
            .replace("{person}", if me { "me" } else { &self.person })
            .replace("{grant}", &self.grant.to_string())
            .replace("{binding}", &self.binding.to_string())
            .replace("{code}", &self.code)
            .replace("{appeal}", &self.appeal)
            .replace("{fact}", &self.fact)
            .replace("{entry}", &self.entry)
            .replace("{issuer}", "cdc:410100")
            .replace("{key}", "k-s")
            .replace("{row}", "1")
            .replace("{region}", "410105")
            .replace("{point}", &self.points[0])
            .replace("{entitlement}", &self.entitlement.to_string())
            .replace("{shard}", &(crate::house::NOON / 86_400 * 64).to_string())
            .replace("{number}", "1")
            .replace("{proposal}", "1")
            .replace("{alarm}", "1")
            .replace("{due}", "2022-06-16T04:00:00Z")
            .replace("{name}", name);
        format!("{path}{query}")
    }

    fn body(&self, made: fn() -> Value) -> Option<Value> {
        let body = made();
        let named = || {
            let body = body.to_string().replace("FACT", &self.fact).replace("CONSENT", &self.consent);
            let body = body.replace("PERSON", &self.person).replace("NEWPOINT", &self.points[1]);
            serde_json::from_str(&body).unwrap()
        };
        (!body.is_null()).then(named)
    }
}

/// The pages of residents.
const RESIDENTS: [&str; 7] = ["/apps", "/code", "/contact", "/declare", "/facts", "/family", "/notices"];

fn of_residents(path: &str) -> bool {
    RESIDENTS.iter().any(|page| path.starts_with(page))
}

#[tokio::test]
async fn each_kind_of_caller_may_what_the_table_says_and_nothing_else() {
    let mut wrong = Vec::new();
    for (method, path, may, ok, body) in cases() {
        let stage = Stage::set().await;
        // The person last: what the person ends would be gone for the others.
        let order = CALLERS.iter().zip(&stage.tokens).filter(|((caller, _), _)| *caller != Resident);
        let last = CALLERS.iter().zip(&stage.tokens).filter(|((caller, _), _)| *caller == Resident);
        for (n, ((caller, me), token)) in (0..).zip(order.chain(last)) {
            let address = stage.address(path, *me);
            let body = stage.body(*body);
            let request = asking(token.as_deref(), (method, &address), &format!("k-{n}"), body.as_ref());
            let answer = stage.house.send(from(n, request)).await;
            let due = match (may.contains(caller), caller) {
                (true, _) => *ok,
                // Pages lead to signing in; without a proof nobody gets a session, and none is asked for.
                (false, _) if *path == "/sessions" || path.starts_with("/desk") => 303,
                (false, Commissioner | Arbiter | CommunityWorker) if path.starts_with("/office") => 403,
                (false, _) if path.starts_with("/office") => 303,
                // A visitor is led to signing in; what is another's is not there.
                (false, Visitor) if of_residents(path) => 303,
                (false, Stranger | Agent) if of_residents(path) => 404,
                (false, _) if of_residents(path) => 403,
                // What is signed needs no session, and nothing else helps.
                (false, _) if SIGNED.contains(path) => 403,
                (false, _) if path.ends_with("/sessions") && *method == "POST" => 403,
                (false, Visitor) => 401,
                (false, _) => 403,
            };
            if answer.status.as_u16() != due {
                wrong.push(format!("{method} {address} as {caller:?}: {} and not {due}", answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
        cases().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    let set: BTreeSet<_> = told.iter().cloned().collect();
    assert_eq!(set.len(), told.len(), "a case stands twice");
    let missing: Vec<_> = there.difference(&set).collect();
    assert!(missing.is_empty(), "say in `cases` who may call {missing:?}");
    let gone: Vec<_> = set.difference(&there).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}
