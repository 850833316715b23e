// The player of one recording: knows the press, and is worked by keyboard, mouse or finger. The footage comes through
// player_source.js.
//
// Rules:
// - time is counted from the first picture, as everywhere on the page; the press lies at `data-press`;
// - the line is as long as the recording is known to be: what has not arrived is drawn and cannot be gone to;
// - while it plays, the page says whether this was before or after the press, and whether there is more to come;
// - sound is on, and playing begins when the person asks for it: with Watch, or on a page opened anew with Play.

import { timeOfDay } from "./clock.js";
import { Frames } from "./player_frames.js";
import { asked as askedFor, nudge } from "./player_keys.js";
import { Line } from "./player_line.js";
import { listenForPlaces } from "./player_place.js";
import { Source } from "./player_source.js";
import { watermark } from "./player_watermark.js";
import { counter, earlyPress, isEarly, phase } from "./player_words.js";

const STEP_S = 10;
const GROWN_S = 0.5;
const MARKS = new Set(["press", "bookmark-back", "bookmark-on"]);

/** One player on the page. */
class Player {
  /**
   * @param {HTMLElement} root
   * @param {boolean} asked whether the person has just asked to watch
   */
  constructor(root, asked) {
    this.root = root;
    this.asked = asked;
    this.start = Date.parse(root.dataset.start ?? "");
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.seek = /** @type {HTMLInputElement} */ (root.querySelector("[data-seek]"));
    this.line = new Line();
    this.wanted = Number.POSITIVE_INFINITY; // a place to go to once it is in the player
    this.frames = new Frames(this.video);
    this.listen();
    watermark(root);
    this.say("Opening the footage …");
    this.source = new Source(this.video, root.dataset.playlist ?? "", root.dataset.ahead ?? "", Number(root.dataset.starts ?? 0), (text) => this.say(text));
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
    seek.addEventListener("keydown", (event) => {
      const step = nudge(event);
      if (!step) return;
      event.preventDefault();
      this.go(this.video.currentTime + step);
    });
    this.root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-do]") : null;
      if (button instanceof HTMLElement) this.do(button.dataset.do ?? "");
    });
    const speed = /** @type {HTMLSelectElement} */ (this.part("speed"));
    speed.addEventListener("change", () => {
      video.playbackRate = Number(speed.value);
    });
    document.addEventListener("keydown", (event) => {
      const what = askedFor(event);
      if (!what) return;
      event.preventDefault();
      this.do(what);
    });
    // What happened is listed elsewhere on the page, and drawn anew meanwhile.
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("[data-go]") : null;
      if (!(link instanceof HTMLElement) || !this.root.isConnected) return;
      event.preventDefault();
      this.root.scrollIntoView({ block: "start" });
      this.seek.focus({ preventScroll: true });
      this.toPlace(Number(link.dataset.go));
    });
    // The line is drawn anew while a recording still arrives.
    this.root.addEventListener("htmx:afterSwap", () => this.draw());
  }

  ready() {
    for (const control of this.root.querySelectorAll("[disabled]")) control.removeAttribute("disabled");
    this.say("");
    this.video.muted = false;
    this.buttons();
    if (this.root.dataset.begin !== undefined) this.toPlace(Number(this.root.dataset.begin));
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
    if (what === "keys") this.help();
    if (!Number.isFinite(video.duration) || (MARKS.has(what) && !this.line.marked)) return;
    if (what === "play") this.toggle();
    else if (what === "frame-back") this.step(-1);
    else if (what === "frame-on") this.step(1);
    else if (what === "bookmark-back") this.bookmark(-1);
    else if (what === "bookmark-on") this.bookmark(1);
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

  /** Goes to a place that somebody picked from what happened. @param {number} seconds */
  toPlace(seconds) {
    this.goTo(seconds, "There is no footage of that.", "That is not here yet.");
  }

  /** The press may lie in what has not arrived: then it is said, and nothing else is shown in its place. */
  toPress() {
    if (this.line.untold) this.say("What it says of a press did not verify, so it is not told here.");
    else if (this.line.unpressed) this.say("Nobody pressed for this recording: it was begun without.");
    else if (Number.isNaN(this.line.press)) this.say("Where the press is, is not known.");
    else if (isEarly(this.line.press)) {
      this.go(0);
      this.say(earlyPress(this.line.press));
    } else this.goTo(this.line.press, "There is no footage of the press.", "The press is not here yet.");
  }

  /**
   * Goes to a place, or says why it cannot.
   * @param {number} seconds
   * @param {string} never what to say when there is no footage of it
   * @param {string} later what to say when there may be
   */
  goTo(seconds, never, later) {
    if (isEarly(seconds)) this.say(never);
    else if (seconds <= this.video.duration) this.go(seconds);
    else if (seconds > this.line.here) this.say(this.line.final ? never : later);
    else {
      this.wanted = seconds; // it has arrived, and is not in the player yet
      this.say("Loading …");
    }
    this.draw();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    this.video.pause();
    this.go(this.frames.beside(direction));
  }

  /** @param {1 | -1} direction */
  bookmark(direction) {
    const next = this.line.bookmarkBeside(this.video.currentTime, direction, this.video.paused);
    if (this.line.untold) this.say("What it says of bookmarks did not verify, so it is not told here.");
    else if (next === undefined && direction < 0) this.say("There is no bookmark before this.");
    else if (next === undefined) this.say(this.line.final ? "There is no bookmark after this." : "No bookmark after this is known yet.");
    else this.goTo(next, "There is no footage of that bookmark.", "That bookmark is not here yet.");
  }

  help() {
    const sheet = /** @type {HTMLDialogElement} */ (this.root.querySelector("dialog.keys"));
    if (sheet.open) sheet.close();
    else sheet.showModal();
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  /** @param {number} seconds */
  go(seconds) {
    this.wanted = Number.POSITIVE_INFINITY;
    const end = Number.isFinite(this.video.duration) ? this.video.duration : this.line.length(this.video.duration);
    this.say("");
    this.video.currentTime = Math.min(Math.max(seconds, 0), Math.max(end - 0.05, 0));
    this.draw();
  }

  /** Whether what is shown is the newest that has arrived, with more to come. */
  newest() {
    const { duration, currentTime } = this.video;
    return !this.line.final && duration - currentTime < GROWN_S && this.line.here - duration < GROWN_S;
  }

  /** Has the line drawn anew when the footage has grown past it. */
  grown() {
    if (this.wanted <= this.video.duration) this.go(this.wanted);
    if (this.video.duration - this.line.here < GROWN_S || document.body.dataset.opening !== undefined) return;
    this.line.refresh();
  }

  draw() {
    const at = this.video.currentTime;
    const length = this.line.length(this.video.duration);
    const words = phase(at, this.line.press);
    this.seek.max = String(length);
    this.seek.value = String(at);
    this.seek.setAttribute("aria-valuetext", `${counter(at)} of ${counter(length)}. ${words}`.trim());
    this.part("now").textContent = counter(at);
    this.part("total").textContent = counter(length);
    const label = this.part("phase");
    label.hidden = words === "";
    label.textContent = words;
    label.dataset.phase = words.startsWith("Before") ? "before" : "after";
    const gap = this.line.gaps.find(([from, to]) => at >= from && at < to);
    const said = this.part("message").textContent !== "";
    const note = said ? "" : gap ? gap[2] : this.newest() ? "This is the newest that has arrived." : "";
    if (this.part("gap").textContent !== note) this.part("gap").textContent = note;
    const wall = /** @type {HTMLTimeElement} */ (this.part("wall"));
    const moment = new Date(this.start + at * 1000);
    wall.hidden = at > this.line.dated;
    if (!Number.isNaN(moment.valueOf())) {
      wall.textContent = timeOfDay(moment);
      wall.title = `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
      wall.dateTime = moment.toISOString();
    }
    this.part("bookmark-buttons").hidden = !this.line.bookmarks.length;
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
listenForPlaces();
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target instanceof Element && event.target.closest("#watch form")) tell("lapel:opening");
});
document.addEventListener("htmx:afterSettle", () => begin(true));
// A purpose that was refused opens nothing.
document.addEventListener("htmx:afterRequest", (event) => {
  const { target, successful } = /** @type {CustomEvent} */ (event).detail;
  if (target.id === "watch" && !successful) tell("lapel:opened");
});
