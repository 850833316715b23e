"""Neither a stranger's flood nor wrong passwords keep a browser out that somebody signed in with before."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.people import passwords
from fleet.people.factors.seal import FactorSeal
from fleet.people.known.cookie import COOKIE, GOOD_FOR, known_browser
from fleet.people.limits.fair_queue import Come
from fleet.people.models import User
from fleet.people.passwords import AT_ONCE, WAITING, hash_password
from fleet.people.trying.anonymous import KNOWN, LIMITS
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, problem
from tests.support.fleet.people import add_user
from tests.support.network.mqtt import until

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "correct horse battery"
WRONG = "wrong horse battery"


@pytest.fixture
def somebody(services: FleetServices) -> str:
    return make(services, "A. Administrator")


def make(services: FleetServices, name: str) -> str:
    user = add_user(services, name, Role.ADMINISTRATOR)
    with services.sessions.begin() as session:
        session.execute(update(User).where(User.id == user.id).values(password=hash_password(PASSWORD)))
    return name


@pytest.fixture
def own(services: FleetServices, somebody: str) -> Iterator[TestClient]:
    """The browser that they signed in with."""
    with dashboard_client(services, workers=False) as client:
        assert sign_in(client, somebody) == (201, "")
        del client.cookies["__Host-lapel"]
        yield client


@pytest.fixture
def stranger(services: FleetServices) -> Iterator[TestClient]:
    with dashboard_client(services, workers=False) as client:
        yield client


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = client.post("/api/v1/session", json={"name": name, "password": password})
    return (201, "") if answer.status_code == 201 else problem(answer)


@contextlib.contextmanager
def full(services: FleetServices) -> Iterator[None]:
    """All places of strangers are taken, each by another address."""
    queue, guests = services.people.anonymous._queue, range(LIMITS.at_once + LIMITS.waiting)
    for guest in guests:
        queue.come(guest, f"peer {guest}")  # type: ignore[arg-type] # a stranger
    yield
    for guest in guests:
        queue.leave(guest)  # type: ignore[arg-type] # the same


# proves F9
def test_strangers_that_take_all_places_keep_no_known_browser_out(
    services: FleetServices, own: TestClient, stranger: TestClient, somebody: str
) -> None:
    with full(services):
        assert sign_in(stranger, somebody) == (503, "anonymous_busy")
        assert sign_in(own, somebody) == (201, "")
        form = {"name": somebody, "password": PASSWORD}
        assert own.post("/sign-in", data=form, follow_redirects=False).status_code == 303
    assert sign_in(stranger, somebody) == (201, "")


class Held:
    """Stands in for the hasher: strangers' passwords take until they are let go of."""

    def __init__(self, hasher: object) -> None:
        self.let_go = threading.Event()
        self._hasher = hasher

    def verify(self, kept: str, password: str) -> bool:
        if password == WRONG:
            assert self.let_go.wait(timeout=60)
        return bool(self._hasher.verify(kept, password))  # type: ignore[attr-defined] # argon2's


