// Where masks are at a time, and what is hidden of that: as in fleet/redaction/rules. Areas are pixels of the
// picture, times nanoseconds after the start of the recording.

/**
 * @typedef {[number, number, number, number]} Area left, top, right, bottom
 * @typedef {{percent: number, pixels: number, time_ns: number}} Widening
 * @typedef {{id: number, keys: [number, number, number, number, number][], shown: [number, number][], state: string, reason: string}} Mask
 */

/**
 * The time of the recording at which a player shows a time.
 * @param {[number, number][]} steps from which shown nanosecond on how many are left out
 * @param {number} shown
 */
export function recorded(steps, shown) {
  const step = steps.findLast((each) => each[0] <= shown);
  return shown + (step ? step[1] : 0);
}

/**
 * Where a mask is; undefined while it is not there.
 * @param {Mask} mask @param {number} at @returns {Area | undefined}
 */
export function areaAt(mask, at) {
  const { keys, shown } = mask;
  const slack = 50_000_000; // half a picture and a little: a mask of one key frame is seen where it was drawn
  if (at < keys[0][0] - slack || at > keys[keys.length - 1][0] + slack) return undefined;
  if (shown.some(([from, to]) => at >= from && at < to)) return undefined;
  return placeAt(keys, at);
}

/**
 * Where a mask is between its key frames; before the first and behind the last, where that is.
 * @param {Mask["keys"]} keys @param {number} at @returns {Area}
 */
function placeAt(keys, at) {
  const next = keys.findIndex((key) => key[0] >= at);
  if (next < 0) return sides(keys[keys.length - 1]);
  if (next === 0 || keys[next][0] === at) return sides(keys[next]);
  const [before, after] = [keys[next - 1], keys[next]];
  const way = (at - before[0]) / (after[0] - before[0]);
  const [left, top, right, bottom] = sides(before).map((side, place) => side + (after[place + 1] - side) * way);
  return [Math.floor(left), Math.floor(top), Math.ceil(right), Math.ceil(bottom)];
}

/**
 * What is hidden of a mask in a picture; undefined where nothing is.
 * @param {Mask} mask @param {number} at @param {Widening} widening @param {number} width @param {number} height
 * @returns {Area | undefined}
 */
export function hiddenAt(mask, at, widening, width, height) {
  const found = [];
  let start = mask.keys[0][0];
  for (const [end, next] of [...mask.shown, [mask.keys[mask.keys.length - 1][0], Infinity]]) {
    const [from, to] = [Math.max(start, at - widening.time_ns), Math.min(end, at + widening.time_ns)];
    if (from <= to) found.push(placeAt(mask.keys, from), ...mask.keys.filter((key) => key[0] > from && key[0] < to).map(sides), placeAt(mask.keys, to));
    start = next;
  }
  if (!found.length) return undefined;
  const [left, top] = [0, 1].map((side) => Math.min(...found.map((each) => each[side])));
  const [right, bottom] = [2, 3].map((side) => Math.max(...found.map((each) => each[side])));
  const [across, down] = [right - left, bottom - top].map((size) => Math.ceil((size * widening.percent) / 100) + widening.pixels);
  return [clamp(left - across, 0, width), clamp(top - down, 0, height), clamp(right + across, 0, width), clamp(bottom + down, 0, height)];
}

/** @param {[number, number, number, number, number]} key @returns {Area} */
function sides(key) {
  return [key[1], key[2], key[3], key[4]];
}

/**
 * An area moved or grown by keys, within the picture.
 * @param {Area} area @param {string} key @param {boolean} grows @param {number} by @param {number} width @param {number} height
 * @returns {Area | undefined}
 */
export function nudged(area, key, grows, by, width, height) {
  const across = key === "ArrowLeft" ? -by : key === "ArrowRight" ? by : 0;
  const down = key === "ArrowUp" ? -by : key === "ArrowDown" ? by : 0;
  if (!across && !down) return undefined;
  const [left, top, right, bottom] = area;
  if (grows) return [left, top, clamp(right + across, left + 2, width), clamp(bottom + down, top + 2, height)];
  const x = clamp(left + across, 0, width - (right - left));
  const y = clamp(top + down, 0, height - (bottom - top));
  return [x, y, x + right - left, y + bottom - top];
}

/** @param {number} value @param {number} least @param {number} most */
export function clamp(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
