//! Everything that was done, where somebody shows a tree of their own making.

use serde_json::json;

use crate::harness::{Browser, in_city};
use crate::people::{CONTACT, sign_in};

/// What stands between the page and the service: `forge` says what of it is forged. Proofs are of a tree of one entry that says what the page
/// says; heads are that tree's, signed by a key of the forger's own, under the number of the log's or of their own.
const FORGER: &str = r#"(async () => {
    const [real, forge] = [window.fetch, { proofs: false, heads: false, key: false }];
    const utf8 = new TextEncoder();
    const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
    const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
    const hex = (digits) => Uint8Array.from(digits.match(/../g), (pair) => Number.parseInt(pair, 16));
    const word = (text) => (text === undefined ? [0] : joined([1], utf8.encode(text)));
    const field = (bytes) => joined([0, 0, 0, bytes.length], bytes);
    const policy = await (await real("/log/policy")).text();
    const [, origin, id, typed] = /^log ([^ +]+)\+([0-9a-f]{8})\+([^ \n]+)/.exec(policy);
    const own = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const point = joined([1], new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey)));
    const ownId = (await sha256(joined(utf8.encode(origin + "\n"), point))).slice(0, 4);
    const entry = ({ act, at, issuer, region, subject, leaf }) => {
        const second = new Uint8Array(8);
        new DataView(second.buffer).setBigUint64(0, BigInt(Math.floor(Date.parse(at) / 1000)));
        const fields = [utf8.encode("mingma/act/1"), utf8.encode(act), second, word(issuer), word(region), word(subject), hex(leaf)];
        return joined(...fields.map(field));
    };
    const root = async (bytes) => base64(await sha256(joined([0], bytes)));
    const note = async (bytes) => {
        const text = `${origin}\n1\n${await root(bytes)}\n`;
        const seal = new Uint8Array(await crypto.subtle.sign("Ed25519", own.privateKey, utf8.encode(text)));
        return `${text}\n\u2014 ${origin} ${base64(joined(forge.key ? ownId : hex(id), seal))}\n`;
    };
    const items = [...document.querySelectorAll("[data-proof]")];
    window.fetch = async (place, asked) => {
        const item = items.find(({ dataset }) => place.startsWith(dataset.proof));
        if (item && forge.proofs) {
            const bytes = entry(item.dataset);
            const way = `c2sp.org/tlog-proof@v1\nextra ${base64(bytes)}\nindex 0\n\n`;
            return new Response(place.includes("size=") ? way : way + await note(bytes));
        }
        if (place.endsWith("/checkpoint") && forge.heads) return new Response(await note(entry(items[0].dataset)));
        if (place === "/log/policy" && forge.key) {
            const number = [...ownId].map((byte) => byte.toString(16).padStart(2, "0")).join("");
            return new Response(`log ${origin}+${number}+${base64(point)}\nquorum none\n`);
        }
        return real(place, asked);
    };
    window.forge = forge;
    return true;
})()"#;

/// Checks everything while this is forged, and gives what is said of the entries and at the top, by the names of the texts.
async fn is_told(browser: &Browser, forged: &str, entries: &str, top: &str) {
    browser.value(&format!("Object.assign(window.forge, {forged})")).await;
    browser.press("#check").await;
    let told = format!(
        "(() => {{
            const said = (line, name) => line.textContent === document.getElementById('check').dataset[name];
            const lines = [...document.querySelectorAll('article.fact output')];
            const top = ['log-key', 'log-heads'].map((id) => document.getElementById(id).className);
            return !document.getElementById('check').disabled && lines.length > 3
                && lines.every((line) => said(line, '{entries}')) && top.includes('{top}');
        }})()"
    );
    browser.until(&told).await;
}

#[tokio::test]
async fn a_tree_of_somebodys_own_is_told_and_so_are_a_head_and_a_key_of_their_own() {
    let Some((browser, server)) = in_city().await else { return };
    browser.goto(&server.at("/language?to=en&back=/")).await.unwrap();
    sign_in(&browser, &server, CONTACT, "/code").await;
    browser.goto(&server.at("/facts/journal")).await.unwrap();
    browser.until("document.getElementById('check') && !document.getElementById('check').hidden").await;
    assert_eq!(browser.value(FORGER).await, json!(true));
    let nothing = "{ proofs: false, heads: false, key: false }";
    is_told(&browser, nothing, "right", "key").await;
    browser.says("#log-heads", "Judged by this checkpoint").await;
    // A tree of one entry holds by itself, and is not the log's.
    is_told(&browser, "{ proofs: true }", "wrong", "key").await;
    is_told(&browser, "{ heads: true }", "wrong", "forged").await;
    // Whoever has changed the key is told of by the key that this device saw first.
    is_told(&browser, "{ key: true }", "unjudged", "changed").await;
    browser.says("#log-key", "nothing is called proved here").await;
    browser.axe("facts-journal-forged").await;
    is_told(&browser, nothing, "right", "key").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}
