//! The end of a deployment: told of, published, certified, and destroyed, whatever breaks off; the log stays.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use mingma_journal::note::sign::WitnessSigner;
use mingma_registry::Store as _;
use pollster::block_on;

use super::support::{City, document, until};
use super::witnesses::Witness;

/// A city whose people have declared something, with the policy that says whose log it is.
fn city(people: u32) -> City {
    let city = City::new(people);
    let mut served = city.serve(&[]);
    for n in 0..usize::try_from(people).unwrap() {
        assert_eq!(served.send(&city.declaration(n, "k-1", "unwell")).status, 200);
    }
    fs::write(city.dir.path().join("policy"), served.get("/log/policy").body).unwrap();
    served.terminate();
    served.wait();
    closed(&city.data());
    city
}

/// Waits until nobody has a folder open. A child that another test starts holds the lock from its fork to its own program.
fn closed(data: &Path) {
    until("a folder that nobody has open", || !mingma_store::in_use(data).unwrap_or(true));
}

/// The command that ends it.
fn end(data: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
    command.args(["purge", "--everything", "--data"]).arg(data).args(more);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn typed(mut command: Command, name: &str) -> Output {
    let mut child = command.spawn().unwrap();
    // One that has ended already reads nothing.
    let _read = child.stdin.take().unwrap().write_all(format!("{name}\n").as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What an auditor finds of the certificate.
fn audited(city: &City, certificate: &Path) -> Output {
    audited_by(city, certificate, "policy")
}

/// The same by a policy in the city's folder.
fn audited_by(city: &City, certificate: &Path, policy: &str) -> Output {
    let data = city.data();
    Command::new(env!("CARGO_BIN_EXE_mingma"))
        .args(["audit", "certificate"])
        .arg(certificate)
        .arg("--trust")
        .arg(data.join("keys/trust.cose"))
        .arg("--log")
        .arg(data.join("log"))
        .arg("--policy")
        .arg(city.dir.path().join(policy))
        .output()
        .unwrap()
}

/// Every file below a folder.
fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_deployment_ends_with_a_certificate_that_its_log_bears_out_and_nothing_of_anybody_is_left() {
    let city = city(3);
    let data = city.data();
    let secrets: Vec<Vec<u8>> = files(&data)
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "key" || ending == "pem"))
        .map(|path| fs::read(path).unwrap())
        .collect();
    assert!(secrets.len() >= 3, "the master key, the signing key, the journal's");
    // Not by the way: the name is asked for, and how it is signed.
    assert!(said(&end(&data, &[]).output().unwrap()).contains("--witnessed"));
    let wrong = typed(end(&data, &["--without-witnesses"]), "Hubei");
    assert!(said(&wrong).contains("nothing is destroyed"), "{}", said(&wrong));
    let none = typed(end(&data, &["--witnessed"]), "410000");
    assert!(said(&none).contains("no witnesses are configured"), "{}", said(&none));
    assert_eq!(city.facts(0), 1);

    let ended = typed(end(&data, &["--without-witnesses"]), "410000");
    assert!(ended.status.success(), "{}", said(&ended));
    assert!(said(&ended).contains("3 facts"), "{}", said(&ended));
    assert!(said(&ended).contains("checkin: 3"), "{}", said(&ended));
    // What is left is the log, what proves it, and the certificate.
    let left = files(&data);
    let is_secret = |path: &std::path::PathBuf| {
        path.extension().is_some_and(|ending| ending == "key" || ending == "pem" || ending == "db")
    };
    assert!(!left.iter().any(is_secret), "{left:?}");
    let bytes: Vec<(std::path::PathBuf, Vec<u8>)> =
        files(&data).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    for (path, bytes) in &bytes {
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
        for n in 0..3 {
            assert!(!holds(document(n).to_wire().as_bytes()) && !holds(b"TR000000"), "{}", path.display());
            assert!(!holds(city.people[usize::try_from(n).unwrap()].as_bytes()), "{}", path.display());
        }
        assert!(secrets.iter().all(|secret| !holds(secret)), "{}", path.display());
    }
    // An auditor holds it against the log, and a changed one falls.
    let certificate = data.join("ended.cose");
    let audit = audited(&city, &certificate);
    assert!(audit.status.success(), "{}", said(&audit));
    assert!(said(&audit).contains("cease: 1") && said(&audit).contains("borne out"), "{}", said(&audit));
    let signed = fs::read(&certificate).unwrap();
    let place = signed.windows(10).position(|window| window == b"\"count\": 3").unwrap() + 9;
    let mut changed = signed;
    changed[place] = b'2';
    let forged = city.dir.path().join("forged.cose");
    fs::write(&forged, changed).unwrap();
    assert!(!audited(&city, &forged).status.success());
    // Nobody opens it any more, and whoever asks again is told the same.
    for command in [&["serve", "--without-log"][..], &["purge"], &["backup", "--to", "b", "--keys", "k"]] {
        let refused = Command::new(env!("CARGO_BIN_EXE_mingma"))
            .args(command)
            .arg("--data")
            .arg(&data)
            .current_dir(city.dir.path())
            .output()
            .unwrap();
        assert!(!refused.status.success(), "{command:?}");
    }
    let serve =
        Command::new(env!("CARGO_BIN_EXE_mingma")).args(["serve", "--data"]).arg(&data).output().unwrap();
    assert!(
        said(&serve).contains("has ended: its data is destroyed, and its log stands"),
        "{}",
        said(&serve)
    );
    let again = typed(end(&data, &["--without-witnesses"]), "");
    assert_eq!(again.stdout, ended.stdout, "{}", said(&again));
}

#[test]
fn an_end_that_is_killed_leaves_a_deployment_that_goes_on_or_an_end_that_does() {
    let (mut went_on, mut broke_off) = (0, 0);
    for round in 0..12_u64 {
        let city = city(2);
        let data = city.data();
        let mut child = end(&data, &["--without-witnesses"]).spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"410000\n").unwrap();
        // Most of the time it takes is before the certificate; the later rounds wait until that is there.
        if round < 6 {
            std::thread::sleep(Duration::from_millis(10 + round * 25));
        } else {
            until("the certificate", || {
                data.join("ending.cose").exists() || data.join("ended.cose").exists()
            });
            std::thread::sleep(Duration::from_micros((round - 6) * 700));
        }
        let _gone = child.kill();
        child.wait().unwrap();
        if data.join("ending.cose").exists() || data.join("ended.cose").exists() {
            broke_off += 1;
            let serve = Command::new(env!("CARGO_BIN_EXE_mingma"))
                .args(["serve", "--data"])
                .arg(&data)
                .output()
                .unwrap();
            assert!(!serve.status.success(), "round {round}");
        } else {
            went_on += 1;
            closed(&data);
            assert_eq!(city.facts(1), 1, "round {round}: nothing is destroyed before the certificate");
            closed(&data);
            assert!(block_on(city.store().document(city.people[0])).unwrap().is_some());
            closed(&data);
        }
        let ended = typed(end(&data, &["--without-witnesses"]), "410000");
        assert!(ended.status.success(), "round {round}: {}", said(&ended));
        let audit = audited(&city, &data.join("ended.cose"));
        assert!(audit.status.success(), "round {round}: {}", said(&audit));
        assert!(said(&audit).contains("cease: 1"), "round {round}: it is told once: {}", said(&audit));
        assert!(!data.join("master.key").exists() && !data.join("mingma.db").exists(), "round {round}");
    }
    assert!(went_on > 0 && broke_off > 0, "{went_on} before the certificate, {broke_off} after it");
}

