"""A whole camera in this process, with sensors that tell whether they are open."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.battery.charge import Charge
from device.battery.gauge import Gauge
from device.camera import Camera
from device.capture.sensors import Sensors
from device.capture.video_path import VideoPath
from device.clock import SystemClock
from device.config.file import check_config
from device.config.sections import StorageSection
from device.encode.packets import EncodedPacket
from device.errors import StateFolderError, StorageError
from device.frames import VideoFrame
from device.link.errors import IdentityError, NotEnrolledError
from device.link.link import Link
from device.link.messages.desired_store import save_desired
from device.recording.state import Event
from device.running import THREADS, Shell
from device.sensor_control import OPEN_STILL, SensorControl
from device.settings import VideoSettings
from protocol.footage.format.model import GapCause, PlainChunk, Track
from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.verifying.verify import Report, Verdict, verify_recording
from protocol.messages.desired import CameraSettings, Desired
from protocol.mode import Mode
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.recordings import SECOND_NS, make_identity, plain_chunk
from tests.support.storage.disks import PATIENCE_S, Call, HangingFilesystem, WatchedFilesystem, refuse, until

pytestmark = pytest.mark.real_time

FPS = 10
DEFAULT_KEEPS = StorageSection().after_receipt == "keep"
IDENTITY = make_identity()


@dataclass
class Lens:
    """A picture source that tells whether it is open."""

    clock: SystemClock = field(default_factory=SystemClock)
    open_now: threading.Event = field(default_factory=threading.Event)
    opened: int = 0
    width: int = 160
    height: int = 120
    fps: float = FPS

    def open(self) -> None:
        self.opened += 1
        self.open_now.set()

    def read(self) -> VideoFrame | None:
        threading.Event().wait(1 / FPS)
        image = np.full((self.height, self.width, 3), self.clock.boot_ns() // 10_000_000 % 255, np.uint8)
        return VideoFrame(image, self.clock.boot_ns())

    def close(self) -> None:
        self.open_now.clear()


@dataclass
class Rig:
    """A camera, its lens, and its folder."""

    root: Path
    lens: Lens = field(default_factory=Lens)
    disk: WatchedFilesystem = field(default_factory=WatchedFilesystem)
    camera_table: dict[str, Any] = field(default_factory=dict)
    link: Callable[..., Link] | None = None
    shell: Shell = THREADS
    prefilled: int = 0
    gauge: Gauge | None = None

    def make(self) -> Camera:
        config = check_config(
            {
                "camera": {
                    "state_dir": str(self.root),
                    "window_s": 6.0,
                    "require_assignment": False,
                    **self.camera_table,
                },
                "video": {
                    "width": 160,
                    "height": 120,
                    "fps": FPS,
                    "preset": "ultrafast",
                    "encoder": "libx264",
                },
                "audio": {"source": "none"},
                "storage": {"reserve_mib": 1},
            }
        )

        def open_video(_: VideoSettings) -> Lens:
            return self.lens

        sensors = Sensors(
            clock=self.lens.clock, open_video=open_video, prefill=self.prefill, gauge=self.gauge
        )
        return Camera(config, sensors, filesystem=self.disk, link=self.link, shell=self.shell)

    def prefill(self) -> Iterator[PlainChunk]:
        self.prefilled += 1
        now = self.lens.clock.boot_ns()
        for at in range(5, 0, -1):
            yield plain_chunk(now - at * SECOND_NS)

    def report(self, number: int) -> Verdict:
        return self.whole_report(number).verdict

    def whole_report(self, number: int) -> Report:
        folder = self.root / "recordings" / f"{number:08d}"
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        return verify_recording(files, authorities=[IDENTITY.authority])


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    enrol_without_fleet(tmp_path, IDENTITY)
    return Rig(tmp_path)


def wait_for(camera: Camera, wanted: float) -> None:
    """Wait until the window reaches that far back, in seconds."""
    grown = threading.Event()
    for _ in range(600):
        if camera.status().recorder.prerecord_s >= wanted:
            return
        grown.wait(0.02)
    pytest.fail(f"{camera.status()}")


def test_sensors_are_open_exactly_when_the_state_says_so(rig: Rig) -> None:
    # proves C11
    camera = rig.make()
    camera.start()
    try:
        assert rig.lens.open_now.wait(10)
        wait_for(camera, 4)
        assert camera.change(Event.PRIVATE_ON).ok
        assert not rig.lens.open_now.is_set(), "closed when the change returns"
        assert camera.status().recorder.prerecord_s == 0
        assert camera.press().prerecord_s == 0
        assert rig.lens.open_now.wait(10)
        wait_for(camera, 1.5)
        assert camera.stop().ok
        assert camera.change(Event.PRIVATE_OFF).ok
        assert rig.lens.open_now.wait(10)
        assert rig.prefilled == 1, "after a private time the ring begins empty"
        assert camera.status().recorder.prerecord_s < 3
    finally:
        camera.shutdown()
    assert not rig.lens.open_now.is_set()
    assert rig.report(1) is Verdict.INTACT
    ledger = read_ledger((rig.root / "recordings" / "00000001" / "ledger.cbor").read_bytes())
    assert ledger.open.marks == ("safety override",)


# proves F8
def test_the_charge_is_looked_at_from_the_start_and_unknown_without_a_gauge(rig: Rig) -> None:
    class OneSaying:
        """Says one thing, and tells that it was asked."""

        asked = threading.Event()

        def read(self) -> Charge:
            self.asked.set()
            return Charge(15)

    rig.gauge = OneSaying()
    camera = rig.make()
    camera.start()
    try:
        assert OneSaying.asked.wait(10)
        while (message := camera.status().to_message()).battery_percent is None:
            threading.Event().wait(0.02)
        assert message.battery_percent == 15
    finally:
        camera.shutdown()
    rig.gauge = None
    camera = rig.make()
    camera.start()
    try:
        assert camera.status().to_message().battery_percent is None
    finally:
        camera.shutdown()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_capture_that_breaks_begins_anew_within_the_recording_and_says_what_is_missing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # proves C6
    monkeypatch.setattr("device.sensor_control.ANEW_S", 0.2)
    encode, broken = VideoPath.encode, threading.Event()

    def breaks(path: VideoPath, frame: VideoFrame) -> list[EncodedPacket]:
        if pressed.is_set() and not broken.is_set():
            broken.set()
            raise ValueError("as if")
        return encode(path, frame)

    pressed = threading.Event()
    monkeypatch.setattr(VideoPath, "encode", breaks)
    camera = rig.make()
    camera.start()
    try:
        wait_for(camera, 4)
        assert camera.recorder.press().ok
        pressed.set()
        assert broken.wait(20)
        grown, before = threading.Event(), camera.recorder._heart.came
        for _ in range(1000):
            if camera.recorder._heart.came >= before + 3:
                break
            grown.wait(0.02)
        assert camera.recorder.stop().ok
    finally:
        camera.shutdown()
    assert "The capture broke off (encode, ValueError: as if) and begins anew." in caplog.text
    report = rig.whole_report(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert "encoder gap" in {gap.cause for gap in report.gaps}


def test_a_camera_whose_link_cannot_be_made_films_and_says_so(rig: Rig) -> None:
    def refuse(*_: object, **__: object) -> Link:
        raise IdentityError("The certificate is damaged: enrol the camera again.")

    rig.link = refuse
    camera = rig.make()
    camera.start()
    try:
        said = threading.Event()
        for _ in range(1000):
            if camera.status().faults:
                break
            said.wait(0.02)
        assert camera.status().faults == ("The certificate is damaged: enrol the camera again.",)
        wait_for(camera, 4)
        assert camera.press().ok
    finally:
        camera.shutdown()
    assert rig.report(1) in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}, "a busy machine may miss pictures"


def test_nobodys_camera_opens_no_sensor(rig: Rig) -> None:
    # proves C11
    rig.camera_table = {"require_assignment": True}
    camera = rig.make()
    camera.start()
    try:
        assert camera.status().recorder.state is Mode.STANDBY
        assert rig.lens.opened == 0
        camera.assign("visit-1")
        assert rig.lens.open_now.wait(10)
        camera.assign(None)
        camera.change(Event.DOCK)
        assert not rig.lens.open_now.is_set()
    finally:
        camera.shutdown()


def test_a_second_camera_on_the_same_folder_is_refused_and_the_first_goes_on(rig: Rig) -> None:
    camera = rig.make()
    camera.start()
    try:
        with pytest.raises(StateFolderError, match="Another camera is running"):
            rig.make().start()
        wait_for(camera, 4)
        assert camera.press().ok
    finally:
        camera.shutdown()
    again = rig.make()
    again.start()
    again.shutdown()
    assert rig.report(1) in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}


def test_a_camera_without_an_identity_does_not_start_and_leaves_the_folder_free(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolledError, match="lapel-device enrol"):
        Rig(tmp_path).make().start()
    enrol_without_fleet(tmp_path, IDENTITY)
    camera = Rig(tmp_path).make()
    camera.start()
    camera.shutdown()


@pytest.mark.parametrize("name", ["link", "rename", "sync_dir", "sync_data", "chmod", "sync"])
def test_a_filesystem_that_cannot_keep_the_promises_is_refused(rig: Rig, name: str) -> None:
    rig.disk.before = refuse(errno.EPERM, name=name)
    with pytest.raises(StateFolderError, match="ext4, f2fs, btrfs or xfs"):
        rig.make().start()


def test_a_link_that_copies_is_found_out(rig: Rig) -> None:
    rig.disk.link = lambda source, target: target.write_bytes(source.read_bytes())  # type: ignore[assignment,method-assign]  # a disk that pretends
    with pytest.raises(StateFolderError, match="hard link"):
        rig.make().start()


def test_how_it_is_can_be_asked_as_soon_as_it_takes_orders(rig: Rig) -> None:
    answers: list[dict[str, Any]] = []

    class AskedAtOnce:
        """Takes orders, and has one as it begins."""

        def __init__(self, _: Path, orders: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]]) -> None:
            answers.append(orders["status"]({}))

        def close(self) -> None:
            pass

    rig.shell = Shell(orders=AskedAtOnce)
    camera = rig.make()
    camera.start()
    camera.shutdown()
    assert [each["ok"] for each in answers] == [True]


def test_a_full_card_starts_all_the_same_because_only_uploads_make_room(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    # proves C8
    camera = rig.make()
    camera.start()
    wait_for(camera, 4)
    camera.press()
    camera.shutdown()
    rig.disk.before = refuse(errno.ENOSPC, name="create")
    camera = rig.make()
    camera.start()
    try:
        assert [each.number for each in camera.shelf.recordings()] == [1]
        assert "The card is full" in caplog.text
    finally:
        camera.shutdown()


def test_a_card_that_cannot_be_read_stops_the_start_with_a_sentence(rig: Rig) -> None:
    camera = rig.make()
    camera.start()
    camera.press()
    camera.shutdown()
    rig.disk.read = _broken  # type: ignore[method-assign]  # a disk that fails to read footage
    with pytest.raises((StateFolderError, StorageError), match=r"\.$"):
        rig.make().start()


def _broken(path: Path, offset: int = 0, length: int = -1) -> bytes:
    if path.suffix == ".cbor":
        raise OSError(errno.EIO, "Input/output error", str(path))
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def test_sensor_control_waits_in_vain_for_sensors_that_do_not_close(rig: Rig) -> None:
    camera = rig.make()
    camera.start()
    try:
        control = camera._running.sensor_control
        assert rig.lens.open_now.wait(10)
        assert not control.wait_until_closed(0.01)
    finally:
        camera.shutdown()
    assert control.wait_until_closed(0)


# proves C11
def test_sensors_that_do_not_close_are_not_said_to_be_closed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = rig.make()
    camera.start()
    try:
        assert rig.lens.open_now.wait(10)
        monkeypatch.setattr(SensorControl, "wait_until_closed", lambda _: False)
        outcome = camera.change(Event.PRIVATE_ON)
        assert (outcome.ok, outcome.open_still) == (False, True)
        assert outcome.sentence == f"The camera was ready and is private. {OPEN_STILL}"
    finally:
        camera.shutdown()


# proves C3, C6 and C11
def test_private_and_a_press_while_the_ledger_hangs_close_and_open_the_lens_and_both_are_recorded(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", PATIENCE_S)
    rig.disk = disk = HangingFilesystem()
    camera = rig.make()
    camera.start()
    asked: list[threading.Thread] = []

    def ask(do: Callable[[], object]) -> None:
        asked.append(threading.Thread(target=do, daemon=True))
        asked[-1].start()

    try:
        assert rig.lens.open_now.wait(PATIENCE_S)
        wait_for(camera, 5.5)
        assert camera.press().ok
        disk.hang("sync_data", "ledger")
        ask(camera.recorder.bookmark)
        assert disk.stuck.wait(PATIENCE_S)
        ask(lambda: camera.recorder.change(Event.PRIVATE_ON))
        until(lambda: not rig.lens.open_now.is_set())
        ask(camera.recorder.press)
        assert rig.lens.open_now.wait(PATIENCE_S)
        control = camera._running.sensor_control
        assert isinstance(control, SensorControl)
        until(lambda: control._capture is not None and control._capture.counts.chunks > 0)
        answered_ns = rig.lens.clock.boot_ns()
        disk.answers.set()
        for each in asked:
            each.join(PATIENCE_S)
            assert not each.is_alive()
        until(lambda: camera.recorder._heart.current is not None)
        wanted = camera.recorder._heart.came + 2
        until(lambda: camera.recorder._heart.came >= wanted)
        assert camera.stop().ok
    finally:
        disk.answers.set()
        camera.shutdown()
    before, after = rig.whole_report(1), rig.whole_report(2)
    pressed, again = (
        read_ledger((rig.root / "recordings" / f"{number:08d}" / "ledger.cbor").read_bytes()).open.press_ns
        for number in (1, 2)
    )
    assert before.end_ns is not None
    assert after.first_ns is not None
    for report, since_ns in ((before, pressed), (after, again)):
        assert report.verdict in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}, report.sentence
        causes = {gap.cause for gap in report.gaps if gap.track is Track.VIDEO and gap.start_ns > since_ns}
        assert causes <= {GapCause.STALLED}, "a busy machine may film late, and loses nothing"
    assert before.end_ns <= after.first_ns
    assert after.first_ns < answered_ns, "it begins behind the press, and not once the card answers"
    assert again < answered_ns


@pytest.mark.parametrize("where", ["ring", "recordings"])
def test_a_card_that_hangs_does_not_keep_the_camera_from_stopping(
    rig: Rig, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C2
    for limit in (
        "recording.inbox.ANSWER_WAIT_S",
        "sensor_control.STOP_WAIT_S",
        "capture.chunk_queue.HAND_OVER_S",
        "recording.recorder.CLOSE_WAIT_S",
        "recording.executor.CHUNK_WAIT_S",
    ):
        monkeypatch.setattr(f"device.{limit}", 0.1)
    camera = rig.make()
    camera.start()
    wait_for(camera, 4)
    assert camera.press().ok
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(call: Call) -> None:
        if call.name == "sync_data" and where in call.path.parts:
            hangs.set()
            goes_on.wait(60)
            raise OSError(errno.EIO, "gone")

    rig.disk.before = hang
    keys = camera.recorder._parts.window._keys
    assert hangs.wait(30)
    camera.shutdown()
    assert len(keys) == 0
    assert not rig.lens.open_now.is_set()
    goes_on.set()


@pytest.mark.parametrize("keep", [True, False, None])
def test_what_the_fleet_wants_kept_is_kept_at_the_next_start_too(rig: Rig, *, keep: bool | None) -> None:
    # Recovery went by the camera's own setting, and removed what the fleet had asked it to keep.
    # proves C8
    camera = rig.make()
    camera.start()
    wait_for(camera, 2)
    camera.press()
    camera.shutdown()
    settings = CameraSettings(keep_after_receipt=keep)
    save_desired(rig.root, Desired(camera=IDENTITY.camera, version=1, settings=settings), rig.disk)
    (rig.root / "receipts" / "00000001.cbor").write_bytes(b"durable, and the power went")
    camera = rig.make()
    camera.start()
    camera.shutdown()
    kept = keep if keep is not None else DEFAULT_KEEPS
    assert (rig.root / "recordings" / "00000001").exists() is kept
