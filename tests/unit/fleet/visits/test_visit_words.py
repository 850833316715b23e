"""What is said of a visit, its notices and what was said on it, by each condition on its rows (F8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fleet.people.models import Officer
from fleet.visits.models import ConsentEntry, TenancyVisit, VisitNotice
from fleet.visits.rules.consent import ConsentKind
from fleet.web.views.visits.visit import consent_views, notice_views, visit_row
from tests.support.fleet.read_rows import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AHEAD = timedelta(days=2)


def visit(**more: Any) -> TenancyVisit:  # noqa: ANN401 - whatever a row holds
    """A visit of tomorrow, of an hour."""
    plain = {
        "id": "v1",
        "tenancy": "T1",
        "place": "Flat 1",
        "purpose": "Repairs",
        "planned": NOW + DAY,
        "minutes": 60,
        "officer": Officer(id="o1", name="Officer 1"),
        "cancelled": None,
    }
    return TenancyVisit(**{**plain, **more})


def notice(**more: Any) -> VisitNotice:  # noqa: ANN401 - whatever a row holds
    """A notice of that visit, in time."""
    plain = {
        "id": "n1",
        "visit_id": "v1",
        "way": "post",
        "sent": NOW - 5 * DAY,
        "sent_by": "Jane",
        "planned": NOW + DAY,
        "place": "Flat 1",
        "language": "en",
        "version": 1,
        "large": False,
    }
    return VisitNotice(**{**plain, **more})


def entry(**more: Any) -> ConsentEntry:  # noqa: ANN401 - whatever a row holds
    """That somebody agreed, heard of at once."""
    plain = {
        "id": "e1",
        "number": 1,
        "kind": ConsentKind.GIVEN,
        "at": NOW - HOUR,
        "arrived": NOW - HOUR,
        "way": "page",
        "said_by": "Officer 1",
        "wording": "en 2",
        "reason": "",
    }
    return ConsentEntry(**{**plain, **more})


def test_a_visit_is_called_off_where_it_was() -> None:
    assert not visit_row(visit(), [notice()], [], NOW, AHEAD).is_cancelled
    called_off = visit_row(visit(cancelled=NOW), [notice()], [], NOW, AHEAD)
    assert called_off.is_cancelled
    assert called_off.notice.word == "Called off"


def test_what_counts_of_what_was_said_stands_in_its_row() -> None:
    assert visit_row(visit(), [], [], NOW, AHEAD).consent == ""
    assert visit_row(visit(), [], [entry()], NOW, AHEAD).consent == "Agreed to be recorded"


@pytest.mark.parametrize(("large", "said"), [(False, "English"), (True, "English, in large print")])
def test_a_notice_is_told_with_how_it_was_sent(large: bool, said: str) -> None:
    (found,) = notice_views(visit(), [notice(large=large)], NOW)
    assert found.way.endswith(f", in {said}")


@pytest.mark.parametrize(
    ("more", "is_of_now"), [({}, True), ({"planned": NOW + 2 * DAY}, False), ({"place": "Flat 2"}, False)]
)
def test_a_notice_of_another_time_or_place_is_none_of_the_visit_as_it_is_planned(
    more: dict[str, Any], is_of_now: bool
) -> None:
    (found,) = notice_views(visit(), [notice(**more)], NOW)
    assert found.is_of_now is is_of_now


def test_the_text_that_was_shown_is_told_where_one_was() -> None:
    told, untold = consent_views([entry(), entry(wording="")], NOW)
    assert told.how.endswith("; the text that was shown to say was en 2")
    assert untold.how == "by Officer 1, on their own page"
    (by_program,) = consent_views([entry(way="program", said_by="door app", wording="")], NOW)
    assert by_program.how == "by door app, through a program"


def test_when_the_service_heard_of_it_is_told_where_that_was_later() -> None:
    at_once, soon, late = consent_views(
        [entry(), entry(arrived=NOW - HOUR + MINUTE), entry(arrived=NOW - HOUR + 2 * MINUTE)], NOW
    )
    assert (at_once.late, soon.late) == ("", "")
    assert late.late.startswith("The service heard of it ")


def test_a_reason_that_is_to_come_is_waited_for_a_day_and_then_overdue() -> None:
    given, waits, overdue, said = consent_views(
        [
            entry(),
            entry(kind=ConsentKind.OVERRIDDEN),
            entry(kind=ConsentKind.OVERRIDDEN, at=NOW - 25 * HOUR),
            entry(kind=ConsentKind.OVERRIDDEN, reason="He had a knife."),
        ],
        NOW,
    )
    assert waits.waits.startswith("The reason is to be said until ")
    assert overdue.waits == "The reason is overdue: it was to be said within a day."
    assert (given.waits, said.waits) == ("", "")
