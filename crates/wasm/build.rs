//! Builds `mingma-browser` for `wasm32-unknown-unknown` with the cargo that builds this, into a folder of its own.
//!
//! The folder lies beside those of the profiles, not in the one that cargo gives to each run of this script: a
//! debug build, a release and the lints share one build of the module.
//!
//! What the outer cargo sets for the host (flags, wrappers such as clippy's, its target folder) must not reach
//! the inner one, or its work would not be the browser's and would be done anew for each.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// What decides the module, from the workspace's root.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "crates/browser/Cargo.toml",
    "crates/browser/src",
    "crates/credential/Cargo.toml",
    "crates/credential/src",
];

/// What an outer cargo, or a person for the host's sake, may have set.
const NOT_FOR_THE_BROWSER: &[&str] = &[
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MAKEFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
];

fn main() {
    if let Err(reason) = build() {
        say(&format!("error={reason}"));
    }
}

fn build() -> Result<(), String> {
    let root = path("CARGO_MANIFEST_DIR")?.join("../..");
    for source in SOURCES {
        say(&format!("rerun-if-changed={}", root.join(source).display()));
    }
    has_target()?;
    let out = path("OUT_DIR")?;
    // target/<profile>/build/mingma-wasm-<hash>/out
    let folder = out.ancestors().nth(4).unwrap_or(&out).join("browser");
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(&root).env("CARGO_TARGET_DIR", &folder);
    for name in NOT_FOR_THE_BROWSER {
        cargo.env_remove(name);
    }
    // One crate type alone, because several cannot be optimised as one; the native builds need no library file.
    cargo.args(["rustc", "--package", "mingma-browser", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--profile", "wasm", "--target", TARGET, "--locked"]);
    let output = cargo
        .output()
        .map_err(|error| format!("cargo could not be started for the browser's verifier: {error}"))?;
    if !output.status.success() {
        return Err(format!("the browser's verifier could not be built: {}", one_line(&output.stderr)));
    }
    let built = folder.join(TARGET).join("wasm/mingma_browser.wasm");
    copy(&built, &out.join("mingma.wasm"))
}

/// Makes sure that this compiler brings the standard library of the target: where it does not, rustup is asked for it,
/// once, so that the first command of a newcomer builds everything.
fn has_target() -> Result<(), String> {
    if is_there()? {
        return Ok(());
    }
    say(&format!("warning=adding the target {TARGET}, for which the browser's verifier is built"));
    let added = Command::new("rustup").args(["target", "add", TARGET]).output();
    if added.is_ok_and(|output| output.status.success()) && is_there()? {
        return Ok(());
    }
    Err(format!(
        "the browser's verifier is built for {TARGET}, which this Rust does not bring: run `rustup target add {TARGET}` \
         and build again"
    ))
}

fn is_there() -> Result<bool, String> {
    let output = Command::new(variable("RUSTC")?)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|error| format!("rustc could not be started: {error}"))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// The module under the name that the library includes.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}

fn variable(name: &str) -> Result<OsString, String> {
    env::var_os(name).ok_or_else(|| format!("cargo did not set {name}"))
}

fn path(name: &str) -> Result<PathBuf, String> {
    variable(name).map(PathBuf::from)
}

/// A message to cargo is one line.
fn one_line(text: &[u8]) -> String {
    String::from_utf8_lossy(text).trim().replace('\n', " | ")
}

fn say(message: &str) {
    println!("cargo::{message}");
}
