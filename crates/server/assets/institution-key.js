// An institution's signing key in the browser: imported once from its file so that it cannot be taken out again, kept in
// this origin's IndexedDB, and used to sign. The server never sees it.

import { hex, institutionSignInBytes } from "./submission.js";

const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const DATABASE = "mingma-institution";
const STORE = "keys";
/** How long the centre may take for each of the two steps of signing in. */
const PATIENCE_MS = 10_000;

/** The bytes of a PKCS#8 key in PEM. Throws if the text holds none. */
function pkcs8(pem) {
  const found = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(pem);
  if (!found) throw new TypeError("not a PKCS#8 key in PEM");
  return Uint8Array.from(atob(found[1].replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
}

/** Imports a key file's text (PKCS#8, P-256). The key that is given cannot be exported. */
export async function importKey(pem) {
  return crypto.subtle.importKey("pkcs8", pkcs8(pem), ES256, false, ["sign"]);
}

function inStore(mode, use) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const work = database.transaction(STORE, mode);
      const request = use(work.objectStore(STORE));
      work.oncomplete = () => { database.close(); resolve(request.result); };
      work.onabort = () => { database.close(); reject(work.error); };
    };
  });
}

/** Keeps an issuer's key on this device. */
export async function keepKey(issuer, key) {
  await inStore("readwrite", (keys) => keys.put(key, issuer));
}

/** The key that is kept for an issuer; undefined if there is none. */
export async function keptKey(issuer) {
  return inStore("readonly", (keys) => keys.get(issuer));
}

/** The issuers for which a key is kept. */
export async function keptIssuers() {
  return inStore("readonly", (keys) => keys.getAllKeys());
}

/** Forgets an issuer's key. */
export async function forgetKey(issuer) {
  await inStore("readwrite", (keys) => keys.delete(issuer));
}

/** Signs bytes (ES256); gives the 64 bytes of r and s in hexadecimal. */
export async function sign(key, bytes) {
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes);
  return hex(new Uint8Array(signature));
}

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  return { status: answer.status, json: answer.ok ? await answer.json() : null };
}

/** Signs an issuer in on this browser. Gives whether the server let it in; throws if the server cannot be reached. */
export async function signIn(issuer, key) {
  const asked = await post("/api/v1/institutions/challenges", {});
  if (!asked.json) return false;
  const { challenge } = asked.json;
  const signature = await sign(key, institutionSignInBytes(issuer, challenge));
  const made = await post("/api/v1/institutions/sessions", { issuer, challenge, signature, cookie: true });
  return made.status === 200;
}
