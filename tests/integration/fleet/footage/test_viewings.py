"""A viewing goes on in whichever process is asked, and is one viewing: one entry, one end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.footage.watching.lasting import IDLE, LONGEST, MOST_EACH
from fleet.footage.watching.models import OpenViewing
from fleet.footage.watching.opener import RecordingOpener
from fleet.footage.watching.viewings import Viewing, Viewings
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from tests.support.fleet.fleet_footage import Fleet, Link, running
from tests.support.media.media import MediaTake, make_media
from tests.support.network.mqtt import until

MANAGER = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))
HEAD = Actor(ActorKind.USER, "head", "Head 1", frozenset({Role.HEAD_OF_SAFETY}))
WHY = "To see it go on"


@dataclass
class Watched:
    """A fleet with one recording that is held, and what plays it in each of two processes."""

    fleet: Fleet
    recording: str
    one: Viewings
    other: Viewings

    def entries(self) -> int:
        """How many viewings the log has."""
        with self.fleet.services.readers() as session:
            wanted = select(AuditEntry.number).where(AuditEntry.action == "footage:recording:view")
            return len(session.scalars(wanted).all())

    def change(self, name: str, **values: object) -> None:
        """Change the row of a viewing."""
        with self.fleet.services.sessions.begin() as session:
            session.execute(update(OpenViewing).where(OpenViewing.id == name).values(values))


def of_another_process(fleet: Fleet) -> Viewings:
    """What plays viewings in another process: it shares the tables and nothing else."""
    footage = fleet.services.footage
    return Viewings(fleet.services, RecordingOpener(fleet.services, footage.store, fleet.services.vault))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with running(tmp_path_factory.mktemp("viewings") / "fleet") as found:
        yield found


@pytest.fixture(scope="module")
def recording(fleet: Fleet) -> str:
    link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=4)).record(prerecord=2))
    link.everything()
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    return link.take.recording.hex()


@pytest.fixture
def watched(fleet: Fleet, recording: str) -> Watched:
    return Watched(fleet, recording, of_another_process(fleet), of_another_process(fleet))


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ProblemError) as caught:
        call()
    return caught.value.status, caught.value.code


def has_no_keys(viewing: Viewing) -> bool:
    """Whether it plays nothing more: its keys are overwritten."""
    try:
        viewing.player.fragment(Track.VIDEO, 1)
    except KeysError:
        return True
    return False


ENDED = (404, "viewing_ended")


def test_it_goes_on_in_the_other_process_and_is_logged_once(watched: Watched) -> None:  # proves F1, F7
    before = watched.entries()
    here = watched.one.open(watched.recording, MANAGER, WHY)
    there = watched.other.get(here.id, MANAGER)
    assert there is watched.other.get(here.id, MANAGER)
    assert (watched.entries(), there.purpose) == (before + 1, WHY)
    for track in Track:
        assert there.player.playlist(track) == here.player.playlist(track)
        head = here.player.initialisation(track, 0)
        assert there.player.initialisation(track, 0) == head
        # A decoder may have met another head in the first process: each part has its own from then on.
        assert there.player.fragment(track, 1) == head + here.player.fragment(track, 1)
    assert refused(lambda: watched.other.get(here.id, HEAD)) == ENDED
    watched.other.end(here.id, HEAD)
    assert not has_no_keys(watched.other.get(here.id, MANAGER))


def test_what_ends_in_one_process_ends_in_the_other(watched: Watched) -> None:  # proves F1
    viewing = watched.one.open(watched.recording, MANAGER, WHY)
    there = watched.other.get(viewing.id, MANAGER)
    watched.other.end(viewing.id, MANAGER)
    assert has_no_keys(there)
    assert refused(lambda: watched.one.get(viewing.id, MANAGER)) == ENDED
    assert has_no_keys(viewing)
    assert refused(lambda: watched.other.get(viewing.id, MANAGER)) == ENDED


def test_the_keys_of_what_ended_elsewhere_are_forgotten_before_anybody_asks(watched: Watched) -> None:
    # proves F1
    async def run() -> None:
        async with watched.one.running(), asyncio.timeout(30):
            viewing = await asyncio.to_thread(watched.one.open, watched.recording, MANAGER, WHY)
            await asyncio.to_thread(watched.other.end, viewing.id, MANAGER)
            await asyncio.to_thread(until, lambda: has_no_keys(viewing))

    asyncio.run(run())


def test_a_process_that_stops_forgets_its_keys_and_the_other_goes_on(watched: Watched) -> None:
    # proves F1, F7
    async def run() -> Viewing:
        async with watched.one.running():
            return await asyncio.to_thread(watched.one.open, watched.recording, MANAGER, WHY)

    viewing = asyncio.run(run())
    assert has_no_keys(viewing)
    assert not has_no_keys(watched.other.get(viewing.id, MANAGER))


@pytest.mark.parametrize(
    ("column", "ago"), [("used", IDLE), ("opened", LONGEST)], ids=["left alone", "too long"]
)
def test_it_ends_in_both_when_it_was_left_alone_or_lasts_too_long(
    watched: Watched, column: str, ago: timedelta
) -> None:  # proves F1
    viewing = watched.one.open(watched.recording, MANAGER, WHY)
    now = watched.fleet.services.clock()
    watched.change(viewing.id, **{column: now - ago + timedelta(minutes=5)})
    watched.other.get(viewing.id, MANAGER)  # which uses it
    watched.one.get(viewing.id, MANAGER)
    watched.change(viewing.id, **{column: now - ago - timedelta(minutes=1)})
    for each in (watched.one, watched.other):
        assert refused(lambda each=each: each.get(viewing.id, MANAGER)) == ENDED  # type: ignore[misc]
    assert has_no_keys(viewing)


def test_of_many_of_one_person_those_that_are_used_least_end(watched: Watched) -> None:
    first = watched.one.open(watched.recording, HEAD, WHY)
    watched.change(first.id, used=watched.fleet.services.clock() - timedelta(minutes=5))
    mine = [watched.other.open(watched.recording, HEAD, WHY) for _ in range(MOST_EACH)]
    assert refused(lambda: watched.one.get(first.id, HEAD)) == ENDED
    for each in mine:
        watched.one.get(each.id, HEAD)


def test_sealing_the_vault_ends_it_for_good(watched: Watched) -> None:  # proves F1
    vault = watched.fleet.services.vault_services
    viewing = watched.one.open(watched.recording, MANAGER, WHY)
    left_alone = watched.one.open(watched.recording, MANAGER, WHY)
    vault.vault.seal(MANAGER)
    assert refused(lambda: watched.other.get(viewing.id, MANAGER)) == ENDED
    vault.unsealing.by_itself(MANAGER)
    for each in (viewing, left_alone):
        assert refused(lambda each=each: watched.other.get(each.id, MANAGER)) == ENDED  # type: ignore[misc]
        assert refused(lambda each=each: watched.one.get(each.id, MANAGER)) == ENDED  # type: ignore[misc]


def test_what_was_ended_while_it_was_opened_again_has_no_keys_left(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:  # proves F1
    viewing = watched.one.open(watched.recording, MANAGER, WHY)
    opener = watched.other._opener
    open_again = opener.open_again

    def ended_meanwhile(*given: str, **more: object) -> object:
        opened = open_again(*given, **more)  # type: ignore[arg-type]  # passed on as it came
        watched.one.end(viewing.id, MANAGER)
        return opened

    monkeypatch.setattr(opener, "open_again", ended_meanwhile)
    assert refused(lambda: watched.other.get(viewing.id, MANAGER)) == ENDED
    assert watched.other._open == {}


def test_where_there_is_no_other_process_what_was_still_arriving_is_opened_again(
    fleet: Fleet,
) -> None:  # proves F8
    media = MediaTake(fleet.identity(), media=make_media(seconds=9), number=8, seed=2)
    link = Link(fleet, media.record())
    names = sorted(link.take.segments)
    link.ledger()
    link.segment(names[0])
    one, other = of_another_process(fleet), of_another_process(fleet)
    viewing = one.open(link.take.recording.hex(), MANAGER, WHY)
    for name in names[1:]:
        link.segment(name)
    link.complete()
    link.wait_for_receipt()
    with pytest.raises(ProblemError, match="has changed since you opened it, or is still arriving"):
        other.get(viewing.id, MANAGER)
    assert one.get(viewing.id, MANAGER) is viewing


def test_it_goes_on_after_the_service_was_started_again(tmp_path: Path) -> None:  # proves F7
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=2)).record())
        link.everything()
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        viewing = fleet.services.footage.watching.viewings.open(link.take.recording.hex(), MANAGER, WHY)
        told = viewing.player.playlist(Track.VIDEO)
    with running(tmp_path / "fleet") as fleet:
        again = fleet.services.footage.watching.viewings.get(viewing.id, MANAGER)
        assert again.player.playlist(Track.VIDEO) == told
