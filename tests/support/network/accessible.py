"""What axe finds on a page; a page that it has seen as it is now is not gone through again.

A run of axe costs a second of a processor and more, and a test that looks at a page leaves it as it
looked. Two documents are the same when nothing differs but the times of day that they show, the secret that
each session's forms carry in a field that nobody sees, and the port of the service; where a page looks
another way by its window or by night, that is another document. What changes its colour step by step is
looked at when it has changed: a browser that gives way may be slow to draw the steps.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SCRIPT = Axe().axe_script
_OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
"""Every rule that axe runs by itself, its best practices too, and the one of WCAG 2.2 that it leaves out;
what passed is not written out, for that is a book about every page."""
_BUT_THE_WATERMARK: dict[str, list[list[str]]] = {"exclude": [[".watermark"]]}
"""It is faint on purpose, over a picture that changes, and hidden from whoever listens to a page; the foot of
the player says in words what it is."""
_FAULTS = """async ([where, what]) => {
  const ends = (each) => each.playState === "running" && each.effect.getComputedTiming().endTime !== Infinity;
  await Promise.allSettled(document.getAnimations().filter(ends).map((each) => each.finished));
  return (await axe.run(where, what)).violations;
}"""
_AS_IT_IS = """() => [
  document.documentElement.outerHTML,
  innerWidth, innerHeight,
  matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("print").matches,
  document.activeElement?.outerHTML, location.href,
]"""
_TIME_OF_DAY = re.compile(r"(?<!\d)\d\d:\d\d(:\d\d(\.\d+)?)?(?!\d)")
_UNSEEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+|(?<=//localhost:)\d+|(?<=//127\.0\.0\.1:)\d+')
_found_sound: set[str] = set()


def check_access(page: Page) -> None:
    """Fail when axe finds anything at all on the page: minor things and its best practices too."""
    page.wait_for_load_state()  # a page that a click led to has no document at first
    seen = document_key(page.evaluate(_AS_IT_IS))
    if seen in _found_sound:
        return
    words = access_faults(page)
    assert not words, f"{page.url}\n" + "\n".join(words)
    _found_sound.add(seen)


def access_faults(page: Page) -> list[str]:
    """Return what axe finds on the page as it is, each in words."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    found = page.evaluate(_FAULTS, [_BUT_THE_WATERMARK, _OPTIONS])
    return [
        f"{each['id']} ({each['impact']}): {node['html']} {[check['message'] for check in node['any']]}"
        for each in found
        for node in each["nodes"]
    ]


def document_key(state: list[Any]) -> str:
    """Name what a page is now, whatever the time of day on it, its session and its service's port.

    Args:
        state: Its markup, and all else on which the way that it looks depends.
    """
    return hashlib.sha256(_TIME_OF_DAY.sub("00:00", _UNSEEN.sub("0", repr(state))).encode()).hexdigest()
