//! What a person takes away from a running program: proofs that hold without it.

use mingma_journal::leaf::Leaf;
use mingma_journal::merkle::ProofError;
use mingma_journal::policy::Policy;
use mingma_journal::proof_file::{ProofFile, Unproved};
use serde_json::Value;

use super::support::{City, Served, until};

/// What the nth person is answered.
fn get(city: &City, served: &Served, n: usize, path: &str) -> (u16, String) {
    let token = city.token(n);
    let answer = served.send(&format!(
        "GET {path} HTTP/1.1\r\nhost: code\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
    ));
    (answer.status, answer.body)
}

#[test]
fn every_entry_about_a_person_is_proved_to_whoever_has_the_file_and_the_logs_key() {
    let city = City::new(2);
    let mut served = city.serve(&[]);
    for n in 0..300 {
        let (who, key) = (usize::from(n % 100 != 0), format!("k-{n}"));
        assert_eq!(served.send(&city.declaration(who, &key, "well")).status, 200);
    }
    let policy = Policy::from_bytes(served.get("/log/policy").body.as_bytes()).unwrap();
    let (_, listed) = get(&city, &served, 0, "/api/v1/persons/me/journal");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let entries = listed["items"].as_array().unwrap();
    assert!(entries.len() >= 3, "{listed}");
    let mut places = Vec::new();
    for entry in entries {
        let path = format!("/api/v1/persons/me/journal/{}/proof", entry["id"].as_str().unwrap());
        let mut file = String::new();
        until("the entry in the log", || {
            let (status, body) = get(&city, &served, 0, &path);
            file = body;
            status == 200
        });
        let proof = ProofFile::from_bytes(file.as_bytes()).unwrap();
        let told = proof.extra.clone().unwrap();
        let Leaf::Act(act) = Leaf::from_bytes(&told).unwrap() else { panic!("no act") };
        assert_eq!(act.commitment.to_string().len(), 44);
        let leaf =
            act.commitment.as_bytes().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert_eq!(leaf, entry["leaf"].as_str().unwrap());
        proof.verify(&told, &policy).unwrap();
        let another = proof.verify(b"another entry", &policy);
        assert_eq!(another.unwrap_err(), Unproved::Proof(ProofError::Root));
        // It stands in the log where the proof says, for everybody.
        let checkpoint = proof.checkpoint.to_string();
        let quarter = checkpoint.lines().next().unwrap().rsplit('/').next().unwrap().to_owned();
        assert_eq!(served.get(&format!("/log/{quarter}/checkpoint")).status, 200, "{checkpoint}");
        places.push(proof.index);
        assert_ne!(get(&city, &served, 1, &path).0, 200, "it is another's");
        // On each checkpoint from the one that it is the last entry of to the newest, and on no other.
        let newest = || {
            let head = served.get(&format!("/log/{quarter}/checkpoint")).body;
            head.lines().nth(1).unwrap().parse::<u64>().unwrap()
        };
        let least = proof.index + 1;
        for size in [0, 1, least - 1, least, newest(), newest() + 1, 1_000_000_000_000] {
            let (status, body) = get(&city, &served, 0, &format!("{path}?size={size}"));
            if (least..=newest()).contains(&size) {
                assert_eq!(status, 200, "{size}: {body}");
                continue;
            }
            let problem: Value = serde_json::from_str(&body).unwrap();
            let sizes = format!("from {least} to {} entries", newest());
            assert_eq!(
                (status, problem["type"].as_str().unwrap().rsplit('/').next()),
                (409, Some("no-such-size")),
                "{size}"
            );
            assert!(problem["title"].as_str().unwrap().contains(&sizes), "{sizes}: {body}");
        }
    }
    assert!(places.is_sorted(), "{places:?}");
    served.terminate();
    served.wait();
}
