// What was said at the door outlasts a phone without a network: it waits in this browser, of the person who is signed in alone,
// in the order in which it was said, and is sent by this page once the service answers. Each has a mark of its own, so
// that the service keeps once what it is sent twice. What the service refuses is shown, and waits no more. By the time of
// sending it tells how long an entry waited: what is late changes nothing on a camera.

const AGAIN_MS = 10_000;
const ANSWER_MS = 15_000;
const who = document.body.dataset.who ?? "";
const KEPT = `lapel-door-${who}`;
const FULL = ["too_many_strays", "strays_full"]; // of visits that are another officer's by now; others are kept as ever
let sending = false;

/** @typedef {{to: string, fields: Record<string, string>}} Said */

/** @returns {Said[]} */
function waiting() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]");
  } catch {
    return []; // storage is switched off in this browser, or holds something else
  }
}

/** Keeps what waits; says whether that could be done. @param {Said[]} all */
function keep(all) {
  try {
    if (all.length) localStorage.setItem(KEPT, JSON.stringify(all));
    else localStorage.removeItem(KEPT);
    return true;
  } catch {
    return false;
  }
}

/** Shows how much waits. */
function show() {
  const part = document.querySelector("[data-door-waiting]");
  const number = waiting().length;
  if (!(part instanceof HTMLElement)) return;
  part.hidden = number === 0;
  const words = part.querySelector("[data-door-count]");
  if (words) words.textContent = number === 1 ? "1 entry waits" : `${number} entries wait`;
}

/** @param {string} words what the service said */
function refused(words) {
  const part = document.querySelector("[data-door-refused]");
  const place = part?.querySelector("[data-door-words]");
  if (!(part instanceof HTMLElement) || !place) return;
  place.textContent = `What you wrote down was not kept. ${words}`;
  part.hidden = false;
}

/** Says whether an answer means that nothing more is taken of that one visit for now. @param {Response} answer */
async function isFull(answer) {
  if (![429, 503].includes(answer.status)) return false;
  return FULL.includes((await answer.json().catch(() => ({}))).code);
}

/**
 * Sends what waits, one after another, until one is not answered. Of a visit of which no more is taken the rest waits: no other does.
 * @param {boolean} isByItself whether nobody asked for it: then it is no sign that somebody is at work
 */
async function send(isByItself) {
  if (sending || !who) return;
  sending = true;
  let sent = 0;
  let isRefused = false;
  /** @type {Set<string>} */
  const full = new Set();
  const next = () => waiting().find((each) => !full.has(each.to));
  try {
    for (let first = next(); first; first = next()) {
      const token = document.querySelector("[data-door] [name=csrf_token]")?.getAttribute("value") ?? "";
      const answer = await fetch(first.to, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRF-Token": token, ...(isByItself && { "X-Lapel-By-Itself": "yes" }) },
        body: new URLSearchParams({ ...first.fields, sent: new Date().toISOString() }),
        redirect: "error",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (await isFull(answer)) {
        full.add(first.to);
        continue;
      }
      if ([401, 403, 408, 429].includes(answer.status) || answer.status >= 500) return; // not now: signed out, or busy
      if (answer.ok) sent += 1;
      else {
        isRefused = true;
        refused((await answer.json().catch(() => ({}))).detail ?? "The service refused it.");
      }
      keep(waiting().filter((each) => each.fields.mark !== first.fields.mark));
      show();
    }
  } catch {
    // The service does not answer, or the network is gone: it waits.
  } finally {
    sending = false;
    show();
  }
  if (sent && !isRefused) location.reload(); // what was refused stays in sight: nothing here waits any more that says so
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !("door" in form.dataset)) return;
  /** @type {Record<string, string>} */
  const fields = {};
  for (const [name, value] of new FormData(form)) if (name !== "csrf_token") fields[name] = String(value);
  if (fields.kind === "not asked" && !fields.why && !fields.reason.trim()) return; // the service says what is missing
  fields.at = new Date().toISOString();
  fields.mark = [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
  if (!keep([...waiting(), { to: new URL(form.action).pathname, fields }])) return; // nowhere to keep it: sent as any form
  event.preventDefault();
  form.reset();
  show();
  send(false);
});
window.addEventListener("online", () => send(true));
document.addEventListener("visibilitychange", () => !document.hidden && send(false));
setInterval(() => send(true), AGAIN_MS);
show();
send(false);
