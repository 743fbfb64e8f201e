/** The page of everything that was done: fetches each entry's proof when asked to, and checks it here. */

import { check, gaps, isAbout, Unproved } from "./proof.js";

async function outcome(item) {
  const { proof, id, act, at, salt, leaf, former, content, hash, signed } = item.dataset;
  try {
    const answer = await fetch(proof);
    if (answer.status === 409) return "waits";
    if (!answer.ok) return "unfetched";
    const opened = {
      salt: salt ?? null, former: former ?? null, content: content ?? null, content_hash: hash ?? null,
      signature: signed === undefined ? null : { proof: signed },
    };
    await check(await answer.text(), { id, act, at, leaf, ...opened });
    return "right";
  } catch (error) {
    return error instanceof Unproved ? "wrong" : "unfetched";
  }
}

/** The document that stands in the fields, as issuers write it; null if there is none. It leaves the page to nobody. */
function written() {
  const value = (id) => document.getElementById(id).value;
  const number = value("number").replace(/\s/g, "").toUpperCase();
  const kind = document.querySelector("#kind input:checked")?.value;
  if (!kind || number === "") return null;
  const numbered = (kind) => (kind === "passport" ? [kind, value("country"), number] : [kind, number]).join(":");
  return kind === "child" ? ["child", numbered(value("guardian-kind")), value("birth"), value("ordinal")].join(":") : numbered(kind);
}

/** Whether the issuer's signature is about the reader. */
async function meant({ signed, signedSalt }, whom) {
  if (whom === null) return "uncompared";
  try {
    return await isAbout({ proof: signed, salt: signedSalt }, whom) ? "meant" : "unmeant";
  } catch (error) {
    if (error instanceof Unproved) return "unmeant";
    throw error;
  }
}

/** Everything that was done, of all pages. */
async function list(place) {
  const entries = [];
  for (let next = null; ;) {
    const answer = await fetch(next === null ? place : `${place}?after=${next}`);
    if (!answer.ok) throw new Error(place);
    const page = await answer.json();
    entries.push(...page.items);
    next = page.next;
    if (next === null) return entries;
  }
}

async function chain(place) {
  try {
    return gaps(await list(place)).length === 0 ? "whole" : "gap";
  } catch {
    return "unfetched";
  }
}

const button = document.getElementById("check");
if (button && globalThis.crypto?.subtle) {
  button.hidden = false;
  document.getElementById("mine").hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    const whole = await chain(button.dataset.list);
    const whom = written();
    const said = document.getElementById("chain");
    said.textContent = button.dataset[whole];
    said.className = whole;
    for (const item of document.querySelectorAll("[data-proof]")) {
      const found = await outcome(item);
      const line = item.querySelector("output");
      line.textContent = button.dataset[found];
      line.className = found;
      const about = item.querySelector(".whom");
      if (about) {
        const compared = await meant(item.dataset, whom);
        about.textContent = button.dataset[compared];
        about.className = `whom ${compared}`;
      }
    }
    button.disabled = false;
  });
}
