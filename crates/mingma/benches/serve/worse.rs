//! So many people worse off at once: how long until no list lacks a code of theirs, and until each of them is told.
//!
//! Two offices publish a risk level, as they do; nothing is done to the server but what a client can. A checkpoint asks
//! for the lists just before the act, so that what is measured is the worst that one may see.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use mingma_credential::status_list::INVALID;
use mingma_credential::status_list::token::StatusListToken;
use mingma_registry::Store as _;
use mingma_registry::policy::Office;
use mingma_registry::row::Moved;
use mingma_registry::words::Mover;
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use serde_json::{Value, json};

use crate::folder::{Folder, Seeded, day};
use crate::living::{is_current, until};
use crate::load::{Load, one, raw};
use crate::server::Server;
use crate::{CONNECTIONS, request, told};

/// The district that turns high, where those were who become worse off.
const DISTRICT: &str = "450103";
/// How many hold a code beside them and keep it.
const OTHERS: u32 = 1_024;
/// How often a checkpoint asks here.
const ASKED: Duration = Duration::from_millis(200);

/// What is measured of a folder of so many residents, of whom so many become worse off at once.
pub(crate) fn measured(residents: u32, worse: u32) -> Value {
    assert!(worse + OTHERS <= residents, "more are to become worse off than live here");
    let folder = Folder::filled(residents);
    folder.were_in(worse, DISTRICT);
    let (commission, appeals) = (
        folder.official("commission", Office::HealthCommission),
        folder.official("appeals", Office::Appeals),
    );
    let server = Server::start(&folder);
    let show = |n| request("POST", "/api/v1/persons/me/codes", Some(&folder.token(n)), "");
    let shows: Vec<Vec<u8>> = (0..worse + OTHERS).map(show).collect();
    told("codes shown", &Load::of(&server.address, &shows).once(CONNECTIONS));
    until(|| is_current(&server));

    let now = Timestamp::now();
    let risk = json!({ "region": DISTRICT, "level": "high", "from": day(now, -5), "until": day(now, 9) });
    let post = |path: &str, token: &str, body: &Value| {
        one(&server.address, &request("POST", path, Some(token), &body.to_string()))
    };
    let proposed = post("/api/v1/proposals", &commission, &json!({ "risk": risk }));
    let path = format!("/api/v1/proposals/{}/approval", proposed["number"]);
    // Everybody's list, as of the moment before.
    assert_eq!(revoked(&server), 0);
    let (cpu, memory) = (server.cpu(), server.resident_mib());
    let published = Instant::now();
    post(&path, &appeals, &json!({ "seen": proposed["seen"] }));
    let (mut first, mut listed, mut last_told) = (None, None, None);
    // Who is told is told in the order of their ids.
    let last =
        folder.persons()[..worse as usize].iter().enumerate().max_by_key(|(_, person)| **person).unwrap();
    let notices = request("GET", "/api/v1/persons/me/notices", Some(&folder.token(last.0 as u32)), "");
    while listed.is_none() || last_told.is_none() {
        let seconds = || Some((published.elapsed().as_secs_f64() * 10.0).round() / 10.0);
        if listed.is_none() {
            let on_lists = revoked(&server);
            first = first.or_else(|| seconds().filter(|_| on_lists > 0));
            listed = seconds().filter(|_| on_lists >= worse as usize);
        }
        if last_told.is_none() {
            let notices = one(&server.address, &notices);
            let is_told = notices["items"].as_array().unwrap().iter().any(|n| n["kind"] == "status-changed");
            last_told = seconds().filter(|_| is_told);
        }
        assert!(published.elapsed() < Duration::from_mins(30), "it does not come");
        std::thread::sleep(ASKED);
    }
    let (cpu, most) = (server.cpu() - cpu, server.most_mib());
    assert_eq!(revoked(&server), worse as usize, "whoever is as well off as before keeps the code");
    drop(server);
    let store =
        SqliteStore::open(folder.dir.path(), Settings::default(), std::sync::Arc::new(Seeded(4.into())));
    let (store, today) = (store.unwrap(), now.as_second().div_euclid(86_400));
    let moved = block_on(store.moved(today - 1, today + 2)).unwrap();
    let by_risk = moved.iter().filter(|on| on.moved == Moved { by: Mover::Risk, is_worse: true });
    assert_eq!(by_risk.map(|on| on.persons).sum::<u64>(), u64::from(worse), "each is told once");
    json!({
        "residents": residents,
        "worse_at_once": worse,
        "first_revoked_on_a_list_s": first,
        "all_revoked_on_the_lists_s": listed,
        "all_told_s": last_told,
        "server_cpu_s": (cpu * 10.0).round() / 10.0,
        "resident_mib_before": memory,
        "resident_mib_at_most": most,
    })
}

/// How many places are revoked on all lists that the server hands out.
fn revoked(server: &Server) -> usize {
    let directory = one(&server.address, &request("GET", "/api/v1/status-lists", None, ""));
    let of = |list: &Value| {
        let token = raw(
            &server.address,
            &request("GET", &format!("/api/v1/status-lists/{}", list["shard"]), None, ""),
        );
        let list = StatusListToken::from_bytes(&token).unwrap();
        let signer = server.certificates.iter().find(|of| list.key_id() == Some(of.key_id().as_bytes()));
        let list = list.verify(signer.unwrap().key()).unwrap().list;
        (0..list.states() as u32).filter(|place| list.get(*place) == Some(INVALID)).count()
    };
    directory["lists"].as_array().unwrap().iter().map(of).sum()
}
