// Tells the service which seconds of a copy were played: as it goes on, in sight, and no faster than twice.

const EVERY_MS = 5_000;
const FASTEST = 2;
const FAILED = 500;

const root = /** @type {HTMLElement} */ (document.getElementById("copy"));
const video = /** @type {HTMLVideoElement} */ (document.getElementById("footage"));
const token = document.querySelector("[name=csrf_token]")?.getAttribute("value") ?? "";
/** @type {[number, number][]} */
let spans = [];
let last = Number.NaN;
let isSending = false;

/** Takes down that it has played on to where it is. */
function note() {
  const at = Math.round(video.currentTime * 1000);
  const isPlaying = document.visibilityState === "visible" && !video.seeking && video.playbackRate <= FASTEST;
  if (isPlaying && at > last) {
    const end = spans.at(-1);
    if (end && end[1] === last) end[1] = at;
    else spans.push([last, at]);
  }
  last = at;
}

/** Sends what is taken down; what does not arrive is sent again. */
async function tell() {
  note();
  if (!spans.length || isSending) return;
  isSending = true;
  const sent = spans;
  spans = [];
  const answer = await fetch(root.dataset.played ?? "", {
    method: "POST",
    body: JSON.stringify({ spans: sent }),
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    keepalive: true,
  }).catch(() => null);
  isSending = false;
  if (!answer || answer.status >= FAILED) {
    spans = [...sent, ...spans];
    return;
  }
  const said = /** @type {HTMLElement} */ (document.getElementById("copy-said"));
  said.textContent = answer.ok ? "" : ((await answer.json().catch(() => ({}))).detail ?? "");
  document.getElementById("watched")?.dispatchEvent(new CustomEvent("lapel:refresh"));
}

video.addEventListener("timeupdate", note);
video.addEventListener("seeking", () => {
  last = Number.NaN;
});
video.addEventListener("seeked", () => {
  last = Math.round(video.currentTime * 1000);
});
video.addEventListener("play", note);
for (const name of ["pause", "ended"]) video.addEventListener(name, tell);
document.addEventListener("visibilitychange", tell);
window.addEventListener("pagehide", tell);
setInterval(tell, EVERY_MS);
