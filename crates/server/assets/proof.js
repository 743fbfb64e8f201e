/**
 * Checks on the reader's own device that an entry is in the journal's log, and that what the page says of it is what it commits to.
 *
 * The file is a C2SP `tlog-proof` with the entry as extra data. The tree is RFC 6962's, the way up RFC 9162's (2.1.3.2). What a file
 * says of the tree is believed only if a checkpoint says the same that the log's key has signed (C2SP `signed-note`, Ed25519).
 */

const utf8 = new TextEncoder();

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** Why something is not proved. */
export class Unproved extends Error {}

const demand = (holds, what) => {
  if (!holds) throw new Unproved(what);
};

/** The bytes of hexadecimal digits. */
export function unhex(digits) {
  demand(/^([0-9a-f]{2})*$/.test(digits), "not hexadecimal");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

const unbase64 = (text) => {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Unproved("not Base64");
  }
};

const hash32 = (text) => {
  const hash = unbase64(text);
  demand(hash.length === 32, "not a hash");
  return hash;
};

/** The key of a log in the first line of its policy: `{ name, bytes }`, where the name is the log's, without its quarter. */
export async function logKey(policy) {
  const [, origin, id, typed] = /^log ([^ +]+)\+([0-9a-f]{8})\+([^ \n]+)/.exec(policy) ?? [];
  demand(origin !== undefined, "no log's key");
  const key = unbase64(typed);
  demand(key.length === 33 && key[0] === 1 && same(unhex(id), await keyId(origin, key)), "no log's key");
  return { name: origin.slice(0, origin.lastIndexOf("/")), bytes: key.slice(1) };
}

const keyId = async (origin, typed) => (await sha256(joined(utf8.encode(`${origin}\n`), typed))).subarray(0, 4);

/** What stands in a checkpoint: `{ origin, size, root }`. */
function head(note) {
  const [origin, size, root, ...rest] = note.split("\n");
  demand(origin !== "" && root !== undefined && rest.length > 0, "no checkpoint");
  return { origin, size: number(size), root: hash32(root) };
}

/** What stands in a checkpoint that the key of these bytes has signed, and its note. Throws `Unproved`. */
export async function signed(note, bytes) {
  const cut = note.indexOf("\n\n");
  demand(cut > 0, "no signature");
  const said = head(note);
  const begin = `\u2014 ${said.origin} `;
  const id = await keyId(said.origin, joined([1], bytes));
  const lines = note.slice(cut + 2).split("\n").filter((line) => line.startsWith(begin));
  const seals = lines.map((line) => unbase64(line.slice(begin.length))).filter((seal) => same(seal.subarray(0, 4), id));
  demand(seals.length > 0, "not signed by the log's key");
  const key = await crypto.subtle.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  for (const seal of seals) {
    const holds = await crypto.subtle.verify("Ed25519", key, seal.subarray(4), utf8.encode(note.slice(0, cut + 1)));
    demand(holds, "not the log's signature");
  }
  return { ...said, note };
}

const number = (text) => {
  const value = Number(text);
  demand(/^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(value), "not a number");
  return value;
};

/** Fields, each after its length in four bytes: the registry's canonical encoding, and the log's. */
export function canonical(fields) {
  return joined(...fields.flatMap((field) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, field.length);
    return [length, field];
  }));
}

function fieldsOf(bytes) {
  const fields = [];
  let rest = bytes;
  while (rest.length > 0) {
    demand(rest.length >= 4, "no length");
    const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
    demand(rest.length >= 4 + length, "a field is cut off");
    fields.push(rest.subarray(4, 4 + length));
    rest = rest.subarray(4 + length);
  }
  return fields;
}

/** Reads a proof file. */
export function read(file) {
  const cut = file.indexOf("\n\n");
  demand(cut > 0, "no checkpoint");
  const [header, extra, index, ...path] = file.slice(0, cut).split("\n");
  demand(header === "c2sp.org/tlog-proof@v1" && extra?.startsWith("extra ") && index?.startsWith("index "), "no proof file");
  return {
    entry: unbase64(extra.slice(6)),
    index: number(index.slice(6)),
    path: path.map(hash32),
    ...head(file.slice(cut + 2)),
  };
}

