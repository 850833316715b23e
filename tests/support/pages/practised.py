"""Somebody who does a thing every week, and how long it takes them by the keystroke-level model.

Each command and text costs one mental act before it (the model's rule 0): a practised person still decides
what comes next. None is between pointing at something and pressing it, before what ends a text, and before
a key that is struck again to look on (rule 1: the act before foresaw it); none is within a text (rule 2).
Each picture that is judged costs one. Hands go to the keys and back once for what is typed or struck
together. Nothing is added for reading a page that they know; scrolling costs what it costs a newcomer. No
clock is read here: what the machine makes people wait is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.support.pages.newcomer import HOME_S, KEY_S, THINK_S, Newcomer


@dataclass
class Practised(Newcomer):
    """Somebody who knows these pages by heart.

    Attributes:
        keys: How often they pressed a key that is a command.
    """

    seconds: float = 0.0
    keys: int = 0

    def opens(self, what: Locator, shows: Locator) -> None:
        """Press what leads to another page; they know what stands there."""
        self.press(what)
        expect(shows).to_be_visible()

    def judges(self) -> None:
        """Look at a picture, and decide what it is."""
        self.seconds += THINK_S

    def types_and_enters(self, where: Locator, words: str) -> None:
        """Fill in a field, and send its form with Enter."""
        self.types(where, words)
        self.seconds += KEY_S
        where.press("Enter")

    def reaches_for_keys(self) -> None:
        """Decide to look on by keys, and leave the mouse for them; the way back is counted here too."""
        self.seconds += THINK_S + 2 * HOME_S

    def strikes(self, key: str) -> None:
        """Strike a key that is a command, with the hand there already."""
        self.keys += 1
        self.seconds += KEY_S
        self.page.keyboard.press(key)
