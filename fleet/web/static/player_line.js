// What the drawn line says of a recording: the page draws it anew while footage arrives, so it is read each time.

export class Line {
  get drawn() {
    return document.getElementById("player-line");
  }

  /** How long the line is: the whole recording, as far as its length is known. @param {number} footage */
  length(footage) {
    return Number(this.drawn?.dataset.duration) || footage || 0;
  }

  /** How much of the line there was footage for when it was drawn. */
  get here() {
    return Number(this.drawn?.dataset.here) || 0;
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

  /** Has it drawn anew. */
  refresh() {
    this.drawn?.dispatchEvent(new CustomEvent("lapel:refresh"));
  }
}