#[test]
fn without_the_signatures_of_the_witnesses_nothing_is_destroyed() {
    let city = city(1);
    let data = city.data();
    // A witness that cannot be reached.
    let policy = city.dir.path().join("witnesses");
    let signer = WitnessSigner::from_seed("w.example".parse().unwrap(), &[7; 32]).unwrap();
    fs::write(&policy, format!("witness w {} http://127.0.0.1:9\nquorum w\n", signer.key())).unwrap();
    let config = city.dir.path().join("mingma.toml");
    fs::write(&config, format!("[journal]\nwitnesses = \"{}\"\n", policy.display())).unwrap();
    let config = config.to_str().unwrap();
    let refused = typed(end(&data, &["--witnessed", "--config", config]), "410000");
    assert!(
        said(&refused).contains("the witnesses have not signed the end: nothing is destroyed"),
        "{}",
        said(&refused)
    );
    assert_eq!(city.facts(0), 1);
    let ended = typed(end(&data, &["--without-witnesses", "--config", config]), "410000");
    assert!(ended.status.success(), "{}", said(&ended));
    let audit = audited(&city, &data.join("ended.cose"));
    assert!(said(&audit).contains("cease: 1"), "the last act was told once: {}", said(&audit));
}

#[test]
fn an_end_is_witnessed_by_a_real_witness_and_the_certificate_is_worth_what_the_witness_signed() {
    let city = city(1);
    let data = city.data();
    let policy = fs::read_to_string(city.dir.path().join("policy")).unwrap();
    let log_line = policy.lines().next().unwrap();
    let log_key = log_line.strip_prefix("log ").unwrap().split(' ').next().unwrap();
    let witness = Witness::start(&city.dir.path().join("w"), "w.example", log_key, "127.0.0.1:0");
    let lines = format!("witness w {} http://{}\nquorum w\n", witness.key, witness.at);
    fs::write(city.dir.path().join("witnesses"), &lines).unwrap();
    fs::write(city.dir.path().join("witnessed"), format!("{log_line}\n{lines}")).unwrap();
    let config = city.dir.path().join("mingma.toml");
    let witnesses = city.dir.path().join("witnesses");
    fs::write(&config, format!("[journal]\nwitnesses = \"{}\"\n", witnesses.display())).unwrap();
    let ended = typed(end(&data, &["--witnessed", "--config", config.to_str().unwrap()]), "410000");
    assert!(ended.status.success(), "{}", said(&ended));
    assert!(!data.join("mingma.db").exists() && !data.join("master.key").exists());
    // The witness is gone; what it signed stands.
    drop(witness);
    let certificate = data.join("ended.cose");
    let audit = audited_by(&city, &certificate, "witnessed");
    assert!(audit.status.success(), "{}", said(&audit));
    assert!(said(&audit).contains(", 1 witness") && said(&audit).contains("borne out"), "{}", said(&audit));
    // Who knows no witness cannot tell, and another witness's quorum is not met.
    let unknown = audited(&city, &certificate);
    assert!(!unknown.status.success(), "{}", said(&unknown));
    assert!(said(&unknown).contains("it says that witnesses signed"), "{}", said(&unknown));
    let other = WitnessSigner::from_seed("w.example".parse().unwrap(), &[7; 32]).unwrap();
    let others = format!("{log_line}\nwitness w {}\nquorum w\n", other.key());
    fs::write(city.dir.path().join("others"), others).unwrap();
    let denied = audited_by(&city, &certificate, "others");
    assert!(
        !denied.status.success() && said(&denied).contains("the quorum `w` is not met"),
        "{}",
        said(&denied)
    );
}
