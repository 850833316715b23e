"""What is told of a visit by its reference, in which state, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.references.rules.standing import ANSWERS_FOR, Arrival, ReferencedRecording, ReferencedVisit
from fleet.retention.rules.keeping import HoldKind
from fleet.web.views.references.answer import told_visit
from fleet.web.zone import in_zone

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
HERE = ReferencedRecording(Arrival.HERE, until=date(2026, 9, 3))
AGO = st.integers(0, 400).map(lambda days: NOW - days * DAY)


@pytest.fixture(autouse=True)
def _site() -> Iterator[None]:
    with in_zone(ZoneInfo("Europe/London")):
        yield


def gone(at: datetime, *, over: bool = True) -> ReferencedRecording:
    return ReferencedRecording(Arrival.HERE, deleted=at, is_gone=over)


def said(*recordings: ReferencedRecording, **more: int) -> str:
    told = told_visit(ReferencedVisit(NOW - DAY, recordings, **more), NOW)
    parts = [
        told.summary,
        *(f"{each.title}: {' '.join(each.sentences)}" for each in told.recordings),
        told.ends,
    ]
    return " ".join(parts)


@given(AGO, st.lists(st.one_of(st.just(None), AGO), max_size=4), st.integers(0, 1), st.integers(0, 1))
def test_it_is_answered_while_anything_is_here_and_for_a_bounded_time_after(
    ends: datetime, deleted: list[datetime | None], more: int, perhaps: int
) -> None:
    # proves F10
    visit = ReferencedVisit(ends, tuple(HERE if at is None else gone(at) for at in deleted), more, perhaps)
    if None in deleted or more or perhaps:
        assert visit.answered_until is None
        assert visit.is_answered(NOW + 9999 * DAY)
        return
    last = max([ends, *(at for at in deleted if at is not None)])
    assert visit.answered_until == last + ANSWERS_FOR
    assert visit.is_answered(last + ANSWERS_FOR)
    assert not visit.is_answered(last + ANSWERS_FOR + timedelta(seconds=1))


def test_one_recording_is_told_of_with_its_day_and_how_often_it_was_opened() -> None:
    # proves F10
    told = said(ReferencedRecording(Arrival.HERE, until=date(2026, 9, 3), watched=2, taken=1))
    assert "1 recording of this visit is known." in told
    assert "The recording: It is here. It is kept until 3 September 2026, unless something changes" in told
    assert "By the landlord's log it was opened twice to be watched and once to take a copy out." in told
    assert "The landlord's log has nobody who opened it." in said(HERE)
    given = ReferencedRecording(Arrival.HERE, until=date(2026, 9, 3), released=1)
    assert "By the landlord's log it was opened once to give footage of it to somebody." in said(given)
    ways = "opened twice to be watched, once to take a copy out and once to give footage of it to somebody."
    assert ways in said(replace(given, watched=2, taken=1))
    deleted = replace(given, deleted=NOW, is_gone=True)
    assert "nobody who opened it" not in said(deleted)
    assert "opened 3 times to be watched." in said(ReferencedRecording(Arrival.HERE, until=None, watched=3))


def test_what_is_not_known_is_said() -> None:
    # proves F10
    assert "A camera that has not handed everything in may hold a recording" in said()
    assert "No recording of this visit is known: perhaps none was made." in said()
    soon = told_visit(ReferencedVisit(NOW + DAY), NOW)
    assert soon.summary.startswith("No recording of this visit is known yet.")
    assert "A recording may be of this visit, or of another one: that is not known." in said(perhaps=1)
    assert "2 recordings may be of this visit" in said(HERE, perhaps=2)
    several = said(HERE, HERE, more=3)
    assert "5 recordings of this visit are known. The first 2 are shown." in several
    assert "Recording 2 of 5: It is here." in several


@pytest.mark.parametrize(
    ("arrival", "words"),
    [
        (Arrival.ANNOUNCED, "The camera has said that it made it. Nothing of it is known to be here yet."),
        (Arrival.COMING, "It is arriving from the camera or being checked, so it may not all be here yet."),
        (Arrival.HERE, "It is here."),
        (Arrival.UNVERIFIED, "That it is as the camera made it could not be verified."),
        (Arrival.A_PART, "Not all of it has arrived, and no more is waited for."),
    ],
)
def test_how_much_of_it_is_here_is_said(arrival: Arrival, words: str) -> None:
    assert words in said(ReferencedRecording(arrival, until=date(2026, 9, 3)))


def test_that_it_is_held_is_said_and_why_and_not_by_whom() -> None:
    # proves F10
    for kind, why in (
        (HoldKind.CLAIM, "because of a legal claim that was made or may be made"),
        (HoldKind.INVESTIGATION, "because something that happened is being looked into"),
        (HoldKind.REQUEST, "because somebody asked for it, or about it"),
    ):
        told = said(ReferencedRecording(Arrival.HERE, holds=(str(kind),)))
        assert f"It is held, and not deleted until that ends, {why}." in told
        assert "kept until" not in told
    both = said(ReferencedRecording(Arrival.HERE, holds=tuple(map(str, HoldKind))))
    assert " and because of a legal claim" in both or "claim that was made or may be made and because" in both
    restricted = said(ReferencedRecording(Arrival.HERE, holds=("request",), is_restricted=True))
    assert "Upon a request it is kept without being used, but for legal claims." in restricted


def test_a_last_day_that_is_over_is_not_called_a_deletion() -> None:
    told = said(ReferencedRecording(Arrival.HERE, until=date(2026, 3, 2)))
    assert "It was to be kept until 2 March 2026. It is not deleted yet." in told
    assert "It is kept until 3 March 2026" in said(ReferencedRecording(Arrival.HERE, until=date(2026, 3, 3)))


def test_what_was_deleted_is_said_with_its_day_and_until_when_that_is_told() -> None:
    # proves F10
    told = said(gone(NOW))
    assert "It was deleted on 3 March 2026." in told
    assert "If nothing changes, this reference works until 2 May 2026." in told
    assert "kept until" not in told
    assert "It is being deleted." in said(gone(NOW, over=False))
    assert "works for as long as there is a recording to tell of" in said(gone(NOW), HERE)
