"""Requests and releases are deleted once nothing keeps them, and not before; their pages say what does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.restricting.models import Restriction
from fleet.letters.models import Letter
from fleet.releases.forgetting import case_forgetting
from fleet.releases.models import FootageRelease, ReleaseSpan
from fleet.releases.rules.states import ReleaseState
from fleet.requests.models import RequestCase, RequestSearch, RequestStep
from fleet.retention.clock import look
from fleet.retention.models import ClockLookRow, DeletionSwitching, Hold
from fleet.retention.rules.cases import CaseKeeping
from fleet.retention.switch import switch
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.pages.scene import ID, Scene

pytestmark = pytest.mark.slow

HTML = {"Accept": "text/html"}
FIELDS = {
    "kind": "restriction",
    "received": "2027-03-01",
    "channel": "letter",
    "name": "A. Hill",
    "contact": "7 Elm Road",
    "what": "All of it",
    "owner": "DPO 1",
}
OF_REQUESTS = (RequestCase, RequestStep, RequestSearch, Letter)


@pytest.fixture(scope="module")
def desk_token(whole: FleetServices) -> str:
    roles = (Role.DATA_PROTECTION_OFFICER, Role.HEAD_OF_SAFETY, Role.CCTV_MANAGER)
    return token_for(whole, *roles, name="forgetting")


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, desk_token: str) -> Iterator[Scene]:
    with dashboard_client(services, token=desk_token, workers=False) as client:
        client.headers.update(HTML)
        found = Scene(services, clock, client)
        with services.sessions.begin() as session:
            for table in (FootageRelease, Restriction, Hold, *OF_REQUESTS, DeletionSwitching, Recording):
                session.execute(delete(table))
            switch(session, on=True, seen=0, by=OPERATOR)
        found.clear()
        found.camera()
        found.held()
        yield found


def step(scene: Scene, path: str, **fields: str) -> str:
    answer = scene.client.post(path, data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def closed(scene: Scene) -> str:
    path = step(scene, "/requests", **FIELDS)
    step(scene, f"{path}/search", where="All", how="By day", enough="One visit")
    step(scene, f"{path}/write/received", step="send", method="by post")
    step(scene, f"{path}/close", unanswered="yes", why="Withdrawn")
    return path


def rows(scene: Scene, *tables: Any, looked_before: bool = False) -> int:  # noqa: ANN401 - tables
    """How many rows are left after a look, by a clock that was not looked at before unless it is said."""
    services = scene.services
    if not looked_before:
        with services.sessions.begin() as session:
            session.execute(delete(ClockLookRow))
    case_forgetting(services)()
    with services.readers() as session:
        return sum(session.scalar(select(func.count()).select_from(each)) or 0 for each in tables)


def test_a_closed_request_goes_after_three_years_and_the_log_says_so_without_a_name(
    scene: Scene, clock: TestClock
) -> None:
    # proves F3
    path = closed(scene)
    other = step(scene, "/requests", **FIELDS)  # open
    assert "Kept until 1 March 2030." in scene.client.get(path).text
    assert "Kept until" not in scene.client.get(other).text
    clock.now = datetime(2030, 3, 1, 23, 59, tzinfo=UTC)
    assert rows(scene, RequestCase) == 2
    assert "with their letters: no requests." in scene.client.get("/retention/deletion").text
    clock.now = datetime(2030, 3, 2, 0, 1, tzinfo=UTC)
    assert "with their letters: 1 request." in scene.client.get("/retention/deletion").text
    assert rows(scene, RequestCase, RequestSearch, Letter) == 1
    assert scene.client.get(path).status_code == 404
    assert scene.client.get(other).status_code == 200
    with scene.services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.action == "requests:request:delete")
        [entry] = session.scalars(query)
        assert (entry.subject, entry.purpose) == (path.rpartition("/")[2], "36 months")
        assert "Hill" not in str(entry.detail)


def test_nothing_goes_while_deletion_is_off_or_could_be_taken_back(scene: Scene, clock: TestClock) -> None:
    # proves F3
    path = closed(scene)
    clock.now = datetime(2030, 4, 1, tzinfo=UTC)
    with scene.services.sessions.begin() as session:
        session.execute(delete(DeletionSwitching))
    assert rows(scene, RequestCase) == 1
    assert "Deletion is switched off: nothing of it is deleted" in scene.client.get(path).text
    with scene.services.sessions.begin() as session:
        switch(session, on=True, seen=0, by=OPERATOR)
    assert rows(scene, RequestCase) == 1
    clock.now += timedelta(days=20)
    with scene.services.sessions.begin() as session:
        look(session)
    clock.now += timedelta(days=400)
    assert rows(scene, RequestCase, looked_before=True) == 1  # the clock is in doubt
    assert rows(scene, RequestCase) == 0


def test_a_restriction_and_a_hold_keep_a_request_and_opening_it_again_does(
    scene: Scene, clock: TestClock
) -> None:
    # proves F3
    path = step(scene, "/requests", **FIELDS)
    step(scene, f"{path}/link", recording=ID)
    step(scene, f"{path}/restrict")
    step(scene, f"{path}/close", unanswered="yes", why="Withdrawn")
    clock.now = datetime(2031, 1, 1, tzinfo=UTC)
    assert rows(scene, RequestCase) == 1
    assert "and for as long as it restricts something." in scene.client.get(path).text
    step(scene, f"{path}/write/restriction-ends", step="send", words="It is over.", method="by post")
    hold = {"kind": "claim", "owner": "Legal 1", "reason": "A claim", "review": "2031-05-01"}
    step(scene, f"/recordings/{ID}/holds", **hold)
    assert rows(scene, RequestCase) == 1
    assert "and for as long as something that it is about is held." in scene.client.get(path).text
    with scene.services.sessions.begin() as session:
        session.execute(delete(Hold))
    step(scene, f"{path}/reopen", why="A claim")
    assert rows(scene, RequestCase) == 1
    step(scene, f"{path}/close", unanswered="yes", why="Over")
    clock.now = datetime(2034, 1, 1, 23, tzinfo=UTC)
    assert rows(scene, RequestCase) == 1
    clock.now = datetime(2034, 1, 2, 12, tzinfo=UTC)
    assert rows(scene, RequestCase, Restriction, Letter) == 0


def test_a_release_goes_after_six_years_once_its_footage_and_its_request_went(
    scene: Scene, clock: TestClock
) -> None:
    # proves F3
    path = step(scene, "/requests", **FIELDS)
    plain: dict[str, Any] = dict.fromkeys(("organisation", "condition", "withheld", "decided_by"), "")
    plain |= dict.fromkeys(("why", "trouble", "receipt"), "") | dict.fromkeys(("done", "whole", "handed"), 0)
    with scene.services.sessions.begin() as session:
        recording = session.scalars(select(Recording)).one()
        release = FootageRelease(
            id="7" * 32, reference="REL-2027-0007", year=2027, number=7, state=ReleaseState.REVOKED,
            recipient="A. Hill", purpose="Hers", basis="legitimate-interests", method="link",
            expires=date(2027, 4, 30), ends=datetime(2027, 4, 30, 23, tzinfo=UTC), drafted=clock(),
            drafted_by="Manager 1", authors=[],
            request=path.rpartition("/")[2], request_reference="REQ-2027-0001",
            revoked=datetime(2027, 5, 2, 12, tzinfo=UTC), **plain,
        )  # fmt: skip
        release.spans.append(ReleaseSpan(number=1, recording_id=recording.id, from_ms=0, tracks="both"))
        session.add(release)
    page = scene.client.get("/releases/" + "7" * 32).text
    assert "Kept until 2 May 2033, and for as long as a recording of it is here." in page
    clock.now = datetime(2033, 5, 3, 12, tzinfo=UTC)
    assert rows(scene, FootageRelease) == 1
    with scene.services.sessions.begin() as session:
        session.scalars(select(Recording)).one().state = RecordingState.DELETED
    assert rows(scene, FootageRelease) == 1
    page = scene.client.get("/releases/" + "7" * 32).text
    assert "and for as long as the request that it answers is kept." in page
    step(scene, f"{path}/close", unanswered="yes", why="Over")
    clock.now += timedelta(days=4 * 366)
    with scene.services.sessions.begin() as session:
        session.scalars(select(Recording)).one().state = RecordingState.HELD
    assert rows(scene, RequestCase) == 0
    page = scene.client.get("/releases/" + "7" * 32).text
    assert "It answered REQ-2027-0001, which was deleted." in page
    with scene.services.sessions.begin() as session:
        session.scalars(select(Recording)).one().state = RecordingState.DELETED
    assert "with what was made of them: 1 release." in scene.client.get("/retention/deletion").text
    assert rows(scene, FootageRelease, ReleaseSpan) == 0
    with scene.services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.action == "releases:release:delete")
        [entry] = session.scalars(query)
        assert (entry.subject, entry.purpose, "Hill" in str(entry.detail)) == ("7" * 32, "72 months", False)


@given(
    ended=st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    months=st.integers(12, 240),
    later=st.integers(-40, 40),
    kept_by=st.sampled_from(["", "it is held"]),
)
def test_nothing_goes_before_its_last_day_is_over_or_while_something_keeps_it(
    ended: date, months: int, later: int, kept_by: str
) -> None:
    # proves F3
    keeping = CaseKeeping(ended, months, kept_by)
    last = keeping.last_day
    assert last is not None
    assert last.year > ended.year  # so that its number is given to no other
    assert keeping.may_go(last + timedelta(days=later)) is (later > 0 and not kept_by)
    assert not CaseKeeping(None, months).may_go(date.max)
