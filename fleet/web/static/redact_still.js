// A photograph where the page has footage else: one picture that stands still, for what lies over it.

import { watermark } from "./player_watermark.js";

const LOADED = new Set(["loadedmetadata", "seeked"]);

/** What an overlay asks of footage, answered by a picture. */
export class Still {
  /** @param {HTMLImageElement} picture */
  constructor(picture) {
    this.picture = picture;
    this.currentTime = 0;
    this.paused = true;
    const screen = picture.closest("[data-still]");
    if (screen instanceof HTMLElement) watermark(screen);
  }

  get videoWidth() {
    return this.picture.naturalWidth;
  }

  get videoHeight() {
    return this.picture.naturalHeight;
  }

  pause() {}

  /** @param {Element} element */
  after(element) {
    this.picture.after(element);
  }

  /** @param {string} name @param {() => void} listen */
  addEventListener(name, listen) {
    if (!LOADED.has(name)) return;
    if (this.picture.complete) listen();
    else this.picture.addEventListener("load", listen);
  }
}
