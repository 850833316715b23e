"""Exhibit numbers in the database: given once, in order, and to nothing else ever after (F10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

import fleet.server.compose  # noqa: F401 - brings every table into the metadata
from fleet.cameras.models import CameraRow
from fleet.core.actor import FLEET, Actor, ActorKind, Role
from fleet.core.database import Base, Database, open_database
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.releases.exhibits import continuity
from fleet.releases.exhibits.continuity import enter_continuity, entries_of, saw, statement_of
from fleet.releases.exhibits.giving import give_exhibits
from fleet.releases.models import FootageRelease, ReleaseExhibit, ReleaseSpan
from fleet.releases.rules.continuity import ContinuityDraft, ContinuityKind
from fleet.releases.rules.states import ReleaseState

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MANAGER = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))
HANDED = ContinuityDraft("handed", NOW, "Manager 1", "DC 12", "In person")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = open_database("", Path(tmp_path_factory.mktemp("state")), clock=lambda: NOW)
    Base.metadata.create_all(found.engine)
    with found.sessions.begin() as session:
        session.add(
            CameraRow(
                id="cam-01", number=1, name="Camera 1", enrolled=NOW, certificate_expires=NOW, online=False,
                session="", desired_version=0,
            )
        )  # fmt: skip
        session.flush()
        for number in range(1, 4):
            session.add(
                Recording(
                    camera_id="cam-01", number=number, recording=f"{number:032x}", announced=NOW, changed=NOW,
                    state=RecordingState.HELD, trigger="button",
                )
            )  # fmt: skip
    yield found
    found.close()


def release(
    session: Session, number: int, initials: str, recordings: list[int], state: str = ReleaseState.MADE
) -> FootageRelease:
    plain: dict[str, Any] = dict.fromkeys(("organisation", "condition", "withheld", "decided_by"), "")
    plain |= dict.fromkeys(("why", "trouble", "receipt", "request", "request_reference"), "")
    plain |= dict.fromkeys(("done", "whole", "handed"), 0)
    row = FootageRelease(
        id=f"{number:032x}", reference=f"REL-2027-{number:04d}", year=2027, number=number,
        state=state, recipient="A. Hill", purpose="Hers", basis="consent", method="link",
        expires=date(2027, 4, 30), ends=datetime(2027, 4, 30, 23, tzinfo=UTC), drafted=NOW, made=NOW,
        drafted_by="Manager 1", authors=[], initials=initials, **plain,
    )  # fmt: skip
    for place, each in enumerate(recordings, start=1):
        row.spans.append(ReleaseSpan(number=place, recording_id=each, from_ms=0, tracks="both"))
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "ABC", ""]),
            st.lists(st.integers(1, 3), min_size=1, max_size=4),
            st.booleans(),  # whether it is deleted again
            st.integers(1, 2),  # how often numbers are given
        ),
        max_size=6,
    )
)
def test_no_number_is_given_twice_whatever_is_released_and_deleted(
    database: Database, releases: list[tuple[str, list[int], bool, int]]
) -> None:
    # proves F10
    with database.sessions() as session:
        given_out = list[str]()
        for number, (initials, recordings, is_deleted, times) in enumerate(releases, start=1):
            row = release(session, number, initials, recordings)
            for _ in range(times):
                give_exhibits(session, row)
            session.refresh(row)
            assert len(row.exhibits) == (len(set(recordings)) if initials else 0)
            assert [each.recording_id for each in row.exhibits] == list(dict.fromkeys(recordings))[
                : len(row.exhibits)
            ]
            given_out += [each.exhibit for each in row.exhibits]
            if is_deleted:
                session.execute(delete(FootageRelease).where(FootageRelease.id == row.id))
                session.expire_all()
        for initials in ("A", "ABC"):
            of_these = [each for each in given_out if each.startswith(f"{initials}/")]
            assert of_these == [f"{initials}/{each}" for each in range(1, len(of_these) + 1)]
        session.rollback()


def test_entries_are_only_added_and_those_of_people_leave_room_for_the_service(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F10
    monkeypatch.setattr(continuity, "MOST_ENTERED", 3)
    monkeypatch.setattr(continuity, "MOST_ENTRIES", 4)
    with database.sessions() as session:
        row = release(session, 1, "ABC", [1])
        give_exhibits(session, row)
        saw(session, row, ContinuityKind.MADE, FLEET)
        for _ in range(2):
            enter_continuity(session, HANDED, release=row.id, by=MANAGER)
        with pytest.raises(ProblemError, match="has 3 entries already; keep what is more beside it"):
            enter_continuity(session, HANDED, release=row.id, by=MANAGER)
        for _ in range(2):
            saw(session, row, ContinuityKind.MEDIUM, MANAGER)
        found = entries_of(session, row.id)
        assert [(each.number, each.kind) for each in found] == [
            (1, "made"),
            (2, "handed"),
            (3, "handed"),
            (4, "medium"),
        ]
        text = statement_of(session, row, "").text()
        assert "- ABC/1: recording 1 of cam-01 (" in text
        assert "2. 2027-03-01 12:00:00 UTC: Handed to somebody; it was with Manager 1; " in text
        session.execute(delete(FootageRelease).where(FootageRelease.id == row.id))
        assert session.query(ReleaseExhibit).count() == 0
        assert not entries_of(session, row.id)
        session.rollback()


@pytest.mark.parametrize("state", ["draft", "approved", "failed", "declined", "withdrawn"])
def test_nothing_is_entered_of_what_was_never_made(database: Database, state: str) -> None:
    # proves F10
    with database.sessions() as session:
        row = release(session, 1, "ABC", [1], state=state)
        with pytest.raises(ProblemError, match="Nothing can be entered about the continuity") as refused:
            enter_continuity(session, HANDED, release=row.id, by=MANAGER)
        assert refused.value.status == 409
        session.rollback()


def test_a_program_enters_nothing(database: Database) -> None:
    # proves F5
    program = Actor(ActorKind.TOKEN, "t", "Program", frozenset({Role.CCTV_MANAGER}))
    with database.sessions() as session:
        row = release(session, 1, "ABC", [1])
        with pytest.raises(ProblemError, match="A person who is signed in does this") as refused:
            enter_continuity(session, HANDED, release=row.id, by=program)
        assert refused.value.status == 403
        session.rollback()
