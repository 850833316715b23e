"""Reviews in a list, and what somebody looks for among them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from fleet.retention.rules.calendar import day_words
from fleet.review.models import Review
from fleet.review.queue import GOES_WITHIN, MOST_GOING, ReviewCounts, ReviewFilter
from fleet.review.rules.closing import WAITING, ReviewState
from fleet.review.rules.reasons import ReasonKind
from fleet.web.views.moments import count
from fleet.web.views.recordings import Row
from fleet.web.views.search import PagedSearch
from fleet.web.views.state import Badge
from fleet.web.zone import local

STATES: Mapping[str, str] = MappingProxyType(
    {
        "waiting": "Still to review",
        "overdue": "Overdue",
        "goes": "Still to review, and soon past their last day",
        "signed": "Signed by one of the two",
        "closed": "Closed",
        "gone": "Deletion had begun before both had signed",
        "all": "All that were ever to be reviewed",
        "everything": "Every recording, with those that need no review",
    }
)
"""What can be chosen as a state, and the words for it."""

KINDS: Mapping[str, str] = MappingProxyType(
    {
        ReasonKind.INCIDENT: "Incident",
        ReasonKind.OVERRIDE: "Safety override",
        ReasonKind.PRIVATE: "Private during an incident",
        ReasonKind.SENSORS: "Sensors",
        ReasonKind.REFUSED: "Did not verify",
        ReasonKind.ENDED: "Ended by a person",
        ReasonKind.DRAWN: "Drawn at random",
        ReasonKind.ASKED: "Asked for",
    }
)
"""The kinds of reasons, and the words for them."""

_OVERDUE = Badge("Overdue", "alert-triangle", "bad", "The day by which it was to be closed is over.")
_BADGES = {
    ReviewState.CLEAR: Badge("Not queued", "info-circle", "quiet", "No rule asks for a review of it."),
    ReviewState.OPEN: Badge("To review", "clock", "warn", "Nobody has written yet what was found."),
    ReviewState.FOUND: Badge("To sign", "clock", "warn", "What was found is written; nobody has signed it."),
    ReviewState.CLOSED: Badge("Closed", "circle-check", "good", "Both have signed."),
    ReviewState.GONE: Badge(
        "Deletion begun", "trash", "bad", "Deletion of its recording had begun before both had signed."
    ),
}
_ONE_NAME = Badge("One name", "clock", "busy", "One of the two has signed.")


@dataclass(frozen=True, slots=True)
class ReviewSearch(PagedSearch):
    """What somebody looks for among reviews, as typed; a word that is none was left out.

    Attributes:
        state: one of ``STATES``.
        kind: one of ``KINDS``; empty for any.
        officer: an officer's id; empty for anybody.
    """

    PATH = "/reviews"

    state: str = "waiting"
    kind: str = ""
    officer: str = ""

    @classmethod
    def of(cls, state: str, kind: str, officer: str, skip: int) -> ReviewSearch:
        """Read it, with the words that are known alone."""
        known = state if state in STATES else "waiting"
        return cls(known, kind if kind in set(KINDS) else "", officer, skip=skip)

    @property
    def filter(self) -> ReviewFilter:
        """What tables are asked for."""
        return ReviewFilter(self.state, self.kind, self.officer)

    @property
    def any(self) -> bool:
        """Whether anything but what is still to review was asked for."""
        return (self.state, self.kind, self.officer) != ("waiting", "", "")

    def labelled(self, officer: str) -> tuple[tuple[str, str], ...]:
        """Return what was chosen by the labels of its fields; ``officer`` is the name of who was chosen."""
        state = STATES[self.state] if self.state != "waiting" else ""
        return (("State", state), ("Reason", KINDS.get(self.kind, "")), ("Officer", officer))

    def fields(self) -> dict[str, str]:
        """Return what was chosen, as the address has it."""
        return {
            "state": self.state if self.state != "waiting" else "",
            "kind": self.kind,
            "officer": self.officer,
        }


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review in a list.

    Attributes:
        id: what its recording is called.
        link: its page.
        recording: its recording; None where there is none any more.
        name: camera and number of that.
        reasons: why it is to be reviewed, a sentence each.
        due: by when, in words; empty where it need not be reviewed.
        badge: how far it has come.
    """

    id: str
    link: str
    recording: Row | None
    name: str
    reasons: tuple[str, ...]
    due: str
    badge: Badge


def review_row(review: Review, recording: Row | None, now: datetime) -> ReviewRow:
    """Show a review as of ``now``."""
    return ReviewRow(
        review.name,
        f"/reviews/{review.name}",
        recording,
        f"{review.camera_id} · {review.number}",
        tuple(str(words) for _, _, words, _ in review.reasons),
        due_words(review, now),
        review_badge(review, now),
    )


def review_badge(review: Review, now: datetime) -> Badge:
    """Say how far a review has come, a word or two."""
    if is_overdue(review, local(now).date()):
        return _OVERDUE
    if review.state == ReviewState.FOUND and (review.head_id or review.manager_id):
        return _ONE_NAME
    return _BADGES[ReviewState(review.state)]


def is_overdue(review: Review, today: date) -> bool:
    """Say whether the day is over by which it was to be closed."""
    return review.state in WAITING and review.due is not None and today > review.due


def due_words(review: Review, now: datetime) -> str:
    """Say by when it is to be closed, or was."""
    if review.due is None:
        return ""
    if review.state == ReviewState.CLOSED and review.closed_on is not None:
        late = "" if review.closed_on <= review.due else ", late"
        return f"Closed on {day_words(review.closed_on)}{late}"
    verb = "Was due by" if is_overdue(review, local(now).date()) else "Due by"
    return f"{verb} {day_words(review.due)}"


def queue_title(total: int, search: ReviewSearch) -> str:
    """Say how many reviews there are, or fit."""
    words = count(total, "review")
    return f"{words.capitalize()} found" if search.any else f"{words.capitalize()} still to do"


def about_words(search: ReviewSearch) -> str:
    """Say what the list has, and in which order."""
    if search.state == "everything":
        return "Every recording, with those that need no review, the one heard of first in front."
    who = "the head of safety and the CCTV manager"
    return f"Recordings that {who} look at together, the one due first in front."


def warnings(counts: ReviewCounts) -> tuple[tuple[str, str], ...]:
    """Say what is late and what soon goes, each with where it is listed."""
    found = []
    if counts.overdue:
        found.append((overdue_words(counts.overdue), "/reviews?state=overdue"))
    if counts.goes:
        words = f"{goes_words(counts.goes)} A review keeps nothing longer: review first, or place a hold."
        found.append((words, "/reviews?state=goes"))
    return tuple(found)


def overdue_words(number: int) -> str:
    """Say how many reviews are overdue."""
    return f"{count(number, 'review')} {'is' if number == 1 else 'are'} overdue."


def goes_words(number: int) -> str:
    """Say how many recordings that are still to be reviewed soon go.

    >>> goes_words(1000)[:38]
    '1000 recordings or more of those still'
    """
    verb = "is" if number == 1 else "are"
    many = f"{count(number, 'recording')}{' or more' if number >= MOST_GOING else ''}"
    return (
        f"{many} of those still to review {verb} kept for {GOES_WITHIN.days} more days or less, or {verb} "
        "past the last day."
    )


def kind_list(kinds: Iterable[str]) -> str:
    """Name kinds of reasons, in the order in which they are told."""
    held = frozenset(kinds)
    return ", ".join(word for kind, word in KINDS.items() if kind in held)