# proves F9
def test_nor_do_the_passwords_that_strangers_have_worked_on(
    own: TestClient, somebody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, kept = Held(passwords._hasher), passwords._nobody()
    monkeypatch.setattr(passwords, "_hasher", held)
    with ThreadPoolExecutor(AT_ONCE + WAITING) as threads:
        for _ in range(AT_ONCE + WAITING):
            threads.submit(passwords.password_matches, kept, WRONG)
        try:
            until(lambda: passwords._anybody.places._value == 0)
            assert sign_in(own, somebody) == (201, "")
        finally:
            held.let_go.set()


# proves F9
def test_one_person_s_browsers_leave_places_for_those_of_others(
    services: FleetServices, own: TestClient, somebody: str
) -> None:
    shown = known_browser(services.people.seal, own.cookies[COOKIE], services.clock())
    assert shown is not None
    queue, guests = services.people.anonymous._known, range(KNOWN.each_peer)
    for guest in guests:
        queue.come(guest, shown.user)  # type: ignore[arg-type] # a request of theirs
    assert sign_in(own, somebody) == (503, "anonymous_busy")
    assert services.people.anonymous.refused == 1
    assert queue.come(len(guests), "somebody else")[0] is Come.WAITS  # type: ignore[arg-type] # theirs
    for guest in (*guests, len(guests)):
        queue.leave(guest)
    assert sign_in(own, somebody) == (201, "")


# proves F9
def test_who_guesses_elsewhere_keeps_nobody_out_of_their_own_browser(
    services: FleetServices, own: TestClient, stranger: TestClient, somebody: str, clock: TestClock
) -> None:
    allowed = services.config.people.sign_in_attempts
    for _ in range(allowed):
        assert sign_in(stranger, somebody, WRONG) == (401, "sign_in_refused")
    assert sign_in(stranger, somebody) == (429, "too_many_attempts")
    assert sign_in(own, somebody) == (201, "")
    assert sign_in(stranger, somebody) == (429, "too_many_attempts"), "which lets no stranger guess anew"
    for _ in range(allowed):
        assert sign_in(own, somebody.lower(), WRONG) == (401, "sign_in_refused")
    assert sign_in(own, somebody) == (429, "too_many_attempts"), "its own failures count, too"
    clock.move(minutes=15)
    assert sign_in(own, somebody) == (201, "")


# proves F9
def test_of_another_name_it_is_a_stranger(services: FleetServices, own: TestClient) -> None:
    other = make(services, "B. Other")
    allowed = services.config.people.sign_in_attempts
    for _ in range(allowed):
        assert sign_in(own, other, WRONG) == (401, "sign_in_refused")
    assert sign_in(own, other) == (429, "too_many_attempts")


def test_with_another_password_it_is_a_stranger_until_it_signs_in_again(
    services: FleetServices, own: TestClient, stranger: TestClient, somebody: str
) -> None:
    for _ in range(services.config.people.sign_in_attempts):
        sign_in(stranger, somebody, WRONG)
    assert sign_in(own, somebody) == (201, "")
    new = "another horse battery"
    with services.sessions.begin() as session:
        session.execute(update(User).values(password=hash_password(new)))
    assert sign_in(own, somebody, new) == (429, "too_many_attempts")


def test_what_is_not_this_fleet_s_or_has_ended_is_nobody_s(
    services: FleetServices, own: TestClient, clock: TestClock
) -> None:
    seal, cookie = services.people.seal, own.cookies[COOKIE]
    user, browser, password, made, signature = cookie.split(".")
    assert known_browser(seal, cookie, clock()) is not None
    altered = (
        f"{user}.{browser}.{password}.{int(made) + 1}.{signature}",
        f"{user[:-1]}x.{browser}.{password}.{made}.{signature}",
        f"{user}.{browser}.{password}.{made}.{'A' * 43}",
        f"{user}.{browser}.{password}.{made}.",
        f"{user}.{browser}.{password}.{made}",
        cookie + "é",
        cookie * 9,
        "....",
        "",
    )
    assert [known_browser(seal, each, clock()) for each in altered] == [None] * len(altered)
    clock.move(hours=-1)
    assert known_browser(seal, cookie, clock()) is None, "by a clock that was ahead"
    clock.move(hours=1, days=GOOD_FOR.days)
    assert known_browser(seal, cookie, clock()) is None


def test_a_key_that_cannot_be_read_makes_strangers_of_all_and_keeps_nobody_out(
    services: FleetServices, own: TestClient, somebody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (services.state / "factors.key").write_bytes(b"not whole")
    assert known_browser(FactorSeal(services.state), own.cookies[COOKIE], services.clock()) is None
    before = own.cookies[COOKIE]
    assert sign_in(own, somebody) == (201, "")
    assert own.cookies[COOKIE] == before, "no other could be made"


def test_it_is_kept_from_scripts_and_other_sites_and_says_no_name(own: TestClient, somebody: str) -> None:
    answer = own.post("/api/v1/session", json={"name": somebody, "password": PASSWORD})
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(COOKIE)]
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=15552000"} <= parts
    assert somebody not in cookie
