// The keys of the player: which asks for what. Nothing else is taken from the browser or from somebody who types.

const NUDGE_S = 5;

/** @type {Record<string, string>} */
const KEYS = {
  " ": "play",
  k: "play",
  j: "back",
  l: "on",
  p: "press",
  m: "sound",
  f: "full",
  ",": "frame-back",
  ".": "frame-on",
  b: "bookmark-back",
  n: "bookmark-on",
  "?": "keys",
};

/**
 * What a key asks for on this page, if anything: not while somebody types, and not what a button does itself.
 * @param {KeyboardEvent} event
 * @returns {string | undefined}
 */
export function asked(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  if (target.closest("input:not([type=range]), textarea, select, [contenteditable]")) return undefined;
  const what = KEYS[event.key.toLowerCase()];
  if (document.querySelector("dialog[open]") && what !== "keys") return undefined;
  const onButton = target.closest("button, a, summary") !== null;
  return event.key === " " && onButton ? undefined : what;
}

/**
 * By how many seconds an arrow moves the slider; its own arrows move by a tenth, and people want more.
 * @param {KeyboardEvent} event
 */
export function nudge(event) {
  const steps = { ArrowLeft: -NUDGE_S, ArrowDown: -NUDGE_S, ArrowRight: NUDGE_S, ArrowUp: NUDGE_S };
  return steps[/** @type {keyof typeof steps} */ (event.key)] ?? 0;
}
