// Goes from one picture to the next or the one before. How long a picture stands is learnt from those that are shown:
// a camera in the dark takes fewer a second than it says.

const USUAL_S = 1 / 25; // until two pictures have been seen
const LONGEST_S = 1; // what stands longer is no picture's length but a gap, or a place that was gone to

export class Frames {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
    this.length = USUAL_S;
    this.shown = 0;
    this.look = this.look.bind(this);
    video.requestVideoFrameCallback?.(this.look);
  }

  /** @param {number} _ @param {VideoFrameCallbackMetadata} picture */
  look(_, picture) {
    const since = picture.mediaTime - this.shown;
    if (since > 0.001 && since < LONGEST_S && !this.video.paused) this.length = since;
    this.shown = picture.mediaTime;
    this.video.requestVideoFrameCallback(this.look);
  }

  /**
   * Where to go for the next picture (1) or the one before (-1): into the middle of it, for ends are shared.
   * @param {1 | -1} direction
   */
  beside(direction) {
    const near = Math.abs(this.video.currentTime - this.shown) < LONGEST_S;
    const from = near ? this.shown : this.video.currentTime;
    return from + this.length * (direction > 0 ? 1.5 : -0.5);
  }
}
