// Goes from one picture to the next or the one before. How long a picture stands is learnt from those that are shown:
// a camera in the dark takes fewer a second than it says. A browser that has much to do leaves pictures out, so the
// shortest of the last few is taken: with a longer one a key would pass over pictures that nobody then sees.

const USUAL_S = 1 / 25; // until two pictures have been seen
const LONGEST_S = 1; // what stands longer is no picture's length but a gap, or a place that was gone to
const SHORTEST_S = 0.001;
const REMEMBERED = 12; // as many as tell how often the camera takes one now

export class Frames {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    /** @type {number[]} how long each of the last pictures stood, in seconds */
    this.lengths = [];
    this.shown = 0;
    this.look = this.look.bind(this);
    video.requestVideoFrameCallback?.(this.look);
  }

  /** @param {number} _ @param {VideoFrameCallbackMetadata} picture */
  look(_, picture) {
    const since = picture.mediaTime - this.shown;
    if (since > SHORTEST_S && since < LONGEST_S && !this.video.paused) {
      this.lengths = [...this.lengths, since].slice(-REMEMBERED);
    }
    this.shown = picture.mediaTime;
    this.video.requestVideoFrameCallback(this.look);
  }

  /**
   * Where to go for the next picture (1) or the one before (-1): into the middle of it, for ends are shared.
   * @param {1 | -1} direction
   */
  beside(direction) {
    const length = this.lengths.length ? Math.min(...this.lengths) : USUAL_S;
    const place = this.video.currentTime;
    const within = place - this.shown;
    // A picture that stands longer than the others is still there where the next one was looked for: on from there.
    const stays = direction > 0 && within > length;
    const from = Math.abs(within) < LONGEST_S && !stays ? this.shown : place;
    return from + length * (direction > 0 ? 1.5 : -0.5);
  }
}
