// Where the player's footage comes from: HLS through hls.js, or through the browser itself where it can.
//
// Rule: every fault is said in words, with what to do; nothing retries in silence for ever.

import { AheadLoader, fetchAhead } from "./player_ahead.js";
import Hls from "./vendor/hls.min.mjs";

const RETRY_MS = 3_000;
const FIRST_BUFFER_S = 6; // the first picture waits for nothing else; more is fetched once it plays
const BUFFER_S = 60;
const ENDED = [401, 403, 404, 410];
const HTTP_ERROR = 400;
const LOST = "The fleet does not answer. Playing goes on once it does.";

/** What to do in its place, for whoever may. */
function instead() {
  return document.querySelector("#download form") ? " You can download the footage instead." : "";
}

/** The footage of one viewing, on its way into a video element. */
export class Source {
  /**
   * @param {HTMLVideoElement} video
   * @param {string} address of the main playlist
   * @param {string} ahead where all that comes before the first part is, in one answer
   * @param {number} starts where the first footage lies, in seconds: what comes before it has not arrived
   * @param {(text: string) => void} say shows a sentence to the person
   */
  constructor(video, address, ahead, starts, say) {
    this.video = video;
    this.address = address;
    this.ahead = ahead;
    this.starts = starts;
    this.say = say;
    this.recovered = false;
  }

  async load() {
    if (!Hls.isSupported()) {
      if (this.video.canPlayType("application/vnd.apple.mpegurl")) this.video.src = this.address;
      else this.say(`This browser cannot play it here.${instead()}`);
      return;
    }
    // The worker would have to be made from a blob, and quality is never chosen: there is one.
    this.hls = new Hls({ enableWorker: false, backBufferLength: 120, maxBufferLength: FIRST_BUFFER_S, startFragPrefetch: true, startPosition: this.starts, loader: AheadLoader });
    this.hls.on(Hls.Events.ERROR, (_event, data) => this.failed(data));
    this.hls.attachMedia(this.video);
    let ended = false;
    document.addEventListener("lapel:signed-out", () => { ended = true; this.hls?.destroy(); }, { once: true });
    await fetchAhead(this.ahead);
    if (!ended) this.hls.loadSource(this.address);
  }

  /** Fetches further ahead, now that it plays. */
  more() {
    if (this.hls) this.hls.config.maxBufferLength = BUFFER_S;
  }

  /** @param {import("./vendor/hls.min.mjs").ErrorData} data */
  failed(data) {
    if (ENDED.includes(data.response?.code ?? 0)) {
      this.hls?.stopLoad();
      this.say("This viewing has ended. Reload the page to watch on.");
      return;
    }
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      const answers = (data.response?.code ?? 0) >= HTTP_ERROR;
      this.say(answers ? "The fleet cannot give the footage now. It is asked again every few seconds." : LOST);
      setTimeout(() => this.again(data), RETRY_MS);
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !this.recovered) {
      this.recovered = true;
      this.hls?.recoverMediaError();
    } else {
      this.say(`This footage does not play in this browser.${instead()}`);
    }
  }

  /** @param {import("./vendor/hls.min.mjs").ErrorData} data */
  again(data) {
    if (data.details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR || data.details === Hls.ErrorDetails.MANIFEST_LOAD_TIMEOUT) {
      this.hls?.loadSource(this.address);
    } else {
      this.hls?.startLoad();
    }
  }
}
