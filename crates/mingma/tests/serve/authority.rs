//! The authority's key is apart: what it signs is shown in words, signed where nothing is served, and brought in.

use std::fs;
use std::path::{Path, PathBuf};

use mingma_credential::Certificate;
use mingma_credential::UnixSeconds;
use mingma_credential::trust::file::{Anchor, TrustFile};

use super::support::{City, mingma, now, text};

/// A served folder's parts, and the authority's folder apart from them.
struct Apart {
    city: City,
    desk: PathBuf,
}

impl Apart {
    fn new() -> Self {
        let city = City::new(0);
        let desk = city.dir.path().join("desk");
        fs::create_dir(&desk).unwrap();
        Self { city, desk }
    }

    fn keys(&self) -> PathBuf {
        self.city.data().join("keys")
    }

    fn key(&self) -> PathBuf {
        self.city.dir.path().join("authority/authority.key.pem")
    }

    /// A file of the authority's desk with this text.
    fn sheet(&self, name: &str, act: &str) -> PathBuf {
        let path = self.desk.join(name);
        fs::write(&path, format!("region = \"410000\"\n{act}\n")).unwrap();
        path
    }

    fn sign(&self, sheet: &Path) -> PathBuf {
        let act = sheet.with_extension("act.cose");
        // What was signed before is moved away first: nothing is written over it.
        if act.exists() {
            fs::remove_file(&act).unwrap();
        }
        said(&["authority", "sign", text(sheet), "--key", text(&self.key())]);
        act
    }

    /// The folder's certificates of keys that sign codes.
    fn certificates(&self) -> Vec<PathBuf> {
        let paths = fs::read_dir(self.keys()).unwrap().map(|entry| entry.unwrap().path());
        paths
            .filter(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                name.ends_with(".cert.der") && name != "authority.cert.der"
            })
            .collect()
    }

    fn bring(&self, act: &Path) -> Result<String, String> {
        run(&["authority", "bring", text(act), "--data", text(&self.city.data())])
    }

    /// The number and the count of keys of the list in the folder, if the authority signed it.
    fn list(&self) -> (u64, usize) {
        let anchor = fs::read(self.keys().join("authority.cert.der")).unwrap();
        let anchor = Certificate::from_der(&anchor).unwrap();
        let bytes = fs::read(self.keys().join("trust.cose")).unwrap();
        let at = UnixSeconds::new(now().as_second() + 60);
        let file = TrustFile::open(&bytes, Anchor::Certificate(&anchor), at).unwrap();
        (file.edition().number, file.list().entries().len())
    }
}

fn run(arguments: &[&str]) -> Result<String, String> {
    let output = mingma(arguments);
    let said = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
}

fn said(arguments: &[&str]) -> String {
    run(arguments).unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
}

#[test]
fn a_key_of_codes_counts_when_the_authority_has_signed_the_list_apart_and_it_was_brought() {
    let apart = Apart::new();
    let (keys, before) = (apart.keys(), apart.list());
    let told = said(&["keygen", "--out", text(&keys), "--region", "410000"]);
    assert!(told.contains("it counts when the authority has signed"), "{told}");
    assert_eq!(apart.list(), before, "the server's keys sign no list");
    let sheet = apart.desk.join("list.toml");
    let told = said(&["trust", "propose", "--keys", text(&keys), "--to", text(&sheet)]);
    assert!(told.contains("2 keys"), "{told}");
    let told = said(&["authority", "show", text(&sheet)]);
    assert!(told.contains("not signed yet") && told.matches(" for 410000, to ").count() == 2, "{told}");
    let act = apart.sign(&sheet);
    let anchor = keys.join("authority.cert.der");
    let told = said(&["authority", "show", text(&act), "--anchor", text(&anchor)]);
    assert!(
        told.contains("the signature is that key's") && told.contains("checkpoints are to trust"),
        "{told}"
    );
    assert_eq!(apart.list(), before, "nothing counts before it is brought in");
    let unbrought = apart.desk.join("unbrought.cose");
    said(&["authority", "sign", text(&sheet), "--key", text(&apart.key()), "--to", text(&unbrought)]);
    let brought = apart.bring(&act).unwrap();
    assert_eq!(apart.bring(&act).as_ref(), Ok(&brought), "the same answer however often");
    let after = apart.list();
    assert!(after.0 > before.0 && (before.1, after.1) == (1, 2), "{before:?} {after:?}");
    // A certificate that is no longer in the folder is withdrawn with the next list, which is a later one.
    fs::remove_file(&apart.certificates()[0]).unwrap();
    said(&["trust", "propose", "--keys", text(&keys), "--to", text(&sheet)]);
    let kept = apart.desk.join("kept.cose");
    fs::copy(&act, &kept).unwrap();
    apart.bring(&apart.sign(&sheet)).unwrap();
    let last = apart.list();
    assert!(last.0 > after.0 && last.1 == 1, "{last:?}");
    // An older list does not come back, neither one that was brought nor one that never was.
    assert_eq!(apart.bring(&kept), Ok(brought), "it is answered as it was");
    let refused = apart.bring(&unbrought).unwrap_err();
    assert!(refused.contains("a trust list of a later edition is in force"), "{refused}");
    assert_eq!(apart.list(), last, "and changes nothing");
}

