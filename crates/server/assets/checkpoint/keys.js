/**
 * The keys and the lists of revoked codes: asked of the centre whole, so that it never learns which code is looked up, and
 * kept on this device so that it judges when the centre is down.
 */

import { Refusal } from "/assets/mingma.js";

const TRUST = "/api/v1/trust-list";
const LISTS = "/api/v1/status-lists";
const KEPT = "checkpoint-keys-1";
/**
 * How long the centre may take for each answer: the slowest network's two seconds each way leave it six. A centre that hangs is
 * one that does not answer, and is asked again at the next turn.
 */
const PATIENCE_MS = 10_000;
/** When something was fetched and until when it may be used, in seconds, as it is kept. */
const FETCHED = "x-fetched-at";
const UNTIL = "x-good-until";

export class Keys {
  /** Seconds: when the keys came from the centre, until when they may be used, when the lists were last compared. */
  fetched = 0;
  until = 0;
  compared = 0;
  /** Why there are no keys, or why those that the centre offers are not taken: a code of {@link Refusal}. */
  refused = null;
  /** Whether the centre answered when it was last asked. */
  reached = null;
  /** By how many seconds this device's clock is ahead of the centre's. */
  ahead = 0;

  #verifier;
  #trust = null;
  /** By number: `{tag, bytes}`. */
  #lists = new Map();
  #asking = null;

  constructor(verifier) {
    this.#verifier = verifier;
  }

  /** How many lists of revoked codes there are. */
  get lists() {
    return this.#lists.size;
  }

  /** Takes what this device kept. */
  async open(now) {
    const kept = await store();
    const trust = await kept?.match(TRUST);
    if (!trust) return;
    this.fetched = this.compared = Number(trust.headers.get(FETCHED));
    this.until = Number(trust.headers.get(UNTIL));
    if (!this.#believe(await bytesOf(trust), now)) return;
    for (const request of await kept.keys()) {
      const shard = new URL(request.url).pathname.split(`${LISTS}/`)[1];
      const list = shard && (await kept.match(request));
      if (list) this.#add(Number(shard), null, await bytesOf(list), now);
    }
  }

  /** Asks the centre, once at a time. @param {() => number} clock */
  refresh(clock) {
    this.#asking ??= this.#ask(clock).finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask(clock) {
    try {
      const listed = await this.#directory(clock);
      const trust = await asked(TRUST, "no-cache");
      if (!trust.ok) throw new Error("no trust list");
      this.reached = true;
      const bytes = await bytesOf(trust);
      if (!same(bytes, this.#trust) && !this.#believe(bytes, clock())) return;
      this.fetched = clock();
      await keep(TRUST, bytes, { [FETCHED]: this.fetched, [UNTIL]: this.until });
      await this.#compare(listed, clock);
    } catch {
      this.reached = false;
    }
  }

  /** Which lists there are; and by the way what time it is at the centre, also for a clock that makes its keys look wrong. */
  async #directory(clock) {
    const before = clock();
    const answer = await asked(LISTS, "no-store");
    const served = Date.parse(answer.headers.get("date") ?? "") / 1_000;
    if (served) this.ahead = (before + clock()) / 2 - served;
    if (!answer.ok) throw new Error("no lists");
    return (await answer.json()).lists;
  }

  /** Fetches the lists that are new or have changed, and lets go of those that no code can point to any more. */
  async #compare(lists, clock) {
    for (const { shard, tag } of lists) {
      if (this.#lists.get(shard)?.tag === tag) continue;
      const list = await asked(`${LISTS}/${shard}`, "no-cache");
      if (!list.ok) throw new Error("no list");
      const bytes = await bytesOf(list);
      if (this.#add(shard, tag, bytes, clock())) await keep(`${LISTS}/${shard}`, bytes, {});
    }
    const current = new Set(lists.map(({ shard }) => shard));
    for (const shard of this.#lists.keys()) {
      if (current.has(shard)) continue;
      this.#lists.delete(shard);
      await (await store())?.delete(`${LISTS}/${shard}`);
    }
    this.compared = clock();
  }

  /** Takes a trust list; what the verifier lets go of with the former one is added again. */
  #believe(bytes, now) {
    try {
      this.until = this.#verifier.setTrust(bytes, now).next_update;
      this.#trust = bytes;
      this.refused = null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused = error.code;
      return false;
    }
    for (const [shard, { tag, bytes }] of [...this.#lists]) this.#add(shard, tag, bytes, now);
    return true;
  }

  #add(shard, tag, bytes, now) {
    try {
      this.#verifier.addStatusList(bytes, now);
      this.#lists.set(shard, { tag, bytes });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === "older") return false;
      // Out of date, or not signed by a believed key: codes that stand in it are not judged.
      this.#lists.delete(shard);
      return false;
    }
  }
}

/** What the centre answers, in time; its body too. */
function asked(address, cache) {
  return fetch(address, { cache, credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** Where they are kept; nowhere if the browser has no such place. */
function store() {
  return globalThis.caches?.open(KEPT);
}

async function keep(address, bytes, headers) {
  await (await store())?.put(address, new Response(bytes, { headers }));
}

async function bytesOf(answer) {
  return new Uint8Array(await answer.arrayBuffer());
}

function same(one, other) {
  return other !== null && one.length === other.length && one.every((byte, place) => byte === other[place]);
}
