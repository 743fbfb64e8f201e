//! axe-core, the checker of accessibility: fetched once by npm into the build's folder.

use std::fs;
use std::process::Command;
use std::sync::OnceLock;

use super::{program, skipped, target};

/// Which one: a newer one may find more, and that is to be a commit of its own.
const PACKAGE: &str = "axe-core@4.14.1";

/// Its script; none where there is no npm or no way to its registry.
pub(super) fn source() -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    SOURCE.get_or_init(fetched).as_deref()
}

fn fetched() -> Option<String> {
    let folder = target().join(PACKAGE.replace('@', "-"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.is_file() {
        let Some(npm) = program("npm") else {
            skipped("the check of accessibility: npm is not here");
            return None;
        };
        let mut install = Command::new(npm);
        install.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
        let installed = install.arg(&folder).arg(PACKAGE).output().unwrap();
        if !installed.status.success() {
            skipped("the check of accessibility: npm cannot fetch axe-core");
            return None;
        }
    }
    Some(fs::read_to_string(script).unwrap())
}
