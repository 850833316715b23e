// Tells the service that the copy of a photograph was in sight: once it has been, for a second.

import { watermark } from "./player_watermark.js";

const NEEDED_MS = 1_000;
const EVERY_MS = 250;

const root = /** @type {HTMLElement} */ (document.getElementById("copy"));
const picture = /** @type {HTMLImageElement} */ (document.getElementById("footage"));
const token = document.querySelector("[name=csrf_token]")?.getAttribute("value") ?? "";
const screen = picture.closest("[data-still]");
let seen = 0;

if (screen instanceof HTMLElement) watermark(screen);
const timer = setInterval(() => {
  if (document.visibilityState !== "visible" || !picture.complete || !picture.naturalWidth) return;
  seen += EVERY_MS;
  if (seen < NEEDED_MS) return;
  clearInterval(timer);
  tell();
}, EVERY_MS);

async function tell() {
  const answer = await fetch(root.dataset.played ?? "", {
    method: "POST",
    body: JSON.stringify({ spans: [[0, NEEDED_MS]] }),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
  }).catch(() => null);
  const said = /** @type {HTMLElement} */ (document.getElementById("copy-said"));
  said.textContent = answer?.ok ? "" : ((await answer?.json().catch(() => ({})))?.detail ?? "The fleet does not answer: open the page again.");
  document.getElementById("watched")?.dispatchEvent(new CustomEvent("lapel:refresh"));
}
