"""Viewings that were looked through, as pages and tables show them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from fleet.core.actor import ANONYMOUS
from fleet.review.look_finding import LookFilter
from fleet.review.looks import OF_IMPORTS, RELEASED
from fleet.review.models import ViewingReview
from fleet.review.rules.asking import LookState
from fleet.review.rules.oddness import OddKind
from fleet.web.views.moments import Moment, count, iso, moment
from fleet.web.views.recordings import BEGUN, LOOKED, OPENED
from fleet.web.views.search import PagedSearch
from fleet.web.views.state import Badge

LOOK_STATES: Mapping[str, str] = MappingProxyType(
    {
        "odd": "Odd, not explained",
        "asked": "Asked about",
        "explained": "Explained",
        "all": "All",
    }
)
"""What can be chosen as a state, and the words for it."""

ODD_KINDS: Mapping[str, str] = MappingProxyType(
    {
        OddKind.OWN: "Their own recording",
        OddKind.MANY: "Many in a short time",
        OddKind.AGAIN: "The same again and again",
        OddKind.HOURS: "Out of hours",
        OddKind.PROGRAM: "By a program",
        OddKind.NO_CAUSE: "No incident, and not to be reviewed",
        OddKind.COPY: "A copy",
    }
)
"""The kinds of what is odd, and the words for them."""

LOOK_HEADINGS = (
    "Entry of the audit log",
    "When (UTC)",
    "Who",
    "What",
    "Recording or import",
    "Purpose",
    "State",
    "What is odd",
    "Asked by",
    "Asked (UTC)",
    "Explained by",
    "Explained (UTC)",
)
_BADGES = {
    LookState.PLAIN: Badge("Nothing odd", "circle-check", "quiet", "No rule finds anything odd about it."),
    LookState.ODD: Badge("To ask about", "info-circle", "warn", "Nobody has asked about it yet."),
    LookState.ASKED: Badge("Asked", "clock", "busy", "Somebody has asked about it."),
    LookState.EXPLAINED: Badge("Explained", "circle-check", "good", "How it is explained is written down."),
}


@dataclass(frozen=True, slots=True)
class LookSearch(PagedSearch):
    """What somebody looks for among viewings, as typed; a word that is none was left out."""

    PATH = "/viewings"

    state: str = "odd"
    kind: str = ""
    who: str = ""

    @classmethod
    def of(cls, state: str, kind: str, who: str, skip: int) -> LookSearch:
        """Read it, with the words that are known alone."""
        known = state if state in LOOK_STATES else "odd"
        return cls(known, kind if kind in set(ODD_KINDS) else "", who, skip=skip)

    @property
    def filter(self) -> LookFilter:
        """What tables are asked for."""
        return LookFilter(self.state, self.kind, self.who)

    @property
    def any(self) -> bool:
        """Whether anything but what is odd and not explained was asked for."""
        return (self.state, self.kind, self.who) != ("odd", "", "")

    @property
    def labelled(self) -> tuple[tuple[str, str], ...]:
        """What was chosen, by the labels of its fields."""
        state = LOOK_STATES[self.state] if self.state != "odd" else ""
        who = who_words(self.who) if self.who else ""
        return (("State", state), ("What is odd", ODD_KINDS.get(self.kind, "")), ("Who", who))

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "state": self.state if self.state != "odd" else "",
            "kind": self.kind,
            "who": self.who,
        }


@dataclass(frozen=True, slots=True)
class LookRow:
    """A viewing in a list.

    Attributes:
        number: of its entry in the audit log.
        link: its page.
        who: who looked, by name.
        what: whether they opened it, or began a download.
        when: when.
        recording: what the recording or the import is called.
        recording_link: its page.
        purpose: why, in their words.
        odd: what is odd about it, a sentence each.
        badge: how far asking about it has come.
    """

    number: int
    link: str
    who: str
    what: str
    when: Moment
    recording: str
    recording_link: str
    purpose: str
    odd: tuple[str, ...]
    badge: Badge


def look_row(look: ViewingReview, name: str, now: datetime) -> LookRow:
    """Show a viewing of a recording or an import that is called ``name``, as of ``now``."""
    is_import = look.entry.action in OF_IMPORTS
    return LookRow(
        look.number,
        f"/viewings/{look.number}",
        who_words(look.who),
        _what(look),
        moment(look.at, now, seconds=True),
        name,
        f"/{'imports' if is_import else 'recordings'}/{look.recording}",
        look.entry.purpose,
        tuple(str(words) for _, words in look.odd),
        _BADGES[LookState(look.state)],
    )


def _what(look: ViewingReview) -> str:
    if look.entry.action in RELEASED:
        return "Download of a release begun"
    if look.is_copy:
        return BEGUN
    return LOOKED if look.entry.action in OF_IMPORTS else OPENED


def who_words(label: str) -> str:
    """Return who somebody in the audit log is: the name, and that it is a program where it is one.

    >>> who_words("user:Head 1"), who_words("token:tests"), who_words("anonymous")
    ('Head 1', 'tests (a program)', 'Whoever had the link and its code')
    """
    kind, _, name = label.partition(":")
    if label == ANONYMOUS.label:
        return "Whoever had the link and its code"
    return name if kind == "user" else f"{name or kind} (a program)"


def looks_title(total: int, search: LookSearch) -> str:
    """Say how many there are, or fit."""
    words = count(total, "viewing").capitalize()
    if search.any:
        return f"{words} found"
    return f"{words} that {'is' if total == 1 else 'are'} odd and not explained"


def look_cells(look: ViewingReview) -> tuple[str, ...]:
    """Return one viewing's cells, in the order of ``LOOK_HEADINGS``."""
    return (
        str(look.number),
        iso(look.at),
        who_words(look.who),
        _what(look).lower(),
        look.recording,
        look.entry.purpose,
        _BADGES[LookState(look.state)].word.lower(),
        " ".join(str(words) for _, words in look.odd),
        look.asked_by or "",
        "" if look.asked_at is None else iso(look.asked_at),
        look.explained_by or "",
        "" if look.explained_at is None else iso(look.explained_at),
    )


def named(people: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return everybody as a form offers them: the value, and the words."""
    return tuple((each, who_words(each)) for each in people)
