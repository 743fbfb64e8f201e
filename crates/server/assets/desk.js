// Signs what a page has prepared, with the institution's key in this browser, and sends it. What is signed is built here from what
// the page shows, never taken as bytes from the server.

import { submissionBytes, countersignatureBytes, retractionBytes } from "./submission.js";
import { keptKey, sign } from "./institution-key.js";

/** The body to send, without its signature, and the bytes to sign. */
function prepared(form) {
  const { sign: what, issuer, key, person, fact, reason } = form.dataset;
  if (what === "submission") {
    const rows = JSON.parse(document.getElementById("rows").textContent);
    return [{ issuer, idempotency_key: key, rows }, submissionBytes(issuer, key, rows)];
  }
  if (what === "countersignature") {
    return [{ issuer, person, fact }, countersignatureBytes(issuer, person, fact)];
  }
  return [{ issuer, person, fact, reason }, retractionBytes(issuer, person, fact, reason)];
}

/** Says what went wrong, in the page's language, where a screen reader hears it. */
function tell(problem) {
  const known = document.querySelector(`#troubles [data-problem="${CSS.escape(problem)}"]`);
  const text = (known ?? document.querySelector('#troubles [data-problem="other"]')).textContent;
  const outcome = document.getElementById("outcome");
  outcome.textContent = text;
  outcome.hidden = false;
}

async function send(form) {
  const [body, bytes] = prepared(form);
  let signature;
  try {
    signature = await sign(await keptKey(body.issuer), bytes);
  } catch {
    return "no-key";
  }
  let answer;
  try {
    answer = await fetch(form.dataset.to, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, signature }),
    });
  } catch {
    return "unreachable";
  }
  if (answer.ok) return null;
  const problem = await answer.json().catch(() => ({}));
  return String(problem.type ?? "other").split("/").pop();
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
