//! A folder to work in, and runs of the program.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The first line of a facts file.
pub(crate) const HEADER: &str = "person,kind,value,at,until,region,issuer,evidence\n";

/// A map of one source with one fact; tests add to it.
pub(crate) const MAP: &str = r#"
[[source]]
name = "cases"
files = ["cases*.csv"]
dates = ["%Y-%m-%d", "%m/%d/%Y"]
ignore = ["note"]
[source.refuse]
longitude = "a coordinate"

[[source.fact]]
person = "{id}"
kind = "diagnosis"
value = "confirmed"
at = { date = "day" }
issuer = "cdc"
evidence = "case:{id}-{#row}"
"#;

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A folder.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A folder with this map.
    pub(crate) fn new(map: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("map.toml", map);
        place
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

    /// Runs `mingma` in the folder.
    pub(crate) fn mingma(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingma"));
        let output =
            command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null()).output().unwrap();
        Ran {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Imports with `map.toml` into `facts.csv`.
    pub(crate) fn import(&self, files: &[&str]) -> Ran {
        self.mingma(&[&["import", "--map", "map.toml", "--out", "facts.csv"], files].concat())
    }

    /// The facts that a map makes of one table, without the header.
    pub(crate) fn facts(map: &str, table: &str) -> String {
        let place = Self::new(map);
        place.write("cases.csv", table);
        let ran = place.import(&["cases.csv"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
        place.read("facts.csv").unwrap().strip_prefix(HEADER).unwrap().to_owned()
    }

    /// What a map is refused for.
    pub(crate) fn refused(map: &str) -> String {
        let place = Self::new(map);
        place.write("cases.csv", "id,day,note,longitude\n");
        let ran = place.import(&["cases.csv"]);
        assert_eq!((ran.status, ran.out.as_str()), (Some(1), ""), "{}", ran.err);
        assert_eq!(place.read("facts.csv"), None);
        ran.err
    }
}
