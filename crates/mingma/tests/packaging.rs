//! What is packaged: the unit holds the program tight, the package has what it needs, the container runs what exists.
#![expect(clippy::panic, clippy::print_stdout, reason = "a test fails by panicking and says what it skips")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const MINGMA: &str = env!("CARGO_BIN_EXE_mingma");
const UNITS: [&str; 5] = [
    "mingma.service",
    "mingma-backup.service",
    "mingma-backup.timer",
    "mingma-trust.service",
    "mingma-trust.timer",
];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn run(program: &str, arguments: &[&str], dir: &Path) -> Option<Output> {
    let output = Command::new(program).args(arguments).current_dir(dir).output();
    if output.is_err() {
        println!("skipped: `{program} {}`: it is not here", arguments.join(" "));
    }
    output.ok()
}

#[test]
fn the_units_are_sound_and_hold_what_they_run_tight() {
    let dir = tempfile::tempdir().unwrap();
    for unit in UNITS {
        let text = read(&format!("packaging/{unit}")).replace("/usr/bin/mingma", MINGMA);
        fs::write(dir.path().join(unit), text).unwrap();
    }
    for unit in UNITS {
        let Some(verified) = run("systemd-analyze", &["verify", &format!("./{unit}")], dir.path()) else {
            return;
        };
        let told = String::from_utf8_lossy(&verified.stderr).into_owned();
        // What the machine lacks besides (a user, a manual page) is not the unit's fault.
        let own =
            told.lines().filter(|line| line.contains(unit) && !line.contains("Failed to prepare filename"));
        assert_eq!(own.count(), 0, "{unit}: {told}");
    }
    for unit in UNITS.into_iter().filter(|unit| unit.ends_with(".service")) {
        let arguments = ["security", "--offline=yes", "--threshold=20", &format!("./{unit}")];
        let Some(judged) = run("systemd-analyze", &arguments, dir.path()) else { return };
        let told = String::from_utf8_lossy(&judged.stdout).into_owned();
        let exposure = told.lines().last().unwrap_or_default().to_owned();
        assert!(judged.status.success(), "{unit}: {told}{}", String::from_utf8_lossy(&judged.stderr));
        println!("{unit}: {exposure}");
    }
}

#[test]
fn every_service_runs_without_rights_of_root() {
    for unit in UNITS.into_iter().filter(|unit| unit.ends_with(".service")) {
        let text = read(&format!("packaging/{unit}"));
        for line in [
            "User=mingma",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=",
            "ProtectSystem=strict",
            "MemoryDenyWriteExecute=yes",
            "SystemCallFilter=@system-service",
            "UMask=0077",
        ] {
            assert!(text.lines().any(|own| own == line), "{unit} lacks `{line}`");
        }
    }
    let serve = read("packaging/mingma.service");
    let number = |name: &str| -> u64 {
        let line = serve.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.parse().unwrap()
    };
    let limits = mingma_server::Limits::default();
    assert!(number("LimitNOFILE=") >= u64::try_from(limits.connections).unwrap() + 64);
    assert!(number("TimeoutStopSec=") > limits.end.as_secs(), "systemd would kill what is being finished");
}

