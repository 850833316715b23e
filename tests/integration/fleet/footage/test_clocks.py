"""Recordings of a camera whose clock was not set: undated, until a clock of their run says when they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from sqlalchemy import select

from fleet.assignments.models import Assignment
from fleet.core.actor import Role
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import touch
from fleet.footage.recordings.summary import RecordingSummary
from fleet.people.models import Officer
from fleet.web.recorded import Filter, search
from protocol.footage.format.model import ClockLabel
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from tests.support.fleet.fleet_footage import Fleet, Link, bearer, running
from tests.support.media.media import MediaTake, make_media
from tests.support.media.recordings import UTC_US, Take, TestIdentity

FIFTY_YEARS_US = 50 * 365 * 86_400 * 1_000_000


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def take_with_unset_clock(identity: TestIdentity, *, number: int = 7) -> Take:
    """A recording under way, by a clock that stands fifty years back."""
    take = Take(identity, number=number, clock_set=False, clock_behind_us=FIFTY_YEARS_US)
    for _ in range(4):
        take.chunk()
    take.press(outside=1, asked_s=3, assignment=None)
    take.live()
    return take


def pressed(take: Take) -> datetime:
    """When the button really was pressed: the fourth chunk's end."""
    return datetime.fromtimestamp((UTC_US + take.chunks[3].header.end_ns // 1000) / 1e6, UTC)


def kept(fleet: Fleet, take: Take) -> RecordingSummary:
    with fleet.services.readers() as session:
        row = session.scalars(select(Recording).where(Recording.recording == take.recording.hex())).one()
        return RecordingSummary.of(row)


def say_status(fleet: Fleet, take: Take, *, clock_set: bool, minutes: int, run: str | None = None) -> None:
    """Do what the broker's reader does with a live status, so long after the press."""
    boot_us = take.chunks[3].header.end_ns // 1000 + minutes * 60_000_000
    status = Status(
        camera=take.identity.camera,
        session="s1",
        run=take.run.hex() if run is None else run,
        at_utc_us=UTC_US + boot_us,
        at_boot_us=boot_us,
        clock_synchronised=clock_set,
    )
    for handler in fleet.services.cameras.statuses:
        handler(status)


# proves C10 F8
def test_a_recording_that_is_here_is_dated_by_a_later_status_of_its_run(fleet: Fleet) -> None:
    take = take_with_unset_clock(fleet.identity())
    Link(fleet, take).ledger()
    say_status(fleet, take, clock_set=False, minutes=1)
    say_status(fleet, take, clock_set=True, minutes=2, run="ab" * 16)
    assert not kept(fleet, take).is_dated
    assert kept(fleet, take).moment == kept(fleet, take).announced
    say_status(fleet, take, clock_set=True, minutes=4)
    assert kept(fleet, take).moment == pressed(take)
    assert kept(fleet, take).reckoned_s == 240.0
    say_status(fleet, take, clock_set=True, minutes=3)
    assert kept(fleet, take).reckoned_s == 240.0, "a later status replaces nothing"
    day = timedelta(days=1)
    with fleet.services.readers() as session:
        near = Filter(start=pressed(take) - day, end=pressed(take) + day)
        found, total = search(session, near, skip=0, limit=9)
    assert total == 1
    assert found[0].summary.moment == pressed(take)


# proves C10 F8
def test_a_recording_that_comes_later_is_dated_by_what_is_known_of_its_run(fleet: Fleet) -> None:
    take = take_with_unset_clock(fleet.identity())
    say_status(fleet, take, clock_set=True, minutes=4)
    Link(fleet, take).ledger()
    assert kept(fleet, take).moment == pressed(take)


# proves C10 F8
def test_a_recording_is_dated_by_the_clock_step_in_its_own_ledger(fleet: Fleet) -> None:
    take = take_with_unset_clock(fleet.identity())
    take.live()
    take.set_clock()
    take.close()
    say_status(fleet, take, clock_set=True, minutes=1)
    link = Link(fleet, take)
    link.everything()
    assert kept(fleet, take).reckoned_s == 60.0
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    assert kept(fleet, take).moment == pressed(take)
    assert kept(fleet, take).reckoned_s == 2.0, "what is signed counts before a status"


# proves C10 F8
def test_an_earlier_recording_is_dated_by_the_next_one_of_its_run(fleet: Fleet) -> None:
    identity = fleet.identity()
    take = take_with_unset_clock(identity)
    Link(fleet, take).ledger()
    another_run = Take(identity, seed=5, number=8)
    another_run.press(outside=0)
    Link(fleet, another_run).ledger()
    assert not kept(fleet, take).is_dated
    following = Take(identity, number=9)
    following.recording = b"\x09" * 16
    following.at_ns = take.at_ns + 60_000_000_000
    following.press(outside=0)
    Link(fleet, following).ledger()
    assert kept(fleet, take).moment == pressed(take)


# proves F8
def test_what_is_refused_dates_nothing_any_more(fleet: Fleet) -> None:
    identity = fleet.identity()
    take = take_with_unset_clock(identity)
    Link(fleet, take).ledger()
    following = Take(identity, number=9)
    following.recording = b"\x09" * 16
    following.at_ns = take.at_ns + 60_000_000_000
    following.press(outside=0)
    Link(fleet, following).ledger()
    assert kept(fleet, take).is_dated
    with fleet.services.sessions.begin() as session:
        row = get(session, following.recording.hex())
        row.verdict = "altered"
        touch(session, row, RecordingState.FAILED)
    assert not kept(fleet, take).is_dated
    assert kept(fleet, take).moment == kept(fleet, take).announced
    say_status(fleet, take, clock_set=True, minutes=4)
    assert kept(fleet, take).moment == pressed(take)


# proves F8
def test_whose_it_is_is_decided_anew_with_the_date(fleet: Fleet) -> None:
    take = take_with_unset_clock(fleet.identity())
    with fleet.services.sessions.begin() as session:
        officer = Officer(id="o1", name="Officer 1", created=pressed(take))
        session.add(officer)
        session.flush()
        session.add(
            Assignment(
                id="assignment-1",
                camera_id="cam-01",
                officer_id="o1",
                started=pressed(take) - timedelta(hours=1),
                started_by="tests",
                ended=pressed(take) + timedelta(hours=1),
                ended_by="tests",
            )
        )
    Link(fleet, take).ledger()
    assert (kept(fleet, take).wearer_basis, kept(fleet, take).officer) == ("unknown", None)
    say_status(fleet, take, clock_set=True, minutes=4)
    assert (kept(fleet, take).wearer_basis, kept(fleet, take).officer) == ("listed", "o1")


# proves F8
@pytest.mark.parametrize("said", [False, None])
def test_what_is_only_announced_is_not_dated_by_a_clock_that_was_not_set(
    fleet: Fleet, said: bool | None
) -> None:
    take = take_with_unset_clock(fleet.identity())
    event = CameraEvent(
        id="e1",
        kind=NewsKind.RECORDING_OPENED,
        camera="cam-01",
        at_utc_us=1,
        clock_synchronised=said,
        number=7,
        recording=take.recording.hex(),
    )
    for handler in fleet.services.cameras.news:
        handler([event], fleet.services.clock())
    assert not kept(fleet, take).is_dated
    assert kept(fleet, take).moment == kept(fleet, take).announced


def exported(fleet: Fleet, take: Take, path: Path) -> tuple[str, dict[str, str]]:
    """The name of a recording's export, and what the file says of itself."""
    address = f"/api/v1/recordings/{take.recording.hex()}/exports"
    headers = bearer(fleet, Role.CCTV_MANAGER, name=f"manager {path.stem}")
    answer = fleet.dashboard.post(address, json={"purpose": "Police request"}, headers=headers)
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    with av.open(str(path)) as container:
        return answer.headers["content-disposition"], dict(container.metadata)


# proves C10 F8
def test_an_export_is_dated_by_no_clock_that_was_not_set(fleet: Fleet, tmp_path: Path) -> None:
    media = [
        replace(chunk, label=ClockLabel(chunk.label.utc_us - FIFTY_YEARS_US, synchronised=False))
        for chunk in make_media(seconds=4)
    ]
    take = MediaTake(fleet.identity(), media=media, clock_behind_us=FIFTY_YEARS_US)
    take.record(prerecord=2, clock_set=False)
    link = Link(fleet, take)
    link.everything()
    link.complete()
    assert link.wait_for_receipt().status_code == 200
    name, says = exported(fleet, take, tmp_path / "undated.mp4")
    assert name == 'attachment; filename="cam-01_00000007_clock_not_set.mp4"'
    assert "creation_time" not in says
    assert "nothing says when this was" in says["comment"]
    press_us = UTC_US + media[1].start_ns // 1000 + media[1].duration_ns // 1000
    later_us = press_us + 240_000_000
    status = Status(
        camera="cam-01",
        session="s1",
        run=take.run.hex(),
        at_utc_us=later_us,
        at_boot_us=later_us - UTC_US,
        clock_synchronised=True,
    )
    for handler in fleet.services.cameras.statuses:
        handler(status)
    begins = datetime.fromtimestamp((UTC_US + media[0].start_ns // 1000) / 1e6, UTC)
    name, says = exported(fleet, take, tmp_path / "dated.mp4")
    assert name == f'attachment; filename="cam-01_00000007_{begins:%Y%m%dT%H%M%SZ}.mp4"'
    assert says["creation_time"].startswith(f"{begins:%Y-%m-%dT%H:%M:%S}")
    assert "dated by one that was set at another time" in says["comment"]


# proves F8
def test_two_exports_from_the_hour_that_comes_twice_have_two_dates(fleet: Fleet, tmp_path: Path) -> None:
    names = []
    for number, hour in enumerate((0, 1), start=7):  # 01:30 BST, and 01:30 GMT an hour later
        at_us = round(datetime(2026, 10, 25, hour, 30, tzinfo=UTC).timestamp() * 1e6)
        media = make_media(seconds=3)
        media = [
            replace(
                chunk, label=replace(chunk.label, utc_us=at_us + (chunk.start_ns - media[0].start_ns) // 1000)
            )
            for chunk in media
        ]
        take = MediaTake(fleet.identity(), media=media, number=number, seed=number)
        take.clock_behind_us = UTC_US + media[0].start_ns // 1000 - at_us
        take.record(prerecord=1)
        link = Link(fleet, take)
        link.everything()
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        name, says = exported(fleet, take, tmp_path / f"{number}.mp4")
        assert says["creation_time"].startswith(f"2026-10-25T0{hour}:30:00")
        names.append(name)
    assert "20261025T003000Z" in names[0]
    assert "20261025T013000Z" in names[1]
