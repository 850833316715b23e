"""Refusals are entries, and nobody fills the log by being refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.audit.refusing.book import ALL, EACH, NAMED, WINDOW, RefusalBook
from fleet.audit.refusing.refusals import COUNTED
from fleet.cameras.service import revoke
from fleet.core.actor import ANONYMOUS, OPERATOR, Role
from fleet.core.problems import ProblemError
from fleet.server.compose import FleetServices
from protocol.footage.ledger.ledger import Ledger
from tests.support.fleet.fleet import (
    TestClock,
    camera_client,
    camera_request,
    dashboard_client,
    enrol_camera,
    fleet_services,
    token_for,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["anonymous", "user:A", "user:B"]),
            st.sampled_from(["a", "b", "c"]),
            st.text(max_size=2),
            st.integers(0, 600),
        ),
        max_size=300,
    )
)
def test_of_nobody_more_than_some_are_written_and_none_is_forgotten(
    refusals: list[tuple[str, str, str, int]],
) -> None:
    book, now, counted = RefusalBook(), NOW, 0
    written: list[tuple[str, datetime]] = []
    for who, kind, address, seconds in refusals:
        now += timedelta(seconds=seconds)
        if book.admits(who, kind, address, now):
            written.append((who, now))
            # An hour that somebody looks at may touch two of those that are counted by.
            assert sum(other == who and now - at < WINDOW for other, at in written) <= 2 * ALL
        counted += sum(each.count for each in book.take(now))
    counted += sum(each.count for each in book.take(now, everything=True))
    assert len(written) + counted == len(refusals)
    assert book.take(now, everything=True) == []


def test_a_flood_of_strangers_is_counted_as_one_and_named_up_to_a_limit() -> None:
    book = RefusalBook()
    admitted = sum(book.admits("anonymous", f"kind {n % 50}", f"10.0.0.{n % 200}", NOW) for n in range(5000))
    assert admitted == ALL
    assert book.take(NOW + WINDOW - timedelta(seconds=1)) == []
    (counted,) = book.take(NOW + WINDOW)
    assert counted.count == 5000 - ALL
    assert len(counted.addresses) == NAMED
    assert counted.more_addresses
    assert len(counted.kinds) == NAMED + 1
    assert dict(counted.kinds)["other"] > 0
    assert book.admits("anonymous", "kind 1", "10.0.0.1", NOW + WINDOW), "another hour"


def test_of_the_same_thing_from_one_address_a_few_are_enough() -> None:
    book = RefusalBook()
    assert sum(book.admits("user:A", "a", "10.0.0.1", NOW) for _ in range(100)) == EACH
    assert book.admits("user:A", "b", "10.0.0.1", NOW)
    assert book.admits("user:B", "a", "10.0.0.1", NOW)
    (counted,) = book.take(NOW, everything=True)
    assert (counted.who, counted.count, counted.more_addresses) == ("user:A", 100 - EACH, False)
    assert book.admits("user:A", "a", "10.0.0.1", NOW - timedelta(days=1)), "a clock that was put back"


def refused(services: FleetServices) -> list[AuditEntry]:
    with services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.action.endswith(":refuse")).order_by(AuditEntry.number)
        return list(session.scalars(query))


def test_what_was_counted_is_written_when_its_hour_is_over_even_after_the_database_failed(
    services: FleetServices, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = services.audit.refusals
    for number in range(EACH + 3):
        refusals.write(ANONYMOUS.at("10.0.0.9"), "people:session:refuse", f"name {number}\x00\n" + "x" * 500)
    assert len(refused(services)) == EACH
    refusals.flush()
    assert len(refused(services)) == EACH, "the hour is not over"
    clock.move(hours=1)

    class Failing:
        def begin(self) -> object:
            raise OperationalError("", {}, Exception("no disk"))

    with monkeypatch.context() as patch:
        patch.setattr(refusals, "_sessions", Failing())
        with pytest.raises(OperationalError):
            refusals.flush()
    refusals.flush()
    entry = refused(services)[-1]
    assert (entry.action, entry.subject, entry.actor) == (COUNTED, "anonymous", "fleet")
    assert entry.detail["count"] == 3
    assert entry.detail["kinds"] == "people:session:refuse: 3"
    assert entry.detail["addresses"] == "10.0.0.9"
    longest = refused(services)[0].subject
    assert len(longest) == 100
    assert longest.isprintable()
    refusals.flush(everything=True)
    assert refused(services)[-1].number == entry.number, "it is written once"


@pytest.fixture
def client(services: FleetServices) -> Iterator[TestClient]:
    with dashboard_client(services, token=token_for(services, Role.SAFETY_TEAM, name="reader")) as found:
        yield found


def test_who_is_refused_a_route_is_written_down_with_what_and_from_where(
    services: FleetServices, client: TestClient
) -> None:  # proves F5
    assert client.post("/api/v1/recordings/abc/viewings", json={"purpose": "x"}).status_code == 403
    (entry,) = refused(services)
    assert (entry.actor, entry.action, entry.subject) == ("token:reader", "people:request:refuse", "abc")
    assert entry.address == "testclient"
    assert entry.detail == {
        "code": "not_allowed",
        "route": "POST /api/v1/recordings/{recording}/viewings",
    }


def test_a_token_that_is_none_is_written_down_and_who_says_nothing_is_not(services: FleetServices) -> None:
    with dashboard_client(services) as nobody:
        assert nobody.get("/api/v1/cameras").status_code == 401
        assert nobody.get("/recordings", headers={"accept": "text/html"}).status_code == 200
        assert refused(services) == []
        assert nobody.get("/api/v1/cameras", headers={"authorization": "Bearer wrong"}).status_code == 401
    (entry,) = refused(services)
    assert (entry.actor, entry.detail["code"]) == ("anonymous", "not_signed_in")
    assert "wrong" not in str(entry.detail)


def test_a_code_that_enrols_nothing_is_written_down(services: FleetServices) -> None:
    with dashboard_client(services) as nobody:
        body = {"code": "AAAA-BBBB-CCCC", "csr_pem": camera_request()[1]}
        assert nobody.post("/api/v1/enrolments", json=body).status_code == 404
    (entry,) = refused(services)
    assert (entry.actor, entry.address) == ("anonymous", "testclient")
    assert entry.action == "cameras:enrolment:refuse"
    assert "AAAA" not in str(entry.detail)


def test_a_camera_that_is_out_of_service_is_written_down(services: FleetServices, tmp_path: Path) -> None:
    # proves L1
    camera = enrol_camera(services, tmp_path / "camera")
    with services.sessions.begin() as session:
        revoke(session, camera=camera.id, by=OPERATOR, purpose="lost")
    assert camera_client(services, camera.certificate_der).get("/api/v1/camera/desired").status_code == 403
    (entry,) = refused(services)
    assert (entry.actor, entry.action) == (f"camera:{camera.id}", "cameras:camera:refuse")
    assert entry.detail == {"code": "camera_revoked"}


@pytest.mark.slow
def test_what_the_vault_does_not_open_is_written_down(tmp_path: Path) -> None:  # proves F1
    with fleet_services(tmp_path):
        (tmp_path / "state" / "vault" / "key-file").unlink()
    with fleet_services(tmp_path) as services:
        with pytest.raises(ProblemError, match="sealed"):
            services.vault.unseal(
                recording="abc", load=never, actor=OPERATOR, action="footage:recording:view", purpose="Why"
            )
        (entry,) = refused(services)
        assert (entry.action, entry.subject) == ("footage:recording:refuse", "abc")
        assert entry.detail == {"wanted": "footage:recording:view", "code": "vault_sealed"}


def never() -> Ledger:
    raise AssertionError("nothing is read of what is not opened")
