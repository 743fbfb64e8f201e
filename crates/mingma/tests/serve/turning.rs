//! The turn of a quarter under a running program: what stands in the former log is proved from the new one.

use std::fs;
use std::path::PathBuf;

use jiff::SignedDuration;
use mingma_journal::checkpoint::{Checkpoint, SignedCheckpoint};
use mingma_journal::hash::Hash;
use mingma_journal::leaf::Leaf;
use mingma_journal::merkle::ProofError;
use mingma_journal::note::sign::LogSigner;
use mingma_journal::policy::Policy;
use mingma_journal::proof_file::{ProofFile, Unproved};
use serde_json::json;

use super::clock::{faketime, under};
use super::exported::{audited, document, signed, taken};
use super::living::day_of;
use super::support::{City, mingma, now, until};

/// Into the next quarter from wherever this one stands.
const DAYS: i64 = 95;

/// The logs' folders, in order.
fn logs(city: &City) -> Vec<PathBuf> {
    let logs = fs::read_dir(city.data().join("log")).unwrap().map(|log| log.unwrap().path());
    let mut logs: Vec<_> = logs.filter(|log| log.join("checkpoint").exists()).collect();
    logs.sort();
    logs
}

/// What somebody would show as the beginning of the next log who has the key and wants another end of the former one.
fn forged(city: &City, turn: &str) -> String {
    let seed = fs::read_to_string(city.data().join("keys/journal.key")).unwrap();
    let seed = base16ct::lower::decode_vec(seed.trim_end()).unwrap();
    let sign = |origin: &str, size: u64, root: Hash| -> SignedCheckpoint {
        let signer =
            LogSigner::from_seed(origin.parse().unwrap(), seed.as_slice().try_into().unwrap()).unwrap();
        Checkpoint::new(origin.parse().unwrap(), size, root).sign(&signer).unwrap()
    };
    let turn = ProofFile::from_bytes(turn.as_bytes()).unwrap();
    let Leaf::Former(end) = Leaf::from_bytes(&turn.extra.unwrap()).unwrap() else {
        panic!("no end of a log")
    };
    let (end, next): (Checkpoint, Checkpoint) =
        (end.text().parse().unwrap(), turn.checkpoint.text().parse().unwrap());
    let another = sign(end.origin.as_str(), end.size, Hash::leaf(b"another tree"));
    let entry = Leaf::former(&another).unwrap().to_bytes();
    let checkpoint = sign(next.origin.as_str(), 1, Hash::leaf(&entry)).into_note();
    ProofFile { extra: Some(entry), index: 0, path: Vec::new(), checkpoint }.to_string()
}

