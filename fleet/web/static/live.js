// Keeps an open page right: listens to the live stream and has each region fetch itself again when something in it
// changed. A page that is left open all day recovers by itself after the laptop slept, the network went or the service
// was restarted, and says meanwhile how old it is. At midnight it is fetched too, for "today" is another day then. A page that nobody sees does not listen, for a browser has only six
// connections to a service; it is put right when it comes into sight.
//
// The stream carries hints alone ("camera cam-01"). However many regions follow one, the page is fetched once for all
// of them, and not again before it came: a busy service gets no more to do. A region alone fetches itself on
// `lapel:refresh`.

import { dayOf, timeOfDay } from "./clock.js";
import { serviceNow, serviceTime } from "./known.js";
import { isOver, look, lookAgain } from "./session.js";

const BEATS_MISSED_MS = 25_000; // the service beats every 10 s
const CHECK_MS = 2_000;
const SLEPT_MS = 20_000; // a check that comes this late means that the machine slept
/** How long a hint may wait for others. Fifteen cameras talk all the time; a press must show at once. */
const PATIENCE_MS = { camera: 2_000, other: 100 };
const SPACING_MS = 500; // between two fetches: an upload's end comes in many small hints
const SERVED_MS = 10_000; // as long as what a page says of the time alone is as it was served
const OPENING_MS = 4_000; // as long as the page waits for the first picture, at most
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

/** @type {EventSource | null} */
let stream = null;
let heard = Date.now();
let checked = Date.now();
let refreshed = document.body.dataset.at ? new Date(document.body.dataset.at) : serviceTime(); // by the service's clock
let attempts = 0;
let retry = 0;
let planned = 0;
let fetching = false; // whether a page is under way: htmx gives up what takes too long
let came = 0; // when the last one came
let opening = 0;
let asServed = true; // whether the page is as it came with its address
let listening = false; // whether the stream has said that it is there
let due = Number.POSITIVE_INFINITY;
/** @type {Set<string>} */
const waiting = new Set();

const status = document.getElementById("live-status");
const words = document.querySelector("[data-live-text]");
const ageAsServed = words?.textContent ?? "";
const announcer = document.querySelector("[data-live-announce]");

/** @param {"live" | "lost"} state */
function show(state) {
  if (!status || !words) return;
  const before = status.dataset.liveState;
  const at = timeOfDay(refreshed);
  status.dataset.liveState = state;
  document.body.classList.toggle("lost", state === "lost");
  const old = `Reconnecting … What you see is from ${at}. Whether you are still signed in is not known.`;
  words.textContent = state === "live" ? `Live. Updated ${at}.` : old;
  if (announcer && before !== state && before !== "static") {
    announcer.textContent = state === "live" ? "Connected again." : "The connection is lost. Reconnecting.";
  }
}

/** A page of which nothing follows the stream is as old as it came, however good the connection is. */
function showAge() {
  if (!status || !words) return;
  status.dataset.liveState = "static";
  document.body.classList.remove("lost");
  words.textContent = ageAsServed;
}

/** The outermost regions that follow what waits. */
function concerned() {
  const regions = [...document.querySelectorAll("[data-live]")].filter((region) => {
    const follows = (region.getAttribute("data-live") ?? "").split(" ");
    return waiting.has("all") || follows.some((topic) => waiting.has(topic));
  });
  return regions.filter((region) => !regions.some((other) => other !== region && other.contains(region)));
}

/**
 * The address that a region is fetched from, among those of all. A page with a query (a viewing) has every region of
 * the same page without: what was there before the query came goes along with it.
 * @param {Element} region
 * @param {Element[]} all
 */
function address(region, all) {
  const own = region.getAttribute("hx-get") ?? "";
  const addresses = all.map((each) => each.getAttribute("hx-get") ?? "");
  return addresses.find((each) => each.startsWith(`${own}?`)) ?? own;
}

