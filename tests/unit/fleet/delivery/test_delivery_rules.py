"""Who is told of what, when, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.alerts.rules.kinds import AlertKind
from fleet.core.actor import Role
from fleet.delivery.rules.choosing import ToldChoice, ToldLevel, is_address, wants
from fleet.delivery.rules.timing import (
    LONGEST_PAUSE,
    MOST_TRIES,
    TOGETHER,
    TOGETHER_URGENT,
    QuietHours,
    first_due,
    pause_after,
)
from fleet.delivery.rules.wording import Told, document_of, subject_of, text_of

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(time(20), time(7), LONDON)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOW = AlertKind("camera.battery", "Battery low", "")
GRAVE = AlertKind("vault.sealed", "The vault is sealed", "", urgent=True)
ALL = ToldChoice("a@example.org", ToldLevel.ALL)


@pytest.mark.parametrize(
    ("choice", "roles", "kind", "told"),
    [
        (ALL, {Role.SAFETY_TEAM}, LOW, True),
        (ALL, {Role.OFFICER}, LOW, False),
        (ToldChoice("", ToldLevel.ALL), {Role.SAFETY_TEAM}, LOW, False),
        (ToldChoice("a@example.org", ToldLevel.URGENT), {Role.SAFETY_TEAM}, LOW, False),
        (ToldChoice("a@example.org", ToldLevel.URGENT), {Role.SAFETY_TEAM}, GRAVE, True),
        (ToldChoice("a@example.org", ToldLevel.NOTHING), {Role.SAFETY_TEAM}, GRAVE, False),
        (ToldChoice("a@example.org", ToldLevel.ALL, frozenset({LOW.id})), {Role.SAFETY_TEAM}, LOW, False),
    ],
)
def test_who_is_told_follows_from_roles_and_choice(
    choice: ToldChoice, roles: set[Role], kind: AlertKind, told: bool
) -> None:
    assert wants(choice, roles, kind) is told


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("desk@example.org", True),
        ("first.last+lapel@mail.example.org", True),
        ("desk@localhost", True),
        ("", False),
        ("desk", False),
        ("@example.org", False),
        ("desk@", False),
        ("desk@example..org", False),
        ("desk@-example.org", False),
        ("a@example.org, b@example.org", False),
        ("Desk <desk@example.org>", False),
        ("desk@example.org\nBcc: all@example.org", False),
        ("dešk@example.org", False),
        ("x" * 250 + "@example.org", False),
    ],
)
def test_an_address_is_one_plain_address(text: str, is_one: bool) -> None:
    # proves F6
    assert is_address(text) is is_one


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (NOON, NOON),
        (datetime(2026, 11, 22, 20, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        (datetime(2026, 11, 23, 3, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        (datetime(2026, 11, 23, 7, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 19, 30, tzinfo=UTC), datetime(2026, 7, 2, 6, tzinfo=UTC)),
    ],
)
def test_quiet_hours_are_those_of_the_site(now: datetime, over: datetime) -> None:
    assert NIGHT.over(now) == over


def test_equal_times_are_no_quiet_hours_and_a_day_can_be_quiet_too() -> None:
    assert QuietHours(time(0), time(0), LONDON).over(NOON) == NOON
    assert QuietHours(time(9), time(17), LONDON).over(NOON) == datetime(2026, 11, 22, 17, tzinfo=UTC)


HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
MOMENTS = st.timedeltas(timedelta(), timedelta(days=366)).map(lambda after: NOON + after)


@given(HOURS, HOURS, MOMENTS)
def test_what_waits_for_the_end_of_quiet_hours_goes_within_a_day_and_outside_of_them(
    start: time, end: time, now: datetime
) -> None:
    quiet = QuietHours(start, end, LONDON)
    over = quiet.over(now)
    assert now <= over <= now + timedelta(hours=25), "a night in which clocks go back is an hour longer"
    assert quiet.over(over) == over or over.astimezone(LONDON).fold


def test_what_is_urgent_goes_in_the_night_and_the_rest_in_the_morning() -> None:
    night = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert first_due(night, NIGHT, urgent=True) == night + TOGETHER_URGENT
    assert first_due(night, NIGHT, urgent=False) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert first_due(NOON, NIGHT, urgent=False) == NOON + TOGETHER


def test_pauses_grow_to_an_hour_and_end() -> None:
    pauses = [pause_after(each) for each in range(1, MOST_TRIES + 1)]
    grown = [each for each in pauses if each is not None]
    assert pauses[-1] is None
    assert grown == sorted(grown)
    assert (grown[0], grown[-1]) == (timedelta(minutes=1), LONGEST_PAUSE)
    assert timedelta(hours=12) < sum(grown, timedelta()) < timedelta(hours=24)


def told(kind: AlertKind, name: str) -> Told:
    return Told("ab" * 16, kind, name, NOON)


def test_many_alerts_are_one_message_with_a_line_for_each_kind() -> None:
    many = [told(LOW, f"cam-{each:02d}") for each in range(1, 15)] + [told(GRAVE, "vault")]
    text = text_of(many, url="https://fleet.example", more=3)
    assert "- Battery low: cam-01; cam-02;" in text
    assert "; cam-10; and 4 more\n" in text
    assert "- The vault is sealed: vault\n" in text
    assert "- and 3 more\n" in text
    assert "https://fleet.example/alerts\n" in text
    assert subject_of(many, urgent=False) == "Lapel: 15 alerts"
    assert subject_of(many[:2], urgent=False) == "Lapel: Battery low (2)"
    assert subject_of(many[-1:], urgent=True) == "Lapel, urgent: The vault is sealed"


def test_a_program_is_told_the_same_as_a_document() -> None:
    found = document_of([told(GRAVE, "vault")], id_="m1", at=NOON, url="https://fleet.example")
    assert found["alerts"][0]["kind"] == "vault.sealed"
    assert found["alerts"][0]["link"] == f"https://fleet.example/alerts/{'ab' * 16}"
    assert (found["version"], found["test"], found["more"]) == (1, False, 0)
    assert document_of([], id_="m1", at=NOON, url="")["test"] is True
