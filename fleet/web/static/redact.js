// Hiding faces and words in a copy: the forms of the page send one step each, and what lies over the picture fills them in.
//
// Rules:
// - the service decides: what it refuses changes nothing, and its sentence is shown where the forms are;
// - nothing that somebody types is swapped away by news: those are told, and shown when they ask for it, or where there
//   is nothing yet that could be swapped away;
// - everything that a pointer does can be typed.

import { recorded } from "./redact_masks.js";
import { Overlay } from "./redact_picture.js";
import { Still } from "./redact_still.js";

const NS = 1_000_000_000;
const root = /** @type {HTMLElement} */ (document.getElementById("redact"));
const shown = document.getElementById("footage");
const video = /** @type {HTMLVideoElement} */ (shown instanceof HTMLImageElement ? /** @type {unknown} */ (new Still(shown)) : shown);
const overlay = new Overlay(video, put, pick);
let steps = /** @type {[number, number][]} */ ([[0, 0]]);
let isSending = false;
let shownBy = 0; // the newest version that was fetched without anybody asking
let loads = 0; // how many were begun: an older answer that comes late is dropped

/** What stands beside the picture; it is drawn anew after each step. */
function panel() {
  return /** @type {HTMLElement} */ (document.getElementById("hidden"));
}

function now() {
  return recorded(steps, Math.round(video.currentTime * NS));
}

/** A time as the forms take it. */
function typed() {
  const tenths = Math.round(video.currentTime * 10);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/** Fetches what is hidden, and draws it; what somebody typed or moved while the answer was on its way stays. */
async function load() {
  const mine = ++loads;
  const sent = overlay.wanted;
  const answer = await fetch(root.dataset.api ?? "", { headers: { Accept: "application/json" } }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (mine !== loads) return;
  lost(!told);
  if (!told) return;
  steps = JSON.parse(panel().dataset.clock ?? "[[0, 0]]");
  overlay.masks = told.plan.masks;
  overlay.widening = told.plan.widening;
  if (overlay.wanted === sent) overlay.wanted = undefined;
  draw();
  widen();
}

function draw() {
  overlay.draw(now());
}

/** @param {boolean} is */
function lost(is) {
  const notice = root.querySelector("[data-lost]");
  if (notice instanceof HTMLElement) notice.hidden = !is;
}

/**
 * Says that somebody else changed it, or a search did. Where there is no mask here yet, and nothing is typed, what a
 * search has found is shown at once: nobody is in the middle of anything.
 */
function compare() {
  const version = Number(document.getElementById("redact-live")?.dataset.newest ?? 0);
  const isBehind = !isSending && version > Number(panel().dataset.version);
  const isEmpty = !panel().querySelector("[data-mask]") && !unsent(undefined).size && !panel().querySelector("input:focus, select:focus");
  const notice = root.querySelector("[data-changed]");
  if (isBehind && isEmpty && shownBy < version) {
    shownBy = version; // once for each: an answer that is older is told of
    newest(true);
  } else if (notice instanceof HTMLElement) notice.hidden = !isBehind;
}

/** Puts an area into the form that it is for; a mask that is there is moved at once. @param {import("./redact_masks.js").Area} area @param {number} number */
function put(area, number) {
  const fields = panel().querySelector(`[data-sides="${number}"]`);
  if (!fields) return;
  const [left, top, right, bottom] = area;
  for (const [name, value] of Object.entries({ left, top, width: right - left, height: bottom - top })) {
    /** @type {HTMLInputElement} */ (fields.querySelector(`[name=${name}]`)).value = String(value);
  }
  if (number) {
    const form = /** @type {HTMLFormElement} */ (fields.closest("form"));
    send(form, form.querySelector("[value=move]"));
    return;
  }
  const why = /** @type {HTMLInputElement} */ (document.getElementById("draw-reason"));
  why.focus();
  why.select();
}

/** Opens what a mask can be done with. @param {number} number */
function pick(number) {
  const row = document.getElementById(`mask-${number}`);
  const fold = document.getElementById(`edit-${number}`);
  if (fold instanceof HTMLDetailsElement) fold.open = true;
  row?.scrollIntoView({ block: "nearest" });
}

/** Puts a text into a field, and into the slider beside it or the number beside the slider. @param {Element | null} field @param {string} value */
function type(field, value) {
  if (!(field instanceof HTMLInputElement)) return;
  const beside = field.dataset.slides ? document.getElementById(field.dataset.slides) : panel().querySelector(`[data-slides="${field.id}"]`);
  for (const each of [field, beside]) if (each instanceof HTMLInputElement) each.value = value;
}

/** Shows what would be hidden by the numbers as they are typed. */
function widen() {
  const [percent, pixels, seconds] = ["percent", "pixels", "seconds"].map((name) => {
    const field = document.getElementById(`widen-${name}`);
    return field instanceof HTMLInputElement && field.validity.valid ? field.valueAsNumber : NaN;
  });
  if ([percent, pixels, seconds].some(Number.isNaN)) return;
  overlay.widening = { percent, pixels, time_ns: Math.round(seconds * NS) };
  draw();
}

/** Writes where each mask is now into its own form, unless somebody types there. */
function fill() {
  for (const fold of panel().querySelectorAll("details[open] [data-sides]")) {
    if (fold.contains(document.activeElement)) continue;
    const box = overlay.svg.querySelector(`[data-mask="${fold.getAttribute("data-sides")}"]`);
    if (!box) continue;
    for (const [name, from] of Object.entries({ left: "x", top: "y", width: "width", height: "height" })) {
      /** @type {HTMLInputElement} */ (fold.querySelector(`[name=${name}]`)).value = box.getAttribute(from) ?? "";
    }
  }
}

/**
 * Sends one step, and shows what came of it.
 * @param {HTMLFormElement} form
 * @param {Element | null} button
 */
async function send(form, button) {
  if (isSending) return;
  isSending = true;
  for (const at of form.querySelectorAll("[data-at-now]")) if (at instanceof HTMLInputElement) at.value = String(Math.round(video.currentTime * 1000));
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  if (button instanceof HTMLButtonElement && button.name) body.set(button.name, button.value);
  const opened = [...panel().querySelectorAll("details[open][id]")].map((each) => each.id);
  const focused = document.activeElement?.id || document.activeElement?.closest("[id]")?.id;
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } }).catch(() => null);
  const text = answer ? await answer.text().catch(() => "") : "";
  isSending = false;
  show(text, opened, focused, form);
}

