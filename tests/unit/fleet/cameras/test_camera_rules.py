from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.cameras.rules import (
    HEARD_FOR,
    Presence,
    camera_id,
    heard,
    is_silent,
    limit_sentence,
    room_for_another,
    still_heard,
)
from fleet.core.one_time import AHEAD, CodeState, code_state
from protocol.naming import is_camera_id

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
sessions = st.sampled_from(["a", "b", "c"])


@given(made=moments, expires=moments, used=st.none() | moments, now=moments)
def test_a_code_is_good_only_unused_and_in_time(
    made: datetime, expires: datetime, used: datetime | None, now: datetime
) -> None:
    state = code_state(made=made, expires=expires, used=used, now=now)
    assert (state is CodeState.GOOD) == (used is None and now < expires and made <= now + AHEAD)
    assert (state is CodeState.USED) == (used is not None)


@given(limit=st.integers(1, 100), enrolled=st.integers(0, 200))
def test_the_limit_is_never_passed(limit: int, enrolled: int) -> None:
    assert room_for_another(enrolled=enrolled, limit=limit) == (enrolled + 1 <= limit)


def test_the_refusal_says_where_the_limit_is_set() -> None:
    assert "at most 15 cameras and has 15." in limit_sentence(15, 15)
    assert "at most 10 cameras and has 15." in limit_sentence(10, 15), "the limit was lowered"
    assert "at most 1 camera and has 1." in limit_sentence(1, 1)


def test_a_camera_speaks_of_the_present_only_while_it_is_connected_and_was_heard_lately() -> None:
    # proves F8
    assert still_heard(Presence(online=True, session="a", seen=NOW), now=NOW)
    assert not still_heard(Presence(online=False, session="a", seen=NOW), now=NOW)
    assert not still_heard(Presence(online=True, session="a", seen=None), now=NOW)
    assert not still_heard(Presence(online=True, session="a", seen=NOW - HEARD_FOR), now=NOW)


def test_what_the_broker_says_of_a_camera_is_nothing_that_the_camera_said() -> None:
    # proves F8
    before = Presence(online=True, session="a", seen=None)
    kept = heard(before, session="a", online=True, retained=True, now=NOW)
    assert kept == Presence(online=True, session="a", seen=None)
    will = heard(before, session="a", online=False, retained=False, now=NOW)
    assert will == Presence(online=False, session="a", seen=None)
    first = heard(
        Presence(online=False, session="", seen=None), session="b", online=False, retained=True, now=NOW
    )
    assert first == Presence(online=False, session="b", seen=None)
    assert heard(before, session="old", online=False, retained=False, now=NOW) is None
    said = heard(before, session="a", online=True, retained=False, now=NOW)
    assert said == Presence(online=True, session="a", seen=NOW)
    assert "cameras.limit in the configuration" in limit_sentence(15, 15)


@given(st.integers(1, 100_000))
def test_ids_are_names_that_a_certificate_may_carry(number: int) -> None:
    assert is_camera_id(camera_id(number))


@given(first=sessions, second=sessions)
def test_a_stale_will_is_ignored_and_no_will_is_a_message_of_the_camera(first: str, second: str) -> None:
    # proves F8: the time of the last message is that of the last message
    heard_last = NOW - timedelta(seconds=40)
    now_here = Presence(online=True, session=second, seen=heard_last)
    after = heard(now_here, session=first, online=False, retained=False, now=NOW)
    if first == second:
        assert after == Presence(online=False, session=second, seen=heard_last)
    else:
        assert after is None


@given(session=sessions, online=st.booleans(), before=st.booleans())
def test_a_retained_message_is_no_sign_of_life(*, session: str, online: bool, before: bool) -> None:
    seen = NOW - timedelta(hours=1)
    after = heard(Presence(before, session, seen), session=session, online=online, retained=True, now=NOW)
    assert after is not None
    assert after.seen == seen
    assert after.online == (before and online)


@given(silence=st.integers(-600, 600), online=st.booleans())
def test_silence_is_noticed_in_time(*, silence: int, online: bool) -> None:
    """Where the clock was put back, a message of the future is of nobody knows when."""
    presence = Presence(online, "a", NOW - timedelta(seconds=silence))
    assert is_silent(presence, after=timedelta(seconds=60), now=NOW) == (online and not -5 <= silence < 60)


def test_a_camera_said_to_be_online_but_never_heard_counts_as_silent() -> None:
    assert is_silent(Presence(online=True, session="a", seen=None), after=timedelta(seconds=60), now=NOW)
