//! What those who operate it see: the counts, the doctor, the trust list's renewal.

use std::fs;
use std::io::{BufReader, Write};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::support::{Answer, City, bytes_of, connect, mingma};

pub(crate) fn counted(log: &str) -> String {
    let at = log.split("\"address\":\"").nth(1).unwrap().split('"').next().unwrap();
    let mut stream = connect(at.parse().unwrap());
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let answer = Answer::read(&mut BufReader::new(stream)).unwrap();
    assert!(answer.head.contains("content-type: text/plain; version=0.0.4"), "{}", answer.head);
    answer.body
}

pub(crate) fn value(counted: &str, name: &str) -> f64 {
    let line = counted.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("`{name}` is not told: {counted}")).parse().unwrap()
}

#[test]
fn what_is_counted_is_told_on_an_address_of_its_own_and_nowhere_else() {
    let city = City::new(3);
    let served = city.serve(&["--metrics", "127.0.0.1:0"]);
    for n in 0..3 {
        assert_eq!(served.send(&city.declaration(n, "k", "well")).status, 200);
    }
    let held = served.connect();
    assert_eq!(served.get("/metrics").status, 404);
    let told = counted(&served.log());
    let route = "/api/v1/persons/{person}/health-declarations";
    let name = format!("mingma_requests_total{{method=\"POST\",route=\"{route}\",status=\"200\"}}");
    assert!((value(&told, &name) - 3.0).abs() < 0.5);
    for (name, least) in [
        ("mingma_journal_entries_total", 3.0),
        ("mingma_store_commit_changes_sum", 3.0),
        ("mingma_store_commit_changes_count", 1.0),
        ("mingma_store_writes", 1.0),
        ("mingma_log_goes_on", 1.0),
        ("mingma_connections", 1.0),
        ("mingma_signing_key_expires_seconds", 1e9),
        ("mingma_trust_list_expires_seconds", 1e9),
        ("process_open_fds", 10.0),
        (&format!("mingma_request_seconds_count{{route=\"{route}\"}}"), 3.0),
        ("mingma_build_info{version=\"0.1.0\"}", 1.0),
    ] {
        assert!(value(&told, name) >= least, "{name}: {told}");
    }
    for (name, is) in [
        ("mingma_store_queue", 0.0),
        ("mingma_store_failures_total", 0.0),
        ("mingma_store_edits_total", 0.0),
        ("mingma_store_unproven_rows_total", 0.0),
        ("mingma_store_missing_rows_total", 0.0),
        ("mingma_log_faults_total", 0.0),
        ("mingma_log_unwitnessed", 0.0),
        ("mingma_outbox_waiting", 0.0),
        ("mingma_requests_shed_total", 0.0),
        ("mingma_clock_behind_seconds", 0.0),
    ] {
        assert!((value(&told, name) - is).abs() < 0.5, "{name}: {told}");
    }
    drop(held);
    let quiet = City::new(0);
    assert!(!quiet.serve(&[]).log().contains("metrics"), "they are told only if that is asked for");
}

fn doctor(city: &City, options: &[&str]) -> (bool, Value) {
    let data = city.data();
    let asked = mingma(&[&["doctor", "--json", "--data", data.to_str().unwrap()], options].concat());
    (asked.status.success(), serde_json::from_slice(&asked.stdout).unwrap())
}

fn mark<'v>(told: &'v Value, check: &str) -> &'v str {
    let findings = told["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["check"] == check);
    finding.unwrap_or_else(|| panic!("{check}: {told}"))["mark"].as_str().unwrap()
}

#[test]
fn the_doctor_finds_a_healthy_folder_healthy_in_use_or_not_and_changes_nothing() {
    let city = City::new(1);
    let backups = city.dir.path().join("backups");
    fs::create_dir(&backups).unwrap();
    let (data, to) = (city.data(), backups.join("today"));
    let keys = city.dir.path().join("backup-keys");
    let [from, to, keys] = [&data, &to, &keys].map(|path| path.to_str().unwrap());
    let made = mingma(&["backup", "--data", from, "--to", to, "--keys", keys]);
    assert!(made.status.success());
    let config = city.dir.path().join("mingma.toml");
    let ways = "[sms]\nurl = \"https://sms.example.cn\"\n[sms.body]\nto = \"{to}\"\ntext = \"{text}\"\n\
                [mail]\nserver = \"smtp.example.cn\"\nfrom = \"a@example.cn\"\n";
    fs::write(&config, ways).unwrap();
    let options = [
        "--config",
        config.to_str().unwrap(),
        "--origin",
        "https://code.example.cn",
        "--backups",
        backups.to_str().unwrap(),
    ];
    for file in ["mingma.db-shm", "mingma.db-wal"] {
        let _folded = fs::remove_file(data.join(file));
    }
    let before = bytes_of(&data);
    let (fine, told) = doctor(&city, &options);
    assert_eq!((fine, told["worst"].as_str()), (true, Some("ok")), "{told:#}");
    assert_eq!(bytes_of(&data), before);
    let served = city.serve(&[]);
    assert_eq!(served.send(&city.declaration(0, "k", "well")).status, 200);
    let _still = served.standing_still(&data);
    let before = bytes_of(&data);
    for depth in [&[][..], &["--whole"]] {
        let (fine, told) = doctor(&city, &[&options[..], depth].concat());
        assert_eq!((fine, told["worst"].as_str()), (true, Some("ok")), "{told:#}");
        let database = told["findings"].as_array().unwrap().iter().find(|f| f["check"] == "database");
        let said = database.unwrap()["said"].as_str().unwrap();
        assert!(said.contains("a process has it open"), "{said}");
    }
    let without_shared_memory = |files: Vec<(std::path::PathBuf, Vec<u8>)>| {
        files.into_iter().filter(|(path, _)| !path.ends_with("mingma.db-shm")).collect::<Vec<_>>()
    };
    assert_eq!(without_shared_memory(bytes_of(&data)), without_shared_memory(before));
}

#[test]
fn the_doctor_finds_what_others_may_read_and_what_is_missing() {
    let city = City::new(1);
    let allow = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let key = fs::read_dir(city.data().join("keys")).unwrap().map(|entry| entry.unwrap().path());
    let key = key.into_iter().find(|path| path.to_string_lossy().ends_with(".key.pem")).unwrap();
    for (path, check, right) in [
        (city.data(), "data-folder", 0o700),
        (city.data().join("master.key"), "master-key", 0o600),
        (city.data().join("keys"), "keys-folder", 0o700),
        (key, "key-file", 0o600),
    ] {
        allow(&path, right | 0o044);
        let (fine, told) = doctor(&city, &[]);
        assert_eq!((fine, mark(&told, check)), (false, "fail"), "{told:#}");
        allow(&path, right);
    }
    let (fine, told) = doctor(&city, &[]);
    assert!(fine, "{told:#}");
    assert_eq!((mark(&told, "backup"), mark(&told, "address")), ("warn", "warn"));
    let empty = city.dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let (fine, told) = doctor(&city, &["--backups", empty.to_str().unwrap(), "--listen", "0.0.0.0:80"]);
    assert_eq!((fine, mark(&told, "backup"), mark(&told, "address")), (false, "fail", "fail"));
    let nowhere = mingma(&["doctor", "--data", empty.join("x").to_str().unwrap()]);
    assert_eq!(nowhere.status.code(), Some(1));
}
