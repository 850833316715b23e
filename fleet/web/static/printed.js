// Says on paper when it was printed, by the service's clock as far as that is known: beside it stands as of when what is
// printed was so, which may be long before, where the connection was lost.

import { serviceTime } from "./known.js";

const timeZone = document.body.dataset.zone;
const day = new Intl.DateTimeFormat("en-GB", { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
const zone = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", timeZoneName: "short" });

window.addEventListener("beforeprint", () => {
  const now = serviceTime();
  const name = zone.formatToParts(now).find((part) => part.type === "timeZoneName")?.value ?? "";
  const words = ` on ${day.format(now).replace(",", "")}, ${clock.format(now)} ${name}`;
  for (const place of document.querySelectorAll("[data-printed-at]")) place.textContent = words;
});
