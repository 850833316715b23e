"""A state of a page: what its template is given, and each text that then stands there or must not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.support.pages.one_block import one_block, whole_page

NOT = "NOT "
TIME = {"text": "12:00", "iso": "x", "title": "x"}


@dataclass(frozen=True)
class PageState:
    """A template with what it is given.

    Attributes:
        template: Its path in the folder of templates; for ``whole`` its head, title and frame too.
        facts: What it is given, names with dots; whatever is not named is empty.
        words: What it then says; after ``NOT`` what it must not say.
    """

    template: str
    facts: dict[str, Any]
    words: tuple[str, ...]
    whole: bool = False

    def __str__(self) -> str:
        """Return a name for it among others."""
        return f"{self.template} {re.sub(r'[^a-z]+', ' ', self.words[0])}"

    def wrong(self) -> list[str]:
        """Return the words that stand there against what is true, or do not stand there."""
        said = (whole_page if self.whole else one_block)(self.template, self.facts)
        return [each for each in self.words if (each.removeprefix(NOT) in said) is each.startswith(NOT)]


def state(template: str, facts: dict[str, Any], *words: str) -> PageState:
    """Return a state of what stands between head and foot of a page, or of a part."""
    return PageState(template, facts, words)


def whole_state(template: str, facts: dict[str, Any], *words: str) -> PageState:
    """Return a state of a page with its head, title and frame."""
    return PageState(template, facts, words, whole=True)
