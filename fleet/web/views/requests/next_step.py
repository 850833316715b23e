"""What is next with a request: a sentence, and the part of its page where that is done. Pure.

It decides nothing: which letters can be sent is the rules' (``fleet.requests.rules.sending``), and whoever
does something else first may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import OVER, ReleaseState
from fleet.requests.models import RequestCase
from fleet.requests.rules.kinds import OTHERS, RIGHTS, RequestKind
from fleet.web.views.requests.one import LinkedView


@dataclass(frozen=True, slots=True)
class AnsweringRelease:
    """A release that answers a request and is not over: its reference, how far it is, whether it went out."""

    reference: str
    state: ReleaseState
    was_handed: bool


@dataclass(frozen=True, slots=True)
class RequestSoFar:
    """What is known of an open request.

    Attributes:
        kind: what is asked for.
        waits: whether something that the person was asked for has not come.
        is_linked: whether a recording or an import that it is about is here.
        is_restricted: whether it restricts one.
        is_searched: whether a search is written down.
        is_acknowledged: whether a complaint was acknowledged.
        is_answered: whether an answer or a refusal was sent.
        releases: those that answer it and are not over, the newest last.
        may_draft: whether whoever looks may draft a release.
    """

    kind: RequestKind
    waits: bool = False
    is_linked: bool = False
    is_restricted: bool = False
    is_searched: bool = False
    is_acknowledged: bool = False
    is_answered: bool = False
    releases: tuple[AnsweringRelease, ...] = ()
    may_draft: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is next: a sentence, the id of the heading where it is done, and what leads there."""

    words: str
    part: str
    leads: str


_CLOCK = "clock-title", "To what was asked for"
_LETTERS = "letters-title", "To the letters"
_FOOTAGE = "footage-title", "To the footage"
_RELEASES = "releases-title", "To the releases"
_SEARCH = "search-title", "To the search"
_END = "end-title", "To the end"


def next_of_request(
    case: RequestCase,
    releases: Sequence[FootageRelease],
    linked: Sequence[LinkedView],
    now: datetime,
    *,
    is_searched: bool,
    may_draft: bool,
) -> NextStep | None:
    """Return what is next with a request as it is kept; None of one that is closed.

    Args:
        case: the request.
        releases: those that answer it, the newest first.
        linked: what it is about.
        now: as of when.
        is_searched: whether a search is written down.
        may_draft: whether whoever looks may draft a release.
    """
    if case.closed is not None:
        return None
    states = [(each, ReleaseState(each.state)) for each in reversed(releases)]
    waits = [each.met for each in case.waits] + [each.answered for each in case.pauses]
    return next_step(
        RequestSoFar(
            kind=RequestKind(case.kind),
            waits=None in waits,
            is_linked=any(each.is_here for each in linked),
            is_restricted=any(each.is_restricted for each in linked),
            is_searched=is_searched,
            is_acknowledged=case.acknowledged is not None,
            is_answered=case.answered is not None,
            releases=tuple(
                AnsweringRelease(each.reference, state, each.handed > 0)
                for each, state in states
                if state not in OVER and (each.handed or now < each.ends)
            ),
            may_draft=may_draft,
        )
    )


def next_step(so_far: RequestSoFar) -> NextStep:
    """Return what is next with an open request."""
    kind = so_far.kind
    if so_far.is_answered:
        return NextStep(_ended(so_far), *_END)
    if kind is RequestKind.COMPLAINT:
        return NextStep(_of_complaint(so_far), *_LETTERS)
    if not so_far.is_linked and not so_far.is_searched:
        return NextStep("Find the footage that it is about, and link it: it is held from then on.", *_FOOTAGE)
    if so_far.waits:
        return NextStep("Note here when what was asked for comes.", *_CLOCK)
    return _once_looked_for(so_far)


def _once_looked_for(so_far: RequestSoFar) -> NextStep:
    if so_far.kind in RIGHTS and not so_far.is_searched:
        return NextStep("Write down where you looked: a right is not granted without that.", *_SEARCH)
    if not so_far.is_linked:
        return NextStep("Nothing is linked: where nothing is held, send the refusal that says so.", *_LETTERS)
    return _with_footage(so_far)


def _ended(so_far: RequestSoFar) -> str:
    waiting = [each.reference for each in so_far.releases if not each.was_handed]
    if waiting:
        return (
            f"{waiting[-1]} was not handed over: see to that before you close the request, for what it alone "
            "holds is held no longer then."
        )
    if so_far.is_restricted:
        return "Close the request. What it restricts stays restricted until the letter that ends it is sent."
    return "Close the request. What it alone holds is held no longer then."


def _of_complaint(so_far: RequestSoFar) -> str:
    if so_far.is_acknowledged:
        return "Look into it, and send the outcome."
    return "Send that the complaint is here, or its outcome."


def _with_footage(so_far: RequestSoFar) -> NextStep:
    kind = so_far.kind
    if kind is RequestKind.ERASURE:
        return NextStep("Delete what is to go, where nothing keeps it, and send the answer.", *_FOOTAGE)
    if kind is RequestKind.RECTIFICATION:
        return NextStep("Note beside it what the person says is wrong, and send the answer.", *_FOOTAGE)
    if kind is RequestKind.RESTRICTION and not so_far.is_restricted:
        return NextStep("Restrict it, or send the refusal that says why not.", *_FOOTAGE)
    if kind in {RequestKind.ACCESS, RequestKind.PORTABILITY} | OTHERS:
        return _given_out(so_far)
    return NextStep("Send the answer.", *_LETTERS)


def _given_out(so_far: RequestSoFar) -> NextStep:
    if not so_far.releases:
        who = "draft" if so_far.may_draft else "have a CCTV manager or the head of safety draft"
        said = f"Watch it, and {who} a release of what is given out."
        return NextStep(f"{said} What is given in another way is said with the answer.", *_RELEASES)
    newest = so_far.releases[-1]
    if newest.was_handed:
        return NextStep("Send the answer, with what is hidden or withheld and why.", *_LETTERS)
    words = {
        ReleaseState.DRAFT: "is drafted. A data protection officer who had no hand in that approves it.",
        ReleaseState.APPROVED: "was approved and is being made.",
        ReleaseState.FAILED: "could not be made. Its page says why.",
        ReleaseState.MADE: "is made. It is handed over on its page; send the answer too.",
    }
    return NextStep(f"{newest.reference} {words[newest.state]}", *_RELEASES)
