"""What is late changes nothing on a camera, whatever the clocks of phone and service say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.visits.rules.asking import FRESH, WhyNoCamera, WornCamera, is_fresh, why_no_camera
from fleet.visits.rules.consent import ConsentKind

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECONDS = st.floats(-600, 600, allow_nan=False)
HEARD = WornCamera(is_heard=True, is_doubled=False)


# proves L4
@given(SECONDS, st.floats(0, 600), st.floats(0, 600))
def test_what_waited_or_was_under_way_for_more_than_a_minute_is_never_fresh(
    ahead_s: float, waited_s: float, under_way_s: float
) -> None:
    """The phone's clock is ahead of the service's by so much; the service hears of it now."""
    sent = NOW - timedelta(seconds=under_way_s) + timedelta(seconds=ahead_s)
    at = sent - timedelta(seconds=waited_s)
    if waited_s > FRESH.total_seconds():
        assert not is_fresh(at, sent, NOW)
    if abs(ahead_s) < 1 and waited_s + under_way_s < FRESH.total_seconds() - 2:
        assert is_fresh(at, sent, NOW)
    if is_fresh(
        at, sent, NOW
    ):  # a clock that is ahead hides of the way as much as it is ahead by, and no more
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
    assert is_fresh(at, sent, NOW) is fresh


def test_a_form_without_a_script_says_it_now() -> None:
    assert is_fresh(None, None, NOW)


@pytest.mark.parametrize(
    ("kind", "why", "worn", "fresh", "found"),
    [
        (ConsentKind.GIVEN, "", HEARD, True, None),
        (ConsentKind.GIVEN, "", None, True, WhyNoCamera.NONE),
        (ConsentKind.GIVEN, "", HEARD, False, WhyNoCamera.LATE),
        (ConsentKind.REFUSED, "", WornCamera(is_heard=False, is_doubled=False), True, WhyNoCamera.UNHEARD),
        (ConsentKind.REFUSED, "", WornCamera(is_heard=True, is_doubled=True), True, WhyNoCamera.DOUBLED),
        (ConsentKind.NOT_ASKED, "", HEARD, True, WhyNoCamera.OWN_WORDS),
        (ConsentKind.NOT_ASKED, "danger", HEARD, True, None),
    ],
)
def test_why_a_camera_is_not_asked(
    kind: ConsentKind, why: str, worn: WornCamera | None, fresh: bool, found: WhyNoCamera | None
) -> None:
    assert why_no_camera(kind, why, worn, is_fresh=fresh) is found
