//! A small ruleset, and a folder to work in.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Red for 14 days after a contact, yellow for 7 more and for a stay at high risk, until a negative test.
const RULES: &str = r#"
[ruleset]
id = "test"
region = "410000"
zone = "Asia/Shanghai"
effect = 2022-06-01
sunset = 2022-09-01
title = { zh-Hans = "测", zh-Hant = "測", en = "test" }
authority = { zh-Hans = "测", zh-Hant = "測", en = "test" }

[issued_when]
not = { fact = "foreign-status", value = "red" }

[[rule]]
code = "R1"
color = "red"
article = "1"
when = { fact = "contact", value = "close", within_days = 14 }
text = { zh-Hans = "密接", zh-Hant = "密接", en = "close contact" }
clears = { zh-Hans = "14天", zh-Hant = "14天", en = "14 days" }

[[rule]]
code = "Y1"
color = "yellow"
article = "2"
when = { follows = "R1", for_days = 7, cleared_by = [ { negatives = 1 } ] }
text = { zh-Hans = "观察", zh-Hant = "觀察", en = "observation" }
clears = { zh-Hans = "7天", zh-Hant = "7天", en = "7 days" }

[[rule]]
code = "Y2"
color = "yellow"
article = "3"
when = { fact = "stay", risk = "high", within_days = 7, cleared_by = [ { negatives = 1 } ] }
text = { zh-Hans = "行程", zh-Hant = "行程", en = "stay" }
clears = { zh-Hans = "阴性", zh-Hant = "陰性", en = "a negative test" }
"#;

/// The first line of a facts file.
pub(crate) const HEADER: &str = "person,kind,value,at,until,region,issuer,evidence\n";

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A folder with the ruleset.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("rules")).unwrap();
        fs::write(folder.path().join("rules/ruleset.toml"), RULES).unwrap();
        Self { folder }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The text of a file; `None` if there is none.
    pub(crate) fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// The names in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// `mingma` with these arguments in the folder, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
        command.current_dir(self.folder.path()).args(["assess", "--rules", "rules", "--on", "2022-06-15"]);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Assesses on 2022-06-15 with these arguments more.
    pub(crate) fn assess(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Assesses what `feed` writes to standard input.
    pub(crate) fn assess_stdin(
        &self,
        arguments: &[&str],
        feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send,
    ) -> Ran {
        run_fed(self.command(&[&["--facts", "-"], arguments].concat()), feed)
    }

    /// The same with at most this much memory, in KiB.
    #[cfg(unix)]
    pub(crate) fn assess_stdin_within(
        &self,
        kib: u32,
        feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send,
    ) -> Ran {
        let inner = self.command(&["--facts", "-"]);
        let mut command = Command::new("sh");
        command
            .current_dir(self.folder.path())
            .args(["-c", &format!("ulimit -v {kib} && exec \"$0\" \"$@\"")]);
        command.arg(inner.get_program()).args(inner.get_args());
        run_fed(command, feed)
    }

    /// Assesses a facts file with these rows.
    pub(crate) fn rows(&self, rows: &str) -> Ran {
        self.write("facts.csv", format!("{HEADER}{rows}"));
        self.assess(&["--facts", "facts.csv"])
    }
}

/// Runs a command with what `feed` writes as its standard input.
fn run_fed(mut command: Command, feed: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send) -> Ran {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        // The program may stop reading before everything is written; that is its right.
        scope.spawn(move || feed(&mut stdin).ok());
        child.wait_with_output().unwrap()
    });
    Ran {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Says on standard error what a test could not do.
#[expect(clippy::print_stderr, reason = "a test that did less must say so")]
pub(crate) fn skipped(what: &str) {
    eprintln!("{what}");
}
