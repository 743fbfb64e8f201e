//! What the server does for its CPU time: codes shown, codes verified, facts kept; and what a data folder costs at rest.
//!
//! `bench/run serve --json FILE` runs it; `bench/README.md` says what was measured and how. It fills a data folder through the
//! store's own writer, starts the real binary on it, and sends requests from this process over connections that
//! stay open. The server's CPU time is the kernel's (`/proc/PID/stat`); nginx serves a body of the same size in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a bench reads the clock, prints, rounds, and may fail by panicking"
)]

mod facts;
mod folder;
mod living;
mod load;
mod server;
mod worse;

use std::path::PathBuf;

use mingma_credential::{UnixSeconds, proof};
use serde_json::{Value, json};

use crate::folder::Folder;
use crate::load::{Load, Pace};
use crate::server::{Nginx, Server};

/// How many of a folder's residents show their code again and again.
const ACTIVE: u32 = 10_000;
/// How many connections stay open: as many as a busy proxy in front has.
const CONNECTIONS: usize = 64;
/// How long each load lasts.
const SECONDS: u64 = 8;
/// How many different codes are verified.
const VERIFIED: usize = 512;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut json_file, mut residents, mut alone) = (None, vec![10_000, 1_000_000], false);
    let mut worse = 0;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json_file = arguments.next().map(PathBuf::from),
            "--residents" => residents = vec![arguments.next().unwrap().parse().unwrap()],
            "--living" => alone = true,
            "--worse" => worse = arguments.next().unwrap().parse().unwrap(),
            "--bench" => {}
            other => {
                panic!("`{other}`: only `--json FILE`, `--residents N`, `--living` and `--worse N` are known")
            }
        }
    }
    let report = if worse > 0 {
        json!({ "worse": residents.into_iter().map(|of| worse::measured(of, worse)).collect::<Vec<_>>() })
    } else if alone {
        json!({ "living": residents.into_iter().map(living::measured).collect::<Vec<_>>() })
    } else {
        let folders: Vec<Value> = residents.into_iter().map(of_folder).collect();
        json!({ "facts_kept": facts::kept(), "folders": folders })
    };
    let text = serde_json::to_string_pretty(&report).unwrap();
    if let Some(file) = json_file {
        std::fs::write(file, &text).unwrap();
    }
    eprintln!("{text}");
}

/// Everything that is measured over a folder of so many residents.
fn of_folder(residents: u32) -> Value {
    let folder = Folder::filled(residents);
    let server = Server::start(&folder);
    let (opened, rest) = (server.opened, server.resident_mib());
    eprintln!("{residents} residents: open in {opened:.2} s, {rest} MiB at rest");
    let shows: Vec<Vec<u8>> = (0..residents.min(ACTIVE))
        .map(|n| request("POST", "/api/v1/persons/me/codes", Some(&folder.token(n)), ""))
        .collect();
    // The first code of each keeps its place on record.
    let first = Load::of(&server.address, &shows).once(CONNECTIONS);
    told("first codes of the day", &first);
    let before = server.cpu();
    let show = Load::of(&server.address, &shows).run(CONNECTIONS, Pace::AsFastAsItGoes, SECONDS);
    let per_cpu = show.answers as f64 / (server.cpu() - before);
    told("show", &show);
    eprintln!("{:24} {per_cpu:9.0} a CPU-second of the server", "");
    let half = Pace::Each(show.per_second() / 2.0);
    let calm = Load::of(&server.address, &shows).run(CONNECTIONS, half, SECONDS);
    told("show at half that load", &calm);

    let size = show.body.len();
    let codes: Vec<Value> =
        shows.iter().take(VERIFIED).map(|show| load::one(&server.address, show)).collect();
    let verify_device = verify(
        &server,
        codes.iter().map(|code| {
            let now = UnixSeconds::new(jiff::Timestamp::now().as_second());
            proof::renew(code["code"].as_str().unwrap(), &folder.phone, now).unwrap()
        }),
    );
    let papers: Vec<Vec<u8>> = (0..residents.min(VERIFIED as u32))
        .map(|n| request("POST", "/api/v1/persons/me/paper-codes", Some(&folder.token(n)), r#"{"days":30}"#))
        .collect();
    let papers: Vec<Value> = papers.iter().map(|paper| load::one(&server.address, paper)).collect();
    let verify_paper = verify(&server, papers.iter().map(|code| code["code"].as_str().unwrap().to_owned()));
    let [facts, facts_per_cpu] = folder.laboratory.kept_over_http(&server, residents as usize);
    eprintln!("{:24} {facts:9.0} a second, {facts_per_cpu:.0} a CPU-second", "facts over HTTP");
    let after = server.resident_mib();
    drop(server);

    let nginx = Nginx::start(size).map(|nginx| {
        let body = [request("GET", "/body", None, "")];
        let before = nginx.cpu();
        let load = Load::of(&nginx.address, &body).run(CONNECTIONS, Pace::AsFastAsItGoes, SECONDS);
        let per_cpu = load.answers as f64 / (nginx.cpu() - before);
        told("nginx, a static body", &load);
        eprintln!("{:24} {per_cpu:9.0} a CPU-second of nginx", "");
        per_cpu.round()
    });
    json!({
        "residents": residents,
        "open_seconds": opened,
        "resident_mib_at_rest": rest,
        "resident_mib_after_load": after,
        "first_codes_per_second": first.per_second().round(),
        "show_per_cpu_second": per_cpu.round(),
        "show_per_second": show.per_second().round(),
        "show_p99_ms_at_half_load": calm.p99_ms(),
        "show_body_bytes": size,
        "verify_device_code_per_cpu_second": verify_device,
        "verify_paper_code_per_cpu_second": verify_paper,
        "facts_over_http_per_second": facts,
        "facts_over_http_per_cpu_second": facts_per_cpu,
        "nginx_static_body_per_cpu_second": nginx,
    })
}

fn verify(server: &Server, codes: impl Iterator<Item = String>) -> f64 {
    let body = |code: String| json!({ "code": code }).to_string();
    let requests: Vec<Vec<u8>> =
        codes.map(|code| request("POST", "/api/v1/codes/verify", None, &body(code))).collect();
    let verdict = load::one(&server.address, &requests[0]);
    assert!(verdict["code"].is_object() && verdict["revocation"] == "checked", "{verdict}");
    let before = server.cpu();
    let load = Load::of(&server.address, &requests).run(CONNECTIONS, Pace::AsFastAsItGoes, SECONDS);
    let per_cpu = load.answers as f64 / (server.cpu() - before);
    told("verify", &load);
    eprintln!("{:24} {per_cpu:9.0} a CPU-second of the server", "");
    per_cpu.round()
}

fn request(method: &str, path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let session = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{session}{kind}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn told(what: &str, load: &load::Outcome) {
    let (rate, p99) = (load.per_second(), load.p99_ms());
    eprintln!("{what:24} {rate:9.0} a second, p99 {p99:6.2} ms, {} answers", load.answers);
}