#[test]
fn the_package_has_program_units_manual_and_licence() {
    let manifest: toml::Table = read("crates/mingma/Cargo.toml").parse().unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let assets: Vec<(String, String)> = deb["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| (asset[0].as_str().unwrap().to_owned(), asset[1].as_str().unwrap().to_owned()))
        .collect();
    for (source, _) in assets.iter().filter(|(source, _)| !source.starts_with("target/")) {
        assert!(Path::new(ROOT).join("crates/mingma").join(source).is_file(), "{source} is not there");
    }
    assert!(Path::new(ROOT).join("crates/mingma").join(deb["license-file"][0].as_str().unwrap()).is_file());
    let version = format!("mingma ({}-1) ", env!("CARGO_PKG_VERSION"));
    assert!(read("packaging/debian.changelog").starts_with(&version), "the changelog has another version");

    // The package itself, of the program that this test runs; the released one is built by the same metadata.
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("mingma.deb");
    let target = Path::new(MINGMA).parent().unwrap();
    let profile = if target.ends_with("release") { "release" } else { "dev" };
    let arguments =
        ["--no-build", "--no-strip", "--fast", "--profile", profile, "--output", out.to_str().unwrap()];
    let manifest = ["--package", "mingma", "--offline"];
    if !run("sh", &["-c", "command -v cargo-deb && command -v dpkg-deb"], dir.path())
        .unwrap()
        .status
        .success()
    {
        println!("skipped: the package itself: `cargo-deb` or `dpkg-deb` is not here");
        return;
    }
    let made = run("cargo-deb", &[&manifest[..], &arguments].concat(), Path::new(ROOT)).unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let list = run("dpkg-deb", &["--contents", out.to_str().unwrap()], dir.path()).unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    for file in [
        "./usr/bin/mingma",
        "./etc/mingma/mingma.toml",
        "./usr/lib/systemd/system/mingma.service",
        "./usr/lib/systemd/system/mingma-backup.timer",
        "./usr/lib/systemd/system/mingma-trust.timer",
        "./usr/lib/sysusers.d/mingma.conf",
        "./usr/share/doc/mingma/OPERATING.md",
        "./usr/share/doc/mingma/OPERATING.zh-CN.md",
        "./usr/share/doc/mingma/copyright",
    ] {
        let there = list.lines().any(|line| line.ends_with(file) || line.ends_with(&format!("{file}.gz")));
        assert!(there, "{file} is not in the package:\n{list}");
    }
    let control = run("dpkg-deb", &["--info", out.to_str().unwrap()], dir.path()).unwrap();
    let control = String::from_utf8(control.stdout).unwrap();
    assert!(control.contains("Package: mingma") && control.contains("postinst"), "{control}");
}

#[test]
fn the_container_runs_what_exists_as_nobody_of_importance() {
    let text = read("packaging/Containerfile");
    let last = text.rsplit("\nFROM ").next().unwrap();
    assert!(last.contains("\nUSER 65532:65532\n") && !last.contains("\nRUN "), "{last}");
    let words: Vec<String> = serde_json::from_str(last.split("\nCMD ").nth(1).unwrap().trim()).unwrap();
    let help = Command::new(MINGMA).args([&words[0], "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for option in words.iter().filter(|word| word.starts_with("--")) {
        assert!(help.contains(option.as_str()), "{option}");
    }
}

/// Makes the image's tree of the program that this test runs, by the file's own lines, and runs the program in it.
#[test]
fn the_containers_tree_is_whole_without_the_machine_that_made_it() {
    let dir = tempfile::tempdir().unwrap();
    if !Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n") {
        println!("skipped: the container's tree: only root can give files away and enter a tree");
        return;
    }
    let text = read("packaging/Containerfile").replace("\\\n", " ");
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("RUN "));
    let made = lines.next_back().unwrap().replace("target/release/mingma", MINGMA);
    let tree = dir.path().to_str().unwrap();
    assert!(made.contains("/image/"), "{made}");
    let made = run("sh", &["-c", &made.replace("/image", tree)], Path::new(ROOT)).unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));

    let inside = |arguments: &[&str]| {
        let whole = [&["--userspec=65532:65532", tree, "/usr/bin/mingma"], arguments].concat();
        run("chroot", &whole, dir.path()).unwrap()
    };
    let keygen = ["keygen", "--region", "410000", "--out", "/data/keys", "--authority", "/data/authority"];
    for arguments in [&["--version"][..], &keygen] {
        let told = inside(arguments);
        assert!(told.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&told.stderr));
    }
    assert!(dir.path().join("data/keys/trust.cose").is_file());
    assert!(fs::read(dir.path().join("etc/ssl/certs/ca-certificates.crt")).unwrap().len() > 1 << 16);
    let all = run("find", &[tree, "-type", "f", "-perm", "/111", "-name", "*sh"], dir.path()).unwrap();
    assert!(all.stdout.is_empty(), "a shell: {}", String::from_utf8_lossy(&all.stdout));
}
