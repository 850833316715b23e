"""Somebody has a request or a release kept longer, for a reason and until a day; never shorter (F3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.releases.forgetting import case_forgetting
from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import ReleaseState
from fleet.requests.models import RequestCase
from fleet.retention.kept_longer import keep_longer
from fleet.retention.models import ClockLookRow, DeletionSwitching, KeptLonger
from fleet.retention.rules.cases import CaseKeeping, CaseLongerError, clean_longer
from fleet.retention.switch import switch
from fleet.server.compose import FleetServices
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.fleet.people import add_user, sign_in_as
from tests.unit.fleet.requests.test_case_forgetting import FIELDS

TODAY = date(2027, 3, 1)
SOME = st.dates(date(2020, 1, 1), date(2060, 1, 1))


@given(ended=SOME, months=st.integers(12, 240), longer=SOME, later=st.integers(-40, 40))
def test_nobody_has_anything_kept_shorter_and_what_is_said_longer_counts(
    ended: date, months: int, longer: date, later: int
) -> None:
    # proves F3
    plain = CaseKeeping(ended, months)
    kept = CaseKeeping(ended, months, longer=longer, longer_by="DPO 1", longer_why="A claim.")
    assert plain.last_day is not None
    assert kept.last_day == max(plain.last_day, longer)
    assert kept.may_go(kept.last_day + timedelta(days=later)) is (later > 0)
    assert kept.sentence.endswith("DPO 1 has it kept until then. Why: A claim.") is (longer >= plain.last_day)
    assert not CaseKeeping(None, months, longer=longer).may_go(date.max)


def test_until_when_something_is_kept_is_said_as_it_is() -> None:
    # proves F8
    said = {
        CaseKeeping(None, 36): "",
        CaseKeeping(None, 36, "", TODAY, "DPO 1", "A claim"): (
            "Kept until 1 March 2027 at least: DPO 1 has it kept until then. Why: A claim."
        ),
        CaseKeeping(date(2024, 1, 1), 36, "it is held", TODAY, "DPO 1", "A claim"): (
            "Kept until 1 March 2027, and for as long as it is held: DPO 1 has it kept until then. "
            "Why: A claim."
        ),
        CaseKeeping(date(2026, 1, 1), 36, "", TODAY, "DPO 1", "A claim"): "Kept until 1 January 2029.",
    }
    assert {each: each.sentence for each in said} == said


@pytest.mark.parametrize(
    ("until", "why", "field"),
    [
        (None, "A claim", "until"),
        (TODAY - timedelta(days=1), "A claim", "until"),
        (date(2047, 3, 2), "A claim", "until"),
        (date.max, "A claim", "until"),
        (TODAY, " \n", "why"),
        (TODAY, "a" * 501, "why"),
        (TODAY, "a\u202eb", "why"),
    ],
)
def test_a_day_or_a_reason_that_cannot_be_is_refused(until: date | None, why: str, field: str) -> None:
    # proves F6
    with pytest.raises(CaseLongerError) as refused:
        clean_longer(until, why, TODAY)
    assert (refused.value.field, str(refused.value).endswith(".")) == (field, True)
    assert clean_longer(date(2047, 3, 1), " A\n claim ", TODAY) == (date(2047, 3, 1), "A claim")


# On the pages


@pytest.fixture
def fresh(services: FleetServices) -> FleetServices:
    with services.sessions.begin() as session:
        for table in (FootageRelease, RequestCase, KeptLonger, DeletionSwitching):
            session.execute(delete(table))
        switch(session, on=True, seen=0, by=OPERATOR)
    return services


@pytest.fixture(scope="module")
def dpo(whole: FleetServices) -> Actor:
    return add_user(whole, "DPO 7", Role.DATA_PROTECTION_OFFICER)


@pytest.fixture
def office(fresh: FleetServices, dpo: Actor) -> Iterator[Browser]:
    with browsers(fresh) as another:
        yield sign_in_as(fresh, another(), dpo)


def left(services: FleetServices, table: Any) -> int:  # noqa: ANN401 - a table
    with services.sessions.begin() as session:
        session.execute(delete(ClockLookRow))
    case_forgetting(services)()
    with services.readers() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.slow
def test_a_request_is_kept_until_the_day_that_somebody_named(
    fresh: FleetServices, clock: TestClock, office: Browser
) -> None:
    # proves F3, F8
    office.post("/requests", "/requests/new?kind=restriction", **FIELDS)
    with fresh.readers() as session:
        path = f"/requests/{session.scalars(select(RequestCase)).one().id}"
    refused = office.post(f"{path}/keep", path, until="2031-06-01", why="")
    assert "Say why it is kept, in 1 to 500 characters." in refused
    assert 'value="2031-06-01"' in refused
    assert "Choose a day from" in office.post(f"{path}/keep", path, until="never", why="A claim")
    office.post(f"{path}/keep", path, until="2031-06-01", why="A claim")
    assert "Kept until 1 June 2031 at least: DPO 7 has it kept until then." in office.get(path)
    assert "Has it kept until 1 June 2031: A claim" in office.get(path)
    office.post(f"{path}/close", path, unanswered="yes", why="Withdrawn")
    assert "Kept until 1 June 2031: DPO 7 has it kept" in office.get(path)
    clock.now = datetime(2031, 6, 1, 12, tzinfo=UTC)
    assert left(fresh, RequestCase) == 1
    clock.now = datetime(2031, 6, 2, 12, tzinfo=UTC)
    assert (left(fresh, RequestCase), left(fresh, KeptLonger)) == (0, 0)
    with fresh.readers() as session:
        kept = select(AuditEntry).where(AuditEntry.action == "requests:request:keep")
        [entry] = session.scalars(kept)
        assert ("2031-06-01" in str(entry.detail), "claim" in str(entry.detail)) == (True, False)


@pytest.mark.slow
def test_a_release_is_kept_until_the_day_that_somebody_named_last(
    fresh: FleetServices, clock: TestClock, office: Browser
) -> None:
    # proves F3, F8
    plain: dict[str, Any] = dict.fromkeys(("organisation", "condition", "withheld", "decided_by"), "")
    plain |= dict.fromkeys(("why", "trouble", "receipt", "request", "request_reference"), "")
    plain |= dict.fromkeys(("done", "whole", "handed"), 0)
    with fresh.sessions.begin() as session:
        session.add(
            FootageRelease(
                id="8" * 32, reference="REL-2027-0008", year=2027, number=8, state=ReleaseState.DECLINED,
                recipient="A. Hill", purpose="Hers", basis="legitimate-interests", method="link",
                expires=date(2027, 4, 30), ends=datetime(2027, 4, 30, 23, tzinfo=UTC), drafted=clock(),
                drafted_by="Manager 1", authors=[], **plain,
            )
        )  # fmt: skip
    path = f"/releases/{'8' * 32}"
    assert "Kept until 30 April 2033." in office.get(path)
    office.post(f"{path}/keep", path, until="2034-01-01", why="A claim")
    office.post(f"{path}/keep", path, until="2033-09-01", why="The claim is settled in summer.")
    said = "Kept until 1 September 2033: DPO 7 has it kept until then. Why: The claim is settled in summer."
    assert said in office.get(path)
    assert "Has it kept until 1 January 2034: A claim" in office.get(path)  # what was done stays
    clock.now = datetime(2033, 9, 1, 12, tzinfo=UTC)
    assert left(fresh, FootageRelease) == 1
    clock.now = datetime(2033, 9, 2, 12, tzinfo=UTC)
    assert left(fresh, FootageRelease) == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["requests", "releases"])
def test_who_may_not_and_programs_have_nothing_kept(fresh: FleetServices, kind: str) -> None:
    # proves F5, F6
    body = {"until": "2031-06-01", "why": "A claim"}
    for role, status in ((Role.OFFICER, 403), (Role.SAFETY_TEAM, 403), (Role.HEAD_OF_SAFETY, 404)):
        with dashboard_client(fresh, token=token_for(fresh, role, name=f"{kind} {role}")) as program:
            assert program.post(f"/api/v1/{kind}/none/keep", json=body).status_code == status
            if status != 403:
                assert program.post(f"/api/v1/{kind}/none/keep", json={"until": "soon"}).status_code == 422
    a_program = Actor(ActorKind.TOKEN, "t", "Program", frozenset({Role.HEAD_OF_SAFETY}))
    said = "A person who is signed in does this; a program does not."
    with pytest.raises(ProblemError, match=said), fresh.sessions.begin() as session:
        keep_longer(session, case="c", until=TODAY, why="A claim", today=TODAY, by=a_program)