#[test]
fn what_is_signed_is_never_written_over_a_file_or_through_a_link() {
    let apart = Apart::new();
    let (keys, before) = (apart.keys(), apart.list());
    said(&["keygen", "--out", text(&keys), "--region", "410000"]);
    // What waits to be signed lies beside the list that is in force.
    let act = apart.sign(&keys.join("trust.toml"));
    assert_eq!(apart.list(), before);
    let (signed, key) = (fs::read(&act).unwrap(), apart.key());
    let sign = |to: &Path| {
        run(&["authority", "sign", text(&keys.join("trust.toml")), "--key", text(&key), "--to", text(to)])
    };
    let link = apart.desk.join("link.cose");
    std::os::unix::fs::symlink(apart.desk.join("elsewhere"), &link).unwrap();
    for to in [&act, &link] {
        assert!(sign(to).unwrap_err().contains("name another file with `--to`"));
    }
    let proposed = run(&["trust", "propose", "--keys", text(&keys), "--to", text(&link)]);
    assert!(proposed.unwrap_err().contains("is a link"));
    assert!(fs::read(&act).unwrap() == signed && !apart.desk.join("elsewhere").exists());
}

#[test]
fn another_authoritys_key_or_a_disk_that_is_not_mounted_changes_nothing() {
    let apart = Apart::new();
    let (keys, before) = (apart.keys(), apart.list());
    let files = || fs::read_dir(apart.keys()).unwrap().count();
    let (count, empty, other) = (files(), apart.desk.join("not mounted"), apart.desk.join("other"));
    said(&["keygen", "--authority", text(&other)]);
    for disk in [&empty, &other] {
        let refused = run(&["keygen", "--out", text(&keys), "--region", "410000", "--authority", text(disk)]);
        assert!(refused.unwrap_err().contains("is its disk mounted?"));
        assert_eq!((apart.list(), files()), (before, count), "{}", disk.display());
    }
    assert!(!empty.exists(), "and no new key is made that nobody believes");
}

#[test]
fn a_list_may_name_a_key_that_is_not_in_the_folder_and_none_is_signed_that_no_other_could_follow() {
    let apart = Apart::new();
    let (keys, sheet, first) = (apart.keys(), apart.desk.join("list.toml"), apart.certificates());
    said(&["keygen", "--out", text(&keys), "--region", "410000"]);
    said(&["trust", "propose", "--keys", text(&keys), "--to", text(&sheet)]);
    apart.bring(&apart.sign(&sheet)).unwrap();
    assert_eq!(apart.list().1, 2);
    // The key that lies elsewhere is the younger: the program takes the one that it has.
    let younger = apart.certificates().into_iter().find(|path| !first.contains(path));
    fs::remove_file(younger.unwrap()).unwrap();
    assert_eq!(apart.city.serve(&[]).raw("/api/v1/trust-list").0, 200);
    let next = apart.desk.join("next.toml");
    let told = said(&["trust", "propose", "--keys", text(&keys), "--to", text(&next)]);
    assert!(told.contains("1 key;") && told.contains("the next list withdraws it"), "{told}");
    let text_of = fs::read_to_string(&sheet).unwrap();
    let after = text_of.lines().find(|line| line.starts_with("after = ")).unwrap();
    let far = text_of.replace(after, &format!("after = {}", i64::MAX));
    fs::write(&sheet, far).unwrap();
    let refused = run(&["authority", "sign", text(&sheet), "--key", text(&apart.key()), "--to", "far.cose"]);
    assert!(refused.unwrap_err().contains("lies ahead of the clock"));
    assert!(!Path::new("far.cose").exists());
}

#[test]
fn a_list_that_has_ended_or_was_lost_comes_back_by_what_the_authority_signs() {
    let apart = Apart::new();
    let (keys, sheet) = (apart.keys(), apart.desk.join("list.toml"));
    said(&["trust", "propose", "--keys", text(&keys), "--to", text(&sheet)]);
    let act = apart.sign(&sheet);
    // What says for which region the keys were made is then the proposal.
    fs::copy(&sheet, keys.join("trust.toml")).unwrap();
    fs::remove_file(keys.join("trust.cose")).unwrap();
    apart.bring(&act).unwrap();
    assert_eq!(apart.list().1, 1);
}

