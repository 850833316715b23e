"""The same uploads on PostgreSQL, where two requests really write at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.config import DatabaseSection, FleetConfig
from fleet.footage.recordings import lookup
from fleet.footage.recordings.lookup import RecordingClaim, ensure
from fleet.footage.recordings.models import LedgerPiece, Recording, SegmentRow
from tests.support.fleet.fleet_footage import Fleet, Link, running
from tests.support.fleet.postgres import running_postgres
from tests.support.media.recordings import record

if TYPE_CHECKING:
    import httpx

pytestmark = [pytest.mark.postgres]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    state = tmp_path_factory.mktemp("fleet")
    with running_postgres() as server:
        config = FleetConfig(database=DatabaseSection(url=server.create()))
        with running(state, config) as fleet:
            yield fleet


def test_a_recording_arrives_and_is_held(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity("one"), seed=1))
    link.everything()
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    assert link.state()["state"] == "held"


def test_first_requests_at_once_make_one_recording(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity("two"), seed=2, prerecord=6, per_segment=2))
    names = sorted(link.take.segments)
    sends: list[Callable[[], httpx.Response]] = [partial(link.segment, name) for name in names * 2]
    sends += [partial(link.ledger, 0, 300)] * 3
    statuses: list[int] = []
    barrier = threading.Barrier(len(sends))

    def run(number: int) -> None:
        barrier.wait()
        statuses.append(sends[number]().status_code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(sends))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 201}
    with fleet.services.readers() as session:
        row = session.query(Recording).filter(Recording.camera_id == link.take.identity.camera).one()
        assert session.query(SegmentRow).filter(SegmentRow.recording_id == row.id).count() == len(names)
        assert session.query(LedgerPiece).filter(LedgerPiece.recording_id == row.id).count() == 1
        assert row.received_bytes == sum(map(len, link.take.segments.values()))


@pytest.mark.parametrize("quicker", [None, "aa" * 16])
@pytest.mark.parametrize("slower", [None, "aa" * 16])
def test_two_first_words_of_a_recording_at_once_are_one_recording(  # proves L2
    quicker: str | None, slower: str | None, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other is quicker by so little that it is seen only where a row is to be made."""
    camera = fleet.identity(f"at once {quicker} {slower}").camera
    looked: list[RecordingClaim] = []
    usual = lookup._of_number
    quick, slow = RecordingClaim(camera, 1, quicker), RecordingClaim(camera, 1, slower)

    def look(session: Session, claim: RecordingClaim, *, lock: bool) -> Sequence[Recording]:
        found = usual(session, claim, lock=lock)
        if not looked:
            looked.append(claim)
            with fleet.services.sessions.begin() as another:
                ensure(another, quick)
        return found

    monkeypatch.setattr(lookup, "_of_number", look)
    with fleet.services.sessions.begin() as session:
        ensure(session, slow)
    with fleet.services.sessions.begin() as session:
        (row,) = session.scalars(select(Recording).where(Recording.camera_id == camera)).all()
        assert (row.apart, row.recording) == ("", quicker or slower)
        session.delete(row)
