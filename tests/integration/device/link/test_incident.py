"""A camera is destroyed after the press: the fleet has what surrounds the press, and says what it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from device.link.link import Link
from device.link.uploads.plan import SendSegment
from protocol.footage.format.model import Track
from protocol.messages.status import Status
from protocol.mode import Mode
from simulator.network.endpoint import Endpoint
from simulator.network.line import ProxiedLine
from simulator.network.proxy import Network
from tests.support.camera.recorders import Bench
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import QUICK, Camera, eventually
from tests.support.media.parts import footage_chunk
from tests.support.media.recordings import SECOND_NS

pytestmark = pytest.mark.real_time

PRE = 30  # seconds before the press
PART_BYTES = 60_000  # of picture and sound each: about 1 Mbit/s
LONG_BYTES = 2_000_000  # of each track: one segment takes a slow line a minute
SLOW_KBIT = 600  # slower than the footage
ROLL_OVER_S = 6


class Destroyed:
    """A real recorder, shelf and link on a bad line, whose footage is pushed second by second."""

    def __init__(
        self, fleet: Fleet, camera: Camera, folder: Path, network: Network, *, roll_over_s: float = 14_400
    ) -> None:
        self.fleet, self.camera = fleet, camera
        self.line: ProxiedLine = network.line()
        here = network.forward(self.line, Endpoint("127.0.0.1", fleet.ports["cameras"]))
        self.bench = Bench(
            folder,
            window_s=PRE + 1,
            settings={"storage": {"segment_chunks": 1}, "camera": {"roll_over_min": roll_over_s / 60}},
            identity=camera.test_identity,
        )
        self.bench.boot()
        self.bench.recorder.cut = lambda: None
        self.link = Link(
            replace(camera.identity, cameras_url=f"https://127.0.0.1:{here.port}"),
            QUICK,
            self.bench.shelf,
            state=camera.state,
            status=lambda: Status(camera=camera.id, session="own", state=Mode.READY),
            on_desired=lambda _: None,
            on_recipients=lambda _: None,
        )

    def footage(self, seconds: int, *, size: int = PART_BYTES) -> None:
        for _ in range(seconds):
            start = self.bench.clock.now_ns
            self.bench.clock.now_ns += SECOND_NS
            self.bench.recorder.push(footage_chunk(start, size=size))

    def arrived(self, number: int = 1) -> list[int]:
        """The seconds of a recording in the fleet's store, counted from the first press."""
        folder = self.fleet.footage / "recordings" / self.camera.id / f"{number:08d}" / "segments"
        return (
            sorted(int(path.name[-12:-4]) - PRE for path in folder.glob("*.seg")) if folder.exists() else []
        )

    def destroy(self) -> None:
        """The link is cut and the camera is gone: what was on its way is lost."""
        self.line.cut()
        self.link.stop()


@pytest.fixture
def destroyed(fleet: Fleet, camera: Camera, tmp_path: Path) -> Iterator[Destroyed]:
    (tmp_path / "recorder").mkdir()
    with Network() as network:
        made = Destroyed(fleet, camera, tmp_path / "recorder", network)
        made.footage(PRE)
        yield made
        made.line.good()


@pytest.fixture
def rolling(fleet: Fleet, camera: Camera, tmp_path: Path) -> Iterator[Destroyed]:
    """One whose recordings go on in another after six seconds."""
    (tmp_path / "recorder").mkdir()
    with Network() as network:
        made = Destroyed(fleet, camera, tmp_path / "recorder", network, roll_over_s=ROLL_OVER_S)
        made.footage(PRE)
        yield made
        made.line.good()


