// The viewer's name and the time over the picture, on the page alone: the footage itself is never touched. It tells
// whoever sees a photograph of a screen whose screen that was; it hinders nobody who records the screen and cuts it off.

import { serviceTime } from "./known.js";

const EVERY_MS = 1_000;

/** @param {HTMLElement} root the player, which has full screen too */
export function watermark(root) {
  const over = root.querySelector("[data-watermark]");
  if (!(over instanceof HTMLElement)) return;
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: document.body.dataset.zone,
    dateStyle: "medium",
    timeStyle: "long",
  });
  const write = () => {
    const words = `\u2068${over.dataset.watermark}\u2069 · ${clock.format(serviceTime())}`;
    for (const span of over.querySelectorAll("span")) span.textContent = words;
  };
  write();
  const timer = setInterval(() => (root.isConnected ? write() : clearInterval(timer)), EVERY_MS);
}
