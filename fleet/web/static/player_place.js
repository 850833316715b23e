// A place that somebody picks from what happened before there is a player: it goes into the form that asks why, so that
// nothing that was typed there is lost, and the player begins there. Without scripts the link carries it.

/** @param {MouseEvent} event */
function pick(event) {
  const link = event.target instanceof Element ? event.target.closest("[data-begin-at]") : null;
  const panel = document.getElementById("watch");
  const field = panel?.querySelector("input[name=at]");
  if (!(link instanceof HTMLAnchorElement) || !panel || !(field instanceof HTMLInputElement)) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // another tab is what was asked for
  event.preventDefault();
  field.value = link.dataset.beginAt ?? "";
  const words = panel.querySelector("[data-begin-words]");
  if (words instanceof HTMLElement) words.hidden = false;
  const at = panel.querySelector("[data-begin-clock]");
  if (at) at.textContent = link.dataset.counter ?? "";
  history.replaceState(history.state, "", link.href);
  panel.scrollIntoView({ block: "start" });
  const first = panel.querySelector("input[name=choice]:checked, input[name=choice]");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
}

export function listenForPlaces() {
  document.addEventListener("click", pick);
}
