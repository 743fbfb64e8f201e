//! `mingma backup` and `mingma restore`, as people call them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use mingma_registry::store::Newcomer;
use mingma_registry::{NoEntropy, PersonId, Rng, Store as _};
use mingma_store::{Settings, SqliteStore};
use pollster::block_on;
use tempfile::TempDir;

struct Same;

impl Rng for Same {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        bytes.fill(7);
        Ok(())
    }
}

fn mingma(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mingma")).args(arguments).current_dir(dir).output().unwrap()
}

fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir, Settings::default(), Arc::new(Same)).unwrap()
}

#[test]
fn a_folder_that_is_open_is_backed_up_and_restored() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir.path().join("data"));
    let document: mingma_domain::document::Document = "passport:JP:TR0000001".parse().unwrap();
    let person = PersonId::new([1; 16]);
    let newcomer = Newcomer { document: document.clone(), candidate: person };
    assert_eq!(block_on(store.identify(vec![newcomer])), Ok(vec![person]));

    let made = mingma(dir.path(), &["backup", "--data", "data", "--to", "copy", "--keys", "keys"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let put = mingma(dir.path(), &["restore", "--from", "copy", "--keys", "keys", "--data", "back"]);
    assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    assert_eq!(block_on(open(&dir.path().join("back")).document(person)), Ok(Some(document)));

    for (arguments, word) in [
        (["backup", "--data", "data", "--to", "copy", "--keys", "keys"], "is there already"),
        (["backup", "--data", "nowhere", "--to", "copy2", "--keys", "keys"], "is no data folder"),
        (["restore", "--from", "copy", "--keys", "keys", "--data", "data"], "is there already"),
        (["restore", "--from", "nowhere", "--keys", "keys", "--data", "back2"], "is no backup"),
        (["restore", "--from", "copy", "--keys", "nowhere", "--data", "back2"], "holds no keys"),
    ] {
        let refused = mingma(dir.path(), &arguments);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains(word), "{arguments:?}: {told}");
    }
    assert!(!dir.path().join("copy2.draft").exists() && !dir.path().join("back2").exists());
}
