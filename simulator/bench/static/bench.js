// The bench's page: keeps the tiles up to date over one WebSocket, and sends what is pressed.
// Without it the page still shows its first state and its buttons still work, as plain forms.

import { addLines } from "./log.js";
import { toneOf } from "./tones.js";

const HOLD_MS = 3000;
const TAP_MS = 400;
const PAIRS = {
  network: ["unplug", "plug-in"],
  power: ["power-off", "power-on"],
  lens: ["cover", "uncover"],
  pictures: ["stall", "unstall"],
  microphone: ["mute", "unmute"],
  sound: ["stall-microphone", "unstall-microphone"],
  privacy: ["private-on", "private-off"],
  dock: ["dock", "undock"],
};
const AT_THE_DOOR = ["consent-given", "consent-refused", "consent-withdrawn", "consent-overridden", "asked-for", "not-asked"];
const INSTEAD = Object.fromEntries(Object.values(PAIRS).flatMap(([on, off]) => [[on, off], [off, on]]));
const RETRY_MS = [500, 1000, 2000, 5000];

const token = document.querySelector("meta[name=bench-token]").content;
const announce = document.getElementById("announce");
const line = document.getElementById("line");
const summary = document.getElementById("summary");
const states = new Map();

const tileOf = (camera) => document.getElementById(camera);

// --- what a tile shows -------------------------------------------------------------------------------------

function setText(tile, name, text) {
  const place = tile.querySelector(`[data-show=${name}]`);
  if (place && place.textContent !== text) place.textContent = text;
}

function say(camera, sentence, kind = "outcome") {
  const tile = tileOf(camera);
  setText(tile, "said", sentence);
  tile.querySelector(".said").dataset.kind = kind;
  announce.textContent = sentence ? `${states.get(camera)?.called || camera}: ${sentence}` : "";
}

// What was said to be wrong is not said on once it no longer is.
function unsay(camera, sentence) {
  if (tileOf(camera).querySelector("[data-show=said]").textContent === sentence) say(camera, "");
}

function setButton(tile, action, { disabled = false, hidden = false }) {
  for (const button of tile.querySelectorAll(`button[data-action="${action}"]`)) {
    const hadFocus = hidden && document.activeElement === button;
    button.disabled = disabled;
    button.form.hidden = hidden;
    // The button that takes a hidden one's place takes the focus, too.
    if (hadFocus) tile.querySelector(`button[data-action="${INSTEAD[action]}"]`)?.focus();
  }
}

// Two buttons of which one is there at a time: the one to be shown is set first.
function setPair(tile, [on, off], isOn, disabled = false) {
  const [shown, gone] = isOn ? [off, on] : [on, off];
  setButton(tile, shown, { disabled });
  setButton(tile, gone, { disabled, hidden: true });
}

function show(state) {
  const tile = tileOf(state.camera);
  if (!tile) {
    setLine("A camera has joined: load this page anew to see it.", true);
    return;
  }
  const before = states.get(state.camera);
  states.set(state.camera, state);
  tile.dataset.state = state.state;
  if (before && before.state !== state.state) toneOf(state.state);
  setText(tile, "state", state.state);
  setText(tile, "officer", state.officer || "nobody wears it");
  setText(tile, "recording_label", state.recording_label);
  setText(tile, "prerecord_label", state.prerecord_label);
  setText(tile, "broken", state.broken);
  const bar = tile.querySelector("progress");
  bar.max = state.window_s;
  bar.value = state.prerecord_s;
  const off = !state.powered;
  const idle = state.number === null;
  setButton(tile, "press", { disabled: off });
  for (const action of AT_THE_DOOR) setButton(tile, action, { disabled: off });
  setButton(tile, "stop", { disabled: idle });
  setButton(tile, "bookmark", { disabled: idle });
  setPair(tile, PAIRS.network, state.unplugged);
  setPair(tile, PAIRS.power, off);
  setButton(tile, "power-on", { disabled: state.destroyed, hidden: !off });
  setPair(tile, PAIRS.privacy, state.private, off);
  setPair(tile, PAIRS.dock, state.docked, off);
  setPair(tile, PAIRS.lens, state.covered, off);
  setPair(tile, PAIRS.pictures, state.stalled, off);
  setPair(tile, PAIRS.microphone, state.muted, off);
  setPair(tile, PAIRS.sound, state.soundless, off);
  if (state.trouble && state.trouble !== before?.trouble) say(state.camera, state.trouble, "trouble");
  else if (!state.trouble && before?.trouble) unsay(state.camera, before.trouble);
}

