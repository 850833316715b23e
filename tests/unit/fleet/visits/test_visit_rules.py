"""What follows for a visit from what is known of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.visits.rules.consent import (
    AHEAD_AT_MOST,
    BACK_AT_MOST,
    REASON_WITHIN,
    ConsentFacts,
    ConsentKind,
    consent_now,
    is_overdue,
    lacks_reason,
    said_at,
)
from fleet.visits.rules.draft import VisitDraft, VisitDraftError, clean_visit
from fleet.visits.rules.linking import EARLY, LATE, PlannedVisit, visits_about
from fleet.visits.rules.notices import NoticeFacts, NoticeStanding, VisitFacts, notice_standing

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WRITTEN = {
    "tenancy": " T-4711/2 ",
    "place": "Flat 4,  12 Elm Road",
    "purpose": "Gas check",
    "minutes": "45",
    "officer": "o1",
    "language": "pl",
}


def clean(**changed: object) -> VisitDraft:
    return clean_visit(**{**WRITTEN, "planned": NOW + DAY, "now": NOW, **changed})  # type: ignore[arg-type]


def test_what_was_written_is_kept_with_its_spaces_put_right() -> None:
    found = clean()
    assert (found.tenancy, found.place, found.minutes) == ("T-4711/2", "Flat 4, 12 Elm Road", 45)
    assert found.mark == clean(place="Flat 4, 12 Elm Road").mark
    assert found.mark != clean(place="Flat 5, 12 Elm Road").mark


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"tenancy": ""}, "tenancy"),
        ({"tenancy": "Ms O'Hara <b>"}, "tenancy"),
        ({"tenancy": "1" * 41}, "tenancy"),
        ({"place": " "}, "place"),
        ({"place": "x" * 201}, "place"),
        ({"purpose": "a\u202eb"}, "purpose"),
        ({"planned": None}, "planned"),
        ({"planned": NOW + 400 * DAY}, "planned"),
        ({"minutes": "4"}, "minutes"),
        ({"minutes": "721"}, "minutes"),
        ({"minutes": "9" * 5000}, "minutes"),
        ({"minutes": "ten"}, "minutes"),
        ({"officer": ""}, "officer"),
        ({"language": "english"}, "language"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(changed: dict[str, object], field: str) -> None:
    with pytest.raises(VisitDraftError) as refused:
        clean(**changed)
    assert refused.value.field == field
    assert str(refused.value).endswith(".")


VISIT = VisitFacts(NOW + 2 * DAY, "Flat 4", cancelled=False)


def standing(
    *sent: datetime, now: datetime = NOW, visit: VisitFacts = VISIT, **named: object
) -> NoticeStanding:
    facts = {"planned": VISIT.planned, "place": VISIT.place, **named}
    return notice_standing(visit, [NoticeFacts(each, **facts) for each in sent], now=now, ahead=DAY)  # type: ignore[arg-type]


def test_a_notice_is_due_then_presses_and_then_is_lacking() -> None:
    assert standing() is NoticeStanding.DUE
    assert standing(now=NOW + DAY - MINUTE) is NoticeStanding.DUE
    assert standing(now=NOW + DAY) is NoticeStanding.PRESSING
    assert standing(now=NOW + 2 * DAY) is NoticeStanding.WITHOUT


def test_a_notice_in_time_and_one_that_is_late() -> None:
    assert standing(NOW + DAY) is NoticeStanding.SENT
    assert standing(NOW + DAY + MINUTE, now=NOW + DAY + HOUR) is NoticeStanding.LATE
    assert standing(NOW, NOW + DAY + HOUR, now=NOW + 2 * DAY) is NoticeStanding.SENT, "the first counts"
    assert standing(NOW + 2 * DAY + MINUTE, now=NOW + 3 * DAY) is NoticeStanding.WITHOUT, "after the visit"


def test_a_notice_of_another_time_or_place_is_none() -> None:
    assert standing(NOW, planned=NOW + 3 * DAY) is NoticeStanding.DUE
    assert standing(NOW, place="Flat 5") is NoticeStanding.DUE


def test_a_visit_that_was_called_off_needs_none() -> None:
    assert standing(visit=VisitFacts(NOW, "Flat 4", cancelled=True)) is NoticeStanding.NEEDLESS


def test_the_last_that_was_said_counts_whatever_arrived_last() -> None:
    given_first = ConsentFacts(ConsentKind.GIVEN, NOW)
    withdrawn = ConsentFacts(ConsentKind.WITHDRAWN, NOW + HOUR)
    asked = ConsentFacts(ConsentKind.ASKED_FOR, NOW + 2 * HOUR)
    assert consent_now([withdrawn, given_first, asked]) == withdrawn
    assert consent_now([asked]) is None, (
        "who asks to be recorded is written down, and consent is another word"
    )
    assert consent_now([]) is None
    at_once = ConsentFacts(ConsentKind.REFUSED, NOW)
    assert consent_now([given_first, at_once]) == at_once, "of one time the one that came later"


def test_a_reason_for_safety_has_a_day() -> None:
    silent = ConsentFacts(ConsentKind.OVERRIDDEN, NOW)
    assert lacks_reason(silent)
    assert not is_overdue(silent, NOW + REASON_WITHIN)
    assert is_overdue(silent, NOW + REASON_WITHIN + MINUTE)
    assert not is_overdue(ConsentFacts(ConsentKind.OVERRIDDEN, NOW, "A knife"), NOW + 9 * DAY)
    assert not is_overdue(ConsentFacts(ConsentKind.REFUSED, NOW), NOW + 9 * DAY)


def test_a_phone_tells_when_it_was_said_where_that_can_be() -> None:
    assert said_at(None, NOW) == NOW
    assert said_at(NOW - HOUR, NOW) == NOW - HOUR
    assert said_at(NOW + AHEAD_AT_MOST, NOW) == NOW, "never in the future"
    assert said_at(NOW + DAY, NOW) == NOW
    assert said_at(NOW - BACK_AT_MOST - MINUTE, NOW) == NOW


def about(*visits: PlannedVisit, at: datetime, lasts: timedelta = MINUTE) -> tuple[str, ...]:
    return visits_about(visits, at, at + lasts)


def test_one_visit_about_that_time_is_meant_and_two_are_both_shown() -> None:
    one = PlannedVisit("one", NOW, NOW + HOUR)
    two = PlannedVisit("two", NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert about(one, two, at=NOW) == ("one",)
    assert about(one, two, at=NOW + HOUR + 45 * MINUTE) == ("one", "two")
    assert about(one, two, at=NOW - EARLY - 2 * MINUTE) == ()
    assert about(one, two, at=NOW + 3 * HOUR + LATE + MINUTE) == ()
    assert about(one, two, at=NOW - 2 * HOUR, lasts=HOUR + EARLY) == ("one",), (
        "it ended when that could begin"
    )


@given(
    starts=st.lists(st.integers(0, 600), max_size=6, unique=True),
    begun=st.integers(-100, 800),
    lasts=st.integers(0, 300),
)
def test_a_recording_is_of_the_visits_that_it_meets_and_of_no_other(
    starts: list[int], begun: int, lasts: int
) -> None:
    visits = [PlannedVisit(str(each), NOW + each * MINUTE, NOW + (each + 60) * MINUTE) for each in starts]
    found = visits_about(visits, NOW + begun * MINUTE, NOW + (begun + lasts) * MINUTE)
    meets = [each for each in starts if begun <= each + 60 + 60 and begun + lasts >= each - 30]
    assert sorted(found) == sorted(map(str, meets))
    assert all(int(one) < int(next_one) for one, next_one in pairwise(found))
