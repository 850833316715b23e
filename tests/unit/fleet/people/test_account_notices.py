"""What people are told happened to their account: in which browsers, until when, and what they say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

import fleet.people
from fleet.alerts.models import AlertRow
from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, Role
from fleet.people.accounts.links import new_password_link
from fleet.people.accounts.notices import NoticeReader, disown, know_of, notices_of, told_of_own
from fleet.people.break_glass.service import give
from fleet.people.models import User
from fleet.people.notices.alert import NOT_ME
from fleet.people.notices.models import AccountNotice, KnownNotice
from fleet.people.notices.noting import note
from fleet.people.notices.rules import (
    KEPT_FOR,
    MOST,
    MOST_BROWSERS,
    SAME_WITHIN,
    TOLD_FOR,
    AccountNoticeFacts,
    NoticeKind,
    counted_with,
    given_up_for,
    is_told,
)
from fleet.people.passwords import hash_password
from fleet.people.sessions import Origin
from fleet.server.compose import FleetServices
from fleet.web.views.people.notices import notice_words
from fleet.web.zone import in_zone
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock
from tests.support.fleet.people import add_user, sign_in_as

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD, OTHER = "correct horse battery", "another long password"
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
NEW_BROWSER = "You were signed in with a browser that was not known as yours"
Opens = Callable[[], Browser]


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    with browsers(services, workers=False) as another:
        yield another


@pytest.fixture
def jane(services: FleetServices) -> Actor:
    return named(services, "Jane", Role.SAFETY_TEAM)


def named(services: FleetServices, name: str, *roles: Role) -> Actor:
    user = add_user(services, name, *roles)
    with services.sessions.begin() as session:
        session.execute(update(User).where(User.id == user.id).values(password=hash_password(PASSWORD)))
    return user


def told(browser: Browser, path: str = "/account") -> list[str]:
    """What a page tells of one's account, by the words."""
    block = re.search(r'<div id="told">(.*?)</section>', browser.get(path), re.DOTALL)
    assert block is not None
    found = re.findall(r"<strong>Your account:</strong> (.*?)</p>", block[1])
    return sorted(re.sub("[\u2066-\u2069]", "", each) for each in found)


def ids(services: FleetServices) -> list[str]:
    with services.readers() as session:
        return list(session.scalars(select(AccountNotice.id).order_by(AccountNotice.first)))


def answer(browser: Browser, said: str, notice: str, **fields: str) -> str:
    return browser.post(f"/account/notices/{notice}/{said}", "/account", **fields)


def change_password(browser: Browser) -> str:
    return browser.post("/account/password", "/account", old=PASSWORD, password=OTHER, again=OTHER)


def test_a_new_browser_is_told_in_each_other_until_its_person_says_there_that_they_know(
    services: FleetServices, open_browser: Opens, jane: Actor
) -> None:
    # proves F5
    phone, laptop = open_browser(), open_browser()
    phone.sign_in("Jane", PASSWORD)
    assert told(phone) == [], "nothing is told in the session in which it was done"
    laptop.client.headers["User-Agent"] = "Mozilla/5.0 (iPhone) Safari/605"
    laptop.sign_in("JANE", PASSWORD)
    of_phone = f"{NEW_BROWSER} 12:00 with Firefox on Windows, from testclient."
    of_laptop = f"{NEW_BROWSER} 12:00 with Safari on iPhone, from testclient."
    assert (told(phone, "/"), told(laptop)) == ([of_laptop], [of_phone])
    again = open_browser()
    again.client.headers["User-Agent"] = "Mozilla/5.0 (iPhone) Safari/605"
    again.sign_in("Jane", PASSWORD)
    twice = f"{of_laptop} That is the last of 2 times since 12:00."
    assert (told(phone), told(laptop)) == ([twice], [of_phone, twice]), "of two sessions each is told"
    notice = ids(services)[1]
    answer(phone, "known", notice, times="1")
    assert told(phone) == [twice], "once more than was seen there"
    answer(phone, "known", notice, times="2")
    answer(phone, "known", notice, times="2")
    assert (told(phone), told(laptop)) == ([], [of_phone, twice]), "nobody hides it from anybody else"
    phone.post("/sign-out", "/account")
    phone.sign_in("Jane", PASSWORD)
    assert told(phone) == [of_phone], "it is known from before, and what was said there stays said"
    assert logged(services).count("people:notice:know") == 2
    assert "What happened to your account" in phone.get("/account")


