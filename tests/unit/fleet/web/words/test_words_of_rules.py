"""What the rules behind pages decide and say, each by the condition that decides it (F8)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fleet.alerts.rules.kinds import AlertKind
from fleet.assignments.undo import ChangeKind, HandOver, Meanwhile, undo_refusal
from fleet.cameras.rules import Presence, camera_number, heard
from fleet.connections.admission import Why
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.delivery.rules.addresses import is_allowed
from fleet.delivery.rules.choosing import is_address
from fleet.delivery.rules.timing import QuietHours
from fleet.delivery.rules.wording import Told, text_of
from fleet.health.connections import connections_reading
from fleet.health.regions import StoreRegion
from fleet.incidents.rules.draft import clean_text
from fleet.incidents.rules.own_words import may_write, open_until
from fleet.people.limits.break_glass import TOLD_FOR, BreakGlassSpan, make_no_token, spare_footage
from fleet.references.rules.standing import Arrival, ReferencedRecording, ReferencedVisit
from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.cases import CaseKeeping
from fleet.retention.rules.clock import ClockLook
from fleet.retention.rules.clock import looked as look_at_clock
from fleet.retention.rules.keeping import Counted, KeepingFacts, keeping
from fleet.retention.rules.periods import Periods, PeriodsChange
from fleet.review.rules.findings import NOTHING, Findings, FindingsError, clean_findings
from fleet.review.rules.oddness import DAYS, OddityLimits
from fleet.review.rules.reasons import ReviewFacts, reasons
from fleet.web.forms import clean_moment, safe_next, typed_moment
from fleet.web.views.references.answer import told_visit
from fleet.web.views.retention import cases
from fleet.web.views.retention.deletion import release_words, request_words, visit_words
from fleet.web.views.settings.regions import region_lines
from fleet.web.zone import in_zone, zone_words

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONDON = ZoneInfo("Europe/London")

# Messages


@pytest.mark.parametrize(
    ("start", "end", "at", "over"),
    [
        (time(22), time(7), time(23), (30, time(7))),
        (time(22), time(7), time(6), (29, time(7))),
        (time(22), time(7), time(7), (29, time(7))),
        (time(22), time(7), time(12), (29, time(12))),
        (time(22), time(7), time(22), (30, time(7))),
        (time(9), time(17), time(8), (29, time(8))),
        (time(9), time(17), time(9), (29, time(17))),
        (time(9), time(17), time(12), (29, time(17))),
        (time(9), time(17), time(17), (29, time(17))),
        (time(9), time(9), time(9), (29, time(9))),
    ],
)
def test_a_message_waits_for_the_end_of_the_quiet_hours_that_it_falls_in(
    start: time, end: time, at: time, over: tuple[int, time]
) -> None:
    # proves F8
    day, hour = over
    found = QuietHours(start, end, LONDON).over(datetime.combine(date(2026, 11, 29), at, UTC))
    assert found == datetime.combine(date(2026, 11, day), hour, UTC)


def test_a_mail_says_how_many_more_there_are_where_there_are_more() -> None:
    # proves F8
    told = [Told("1", AlertKind("late", "Late", "{number} are late."), "cam-01", NOW)]
    assert "- and 2 more" in text_of(told, url="https://fleet.example", more=2)
    assert "more" not in text_of(told, url="https://fleet.example").split("What it is")[0]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("jane@example.org", True),
        ("jane", False),
        ("example.org", False),
        ("@example.org", False),
        ("jane@", False),
        ("jane\x07@example.org", False),
        ("jané@example.org", False),
    ],
)
def test_an_address_is_one_that_mail_can_go_to(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one


@pytest.mark.parametrize(
    ("address", "private", "allowed"),
    [
        ("192.0.2.1", False, False),
        ("8.8.8.8", False, True),
        ("10.0.0.1", True, True),
        ("10.0.0.1", False, False),
        ("240.0.0.1", True, False),
        ("100.64.0.1", True, False),
        ("2001:0:808:808::1", True, False),
        ("2001:4860:4860::8888", False, True),
    ],
)
def test_a_webhook_goes_to_no_address_that_is_not_meant(address: str, private: bool, allowed: bool) -> None:
    assert is_allowed(address, private=private) is allowed


# How long recordings are kept

HISTORY = (PeriodsChange(1, NOW - 4000 * DAY, Periods(1, 24)),)


@pytest.mark.parametrize(
    ("changed", "counted", "words"),
    [
        ({}, Counted.ARRIVAL_UNDATED, "for no clock that was set dates the press"),
        ({"pressed": NOW - DAY}, Counted.PRESS, "the day of the press"),
        (
            {"pressed": NOW - 2 * DAY, "enrolled": NOW - DAY},
            Counted.ARRIVAL_NOT_ENROLLED,
            "for its clock dates the press before the camera was enrolled",
        ),
        ({"pressed": NOW - DAY, "enrolled": NOW - 2 * DAY}, Counted.PRESS, "the day of the press"),
        ({"pressed": NOW - 2 * DAY, "enrolled": NOW + DAY}, Counted.PRESS, "the day of the press"),
        ({"pressed": NOW + 2 * DAY}, Counted.ARRIVAL_FIRST, "for its clock dates the press after that"),
    ],
)
def test_a_period_counts_from_the_day_that_is_named(
    changed: dict[str, Any], counted: Counted, words: str
) -> None:
    # proves F3 F8
    facts = KeepingFacts(NOW, **changed)
    assert facts.counted is counted
    assert facts.counts_from == (facts.pressed if counted is Counted.PRESS else NOW)
    said = keeping(facts, HISTORY, LONDON).reason
    assert said.startswith("1 month without an incident, from ")
    assert words in said
    longer = keeping(facts, (PeriodsChange(1, NOW - 4000 * DAY, Periods(6, 24)),), LONDON).reason
    assert longer.startswith("6 months without an incident, from ")


def test_a_last_day_of_a_month_counts_to_the_last_day_of_another() -> None:
    # proves F3
    assert newest_gone_by(date(2027, 3, 1), 6) == date(2026, 8, 31)
    assert newest_gone_by(date(2027, 3, 2), 6) == date(2026, 9, 1)
    assert newest_gone_by(date(2026, 12, 1), 6) == date(2026, 5, 31)


def test_a_clock_is_doubted_until_that_is_over() -> None:
    # proves F3
    doubted = ClockLook(NOW, NOW + HOUR, NOW - 9 * DAY)
    assert look_at_clock(doubted, NOW + HOUR / 2).doubted_until == NOW + HOUR
    assert look_at_clock(doubted, NOW + HOUR) == ClockLook(NOW + HOUR)


# Reviews


def test_private_footage_is_reviewed_for_what_it_was_about() -> None:
    # proves F8
    def private(**facts: Any) -> list[str]:  # noqa: ANN401 - any fact
        return [
            each.words for each in reasons(ReviewFacts(is_private=True, **facts)) if each.key == "private"
        ]

    assert private() == []
    assert private(is_marked=True) == [
        "Its camera was private for a time, and it is said to show an incident."
    ]
    assert private(near=("INC-1",)) == ["Its camera was private for a time about the time of INC-1."]
    marked = [each.words for each in reasons(ReviewFacts(is_marked=True))]
    assert marked == ["Somebody said that it shows an incident."]
    both = [each.words for each in reasons(ReviewFacts(is_marked=True, incidents=("INC-1",)))]
    assert both == ["It belongs to INC-1."]


@pytest.mark.parametrize(
    ("begins", "ends", "at", "is_within"),
    [
        (8, 18, 12, True),
        (8, 18, 7, False),
        (8, 18, 18, False),
        (22, 6, 23, True),
        (22, 6, 5, True),
        (22, 6, 12, False),
        (9, 9, 9, True),
        (9, 9, 3, True),
    ],
)
def test_working_hours_may_go_over_midnight(begins: int, ends: int, at: int, is_within: bool) -> None:
    # proves F8
    limits = OddityLimits(time(begins), time(ends), frozenset(DAYS), 9, 9, 9, 9)
    assert limits.is_within(datetime(2026, 11, 29, at, tzinfo=UTC)) is is_within
    assert not OddityLimits(time(0), time(0), frozenset(), 9, 9, 9, 9).is_within(NOW)


def test_findings_say_what_was_done_unless_there_was_nothing() -> None:
    assert clean_findings(found=[NOTHING], action="none", text="") == Findings((NOTHING,), "none", "")
    with pytest.raises(FindingsError, match="Say in a few words"):
        clean_findings(found=["unwatchable"], action="none", text="")


def test_text_is_kept_without_what_cannot_be_seen() -> None:
    assert clean_text("one\ttwo\x07 three", longest=30) == "one two three"
    assert clean_text("one\u2003two", longest=30) == "one two"


# Their own words, hand-outs and cameras


def test_an_officer_may_write_until_that_is_over() -> None:
    # proves F8
    assert may_write(NOW, open_until(NOW) - timedelta(seconds=1))
    assert not may_write(NOW, open_until(NOW))


def test_a_hand_out_can_be_undone_whoever_has_what_meanwhile() -> None:
    # proves F8
    given = HandOver("a1", ChangeKind.HANDED_OUT, "cam-01", "o1", "Officer 1", NOW)
    taken = HandOver("a1", ChangeKind.TAKEN_BACK, "cam-01", "o1", "Officer 1", NOW)
    elsewhere = Meanwhile(camera_with="Officer 2")
    assert undo_refusal(given, elsewhere, now=NOW) is None
    assert undo_refusal(taken, elsewhere, now=NOW) == "Officer 2 has cam-01 now."
    assert undo_refusal(taken, Meanwhile(), now=NOW) is None


def test_a_goodbye_is_taken_for_a_goodbye() -> None:
    # proves F8
    there = Presence(online=True, session="s", seen=NOW - HOUR)
    left = heard(there, session="s", online=False, retained=False, now=NOW)
    assert left == Presence(online=False, session="s", seen=NOW - HOUR)
    assert heard(there, session="old", online=False, retained=False, now=NOW) is None
    came = heard(there, session="new", online=True, retained=False, now=NOW)
    assert came == Presence(online=True, session="new", seen=NOW)


# Break-glass


def by(*, broken: bool) -> Actor:
    return Actor(ActorKind.USER, "u1", "Jane", frozenset({Role.ADMINISTRATOR}), by_break_glass=broken)


def test_break_glass_lets_nobody_at_footage_and_makes_no_tokens() -> None:
    # proves F9
    plays, manages = frozenset({Role.CCTV_MANAGER}), frozenset({Role.ADMINISTRATOR})
    spare_footage(by(broken=False), plays)
    spare_footage(by(broken=True), manages)
    with pytest.raises(ProblemError, match="Break-glass lets nobody at footage"):
        spare_footage(by(broken=True), plays)
    make_no_token(by(broken=False))
    with pytest.raises(ProblemError, match="Break-glass makes no tokens"):
        make_no_token(by(broken=True))


def test_break_glass_is_over_as_its_link_or_its_end_has_it() -> None:
    # proves F9
    used = BreakGlassSpan(NOW, NOW + 4 * HOUR, NOW, None)
    unused = BreakGlassSpan(NOW, NOW + 4 * HOUR, None, None)
    ended = BreakGlassSpan(NOW, NOW + 4 * HOUR, NOW, NOW + HOUR)
    assert ended.is_told(NOW + HOUR + TOLD_FOR - timedelta(seconds=1))
    assert not ended.is_told(NOW + HOUR + TOLD_FOR)
    assert (used.over, unused.over, ended.over) == (NOW + 4 * HOUR, NOW + HOUR / 2, NOW + HOUR)


# Forms and zones


def test_a_time_that_names_its_zone_is_taken_for_that() -> None:
    # proves F8
    with in_zone(ZoneInfo("Asia/Kolkata")):
        assert clean_moment("2026-11-29T12:00") == datetime(2026, 11, 29, 6, 30, tzinfo=UTC)
        assert clean_moment("2026-11-29T12:00+00:00") == NOW
    assert clean_moment("no time") is None


ANY_TIME = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - given a zone below


@given(ANY_TIME, st.sampled_from(["Europe/London", "Asia/Tokyo"]))
@example(datetime(2026, 10, 25, 1, 30, 27), "Europe/London")  # noqa: DTZ001
@example(datetime(2026, 10, 25, 0, 30, 27), "Europe/London")  # noqa: DTZ001
def test_a_time_that_nobody_changed_stays_whichever_of_two_it_is(naive: datetime, zone: str) -> None:
    # proves F8
    at = naive.replace(tzinfo=UTC)
    with in_zone(ZoneInfo(zone)):
        assert clean_moment(typed_moment(at), at.isoformat()) == at
        later = at + timedelta(hours=3)
        assert clean_moment(typed_moment(later), at.isoformat()) != at
        for odd in ("", "yesterday", at.replace(tzinfo=None).isoformat(), "0001-01-01T00:00:00+14:00"):
            assert clean_moment(typed_moment(later), odd) == clean_moment(typed_moment(later))


def test_after_signing_in_nobody_is_sent_to_what_cannot_be_seen() -> None:
    assert safe_next("/recordings") == "/recordings"
    for odd in ("/\x07", "//evil.example", "/\\evil.example", "https://evil.example"):
        assert safe_next(odd) == "/"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/London", "London time"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
        ("UTC", "UTC time"),
        ("Etc/GMT+5", "Etc/GMT+5 time"),
    ],
)
def test_a_zone_is_called_what_people_call_it(zone: str, words: str) -> None:
    # proves F8
    with in_zone(ZoneInfo(zone)):
        assert zone_words() == words


@pytest.mark.parametrize(
    ("holds", "why"),
    [
        ((), "It is held, and not deleted until that ends."),
        (("claim",), "until that ends, because of a legal claim that was made or may be made."),
    ],
)
def test_whoever_was_recorded_is_told_why_it_is_held_as_far_as_it_may_be(
    holds: tuple[str, ...], why: str
) -> None:
    # proves F8
    told = told_visit(
        ReferencedVisit(NOW - timedelta(days=1), (ReferencedRecording(Arrival.HERE, holds=holds),)), NOW
    )
    (said,) = [each for each in told.recordings[0].sentences if "It is held" in each]
    assert said.endswith(why)
    assert not any("kept without being used" in each for each in told.recordings[0].sentences)
    restricted = ReferencedRecording(Arrival.HERE, holds=holds, is_restricted=True)
    told = told_visit(ReferencedVisit(NOW - timedelta(days=1), (restricted,)), NOW)
    assert any("kept without being used" in each for each in told.recordings[0].sentences)


@pytest.mark.parametrize(("is_counted", "said"), [(True, ": 2 visits."), (False, ": at least 2 visits.")])
def test_visits_are_counted_as_far_as_they_were(is_counted: bool, said: str) -> None:
    # proves F8
    assert visit_words(2, is_counted=is_counted).endswith(said)


@pytest.mark.parametrize(
    ("pinned", "address", "told", "how"),
    [
        ("eu-west-2", "https://s", None, "key says so; the store did not say it when it was asked."),
        ("eu-west-2", "", None, "key says so."),
        ("", "https://s", None, "key is not set; the store did not say it when it was asked."),
        ("", "", None, "key is not set."),
        ("eu-west-2", "https://s", "eu-west-2", ", and key says the same."),
        ("", "https://s", "eu-west-2", "; key is not set."),
    ],
)
def test_how_a_region_is_known_is_told(pinned: str, address: str, told: str | None, how: str) -> None:
    # proves F8 F10
    place = StoreRegion("footage", "It", "key", pinned, address)
    (line,) = region_lines([place], {"footage": (told, NOW)}, NOW)
    assert line.how.endswith(how)
    assert line.how.startswith("It said so itself") is (told is not None)
    (unasked,) = region_lines([place], {}, NOW)
    assert not unasked.how.startswith("It said so itself")


@pytest.mark.parametrize(("is_counted", "how_many"), [(True, ": 2 "), (False, ": at least 2 ")])
def test_requests_and_releases_are_counted_as_far_as_they_were(is_counted: bool, how_many: str) -> None:
    # proves F8
    assert f"{how_many}requests." in request_words(2, is_counted)
    assert f"{how_many}releases." in release_words(2, is_counted)


@pytest.mark.parametrize(
    ("sentence", "is_on", "said"),
    [
        ("", False, ""),
        ("Kept until Monday.", True, "Kept until Monday."),
        ("Kept until Monday.", False, f"Kept until Monday. {cases._STAYS}"),
    ],
)
@pytest.mark.parametrize(
    ("request_id", "found", "link"), [(None, None, ""), ("q1", None, ""), ("q1", "q1", "/requests/q1")]
)
def test_until_when_a_release_is_kept_is_said_with_its_request_while_that_is_there(
    monkeypatch: pytest.MonkeyPatch,
    sentence: str,
    is_on: bool,
    said: str,
    request_id: str | None,
    found: str | None,
    link: str,
) -> None:
    # proves F4 F8
    keeping = SimpleNamespace(sentence=sentence)
    monkeypatch.setattr(cases, "release_keeping", lambda *_: keeping)
    monkeypatch.setattr(cases, "request_keeping", lambda *_: keeping)
    monkeypatch.setattr(cases, "switches_of", lambda _session: None)
    monkeypatch.setattr(cases, "is_on", lambda _switches: is_on)
    asked: list[str] = []

    def get(_table: object, key: str) -> SimpleNamespace | None:
        asked.append(key)
        return None if found is None else SimpleNamespace(id=found)

    session: Any = SimpleNamespace(get=get)
    kept = cases.kept_release(session, cast("Any", SimpleNamespace(request=request_id)), FleetConfig())
    assert (kept.until, kept.request_link) == (said, link)
    assert asked == ([request_id] if request_id else [])
    assert cases.kept_request(session, cast("Any", None), FleetConfig()) == said


@pytest.mark.parametrize(
    ("camera", "number"),
    [
        ("cam-07", 7),
        ("cam-7", None),
        ("cam-\N{SUPERSCRIPT TWO}", None),
        (f"cam-{'9' * 5000}", None),
        ("cam--1", None),
        ("07", None),
    ],
)
def test_only_an_id_that_the_service_would_give_has_a_number(camera: str, number: int | None) -> None:
    # proves F6
    assert camera_number(camera) == number


def test_what_turned_strangers_away_is_told_with_what_to_do() -> None:
    # proves F8
    quiet, one, many = (connections_reading({}, 0, number) for number in (0, 1, 3))
    assert not quiet.step
    assert "1 request of nobody signed in had no turn" in one.said
    assert "3 requests of nobody signed in had no turn" in many.said
    assert one.step.startswith("Too many ask at once for what costs")
    ended = {("dashboard", why): 9 for why in Why}
    assert connections_reading(ended, 0, 1).step == connections_reading(ended).step != one.step


@pytest.mark.parametrize(("kept_by", "more"), [("", ""), ("it is held", ", and for as long as it is held")])
def test_until_when_a_case_is_kept_is_said_with_what_keeps_it_longer(kept_by: str, more: str) -> None:
    # proves F8
    ended = CaseKeeping(date(2026, 11, 29), 36, kept_by)
    assert ended.sentence == f"Kept until 29 November 2029{more}."
    assert CaseKeeping(None, 36, kept_by).sentence == ""
