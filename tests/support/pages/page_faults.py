"""What a program can find wrong with a page that somebody looks at, or goes through by its keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

_SPARE = 25
"""Presses of Tab beyond one for each control: a date has several places in it, a player more."""
_PLACES_OF_A_DATE = 6

_SOUND = """() => {
  scrollTo({ top: 0, behavior: "instant" });
  const out = [];
  const wide = document.documentElement.clientWidth;
  const more = document.documentElement.scrollWidth - wide;
  if (more > 0) out.push(`wider than its window by ${more} px`);
  const apart = ".visually-hidden, .skip, template, svg, video, .watermark, [hidden], .account-name";
  const clips = (style) => style.overflowX !== "visible" || style.overflowY !== "visible";
  const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY);
  const said = (each) => each.textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
  const words = (each) => `${each.tagName.toLowerCase()}.${each.className} "${said(each)}"`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const each = node.parentElement;
    if (!node.textContent.trim() || /^(SCRIPT|STYLE|OPTION|TEXTAREA|NOSCRIPT)$/.test(each.tagName)) continue;
    if (!each.checkVisibility({ visibilityProperty: true }) || each.closest(apart)) continue;
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5 && box.height > 0.5);
    let room = { left: 0, right: wide, top: -Infinity, bottom: Infinity };
    let unseen = false;
    for (let up = each; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      unseen ||= style.clipPath !== "none";
      if (room && scrolls(style)) room = null;
      if (room && clips(style)) {
        const box = up.getBoundingClientRect();
        room = { left: Math.max(room.left, box.left), right: Math.min(room.right, box.right),
          top: Math.max(room.top, box.top), bottom: Math.min(room.bottom, box.bottom) };
      }
    }
    if (unseen) continue;
    const beside = (box) => box.left < room.left - 1 || box.right > room.right + 1;
    const above = (box) => box.top < room.top - 3 || box.bottom > room.bottom + 3;
    if (room && boxes.some((box) => beside(box) || above(box))) out.push(`cut off: ${words(each)}`);
    const letter = parseFloat(getComputedStyle(each).fontSize);
    const is_narrow = boxes.every((box) => box.width < 3 * letter);
    if (boxes.length > 3 && is_narrow) out.push(`squeezed: ${words(each)}`);
    if (each.closest("main, header, footer")) texts.push([each, boxes]);
  }
  const flat = texts.flatMap(([each, boxes]) => boxes.map((box) => [each, box]));
  flat.sort((a, b) => a[1].top - b[1].top);
  for (let one = 0; one < flat.length; one += 1) {
    for (let other = one + 1; other < flat.length; other += 1) {
      const [first, a] = flat[one];
      const [second, b] = flat[other];
      if (b.top > a.bottom) break;
      if (first === second || first.closest("nav") || second.closest("nav")) continue;
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const under = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (over > 2 && under > 5) out.push(`one over the other: ${words(first)} and ${words(second)}`);
    }
  }
  return out;
}"""

_CONTROLS = """() => {
  const fields = "input:not([type=hidden]), select, textarea";
  const kinds = `a[href], button, ${fields}, summary, video[controls], [tabindex]`;
  const is_off = (each) => each.matches(":disabled") || each.closest("[inert], template");
  const works = (each) => each.tabIndex >= 0 && !is_off(each);
  const all = [...document.querySelectorAll(kinds)].filter(
    (each) => works(each) && each.checkVisibility({ visibilityProperty: true }),
  );
  const colours = ["outlineColor", "borderColor", "backgroundColor", "color"];
  const parts = ["outlineStyle", "outlineWidth", "boxShadow", "textDecorationLine", ...colours];
  const looks = (each) => {
    const near = [each, ...(each.labels ?? []), each.parentElement, each.nextElementSibling].filter(Boolean);
    return near.map((one) => parts.map((part) => getComputedStyle(one)[part]).join()).join(";");
  };
  const form = (each) => [...document.forms].indexOf(each.form);
  const group = (each) => (each.type === "radio" && each.name ? `radio ${form(each)} ${each.name}` : "");
  const name = (each) => each.outerHTML.replace(/\\s+/g, " ").slice(0, 140);
  window.lapelTour = { all, looks, before: all.map(looks), group, name, reached: new Set(), faults: [] };
  document.activeElement?.blur();
  scrollTo(0, 0);
  return [all.length, all.filter((each) => /^(date|datetime-local|time)$/.test(each.type)).length];
}"""

_FOCUSED = """() => {
  const tour = window.lapelTour;
  const each = document.activeElement;
  const at = tour.all.indexOf(each);
  if (at < 0) return each === document.body || !each ? "out" : "elsewhere";
  if (tour.reached.has(at)) return "again";
  tour.reached.add(at);
  const style = getComputedStyle(each);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const alike = !outlined && tour.looks(each) === tour.before[at];
  if (alike) tour.faults.push(`nothing shows that it has the focus: ${tour.name(each)}`);
  const own = each.getBoundingClientRect();
  const is_seen = own.width > 2 && own.height > 2 && !each.closest(".visually-hidden");
  const seen = is_seen ? each : each.labels?.[0] ?? each.parentElement;
  const box = [...seen.getClientRects()].find((one) => one.width > 1) ?? seen.getBoundingClientRect();
  const places = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8], [0.5, 0.02], [0.5, 0.98]];
  const hit = places.some(([x, y]) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return top && (seen.contains(top) || top.contains(seen));
  });
  if (!hit) tour.faults.push(`has the focus where nobody sees it: ${tour.name(each)}`);
  return "new";
}"""

_LEFT_OUT = """() => {
  const tour = window.lapelTour;
  const groups = new Set([...tour.reached].map((at) => tour.group(tour.all[at])).filter(Boolean));
  const is_missed = (each, at) => !tour.reached.has(at) && each.isConnected && !groups.has(tour.group(each));
  const missed = tour.all.filter(is_missed);
  return [...tour.faults, ...missed.map((each) => `no key leads to it: ${tour.name(each)}`)];
}"""


@dataclass(frozen=True)
class Tour:
    """What was found on the way through a page by its keys.

    Attributes:
        controls: How many there are.
        faults: Each in words.
    """

    controls: int
    faults: list[str]


def faults_of_sight(page: Page) -> list[str]:
    """Return what of a page is cut off, out of its window, or over something else."""
    found: list[str] = page.evaluate(_SOUND)
    return found


def by_keys(page: Page) -> Tour:
    """Go through a page with Tab alone: each control is reached, and is seen to be.

    Args:
        page: As it is; where the focus was does not matter.
    """
    counted: list[Any] = page.evaluate(_CONTROLS)
    controls, dates = int(counted[0]), int(counted[1])
    outside = 0
    for _ in range(controls + dates * _PLACES_OF_A_DATE + _SPARE):
        page.keyboard.press("Tab")
        outside += page.evaluate(_FOCUSED) == "out"
        if outside > 1:
            break
    return Tour(controls, page.evaluate(_LEFT_OUT))
