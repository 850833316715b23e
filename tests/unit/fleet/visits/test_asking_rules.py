"""What is late changes nothing on a camera, whatever the clocks of phone and service say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.visits.rules.asking import FRESH, PAGE_FRESH, WhyNoCamera, WornCamera, why_late, why_no_camera
from fleet.visits.rules.consent import ConsentKind

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECONDS = st.floats(-600, 600, allow_nan=False)
HEARD = WornCamera(is_heard=True, is_doubled=False)


def is_fresh(at: datetime | None, sent: datetime | None) -> bool:
    """As a page's script says it; when the page was made does not count."""
    return why_late(at, sent, NOW, NOW) is None


# proves L4
@given(SECONDS, st.floats(0, 600), st.floats(0, 600))
def test_what_waited_or_was_under_way_for_more_than_a_minute_is_never_fresh(
    ahead_s: float, waited_s: float, under_way_s: float
) -> None:
    """The phone's clock is ahead of the service's by so much; the service hears of it now."""
    sent = NOW - timedelta(seconds=under_way_s) + timedelta(seconds=ahead_s)
    at = sent - timedelta(seconds=waited_s)
    if waited_s > FRESH.total_seconds():
        assert not is_fresh(at, sent)
    if abs(ahead_s) < 1 and waited_s + under_way_s < FRESH.total_seconds() - 2:
        assert is_fresh(at, sent)
    if is_fresh(at, sent):  # a clock that is ahead hides of the way as much as it is ahead by, and no more
        assert under_way_s <= FRESH.total_seconds() + max(0.0, ahead_s) + 1e-3


@pytest.mark.parametrize(
    ("at_s", "sent_s", "fresh"),
    [
        (0, 0, True),
        (-59, 0, True),
        (-61, 0, False),
        (-61, -61, False),  # it was under way for too long, or the phone's clock is behind
        (300, 300, False),
        (10, 5, False),  # sent before it was said: the clock was put back
        (0, None, False),
        (None, 0, False),
    ],
)
def test_when_something_was_said_just_now(at_s: int | None, sent_s: int | None, fresh: bool) -> None:
    at, sent = (None if each is None else NOW + timedelta(seconds=each) for each in (at_s, sent_s))
    assert is_fresh(at, sent) is fresh


# proves L4
@pytest.mark.parametrize(
    ("age_s", "fresh"), [(0, True), (599, True), (600, True), (601, False), (36_000, False), (-1, False)]
)
def test_a_form_without_a_script_says_it_now_while_its_page_is_new(age_s: int, fresh: bool) -> None:
    assert PAGE_FRESH.total_seconds() == 600
    late = why_late(None, None, NOW - timedelta(seconds=age_s), NOW)
    assert late is (None if fresh else WhyNoCamera.OLD_PAGE)


# proves L4
def test_a_form_that_does_not_say_when_its_page_was_made_says_nothing_now() -> None:
    assert why_late(None, None, None, NOW) is WhyNoCamera.OLD_PAGE


@pytest.mark.parametrize(
    ("kind", "why", "worn", "late", "found"),
    [
        (ConsentKind.GIVEN, "", HEARD, None, None),
        (ConsentKind.GIVEN, "", None, None, WhyNoCamera.NONE),
        (ConsentKind.GIVEN, "", None, WhyNoCamera.LATE, WhyNoCamera.NONE),
        (ConsentKind.GIVEN, "", HEARD, WhyNoCamera.LATE, WhyNoCamera.LATE),
        (ConsentKind.GIVEN, "", HEARD, WhyNoCamera.OLD_PAGE, WhyNoCamera.OLD_PAGE),
        (ConsentKind.REFUSED, "", WornCamera(is_heard=False, is_doubled=False), None, WhyNoCamera.UNHEARD),
        (ConsentKind.REFUSED, "", WornCamera(is_heard=True, is_doubled=True), None, WhyNoCamera.DOUBLED),
        (ConsentKind.NOT_ASKED, "", HEARD, None, WhyNoCamera.OWN_WORDS),
        (ConsentKind.NOT_ASKED, "danger", HEARD, None, None),
    ],
)
def test_why_a_camera_is_not_asked(
    kind: ConsentKind, why: str, worn: WornCamera | None, late: WhyNoCamera | None, found: WhyNoCamera | None
) -> None:
    assert why_no_camera(kind, why, worn, late) is found
