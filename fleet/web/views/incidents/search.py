"""What somebody looks for among incidents: read from an address, and written back into one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from fleet.incidents.rules.words import CATEGORIES
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.search import PAGE, days_between


@dataclass(frozen=True, slots=True)
class IncidentSearch:
    """What somebody looks for, as typed; empty text does not matter.

    Attributes:
        text: a part of what was written, of the place, or of the reference.
        category: one of the categories.
        start: the first day on which it began.
        end: the last one.
        skip: how many of the newest to pass over.
    """

    text: str = ""
    category: str = ""
    start: str = ""
    end: str = ""
    skip: int = 0

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

    def at_end(self, total: int) -> IncidentSearch:
        """Return the last page of the same search."""
        return replace(self, skip=(total - 1) // PAGE * PAGE)

    def address(self, skip: int) -> str:
        """Return the address of the same search, further on."""
        fields = {
            "q": self.text,
            "category": self.category,
            "from": self.start,
            "to": self.end,
            "skip": str(skip) if skip else "",
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/incidents?{query}" if query else "/incidents"

    def on_paper(self, shown: int, total: int, *, days: bool) -> str:
        """Say on paper what the list was narrowed to; ``days`` is whether its days could be used."""
        chosen = (
            ("Text", self.text),
            ("Category", CATEGORIES.get(self.category, "")),
            ("From", self.start if days else ""),
            ("To", self.end if days else ""),
        )
        return narrowed_words(chosen, skip=self.skip, shown=shown, total=total)

    def pager(self, total: int) -> tuple[str, str]:
        """Return the addresses of the newer and of the older page; empty where there is none."""
        newer = self.address(max(0, self.skip - PAGE)) if self.skip else ""
        older = self.address(self.skip + PAGE) if self.skip + PAGE < total else ""
        return newer, older
