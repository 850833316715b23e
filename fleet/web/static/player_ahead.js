// What a player asks for before the first part, in one answer: hls.js would ask for each playlist and each
// initialisation by itself, and wait for one before it asks for the next.
//
// Rule: each file of it is given once; whatever is asked for again, or is not in it, comes from the fleet.

import Hls from "./vendor/hls.min.mjs";

const PATIENCE_MS = 10_000;

/** @type {Map<string, string | ArrayBuffer>} by address */
const ahead = new Map();

/** @param {string} text base64 @returns {ArrayBuffer} */
function bytes(text) {
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0)).buffer;
}

/**
 * Asks for all of it. Where that fails nothing is said: each file is asked for by itself then.
 * @param {string} address of that answer, beside which the files lie
 */
export async function fetchAhead(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) return;
    const found = await answer.json();
    const here = new URL(address, location.href);
    for (const [name, text] of Object.entries(found.playlists)) ahead.set(new URL(name, here).href, text);
    for (const [name, text] of Object.entries(found.initialisations)) ahead.set(new URL(name, here).href, bytes(text));
  } catch {
    // The player asks for each, and says what is wrong.
  }
}

/** Loads for hls.js: what is here already, or from the fleet. */
export class AheadLoader extends Hls.DefaultConfig.loader {
  /**
   * @param {import("./vendor/hls.min.mjs").LoaderContext} context
   * @param {import("./vendor/hls.min.mjs").LoaderConfiguration} config
   * @param {import("./vendor/hls.min.mjs").LoaderCallbacks<any>} callbacks
   */
  load(context, config, callbacks) {
    const { href } = new URL(context.url, location.href);
    const data = ahead.get(href);
    if (data === undefined) {
      super.load(context, config, callbacks);
      return;
    }
    ahead.delete(href);
    const { stats } = this;
    const at = performance.now();
    Object.assign(stats.loading, { start: at, first: at, end: at });
    stats.loaded = stats.total = typeof data === "string" ? data.length : data.byteLength;
    queueMicrotask(() => stats.aborted || callbacks.onSuccess({ url: href, data, code: 200 }, stats, context, null));
  }
}