#[test]
fn a_folder_in_which_the_authoritys_key_lies_is_not_served() {
    let apart = Apart::new();
    let data = apart.city.data();
    let doctor = || String::from_utf8(mingma(&["doctor", "--data", text(&data)]).stdout).unwrap();
    assert!(doctor().contains("and the key is not"), "{}", doctor());
    fs::copy(apart.key(), apart.keys().join("authority.key.pem")).unwrap();
    let refused = run(&["serve", "--data", text(&data), "--listen", "127.0.0.1:0"]).unwrap_err();
    assert!(refused.contains("lies beside the keys that sign codes"), "{refused}");
    assert!(doctor().contains("docs/OPERATING.md#authority"), "{}", doctor());
    // Elsewhere in the data folder, and under another name.
    fs::remove_file(apart.keys().join("authority.key.pem")).unwrap();
    let elsewhere = data.join("old/backup");
    fs::create_dir_all(&elsewhere).unwrap();
    for name in ["authority.key.pem", "region.pem"] {
        let copy = elsewhere.join(name);
        fs::copy(apart.key(), &copy).unwrap();
        let refused = run(&["serve", "--data", text(&data), "--listen", "127.0.0.1:0"]).unwrap_err();
        assert!(refused.contains("lies in a folder that is served") && refused.contains(name), "{refused}");
        assert!(refused.contains("move it to a machine apart"), "{refused}");
        assert!(doctor().contains("lies in a folder that is served"), "{}", doctor());
        fs::remove_file(copy).unwrap();
    }
    assert!(doctor().contains("and the key is not"), "{}", doctor());
    let same =
        run(&["keygen", "--out", text(&apart.desk), "--authority", text(&apart.desk), "--region", "410000"]);
    assert!(same.unwrap_err().contains("does not lie beside"));
}

#[test]
fn a_signed_act_is_brought_in_from_the_command_line_and_says_what_it_waits_for() {
    let apart = Apart::new();
    let sheet = apart.sheet("risk.toml", "set-risk = \"410105 high 2026-11-01 -\"");
    let told = said(&["authority", "show", text(&sheet)]);
    assert!(told.contains("the risk of 410105 is `high` from 2026-11-01"), "{told}");
    let act = apart.sign(&sheet);
    let brought = apart.bring(&act).unwrap();
    assert!(brought.starts_with("it counts: act "), "{brought}");
    assert_eq!(apart.bring(&act), Ok(brought));
    let issuer = apart.sheet("issuer.toml", "appoint = \"issuer border:410100 immigration 410100\"");
    let told = said(&["authority", "show", text(&issuer)]);
    assert!(told.contains("counts when an appeals office agrees"), "{told}");
    assert!(apart.bring(&apart.sign(&issuer)).unwrap().contains("counts when an appeals office agrees"));
    // With a slip of the pen in the folder's name nothing is made, and nothing counts.
    let slip = apart.city.dir.path().join("dtaa");
    let keys = apart.keys();
    let refused = run(&["authority", "bring", text(&act), "--data", text(&slip), "--keys", text(&keys)]);
    assert!(refused.unwrap_err().contains("there is no `mingma.db` in it"));
    assert!(run(&["staff", "list", "--data", text(&slip)]).unwrap_err().contains("there is no `mingma.db`"));
    assert!(!slip.exists());
    // One byte, another authority, another region, a word that is none.
    let mut bytes = fs::read(&act).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let changed = apart.desk.join("changed.cose");
    fs::write(&changed, bytes).unwrap();
    assert!(apart.bring(&changed).unwrap_err().contains("the signature does not match"));
    let other = apart.desk.join("other");
    said(&["keygen", "--authority", text(&other)]);
    let foreign = apart.desk.join("foreign.cose");
    let key = other.join("authority.key.pem");
    said(&["authority", "sign", text(&sheet), "--key", text(&key), "--to", text(&foreign)]);
    assert!(apart.bring(&foreign).unwrap_err().contains("not by the authority's key"));
    let anchor = apart.keys().join("authority.cert.der");
    assert!(run(&["authority", "show", text(&foreign), "--anchor", text(&anchor)]).is_err());
    fs::write(&sheet, "region = \"110000\"\nset-risk = \"110101 high 2026-11-01 -\"").unwrap();
    assert!(apart.bring(&apart.sign(&sheet)).unwrap_err().contains("it was signed for `110000`"));
    let wrong = apart.sheet("wrong.toml", "set-risk = \"410105 purple 2026-11-01 -\"");
    let refused = run(&["authority", "sign", text(&wrong), "--key", text(&apart.key())]).unwrap_err();
    assert!(refused.contains("write `REGION LEVEL FROM UNTIL`"), "{refused}");
}