class Watcher:
    """Somebody who watches what is here, over the API."""

    def __init__(self, destroyed: Destroyed) -> None:
        self.api = destroyed.fleet.api
        of_camera = {"camera": destroyed.camera.id}
        (recording,) = self.api.get("/recordings", params=of_camera).raise_for_status().json()
        path = f"/recordings/{recording['id']}/viewings"
        answer = self.api.post(path, json={"purpose": "A camera was destroyed"}).raise_for_status()
        self.viewing = answer.json()["viewing"]

    def playable(self, track: Track = Track.VIDEO) -> list[int]:
        """The seconds of which the player gets a track, counted from the press."""
        playlist = self.api.get(f"/viewings/{self.viewing}/{track}.m3u8").raise_for_status().text
        seqs = [int(seq) for seq in re.findall(rf"^{track}/(\d+)\.m4s$", playlist, re.MULTILINE)]
        for seq in seqs:
            self.api.get(f"/viewings/{self.viewing}/{track}/{seq}.m4s").raise_for_status()
        return [seq - PRE for seq in seqs]

    def timeline(self) -> dict[str, object]:
        answer: dict[str, object] = (
            self.api.get(f"/viewings/{self.viewing}/timeline").raise_for_status().json()
        )
        return answer


def test_of_a_camera_destroyed_on_a_slow_link_the_seconds_around_the_press_play(  # proves L5, F8
    destroyed: Destroyed,
) -> None:
    destroyed.line.slow(SLOW_KBIT)
    destroyed.link.start()
    assert destroyed.bench.press().ok
    destroyed.footage(10)  # all at once: no link keeps up with that
    eventually(lambda: len(destroyed.arrived()) >= 6, "some seconds in the fleet")
    destroyed.destroy()
    watcher = Watcher(destroyed)
    playable = watcher.playable()
    assert {-2, -1, 0, 1} <= set(playable), "what surrounds the press"
    before = [second for second in playable if second < 0]
    assert before == list(range(before[0], 0)), "of the pre-record, the oldest is what is missing"
    assert before[0] > -PRE
    assert watcher.playable(Track.AUDIO) == playable
    told = watcher.timeline()
    assert told["final"] is False
    assert told["starts_s"] == pytest.approx(PRE + before[0], abs=1.1)
    assert told["press_s"] == pytest.approx(PRE, abs=1.1)
    gaps = [gap for gap in told["gaps"] if gap["track"] == "video"]  # type: ignore[attr-defined]
    assert {gap["cause"] for gap in gaps} == {"not arrived"}
    assert (gaps[0]["offset_s"], gaps[0]["duration_s"]) == (0.0, told["starts_s"])


def test_what_a_restarted_camera_sends_later_completes_the_same_recording(  # proves L2, L5
    destroyed: Destroyed,
) -> None:
    destroyed.line.slow(SLOW_KBIT)
    destroyed.link.start()
    assert destroyed.bench.press().ok
    destroyed.footage(5)
    eventually(lambda: len(destroyed.arrived()) >= 3, "some seconds in the fleet")
    destroyed.destroy()
    first = Watcher(destroyed)
    seen = first.playable()
    # The camera was only switched off: it starts again, and the rest follows.
    destroyed.bench.boot()
    destroyed.line.good()
    again = Link(
        destroyed.camera.identity,
        QUICK,
        destroyed.bench.shelf,
        state=destroyed.camera.state,
        status=lambda: Status(camera=destroyed.camera.id, session="again", state=Mode.READY),
        on_desired=lambda _: None,
        on_recipients=lambda _: None,
    )
    again.start()
    try:
        eventually(lambda: all(each.receipt for each in destroyed.bench.shelf.recordings()), "the receipt")
    finally:
        again.stop()
    files = {path.name: path.read_bytes() for path in destroyed.bench.folders.recording(1).glob("*.seg")}
    held = destroyed.fleet.footage / "recordings" / destroyed.camera.id / "00000001" / "segments"
    assert {path.name: path.read_bytes() for path in held.iterdir()} == files
    # Who opened it before sees what it was then, told as that; who opens it now sees all.
    assert first.playable()[: len(seen)] == seen
    told = first.timeline()
    assert told["more_arrived"] is True
    assert {gap["cause"] for gap in told["gaps"]} == {"not arrived at first"}  # type: ignore[attr-defined]
    assert Watcher(destroyed).playable() == list(range(-PRE, 5))