/** Fetches this page once, and swaps the regions that follow what waits. */
async function refresh() {
  clearTimeout(planned);
  due = Number.POSITIVE_INFINITY;
  if (fetching || document.body.dataset.opening !== undefined) return; // what waits is looked at again after that
  const regions = concerned();
  waiting.clear();
  fetching = true;
  const from = new Map(regions.map((region) => [region, address(region, regions)]));
  for (const path of new Set(from.values())) {
    const [first, ...others] = regions.filter((region) => region.isConnected && from.get(region) === path);
    if (!first) continue;
    const selectOOB = ["#printed:morph", "#told:morph", ...others.map((region) => `#${region.id}:morph`)].join(",");
    const headers = { "X-Lapel-By-Itself": "yes" }; // nobody asked for it: it is no sign that somebody is at work
    const how = { source: first, target: first, swap: "morph:outerHTML", select: `#${first.id}`, selectOOB, headers };
    await htmx.ajax("GET", path, how).catch(() => undefined); // what went wrong is said where requests end
  }
  fetched();
}

/** The page has come, or comes no more. */
function fetched() {
  fetching = false;
  came = Date.now();
  if (waiting.size) plan(0);
}

/** Fetches the page after so many milliseconds, but not too soon after the last time. @param {number} patience */
function plan(patience) {
  const at = Math.max(Date.now() + patience, came + SPACING_MS);
  if (at >= due) return;
  due = at;
  clearTimeout(planned);
  planned = window.setTimeout(refresh, at - Date.now());
}

/** @param {string} topic */
function soon(topic) {
  if (topic === "account" || topic === "all") document.dispatchEvent(new CustomEvent("lapel:account"));
  if (topic === "account") return;
  waiting.add(topic);
  plan(topic === "camera" ? PATIENCE_MS.camera : PATIENCE_MS.other);
}

/** Whether nothing happened since this page was read: no hint, and too little time to matter. @param {string} position */
function isAsServed(position) {
  return asServed && position === document.body.dataset.position && performance.now() < SERVED_MS;
}

function connect() {
  disconnect();
  if (document.hidden || isOver()) return;
  stream = new EventSource("/live");
  heard = Date.now();
  stream.addEventListener("hello", (event) => {
    heard = Date.now();
    listening = true;
    attempts = 0;
    const missed = !isAsServed(event.data);
    asServed = false;
    if (!document.querySelector("[data-live]")) {
      showAge();
      if (missed) document.dispatchEvent(new CustomEvent("lapel:account"));
    } else if (missed) {
      waiting.add("all"); // whatever happened while nobody listened
      refresh();
    } else show("live");
  });
  stream.addEventListener("beat", () => {
    heard = Date.now();
  });
  stream.addEventListener("change", (event) => {
    heard = Date.now();
    const topic = event.data.split(" ", 1)[0];
    soon(topic === "resync" ? "all" : topic);
  });
  stream.addEventListener("error", lost);
}

function disconnect() {
  stream?.close();
  stream = null;
  listening = false;
  clearTimeout(retry);
  retry = 0;
}

function lost() {
  stream?.close();
  stream = null;
  listening = false;
  if (isOver()) return;
  show("lost");
  look();
  if (!retry) retry = window.setTimeout(connect, RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)]);
}

/** Notices what no event tells: a connection that died in silence, and a machine that slept. */
function check() {
  const now = Date.now();
  const slept = now - checked > SLEPT_MS;
  checked = now;
  if (!stream) lookAgain();
  if (slept || (stream && now - heard > BEATS_MISSED_MS)) {
    attempts = 0;
    connect();
  }
  ages(serviceNow());
  // From midnight on what a page shows without a day is of another day, whether or not anything comes.
  if (listening && dayOf(serviceTime()) !== dayOf(refreshed)) soon("all");
}

