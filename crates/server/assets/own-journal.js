/** The page of everything that was done: fetches each entry's proof when asked to, and checks it here. */

import { check, Unproved } from "./proof.js";

async function outcome(item) {
  const { proof, id, act, at, salt, leaf, content } = item.dataset;
  try {
    const answer = await fetch(proof);
    if (answer.status === 409) return "waits";
    if (!answer.ok) return "unfetched";
    await check(await answer.text(), { id, act, at, salt, leaf, content: content ?? null });
    return "right";
  } catch (error) {
    return error instanceof Unproved ? "wrong" : "unfetched";
  }
}

const button = document.getElementById("check");
if (button && globalThis.crypto?.subtle) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    for (const item of document.querySelectorAll("[data-proof]")) {
      const found = await outcome(item);
      const line = item.querySelector("output");
      line.textContent = button.dataset[found];
      line.className = found;
    }
    button.disabled = false;
  });
}
