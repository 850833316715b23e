// Takes back what a page says of the present once the message behind it is too old, whether or not anything comes: the
// connection may be gone, the service may hang, the laptop may have slept.
//
// `data-until` is shown until a moment, `data-from` from it on; `data-then-tone` is the colour that something has from
// then on. Moments are the service's. How late it is there is reckoned from what of the page came last, so that it does
// not matter how the clock of this machine is set, nor that it or the service's is set meanwhile.

const LOOK_MS = 500;

/** @type {WeakMap<Element, {at: string, wall: number, steady: number}>} */
const came = new WeakMap();

/** How late it is at the service; NaN while no region has come. */
export function serviceNow() {
  const [wall, steady] = [Date.now(), performance.now()];
  /** @type {{at: string, wall: number, steady: number} | null} */
  let newest = null;
  for (const region of document.querySelectorAll("[data-at]")) {
    const at = region.getAttribute("data-at") ?? "";
    let known = came.get(region);
    if (known?.at !== at) {
      known = { at, wall, steady };
      came.set(region, known);
    }
    const isLater = newest === null || known.steady > newest.steady;
    if (isLater || (known.steady === newest?.steady && known.at > newest.at)) newest = known;
  }
  if (newest === null) return Number.NaN;
  // The steady clock may stand still while the machine sleeps, the other may be set: the later of them is right.
  return Date.parse(newest.at) + Math.max(wall - newest.wall, steady - newest.steady);
}

/** What time it is at the service; by this machine's clock only where nothing tells that. */
export function serviceTime() {
  const known = serviceNow();
  return new Date(Number.isNaN(known) ? Date.now() : known);
}

/** @param {Element} element @param {string} tone */
function turn(element, tone) {
  const before = [...element.classList].filter((name) => name.startsWith("tone-"));
  element.classList.remove(...before);
  element.classList.add(`tone-${tone}`);
}

function look() {
  const now = serviceNow();
  if (Number.isNaN(now)) return;
  for (const element of document.querySelectorAll("[data-until]")) {
    const over = now >= Date.parse(element.getAttribute("data-until") ?? "");
    const tone = element.getAttribute("data-then-tone");
    if (tone === null) element.toggleAttribute("hidden", over);
    else if (over) turn(element, tone);
  }
  for (const element of document.querySelectorAll("[data-from]")) {
    element.toggleAttribute("hidden", now < Date.parse(element.getAttribute("data-from") ?? ""));
  }
}

look();
setInterval(look, LOOK_MS);
