// The player of one recording: knows the press, and is worked by keyboard, mouse or finger. The footage comes through
// player_source.js.
//
// Rules:
// - time is counted from the first picture, as everywhere on the page; the press lies at `data-press`;
// - the line is as long as the recording is known to be: what has not arrived is drawn and cannot be gone to;
// - while it plays, the page says whether this was before or after the press, and whether there is more to come;
// - sound is on, and playing begins when the person asks for it: with Watch, or on a page opened anew with Play.

import { Source } from "./player_source.js";

const STEP_S = 10;
const NUDGE_S = 5;
const GROWN_S = 0.5;
const EDGE_PERCENT = 5; // words nearer to an edge than this stand beside their mark, not under it

/** @param {number} seconds */
export function counter(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const tail = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/**
 * Says where a place lies, seen from the press.
 * @param {number} at seconds after the first picture
 * @param {number} press likewise
 */
export function phase(at, press) {
  const distance = Math.abs(at - press);
  if (press > 0 && at < press - 0.05) return `Before the press: ${counter(distance + 0.95)} to go`;
  return `After the press: ${counter(distance)}`;
}

/** One player on the page. */
class Player {
  /**
   * @param {HTMLElement} root
   * @param {boolean} asked whether the person has just asked to watch
   */
  constructor(root, asked) {
    this.root = root;
    this.asked = asked;
    this.press = Number(root.dataset.press ?? 0);
    this.start = Date.parse(root.dataset.start ?? "");
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.seek = /** @type {HTMLInputElement} */ (root.querySelector("[data-seek]"));
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone: document.body.dataset.zone, timeStyle: "medium" });
    this.listen();
    this.place();
    this.source = new Source(this.video, root.dataset.playlist ?? "", (text) => this.say(text));
    this.source.load();
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-${name}]`));
  }

  listen() {
    const { video, seek } = this;
    video.addEventListener("loadedmetadata", () => this.ready());
    for (const name of ["timeupdate", "seeking", "seeked"]) video.addEventListener(name, () => this.draw());
    for (const name of ["play", "pause", "ended", "volumechange"]) video.addEventListener(name, () => this.buttons());
    video.addEventListener("durationchange", () => this.grown());
    // At the newest that has arrived nothing is loading: it is waited for, and that is said already.
    video.addEventListener("waiting", () => !video.paused && !this.newest() && this.say("Loading …"));
    video.addEventListener("playing", () => this.playing());
    video.addEventListener("click", () => this.do("play"));
    seek.addEventListener("input", () => this.go(Number(seek.value)));
    seek.addEventListener("keydown", (event) => this.nudge(event));
    this.root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
      if (button instanceof HTMLElement) this.do(button.dataset.do ?? "");
    });
    const speed = /** @type {HTMLSelectElement} */ (this.part("speed"));
    speed.addEventListener("change", () => {
      video.playbackRate = Number(speed.value);
    });
    document.addEventListener("keydown", (event) => this.key(event));
    // The line is drawn anew while a recording still arrives.
    this.root.addEventListener("htmx:afterSwap", () => {
      this.place();
      this.draw();
    });
  }

  ready() {
    for (const control of this.root.querySelectorAll("[disabled]")) control.removeAttribute("disabled");
    this.say("");
    this.video.muted = false;
    this.buttons();
    this.draw();
    if (!this.asked) return;
    this.asked = false;
    /** @type {HTMLElement} */ (this.root.querySelector(".controls [data-do=play]")).focus({ preventScroll: true });
    this.video.play().catch(() => this.buttons()); // the browser wants a press of Play, which is offered
  }

  playing() {
    this.say("");
    tell("lapel:opened");
    this.grown();
    this.source.more();
  }

  /** @param {string} what */
  do(what) {
    const { video } = this;
    if (!Number.isFinite(video.duration)) return;
    if (what === "play") this.toggle();
    else if (what === "back") this.go(video.currentTime - STEP_S);
    else if (what === "on") this.go(video.currentTime + STEP_S);
    else if (what === "press") this.toPress();
    else if (what === "sound") video.muted = !video.muted;
    else if (what === "full") this.full();
  }

  toggle() {
    const { video } = this;
    if (!video.paused) {
      video.pause();
      return;
    }
    if (video.ended) this.go(0);
    video.play().catch(() => this.say("The browser did not start it; press Play once more."));
  }

  /** The press may lie in what has not arrived: then it is said, and nothing else is shown in its place. */
  toPress() {
    if (this.press <= this.video.duration) this.go(this.press);
    else this.say(this.final() ? "There is no footage of the press." : "The press is not here yet.");
    this.draw();
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  /** @param {number} seconds */
  go(seconds) {
    const end = Number.isFinite(this.video.duration) ? this.video.duration : this.length();
    this.say("");
    this.video.currentTime = Math.min(Math.max(seconds, 0), Math.max(end - 0.05, 0));
    this.draw();
  }

  /** How long the drawn line is: the whole recording, as far as its length is known. */
  length() {
    return Number(document.getElementById("player-line")?.dataset.duration) || this.video.duration || 0;
  }

  /** How much of the line there was footage for when it was drawn. */
  here() {
    return Number(document.getElementById("player-line")?.dataset.here) || 0;
  }

  /** Whether what is shown is the newest that has arrived, with more to come. */
  newest() {
    return !this.final() && this.video.duration - this.video.currentTime < GROWN_S;
  }

  /** Whether no more footage is to come. */
  final() {
    return document.getElementById("player-line")?.dataset.final === "yes";
  }

  /** @returns {[number, number, string][]} */
  gaps() {
    return JSON.parse(document.getElementById("player-line")?.dataset.gaps ?? "[]");
  }

  /** Has the line drawn anew when the footage has grown past it. */
  grown() {
    if (this.video.duration - this.here() < GROWN_S || document.body.dataset.opening !== undefined) return;
    document.getElementById("player-line")?.dispatchEvent(new CustomEvent("lapel:refresh"));
  }

  /** Keys for the whole page, unless the person types something. @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (target.closest("input:not([type=range]), textarea, select, [contenteditable]")) return;
    const onButton = target.closest("button, a, summary") !== null;
    /** @type {Record<string, string>} */
    const keys = { " ": "play", k: "play", j: "back", l: "on", p: "press", m: "sound", f: "full" };
    const what = keys[event.key.toLowerCase()];
    if (!what || (event.key === " " && onButton)) return;
    event.preventDefault();
    this.do(what);
  }

  /** The slider's own arrows move by a tenth of a second; people want more. @param {KeyboardEvent} event */
  nudge(event) {
    const steps = { ArrowLeft: -NUDGE_S, ArrowDown: -NUDGE_S, ArrowRight: NUDGE_S, ArrowUp: NUDGE_S };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (!step) return;
    event.preventDefault();
    this.go(this.video.currentTime + step);
  }

  draw() {
    const at = this.video.currentTime;
    const length = this.length();
    const words = phase(at, this.press);
    this.seek.max = String(length);
    this.seek.value = String(at);
    this.seek.setAttribute("aria-valuetext", `${counter(at)} of ${counter(length)}. ${words}`);
    this.part("now").textContent = counter(at);
    this.part("total").textContent = counter(length);
    const label = this.part("phase");
    label.hidden = false;
    label.textContent = words;
    label.dataset.phase = words.startsWith("Before") ? "before" : "after";
    const gap = this.gaps().find(([from, to]) => at >= from && at < to);
    const said = this.part("message").textContent !== "";
    const note = said ? "" : gap ? gap[2] : this.newest() ? "This is the newest that has arrived." : "";
    if (this.part("gap").textContent !== note) this.part("gap").textContent = note;
    const wall = /** @type {HTMLTimeElement} */ (this.part("wall"));
    const moment = new Date(this.start + at * 1000);
    if (!Number.isNaN(moment.valueOf())) {
      wall.textContent = this.clock.format(moment);
      wall.title = `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
      wall.dateTime = moment.toISOString();
    }
    this.root.querySelector("[data-played]")?.setAttribute("width", String(length ? (1000 * at) / length : 0));
  }

  buttons() {
    const { paused, muted, volume } = this.video;
    const states = { paused, playing: !paused, muted: muted || volume === 0, heard: !muted && volume > 0 };
    for (const [name, is] of Object.entries(states)) {
      for (const element of this.root.querySelectorAll(`[data-when="${name}"]`)) {
        if (element instanceof HTMLElement) element.hidden = !is;
      }
    }
    this.root.querySelector('[data-do="sound"]')?.setAttribute("aria-pressed", String(states.heard));
    const big = this.root.querySelector(".big-play");
    if (big instanceof HTMLElement) big.hidden = !paused;
  }

  /** Marks of time are placed here, for a page may carry no style of its own. */
  place() {
    const words = this.root.querySelector(".tick-words");
    for (const word of this.root.querySelectorAll("[data-x]")) {
      if (!(word instanceof HTMLElement)) continue;
      const at = Number(word.dataset.x);
      word.style.left = `${at}%`;
      word.classList.toggle("at-start", at < EDGE_PERCENT);
      word.classList.toggle("at-end", at > 100 - EDGE_PERCENT);
    }
    words?.setAttribute("data-placed", "");
  }

  /** @param {string} text */
  say(text) {
    this.part("message").textContent = text;
  }
}

/** Has the rest of the page wait, or go on. @param {"lapel:opening" | "lapel:opened"} what */
function tell(what) {
  document.dispatchEvent(new CustomEvent(what));
}

/** Takes up the page's player, once. @param {boolean} asked */
function begin(asked) {
  const root = document.getElementById("player");
  if (!root || root.dataset.begun !== undefined) return;
  root.dataset.begun = "";
  if (asked) {
    root.scrollIntoView({ block: "start" });
    tell("lapel:opening");
  }
  new Player(root, asked);
}

begin(false);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target instanceof Element && event.target.closest("#watch form")) tell("lapel:opening");
});
document.addEventListener("htmx:afterSettle", () => begin(true));
// A purpose that was refused opens nothing.
document.addEventListener("htmx:afterRequest", (event) => {
  const { target, successful } = /** @type {CustomEvent} */ (event).detail;
  if (target.id === "watch" && !successful) tell("lapel:opened");
});
