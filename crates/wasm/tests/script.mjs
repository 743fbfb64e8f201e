// Run by tests/it/script.rs: `node script.mjs mingma.js`, with what it needs as JSON on standard input.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { Mingma, Refusal, Verifier, devicePoint, newDeviceKey } = await import(pathToFileURL(process.argv[2]));
const given = JSON.parse(readFileSync(0, "utf8"));
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const refused = (call, code) => assert.throws(call, (error) => error instanceof Refusal && error.code === code);
const { now, code } = given;

// A key of the phone's as the tests know it; a page makes its own, which cannot be read out.
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const key = (pkcs8) => crypto.subtle.importKey("pkcs8", bytes(pkcs8), P256, true, ["sign"]);
const publicHalf = async (privateKey) => {
  const { d, key_ops, ...jwk } = await crypto.subtle.exportKey("jwk", privateKey);
  return crypto.subtle.importKey("jwk", jwk, P256, true, ["verify"]);
};
const phone = await key(given.phone);
assert.deepEqual(await devicePoint(await publicHalf(phone)), bytes(given.point));
const own = await newDeviceKey();
assert.equal(own.privateKey.extractable, false);
await assert.rejects(crypto.subtle.exportKey("pkcs8", own.privateKey));
assert.ok([2, 3].includes((await devicePoint(own.publicKey))[0]));

// The checkpoint.
const mingma = await Mingma.load(bytes(given.module));
const verifier = mingma.verifier();
refused(() => verifier.verify(code, now), "no-trust");
refused(() => verifier.setTrust(new Uint8Array(17 * 1024 * 1024), now), "full");
refused(() => verifier.setTrust(bytes(given.otherTrust), now, bytes(given.anchor)), "bad-signature");
const held = verifier.setTrust(bytes(given.trust), now, bytes(given.anchor));
assert.deepEqual(held, verifier.trustInfo(now));
assert.equal(held.stale, false);
assert.equal(verifier.trustInfo(held.next_update + 1).stale, true);
refused(() => verifier.verify(code, held.next_update + 1), "stale");
refused(() => verifier.verify(code, undefined), "misused");
assert.equal(verifier.verify(code, now).result, "clock");

// The phone.
const shown = await mingma.prove(code, phone, now);
const verdict = verifier.verify(shown, now + 90);
assert.equal(verdict.result, "green");
assert.equal(verdict.revocation, "not-checked");
assert.equal(verdict.code.status.region, "410100");
assert.equal(verifier.verify(shown, now + 91).result, "clock");
await assert.rejects(mingma.prove(code, await key(given.thief), now), { code: "other-device" });

// The picture, and the camera.
const { width, modules } = mingma.qr(shown);
assert.equal(modules.length, width * width);
assert.match(mingma.qrSvg(shown, "我的码"), /^<svg .*aria-label="我的码"/);
assert.ok(mingma.qr(shown, "paper").width > width);
refused(() => mingma.qr(shown, "wall"), "misused");
const scale = 5;
const side = (width + 8) * scale;
const data = new Uint8ClampedArray(4 * side * side).fill(255);
for (let y = 0; y < width * scale; y++) {
  for (let x = 0; x < width * scale; x++) {
    const dark = modules[Math.floor(y / scale) * width + Math.floor(x / scale)];
    const at = 4 * ((y + 4 * scale) * side + x + 4 * scale);
    data.fill(dark ? 0 : 255, at, at + 3);
  }
}
assert.equal(await mingma.readQr({ data, width: side, height: side }), shown);
assert.equal(await mingma.readQr({ data: new Uint8Array(100 * 100), width: 100, height: 100 }), null);
await assert.rejects(mingma.readQr({ data, width: side, height: side + 1 }), { code: "misused" });

// Revocation, and a second verifier from the same bytes.
assert.equal(verifier.addStatusList(bytes(given.statusList), now).status_lists, 1);
assert.equal(verifier.verify(shown, now).result, "revoked");
verifier.close();
refused(() => verifier.verify(shown, now), "misused");
const second = await Verifier.load(bytes(given.module).buffer);
second.setTrust(bytes(given.trust).buffer, now);
for (let i = 0; i < 200; i++) assert.equal(second.verify(shown, now).result, "green");
console.log("all is well");
