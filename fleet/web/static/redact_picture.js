// What lies over the picture: each mask where it is now, and the one that is being drawn or moved. A mask that has the
// focus is moved with the arrows, grown with Shift and an arrow, put there with Enter, and left as it was with Escape.

import { areaAt, clamp, hiddenAt, nudged } from "./redact_masks.js";

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 8; // pixels: a shorter drag is a click
const STEP = 8;

/** @typedef {import("./redact_masks.js").Area} Area */

export class Overlay {
  /**
   * @param {HTMLVideoElement} video
   * @param {(area: Area, number: number) => void} put says where a mask (0: a new one) is wanted
   * @param {(number: number) => void} pick says which mask was clicked
   */
  constructor(video, put, pick) {
    this.video = video;
    this.put = put;
    this.pick = pick;
    /** @type {import("./redact_masks.js").Mask[]} */
    this.masks = [];
    /** @type {import("./redact_masks.js").Widening} how much more is hidden than was drawn */
    this.widening = { percent: 0, pixels: 0, time_ns: 0 };
    /** @type {{number: number, area: Area} | undefined} a mask as it would be */
    this.wanted = undefined;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.classList.add("overlay");
    this.svg.setAttribute("aria-label", "Masks");
    this.svg.setAttribute("role", "group");
    video.after(this.svg);
    for (const [name, listen] of Object.entries({ pointerdown: this.down, pointermove: this.move, pointerup: this.up, pointercancel: this.cancel })) {
      this.svg.addEventListener(name, listen.bind(this));
    }
    this.svg.addEventListener("keydown", (event) => this.key(/** @type {KeyboardEvent} */ (event)));
    this.svg.addEventListener("click", (event) => event.stopPropagation());
  }

  get size() {
    return [this.video.videoWidth || 1, this.video.videoHeight || 1];
  }

  /** Draws every mask where it is. @param {number} at nanoseconds of the recording */
  draw(at) {
    this.at = at;
    const [width, height] = this.size;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const there = new Map();
    for (const mask of this.masks) {
      const area = this.wanted?.number === mask.id ? this.wanted.area : areaAt(mask, at);
      if (area && mask.state !== "refused") there.set(mask.id, { area, state: this.wanted?.number === mask.id ? "wanted" : mask.state });
    }
    if (this.wanted?.number === 0) there.set(0, { area: this.wanted.area, state: "wanted" });
    this.edges(at);
    for (const each of [...this.svg.querySelectorAll("[data-mask]")]) if (!there.has(Number(each.getAttribute("data-mask")))) each.remove();
    for (const [number, { area, state }] of there) this.rectangle(number, area, state);
  }

  /** Draws a line around what is hidden of each mask. @param {number} at */
  edges(at) {
    const hidden = this.masks.filter((each) => each.state === "accepted" || each.state === "proposed");
    const areas = hidden.map((each) => hiddenAt(each, at, this.widening, ...this.size));
    for (const each of [...this.svg.querySelectorAll("[data-edge]")].slice(areas.length)) each.remove();
    for (const [place, area] of areas.entries()) {
      let edge = this.svg.querySelector(`[data-edge="${place}"]`);
      if (!edge) {
        edge = document.createElementNS(SVG, "rect");
        edge.setAttribute("data-edge", String(place));
        edge.setAttribute("class", "mask-edge");
        edge.setAttribute("aria-hidden", "true");
        this.svg.prepend(edge);
      }
      edge.toggleAttribute("hidden", !area);
      const [left, top, right, bottom] = area ?? [0, 0, 0, 0];
      for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) edge.setAttribute(name, String(value));
    }
  }

  /** @param {number} number @param {Area} area @param {string} state */
  rectangle(number, area, state) {
    let box = this.svg.querySelector(`[data-mask="${number}"]`);
    if (!box) {
      box = document.createElementNS(SVG, "rect");
      box.setAttribute("data-mask", String(number));
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      this.svg.append(box);
    }
    box.setAttribute("class", `mask-box mask-${state}`);
    box.setAttribute("aria-label", number ? `Mask ${number}: arrows move it, Shift and arrows grow it, Enter puts it there` : "A new mask");
    const [left, top, right, bottom] = area;
    for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) box.setAttribute(name, String(value));
  }

  /** @param {Event} event @returns {[number, number]} */
  place(event) {
    const { clientX, clientY } = /** @type {PointerEvent} */ (event);
    const matrix = this.svg.getScreenCTM();
    const [width, height] = this.size;
    const point = new DOMPoint(clientX, clientY).matrixTransform(matrix?.inverse());
    return [clamp(Math.round(point.x), 0, width), clamp(Math.round(point.y), 0, height)];
  }

  /** @param {Event} event */
  down(event) {
    const pointer = /** @type {PointerEvent} */ (event);
    if (pointer.button !== 0 || !this.video.videoWidth) return;
    this.video.pause();
    const number = event.target instanceof Element ? Number(event.target.getAttribute("data-mask") ?? 0) : 0;
    const mask = this.masks.find((each) => each.id === number);
    this.drag = { from: this.place(event), number, area: mask ? areaAt(mask, this.at ?? 0) : undefined };
    this.svg.setPointerCapture(pointer.pointerId);
    event.preventDefault();
  }

  /** @param {Event} event */
  move(event) {
    if (!this.drag) return;
    const [x, y] = this.place(event);
    const { from, number, area } = this.drag;
    const [across, down] = [x - from[0], y - from[1]];
    if (Math.abs(across) < SMALLEST && Math.abs(down) < SMALLEST && !this.wanted) return;
    const [width, height] = this.size;
    if (area) {
      const left = clamp(area[0] + across, 0, width - (area[2] - area[0]));
      const top = clamp(area[1] + down, 0, height - (area[3] - area[1]));
      this.wanted = { number, area: [left, top, left + area[2] - area[0], top + area[3] - area[1]] };
    } else {
      const [left, right] = [Math.min(from[0], x), Math.max(from[0], x)];
      const [top, bottom] = [Math.min(from[1], y), Math.max(from[1], y)];
      this.wanted = { number: 0, area: [left, top, Math.max(right, left + 1), Math.max(bottom, top + 1)] };
    }
    this.draw(this.at ?? 0);
  }

  /** @param {Event} event */
  up(event) {
    if (!this.drag) return;
    const { number } = this.drag;
    this.drag = undefined;
    if (this.wanted) this.put(this.wanted.area, this.wanted.number);
    else if (number) {
      this.pick(number);
      const box = event.target instanceof Element ? this.svg.querySelector(`[data-mask="${number}"]`) : null;
      if (box instanceof SVGElement) box.focus();
    }
  }

  cancel() {
    this.drag = this.wanted = undefined;
    this.draw(this.at ?? 0);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const number = event.target instanceof Element ? Number(event.target.getAttribute("data-mask") ?? 0) : 0;
    const mask = this.masks.find((each) => each.id === number);
    const area = this.wanted?.number === number ? this.wanted.area : mask ? areaAt(mask, this.at ?? 0) : undefined;
    if (!area) return;
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && this.wanted) this.put(this.wanted.area, number);
    else if (event.key === "Enter" && number) this.pick(number);
    else {
      const next = nudged(area, event.key, event.shiftKey, STEP, ...this.size);
      if (!next) return;
      this.video.pause();
      this.wanted = { number, area: next };
      this.draw(this.at ?? 0);
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
