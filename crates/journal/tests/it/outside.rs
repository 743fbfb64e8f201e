//! A program that is not ours reads our log: Go's `sumdb/note` and `sumdb/tlog`, as Debian ships them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mingma_journal::merkle::{consistency, inclusion};
use mingma_journal::proof_file::ProofFile;
use mingma_journal::tiles::{Growing, StoredTree};
use mingma_journal::witness::{Latest, Request, Witness, add_cosignatures};

use crate::support::{at, entries, entry, head, noon, signer, witness};

/// Where Debian's `golang-golang-x-mod-dev` puts its sources.
const GOCODE: &str = "/usr/share/gocode";

/// What to do where one is missing.
const GO: &str = "install golang-go golang-golang-x-mod-dev";

/// Two levels of full tiles and partial ones at three.
const SIZES: (u64, u64) = (40_000, 70_000);
const PROVED: u64 = 12_345;

/// The program, built; none where Go or its library is missing, unless everything is to be checked.
fn built(folder: &Path) -> Option<PathBuf> {
    let library = Path::new(GOCODE).join("src/golang.org/x/mod/sumdb/tlog");
    if Command::new("go").arg("version").output().is_err() || !library.is_dir() {
        // A line of the charter stands on this test: whoever runs `./check` is not told that it holds where it was not tried.
        assert!(std::env::var_os("MINGMA_CHECK").is_none(), "no `go`, or no {}; {GO}", library.display());
        eprintln!("skipped: no `go`, or no {}; {GO}", library.display());
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/main.go");
    let program = folder.join("outside");
    let mut go = Command::new("go");
    go.args(["build", "-o"]).arg(&program).arg(source);
    go.env("GO111MODULE", "off").env("GOPATH", GOCODE).env("GOFLAGS", "");
    // Kept between runs: the second build takes no time.
    go.env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"));
    let built = go.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    Some(program)
}

#[test]
fn gos_own_transparency_log_verifies_ours_and_finds_a_flipped_bit() {
    let folder = tempfile::TempDir::new().unwrap();
    let Some(program) = built(folder.path()) else { return };
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };

    // The log grows twice, and a witness cosigns each time.
    let (mut log, mut tiles) = (Growing::new(), mingma_journal::tiles::MemoryTiles::new());
    let house = Witness::new(witness(1), [signer(1).key().clone()]);
    let mut latest: Option<Latest> = None;
    for (to, name) in [(SIZES.0, "checkpoint.earlier"), (SIZES.1, "checkpoint")] {
        let from = log.size();
        let growth = log.append(&entries(from, to)).unwrap();
        tiles.extend(growth.files.clone());
        growth.files.iter().for_each(|(path, bytes)| write(&path.to_string(), bytes));
        let mut tree = StoredTree::open(&tiles, to, growth.root).unwrap();
        let proof = consistency(&mut tree, from, to).unwrap().path;
        let lines: Vec<String> = proof.iter().map(ToString::to_string).collect();
        write("consistency", lines.join("\n").as_bytes());
        let mut note = head(to, growth.root).into_note();
        let request = Request { old: from, proof, note: note.clone() }.to_string();
        let asked = house.read(request.as_bytes()).unwrap();
        let answer = asked.decide(latest, at(noon().get() + to)).unwrap();
        assert_eq!(add_cosignatures(&mut note, &answer.body(), &[witness(1).key().clone()]), Ok(1));
        latest = Some(answer.next);
        write(name, note.to_string().as_bytes());
        if to > PROVED {
            let path = inclusion(&mut tree, PROVED, to).unwrap().path;
            let proof = ProofFile { extra: None, index: PROVED, path, checkpoint: note };
            write("entry.tlog-proof", proof.to_string().as_bytes());
        }
    }
    write("entry", &entry(PROVED));

    let run = || -> Output {
        let keys = [signer(1).key().to_string(), witness(1).key().to_string()];
        Command::new(&program).arg(folder.path()).args(keys).output().unwrap()
    };
    let right = run();
    let said = String::from_utf8_lossy(&right.stdout).into_owned();
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));
    assert_eq!(said, "70000 entries, 274 proofs, grown from 40000, cosigned at 1655162800\n");

    // The same program must refuse what is wrong, or its yes says nothing.
    let kept = |name: &str| fs::read(folder.path().join(name)).unwrap();
    for name in [
        "tile/0/100",
        "tile/1/000",
        "tile/0/273.p/112",
        "tile/entries/100",
        "checkpoint",
        "consistency",
        "entry.tlog-proof",
        "entry",
    ] {
        let good = kept(name);
        let mut changed = good.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 4;
        write(name, &changed);
        assert!(!run().status.success(), "a flipped bit in {name} was not found");
        write(name, &good);
    }
    assert!(run().status.success());
}
