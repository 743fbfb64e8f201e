/**
 * What this device keeps: its keys, which cannot be read out, and the last code. One store of IndexedDB, by name.
 *
 * Nothing leaves it but what a page asks for; signing out deletes it whole (see /sw.js and `forget`).
 */

const DATABASE = "mingma";
const STORE = "kept";

/** The names under which things are kept. */
export const CODE = "code";
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
