"""Break-glass: given on the host, used once, told to everybody, over by itself, and no way to footage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from sqlalchemy import select

from fleet.alerts.sources import AlertLook
from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig, PeopleSection
from fleet.core.one_time import AHEAD
from fleet.core.problems import ProblemError
from fleet.people.accounts.users import retire_user
from fleet.people.break_glass.service import Given, end_all, give
from fleet.people.limits.break_glass import LINK_GOOD_FOR, TOLD_FOR, BreakGlassSpan
from fleet.people.models import User
from fleet.people.passwords import hash_password
from fleet.server.compose import FleetServices
from fleet.web.alerting.break_glass import break_glass_source
from fleet.web.zone import in_zone
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock, fleet_services, token_for
from tests.support.fleet.made_state import lay_out

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "correct horse battery"
REASON = "Nobody answers and a camera is to be revoked"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
Opens = Callable[[], Browser]


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    """A fleet in which second factors are asked for, as it is by itself."""
    lay_out(tmp_path / "state", clock())
    long = FleetConfig(people=PeopleSection(idle_minutes=1440))  # what ends here is not for being idle
    with fleet_services(tmp_path, long, clock=clock) as found:
        with found.sessions.begin() as session:
            for number, (name, role) in enumerate(
                (
                    ("Administrator 1", Role.ADMINISTRATOR),
                    ("Manager 1", Role.CCTV_MANAGER),
                    ("Desk 1", Role.SAFETY_TEAM),
                )
            ):
                row = User(
                    id=f"u{number}",
                    name=name,
                    password=hash_password(PASSWORD),
                    roles=frozenset({role}),
                    created=clock(),
                )
                session.add(row)
        yield found


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    with browsers(services) as another:
        yield another


def given(
    services: FleetServices, name: str = "Administrator 1", *, new: bool = False, hours: int = 1
) -> Given:
    with services.sessions.begin() as session:
        return give(session, services, name=name, new=new, reason=REASON, hours=hours, by=OPERATOR)


def enter(browser: Browser, made: Given) -> str:
    path = made.url.removeprefix("https://localhost:8443")
    return browser.post(path, path)


def logged(services: FleetServices) -> list[tuple[str, str, str]]:
    with services.readers() as session:
        assert verify_log(session) is None
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [(each.actor, each.action, each.purpose) for each in rows]


def test_it_lets_in_once_without_password_or_key_as_an_administrator_and_nothing_else(
    services: FleetServices, open_browser: Opens
) -> None:
    # proves F5
    browser, made = open_browser(), given(services, "manager 1")
    path = made.url.removeprefix("https://localhost:8443")
    shown = re.sub("<[^>]*>", "", browser.get(path))
    assert "This lets you in as Manager 1, with the rights of an administrator and no others" in shown
    assert not browser.is_in(), "looking is not using"
    assert "All users" in enter(browser, made)
    assert browser.client.get("/cameras").status_code == 200
    played = browser.client.post("/api/v1/recordings/1/viewings", json={"purpose": "x"})
    assert played.status_code == 403, "their own role, which plays, does not count"
    assert "was used already" in enter(open_browser(), made)
    done = [each for each in logged(services) if not each[1].endswith(":refuse")]
    assert done[-2:] == [
        ("fleet:command line", "people:break-glass:give", REASON),
        ("user:Manager 1 (break-glass)", "people:break-glass:use", REASON),
    ]
    as_usual = open_browser()
    as_usual.sign_in("Manager 1", PASSWORD)
    assert "All users" not in as_usual.get("/users"), "it is that session's alone"


def test_it_ends_by_itself_and_its_link_sooner(
    services: FleetServices, open_browser: Opens, clock: TestClock
) -> None:
    browser, late = open_browser(), open_browser()
    enter(browser, given(services, hours=2))
    unused = given(services, "Desk 1", hours=24)
    clock.move(minutes=30)
    assert "This link is good no more" in enter(late, unused)
    assert browser.is_in()
    clock.move(minutes=89)
    assert browser.is_in()
    clock.move(minutes=1)
    assert not browser.is_in()


def test_it_is_ended_on_the_host_and_by_an_administrator_at_once(
    services: FleetServices, open_browser: Opens
) -> None:
    first, second = open_browser(), open_browser()
    enter(first, given(services))
    enter(second, given(services, "Desk 1"))
    found = re.findall(r"/break-glass/\w+/end", second.get("/break-glass"))
    assert len(found) == 2
    for path in found:
        if second.is_in():
            second.post(path, "/break-glass")
    with services.sessions.begin() as session:
        assert end_all(session, by=OPERATOR) in {0, 1}
    assert (first.is_in(), second.is_in()) == (False, False)
    third, stranger = open_browser(), open_browser()
    enter(third, given(services))
    last = given(services, "Desk 1")
    with services.sessions.begin() as session:
        assert end_all(session, by=OPERATOR) == 2
        assert end_all(session, by=OPERATOR) == 0
    assert not third.is_in()
    assert "This link is good no more" in enter(stranger, last)


def test_a_new_one_for_the_same_person_takes_the_place_of_the_earlier(
    services: FleetServices, open_browser: Opens
) -> None:
    first, second = open_browser(), open_browser()
    earlier = given(services)
    enter(first, earlier)
    enter(second, given(services))
    assert (first.is_in(), second.is_in()) == (False, True)
    assert [action for _, action, _ in logged(services)].count("people:break-glass:end") == 1


def test_a_user_made_for_it_can_do_nothing_before_or_after(
    services: FleetServices, open_browser: Opens, clock: TestClock
) -> None:
    browser = open_browser()
    enter(browser, given(services, "Helper 1", new=True))
    page = browser.get("/users")
    assert "Helper 1" in page
    assert "No role." in page
    clock.move(hours=1)
    assert not browser.is_in()
    for password in ("", PASSWORD):
        assert "Name or password is wrong." in browser.sign_in("Helper 1", password)


def test_everybody_is_told_while_it_lasts_and_for_a_week(
    services: FleetServices, open_browser: Opens, clock: TestClock
) -> None:
    # proves F8
    desk = open_browser()
    desk.sign_in("Desk 1", PASSWORD)
    assert "Break-glass" not in desk.get("/")
    assert "None so far" in desk.get("/break-glass")
    enter(open_browser(), given(services))
    for path in ("/", "/account", "/recordings", "/nowhere", "/users"):
        page = desk.get(path)
        assert "Administrator 1 is let in as administrator until 13:00" in re.sub("<[^>]*>", "", page), path
        assert REASON in page
    assert "Break-glass" not in open_browser().get("/sign-in"), "strangers are told nothing"
    clock.move(hours=1)
    after = re.sub("<[^>]*>", "", desk.get("/break-glass"))
    assert "Administrator 1 could act as administrator from 12:00 to 13:00" in after
    assert "Ended by itself 13:00." in after
    assert "End now" not in after
    clock.move(days=7, minutes=-1)
    desk.sign_in("Desk 1", PASSWORD)
    assert "could act as administrator" in desk.get("/account")
    clock.move(minutes=1)
    assert "could act as administrator" not in desk.get("/account")
    assert "could act as administrator" in desk.get("/break-glass"), "its own page forgets nothing"


def test_what_nobody_used_is_told_as_that(
    services: FleetServices, open_browser: Opens, clock: TestClock
) -> None:
    # proves F8
    desk = open_browser()
    desk.sign_in("Desk 1", PASSWORD)
    given(services)
    assert "can be let in until 12:30, as administrator until" in desk.get("/account")
    clock.move(minutes=30)
    page = re.sub("<[^>]*>", "", desk.get("/break-glass"))
    assert "was given administrator rights on the fleet's host 12:00 and did not use them" in page
    assert "Its link was not used in time." in page
    assert desk.client.post("/break-glass/none/end").status_code == 403


def test_it_opens_no_footage_by_a_way_round(services: FleetServices, open_browser: Opens) -> None:
    # proves F5
    with services.sessions.begin() as session:
        session.get_one(User, "u1").retired = services.clock()
        session.add(
            User(
                id="u3",
                name="Head 1",
                password=hash_password(PASSWORD),
                roles=frozenset({Role.HEAD_OF_SAFETY}),
                created=services.clock(),
            )
        )
    browser = open_browser()
    enter(browser, given(services))
    refusals: tuple[tuple[str, dict[str, list[str] | str]], ...] = (
        ("/users/u0/roles", {"role": ["administrator", "cctv-manager"]}),
        ("/users/u2/roles", {"role": ["data-protection-officer"]}),
        ("/users/invitations", {"name": "New 1", "role": ["head-of-safety"]}),
        ("/users/u1/back", {}),
        ("/users/u3/password-link", {}),
        ("/users/u3/second-reset", {}),
    )
    for path, fields in refusals:
        assert "Break-glass lets nobody at footage" in browser.post(path, "/users", **fields), path
    made = browser.post("/users/tokens", "/users", name="Program", role=["administrator"])
    assert "Break-glass makes no tokens" in made
    changed = browser.post("/users/u2/roles", "/users/u2", role=["safety-team", "administrator"])
    assert "Safety team, Administrator." in changed, "that is what it is for"
    invited = browser.post("/users/invitations", "/users", name="New 2", role=["administrator"])
    assert "/join/" in invited


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"name": "Nobody"}, 404, "There is no user named Nobody; with --new one is made"),
        ({"name": "ADMINISTRATOR 1", "new": True}, 409, "There is a user named Administrator 1 already"),
        ({"name": "Desk 1"}, 409, "Desk 1 is retired; name somebody else."),
        ({"name": " "}, 422, "Give a name of 1 to 100 characters."),
        ({"name": "a\u202eb", "new": True}, 422, "Give a name of 1 to 100 characters."),
        ({"reason": "\n"}, 422, "Give a reason of 1 to 300 characters."),
        ({"reason": "r" * 301}, 422, "Give a reason of 1 to 300 characters."),
        ({"hours": 0}, 422, "Break-glass lasts from 1 to 24 hours."),
        ({"hours": 25}, 422, "Break-glass lasts from 1 to 24 hours."),
    ],
)
def test_what_cannot_be_given_is_refused_in_a_sentence(
    services: FleetServices, asked: dict[str, object], status: int, sentence: str
) -> None:
    wanted = {"name": "Administrator 1", "new": False, "reason": REASON, "hours": 1, **asked}
    with services.sessions.begin() as session:
        retire_user(session, user="u2", by=OPERATOR)
    with services.sessions.begin() as session, pytest.raises(ProblemError) as refused:
        give(session, services, by=OPERATOR, **wanted)  # type: ignore[arg-type]  # a table's values
    assert (refused.value.status, sentence in refused.value.detail) == (status, True)


def test_before_the_first_user_there_is_the_setup_link(tmp_path: Path, clock: TestClock) -> None:
    with (
        fleet_services(tmp_path / "new", clock=clock) as fresh,
        fresh.sessions.begin() as session,
        pytest.raises(ProblemError, match="lapel-fleet setup-link"),
    ):
        give(session, fresh, name="Helper 1", new=True, reason=REASON, hours=1, by=OPERATOR)


def test_programs_neither_end_it_nor_are_let_in_by_it(services: FleetServices, open_browser: Opens) -> None:
    given(services)
    browser = open_browser()
    browser.client.headers["Authorization"] = f"Bearer {token_for(services)}"
    path = re.findall(r"/break-glass/\w+/end", browser.get("/break-glass"))[0]
    assert browser.client.post(path).status_code == 403


moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: NOW + timedelta(minutes=minutes))


@drawn(st.integers(1, 24), st.none() | moments, st.none() | moments, moments)
def test_it_is_over_at_its_end_at_the_latest_and_told_for_a_week(
    hours: int, used: datetime | None, ended: datetime | None, at: datetime
) -> None:
    span = BreakGlassSpan(NOW, NOW + timedelta(hours=hours), used, ended)
    assert span.over <= span.ends
    assert span.link_until <= NOW + LINK_GOOD_FOR
    if used is None:
        assert span.over <= span.link_until
    if ended is not None:
        assert span.over <= ended
    assert span.lasts(at) == (at < span.over and span.begun <= at + AHEAD)
    assert span.is_told(at) == (at < span.over + TOLD_FOR)
    assert not span.lasts(span.ends)
    assert not span.lasts(NOW - AHEAD - timedelta(seconds=1)), "the clock that gave it was ahead"


def test_it_is_an_alert_as_long_as_everybody_is_told(services: FleetServices, clock: TestClock) -> None:
    # proves F8
    source = break_glass_source(lambda: in_zone(services.config.site.time_zone))

    def found() -> list[str]:
        with services.readers() as session:
            return [each.words for each in source.look(AlertLook(session, clock(), {})).findings]

    assert found() == []
    given(services)
    assert found() == [
        (
            "Administrator 1 can be let in until 12:30, as administrator until 13:00, given on the fleet's "
            "host 12:00."
        )
    ]
    clock.move(days=7)
    assert "did not use them" in found()[0]
    clock.move(minutes=30)
    assert found() == []
