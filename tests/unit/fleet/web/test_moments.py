from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fleet.footage.timeline.events import seconds as as_kept
from fleet.web.views.moments import (
    ago,
    counter,
    full_moment,
    length,
    long_day,
    moment,
    of_whole,
    sentence_list,
    size,
    time_of_day,
)
from protocol.footage.verifying.report import seconds as as_judged

NOON = datetime(2026, 7, 14, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOON, "12:00"),
        (NOON - timedelta(days=1), "yesterday 12:00"),
        (NOON - timedelta(days=2), "Sun 12 Jul, 12:00"),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "31 Dec 2025, 23:59"),
        (datetime(2026, 7, 13, 23, 30, tzinfo=UTC), "00:30"),
    ],
)
def test_a_time_is_local_and_leaves_out_what_is_plain(at: datetime, text: str) -> None:
    assert moment(at, NOON).text == text


def test_a_time_carries_its_exact_utc() -> None:
    shown = moment(NOON, NOON, seconds=True)
    assert shown.text == "12:00:00"
    assert shown.title == "2026-07-14 11:00:00 UTC"
    assert shown.iso == "2026-07-14T11:00:00.000Z"


# proves F8
def test_the_hour_that_happens_twice_is_told_apart_by_the_zones_letters() -> None:
    first = moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), NOON)
    second = moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), NOON)
    assert first.text == "Sun 25 Oct, 01:30 BST"
    assert second.text == "Sun 25 Oct, 01:30 GMT"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC), "00:59:59"),
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "01:00:00 BST"),
        (datetime(2026, 10, 25, 1, 59, 59, tzinfo=UTC), "01:59:59 GMT"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "02:00:00"),
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "00:59:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "02:00:00"),
    ],
)
def test_only_the_hour_that_repeats_has_the_zones_letters(at: datetime, text: str) -> None:
    assert time_of_day(at, seconds=True) == text


def test_a_heading_has_day_year_and_zone() -> None:
    shown = full_moment(NOON)
    assert shown.text == "Tuesday 14 July 2026, 12:00:00 BST"
    assert shown.title == "2026-07-14 11:00:00 UTC"
    assert moment(NOON, NOON, zone=True).text == "12:00 BST"


def test_yesterday_is_told_on_the_morning_after_the_clocks_changed() -> None:
    morning = datetime(2026, 10, 26, 0, 30, tzinfo=UTC)
    assert moment(morning - timedelta(hours=3), morning).text == "yesterday 21:30"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3600, "some time ago"),
        (-6, "some time ago"),
        (-5, "just now"),
        (-3, "just now"),
        (0, "just now"),
        (5, "5 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3600, "1 h 00 min ago"),
        (86_399, "23 h 59 min ago"),
        (86_400, "1 day ago"),
        (200_000, "2 days ago"),
    ],
)
def test_a_distance_is_told_in_its_own_unit(seconds: int, text: str) -> None:
    assert ago(NOON - timedelta(seconds=seconds), NOON) == text


@pytest.mark.parametrize(
    ("seconds", "short", "long"),
    [
        (0, "0:00", "0 s"),
        (0.04, "0:00", "0.04 s"),
        (0.0004, "0:00", "less than 0.001 s"),
        (4.0, "0:04", "4 s"),
        (41.9, "0:41", "41.9 s"),
        (59.96, "0:59", "1 min"),
        (119.96, "1:59", "2 min"),
        (380, "6:20", "6 min 20 s"),
        (1500.0, "25:00", "25 min"),
        (3599.97, "59:59", "1 h"),
        (7200, "2:00:00", "2 h"),
        (161, "2:41", "2 min 41 s"),
        (179.6, "2:59", "2 min 59.6 s"),
        (179.999, "2:59", "3 min"),
        (180, "3:00", "3 min"),
        (3761, "1:02:41", "1 h 02 min"),
    ],
)
def test_lengths_read_like_a_player_or_like_words(seconds: float, short: str, long: str) -> None:
    assert counter(seconds) == short
    assert length(seconds) == long


# proves C7
@given(st.floats(min_value=0, max_value=10**6))
def test_a_counter_never_claims_more_than_there_is(seconds: float) -> None:
    parts = [int(part) for part in counter(seconds).split(":")]
    told = sum(part * 60**power for power, part in enumerate(reversed(parts)))
    assert told <= seconds < told + 1


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (8_400_000, "8.4 MB"), (123_000_000, "123 MB"), (1_200_000_000, "1.2 GB")],
)
def test_sizes_are_decimal(count: int, text: str) -> None:
    assert size(count) == text


def test_phrases_are_joined_as_a_sentence_does() -> None:
    assert sentence_list([]) == ""
    assert sentence_list(["a"]) == "a"
    assert sentence_list(["a", "b"]) == "a and b"
    assert sentence_list(["a", "b", "c"]) == "a, b and c"


def test_a_day_in_full() -> None:
    assert long_day(NOON) == "Tuesday 14 July 2026"


def test_how_much_of_how_much() -> None:
    assert of_whole(50, 205) == "50 s of 3 min 25 s"
    assert of_whole(3.24, None) == "3.2 s of an unknown length"


def _read(text: str) -> float:
    """Return the seconds that a length in words says."""
    numbers = re.findall(r"([\d.]+) (h|min|s)", text)
    return sum(float(number) * {"h": 3600, "min": 60, "s": 1}[unit] for number, unit in numbers)


@given(st.integers(1_000_000, 3_599_900_000_000))
@example(1_749_999_999)
@example(40_000_000)
@example(1_500_000_000_000)
def test_a_page_says_a_length_as_the_verdict_does(duration_ns: int) -> None:
    said, judged = length(as_kept(duration_ns)), as_judged(duration_ns)
    assert _read(said) == pytest.approx(_read(judged), abs=1e-9)
    assert all(float(number) < 60 for number in re.findall(r"([\d.]+) (?:min|s)", said))


@given(st.floats(3600, 10**7))
def test_from_an_hour_on_a_length_claims_no_more_than_there_is(seconds: float) -> None:
    assert seconds - 60.1 <= _read(length(seconds)) <= seconds + 0.05
