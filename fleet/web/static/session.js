// Whether the person who opened this page is still signed in. Signed out, expired or replaced by somebody else in any tab:
// every tab asks the service, says so, and takes what it showed out of the page. A service that does not answer says
// nothing: what is not known is not claimed, and the page only says that it is not connected.

import { hasDraft } from "./drafts.js";

const ANSWER_MS = 4_000;
const USED_MS = 60_000; // how often at most the service is told that somebody is at work
const AGAIN_MS = 5_000; // while this page is signed out, or its stream is not there

/** Tells the other tabs of this browser to look; they believe the service alone. */
const channel = "BroadcastChannel" in window ? new BroadcastChannel("lapel-session") : null;
const who = document.body.dataset.who ?? "";
let ended = false;
let asking = false;
let asked = 0;
let used = Date.now(); // the page that came was asked for

/** Whether this page has nothing to show any more. */
export function isOver() {
  return ended;
}

/**
 * Asks the service who is signed in, and acts on the answer. An answer that does not come changes nothing.
 * @param {string} query what else is said to it
 */
async function ask(query) {
  if (asking || !who) return;
  asking = true;
  asked = Date.now();
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(`/signed-in${query}`, { cache: "no-store", redirect: "error", signal });
    if (answer.ok) judge((await answer.json()).who);
  } catch {
    // The service does not answer, or the network is gone: whether somebody is signed in is not known.
  } finally {
    asking = false;
  }
}

/** As `ask`, and says nothing else. */
export async function look() {
  await ask("");
}

/** Tells the service that somebody types, points or watches: a session ends that nobody uses. @param {Event} event */
function atWork(event) {
  if (!event.isTrusted || ended || asking || Date.now() - used < USED_MS) return;
  used = Date.now();
  ask("?used=yes");
}

/** Looks again when the last time is long enough ago. */
export function lookAgain() {
  if (Date.now() - asked >= AGAIN_MS) look();
}

/** @param {unknown} name of whoever is signed in; empty for nobody */
function judge(name) {
  if (typeof name !== "string") return;
  if (name === who) {
    if (ended) location.reload();
    return;
  }
  end(name === "" ? "out" : "other");
}

/** Takes everything out of the page and says why. @param {"out" | "other"} why */
function end(why) {
  const words = document.getElementById("signed-out");
  if (!(words instanceof HTMLTemplateElement)) return;
  const first = !ended;
  ended = true;
  if (first) document.dispatchEvent(new CustomEvent("lapel:signed-out"));
  for (const media of document.querySelectorAll("video, audio")) {
    if (!(media instanceof HTMLMediaElement)) continue;
    media.pause();
    media.removeAttribute("src");
    media.load();
  }
  const shown = document.querySelector("[data-signed-out]");
  if (shown instanceof HTMLElement && shown.dataset.signedOut === why) return;
  const isKept = hasDraft();
  const panel = /** @type {DocumentFragment} */ (words.content.cloneNode(true));
  for (const part of panel.querySelectorAll("[data-why]")) {
    if (part.getAttribute("data-why") !== why || (part.hasAttribute("data-kept") && !isKept)) part.remove();
  }
  const card = panel.querySelector("[data-signed-out]");
  card?.setAttribute("data-signed-out", why);
  const target = panel.querySelector("a[data-back]");
  if (target) target.setAttribute("href", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  for (const part of document.querySelectorAll("header.top, footer.foot")) part.remove();
  const main = document.getElementById("main");
  if (main) main.className = "page-narrow";
  main?.replaceChildren(panel);
  document.title = why === "out" ? "Signed out · Lapel" : "Somebody else is signed in · Lapel";
  document.querySelector("[data-signed-out] h1")?.scrollIntoView({ block: "nearest" });
}

for (const sign of ["keydown", "pointerdown", "wheel", "timeupdate"]) {
  document.addEventListener(sign, atWork, { capture: true, passive: true });
}
channel?.addEventListener("message", look);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) look();
});
window.addEventListener("online", look);
window.addEventListener("pageshow", (event) => event.persisted && look());
setInterval(() => {
  if (ended && !document.hidden) lookAgain();
}, AGAIN_MS);
// Whoever signed in or out a moment ago came by a page without a name, or from one.
if (!who || /\/(sign-in|setup\/)/.test(document.referrer)) channel?.postMessage("look");
