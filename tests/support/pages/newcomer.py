"""Somebody who has not seen the pages before, and how long they take by the keystroke-level model.

Only what is in sight is used: words on links, buttons and fields. How long a person takes for that is counted
by the keystroke-level model (Card, Moran and Newell, 1980): no clock is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page, expect

KEY_S, POINT_S, PRESS_S, THINK_S, HOME_S = 0.28, 1.1, 0.2, 1.35, 0.4
"""A key of who does not type for a living, pointing, a button of the mouse, a thought, a hand's way."""
LOOK_S: Final = 2.0
"""A page that is new: read until the next word that fits is found; the model has no number for it."""
DAY_KEYS: Final = 8
"""A day is typed by its digits."""


@dataclass
class Newcomer:
    """Somebody who has not seen these pages before.

    Attributes:
        clicks: How often they pressed something.
        fields: How many fields they filled in.
        seconds: What the model says that it took them.
    """

    page: Page
    clicks: int = 0
    fields: int = 0
    seconds: float = LOOK_S

    def press(self, what: Locator) -> None:
        """Find something by its words, bring it into sight, and press it."""
        self._reach(what)
        self.clicks += 1
        self.seconds += PRESS_S
        what.click()

    def opens(self, what: Locator, shows: Locator) -> None:
        """Press what leads to another page, and look at that."""
        self.press(what)
        expect(shows).to_be_visible()
        self.seconds += LOOK_S

    def types(self, where: Locator, words: str) -> None:
        """Fill in a field."""
        self._reach(where)
        self.fields += 1
        self.seconds += PRESS_S + 2 * HOME_S + KEY_S * len(words)
        where.fill(words)

    def chooses(self, where: Locator, word: str) -> None:
        """Pick one of a list: opened, read, and pressed."""
        self._reach(where)
        self.fields += 1
        self.seconds += 2 * PRESS_S + POINT_S + THINK_S
        where.select_option(label=word)

    def ticks(self, what: Locator) -> None:
        """Tick a box."""
        self._reach(what)
        self.fields += 1
        self.seconds += PRESS_S
        what.check()

    def picks_day(self, where: Locator, day: str) -> None:
        """Type a day, as 2026-11-24."""
        self._reach(where)
        self.fields += 1
        self.seconds += PRESS_S + 2 * HOME_S + KEY_S * DAY_KEYS
        where.fill(day)

    def waits(self, seconds: float) -> None:
        """Look at footage for as long as it lasts."""
        self.seconds += seconds

    def _reach(self, what: Locator) -> None:
        """Think, scroll as far as it takes, and point."""
        expect(what).to_have_count(1)
        box, size = what.bounding_box(), self.page.viewport_size
        assert box is not None
        assert size is not None
        screens = max(0.0, box["y"] + box["height"] - size["height"], -box["y"]) / size["height"]
        self.seconds += THINK_S + POINT_S + screens * LOOK_S
        what.scroll_into_view_if_needed()