function summarise() {
  const all = [...states.values()];
  const count = (name) => all.filter((state) => state.state === name).length;
  const waiting = all.reduce((sum, state) => sum + state.waiting, 0);
  const words = [`${all.length} virtual cameras`, `${count("ready")} ready`, `${count("recording")} recording`];
  if (count("off")) words.push(`${count("off")} without power`);
  if (waiting) words.push(`${waiting} not yet held by the fleet`);
  const text = words.join(", ");
  if (summary.textContent !== text) summary.textContent = text;
}

async function showPicture(data) {
  const bytes = new Uint8Array(data);
  const end = 1 + bytes[0];
  const canvas = tileOf(new TextDecoder().decode(bytes.subarray(1, end)))?.querySelector("canvas");
  if (!canvas) return;
  const picture = await createImageBitmap(new Blob([bytes.subarray(end)], { type: "image/jpeg" }));
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
  picture.close();
}

// --- the live connection -----------------------------------------------------------------------------------

let socket = null;
let attempts = 0;

function setLine(text, live) {
  line.textContent = text;
  line.dataset.live = live ? "yes" : "no";
}

function connect() {
  if (socket || document.hidden) return;
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    attempts = 0;
    setLine("Live", true);
  });
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") {
      const news = JSON.parse(data);
      if (news.log) return addLines(news.log);
      news.forEach(show);
      summarise();
    } else {
      showPicture(data).catch(() => setLine("A picture could not be shown; the next one may.", false));
    }
  });
  socket.addEventListener("close", () => {
    socket = null;
    if (document.hidden) return;
    setLine("The bench does not answer; trying again. If it was stopped, start it and load this page anew.", false);
    setTimeout(connect, RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)]);
  });
}

// Nobody watches a hidden page: let the cameras stop making pictures for it.
document.addEventListener("visibilitychange", () => (document.hidden ? socket?.close() : connect()));

// --- the buttons -------------------------------------------------------------------------------------------

async function act(button) {
  const form = button.form;
  // A form with several buttons says at each of them what it does.
  const action = button.getAttribute("formaction") ?? form.action;
  const camera = form.closest(".tile")?.dataset.camera;
  const tell = (sentence, kind) => (camera ? say(camera, sentence, kind) : (announce.textContent = sentence));
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("token");
  // What is not shown does not go with what was chosen.
  for (const { name } of [...form.querySelectorAll("label input")].filter((each) => !each.checkVisibility())) {
    fields.delete(name);
  }
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(action, { method: "POST", headers: { "X-Bench-Token": token }, body: fields });
    const { sentence } = await answer.json();
    tell(sentence, answer.ok ? "outcome" : "trouble");
    // The page has no tile yet for a camera that has joined.
    if (answer.ok && action.endsWith("/enrol")) location.reload();
  } catch {
    tell("The bench did not answer; is it still running?", "trouble");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  // A held button acts when it has been held long enough, not when it is let go.
  const button = event.submitter ?? event.target.querySelector("button");
  if (!button.classList.contains("hold")) act(button);
});

function holdable(button) {
  let timer = null;
  let begun = 0;
  const begin = () => {
    if (timer !== null || button.disabled) return;
    begun = performance.now();
    button.classList.add("held");
    timer = setTimeout(() => {
      end(false);
      act(button);
    }, HOLD_MS);
  };
  const end = (letGo = true) => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    button.classList.remove("held");
    if (letGo && performance.now() - begun < TAP_MS) {
      say(button.closest(".tile").dataset.camera, "Hold the button for three seconds to stop.");
    }
  };
  button.addEventListener("pointerdown", (event) => event.button === 0 && begin());
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, () => end());
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) begin();
  });
  button.addEventListener("keyup", () => end());
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}

document.querySelectorAll("button.hold").forEach(holdable);
connect();
