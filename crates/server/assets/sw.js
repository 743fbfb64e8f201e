/**
 * The service worker: lets the code pages open when the centre is down, one's own and those of the persons for whom one
 * acts. It keeps each page as it was last, and what it is made of; nothing else. It forgets a person's page and code when the
 * centre says that one acts for them no more, and everything when somebody signs out.
 */

const CACHE = "mingma-1";
const PAGE = "/code";
const PARTS = ["/assets/style.css", "/assets/icon.svg", "/assets/code.js", "/assets/keep.js", "/assets/mingma.js", "/assets/mingma.wasm"];
/** How long the centre may take before the kept page is shown instead. */
const PATIENCE_MS = 4_000;
/** Whether the centre answered the last time that the page was asked for; its parts then come from there too. */
let reached = true;

self.addEventListener("install", (event) => {
  // A part that is missing is fetched when it is asked for; it does not keep the worker from starting.
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await Promise.allSettled(PARTS.map((part) => cache.add(part)));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const begin = async () => {
    // Only former ones of its own: the checkpoint has a worker and caches of its own.
    for (const name of await caches.keys()) if (name.startsWith("mingma-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
    // The page that started this worker was loaded before it, so it is asked for once more to be kept.
    const answer = await fetch(PAGE, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (answer?.ok) await (await caches.open(CACHE)).put(PAGE, answer);
  };
  event.waitUntil(begin());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "POST" && url.pathname === "/sign-out") {
    event.waitUntil(forget());
  } else if (request.method !== "GET") {
    return;
  } else if (request.mode === "navigate" && url.pathname === PAGE) {
    event.respondWith(page(event, request));
  } else if (PARTS.includes(url.pathname)) {
    event.respondWith(part(event, request));
  }
});

/** The page from the centre, or as it was last. */
async function page(event, request) {
  const cache = await caches.open(CACHE);
  const { search, searchParams } = new URL(request.url);
  const ward = searchParams.get("for");
  const whose = ward === null ? "" : `?for=${ward}`;
  const asked = fetch(request).then(async (answer) => {
    // With `?done=` the page says what was just done; that is not to be said again.
    if (answer.ok && search === whose) await cache.put(PAGE + whose, answer.clone());
    // Not one's affair, or no longer: the code goes with the page (see keep.js).
    if (answer.status === 403) {
      await cache.delete(PAGE + whose);
      await cache.delete(`/api/v1/persons/${ward ?? "me"}/codes`);
    }
    // Led away to sign in: whoever was signed in here no longer is.
    if (answer.type === "opaqueredirect" || answer.status === 401) await forget();
    return answer;
  });
  event.waitUntil(asked.catch(() => {}));
  const kept = await cache.match(PAGE + whose);
  const answer = await inTime(asked);
  reached = answer !== null && answer.status < 500;
  return reached ? answer : (kept ?? asked);
}

/** A part that fits the page: of today if the page is, else as it was last. */
async function part(event, request) {
  const cache = await caches.open(CACHE);
  const name = new URL(request.url).pathname;
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(name, answer.clone());
    return answer;
  });
  event.waitUntil(asked.catch(() => {}));
  const kept = await cache.match(name);
  if (kept && !reached) return kept;
  const answer = await inTime(asked);
  return answer?.ok ? answer : (kept ?? asked);
}

/** An answer, or null if there is none within the time that people have. */
function inTime(asked) {
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS, null));
  return Promise.race([asked.catch(() => null), late]);
}

async function forget() {
  await caches.delete(CACHE);
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase("mingma");
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
}