/** Keeps "12 s ago" true between refreshes, however this machine's clock is set. @param {number} now */
function ages(now) {
  for (const element of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.floor((now - Date.parse(element.getAttribute("datetime") ?? "")) / 1000);
    if (!Number.isFinite(seconds)) continue;
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const days = Math.floor(hours / 24);
    let text = seconds < -5 ? "some time ago" : "just now"; // the service's clock was put back since
    if (days > 0) text = days === 1 ? "1 day ago" : `${days} days ago`;
    else if (hours > 0) text = `${hours} h ${String(minutes).padStart(2, "0")} min ago`;
    else if (minutes > 0) text = `${minutes} min ago`;
    else if (seconds >= 5) text = `${seconds} s ago`;
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Whether an answer is a page of the version that is shown. @param {XMLHttpRequest} xhr */
function ours(xhr) {
  return /data-version="([0-9a-f]+)"/.exec(xhr.responseText)?.[1] === document.body.dataset.version;
}

// A region that was told to fetch itself is asked for by nobody, as what the stream has fetched.
document.addEventListener("htmx:configRequest", (event) => {
  const { headers, triggeringEvent } = /** @type {CustomEvent} */ (event).detail;
  if (triggeringEvent?.type === "lapel:refresh") headers["X-Lapel-By-Itself"] = "yes";
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, successful, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (isOver()) return;
  if (xhr.status === 401 || (xhr.responseURL ?? "").includes("/sign-in")) {
    look(); // signed out meanwhile
    return;
  }
  if (xhr.status === 403 || (xhr.status === 404 && requestConfig.verb === "get")) {
    location.reload(); // what may be seen has changed, or is not there any more: the service says what of it
    return;
  }
  if (!successful && (xhr.status >= 500 || !ours(xhr))) {
    lost();
    return;
  }
  if (!listening) return; // one region has come, and what the others show may be older
  const at = /data-at="([^"]+)"/.exec(xhr.responseText)?.[1];
  refreshed = at === undefined ? serviceTime() : new Date(at);
  show("live");
});

// What somebody unfolded, or is typing, stays so when it is drawn anew: an answer may be to what was asked before.
Idiomorph.defaults.ignoreActiveValue = true;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (/** @type {string} */ name, /** @type {Element} */ node) =>
  !(name === "open" && node instanceof HTMLDetailsElement) &&
  !(name === "value" && isTyped(node)) &&
  !(name === "selected" && isPicked(node)) &&
  !(name === "checked" && node instanceof HTMLInputElement && node.checked !== node.defaultChecked);

/** Whether somebody has picked another option than the one that came. @param {Element} node */
function isPicked(node) {
  const list = node.closest("select");
  if (!(list instanceof HTMLSelectElement)) return false;
  const came = [...list.options].findIndex((each) => each.defaultSelected);
  return list.selectedIndex !== Math.max(came, 0);
}

/** Whether somebody has typed into a field, or picked a day in it. @param {Element} node */
function isTyped(node) {
  if (node instanceof HTMLTextAreaElement) return node.value !== node.defaultValue;
  return node instanceof HTMLInputElement && (node.type === "date" || node.value !== node.defaultValue);
}

// A sign-in page, or a page of a newer version of the service, must not be swapped into this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (isOver() || (detail.xhr.responseURL ?? "").includes("/sign-in")) {
    event.preventDefault(); // nothing of it belongs into a page that is signed out
    return;
  }
  // A form that was refused comes back with the reason in it, whatever the status.
  if (detail.xhr.status !== 200) {
    detail.shouldSwap = (detail.requestConfig.verb === "post" || detail.xhr.status === 422) && ours(detail.xhr);
    detail.isError = !detail.shouldSwap;
    return;
  }
  if (ours(detail.xhr)) return;
  event.preventDefault();
  location.reload();
});

// From Watch on, the player that opens has the service and this page to itself until the first picture.
document.addEventListener("lapel:opening", () => {
  document.body.dataset.opening = "";
  clearTimeout(opening);
  opening = window.setTimeout(() => document.dispatchEvent(new CustomEvent("lapel:opened")), OPENING_MS);
});
document.addEventListener("lapel:opened", () => {
  clearTimeout(opening);
  delete document.body.dataset.opening;
  if (waiting.size) refresh();
});

// A page that comes back from the browser's memory, or into sight, or onto the network, is put right at once.
window.addEventListener("pageshow", (event) => event.persisted && connect());
window.addEventListener("pagehide", disconnect);
window.addEventListener("online", connect);
window.addEventListener("offline", () => show("lost"));
document.addEventListener("lapel:signed-out", disconnect);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else connect();
});

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.getAttribute("data-copy") ?? "");
  if (!source || !navigator.clipboard || !(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.textContent ?? "");
    button.textContent = "Copied";
  });
}

// A menu closes when the person goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("details.menu[open]")?.removeAttribute("open");
});

// Only once htmx has taken up the regions, which it does when the whole page is there.
function begin() {
  connect();
  setInterval(check, CHECK_MS);
}
if (document.readyState === "complete") begin();
else document.addEventListener("DOMContentLoaded", begin);
