//! The checkpoint as those at a gate use it: by camera and by keyboard, with the network cut, and leaving no trace.

mod codes;
mod traces;
mod words;

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;

use crate::harness::{Browser, Server};

/// The page has loaded its verifier, has asked for the keys and can be used.
const READY: &str = "document.getElementById('gate')?.dataset.ready === ''";
/// Its worker answers for it.
const KEPT: &str = "navigator.serviceWorker.controller";
/// What it says of the last code.
const WORD: &str = "(document.querySelector('#result .word')?.textContent ?? '')";
const ENTER: char = '\u{E007}';

/// The checkpoint in a language, ready.
async fn opened(browser: &Browser, server: &Server, lang: &str) {
    browser.goto(&server.at(&format!("/language?to={lang}&back=/checkpoint"))).await.unwrap();
    browser.until(READY).await;
}

/// Writes a code into the page's field and sends it off. Gives the page's word.
pub(crate) async fn typed(browser: &Browser, code: &str) -> String {
    let send = "const typed = document.getElementById('typed'); typed.value = arguments[0]; typed.form.requestSubmit();";
    browser.execute(send, vec![code.into()]).await.unwrap();
    text(browser, WORD).await
}

/// Types a code as a scanner on USB does: nobody has chosen a field, and it ends with Enter. Gives the page's word.
/// A second for each code, so most are [`typed`].
async fn scanned(browser: &Browser, code: &str) -> String {
    browser.execute("document.activeElement?.blur()", vec![]).await.unwrap();
    let keys = code.chars().chain([ENTER]).fold(KeyActions::new("scanner".to_owned()), |keys, value| {
        keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
    });
    browser.perform_actions(keys).await.unwrap();
    text(browser, WORD).await
}

/// The text that an expression is.
async fn text(browser: &Browser, expression: &str) -> String {
    browser.value(expression).await.as_str().unwrap_or_else(|| panic!("no text: {expression}")).to_owned()
}

async fn by_id(browser: &Browser, id: &str) -> Element {
    browser.find(Locator::Id(id)).await.unwrap()
}

async fn text_of(browser: &Browser, id: &str) -> String {
    by_id(browser, id).await.text().await.unwrap()
}

async fn click(browser: &Browser, id: &str) {
    by_id(browser, id).await.click().await.unwrap();
}
