//! What an auditor is given of a folder that was served, and what becomes of it when somebody changes it.

use std::fs;
use std::path::Path;

use mingma_registry::Store as _;
use mingma_registry::row::PublicRow;
use pollster::block_on;

use super::living::{became, holds_green, publish, risk, rules, settled, was_in};
use super::support::{City, mingma, text, until};

const ABROAD: &str = "440105";

fn run(arguments: &[&str]) -> (bool, String) {
    let done = mingma(arguments);
    let said = [done.stdout, done.stderr].concat();
    (done.status.success(), String::from_utf8(said).unwrap())
}

/// Everybody holds a green code; every third was abroad.
fn hold_green(city: &City) {
    let store = city.store();
    publish(&store, rules());
    for (n, person) in (0_u32..).zip(&city.people) {
        holds_green(&store, *person, n);
        if n % 3 == 0 {
            was_in(&store, *person, ABROAD);
        }
    }
}

#[test]
fn an_auditor_replays_a_served_folder_and_whoever_is_drawn_sees_it() {
    let city = City::new(12);
    hold_green(&city);
    let mut served = city.serve(&["--metrics", "127.0.0.1:0"]);
    settled(&served);
    let policy = city.dir.path().join("policy");
    fs::write(&policy, served.get("/log/policy").body).unwrap();
    let (data, bundle, log) = (city.data(), city.dir.path().join("openings"), city.data().join("log"));
    let case = ["--by", "inspectorate", "--case", "2026-17", "--to", text(&bundle)];
    let open = |whom: &[&str]| run(&[&["audit", "open", "--data", text(&data)], whom, &case].concat());
    let (opened, said) = open(&["--sample", "2"]);
    assert!(!opened, "a folder that is served is not opened beside: {said}");
    served.terminate();
    assert!(served.wait().success());
    // A region turns high: those who were there are red by it, are told, and their codes are revoked.
    publish(&city.store(), PublicRow::Risk(risk(ABROAD)));
    let mut served = city.serve(&[]);
    until("those who were there are told", || {
        let log = fs::read_dir(&log).unwrap().next().unwrap().unwrap().path().join("checkpoint");
        let size: u64 = fs::read_to_string(log).unwrap().lines().nth(1).unwrap().parse().unwrap();
        // Registrations, codes, stays, rules and risk; then a revocation and a notice of four.
        size >= 12 + 12 + 4 + 2 + 4 + 4
    });
    served.terminate();
    assert!(served.wait().success());
    assert_eq!(became(&city.store(), city.people[0]), (1, 1, 1));

    let replay = |facts: &Path, more: &[&str]| {
        let fixed =
            ["audit", "replay", "--log", text(&log), "--policy", text(&policy), "--facts", text(facts)];
        run(&[&fixed[..], more].concat())
    };
    let (opened, said) = open(&["--everybody"]);
    assert!(opened && said.contains("about 12 persons, each of whom is told"), "{said}");
    let (follows, said) = replay(&bundle, &[]);
    assert!(follows && said.contains("everything follows") && said.contains("persons: 12\n"), "{said}");
    assert!(said.contains("transitions of a status: 16\n"), "twelve are green, four of them red: {said}");
    assert!(
        said.contains("judged: 20, of a time that has ended: 0"),
        "12 codes, 4 revocations, 4 notices: {said}"
    );
    assert!(said.contains("not checked, for want of `--anchor`"), "{said}");
    let anchor = data.join("keys/authority.cert.der");
    let (follows, said) = replay(&bundle, &["--anchor", text(&anchor)]);
    assert!(follows && said.contains("signed and somebody brought in: 0"), "{said}");
    assert!(said.contains("alone, without a signature: "), "{said}");
    for person in &city.people {
        let record = block_on(city.store().record(*person)).unwrap();
        let [look] = &record.disclosures[..] else { panic!("{:?}", record.disclosures) };
        assert_eq!((look.by.as_str(), look.purpose.word()), ("inspectorate", "audit"));
    }

    // One byte anywhere in what was given: it is no such file, or the entry is named.
    let whole = fs::read(&bundle).unwrap();
    let spoilt = city.dir.path().join("spoilt");
    for at in (200..whole.len()).step_by(whole.len() / 12) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&spoilt, bytes).unwrap();
        let (follows, said) = replay(&spoilt, &[]);
        assert!(
            !follows && (said.contains("entry ") || said.contains("not a file of openings")),
            "{at}: {said}"
        );
    }
    fs::write(&spoilt, &whole[..whole.len() - 1]).unwrap();
    for sample in [&[][..], &["--sample", "2"]] {
        let (follows, said) = replay(&spoilt, sample);
        assert!(!follows && said.contains("cut off after entry"), "{said}");
    }
    // Of everybody's file a sample reads those who are drawn, and passes over all others.
    let (follows, said) = replay(&bundle, &["--sample", "2"]);
    assert!(follows && said.contains("those whom 2 drawn entries are about"), "{said}");
    assert!(["persons: 1\n", "persons: 2\n"].iter().any(|persons| said.contains(persons)), "{said}");
    assert!(!said.contains("left aside unread: 0"), "{said}");

    // Those who are drawn are drawn by the checkpoint, which the auditor names.
    let kept = city.dir.path().join("checkpoint");
    let quarter = fs::read_dir(&log).unwrap().next().unwrap().unwrap().path();
    fs::copy(quarter.join("checkpoint"), &kept).unwrap();
    let (opened, said) = open(&["--sample", "3", "--checkpoint", text(&kept)]);
    let chosen = "drawn by a checkpoint that the authority chose";
    assert!(opened && !said.contains(chosen), "{said}");
    // How many were drawn stands in the file; another number is no fault of the log.
    for sample in [&["--sample", "3"][..], &[]] {
        let (follows, said) = replay(&bundle, &[sample, &["--checkpoint", text(&kept)]].concat());
        assert!(follows && said.contains("those whom 3 drawn entries are about"), "{said}");
        assert!(!said.contains(chosen), "{said}");
    }
    let (follows, said) = replay(&bundle, &["--sample", "4", "--checkpoint", text(&kept)]);
    assert!(!follows && said.contains("it opens those whom 3 drawn entries are about, not 4"), "{said}");
    let (follows, said) = replay(&bundle, &[]);
    assert!(follows && said.contains(chosen), "whoever names no checkpoint is told what that means: {said}");
    // The database is served on: what the auditor's looks added has its places in the log.
    let mut served = city.serve(&[]);
    served.terminate();
    assert!(served.wait().success());
    let (follows, said) = replay(&bundle, &["--sample", "3", "--checkpoint", text(&kept)]);
    assert!(follows, "an older checkpoint of a log that grew: {said}");
    let (opened, said) = open(&["--sample", "3"]);
    assert!(opened && said.contains(chosen), "{said}");
    let (whole, said) =
        run(&["audit", "verify", "--log", text(&log), "--policy", text(&policy), "--since", text(&kept)]);
    assert!(whole && said.contains("is its continuation"), "{said}");
}
