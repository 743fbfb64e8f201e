// The bytes that an institution signs, as `mingma_registry::canonical` writes them: the name of what it is, then each field, every
// one as its length in four bytes, big-endian, and its bytes in UTF-8. `tests/vectors/signed.json` holds the two equal.

const UTF8 = new TextEncoder();

/** The columns of a row that are signed, in their order. */
export const COLUMNS = ["person", "kind", "value", "at", "until", "region", "evidence", "credential"];

/** The canonical bytes of some texts, or of bytes as they are. */
function canonical(parts) {
  const fields = parts.map((part) => (typeof part === "string" ? UTF8.encode(part) : part));
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + 4 + field.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of fields) {
    view.setUint32(at, field.length);
    bytes.set(field, at + 4);
    at += 4 + field.length;
  }
  return bytes;
}

async function sha256(parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", canonical(parts)));
}

/** Whom something is about, for whoever is not told the document. */
function about(salt, person) {
  return sha256(["mingma/about/1", salt, person]);
}

/** What stands for a row in the tree over all of them. */
async function rowHash(salt, row, place) {
  const own = await sha256(["mingma/row-salt/1", salt, String(place)]);
  const [person, ...said] = COLUMNS.map((column) => row[column] ?? "");
  return sha256(["mingma/row/2", await about(own, person), ...said]);
}

/** What is signed to submit rows: pairs are hashed together, level by level, and the last of an odd number goes up as it is. */
export async function submissionBytes(issuer, key, salt, rows) {
  let level = await Promise.all(rows.map((row, place) => rowHash(salt, row, place)));
  while (level.length > 1) {
    const pairs = level.flatMap((left, place) => (place % 2 === 0 ? [[left, level[place + 1]]] : []));
    level = await Promise.all(pairs.map(([left, right]) => (right ? sha256(["mingma/rows/2", left, right]) : left)));
  }
  return canonical(["mingma/submission/2", issuer, key, String(rows.length), level[0]]);
}

/** What is signed to countersign a fact. */
export async function countersignatureBytes(issuer, salt, person, fact) {
  return canonical(["mingma/countersignature/2", issuer, await about(salt, person), fact]);
}

/** What is signed to take a fact back. */
export async function retractionBytes(issuer, salt, person, fact, reason) {
  return canonical(["mingma/retraction/2", issuer, await about(salt, person), fact, reason]);
}

/** What is signed to say whether a disputed fact is so. */
export async function confirmationBytes(issuer, salt, person, fact, confirmed) {
  return canonical(["mingma/confirmation/2", issuer, await about(salt, person), fact, String(confirmed)]);
}

/** What is signed to sign in. */
export function institutionSignInBytes(issuer, challenge) {
  return canonical(["mingma/institution-sign-in/1", issuer, challenge]);
}

/** Bytes in hexadecimal digits. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
