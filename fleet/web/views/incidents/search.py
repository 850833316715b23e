"""What somebody looks for among incidents: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.incidents.rules.said_words import asked_words
from fleet.incidents.rules.words import CATEGORIES
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PagedSearch
from fleet.web.views.searching.days import days_between


@dataclass(frozen=True, slots=True)
class IncidentSearch(PagedSearch):
    """What somebody looks for, as typed; empty text does not matter.

    Attributes:
        text: a part of what was written, of the place, or of the reference.
        category: one of the categories.
        start: the first day on which it began.
        end: the last one.
    """

    PATH = "/incidents"

    text: str = ""
    category: str = ""
    start: str = ""
    end: str = ""

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return any((self.text, self.category, self.start, self.end))

    def days(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment that counts, and the first that does not any more.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        return days_between(self.start, self.end)

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "q": self.text,
            "category": self.category,
            "from": self.start,
            "to": self.end,
        }

    def on_paper(self, shown: int, total: int, *, days: bool) -> str:
        """Say on paper what the list was narrowed to; ``days`` is whether its days could be used."""
        chosen = (
            ("Text", " ".join(asked_words(self.text))),
            ("Category", CATEGORIES.get(self.category, "")),
            ("From", self.start if days else ""),
            ("To", self.end if days else ""),
        )
        return narrowed_words(chosen, skip=self.skip, shown=shown, total=total)
