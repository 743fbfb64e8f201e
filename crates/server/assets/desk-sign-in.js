// The desk's door: an institution chooses its key file once, and afterwards signs in with the key that this device keeps.
import { forgetKey, importKey, keepKey, keptIssuers, keptKey, signIn } from "./institution-key.js";

const form = document.getElementById("desk-sign-in");
const say = (name) => {
  for (const id of ["not-a-key", "refused", "unreachable"]) document.getElementById(id).hidden = id !== name;
};

async function showKept() {
  const kept = (await keptKey(form.issuer.value.trim())) !== undefined;
  document.getElementById("key-kept").hidden = !kept;
  document.getElementById("forget").hidden = !kept;
  document.getElementById("key-field").hidden = kept;
}

form.issuer.addEventListener("input", showKept);
document.getElementById("forget").addEventListener("click", async () => {
  await forgetKey(form.issuer.value.trim());
  await showKept();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  say(null);
  const issuer = form.issuer.value.trim();
  let key = await keptKey(issuer);
  if (!key) {
    try {
      key = await importKey(await form.key.files[0].text());
    } catch {
      return say("not-a-key");
    }
  }
  try {
    if (!(await signIn(issuer, key))) return say("refused");
  } catch {
    return say("unreachable");
  }
  // Kept only once the server knew it.
  await keepKey(issuer, key);
  location.assign(form.dataset.back);
});

const issuers = await keptIssuers();
if (issuers.length > 0) form.issuer.value = issuers[0];
await showKept();