def test_of_a_computer_that_several_share_nobody_is_told_each_time(
    services: FleetServices, open_browser: Opens, jane: Actor
) -> None:
    named(services, "Tom", Role.SAFETY_TEAM)
    shared = open_browser()
    for _ in range(2):
        for name in ("Jane", "Tom"):
            shared.sign_in(name, PASSWORD)
            shared.post("/sign-out", "/account")
    assert len(ids(services)) == 2, "one of each: the first time"


def test_another_password_is_told_at_the_next_sign_in_also_where_it_was_changed(
    open_browser: Opens, services: FleetServices, jane: Actor
) -> None:
    # proves F5
    own = open_browser()
    own.sign_in("Jane", PASSWORD)
    assert "The password is changed" in change_password(own)
    assert told(own) == []
    own.post("/sign-out", "/account")
    own.sign_in("Jane", OTHER)
    assert told(own)[1] == "Your password was changed 12:00 with Firefox on Windows, from testclient."
    assert len(told(own)) == 2, "and the browser is known under the new one too"
    with services.sessions.begin() as session:
        link = new_password_link(session, services, user=jane.id, by=OPERATOR)
    path = link.removeprefix("https://localhost:8443")
    stranger = open_browser()
    stranger.post(path, path, password=PASSWORD, again=PASSWORD)
    by_link = (
        "A new password was chosen for you by a one-time link 12:00 with Firefox on Windows, from testclient."
    )
    assert by_link in told(stranger)
    own.sign_in("Jane", PASSWORD)
    assert by_link in told(own)


def test_what_was_not_they_ends_their_other_sessions_and_is_told_to_administrators(
    services: FleetServices, open_browser: Opens, jane: Actor, clock: TestClock
) -> None:
    # proves F5
    own, intruder, office = open_browser(), open_browser(), open_browser()
    own.sign_in("Jane", PASSWORD)
    intruder.client.headers["User-Agent"] = "curl/8"
    intruder.sign_in("Jane", PASSWORD)
    notice = ids(services)[1]
    clock.move(minutes=1)
    page = answer(own, "not-me", notice)
    assert "You are signed out everywhere else, and the administrators have an alert of it." in page
    assert "You said 12:01 that it was not you." in page
    assert (own.is_in(), intruder.is_in(), told(own)) == (True, False, [])
    assert "You are signed out everywhere else" in answer(own, "not-me", notice), "twice is once"
    with services.readers() as session:
        (alert,) = session.scalars(select(AlertRow).where(AlertRow.kind == "people.not-me"))
    assert "Jane" in alert.words
    assert "was not known as yours" in alert.words
    assert "Jane" not in alert.name + alert.subject, "those go out by mail"
    assert logged(services).count("people:notice:disown") == 1
    named(services, "Anna", Role.ADMINISTRATOR)
    office.sign_in("Anna", PASSWORD)
    assert "says that it was not they" in office.get("/")
    assert NOT_ME.title == "Somebody says that something on their account was not they", (
        "of it all others are told"
    )
    own.sign_in("Jane", PASSWORD)
    assert told(own) == [f"{NEW_BROWSER} 12:00 with Firefox on Windows, from testclient."]
    intruder.sign_in("Jane", PASSWORD)
    assert len(ids(services)) == 4, (
        "that browser is known no more, since they said that: Anna's, and theirs anew"
    )
    assert len(told(own)) == 2
    assert any("You said 12:01 that it was not you." in each for each in told(intruder)), (
        "each other tells it"
    )


