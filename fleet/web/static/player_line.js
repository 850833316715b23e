// What the drawn line says of a recording: the page draws it anew while footage arrives, so it is read each time.

const AT_IT_S = 0.1;
const GONE_BY_S = 1;

export class Line {
  get drawn() {
    return document.getElementById("player-line");
  }

  /** How long the line is: the whole recording, as far as its length is known. @param {number} footage */
  length(footage) {
    return Number(this.drawn?.dataset.duration) || footage || 0;
  }

  /** Where the press lies; NaN while that is not known. */
  get press() {
    return this.drawn?.dataset.press ? Number(this.drawn.dataset.press) : Number.NaN;
  }

  /** Whether it is known that no press began it. */
  get unpressed() {
    return this.drawn?.dataset.pressed === "no";
  }

  /** Whether nothing counts that the recording says of itself: it did not verify. */
  get untold() {
    return this.drawn?.dataset.told === "no";
  }

  /** Whether the press and the bookmarks are drawn on this page at all: beside a release nothing is said of them. */
  get marked() {
    return this.drawn?.dataset.marks !== "no";
  }

  /** How much of the line there was footage for when it was drawn. */
  get here() {
    return Number(this.drawn?.dataset.here) || 0;
  }

  /** Up to where the time of day goes on evenly: after a hole that is shown shorter than it is, it does not. */
  get dated() {
    return Number(this.drawn?.dataset.dated ?? Infinity);
  }

  /** Whether no more footage is to come. */
  get final() {
    return this.drawn?.dataset.final === "yes";
  }

  /** @returns {[number, number, string][]} */
  get gaps() {
    return JSON.parse(this.drawn?.dataset.gaps ?? "[]");
  }

  /** @returns {number[]} */
  get bookmarks() {
    return JSON.parse(this.drawn?.dataset.bookmarks ?? "[]");
  }

  /**
   * The bookmark after a place (1) or before it (-1).
   * @param {number} at
   * @param {1 | -1} direction
   * @param {boolean} paused while it plays, a bookmark that has just gone by is not the one before
   */
  bookmarkBeside(at, direction, paused) {
    const past = paused ? AT_IT_S : GONE_BY_S;
    if (direction > 0) return this.bookmarks.find((each) => each > at + AT_IT_S);
    return this.bookmarks.findLast((each) => each < at - past);
  }

  /** Has it drawn anew. */
  refresh() {
    this.drawn?.dispatchEvent(new CustomEvent("lapel:refresh"));
  }
}
