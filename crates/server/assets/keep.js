/**
 * What this device keeps: its keys, which cannot be read out, in one store of IndexedDB; and of each person whose code page
 * it keeps (see /sw.js) the last code, beside the page, so that both are forgotten together.
 *
 * Nothing leaves it but what a page asks for; signing out deletes it whole (see /sw.js and `forget`).
 */

const DATABASE = "mingma";
const STORE = "kept";
/** Where the service worker keeps the pages; it has the same name for it. */
const PAGES = "mingma-1";

/** The name under which a key is kept. */
export const deviceName = (point) => `device:${point}`;

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => {
      // Signing out deletes the database; an open page must not stand in its way.
      asked.result.onversionchange = () => asked.result.close();
      done(asked.result);
    };
    asked.onerror = () => failed(asked.error);
  });
}

async function within(mode, what) {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      const act = database.transaction(STORE, mode);
      const asked = what(act.objectStore(STORE));
      act.oncomplete = () => done(asked?.result);
      act.onerror = act.onabort = () => failed(act.error);
    });
  } finally {
    database.close();
  }
}

export const get = (name) => within("readonly", (store) => store.get(name));
export const put = (name, value) => within("readwrite", (store) => store.put(value, name));
export const remove = (name) => within("readwrite", (store) => store.delete(name));
export const names = () => within("readonly", (store) => store.getAllKeys());

/** The addresses under which a person's page and code are kept; oneself is `me`. */
function addresses(person) {
  return { page: person === "me" ? "/code" : `/code?for=${person}`, code: `/api/v1/persons/${person}/codes` };
}

/** Keeps a person's last code. */
export async function keepCode(person, code) {
  const pages = await globalThis.caches?.open(PAGES);
  await pages?.put(addresses(person).code, new Response(JSON.stringify(code)));
}

/** A person's last code; undefined if none is kept. */
export async function keptCode(person) {
  const kept = await globalThis.caches?.match(addresses(person).code);
  return kept?.json();
}

/** Keeps nothing of a person any more for whom nobody acts here now. */
export async function forgetPerson(person) {
  const pages = await globalThis.caches?.open(PAGES);
  for (const address of Object.values(addresses(person))) await pages?.delete(address);
}

/** Keeps nothing any more of anybody but this person: whoever was signed in before had others in their care. */
export async function forgetOthers(person) {
  const pages = await globalThis.caches?.open(PAGES);
  const own = Object.values(addresses(person));
  for (const request of (await pages?.keys()) ?? []) {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/assets/") && !own.includes(pathname + search)) await pages.delete(request);
  }
}

/** Keeps nothing of this device any more. */
export async function forget() {
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
  if ("caches" in self) {
    for (const name of await caches.keys()) await caches.delete(name);
  }
}
