// The site's clock: its time of day, with the zone's letters (BST, GMT) where the clocks show that time twice in a night,
// as `fleet.web.zone` says it.

const timeZone = document.body.dataset.zone;
const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
const named = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", timeZoneName: "short" });
const date = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short" });
/** How far clocks are put back: an hour, and half an hour in one place. */
const BACK_MS = [1_800_000, 3_600_000];

/** @param {Date} moment */
function isShownTwice(moment) {
  const shown = clock.format(moment);
  return BACK_MS.some((back) => [back, -back].some((by) => clock.format(new Date(moment.getTime() + by)) === shown));
}

/** The site's day, to tell it from another. @param {Date} moment */
export function dayOf(moment) {
  return date.format(moment);
}

/** @param {Date} moment */
export function timeOfDay(moment) {
  const shown = clock.format(moment);
  if (!isShownTwice(moment)) return shown;
  const zone = named.formatToParts(moment).find((part) => part.type === "timeZoneName");
  return zone ? `${shown} ${zone.value}` : shown;
}
