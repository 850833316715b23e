// What the player says of a place in the footage: how far it is, and where it lies seen from the press.

/** @param {number} seconds */
export function counter(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const tail = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

const EDGE_S = 0.05;

/** Whether a place lies before the first picture, so that there is no footage of it. @param {number} at */
export function isEarly(at) {
  return at < -EDGE_S;
}

/** Says how long before the first picture a press came. @param {number} press below 0 */
export function earlyPress(press) {
  const before = -press < 60 ? `${Math.round(-press * 10) / 10} s` : counter(-press);
  return `The press came ${before} before the first picture.`;
}

/**
 * Says where a place lies, seen from the press; nothing while it is not known where that is.
 * @param {number} at seconds after the first picture
 * @param {number} press likewise
 */
export function phase(at, press) {
  if (Number.isNaN(press)) return "";
  const distance = Math.abs(at - press);
  if (press > 0 && at < press - 0.05) return `Before the press: ${counter(distance + 0.95)} to go`;
  return `After the press: ${counter(distance)}`;
}
