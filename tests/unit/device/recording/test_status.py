"""What a camera says of itself, and what it takes on from the fleet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from device.battery.charge import Charge
from device.commands.view import CommandsView
from device.desired import DesiredStateApplier
from device.errors import NotReadyError
from device.recording.heart.noticed import ChargeLow
from device.recording.state import Event
from device.recording.status import CameraStatus
from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import ConditionSpan
from protocol.footage.ledger.ledger import EventKind, read_ledger
from protocol.footage.sealing.keys import Recipient, generate_private_key
from protocol.messages.desired import AssignmentInfo, CameraSettings, Desired
from protocol.messages.enrolment import RecipientKey
from protocol.messages.events import CameraEvent, NewsKind
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import WatchedFilesystem


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path, disk=WatchedFilesystem())
    bench.boot()
    return bench


def desired(**fields: object) -> Desired:
    return Desired.model_validate({"camera": "cam-01", "version": 1, **fields})


def worn(assignment: str) -> AssignmentInfo:
    return AssignmentInfo(id=assignment, officer="Officer 1", since_utc_us=1)


# proves F8
def test_a_camera_says_when_somebody_last_had_its_sensors_closed(bench: Bench) -> None:
    def closed_s() -> float | None:
        told = CameraStatus(
            boot_ns=bench.clock.now_ns,
            camera="cam-01",
            recorder=bench.recorder.status(),
            faults=(),
            conditions=None,
            charge=None,
            commands=CommandsView(),
            label=bench.clock.label(),
            firmware="1",
        )
        return told.to_message().closed_s

    assert closed_s() is None
    for event in (Event.LOCK, Event.UNLOCK):
        bench.recorder.change(event)
    assert closed_s() is None, "nobody who wears it did that"
    bench.recorder.change(Event.PRIVATE_ON)
    bench.clock.now_ns += 7_000_000_000
    assert closed_s() == 0
    bench.press()
    bench.clock.now_ns += 2_000_000_000
    assert closed_s() == 2, "it is private, and records"
    bench.stop()
    assert closed_s() == 0
    bench.recorder.change(Event.PRIVATE_OFF)
    bench.clock.now_ns += 5_000_000_000
    assert closed_s() == 5
    bench.recorder.change(Event.DOCK)
    assert closed_s() == 0


def test_the_status_message_says_what_the_recorder_knows(bench: Bench) -> None:
    bench.recorder.assign("visit-3")
    bench.seconds(4)
    bench.press()
    bench.seconds(2)
    bench.recorder.tick()
    own = bench.recorder.status()
    status = CameraStatus(
        boot_ns=61_000_000_000,
        camera="cam-01",
        recorder=own,
        faults=("x" * 400,),
        conditions=(ConditionSpan(Track.VIDEO, "black", 19_000_000_000),),
        charge=Charge(17, charging=True),
        commands=CommandsView(),
        label=bench.clock.label(),
        firmware="1",
    )
    message = status.to_message()
    assert (message.state, message.recording, message.assignment) == (Mode.RECORDING, 1, "visit-3")
    assert (message.prerecord_s, message.window_s, message.made) == (6.0, 10.0, 1)
    assert message.storage_total_bytes is not None
    assert len(message.faults[0]) == 256
    assert message.conditions is not None
    assert message.conditions[0].model_dump() == {"track": "video", "condition": "black", "for_s": 42.0}
    assert message.battery_percent == 17
    shown = status.to_json()
    assert (shown["battery_percent"], shown["battery_charging"]) == (17, True)
    unknown = replace(status, charge=None)
    assert unknown.to_message().battery_percent is None
    assert (unknown.to_json()["battery_percent"], unknown.to_json()["battery_charging"]) == (None, None)
    assert (shown["recording_s"], shown["state"], shown["run"]) == (2.0, "recording", own.run.hex())


# proves F8
def test_a_battery_that_runs_low_is_told_and_stands_in_the_recording_under_way(bench: Bench) -> None:
    heard: list[CameraEvent] = []
    bench.seconds(3)
    bench.recorder.news.listen(heard.append)
    bench.recorder.notice(ChargeLow(Charge(20)))
    bench.press()
    bench.seconds(2)
    bench.recorder.notice(ChargeLow(Charge(9)))
    bench.stop()
    told = [each.text for each in heard if each.kind is NewsKind.BATTERY_LOW]
    assert told == [
        "The battery is at 20 %: charge the camera.",
        "The battery is at 9 %: charge the camera.",
    ]
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    noted = [dict(each.detail) for each in events if each.kind is EventKind.LOW_BATTERY]
    assert noted == [{"percent": 9}]


def test_low_room_is_said_early_and_once_everywhere(tmp_path: Path) -> None:
    # proves C8
    disk = WatchedFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    heard: list[CameraEvent] = []
    bench.recorder.news.listen(heard.append)
    bench.seconds(3)
    bench.press()
    disk.full = True
    for _ in range(4):
        bench.wait(6)
    assert [event.kind for event in heard] == [NewsKind.RECORDING_OPENED, NewsKind.STORAGE_LOW]
    assert "dock the camera" in bench.recorder.status().faults[0]
    bench.stop()
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    assert [event.detail for event in events if event.kind is EventKind.LOW_STORAGE] == [{"percent": 90}]


def test_an_assignment_is_taken_on_and_who_is_sealed_to_by_no_message(bench: Bench) -> None:
    # proves L1
    private, stranger = generate_private_key(), generate_private_key()
    newcomer = Recipient("New vault", private.public_bytes())
    applier = DesiredStateApplier(bench.recorder, bench.shelf, bench.config)
    bench.recorder.seal_to((newcomer,))
    other = RecipientKey.of(Recipient("A stranger's", stranger.public_bytes()))
    applier.take_on(desired(assignment=worn("visit-1"), recipients=(other,)))
    assert bench.recorder.settle()
    assert bench.recorder.status().sealed_to == (newcomer.key_id.hex(),)
    bench.seconds(2)
    bench.press()
    opening = read_ledger(bench.files(1)["ledger.cbor"]).open
    assert opening.assignment == "visit-1"
    assert [each.key_id for each in opening.recipients] == [newcomer.key_id]
    applier.take_on(desired(version=2))
    assert bench.recorder.status().assignment is None


def test_keeping_after_the_receipt_follows_the_fleet_and_falls_back_to_the_configuration(
    bench: Bench,
) -> None:
    applier = DesiredStateApplier(bench.recorder, bench.shelf, bench.config)
    applier.take_on(desired(settings=CameraSettings(keep_after_receipt=False)))
    assert bench.shelf.delete
    applier.take_on(desired(version=2))
    assert not bench.shelf.delete


@pytest.mark.parametrize("settings", [CameraSettings(window_s=60.0), CameraSettings(audio=False)])
def test_what_cannot_change_while_running_is_refused_after_the_rest_is_done(
    bench: Bench, settings: CameraSettings
) -> None:
    applier = DesiredStateApplier(bench.recorder, bench.shelf, bench.config)
    with pytest.raises(NotReadyError, match=r"on the camera"):
        applier.take_on(desired(assignment=worn("visit-2"), settings=settings))
    assert bench.recorder.status().assignment == "visit-2"
