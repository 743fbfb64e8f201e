/**
 * The service worker of the checkpoint: lets the page open when the centre is down. It keeps the page and what it is made
 * of, which is the same for everybody. The keys are the page's own affair (keys.js); what the page reads never comes here.
 */

const KEPT = "checkpoint-parts-1";
const PAGE = "/checkpoint";
const PARTS = [
  "/assets/icon.svg",
  "/assets/mingma.js",
  "/assets/mingma.wasm",
  "/assets/style.css",
  "/checkpoint/camera.js",
  "/checkpoint/eye.js",
  "/checkpoint/keys.js",
  "/checkpoint/page.js",
  "/checkpoint/regions.json",
  "/checkpoint/signals.js",
  "/checkpoint/style.css",
  "/checkpoint/tell.js",
];
/** How long the centre may take before what is kept is shown instead. */
const PATIENCE_MS = 4_000;
/** For how long a centre that did not answer is not waited for again: a page has a dozen parts. */
const CUT_MS = 30_000;

/** When the centre did not answer last. */
let cut = 0;

self.addEventListener("install", (event) => {
  const keep = async () => {
    await (await caches.open(KEPT)).addAll([PAGE, ...PARTS]);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const begin = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("checkpoint-parts-") && name !== KEPT) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(begin());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || request.method !== "GET") return;
  const part = request.mode === "navigate" ? pathname === PAGE : PARTS.includes(pathname);
  if (part) event.respondWith(newest(event, pathname));
});

/** The part from the centre, so that all parts are of one edition; as it was last when the centre does not answer. */
async function newest(event, part) {
  const store = await caches.open(KEPT);
  const kept = await store.match(part);
  const asked = fetch(event.request).then(async (answer) => {
    if (answer.ok) await store.put(part, answer.clone());
    return answer;
  });
  if (!kept) return asked;
  event.waitUntil(asked.catch(() => {}));
  if (Date.now() - cut < CUT_MS) return kept;
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS, null));
  const answer = await Promise.race([asked.catch(() => null), late]);
  if (answer && answer.status < 500) return answer;
  cut = Date.now();
  return kept;
}