def test_nobody_says_anything_of_somebody_else_s(
    services: FleetServices, open_browser: Opens, jane: Actor
) -> None:
    # proves F5
    own, other, glass = open_browser(), open_browser(), open_browser()
    own.sign_in("Jane", PASSWORD)
    named(services, "Tom", Role.ADMINISTRATOR)
    other.sign_in("Tom", PASSWORD)
    with services.sessions.begin() as session:
        made = give(session, services, name="Jane", new=False, reason="To look", hours=1, by=OPERATOR)
    path = made.url.removeprefix("https://localhost:8443")
    glass.post(path, path)
    notice = ids(services)[0]
    for browser in (other, glass):
        assert told(browser) == []
        for said in ("known", "not-me"):
            assert "no such notice of this account" in answer(browser, said, notice).lower(), said
    assert own.is_in()
    with services.readers() as session:
        assert session.scalars(select(KnownNotice)).all() == []


def test_a_code_that_was_used_already_is_refused_and_told(
    services: FleetServices, open_browser: Opens, jane: Actor, clock: TestClock
) -> None:
    # proves F5
    own, thief = open_browser(), open_browser()
    own.sign_in("Jane", PASSWORD)
    shown = own.post("/account/second/app", "/account/second", password=PASSWORD)
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown)
    assert found is not None
    app = pyotp.TOTP(found[1].replace(" ", ""))
    own.post("/account/second/app/code", "/account/second", code=app.at(clock()))
    thief.sign_in("Jane", PASSWORD)
    wrong = "That code is not right, or was used already"
    assert wrong in thief.post("/sign-in/second", "/sign-in/second", code="000000")
    assert told(own) == [], "what was only wrong is not told"
    assert wrong in thief.post("/sign-in/second", "/sign-in/second", code=app.at(clock()))
    (said,) = told(own)
    assert said.startswith("A code of yours was typed that had been used already, and was refused 12:00")
    with services.readers() as session:
        refused = select(AuditEntry).where(AuditEntry.action == "people:session:refuse")
        whys = [each.detail["why"] for each in session.scalars(refused.order_by(AuditEntry.number))]
    assert whys == ["second", "second used again"]
    own.post("/account/second/codes", "/account/second", password=PASSWORD)
    own.post("/account/second/app/remove", "/account/second", password=PASSWORD)
    fresh = open_browser()
    fresh.sign_in("Jane", PASSWORD)
    page = fresh.get("/account")
    assert len(told(fresh)) == 3
    assert "2 more on your account" in page, "a page tells the newest, and how many more there are"
    for said in ("An authenticator app was set up", "New recovery codes were made", "app was removed 12:00"):
        assert said in page


def logged(services: FleetServices) -> list[str]:
    with services.readers() as session:
        return [each.action for each in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]


def test_what_is_kept_of_one_account_has_an_end(
    services: FleetServices, jane: Actor, clock: TestClock
) -> None:
    # proves F9
    places = [Origin(f"10.0.0.{each}", "curl") for each in range(3 * MOST)]
    for place in places:
        clock.move(seconds=1)
        with services.sessions.begin() as session:
            note(session, services.random, NoticeKind.BROWSER, jane.id, place)
    with services.readers() as session:
        rows = session.scalars(select(AccountNotice)).all()
    assert {each.address for each in rows} == {each.address for each in places[-MOST:]}
    assert {each.times for each in rows} == {1}, "no address is written over another"
    tom = named(services, "Tom", Role.SAFETY_TEAM)
    clock.move(days=KEPT_FOR.days)
    with services.sessions.begin() as session:
        note(session, services.random, NoticeKind.CODES, tom.id)
    assert len(ids(services)) == 1, "also of somebody to whom nothing happens any more"


def test_what_somebody_said_was_not_they_has_an_end_as_well(
    services: FleetServices, jane: Actor, clock: TestClock
) -> None:
    # proves F9
    reader = NoticeReader(jane.id, "one", b"s")
    for number in range(MOST + 3):
        clock.move(seconds=1)
        with services.sessions.begin() as session:
            where = Origin(f"10.0.0.{number}", "curl")
            note(session, services.random, NoticeKind.BROWSER, jane.id, where)
            note(session, services.random, NoticeKind.CODES, jane.id, where)
            latest = select(AccountNotice.id).where(AccountNotice.address == where.address)
            (found,) = session.scalars(latest.where(AccountNotice.kind == NoticeKind.BROWSER))
            disown(session, reader, notice=found, by=jane)
    with services.readers() as session:
        rows = notices_of(session, jane.id)
        kept = [each.address for each in rows if each.disowned is not None]
        told_here = told_of_own(session, reader)
        told_there = told_of_own(session, NoticeReader(jane.id, "two", b"t"))
    assert kept == [f"10.0.0.{number}" for number in reversed(range(3, MOST + 3))], "the newest"
    assert (len(rows), len(told_here), len(told_there)) == (2 * MOST, MOST, 2 * MOST), "and all are listed"


