/**
 * The page of everything that was done: fetches each entry's proof when asked to, and checks it here.
 *
 * All proofs of a log stand on one checkpoint, which is fetched as everybody fetches it, without a session, and is believed by the key
 * that this device saw first. The key says nothing about anybody, so it stays when somebody signs out.
 */

import { check, gaps, isAbout, logKey, read, signed, Unproved } from "./proof.js";

/** Where this device keeps the log's key: its name, the key and the day on which it was seen first. */
const KEPT = "mingma-log-key";

/** How long the centre may take for each answer. */
const PATIENCE_MS = 10_000;

/** Asks the centre, which may hang. */
const inTime = (place, how) => fetch(place, { ...how, signal: AbortSignal.timeout(PATIENCE_MS) });

const everybodys = async (place) => {
  const answer = await inTime(place, { credentials: "omit", cache: "no-store" });
  if (!answer.ok) throw new Error(place);
  return answer.text();
};

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** The log's key and whether it is the one that this device saw first, which is kept. */
async function knownKey() {
  const { name, bytes } = await logKey(await everybodys("/log/policy"));
  const told = { name, key: base64(bytes) };
  const first = JSON.parse(localStorage.getItem(KEPT)) ?? { ...told, since: new Date().toISOString().slice(0, 10) };
  const same = first.name === name && first.key === told.key;
  if (same) localStorage.setItem(KEPT, JSON.stringify(first));
  return { bytes, name, told, first, same };
}

/** The checkpoints by which this look judges, each fetched and its signature checked once. */
function checkpoints({ name, bytes }) {
  const fetched = new Map();
  const take = async (origin) => {
    const quarter = origin.startsWith(`${name}/`) ? origin.slice(name.length + 1) : "";
    if (!/^[0-9]{4}q[1-4]$/.test(quarter)) throw new Unproved("another log");
    const found = await signed(await everybodys(`/log/${quarter}/checkpoint`), bytes);
    if (found.origin !== origin) throw new Unproved("another log");
    return found;
  };
  const of = (origin) => {
    if (!fetched.has(origin)) fetched.set(origin, take(origin));
    return fetched.get(origin);
  };
  return { of, all: () => Promise.all(fetched.values()) };
}

/** An entry's proof file on the checkpoint of this look; none while no checkpoint stands on it. */
async function proofOf(place, heads) {
  const ask = async (where) => {
    const answer = await inTime(where, { cache: "no-store" });
    if (answer.status === 409) return null;
    if (!answer.ok) throw new Error(place);
    return answer.text();
  };
  const file = await ask(place);
  if (file === null) return null;
  const { origin, size } = read(file);
  const head = await heads.of(origin);
  if (size === head.size) return { head, file };
  // The log has grown since: the way up to the root of this look's checkpoint, which completes the file.
  const way = await ask(`${place}?size=${head.size}`);
  return way && { head, file: way + head.note };
}

async function outcome(item, heads) {
  const { proof, id, act, at, issuer, region, subject, salt, leaf, former, content, hash, signed: seal, doer } = item.dataset;
  try {
    const found = await proofOf(proof, heads);
    if (found === null) return "waits";
    const clear = { issuer: issuer ?? null, region: region ?? null, subject: subject ?? null };
    const opened = {
      salt: salt ?? null, former: former ?? null, content: content ?? null, content_hash: hash ?? null,
      signature: seal === undefined ? null : { proof: seal }, doer: doer === undefined ? null : { content: doer },
    };
    const { opened: whole } = await check(found.file, { id, act, at, leaf, ...clear, ...opened }, found.head);
    return whole ? "right" : "shut";
  } catch (error) {
    return error instanceof Unproved ? "wrong" : "unfetched";
  }
}

/** The document that stands in the fields, as issuers write it; null if there is none. It leaves the page to nobody. */
function written() {
  const value = (id) => document.getElementById(id).value;
  const number = value("number").replace(/\s/g, "").toUpperCase();
  const kind = document.querySelector("#kind input:checked")?.value;
  if (!kind || number === "") return null;
  const numbered = (kind) => (kind === "passport" ? [kind, value("country"), number] : [kind, number]).join(":");
  return kind === "child" ? ["child", numbered(value("guardian-kind")), value("birth"), value("ordinal")].join(":") : numbered(kind);
}

/** Whether the issuer's signature is about the reader. */
async function meant({ signed: proof, signedSalt: salt }, whom) {
  if (whom === null) return "uncompared";
  try {
    return await isAbout({ proof, salt }, whom) ? "meant" : "unmeant";
  } catch (error) {
    if (error instanceof Unproved) return "unmeant";
    throw error;
  }
}

/** Everything that was done, of all pages. */
async function list(place) {
  const entries = [];
  for (let next = null; ;) {
    const answer = await inTime(next === null ? place : `${place}?after=${next}`);
    if (!answer.ok) throw new Error(place);
    const page = await answer.json();
    entries.push(...page.items);
    next = page.next;
    if (next === null) return entries;
  }
}

async function chain(place) {
  try {
    return gaps(await list(place)).length === 0 ? "whole" : "gap";
  } catch {
    return "unfetched";
  }
}

/** Says in a line what a text of the page says, by its name, with something in its places. */
function say(button, line, name, places = {}) {
  const fill = (text, [place, value]) => text.replace(`%${place}%`, value);
  line.textContent = Object.entries(places).reduce(fill, button.dataset[name]);
  line.className = name;
}

const failure = (error) => (error instanceof Unproved ? "forged" : "unfetched");

/** The log's key, of which it is said first whether it is to be believed; none if not. */
async function keyOf(button) {
  const line = document.getElementById("log-key");
  try {
    const { told, first, same, ...key } = await knownKey();
    say(button, line, same ? "key" : "changed", { key: told.key, first: first.key, since: first.since });
    return same ? key : null;
  } catch (error) {
    say(button, line, failure(error));
    return null;
  }
}

/** The checkpoints by which it was judged, for comparison with what others see. */
async function tellHeads(button, heads) {
  const line = document.getElementById("log-heads");
  try {
    const told = (await heads.all()).map(({ origin, size, root }) => `${origin} · ${size} · ${base64(root)}`);
    if (told.length > 0) say(button, line, "heads", { heads: told.join(" — ") });
  } catch (error) {
    say(button, line, failure(error));
  }
}

async function look(button) {
  document.getElementById("log-heads").textContent = "";
  const key = await keyOf(button);
  const heads = key && checkpoints(key);
  const whom = written();
  say(button, document.getElementById("chain"), await chain(button.dataset.list));
  for (const item of document.querySelectorAll("[data-proof]")) {
    say(button, item.querySelector("output"), heads ? await outcome(item, heads) : "unjudged");
    const about = item.querySelector("[data-whom]");
    if (about) say(button, about, await meant(item.dataset, whom));
  }
  if (heads) await tellHeads(button, heads);
}

/** Whether the browser can check the log's signature at all. */
const canCheck = async () => {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
    return true;
  } catch (error) {
    return error.name !== "NotSupportedError";
  }
};

const button = document.getElementById("check");
if (button && globalThis.crypto?.subtle) {
  if (await canCheck()) {
    button.hidden = false;
    document.getElementById("mine").hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      await look(button);
      button.disabled = false;
    });
  } else {
    say(button, document.getElementById("log-key"), "unable");
  }
}
