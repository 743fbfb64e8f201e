/**
 * The code page: fetches the code, proves it anew every 30 seconds without the server, and says how old the status is.
 *
 * What it needs of the page stands in `#status` and `#qr` (`data-…`), its texts among them. Without this script the page
 * is whole but for the symbol.
 */

import { deviceName, forgetOthers, forgetPerson, get, keepCode, keptCode, names, remove } from "./keep.js";
import { Mingma } from "./mingma.js";

/** How often the proof is renewed; it counts for 90 seconds. */
const RENEWAL_MS = 30_000;
/** How often the centre is asked whether anything has changed. */
const ASK_MS = 300_000;
/** How long before its end a code is fetched anew, and as long after it as the centre does not answer. */
const RENEW_BEFORE_MS = 60_000;
/** How long the centre may take to answer: the slowest network's two seconds each way leave it six. */
const PATIENCE_MS = 10_000;
/** From what age on a status is called old: a page that was just loaded is seconds old. */
const OLD_MS = 120_000;
/** By how much the phone's clock may differ before checkpoints say «clock?»; they allow 30 s ahead and 90 s behind. */
const SKEW_MS = 25_000;

const status = document.getElementById("status");
const qr = document.getElementById("qr");
const stale = document.getElementById("stale");

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => {});
}

/** «3 min», «2 h», «1 d» in the page's language. */
function age(ms, say) {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return say.minutes.replace("…", minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? say.hours.replace("…", hours) : say.days.replace("…", Math.round(hours / 24));
}

/** The time by the clocks of the place whose rules count, as everywhere on the page: a phone may be set to another zone. */
function timeThere(date, how = {}) {
  const { lang } = document.documentElement;
  return date.toLocaleTimeString(lang, { ...how, hour12: false, timeZone: status.dataset.zone });
}

function hhmm(date) {
  return timeThere(date, { hour: "2-digit", minute: "2-digit" });
}

/** How old the status on the page is, in milliseconds. */
function statusAge() {
  return Date.now() - Date.parse(status.dataset.asOf);
}

/** Says how old the status on the page is, once it is not of this moment. */
function tellAge() {
  const old = statusAge();
  const asOf = new Date(status.dataset.asOf);
  stale.hidden = old < OLD_MS;
  if (!stale.hidden) {
    const say = qr.dataset;
    stale.textContent = say.old.replace("{time}", hhmm(asOf)).replace("{age}", age(old, say));
  }
}

class Trouble extends Error {}

/** What the centre answers of a person; null if it cannot be reached or does not answer in time. */
async function ask(person, what, method = "GET") {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const answer = await fetch(`/api/v1/persons/${person}/${what}`, { method, credentials: "same-origin", signal });
    return { status: answer.status, served: answer.headers.get("date"), body: answer.ok ? await answer.json() : null };
  } catch {
    return null;
  }
}

/** The code from the centre, kept for when it cannot be reached; none if it cannot. */
async function newCode({ person, device, color }) {
  // A page that was kept may be of another colour than the code that the centre makes now.
  if (statusAge() >= OLD_MS && !(await look(person))) return null;
  const answer = await ask(person, "codes", "POST");
  if (answer === null) return null;
  const served = Date.parse(answer.served ?? "");
  if (Math.abs(served - Date.now()) > SKEW_MS) note(qr.dataset.clock);
  if (answer.status >= 500 || answer.status === 429) return null;
  if (answer.status === 409) throw new Trouble(qr.dataset.noKey);
  if (!answer.body) throw new Trouble(qr.dataset.broken);
  const made = { device, color, code: answer.body.code, expires: answer.body.expires };
  // A phone that has no room left shows it all the same.
  await keepCode(person, made).catch(() => {});
  return made;
}

/** The code that this device kept, if it is for the same key and of the colour that stands beside it. */
async function lastCode({ person, device, color }) {
  const kept = await keptCode(person);
  return kept?.device === device && kept.color === color ? kept : null;
}