def test_what_is_known_of_goes_first_and_else_the_oldest(
    services: FleetServices, jane: Actor, clock: TestClock
) -> None:
    # proves F5
    reader = NoticeReader(jane.id, "one", b"s")
    for number in range(MOST):
        clock.move(seconds=1)
        with services.sessions.begin() as session:
            note(session, services.random, NoticeKind.BROWSER, jane.id, Origin(f"10.0.0.{number}", "curl"))
    with services.sessions.begin() as session:
        know_of(session, reader, notice=ids(services)[4], times=1, by=jane)
    for number in (MOST, MOST + 1):
        clock.move(seconds=1)
        with services.sessions.begin() as session:
            note(session, services.random, NoticeKind.BROWSER, jane.id, Origin(f"10.0.0.{number}", "curl"))
    with services.readers() as session:
        kept = {each.address for each in notices_of(session, jane.id)}
    assert kept == {f"10.0.0.{number}" for number in range(MOST + 2)} - {"10.0.0.4", "10.0.0.0"}


def test_an_intruder_who_says_that_it_was_not_they_hides_nothing(
    services: FleetServices, open_browser: Opens, jane: Actor, clock: TestClock
) -> None:
    # proves F5
    own, intruder = open_browser(), open_browser()
    own.sign_in("Jane", PASSWORD)
    intruder.client.headers["User-Agent"] = "curl/8"
    intruder.sign_in("Jane", PASSWORD)
    notice = ids(services)[1]
    clock.move(minutes=16)
    assert "Confirm that it is you" in answer(intruder, "not-me", notice)
    assert (own.is_in(), logged(services).count("people:notice:disown")) == (True, 0)
    answer(intruder, "not-me", notice, own_password=PASSWORD)
    assert (own.is_in(), intruder.is_in()) == (False, True)
    own.sign_in("Jane", PASSWORD)
    (said,) = [each for each in told(own) if "You said 12:16 that it was not you." in each]
    assert said.startswith(NEW_BROWSER)
    assert f'/account/notices/{notice}/not-me"' not in own.get("/account"), "it is said for good"
    answer(own, "known", notice, times="1")
    assert not any("not you" in each for each in told(own))
    intruder.post("/sign-out", "/account")
    before = len(ids(services))
    clock.move(days=1, minutes=1)
    intruder.sign_in("Jane", PASSWORD)
    assert len(ids(services)) == before + 1, "that browser did not become known by it"


def test_of_somebody_new_there_is_nothing_to_tell(
    services: FleetServices, open_browser: Opens, jane: Actor, clock: TestClock
) -> None:
    # proves F8
    nothing, own = "Nothing within 180 days that you are told of.", open_browser()
    sign_in_as(services, own, jane)
    assert nothing in own.get("/account")
    with services.sessions.begin() as session:
        note(session, services.random, NoticeKind.CODES, jane.id)
    assert nothing not in own.get("/account")
    clock.move(days=KEPT_FOR.days)
    assert nothing in sign_in_as(services, own, jane).get("/account")


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_each_thing_that_is_told_has_words_and_is_told_somewhere(kind: NoticeKind) -> None:
    # proves F8
    row = AccountNotice(
        id="1",
        user_id="u",
        kind=str(kind),
        name="Key",
        by="Anna",
        how="",
        address="",
        agent="",
        first=NOW,
        last=NOW,
        times=1,
        doer=None,
        disowned=None,
    )
    with in_zone(ZoneInfo("UTC")):
        words = notice_words(row, NOW)
    assert words.endswith(" 12:00, from an address that was not kept.")
    people = Path(fleet.people.__file__).parent
    assert any(f"NoticeKind.{kind.name}" in each.read_text() for each in people.rglob("*.py"))


