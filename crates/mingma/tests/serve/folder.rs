//! Data folders that cannot be served: each is refused with what to do, named by the doctor with its page, and left as it is.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::support::{City, bytes_of, mingma};

/// Where a database's header keeps the version of its tables (SQLite file format, 1.3).
const USER_VERSION: usize = 60;

fn serve(data: &Path) -> Output {
    mingma(&["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"])
}

fn doctor(data: &Path) -> String {
    let asked = mingma(&["doctor", "--data", data.to_str().unwrap()]);
    assert!(!asked.status.success());
    String::from_utf8(asked.stdout).unwrap()
}

fn overwrite(path: &Path, at: usize, bytes: &[u8]) {
    let mut all = fs::read(path).unwrap();
    all[at..at + bytes.len()].copy_from_slice(bytes);
    fs::write(path, all).unwrap();
}

#[test]
fn what_is_wrong_with_a_folder_is_told_with_what_to_do_and_nothing_is_changed() {
    type Damage = fn(&Path);
    let cases: [(&str, Damage, &str, &str); 6] = [
        (
            "a newer version",
            |data| overwrite(&data.join("mingma.db"), USER_VERSION, &99_u32.to_be_bytes()),
            "use the newer program",
            "upgrade",
        ),
        (
            "half of a step",
            |data| overwrite(&data.join("mingma.db"), USER_VERSION, &1_u32.to_be_bytes()),
            "restore a backup",
            "damage",
        ),
        (
            "a damaged page",
            |data| overwrite(&data.join("mingma.db"), 3 * 4_096, &[0xA5; 4_096]),
            "is damaged",
            "damage",
        ),
        (
            "a lost key",
            |data| fs::remove_file(data.join("master.key")).unwrap(),
            "put the key file of this folder back",
            "key-file",
        ),
        (
            "another folder's key",
            |data| fs::write(data.join("master.key"), "07".repeat(32)).unwrap(),
            "is another folder's key",
            "key-file",
        ),
        (
            "no key at all in the key file",
            |data| fs::write(data.join("master.key"), "").unwrap(),
            "is no key file",
            "key-file",
        ),
    ];
    for (name, damage, words, page) in cases {
        let city = City::new(1);
        let data = city.data();
        damage(&data);
        let before = bytes_of(&data);
        let told = doctor(&data);
        assert!(told.contains(&format!("docs/OPERATING.md#{page}\n")), "{name}: {told}");
        assert!(told.contains(words), "{name}: {told}");
        assert_eq!(bytes_of(&data), before, "{name}: the doctor changed it");
        let refused = serve(&data);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{name}: {said}");
        assert!(said.contains(words), "{name}: {said}");
        assert!(refused.stdout.is_empty(), "{name}: it was served");
        let database = |files: Vec<(std::path::PathBuf, Vec<u8>)>| {
            let kept = |path: &Path| path.ends_with("mingma.db") || path.ends_with("master.key");
            files.into_iter().filter(|(path, _)| kept(path)).collect::<Vec<_>>()
        };
        assert_eq!(database(bytes_of(&data)), database(before), "{name}: serving changed it");
    }
}

#[test]
fn a_folder_is_served_by_one_process_and_the_second_is_told() {
    let city = City::new(1);
    let served = city.serve(&[]);
    let second = serve(&city.data());
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(said.contains("is open in another process: stop that one first"), "{said}");
    assert_eq!(served.send(&city.declaration(0, "k", "well")).status, 200, "the first one goes on");
}

#[test]
fn a_folder_for_which_nothing_was_made_yet_is_not_served_and_how_to_begin_is_said() {
    let elsewhere = tempfile::tempdir().unwrap();
    let data = elsewhere.path().join("data");
    let refused = serve(&data);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let keygen =
        format!("`mingma keygen --out {} --region CODE --authority DIR`", data.join("keys").display());
    for words in ["no key that signs codes was made yet", &keygen, "docs/OPERATING.md", "`mingma demo`"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!data.exists(), "and nothing is made of it");
}

#[test]
fn a_key_or_a_trust_list_that_cannot_be_used_is_told_before_anything_is_opened() {
    let city = City::new(1);
    let keys = city.data().join("keys");
    let list = keys.join("trust.cose");
    let kept = fs::read(&list).unwrap();
    overwrite(&list, kept.len() / 2, &[0xA5; 8]);
    assert!(doctor(&city.data()).contains("docs/OPERATING.md#trust-list"));
    let refused = serve(&city.data());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("trust.cose"));
    fs::write(&list, &kept).unwrap();
    let key = fs::read_dir(&keys).unwrap().map(|e| e.unwrap().path());
    let key = key.into_iter().find(|path| path.to_string_lossy().ends_with(".key.pem")).unwrap();
    fs::remove_file(&key).unwrap();
    assert!(doctor(&city.data()).contains("docs/OPERATING.md#signing-keys"));
    let refused = serve(&city.data());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("key.pem"));
    fs::remove_dir_all(&keys).unwrap();
    assert!(doctor(&city.data()).contains("`mingma keygen` makes it"));
    let refused = serve(&city.data());
    assert!(String::from_utf8(refused.stderr).unwrap().contains("mingma keygen"));
}
