// The bytes that an institution signs, as `mingma_registry::canonical` writes them: the name of what it is, then each field, every
// one as its length in four bytes, big-endian, and its bytes in UTF-8. `tests/vectors/signed.json` holds the two equal.

const UTF8 = new TextEncoder();

/** The columns of a row that are signed, in their order. */
export const COLUMNS = ["person", "kind", "value", "at", "until", "region", "evidence"];

/** The canonical bytes of some texts. */
function canonical(texts) {
  const fields = texts.map((text) => UTF8.encode(text));
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

/** What is signed to submit rows. */
export function submissionBytes(issuer, key, rows) {
  const cells = rows.flatMap((row) => COLUMNS.map((column) => row[column] ?? ""));
  return canonical(["mingma/submission/1", issuer, key, String(rows.length), ...cells]);
}

/** What is signed to countersign a fact. */
export function countersignatureBytes(issuer, person, fact) {
  return canonical(["mingma/countersignature/1", issuer, person, fact]);
}

/** What is signed to take a fact back. */
export function retractionBytes(issuer, person, fact, reason) {
  return canonical(["mingma/retraction/1", issuer, person, fact, reason]);
}

/** What is signed to say whether a disputed fact is so. */
export function confirmationBytes(issuer, person, fact, confirmed) {
  return canonical(["mingma/confirmation/1", issuer, person, fact, String(confirmed)]);
}

/** What is signed to sign in. */
export function institutionSignInBytes(issuer, challenge) {
  return canonical(["mingma/institution-sign-in/1", issuer, challenge]);
}

/** Bytes in hexadecimal digits. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
