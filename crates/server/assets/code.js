/**
 * The code page: fetches the code, proves it anew every 30 seconds without the server, and says how old the status is.
 *
 * What it needs of the page stands in `#status` and `#qr` (`data-…`), its texts among them. Without this script the page
 * is whole but for the symbol.
 */

import { CODE, deviceName, get, names, put, remove } from "./keep.js";
import { Mingma } from "./mingma.js";

/** How often the proof is renewed; it counts for 90 seconds. */
const RENEWAL_MS = 30_000;
/** How often the centre is asked whether anything has changed. */
const ASK_MS = 300_000;
/** How long before its end a code is fetched anew, and as long after it as the centre does not answer. */
const RENEW_BEFORE_MS = 60_000;
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

/** The time by the clocks of the place whose rules count, as everywhere on the page. */
function hhmm(date) {
  const how = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: status.dataset.zone };
  return date.toLocaleTimeString(document.documentElement.lang, how);
}

/** Says how old the status on the page is, once it is not of this moment. */
function tellAge() {
  const asOf = new Date(status.dataset.asOf);
  const old = Date.now() - asOf.getTime();
  stale.hidden = old < OLD_MS;
  if (!stale.hidden) {
    const say = qr.dataset;
    stale.textContent = say.old.replace("{time}", hhmm(asOf)).replace("{age}", age(old, say));
  }
}

class Trouble extends Error {}

/** The code from the centre; none if the centre cannot be reached. */
async function fetchCode(person) {
  let answer;
  try {
    answer = await fetch(`/api/v1/persons/${person}/codes`, { method: "POST", credentials: "same-origin" });
  } catch {
    return null;
  }
  const served = Date.parse(answer.headers.get("date") ?? "");
  if (Math.abs(served - Date.now()) > SKEW_MS) note(qr.dataset.clock);
  if (answer.status >= 500) return null;
  if (answer.status === 409) throw new Trouble(qr.dataset.noKey);
  if (!answer.ok) throw new Trouble(qr.dataset.broken);
  return answer.json();
}

/** The key to which the session is bound; keys of former sessions go. */
async function ownKey(point) {
  const pair = point ? await get(deviceName(point)) : undefined;
  if (!pair) throw new Trouble(qr.dataset.noKey);
  for (const name of await names()) {
    if (name.startsWith("device:") && name !== deviceName(point)) await remove(name);
  }
  return pair.privateKey;
}

/** The newest code: the centre's, else the one that this device kept for the same key, for oneself alone. */
async function newestCode({ person, device, color }) {
  const made = await fetchCode(person);
  if (made) {
    const kept = { device, color, code: made.code, expires: made.expires };
    if (person === "me") await put(CODE, kept);
    return kept;
  }
  const kept = person === "me" ? await get(CODE) : undefined;
  // A code of another colour than the page's would contradict what stands beside it.
  if (!kept || kept.device !== device || kept.color !== color) throw new Trouble(qr.dataset.unreachable);
  return kept;
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
    shown.textContent = now.toLocaleTimeString(document.documentElement.lang, { hour12: false });
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

/** Asks the centre whether the status is still what stands here; loads the page anew if not. */
async function look(person) {
  try {
    const answer = await fetch(`/api/v1/persons/${person}/status`, { credentials: "same-origin" });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return;
    if (said(await answer.json()) !== status.dataset.said) return location.reload();
    status.dataset.asOf = new Date().toISOString();
  } catch {
    // The centre cannot be reached: what stands here grows old, and says so.
  }
}

async function show() {
  const { person, device, label } = qr.dataset;
  const mingma = await Mingma.load("/assets/mingma.wasm");
  const key = await ownKey(device);
  let kept = await newestCode(qr.dataset);
  const draw = async () => {
    if (Date.now() >= Date.parse(kept.expires)) throw new Trouble(qr.dataset.expired);
    const shown = await mingma.prove(kept.code, key, Math.floor(Date.now() / 1_000));
    document.getElementById("picture").innerHTML = mingma.qrSvg(shown, label, "screen");
    qr.dataset.proofAt = String(Math.floor(Date.now() / 1_000));
  };
  const redraw = async () => {
    if (Date.parse(kept.expires) - Date.now() < RENEW_BEFORE_MS) {
      kept = await newestCode(qr.dataset).catch(() => kept);
    }
    await draw().then(mended, failed);
  };
  await draw();
  setInterval(redraw, RENEWAL_MS);
  setInterval(() => look(person), ASK_MS);
  document.addEventListener("visibilitychange", async () => {
    if (document.hidden) return;
    await look(person);
    kept = await newestCode(qr.dataset).catch(() => kept);
    redraw();
  });
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

if (qr && status) {
  qr.hidden = false;
  clock();
  show().catch(failed);
}
