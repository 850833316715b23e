"""The same uploads on PostgreSQL, where two requests really write at once."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.footage.recordings import lookup
from fleet.footage.recordings.lookup import RecordingClaim, ensure
from fleet.footage.recordings.models import LedgerPiece, Recording, SegmentRow
from fleet.footage.watching.opener import RecordingOpener
from fleet.footage.watching.viewings import Viewings
from protocol.footage.format.model import Track
from tests.support.fleet.fleet_footage import Fleet, Link, running
from tests.support.fleet.postgres import Postgres
from tests.support.media.media import MediaTake, make_media
from tests.support.media.recordings import record

if TYPE_CHECKING:
    import httpx

pytestmark = [pytest.mark.postgres]

MANAGER = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Fleet]:
    config = FleetConfig(database=DatabaseSection(url=postgres.create_with_tables()))
    with running(tmp_path_factory.mktemp("fleet"), config) as fleet:
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


def told(viewings: Viewings, name: str, track: Track) -> str:
    return viewings.get(name, MANAGER).player.playlist(track)


def places(playlist: str) -> list[str]:
    """What a playlist has, place by place: a part or a hole. How long the last one is may still change."""
    return [each for each in playlist.splitlines() if each.endswith(".m4s")]


@pytest.mark.parametrize("seed", [71, 72, 73])
def test_what_still_arrives_is_told_the_same_by_both_processes(
    fleet: Fleet, seed: int
) -> None:  # proves F7, F8
    draw = random.Random(seed)
    media = MediaTake(
        fleet.identity(f"arriving{seed}"), media=make_media(seconds=9), per_segment=1, seed=seed
    )
    link = Link(fleet, media.record(prerecord=3))
    left = sorted(link.take.segments)
    link.ledger()
    link.segment(left.pop(draw.randrange(len(left))))
    footage = fleet.services.footage
    both = [
        Viewings(fleet.services, RecordingOpener(fleet.services, footage.store, fleet.services.vault))
        for _ in range(2)
    ]
    viewing = both[0].open(link.take.recording.hex(), MANAGER, "To see it arrive")
    before: dict[Track, list[str]] = {track: [] for track in Track}
    while left:
        link.segment(left.pop(draw.randrange(len(left))))
        if draw.random() < 0.4:  # somebody looks now and then
            continue
        draw.shuffle(both)
        for track in Track:
            first, second = (told(each, viewing.id, track) for each in both)
            assert first == second
            assert places(first)[: len(before[track])] == before[track], "what was told stays"
            before[track] = places(first)
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    third = Viewings(fleet.services, RecordingOpener(fleet.services, footage.store, fleet.services.vault))
    for track in Track:
        whole = [told(each, viewing.id, track) for each in (*both, third)]
        assert len(set(whole)) == 1
        assert whole[0].endswith("#EXT-X-ENDLIST\n")
        assert places(whole[0])[: len(before[track])] == before[track]
