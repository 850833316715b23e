"""What somebody looks for among the recordings: read from an address, told in words, written back into one.

Rules:
- days are days of the site's zone; the last day counts to its end;
- what cannot be read is said in a sentence, and the rest still applies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from fleet.web.views.moments import count
from fleet.web.zone import midnight

PAGE = 50

STATES = (
    ("held", "Safe"),
    ("arriving", "On the way"),
    ("failed", "Refused"),
)
"""What can be chosen as a state, and the word for it."""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for, as typed; empty text does not matter.

    Attributes:
        start: the first day.
        end: the last day.
        officer: an officer's id.
        camera: a camera's id.
        state: one of ``STATES``.
        skip: how many of the newest to pass over.
    """

    start: str = ""
    end: str = ""
    officer: str = ""
    camera: str = ""
    state: str = ""
    skip: int = 0

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return any((self.start, self.end, self.officer, self.camera, self.state))

    def address(self, skip: int) -> str:
        """Return the address of the same search, further on."""
        fields = {
            "from": self.start,
            "to": self.end,
            "officer": self.officer,
            "camera": self.camera,
            "state": self.state,
            "skip": str(skip) if skip else "",
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/recordings?{query}" if query else "/recordings"

    def days(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment that counts, and the first that does not any more.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        first, last = _day(self.start), _day(self.end)
        if first is not None and last is not None and last < first:
            raise SearchError("The last day comes before the first; change one of them.")
        after = last + timedelta(days=1) if last is not None else None
        return _begin(first), _begin(after)


class SearchError(ValueError):
    """What was typed cannot be looked for; the message says why."""


def title(total: int, *, chosen: bool) -> str:
    """Say how many recordings there are, or fit."""
    words = count(total, "recording")
    return f"{words.capitalize()} found" if chosen else words.capitalize()


def pager(search: Search, total: int) -> tuple[str, str]:
    """Return the addresses of the newer and of the older page; empty where there is none."""
    newer = search.address(max(0, search.skip - PAGE)) if search.skip else ""
    older = search.address(search.skip + PAGE) if search.skip + PAGE < total else ""
    return newer, older


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        midnight(day + timedelta(days=1))
    except (ValueError, OverflowError) as error:
        raise SearchError("A day looks like 2026-11-22; that one cannot be read.") from error
    return day


def _begin(day: date | None) -> datetime | None:
    return midnight(day) if day is not None else None
