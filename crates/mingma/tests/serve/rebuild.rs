//! The log's lag and faults are told, and what is lost of its files is made again from the database, or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use super::support::{City, mingma, until};

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// What the program says when it does not start.
pub(crate) fn refused(city: &City, options: &[&str]) -> String {
    let data = city.data();
    let output = mingma(
        &[&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()][..], options].concat(),
    );
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn closed(city: &City, mut served: super::support::Served) {
    served.terminate();
    served.wait();
    until("a folder that nobody has open", || !mingma_store::in_use(&city.data()).unwrap_or(true));
}

/// What the doctor says of the log.
fn doctor(city: &City) -> String {
    let output = mingma(&["doctor", "--data", city.data().to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().find(|line| line.split_whitespace().nth(1) == Some("log")).unwrap().to_owned()
}

#[test]
fn lost_files_of_the_log_are_made_again_from_the_database_and_from_no_other() {
    let city = City::new(2);
    let served = city.serve(&[]);
    for n in 0..2 {
        assert_eq!(served.send(&city.declaration(n, "k-1", "well")).status, 200);
    }
    closed(&city, served);
    assert!(
        doctor(&city).contains("ok") && doctor(&city).contains("entries are published"),
        "{}",
        doctor(&city)
    );
    let log = city.data().join("log");
    let tiles: Vec<PathBuf> = files(&log).into_iter().filter(|path| !path.ends_with("checkpoint")).collect();
    assert!(tiles.len() >= 2);
    let before: Vec<Vec<u8>> = tiles.iter().map(|path| fs::read(path).unwrap()).collect();
    for path in &tiles {
        fs::remove_file(path).unwrap();
    }
    assert!(refused(&city, &[]).contains("--rebuild-log"));
    closed(&city, city.serve(&["--rebuild-log"]));
    // Tiles that a later one has outgrown are not missed.
    let again = tiles.iter().zip(&before).filter(|(path, _)| path.exists());
    let made: Vec<bool> = again.map(|(path, before)| fs::read(path).unwrap() == *before).collect();
    assert!(made.len() >= 2 && made.iter().all(|same| *same), "{made:?}");
    closed(&city, city.serve(&[]));
    // Of another database nothing is written.
    for path in &tiles {
        fs::write(path, b"damaged").unwrap();
    }
    let database = rusqlite::Connection::open(city.data().join("mingma.db")).unwrap();
    database.execute("UPDATE journal SET leaf = zeroblob(32) WHERE number = 1", []).unwrap();
    drop(database);
    assert!(refused(&city, &["--rebuild-log"]).contains("this is not the database that was signed"));
    assert!(tiles.iter().all(|path| fs::read(path).unwrap() == b"damaged"));
    // And what was taken away shows at once.
    let database = rusqlite::Connection::open(city.data().join("mingma.db")).unwrap();
    database.execute("DELETE FROM journal WHERE number > 1", []).unwrap();
    drop(database);
    assert!(
        doctor(&city).starts_with("fail") && doctor(&city).contains("were taken out"),
        "{}",
        doctor(&city)
    );
}