facts = st.builds(
    AccountNoticeFacts,
    id=st.just(""),
    kind=st.sampled_from(list(NoticeKind)[:3]),
    place=st.tuples(st.sampled_from("abcdefghijklmnop")),
    last=st.integers(0, 100).map(lambda hours: NOW + timedelta(hours=hours)),
    is_disowned=st.just(False),
)


@given(st.lists(facts, max_size=60), st.frozensets(st.integers(0, 60).map(lambda each: f"{each:03}")))
def test_however_often_something_happens_no_kind_has_more_than_so_many(
    happened: list[AccountNoticeFacts], known: frozenset[str]
) -> None:
    kept: dict[str, AccountNoticeFacts] = {}
    for number, each in enumerate(happened):
        found = counted_with(list(kept.values()), each)
        assert found is None or (kept[found].kind, kept[found].place) == (each.kind, each.place)
        for gone in () if found else given_up_for(list(kept.values()), each, known=known & kept.keys()):
            assert kept.pop(gone).kind is each.kind
        name = found or f"{number:03}"
        kept[name] = AccountNoticeFacts(name, each.kind, each.place, each.last)
    for kind in NoticeKind:
        assert sum(each.kind is kind for each in kept.values()) <= MOST


def test_what_was_disowned_or_is_of_another_day_or_place_is_one_of_its_own() -> None:
    kept = AccountNoticeFacts("1", NoticeKind.CODES, ("a",), NOW)
    new = AccountNoticeFacts("", NoticeKind.CODES, ("a",), NOW + SAME_WITHIN)
    assert counted_with([kept], new) == "1"
    assert (
        counted_with([AccountNoticeFacts("1", NoticeKind.CODES, ("a",), NOW, is_disowned=True)], new) is None
    )
    assert counted_with([AccountNoticeFacts("1", NoticeKind.APP, ("a",), NOW)], new) is None
    assert counted_with([AccountNoticeFacts("1", NoticeKind.CODES, ("b",), NOW)], new) is None
    later = AccountNoticeFacts("", NoticeKind.CODES, ("a",), NOW + SAME_WITHIN + timedelta(seconds=1))
    assert counted_with([kept], later) is None


@pytest.mark.parametrize(
    ("after", "disowned", "known_of", "own", "is_so"),
    [
        (timedelta(), False, 0, False, True),
        (timedelta(), False, 0, True, False),
        (timedelta(), False, 1, False, True),
        (timedelta(), False, 2, False, False),
        (timedelta(), True, 0, False, True),
        (timedelta(), True, 2, False, False),
        (TOLD_FOR - timedelta(seconds=1), False, 0, False, True),
        (TOLD_FOR, False, 0, False, False),
        (-timedelta(days=400), False, 0, False, True),
    ],
)
def test_it_is_told_until_it_is_known_of_and_no_longer(
    after: timedelta, disowned: bool, known_of: int, own: bool, is_so: bool
) -> None:
    row = AccountNoticeFacts("1", NoticeKind.CODES, (), NOW, is_disowned=disowned)
    assert is_told(row, NOW + after, times=2, known_of=known_of, is_own_doing=own) is is_so


def test_of_so_many_browsers_is_kept_that_it_is_known_there(
    services: FleetServices, open_browser: Opens, jane: Actor, clock: TestClock
) -> None:
    own, other = open_browser(), open_browser()
    own.sign_in("Jane", PASSWORD)
    other.client.headers["User-Agent"] = "curl"
    other.sign_in("Jane", PASSWORD)
    notice = ids(services)[1]
    with services.sessions.begin() as session:
        session.add_all(
            KnownNotice(notice_id=notice, browser=f"browser {each}", times=1, at=clock())
            for each in range(MOST_BROWSERS)
        )
    clock.move(minutes=1)
    answer(own, "known", notice, times="1")
    with services.readers() as session:
        kept = session.scalars(select(KnownNotice)).all()
    assert (len(kept), told(own)) == (MOST_BROWSERS, [])
