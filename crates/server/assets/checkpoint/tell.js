/** Says how old the keys are, until when they are good, whether the network is there, and whether the clock is right. */

/** By how many seconds the clock may differ: a proof counts for 90 s, and 30 s ahead of the checkpoint. */
const SKEW = 60;
/** From what age on the lists of revoked codes are called old: they may be used for half a day. */
const OLD_LISTS = 43_200;

/**
 * @param {import("./keys.js").Keys} keys
 * @param {DOMStringMap} say the page's texts
 * @param {number} now
 */
export function tellHoldings(keys, say, now) {
  const held = keys.until > 0;
  const stale = keys.refused === "stale" || (held && keys.until < now);
  const when = { time: time(keys.fetched, now), age: age(now - keys.fetched, say), until: time(keys.until, now) };
  const lines = {
    keys: held ? fill(stale ? say.keysStale : say.keysHeld, when) : say.keysNone,
    lists: held && !stale && fill(say.lists, { count: keys.lists, age: age(now - keys.compared, say) }),
    "keys-refused": keys.refused && !["stale", "ahead"].includes(keys.refused) && say.keysRefused,
    "lists-old": held && !stale && keys.lists > 0 && now - keys.compared > OLD_LISTS && say.listsOld,
    "network-cut": keys.reached === false && say.networkCut,
    "clock-wrong": Math.abs(keys.ahead) > SKEW
      && fill(keys.ahead > 0 ? say.clockFast : say.clockSlow, { age: age(Math.abs(keys.ahead), say) }),
  };
  for (const [id, text] of Object.entries(lines)) {
    const line = document.getElementById(id);
    // The lines are read out when they change, so they are written only then.
    if (line.textContent !== (text || "")) line.textContent = text || "";
    line.hidden = !text;
  }
  document.getElementById("keys").classList.toggle("warning", stale || !held);
}

function fill(text, places) {
  return text.replace(/\{(\w+)\}/g, (whole, place) => places[place] ?? whole);
}

/** «14:05», with the day if it is another one. */
function time(seconds, now) {
  const [date, today] = [new Date(seconds * 1_000), new Date(now * 1_000)];
  const lang = document.documentElement.lang;
  const clock = date.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  if (date.toDateString() === today.toDateString()) return clock;
  return `${date.toLocaleDateString(lang, { year: "numeric", month: "short", day: "numeric" })} ${clock}`;
}

/** «3 min», «2 h», «1 d» in the page's language. */
function age(seconds, say) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  if (minutes < 60) return say.minutes.replace("…", minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? say.hours.replace("…", hours) : say.days.replace("…", Math.round(hours / 24));
}
