/**
 * The key of this device, made when somebody signs in: P-256, of WebCrypto, not to be read out by anybody.
 *
 * A form to sign in has a hidden field `device`. What it carries goes into the session: codes are made for this key alone,
 * and only this browser can prove them. The field may travel through several steps; where it is filled in already, the
 * key is there already.
 */

import { put, deviceName } from "./keep.js";

/** The public half as the server takes it: 33 bytes in hex. */
async function point(publicKey) {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey)); // 4, x, y
  const bytes = [2 + (raw[64] & 1), ...raw.subarray(1, 33)];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const fields = document.querySelectorAll('input[name="device"]');
if (fields.length > 0 && globalThis.crypto?.subtle) {
  const empty = [...fields].filter((field) => field.value === "");
  if (empty.length > 0) {
    try {
      const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
      const name = await point(pair.publicKey);
      await put(deviceName(name), pair);
      for (const field of empty) field.value = name;
    } catch {
      // Without a place to keep the key the session is bound to no device: there is a paper code then.
    }
  }
}