/** The key to which the session is bound; keys of former sessions go, and with them whomever those had in their care. */
async function ownKey({ person, device }) {
  const pair = device ? await get(deviceName(device)) : undefined;
  if (!pair) throw new Trouble(qr.dataset.noKey);
  const former = (await names()).filter((name) => name !== deviceName(device));
  for (const name of former) await remove(name);
  if (former.length > 0) await forgetOthers(person);
  return pair.privateKey;
}

function note(text) {
  const trouble = document.getElementById("qr-trouble");
  trouble.textContent = text;
  trouble.hidden = false;
}

function clock() {
  const shown = document.getElementById("clock");
  const tick = () => {
    const now = new Date();
    shown.dateTime = now.toISOString();
    shown.textContent = timeThere(now);
    tellAge();
  };
  tick();
  setInterval(tick, 1_000);
}

/** What the page says of a status, and the centre in its answer: the same words for the same. */
function said({ color, popup, until, reasons, path_to_green: ways }) {
  const each = reasons.map((reason) => `${reason.code} ${reason.until ?? ""}`);
  const way = ways ? [ways.smallest.green_on, ...ways.smallest.steps.map((step) => step.on)] : [];
  return [popup ? "popup" : color, until ?? "", ...each, ...way].join(";");
}

/** Asks the centre whether the status is still what stands here, and loads the page anew if not. Gives whether it is. */
async function look(person) {
  const answer = await ask(person, "status");
  if (answer === null) return false;
  const same = answer.body !== null && said(answer.body) === status.dataset.said;
  if (same) status.dataset.asOf = new Date().toISOString();
  // Signed out, or let act for this person no more: the page says so, and what was kept is forgotten (see /sw.js).
  else if (answer.body !== null || [401, 403].includes(answer.status)) location.reload();
  return same;
}

async function show() {
  const { person, label } = qr.dataset;
  const mingma = await Mingma.load("/assets/mingma.wasm");
  const key = await ownKey(qr.dataset);
  let code = await lastCode(qr.dataset);
  let refused = null;
  const ends = () => (code ? Date.parse(code.expires) : 0);
  const draw = async () => {
    if (!code) throw refused ?? new Trouble(qr.dataset.unreachable);
    if (Date.now() >= ends()) throw new Trouble(qr.dataset.expired);
    const shown = await mingma.prove(code.code, key, Math.floor(Date.now() / 1_000));
    document.getElementById("picture").innerHTML = mingma.qrSvg(shown, label, "screen");
    qr.dataset.proofAt = String(Math.floor(Date.now() / 1_000));
  };
  const redraw = () => draw().then(mended, failed);
  const renew = async () => {
    code = (await newCode(qr.dataset).catch(() => null)) ?? code;
    await redraw();
  };
  // INVARIANT: what needs no centre waits for none. The code that is here is drawn before anything is asked: a centre that
  // is down refuses at once, one that is overloaded only hangs.
  if (Date.now() < ends()) await redraw();
  setInterval(async () => {
    await redraw();
    if (ends() - Date.now() < RENEW_BEFORE_MS) await renew();
  }, RENEWAL_MS);
  setInterval(() => look(person), ASK_MS);
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return;
    await redraw();
    if (await look(person)) await renew();
  });
  try {
    code = (await newCode(qr.dataset)) ?? code;
  } catch (error) {
    [code, refused] = [null, error];
  }
  await redraw();
}

/** Takes back what [`failed`] said, once there is a symbol again. */
function mended() {
  const renewed = document.getElementById("renewed");
  if (!renewed.hidden) return;
  renewed.hidden = false;
  document.getElementById("qr-trouble").hidden = true;
}

function failed(error) {
  document.getElementById("picture").replaceChildren();
  document.getElementById("renewed").hidden = true;
  note(error instanceof Trouble ? error.message : error?.code === "other-device" ? qr.dataset.noKey : qr.dataset.broken);
}

/** Whether the reader may no longer act for whom the page is about; then it is forgotten, also while the centre is down. */
function isOver() {
  return Date.now() >= Date.parse(status.dataset.boundUntil ?? "");
}

if (status && isOver()) {
  await forgetPerson(status.dataset.person);
  location.replace("/code");
} else if (qr && status) {
  qr.hidden = false;
  clock();
  show().catch(failed);
}