def test_a_long_segment_that_is_being_sent_gives_way_to_a_press(destroyed: Destroyed) -> None:  # proves L5
    bench, root = destroyed.bench, destroyed.fleet.footage / "recordings" / destroyed.camera.id
    destroyed.footage(PRE + 1, size=LONG_BYTES)  # an older recording of nothing else
    assert bench.press().ok
    bench.recorder.cut = lambda: destroyed.footage(1, size=LONG_BYTES)
    assert bench.stop().ok
    bench.recorder.cut = lambda: None
    destroyed.footage(PRE + 1)
    destroyed.line.slow(SLOW_KBIT)
    destroyed.link.start()
    uploads = destroyed.link._uploader
    eventually(
        lambda: any(isinstance(step, SendSegment) for step in uploads.view.busy), "a segment on its way"
    )
    assert bench.press().ok
    destroyed.footage(2)
    uploads.changed()
    eventually(lambda: len(destroyed.arrived(2)) >= 2, "the incident in the fleet")
    assert not list(root.glob("00000001/segments/*.seg")), "it had not ended by then"
    assert uploads.view.troubles == ()
    destroyed.destroy()


def test_an_older_recording_waits_for_what_is_filmed_now(destroyed: Destroyed) -> None:  # proves L5
    assert destroyed.bench.press().ok
    destroyed.footage(3)
    destroyed.bench.recorder.cut = lambda: destroyed.footage(1)
    assert destroyed.bench.stop().ok
    destroyed.footage(PRE)
    destroyed.bench.recorder.cut = lambda: None
    assert destroyed.bench.press().ok
    destroyed.footage(3)
    destroyed.line.slow(SLOW_KBIT * 10)
    destroyed.link.start()
    root = destroyed.fleet.footage / "recordings" / destroyed.camera.id
    eventually(lambda: len(list(root.glob("00000001/segments/*.seg"))) >= 1, "a segment of the older one")
    newer = len(list(root.glob("00000002/segments/*.seg")))
    destroyed.destroy()
    shown = {each.number: each for each in destroyed.bench.shelf.recordings()}
    assert newer >= len(shown[2].closed_segments) - 2, "at most those still on their way were missing"


def test_the_press_comes_before_the_middle_of_the_part_in_which_its_recording_goes_on(  # proves L5
    rolling: Destroyed,
) -> None:
    """The link was away at the press, and is slow when it is back: two parts are there by then."""
    assert rolling.bench.press().ok
    rolling.footage(ROLL_OVER_S + 5)
    assert [each.ended for each in rolling.bench.shelf.recordings()] == ["closed", None]
    rolling.line.slow(SLOW_KBIT)
    rolling.link.start()
    eventually(lambda: len(rolling.arrived(1)) + len(rolling.arrived(2)) >= 12, "some seconds in the fleet")
    rolling.destroy()
    first, second = rolling.arrived(1), rolling.arrived(2)
    assert set(range(-5, 5)) <= set(first), "what surrounds the press, all of it"
    assert max(second) >= ROLL_OVER_S + 3, "and what was being filmed"


def test_all_of_a_recording_that_went_on_in_another_arrives(rolling: Destroyed) -> None:  # proves L2, L5
    rolling.link.start()
    assert rolling.bench.press().ok
    rolling.footage(ROLL_OVER_S + 3)
    rolling.bench.recorder.cut = lambda: rolling.footage(1)
    assert rolling.bench.stop().ok
    recordings = rolling.bench.shelf.recordings()
    assert len(recordings) == 2
    eventually(lambda: all(each.receipt for each in rolling.bench.shelf.recordings()), "both receipts")
    rolling.link.stop()
    assert rolling.arrived(1) + rolling.arrived(2) == list(range(-PRE, ROLL_OVER_S + 4))
