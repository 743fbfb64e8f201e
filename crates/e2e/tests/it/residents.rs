//! Residents with their phone, and those to whom they show it.

mod agent;
mod contact;
mod correction;
mod device;
mod family;
mod forged;
mod moved;
mod red;

use crate::harness::Browser;

/// The phone has drawn its code.
const DRAWN: &str = "document.querySelector('#picture svg')";
/// What the page's colour is.
const COLOR: &str = "document.getElementById('status').dataset.color";
/// What the checkpoint says of the last code.
const WORD: &str = "(document.querySelector('#result .word')?.textContent ?? '')";

/// Waits until the checkpoint that was opened has its verifier, its keys and its worker.
pub(crate) async fn is_ready(browser: &Browser) {
    browser
        .until("document.getElementById('gate')?.dataset.ready === '' && navigator.serviceWorker.controller")
        .await;
}
