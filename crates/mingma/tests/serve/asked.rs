//! A quorum that is asked for later, and witnesses who are others than they were.

use std::fs;

use mingma_journal::policy::Policy;
use mingma_registry::row::PublicRow;
use serde_json::{Value, json};

use super::clock::{faketime, under};
use super::living::{became, days_ago, publish, risk, rules, settled, was_in};
use super::support::{City, Served, mingma, until};
use super::witnesses::{ABROAD, Watched, Witness, color, lag, sent};

#[test]
fn what_counted_before_a_quorum_was_asked_for_counts_on_whether_the_log_has_it_or_not() {
    let city = City::new(2);
    let mut watched = Watched::of(&city);
    {
        // As after an import, or a crash: the log has nothing of it, and the quorum that is asked for now does not sign.
        let store = city.store();
        publish(&store, rules());
        publish(&store, PublicRow::Risk(risk(ABROAD)));
        was_in(&store, city.people[0], ABROAD);
    }
    watched.stop(1);
    let (data, config) = (city.data(), watched.config.clone());
    let [data, config] = [&data, &config].map(|path| path.to_str().unwrap());
    let doctor = || {
        let told = mingma(&["doctor", "--data", data, "--config", config]);
        String::from_utf8(told.stdout).unwrap()
    };
    let mut served = watched.serve(&city);
    settled(&served);
    let colors = |served: &Served| [0, 1].map(|n| color(served, &city, n));
    assert_eq!(colors(&served), ["red", "green"]);
    assert!(doctor().contains("they have signed every entry about a status"), "{}", doctor());
    let stay = json!({ "stays": [{ "region": ABROAD, "from": days_ago(3), "until": days_ago(3) }] });
    sent(&served, &city, 1, ("trip-declarations", "k-1"), &stay);
    assert_eq!(colors(&served), ["red", "green"], "what came since waits");
    assert!(
        doctor().contains("entries that wait for their signatures: 1, the first since 20"),
        "{}",
        doctor()
    );
    settled(&served);
    served.child.kill().unwrap();
    served.wait();
    fs::write(city.dir.path().join("log"), "").unwrap();
    let mut served = watched.serve(&city);
    settled(&served);
    assert_eq!(colors(&served), ["red", "green"], "also after a kill");

    // So says a census that is built of the folder, for whoever names the witnesses.
    let facts = |more: &[&str]| {
        let out = city.dir.path().join("all.census");
        let build = ["census", "build", "--json", "--data", data, "--out", out.to_str().unwrap()];
        let built = mingma(&[&build[..], more].concat());
        assert!(built.status.success(), "{built:?}");
        serde_json::from_slice::<Value>(&built.stdout).unwrap()["facts"].as_u64().unwrap()
    };
    assert_eq!((facts(&[]), facts(&["--config", config])), (2, 1));
    let info = mingma(&["census", "info", "--json", "--data", data]);
    let info: Value = serde_json::from_slice(&info.stdout).unwrap();
    assert_eq!((&info["persons"], &info["served_bytes"]["ids"]), (&json!(2), &json!(2 * (16 + 4))), "{info}");
    served.terminate();
    assert!(served.wait().success());
    let became = city.people.iter().map(|person| became(&city.store(), *person)).collect::<Vec<_>>();
    // The rules gave both a status, the stay one of them another.
    assert_eq!(became, [(2, 2, 0), (1, 1, 0)], "once of what counts, and of what waits not at all");
}

#[test]
fn a_closed_log_keeps_the_witnesses_who_signed_its_end() {
    let Some(library) = faketime() else { return };
    let city = City::new(1);
    let watched = Watched::of(&city);
    let offset = city.dir.path().join("offset");
    fs::write(&offset, "+0").unwrap();
    let options = ["--config", watched.config.to_str().unwrap(), "--metrics", "127.0.0.1:0"];
    let mut served = city.serve_by(under(&library, &offset), &options);
    assert_eq!(served.send(&city.declaration(0, "k-1", "well")).status, 200);
    until("all is signed", || lag(&served) < 0.5);
    served.terminate();
    assert!(served.wait().success());

    // From the next quarter on another witness signs.
    let folder = &watched.folder;
    let three = Witness::start(&folder.join("three"), "three.example", &watched.log_key, "127.0.0.1:0");
    let lines = format!("witness three {} http://{}\nquorum three\n", three.key, three.at);
    fs::write(folder.join("witnesses"), lines).unwrap();
    fs::write(folder.join("log"), "").unwrap();
    let served = city.serve_by(under(&library, &offset), &options);
    fs::write(&offset, "+95d").unwrap();
    let quarters = || {
        let logs = fs::read_dir(city.data().join("log")).unwrap().map(|log| log.unwrap().path());
        let logs = logs.filter(|log| log.join("checkpoint").exists());
        let mut logs: Vec<String> =
            logs.map(|log| log.file_name().unwrap().to_str().unwrap().to_owned()).collect();
        logs.sort();
        logs
    };
    until("the next quarter's log", || quarters().len() == 2);
    let [former, next] = &quarters()[..] else { panic!("two logs") };
    let policy = |path: String, name: &str| {
        let file = folder.join(name);
        fs::write(&file, served.get(&path).body).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let of_former = policy(format!("/log/{former}/policy"), "former.policy");
    let of_next = policy("/log/policy".to_owned(), "next.policy");
    let witnesses = |file: &str| Policy::from_bytes(&fs::read(file).unwrap()).unwrap().witnesses().count();
    assert_eq!((witnesses(&of_former), witnesses(&of_next)), (2, 1));
    let address = format!("http://{}/log", served.at);
    let verified = |policies: &[&str]| {
        let done = mingma(&[&["audit", "verify", "--log", &address][..], policies].concat());
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    let (whole, said) = verified(&["--policy", &of_next, "--policy", &of_former]);
    assert!(
        whole
            && said.contains(", 2 witnesses")
            && said.lines().any(|line| line.contains(", 1 witness") && !line.contains("witnesses")),
        "{said}"
    );
    let (whole, said) = verified(&["--policy", &of_next]);
    assert!(!whole && said.contains(former) && said.contains("the quorum `three` is not met"), "{said}");
    let (whole, said) = verified(&["--policy", &of_former]);
    assert!(!whole && said.contains(next) && said.contains("the quorum `both` is not met"), "{said}");
}
