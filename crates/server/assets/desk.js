// Signs what a page has prepared, with the institution's key in this browser, and sends it. What is signed is built here from what
// the page shows, never taken as bytes from the server.

import { submissionBytes, countersignatureBytes, confirmationBytes, retractionBytes, hex } from "./submission.js";
import { keptKey, sign } from "./institution-key.js";

/** How long the centre may take to answer: it gives up by itself after 30 seconds. */
const PATIENCE_MS = 45_000;

/** The body to send, without its signature, and the bytes to sign. */
async function prepared(form) {
  const { sign: what, issuer, key, person, fact, reason } = form.dataset;
  // So that whoever is shown the signature later cannot guess whom it is about.
  const drawn = crypto.getRandomValues(new Uint8Array(32));
  const salt = hex(drawn);
  if (what === "submission") {
    const rows = JSON.parse(document.getElementById("rows").textContent);
    return [{ issuer, idempotency_key: key, salt, rows }, await submissionBytes(issuer, key, drawn, rows)];
  }
  if (what === "countersignature") {
    return [{ issuer, person, fact, salt }, await countersignatureBytes(issuer, drawn, person, fact)];
  }
  if (what === "confirmation") {
    const confirmed = form.dataset.confirmed === "true";
    return [{ issuer, person, fact, confirmed, salt }, await confirmationBytes(issuer, drawn, person, fact, confirmed)];
  }
  return [{ issuer, person, fact, reason, salt }, await retractionBytes(issuer, drawn, person, fact, reason)];
}

/** Says what went wrong, in the page's language, where a screen reader hears it. */
function tell({ type, alarm }) {
  const problem = String(type).split("/").pop();
  const known = document.querySelector(`#troubles [data-problem="${CSS.escape(problem)}"]`);
  const text = (known ?? document.querySelector('#troubles [data-problem="other"]')).textContent;
  const outcome = document.getElementById("outcome");
  outcome.textContent = text.replaceAll("{alarm}", String(alarm));
  outcome.hidden = false;
}

async function send(form) {
  const [body, bytes] = await prepared(form);
  let signature;
  try {
    signature = await sign(await keptKey(body.issuer), bytes);
  } catch {
    return { type: "no-key" };
  }
  let answer;
  try {
    answer = await fetch(form.dataset.to, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, signature }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return { type: "unreachable" };
  }
  if (answer.ok) return null;
  return { type: "other", ...(await answer.json().catch(() => ({}))) };
}

for (const form of document.querySelectorAll("form[data-sign]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    const problem = await send(form);
    if (problem === null) {
      location.assign(form.dataset.done);
    } else {
      // The same may be sent again: the request has a name, and is recorded once.
      button.disabled = false;
      tell(problem);
    }
  });
}