#[test]
fn an_entry_of_a_former_quarter_is_proved_from_the_next_quarters_log() {
    let Some(library) = faketime() else { return };
    let city = City::new(1);
    let offset = city.dir.path().join("offset");
    fs::write(&offset, "+0").unwrap();
    let mut served = city.serve_by(under(&library, &offset), &[]);
    assert_eq!(served.send(&city.declaration(0, "k-1", "well")).status, 200);
    until("a log with both acts", || {
        logs(&city).first().is_some_and(|log| {
            fs::read_to_string(log.join("checkpoint")).is_ok_and(|head| head.lines().nth(1) == Some("2"))
        })
    });
    fs::write(&offset, format!("+{DAYS}d")).unwrap();
    until("the next quarter's log", || logs(&city).len() == 2);
    let day = day_of(now() + SignedDuration::from_hours(24 * DAYS - 12));
    let body = json!({ "on": day, "feeling": "well" }).to_string();
    let declared = served.send(&format!("{}{body}", city.head(0, "k-2", body.len())));
    assert_eq!(declared.status, 200, "{}", declared.body);
    let file = taken(&city, &served, 0);
    let policy_file = city.dir.path().join("policy");
    fs::write(&policy_file, served.get("/log/policy").body).unwrap();

    // The proof file of the first entry is by the end of the former log, for whoever has the policy.
    let mine = document(&city, &file);
    let id = mine["journal"][0]["id"].as_str().unwrap();
    let (status, proof, _) = served.raw_as(&format!("/api/v1/persons/me/journal/{id}/proof"), city.token(0));
    assert_eq!(status, 200);
    let [former, next] = &logs(&city)[..] else { panic!("two logs") };
    let policy = |log: &PathBuf| {
        let name = log.file_name().unwrap().to_str().unwrap();
        Policy::from_bytes(served.get(&format!("/log/{name}/policy")).body.as_bytes()).unwrap()
    };
    let (of_former, of_next) = (policy(former), policy(next));
    let address = format!("http://{}/log", served.at);
    let verified = mingma(&["audit", "verify", "--log", &address, "--policy", policy_file.to_str().unwrap()]);
    let said = String::from_utf8([verified.stdout, verified.stderr].concat()).unwrap();
    assert!(verified.status.success() && said.matches(": whole; 2 entries").count() == 2, "{said}");
    served.terminate();
    assert!(served.wait().success());
    let proof = ProofFile::from_bytes(&proof).unwrap();
    let accepted = proof.verify(&proof.extra.clone().unwrap(), &of_former).unwrap();
    let end = fs::read_to_string(former.join("checkpoint")).unwrap();
    assert_eq!(accepted.signed().note().to_string(), end);
    // And that end is the first entry of the next log, which proves it.
    let turn = ProofFile::from_bytes(mine["turns"][0].as_str().unwrap().as_bytes()).unwrap();
    let first = turn.extra.clone().unwrap();
    let accepted = turn.verify(&first, &of_next).unwrap();
    assert_eq!(
        (turn.index, accepted.checkpoint().origin.as_str().rsplit('/').next()),
        (0, next.file_name().unwrap().to_str())
    );
    assert_eq!(Leaf::from_bytes(&first).unwrap(), Leaf::Former(end.parse().unwrap()));
    assert_eq!(turn.verify(b"another end", &of_next).unwrap_err(), Unproved::Proof(ProofError::Root));

    let trust = city.data().join("keys/trust.cose");
    let path = city.dir.path().join("taken.cose");
    let audit = |file: &[u8], more: &[&str]| {
        fs::write(&path, file).unwrap();
        audited(&path, &trust, &policy_file, more)
    };
    let ends = |log: &PathBuf| format!("/{}, of ", log.file_name().unwrap().to_str().unwrap());
    let (holds, said) = audit(&file, &[]);
    assert!(holds && said.contains("3 acts about the person"), "{said}");
    for (log, end) in [(former, true), (next, false)] {
        let line = said.lines().find(|line| line.contains(&ends(log))).unwrap();
        assert_eq!(line.ends_with(": its end, with which the next log begins"), end, "{said}");
    }
    // Who has the newest log needs no other; who has the former one alone does not know how it went on.
    let (holds, said) = audit(&file, &["--log", next.to_str().unwrap()]);
    assert!(holds, "{said}");
    assert!(audit(&file, &["--log", former.to_str().unwrap()]).1.contains("a log that is not there"));
    // A turn that was changed is seen, also by whom the authority signed it for.
    let turn = mine["turns"][0].as_str().unwrap();
    let damages = [
        ("its proof does not hold", json!(turn.replace("index 0", "index 1"))),
        ("its proof is another entry's", mine["journal"][0]["proof"].clone()),
        ("the next log begins with another end of it", json!(forged(&city, turn))),
    ];
    for (told, turn) in damages {
        let mut changed = mine.clone();
        changed["turns"][0] = turn;
        let (holds, said) = audit(&signed(&city, &changed), &[]);
        let turn = format!("where a log goes on from the one before: {told}");
        assert!(!holds && said.contains(&turn), "{said}");
    }
}
