/**
 * The checkpoint: reads a code by the camera, the keyboard or a scanner that types, judges it here, and says one thing.
 *
 * Nothing that was read is kept, sent or written down: it goes from the reader to the verifier, and from its verdict to
 * the screen, until the next code, the set time, another page or another window takes it away. What is asked of the
 * centre (keys.js) is asked by the clock and never because of a code.
 */

import { Mingma, Refusal } from "/assets/mingma.js";
import { Camera } from "./camera.js";
import { Keys } from "./keys.js";
import { Signals } from "./signals.js";
import { tellHoldings } from "./tell.js";

/** How often the centre is asked for newer keys and lists: a revocation is known here within three minutes. */
const REFRESH_MS = 180_000;
/** How long the regions’ names may take: 200 kB over the slowest network, of 64 kbit/s, take 25 s. */
const NAMES_MS = 30_000;
/** What is compared with the person stands only beside a verdict about that person's own code. */
const COMPARED = ["green", "yellow", "red", "clock"];

const at = (id) => document.getElementById(id);
const say = at("gate").dataset;
const [result, again, typed, finder, hint] = ["result", "again-row", "typed", "finder", "hint"].map(at);
const signals = new Signals();

let verifier = null;
let keys = null;
let regions = {};
let back = 0;
/** Whether the reader wants the camera: it is off while nobody looks at the page. */
let wanted = false;

const camera = new Camera(at("video"), judge);

function now() {
  return Date.now() / 1_000;
}

/** Judges a text, shows what it is, and lets go of it. */
function judge(text) {
  let verdict;
  try {
    verdict = verifier ? verifier.verify(text, now()) : { result: "no-trust" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    verdict = { result: unjudged(error.code) };
  }
  show(verdict);
}

/** Why nothing was said of a text: the keys are too old, of a time that is to come for this clock, or none. */
function unjudged(refusal) {
  if (refusal === "no-trust") return ["stale", "ahead"].includes(keys?.refused) ? keys.refused : "no-trust";
  return refusal === "stale" ? "stale" : "unreadable";
}

/** @param {{result: string, code?: {status?: object}}} verdict */
function show({ result: name, code }) {
  // A word that this page does not know is never a pass.
  const face = document.querySelector(`template[data-result="${CSS.escape(name)}"]`)
    ?? document.querySelector('template[data-result="unsupported"]');
  const shown = face.content.cloneNode(true);
  const compared = shown.querySelector(".compare");
  if (compared && COMPARED.includes(name) && code?.status) compare(compared, code.status);
  else compared?.remove();
  result.replaceChildren(shown);
  camera.paused = true;
  again.hidden = false;
  finder.hidden = hint.hidden = true;
  result.scrollIntoView({ block: "start" });
  signals.give(face.dataset.signal);
  clearTimeout(back);
  const seconds = Number(at("after").value);
  if (seconds > 0) back = setTimeout(clear, seconds * 1_000);
}

/** The region's name, the initials and the birthday, and nothing else of what the code says. */
function compare(into, { region, initials, birthday }) {
  const values = { region: regions[region] ?? region, initials, birthday: birthday?.replace(/^(\d\d)(\d\d)$/, "$1-$2") };
  for (const [name, value] of Object.entries(values)) {
    const place = into.querySelector(`[data-value="${name}"]`);
    if (value) place.textContent = value;
    else place.parentElement.remove();
  }
}

/** Lets go of the last result and looks for the next code. */
function clear() {
  clearTimeout(back);
  result.replaceChildren();
  typed.value = "";
  again.hidden = true;
  finder.hidden = hint.hidden = !camera.running;
  camera.paused = false;
}

async function start(which) {
  at("camera-trouble").hidden = true;
  try {
    await camera.start(which);
  } catch (error) {
    wanted = false;
    at("camera-trouble").textContent = say[`camera${error.name}`] ?? say.cameraBroken;
    at("camera-trouble").hidden = false;
  }
  dress();
  if (camera.running) listCameras();
}

function stop() {
  camera.stop();
  dress();
}

/** Shows what can be done with the camera as it is. */
function dress() {
  at("start").hidden = camera.running;
  at("stop").hidden = !camera.running;
  at("torch").hidden = !camera.hasTorch;
  at("torch").setAttribute("aria-pressed", "false");
  at("which-row").hidden = !camera.running || at("which").options.length < 2;
  finder.hidden = hint.hidden = !camera.running || !again.hidden;
}

async function listCameras() {
  const list = await camera.list();
  const choice = (device, number) => new Option(device.label || `${number + 1}`, device.deviceId, false, device.deviceId === camera.which);
  at("which").replaceChildren(...list.map(choice));
  at("which-row").hidden = list.length < 2;
}

function tick() {
  const date = new Date(Date.now());
  at("clock").dateTime = date.toISOString();
  at("clock").textContent = date.toLocaleTimeString(document.documentElement.lang, { hour12: false });
  if (keys) tellHoldings(keys, say, now());
}

async function refresh() {
  if (!keys || document.hidden) return;
  await keys.refresh(now);
  tick();
}

/** Learns what the regions are called; a region stands by its number where that does not come. */
async function nameRegions() {
  const answer = await fetch("/checkpoint/regions.json", { signal: AbortSignal.timeout(NAMES_MS) }).catch(() => null);
  regions = answer?.ok ? await answer.json().catch(() => ({})) : {};
}

function listen() {
  at("start").addEventListener("click", () => {
    wanted = true;
    start(undefined);
  });
  at("stop").addEventListener("click", () => {
    wanted = false;
    stop();
  });
  at("which").addEventListener("change", ({ target }) => start(target.value));
  at("torch").addEventListener("click", async ({ currentTarget }) => {
    const lit = await camera.light(currentTarget.getAttribute("aria-pressed") !== "true");
    currentTarget.setAttribute("aria-pressed", String(lit));
  });
  at("mute").addEventListener("click", ({ currentTarget }) => {
    signals.muted = !signals.muted;
    currentTarget.setAttribute("aria-pressed", String(signals.muted));
  });
  at("again").addEventListener("click", clear);
  at("typed-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = typed.value.trim();
    typed.value = "";
    if (text) judge(text);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
    // A scanner types where nobody has chosen a field: what it types goes into ours.
    const sign = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (sign && !event.target.closest("input, select, textarea")) typed.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stop();
      clear();
    } else {
      if (wanted) start(camera.which);
      refresh();
    }
  });
  addEventListener("online", refresh);
  addEventListener("pagehide", () => {
    stop();
    clear();
    verifier?.close();
    verifier = keys = null;
  });
  // A page that is brought back from the browser's memory has no verifier any more.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

async function begin() {
  at("gate").hidden = false;
  listen();
  tick();
  setInterval(tick, 1_000);
  navigator.serviceWorker?.register("/checkpoint/sw.js", { scope: "/checkpoint" }).catch(() => {});
  const mingma = await Mingma.load("/assets/mingma.wasm");
  verifier = mingma.verifier();
  const opened = new Keys(verifier);
  await opened.open(now());
  keys = opened;
  tick();
  setInterval(refresh, REFRESH_MS);
  await Promise.all([refresh(), nameRegions()]);
  at("gate").dataset.ready = "";
}

begin().catch(() => {
  at("broken").hidden = false;
});
