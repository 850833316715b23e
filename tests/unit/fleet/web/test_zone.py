from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fleet.web
from fleet.core.config import FleetConfig, parse_config
from fleet.web.views.moments import time_of_day
from fleet.web.views.search import Search
from fleet.web.zone import abbreviation, in_zone, is_shown_twice, local, midnight, zone_words
from tests.support.fleet.fleet import dashboard_client, fleet_services, token_for

pytestmark = pytest.mark.slow

# By name, not by rule: among them are half an hour of summer time, clocks that change at midnight, a day that
# never was, and no letters.
ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Kolkata",
    "Asia/Beirut",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Atlantic/Azores",
    "UTC",
]
zones = st.sampled_from(ZONES).map(ZoneInfo)
times = st.integers(631_152_000, 2_114_380_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def _near_changes(zone: ZoneInfo) -> st.SearchStrategy[datetime]:
    """Times within two hours of where the zone's clocks change."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(366)]
    changes = [
        day
        for day in days
        if day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset()
    ]
    return st.builds(
        lambda day, seconds: day + timedelta(seconds=seconds),
        st.sampled_from(changes or days),
        st.integers(-7200, 86_400 + 7200),
    )


zoned = zones.flatmap(lambda zone: st.tuples(st.just(zone), times | _near_changes(zone)))


# proves F8
@given(zoned, st.integers(1, 7200))
def test_two_times_of_a_night_never_read_alike(zone_and_time: tuple[ZoneInfo, datetime], later: int) -> None:
    zone, at = zone_and_time
    with in_zone(zone):
        assert time_of_day(at, seconds=True) != time_of_day(at + timedelta(seconds=later), seconds=True)


@given(zoned)
def test_every_time_is_in_the_day_that_its_clock_shows(zone_and_time: tuple[ZoneInfo, datetime]) -> None:
    zone, at = zone_and_time
    with in_zone(zone):
        day = local(at).date()
        assert midnight(day) <= at < midnight(day + timedelta(days=1))
        start, end = Search(start=day.isoformat(), end=day.isoformat()).days()
        assert start is not None
        assert end is not None
        assert start <= at < end


@given(zoned)
def test_days_follow_each_other_without_a_hole(zone_and_time: tuple[ZoneInfo, datetime]) -> None:
    zone, at = zone_and_time
    with in_zone(zone):
        day = local(at).date()
        first = Search(start=day.isoformat(), end=day.isoformat()).days()[1]
        second = Search(start=(day + timedelta(days=1)).isoformat()).days()[0]
        assert first == second


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-24", 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    start, end = Search(start=day, end=day).days()
    assert start is not None
    assert end is not None
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "letters", "words"),
    [
        ("Europe/London", "GMT", "London time"),
        ("America/Argentina/Buenos_Aires", "UTC\N{MINUS SIGN}3", "Buenos Aires time"),
        ("Asia/Kolkata", "IST", "Kolkata time"),
        ("Asia/Kathmandu", "UTC+5:45", "Kathmandu time"),
        ("America/St_Johns", "NST", "St Johns time"),
        ("UTC", "UTC", "UTC time"),
    ],
)
def test_a_zone_is_told_in_letters_and_in_words(zone: str, letters: str, words: str) -> None:
    with in_zone(ZoneInfo(zone)):
        assert abbreviation(datetime(2026, 1, 10, tzinfo=UTC)) == letters
        assert zone_words() == words


def test_without_a_setting_it_is_london() -> None:
    assert abbreviation(datetime(2026, 7, 1, tzinfo=UTC)) == "BST"
    assert is_shown_twice(datetime(2026, 10, 25, 1, 0, tzinfo=UTC))


@pytest.fixture
def elsewhere() -> FleetConfig:
    return parse_config({"site": {"zone": "Pacific/Apia"}}, "fleet.toml")


# proves F8
@pytest.mark.parametrize("path", ["/", "/recordings", "/hand-out", "/cameras", "/officers", "/nowhere"])
def test_every_page_is_in_the_sites_zone(tmp_path: Path, elsewhere: FleetConfig, path: str) -> None:
    with fleet_services(tmp_path, config=elsewhere) as services, dashboard_client(services) as client:
        headers = {"Authorization": f"Bearer {token_for(services)}", "Accept": "text/html"}
        page = client.get(path, headers=headers).text
        assert "Times are Apia time, UTC+13 at " in page
        assert 'data-zone="Pacific/Apia"' in page
        assert "As of 01:00:00" in page
        assert "London" not in page


def test_every_time_that_a_form_is_filled_in_with_is_sent_back_as_it_was() -> None:
    """A field for day and time has no zone: what it was filled in with is beside it, or the hour moves."""
    # proves F8
    found = dict[str, str]()
    for path in sorted((Path(fleet.web.__file__).parent / "templates").rglob("*.html")):
        for field, rest in re.findall(r'type="datetime-local"[^>]* name="(\w+)"(.*)', path.read_text()):
            found[f"{path.name}:{field}"] = rest
    assert len(found) >= 4
    assert [each for each, rest in found.items() if '<input type="hidden" name="known"' not in rest] == []