/**
 * What somebody typed and has not sent; where a mask is, the picture says.
 * @param {HTMLFormElement | undefined} sent
 * @returns {Map<string, string>} by the field's id
 */
function unsent(sent) {
  const fields = [...panel().querySelectorAll("input[id]:not([data-sides] input)")];
  const changed = fields.filter((each) => each instanceof HTMLInputElement && each.form !== sent && each.value !== each.defaultValue);
  return new Map(changed.map((each) => [each.id, /** @type {HTMLInputElement} */ (each).value]));
}

/** @param {string} text @param {string[]} opened @param {string | undefined} focused empty where the focus stays @param {HTMLFormElement} [sent] */
function show(text, opened, focused, sent) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const next = fresh.getElementById("hidden");
  if (!next) {
    if (fresh.querySelector("form")) location.reload(); // signed out, or the viewing has ended: the page says so
    else lost(true);
    return;
  }
  lost(false);
  const fault = next.querySelector("[role=alert]");
  const kept = unsent(fault ? undefined : sent); // what was refused can be mended
  panel().replaceWith(next);
  for (const [id, value] of kept) type(document.getElementById(id), value);
  const live = fresh.getElementById("redact-live");
  if (live) document.getElementById("redact-live")?.setAttribute("data-newest", live.dataset.newest ?? "0");
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  const back = focused ? document.getElementById(focused) : null;
  if (fault instanceof HTMLElement) fault.scrollIntoView({ block: "nearest" });
  if (focused !== "") (back ?? next.querySelector("[data-go]"))?.focus({ preventScroll: true });
  compare();
  load();
}

root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || "plain" in form.dataset || form.method === "dialog") return;
  event.preventDefault();
  send(form, /** @type {SubmitEvent} */ (event).submitter);
});
root.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-now-into], [data-show-newest]") : null;
  if (!(button instanceof HTMLElement)) return;
  const into = button.dataset.nowInto ? document.getElementById(button.dataset.nowInto) : null;
  if (into instanceof HTMLInputElement) into.value = typed();
  else newest(false);
});
root.addEventListener("toggle", fill, true);
root.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.form?.id !== "widen") return;
  type(field, field.value);
  widen();
});
document.addEventListener("htmx:afterSettle", compare);
for (const name of ["timeupdate", "seeked", "loadedmetadata"]) {
  video.addEventListener(name, () => {
    draw();
    fill();
  });
}

/** Shows it as it is now. @param {boolean} isStaying whether the focus stays where it is */
async function newest(isStaying) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  show(answer ? await answer.text().catch(() => "") : "", [], isStaying ? "" : undefined);
}

/** Draws with the picture while it plays. */
function follow() {
  if (!video.paused) draw();
  requestAnimationFrame(follow);
}
follow();
load();
