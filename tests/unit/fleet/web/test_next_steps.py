"""What is said to be next with a request and with a release, in each state of them (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import OVER, ReleaseState
from fleet.requests.models import RequestCase, RequestPause
from fleet.requests.rules.kinds import RequestKind
from fleet.web.views.releases.next_of import ReleaseSoFar, next_of_release
from fleet.web.views.requests.next_step import AnsweringRelease, RequestSoFar, next_of_request, next_step
from fleet.web.views.requests.one import LinkedView

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
NEW = RequestSoFar(RequestKind.ACCESS)
LINKED = replace(NEW, is_linked=True)
FOUND = replace(LINKED, is_searched=True)
ANSWERED = replace(FOUND, is_answered=True)
POLICE = replace(LINKED, kind=RequestKind.POLICE)


def with_release(state: ReleaseState, so_far: RequestSoFar = FOUND, *, handed: bool = False) -> RequestSoFar:
    before = AnsweringRelease("REL-2027-0001", ReleaseState.MADE, was_handed=True)
    return replace(so_far, releases=(before, AnsweringRelease("REL-2027-0002", state, handed)))


@pytest.mark.parametrize(
    ("so_far", "words", "part"),
    [
        (NEW, "Find the footage that it is about, and link it: it is held from then on.", "footage-title"),
        (replace(NEW, waits=True), "Find the footage", "footage-title"),
        (replace(LINKED, waits=True), "Note here when what was asked for comes.", "clock-title"),
        (LINKED, "Write down where you looked: a right is not granted without that.", "search-title"),
        (
            replace(NEW, is_searched=True),
            "Nothing is linked: where nothing is held, send the refusal that says so.",
            "letters-title",
        ),
        (FOUND, "have a CCTV manager or the head of safety draft a release", "releases-title"),
        (replace(FOUND, may_draft=True), "Watch it, and draft a release of what", "releases-title"),
        (POLICE, "have a CCTV manager or the head of safety draft a release", "releases-title"),
        (
            with_release(ReleaseState.DRAFT),
            "REL-2027-0002 is drafted. A data protection officer who had no hand in that approves it.",
            "releases-title",
        ),
        (
            with_release(ReleaseState.APPROVED),
            "REL-2027-0002 was approved and is being made.",
            "releases-title",
        ),
        (
            with_release(ReleaseState.FAILED),
            "REL-2027-0002 could not be made. Its page says why.",
            "releases-title",
        ),
        (
            with_release(ReleaseState.MADE, POLICE),
            "REL-2027-0002 is made. It is handed over on its page; send the answer too.",
            "releases-title",
        ),
        (
            with_release(ReleaseState.MADE, handed=True),
            "Send the answer, with what is hidden or withheld and why.",
            "letters-title",
        ),
        (
            replace(FOUND, kind=RequestKind.ERASURE),
            "Delete what is to go, where nothing keeps it, and send the answer.",
            "footage-title",
        ),
        (
            replace(FOUND, kind=RequestKind.RECTIFICATION),
            "Note beside it what the person says is wrong, and send the answer.",
            "footage-title",
        ),
        (
            replace(FOUND, kind=RequestKind.RESTRICTION),
            "Restrict it, or send the refusal that says why not.",
            "footage-title",
        ),
        (
            replace(FOUND, kind=RequestKind.RESTRICTION, is_restricted=True),
            "Send the answer.",
            "letters-title",
        ),
        (replace(FOUND, kind=RequestKind.OBJECTION), "Send the answer.", "letters-title"),
        (
            RequestSoFar(RequestKind.COMPLAINT),
            "Send that the complaint is here, or its outcome.",
            "letters-title",
        ),
        (
            RequestSoFar(RequestKind.COMPLAINT, is_acknowledged=True),
            "Look into it, and send the outcome.",
            "letters-title",
        ),
        (ANSWERED, "Close the request. What it alone holds is held no longer then.", "end-title"),
        (
            replace(ANSWERED, is_restricted=True),
            "What it restricts stays restricted until the letter that ends it is sent.",
            "end-title",
        ),
        (
            with_release(ReleaseState.MADE, ANSWERED),
            "REL-2027-0002 was not handed over: see to that before you close the request, for what it",
            "end-title",
        ),
        (with_release(ReleaseState.MADE, ANSWERED, handed=True), "Close the request.", "end-title"),
    ],
)
def test_what_is_next_with_a_request(so_far: RequestSoFar, words: str, part: str) -> None:
    # proves F8
    step = next_step(so_far)
    assert words in step.words
    assert (step.part, step.leads != "") == (part, True)


def released(state: ReleaseState, *, handed: int = 0, days: int = 9) -> FootageRelease:
    ends = NOW + timedelta(days=days)
    return FootageRelease(reference="REL-1", state=state, handed=handed, ends=ends)


def linked(*, is_here: bool) -> LinkedView:
    return LinkedView("r", "recording", "/recordings/r", "Recording 1", "", is_here, is_restricted=False)


def test_of_a_request_as_it_is_kept_only_what_counts_is_looked_at() -> None:
    # proves F8
    case = RequestCase(kind="access", waits=[], pauses=[])

    def said(
        *releases: FootageRelease, here: bool = True, may_draft: bool = True, searched: bool = True
    ) -> str:
        views = [linked(is_here=here)]
        step = next_of_request(case, releases, views, NOW, is_searched=searched, may_draft=may_draft)
        return "" if step is None else step.words

    assert said().startswith("Watch it, and draft")
    assert said(may_draft=False).startswith("Watch it, and have")
    assert said(searched=False).startswith("Write down where you looked")
    assert said(here=False).startswith("Nothing is linked")  # what was deleted is not there to be watched
    over = [released(state) for state in OVER]
    assert said(*over, released(ReleaseState.MADE, days=-1)).startswith("Watch it, and draft")
    assert said(released(ReleaseState.DRAFT), released(ReleaseState.MADE, handed=1)).startswith("REL-1 is dr")
    case.pauses = [RequestPause(asked=NOW.date(), answered=None)]
    assert said() == "Note here when what was asked for comes."
    case.pauses = [RequestPause(asked=NOW.date(), answered=NOW.date())]
    assert said().startswith("Watch it")
    case.answered = NOW.date()
    assert said(released(ReleaseState.MADE)).startswith("REL-1 was not handed over")
    assert said(released(ReleaseState.MADE, handed=2)).startswith("Close the request.")
    case.closed = NOW
    assert said() == ""


@pytest.mark.parametrize(
    ("so_far", "words"),
    [
        (
            ReleaseSoFar(ReleaseState.DRAFT, told_after_min=15),
            "They are told after 15 minutes without a change",
        ),
        (ReleaseSoFar(ReleaseState.DRAFT, may_approve=True), ""),
        (ReleaseSoFar(ReleaseState.DRAFT, is_expired=True), ""),
        (ReleaseSoFar(ReleaseState.APPROVED), "It is being made. This page says when it is."),
        (
            ReleaseSoFar(ReleaseState.FAILED),
            "A CCTV manager or the head of safety has it made again, or withdraws it.",
        ),
        (ReleaseSoFar(ReleaseState.FAILED, may_hand_over=True), ""),
        (ReleaseSoFar(ReleaseState.MADE), "A CCTV manager or the head of safety hands it over."),
        (ReleaseSoFar(ReleaseState.MADE, may_hand_over=True), ""),
        (ReleaseSoFar(ReleaseState.MADE, was_handed=True), ""),
        (ReleaseSoFar(ReleaseState.REVOKED), ""),
    ],
)
def test_what_is_next_with_a_release(so_far: ReleaseSoFar, words: str) -> None:
    # proves F8
    said = next_of_release(so_far)
    assert words in said
    assert bool(said) == bool(words)
