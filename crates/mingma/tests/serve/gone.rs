//! The disk is gone: what the last backup, the keys and the newest copy of the log give back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::log::{back_up, log};
use super::rebuild::refused;
use super::support::{City, mingma, text};

fn copied(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

/// Serves, records, and ends; gives the checkpoint that everybody could keep then, and the policy.
fn lived(city: &City, options: &[&str], keys: &[&str]) -> (String, String) {
    let mut served = city.serve(options);
    for key in keys {
        assert_eq!(served.send(&city.declaration(0, key, "well")).status, 200);
    }
    let policy = served.get("/log/policy").body;
    served.terminate();
    served.wait();
    (fs::read_to_string(log(city).join("checkpoint")).unwrap(), policy)
}

/// Deletes the data folder and makes it again of the backup and the keys.
fn restored(city: &City, (backup, keys): (&Path, &Path)) {
    fs::remove_dir_all(city.data()).unwrap();
    let (data, backup_keys) = (city.data(), backup.with_extension("keys"));
    let [from, with, to] = [backup, &backup_keys, &data].map(text);
    let put = mingma(&["restore", "--from", from, "--keys", with, "--data", to]);
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    copied(keys, &city.data().join("keys"));
}

/// Whether a stranger finds the log to be whole and the continuation of a checkpoint.
fn continues(city: &City, checkpoint: &Path, policy: &Path) -> bool {
    let log = city.data().join("log");
    let [log, since, policy] = [&*log, checkpoint, policy].map(text);
    let verified = mingma(&["audit", "verify", "--log", log, "--policy", policy, "--since", since]);
    verified.status.success()
}

fn written(city: &City, name: &str, text: &str) -> PathBuf {
    let path = city.dir.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_disk_that_is_gone_is_made_again_from_the_backup_and_the_keys_and_the_log_goes_on() {
    let city = City::new(1);
    let at = |name: &str| city.dir.path().join(name);
    let (backup, keys, log) = (at("backup"), at("keys"), at("log-copy"));
    let (early, policy) = lived(&city, &[], &["k-1"]);
    let (early, policy) = (written(&city, "early", &early), written(&city, "policy", &policy));
    back_up(&city, &backup);

    // Nothing was recorded since: the backup and the keys are all there was.
    copied(&city.data().join("keys"), &keys);
    restored(&city, (&backup, &keys));
    lived(&city, &[], &[]);
    assert!(continues(&city, &early, &policy));

    let (late, _) = lived(&city, &[], &["k-2"]);
    let late = written(&city, "late", &late);
    copied(&city.data().join("log"), &log);
    fs::remove_dir_all(&keys).unwrap();
    copied(&city.data().join("keys"), &keys);

    // Somebody has a newer copy of the log: of what the backup lacks its entries are left, and no checkpoint is contradicted.
    restored(&city, (&backup, &keys));
    assert!(refused(&city, &[]).contains("--newest-entries-are-lost"));
    assert!(refused(&city, &["--database-was-restored"]).contains("--newest-entries-are-lost"));
    fs::remove_dir_all(city.data().join("log")).unwrap();
    copied(&log, &city.data().join("log"));
    assert!(refused(&city, &["--newest-entries-are-lost"]).contains("nothing that was signed is lost"));
    lived(&city, &["--database-was-restored"], &["k-3"]);
    assert!(continues(&city, &early, &policy) && continues(&city, &late, &policy));

    // Nobody has: the log goes on from the backup's end, and whoever kept a later checkpoint sees what is gone.
    restored(&city, (&backup, &keys));
    lived(&city, &["--newest-entries-are-lost"], &["k-3"]);
    assert!(continues(&city, &early, &policy));
    assert!(!continues(&city, &late, &policy), "what is gone is seen");
    lived(&city, &[], &["k-4"]);
    assert!(continues(&city, &early, &policy), "and it goes on as ever");
}
