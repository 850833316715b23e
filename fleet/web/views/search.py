"""What somebody looks for among the recordings: read from an address, told in words, written back into one.

Rules:
- days are days of the site's zone; the last day counts to its end;
- days that cannot be used are said in a sentence, beside the field; neither of them filters anything then;
- what there is none of is left out, and that is said: nothing is looked for that the form does not show.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Self
from urllib.parse import urlencode

from fleet.incidents.rules.said_words import asked_words, left_words
from fleet.incidents.rules.words import CATEGORIES
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import count, sentence_list
from fleet.web.views.searching.days import days_between, read_day

PAGE = 50

STATES = (
    ("held", "With a receipt"),
    ("arriving", "On the way"),
    ("failed", "Refused"),
    ("stopped", "Ended by a person"),
    ("deleted", "Deleted"),
)
"""What can be chosen as a state, and the word for it; not each with a receipt is called safe."""

INCIDENT = (
    ("yes", "With an incident"),
    ("no", "Without an incident"),
    ("open", "Of which nobody has said whether they show an incident"),
)
"""What can be chosen of incidents, and the words for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedSearch(ABC):
    """What somebody looks for in a list that is shown in pages of ``PAGE``.

    Attributes:
        PATH: the address of the list.
        skip: how many to pass over.
    """

    PATH: ClassVar[str]

    skip: int = 0

    @abstractmethod
    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it; empty where it does not matter."""

    def query(self, skip: int = 0) -> str:
        """Return the search as the query of an address, further on."""
        fields = {**self.fields(), "skip": str(skip) if skip else ""}
        return urlencode({name: value for name, value in fields.items() if value})

    def address(self, skip: int) -> str:
        """Return the address of the same search, further on."""
        query = self.query(skip)
        return f"{self.PATH}?{query}" if query else self.PATH

    def at_end(self, total: int) -> Self:
        """Return the last page of the same search."""
        return replace(self, skip=(total - 1) // PAGE * PAGE)

    def pager(self, total: int) -> tuple[str, str]:
        """Return the addresses of the page before and of the next one; empty where there is none."""
        before = self.address(max(0, self.skip - PAGE)) if self.skip else ""
        after = self.address(self.skip + PAGE) if self.skip + PAGE < total else ""
        return before, after


@dataclass(frozen=True, slots=True)
class Search(PagedSearch):
    """What somebody looks for, as typed; empty text does not matter.

    Attributes:
        start: the first day.
        end: the last day.
        officer: an officer's id, or that of a team (``fleet.web.views.settings.groups``).
        camera: a camera's id, or that of a site.
        state: one of ``STATES``.
        text: a part of what was written of it.
        place: a part of where its incident was.
        category: one of the categories, of a recording or of its incident.
        incident: one of ``INCIDENT``.
        goes: a day: those whose period has ended by then.
    """

    PATH = "/recordings"

    start: str = ""
    end: str = ""
    officer: str = ""
    camera: str = ""
    state: str = ""
    text: str = ""
    place: str = ""
    category: str = ""
    incident: str = ""
    goes: str = ""

    def known(self, *, officers: Collection[str], cameras: Collection[str]) -> tuple[Search, tuple[str, ...]]:
        """Return the search without what there is none of, and what that is, in words."""
        states = {value for value, _ in STATES}
        odd = {
            name: word
            for name, word, value, there in (
                ("officer", "an officer", self.officer, officers),
                ("camera", "a camera", self.camera, cameras),
                ("state", "a state", self.state, states),
                ("category", "a category", self.category, CATEGORIES),
                ("incident", "an answer about incidents", self.incident, dict(INCIDENT)),
            )
            if value and value not in there
        }
        rest = replace(
            self,
            officer="" if "officer" in odd else self.officer,
            camera="" if "camera" in odd else self.camera,
            state="" if "state" in odd else self.state,
            category="" if "category" in odd else self.category,
            incident="" if "incident" in odd else self.incident,
        )
        return rest, tuple(odd.values())

    def without_days(self) -> Search:
        """Return the rest of it, where its days cannot be used."""
        return replace(self, start="", end="", goes="")

    @property
    def any(self) -> bool:
        """Whether anything was chosen."""
        return bool(self.query())

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "from": self.start,
            "to": self.end,
            "officer": self.officer,
            "camera": self.camera,
            "state": self.state,
            "q": self.text,
            "place": self.place,
            "category": self.category,
            "incident": self.incident,
            "goes": self.goes,
        }

    def days(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment that counts, and the first that does not any more.

        Raises:
            SearchError: a day is none, or the last comes before the first.
        """
        return days_between(self.start, self.end)

    def goes_by(self) -> date | None:
        """Return the day by which the period has ended; None where none was chosen.

        Raises:
            SearchError: it is no day.
        """
        return read_day(self.goes, "goes")


