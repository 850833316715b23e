"""A camera that films nothing says so: the real camera, from its sensors to the verified recording (C12)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.camera import Camera
from device.config.file import check_config
from device.recording.state import Event
from protocol.footage.format.model import Track
from protocol.footage.verifying.report import Report
from protocol.footage.verifying.verify import verify_recording
from protocol.messages.events import CameraEvent, NewsKind
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.recordings import make_identity
from tests.support.media.staged_sensors import FPS, NS, Staged

pytestmark = pytest.mark.real_time

IDENTITY = make_identity()
PATIENCE = 1_500
NOTICED_S = 10.0


class Rig:
    """A camera whose sensors give what a test wants."""

    def __init__(self, root: Path, staged: Staged) -> None:
        enrol_without_fleet(root, IDENTITY)
        self.root = root
        self.staged = staged
        video = {"width": 160, "height": 120, "fps": FPS, "preset": "ultrafast", "encoder": "libx264"}
        config = check_config(
            {
                "camera": {"state_dir": str(root), "window_s": 30.0, "require_assignment": False},
                "video": video,
                "audio": {"source": "default"},
                "storage": {"reserve_mib": 1},
            }
        )
        self.camera = Camera(config, staged.sensors(), link=None)
        self.camera.start()
        self.news: list[CameraEvent] = []
        self.camera.recorder.news.listen(self.news.append)

    def until(self, holds: Callable[[], bool]) -> None:
        for _ in range(PATIENCE):
            if holds():
                return
            threading.Event().wait(0.02)
        pytest.fail(f"{self.camera.status()}")

    def now(self) -> set[tuple[str, str]]:
        found = self.camera.status().conditions
        return {(each.track, each.condition) for each in found or ()}

    def recorded(self, seconds: float) -> bool:
        return self.camera.status().recorder.recording_s >= seconds

    def held(self, seconds: float) -> bool:
        return self.camera.status().recorder.prerecord_s >= seconds

    def report(self, number: int = 1) -> Report:
        folder = self.root / "recordings" / f"{number:08d}"
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        return verify_recording(files, authorities=[IDENTITY.authority])


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[Staged], Rig]]:
    rigs: list[Rig] = []

    def made(staged: Staged) -> Rig:
        rigs.append(Rig(tmp_path, staged))
        return rigs[-1]

    yield made
    for rig in rigs:
        rig.camera.shutdown()


@pytest.mark.parametrize(
    ("picture", "sound", "said"),
    [
        ("black", "silent", "The picture is black."),
        ("covered", "clipped", "The picture shows no detail: the lens seems covered."),
        ("frozen", "hum", "The picture is frozen."),
        ("noise", "dead", "The picture is nothing but noise."),
    ],
)
def test_what_shows_nothing_is_told_in_status_news_ledger_and_verdict(
    make: Callable[[Staged], Rig], picture: str, sound: str, said: str
) -> None:
    # proves C12
    rig = make(Staged(picture, sound))
    both = {("video", picture), ("audio", sound)}
    rig.until(lambda: rig.now() == both)
    status = rig.camera.status()
    assert said in status.faults
    message = status.to_message()
    assert message.conditions is not None
    assert {(each.track, each.condition) for each in message.conditions} == both
    rig.camera.press()
    rig.until(lambda: rig.recorded(3))
    rig.staged.picture = rig.staged.sound = ""
    rig.until(lambda: not rig.now())
    assert not rig.camera.status().faults
    rig.until(lambda: rig.recorded(15))
    rig.camera.stop()

    report = rig.report()
    assert report.ok
    assert {(str(each.track), each.condition) for each in report.conditions} == both
    for each in report.conditions:
        assert each.over, "its end is in the ledger too"
        assert each.start_ns <= report.press_ns < each.end_ns, "the pre-record was so already at the press"  # type: ignore[operator]
    assert report.sentence.startswith("Intact"), report.sentence
    assert ", but with " in report.sentence
    told = [each.text for each in rig.news if each.kind is NewsKind.FAULT]
    assert said in told


def test_pictures_that_come_too_slowly_are_told(make: Callable[[Staged], Rig]) -> None:
    # proves C12
    rig = make(Staged(fps=4))
    rig.until(lambda: rig.now() == {("video", "slow")})
    rig.staged.fps = FPS
    rig.until(lambda: not rig.now())


def test_a_recording_in_which_it_begins_says_so_within_ten_seconds(make: Callable[[Staged], Rig]) -> None:
    # proves C12
    rig = make(Staged())
    rig.until(lambda: rig.held(3))
    rig.camera.press()
    rig.staged.picture = "black"
    since_ns = rig.staged.clock.boot_ns()
    rig.until(lambda: bool(rig.now()))
    (condition,) = rig.camera.status().conditions or ()
    assert abs(condition.start_ns - since_ns) < 2 * NS
    rig.camera.stop()
    (told,) = rig.report().conditions
    assert (told.track, told.condition, told.over) == (Track.VIDEO, "black", False)
    assert told.end_ns == rig.report().end_ns, "it lasts to the end of the footage"


def test_what_is_well_is_not_told_of(make: Callable[[Staged], Rig]) -> None:
    # proves C12
    rig = make(Staged())
    rig.until(lambda: rig.held(20))
    rig.camera.press()
    rig.until(lambda: rig.recorded(5))
    rig.camera.stop()
    assert rig.report().conditions == ()
    assert ", but with " not in rig.report().sentence
    assert [each.kind for each in rig.news] == [NewsKind.RECORDING_OPENED, NewsKind.RECORDING_CLOSED]


def test_with_its_sensors_closed_it_claims_neither(make: Callable[[Staged], Rig]) -> None:
    # proves C12 F8
    rig = make(Staged("black"))
    rig.until(lambda: bool(rig.now()))
    assert rig.camera.change(Event.PRIVATE_ON).ok
    assert rig.camera.status().conditions is None
    assert rig.camera.status().to_message().conditions is None
    assert not rig.camera.status().faults
    assert rig.camera.change(Event.PRIVATE_OFF).ok
    rig.until(lambda: rig.camera.status().conditions == ())
    rig.until(lambda: bool(rig.now()))