/** Whether the tree holds the entry at its place. */
async function included({ entry, index, path, size, root }) {
  demand(index < size, "past the end");
  const node = (left, right) => sha256(joined([1], left, right));
  let [at, last, hash] = [index, size - 1, await sha256(joined([0], entry))];
  for (const sibling of path) {
    demand(last > 0, "too many hashes");
    if (at % 2 === 1 || at === last) {
      hash = await node(sibling, hash);
      while (at % 2 === 0 && at > 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      hash = await node(hash, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  demand(last === 0, "too few hashes");
  demand(same(hash, root), "not the tree's root");
}

/** What an act commits to: since entries name the one before, that too, and what stands beside the content: the issuer's signature, or who did it. */
async function commitment({ id, act, at, salt, former, content, content_hash, signature, doer }) {
  const named = [unhex(salt), unhex(id.replaceAll("-", "")), utf8.encode(act), utf8.encode(at)];
  const fields = [...named, content === null ? unhex(content_hash) : await sha256(unhex(content))];
  if (former === null) return sha256(canonical([utf8.encode("mingma/leaf/1"), ...fields]));
  const beside = signature?.proof ?? doer?.content;
  return sha256(canonical(beside === undefined
    ? [utf8.encode("mingma/leaf/2"), ...fields, unhex(former)]
    : [utf8.encode("mingma/leaf/3"), ...fields, unhex(former), await sha256(unhex(beside))]));
}

/**
 * Which of a person's entries follow a gap: they name a former one that is not in the list, or that another names too, or none
 * where another was the first, or do not say where those before them do. Takes the whole list, as the API gives it.
 */
export function gaps(entries) {
  const leaves = new Set(entries.map(({ leaf }) => leaf));
  const named = new Set();
  let chained = false;
  const follows = ({ former }) => {
    if (former === null) return !chained;
    chained = true;
    const once = !named.has(former);
    named.add(former);
    return once && (former === "" || leaves.has(former));
  };
  return entries.filter((entry) => !follows(entry)).map(({ id }) => id);
}

/** A word of the log's entry, or that there is none. */
const word = (text) => (text === null ? [0] : joined([1], utf8.encode(text)));

/** The second of an instant, as the log's entry has it. */
function second(at) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.floor(Date.parse(at) / 1000)));
  return bytes;
}

/**
 * Whether an issuer's signature, `{ proof, salt }` in hexadecimal, is about whoever has a document, which is written as issuers write it.
 * It is the one of an entry that was checked, or nothing says where it comes from. Throws `Unproved`.
 */
export async function isAbout({ proof, salt }, whom) {
  const [name, , about] = fieldsOf(unhex(proof));
  demand(name !== undefined && same(name, utf8.encode("mingma/signature/1")) && about !== undefined, "no signature");
  return same(about, await sha256(canonical([utf8.encode("mingma/about/1"), unhex(salt), utf8.encode(whom)])));
}

/**
 * Checks a proof file against a checkpoint that was found `signed` and against an entry as the API tells it: `{ id, act, at, issuer,
 * region, subject, salt, leaf, former, content, content_hash, signature, doer }`, hexadecimal where it is bytes; `signature` has the issuer's
 * `proof` and `doer` the `content` that says who did it, and each is null where there is none; `content` is null where what was done has ended, `salt` where nothing opens it any more.
 *
 * Gives the place in the log, and whether the content that is told was what it commits to. Throws `Unproved`.
 */
export async function check(file, told, checkpoint) {
  const proof = read(file);
  const { origin, size, root } = checkpoint;
  demand(proof.origin === origin && proof.size === size && same(proof.root, root), "another checkpoint");
  await included(proof);
  const fields = fieldsOf(proof.entry);
  demand(fields.length === 7 && same(fields[0], utf8.encode("mingma/act/1")), "no act");
  demand(same(fields[1], utf8.encode(told.act)), "another act");
  demand(same(fields[2], second(told.at)), "another second");
  demand(same(fields[3], word(told.issuer)), "another issuer");
  demand(same(fields[4], word(told.region)), "another region");
  demand(same(fields[5], word(told.subject)), "about something else");
  demand(same(fields[6], unhex(told.leaf)), "another entry");
  const opens = told.salt !== null && (told.content !== null || told.content_hash !== null);
  if (opens) demand(same(fields[6], await commitment(told)), "the content is another");
  return { index: proof.index, opened: opens && told.content !== null };
}