def title(total: int, *, chosen: bool) -> str:
    """Say how many recordings there are, or fit."""
    words = count(total, "recording")
    return f"{words.capitalize()} found" if chosen else words.capitalize()


def odd_words(odd: tuple[str, ...]) -> str:
    """Say what was left out of a search because there is none of it; empty when nothing was."""
    if not odd:
        return ""
    return (
        f"The address asks for {sentence_list(list(odd))} that this fleet does not have; that was left out."
    )


def left_out_words(text: str) -> str:
    """Say which words are not looked for, because there are too many; empty where all are."""
    left = left_words(text)
    if not left:
        return ""
    if not asked_words(text):
        return "That is too much for one search, and nothing is found by it."
    those = sentence_list([f"“{isolated(each)}”" for each in left])
    return f"That is too much for one search. Left out: {those}."


def chosen_words(
    search: Search, officer: str, total: int, shown: int, *, camera: str = "", visits: bool = True
) -> str:
    """Say on paper, where the form does not stand, what a list was narrowed to and which part of it this is.

    Args:
        search: what is looked for, days that cannot be used left out.
        officer: what the officer that is looked for is called.
        total: how many fit.
        shown: how many of them this page has.
        camera: what the cameras that are looked for are called, where they are those of a site.
        visits: whether whoever looks sees visits.
    """
    asked = " ".join(asked_words(search.text))
    parts = [
        words
        for words, value in (
            (f"from {search.start} on", search.start),
            (f"up to {search.end}", search.end),
            (f"of {officer}", search.officer),
            (f"of {camera or search.camera}", search.camera),
            (f"in the state “{dict(STATES).get(search.state, '')}”", search.state),
            (f"with {_each(asked)} in what was written of them or of their places", asked),
            (f"of incidents {'or visits ' if visits else ''}at “{search.place}”", search.place),
            (
                f"of the category “{CATEGORIES.get(search.category, '')}” or of an incident of it",
                search.category,
            ),
            (dict(INCIDENT).get(search.incident, "").lower(), search.incident),
            (f"whose period ends by {search.goes}", search.goes),
        )
        if value
    ]
    chosen = f"Only those {sentence_list(parts)}." if parts else ""
    span = f"{search.skip + 1} to {search.skip + shown} of {total}." if shown < total else ""
    return " ".join(each for each in (chosen, span) if each)


def place_words(search: Search, *, visits: bool) -> str:
    """Say by which places recordings are found; empty where none is looked for.

    Args:
        search: what is looked for.
        visits: whether whoever looks sees visits.
    """
    if not search.place:
        return ""
    if not visits:
        return (
            "A recording is found by the place of an incident that it belongs to. Places of visits are left "
            "out, for you do not see visits."
        )
    return (
        "A recording is found by the place of an incident or a visit that it belongs to. One that belongs to "
        "neither has no place, and is not found by one."
    )


def _each(text: str) -> str:
    """Say what of a text is looked for: each word of it."""
    return f"each word of “{text}”" if " " in text else f"“{text}”"
