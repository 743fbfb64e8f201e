//! What every journey stands on: the program under test, a browser, a camera, an authority's keys.
//!
//! ```ignore
//! let Some(browser) = Browser::open(Camera::None).await else { return }; // says what is missing
//! let server = Server::bare();
//! browser.goto(&server.at("/rules")).await.unwrap();
//! browser.axe("rules").await;
//! ```
//!
//! Everything is ended and deleted when it is dropped, also by a test that fails. One browser runs at a time.

mod authority;
mod axe;
mod browser;
mod driver;
mod film;
mod hands;
mod logins;
mod server;

pub(crate) use authority::{Authority, forged, now};
pub(crate) use browser::{Browser, Camera};
pub(crate) use film::{Film, Picture};
pub(crate) use server::Server;

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A browser, and the demonstration's city, which goes on after this journey: whoever stops it takes [`Server::demo`].
pub(crate) async fn in_city() -> Option<(Browser, Arc<Server>)> {
    browser::programs()?;
    // The city before the browser, for which one may have to wait: so the next journey finds it up.
    let city = Server::shared_demo();
    Some((Browser::open(Camera::None).await?, city))
}

/// Where the build keeps what it makes; nothing in it is in the repository.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}

/// Where a program lies, if it is on this machine.
fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Says that a test does less than it would, and why.
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
