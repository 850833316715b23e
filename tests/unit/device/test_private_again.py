"""A camera that was private comes back private, whatever ended it, until somebody leaves private (C11)."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from device.door.private import come_back
from device.recording import inbox
from device.recording.heart.effects import KeepPrivate
from device.recording.heart.heart import Heart, Seen
from device.recording.heart.messages import AskAssign, AskChange, Instant
from device.recording.heart.step import step
from device.recording.state import Event, State
from device.storage.private_mark import WasPrivate, read_private
from protocol.footage.consent import SaidOfConsent
from protocol.footage.format.model import ClockLabel
from protocol.messages.desired import AssignmentInfo, Desired
from protocol.mode import Mode
from protocol.units import NS_PER_S
from tests.support.camera.obeying import Obeying, PowerCutError
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import (
    FULL,
    PATIENCE_S,
    Call,
    HangingFilesystem,
    WatchedFilesystem,
    refuse,
    until,
)

OTHER = AssignmentInfo(id="visit-2", officer="", since_utc_us=1)
SAME = AssignmentInfo(id="visit-1", officer="", since_utc_us=1)


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def bench(tmp_path: Path, disk: WatchedFilesystem) -> Bench:
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.recorder.assign("visit-1")
    bench.seconds(2)
    return bench


def wanted(assignment: AssignmentInfo | None) -> Desired:
    return Desired(camera="cam-01", version=1, assignment=assignment)


def start(bench: Bench, desired: Desired | None = None) -> Mode:
    """Switch it on; return what it is."""
    bench.boot(start=False)
    if desired is not None:
        bench.recorder.assign(None if desired.assignment is None else desired.assignment.id)
    bench.recorder.change(Event.START)
    come_back(bench.recorder, bench.disk, bench.folders)
    return bench.recorder.status().state


# proves C11
@pytest.mark.parametrize("ended", ["switched off", "cut off"])
def test_a_camera_that_was_private_comes_back_private(ended: str, bench: Bench) -> None:
    assert bench.recorder.change(Event.PRIVATE_ON).ok
    if ended == "switched off":
        bench.recorder.change(Event.SHUT_DOWN)
    assert start(bench, wanted(SAME)) is Mode.PRIVATE
    assert not bench.recorder.sensors
    bench.second()
    assert bench.recorder.status().prerecord_s == 0
    assert start(bench) is Mode.PRIVATE, "and again"
    assert bench.press().ok, "a press records all the same"
    bench.second()
    bench.stop()
    assert bench.recorder.status().state is Mode.PRIVATE
    assert bench.recorder.change(Event.PRIVATE_OFF).ok
    assert start(bench, wanted(SAME)) is Mode.READY


# proves C11
def test_it_is_kept_before_it_is_answered_and_after_the_sensors_have_closed(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    sensors: list[bool] = []
    told: list[str] = []
    bench.recorder.on_sensors = lambda: told.append("the sensors")

    def before(call: Call) -> None:
        if "private" in str(call.path):
            sensors.append(bench.recorder.sensors)
            told.append("the card")

    disk.before = before
    disk.calls.clear()
    bench.recorder.change(Event.PRIVATE_ON)
    root = bench.folders.root.name
    ours = [call for call in disk.calls if call.path.name == root or "private" in call.path.name]
    steps = [(call.name, call.path.name) for call in ours if "sync" in call.name or call.name == "rename"]
    assert steps == [("sync", "private.json.new"), ("rename", "private.json"), ("sync_dir", root)]
    assert set(sensors) == {False}
    assert told[0] == "the sensors"
    assert read_private(disk, bench.folders.private) == WasPrivate("visit-1")


# proves C11
@pytest.mark.parametrize("leave", [Event.PRIVATE_OFF, Event.DOCK])
def test_leaving_private_is_kept_too(leave: Event, bench: Bench) -> None:
    bench.recorder.change(Event.PRIVATE_ON)
    bench.recorder.change(leave)
    assert read_private(bench.disk, bench.folders.private) is None
    assert start(bench) is Mode.READY


# proves C11
@pytest.mark.parametrize("desired", [wanted(OTHER), wanted(None), wanted(SAME), None])
def test_whose_it_is_by_the_card_opens_no_sensor(desired: Desired | None, bench: Bench) -> None:
    # A card that was full at the hand-over says whose it was before, and not who made it private.
    bench.recorder.change(Event.PRIVATE_ON)
    assert start(bench, desired) is Mode.PRIVATE
    assert not bench.recorder.sensors
    bench.recorder.assign(None if desired is None or desired.assignment is None else desired.assignment.id)
    assert bench.recorder.status().state is Mode.PRIVATE, "the link tells what is kept once more"
    bench.recorder.assign("visit-1")
    assert bench.recorder.status().state is Mode.PRIVATE, "the fleet says late whose it is"
    assert read_private(bench.disk, bench.folders.private) == WasPrivate("visit-1")
    bench.recorder.assign("visit-3")
    assert bench.recorder.status().state is Mode.READY, "who is handed it from now on begins afresh"
    assert start(bench, desired) is Mode.READY


# proves C11
def test_who_is_handed_the_camera_while_it_runs_begins_afresh(bench: Bench) -> None:
    bench.recorder.change(Event.PRIVATE_ON)
    bench.recorder.assign("visit-2")
    assert bench.recorder.status().state is Mode.READY
    assert read_private(bench.disk, bench.folders.private) is None


# proves C11
def test_who_is_handed_it_during_an_override_has_it_private(bench: Bench) -> None:
    bench.recorder.change(Event.PRIVATE_ON)
    bench.press()
    bench.recorder.assign("visit-2")
    assert read_private(bench.disk, bench.folders.private) == WasPrivate("visit-2")
    assert start(bench, wanted(OTHER)) is Mode.PRIVATE


# proves C11
@pytest.mark.parametrize("code", [FULL, errno.EIO])
@pytest.mark.parametrize("name", ["create", "write", "sync", "rename", "sync_dir"])
def test_a_card_that_takes_nothing_keeps_no_sensor_open_and_it_is_said_until_it_takes_it(
    name: str, code: int, bench: Bench, disk: WatchedFilesystem
) -> None:
    disk.before = refuse(code, name=name, within=r"private|" + bench.folders.root.name + "$")
    outcome = bench.recorder.change(Event.PRIVATE_ON)
    assert not outcome.ok
    assert outcome.state is Mode.PRIVATE
    assert not bench.recorder.sensors
    assert outcome.sentence.startswith(
        "The camera was ready and is private. The card may not have kept that the camera is private, so the "
        "next start may open it: "
    )
    assert any("may not have kept" in fault for fault in bench.recorder.status().faults)
    bench.recorder.tick()
    assert any("may not have kept" in fault for fault in bench.recorder.status().faults)
    disk.before = lambda _: None
    bench.recorder.tick()
    assert bench.recorder.status().faults == ()
    assert start(bench) is Mode.PRIVATE


# proves C11
def test_on_a_full_card_the_reserve_makes_room_for_it(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.recorder.tick()
    assert disk.exists(bench.folders.reserve)

    def before(call: Call) -> None:
        if call.name == "create" and bench.folders.reserve.exists():
            raise OSError(errno.ENOSPC, "full")

    disk.before = before
    assert bench.recorder.change(Event.PRIVATE_ON).ok
    assert start(bench) is Mode.PRIVATE


# proves C11
def test_a_full_card_on_which_it_stands_already_needs_no_room(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.recorder.change(Event.PRIVATE_ON)
    disk.before = refuse(FULL, name="create")
    assert start(bench, wanted(SAME)) is Mode.PRIVATE
    assert bench.recorder.status().faults == ()


# proves C11
def test_a_card_that_hangs_keeps_no_sensor_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = HangingFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(2)
    disk.hang("sync", "private")
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    outcome = bench.recorder.change(Event.PRIVATE_ON)
    assert not outcome.ok
    assert disk.stuck.wait(PATIENCE_S)
    assert not bench.recorder.sensors
    disk.answers.set()
    monkeypatch.undo()
    until(lambda: bench.recorder.status().state is Mode.PRIVATE)
    assert start(bench) is Mode.PRIVATE


def test_that_it_was_left_may_not_be_kept_either_and_is_said(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.recorder.change(Event.PRIVATE_ON)
    disk.before = refuse(errno.EIO, name="unlink", within="private")
    outcome = bench.recorder.change(Event.PRIVATE_OFF)
    assert not outcome.ok
    assert "The card may still say that the camera is private" in outcome.sentence
    assert bench.recorder.status().state is Mode.READY
    disk.before = lambda _: None
    bench.recorder.tick()
    assert bench.recorder.status().faults == ()
    assert read_private(disk, bench.folders.private) is None


# proves C11
@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 5000, b'{"assignment": 7}'])
def test_what_cannot_be_read_counts_as_private(data: bytes, bench: Bench) -> None:
    bench.folders.private.write_bytes(data)
    assert start(bench, wanted(OTHER)) is Mode.PRIVATE


# proves C11
@pytest.mark.parametrize("event", [Event.PRIVATE_ON, Event.PRIVATE_OFF])
def test_a_power_cut_at_any_operation_leaves_what_was_answered(event: Event, tmp_path: Path) -> None:
    answered_at: int | None = None
    for operations in range(100):
        (root := tmp_path / str(operations)).mkdir()
        camera = Obeying(root)
        if event is Event.PRIVATE_OFF:
            camera.bench.recorder.change(Event.PRIVATE_ON)
        camera.cut_after(operations)
        try:
            camera.bench.recorder.change(event)
        except PowerCutError:
            answered = False
        else:
            answered, answered_at = True, operations
        camera.power_is_back()
        private = camera.bench.recorder.status().state is Mode.PRIVATE
        if answered:
            assert private == (event is Event.PRIVATE_ON)
            break
    assert answered_at


def test_a_refusal_says_what_the_card_has_not_kept_of_it(tmp_path: Path) -> None:
    camera = Obeying(tmp_path)
    camera.disk.before = refuse(errno.EIO, name="create", within="private")
    response = camera.send(camera.command(said=SaidOfConsent.REFUSED))
    assert response.outcome == "failed"
    assert response.consent == 1
    assert "The card may not have kept that the camera is private" in response.detail
    assert camera.bench.recorder.unkept is not None


# proves C11
def test_time_that_passes_once_it_is_switched_off_forgets_nothing(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    disk.before = refuse(errno.EIO, name="sync_dir", within=r"private|" + bench.folders.root.name + "$")
    assert not bench.recorder.change(Event.PRIVATE_ON).ok
    disk.before = lambda _: None
    bench.recorder.change(Event.SHUT_DOWN)
    bench.recorder.tick()
    assert read_private(disk, bench.folders.private) == WasPrivate("visit-1")
    assert start(bench) is Mode.PRIVATE


# proves C11
@pytest.mark.parametrize("of", [b'{"assignment": null}', b"damaged", b'{"assignment": 7}'])
@pytest.mark.parametrize("says", ["visit-3", None])
def test_where_nobody_can_tell_who_made_it_private_the_first_true_word_opens_nothing(
    says: str | None, of: bytes, bench: Bench
) -> None:
    bench.folders.private.write_bytes(of)
    assert start(bench, wanted(OTHER)) is Mode.PRIVATE, "the card was full, and says whose it was before"
    for word in (says, None) if says is None else (says,):
        bench.recorder.assign(word)
        assert not bench.recorder.sensors
        assert read_private(bench.disk, bench.folders.private) == WasPrivate(says)
    bench.recorder.assign("visit-4")
    assert bench.recorder.sensors == (says is not None), "who is handed it after somebody begins afresh"


# proves C11
def test_a_private_time_that_ends_a_recording_is_of_whoever_has_the_camera(bench: Bench) -> None:
    bench.recorder.change(Event.PRIVATE_ON)
    start(bench, wanted(OTHER))
    bench.recorder.change(Event.PRIVATE_OFF)
    bench.press()
    bench.second()
    bench.recorder.change(Event.PRIVATE_ON)
    assert read_private(bench.disk, bench.folders.private) == WasPrivate("visit-2")


# proves C11
def test_a_private_time_that_waits_for_a_recording_s_end_is_of_whoever_asked_for_it() -> None:
    now = Instant(5 * NS_PER_S, ClockLabel(0, synchronised=False))
    camera = State(on=True, assigned=True, recording=True)
    heart = Heart(camera=camera, assignment="visit-1")
    heart, _ = step(heart, AskChange(1, Event.PRIVATE_ON, now), Seen(now), NS_PER_S)
    _, effects = step(heart, AskAssign(2, "visit-2", worn=True, at=now), Seen(now), NS_PER_S)
    assert [each for each in effects if isinstance(each, KeepPrivate)] == [KeepPrivate("visit-1")]
