"""The whole capture on its threads, in real time: nothing is lost, and what is lost is stated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from typing import TYPE_CHECKING

import av
import pytest

from device.capture.capture import Capture
from device.capture.prefill import encode_loop
from device.capture.sensors import Sensors
from device.capture.video_path import VideoPath
from device.clock import SystemClock, label_at
from device.encode.packets import EncodedPacket, EncoderError
from device.encode.video import VideoEncoder
from device.frames import VideoFrame
from device.settings import AudioSettings, CaptureSettings, OverlaySettings, VideoSettings
from device.sources.base import Pause, SourceError
from protocol.footage.format.model import GapCause, PlainChunk, Track
from tests.support.media.clapper import NS, RATE, LiveBeeper, LiveClapper, beep, clapper_frames, decode
from tests.support.media.field import QuickClock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

pytestmark = pytest.mark.real_time

VIDEO = VideoSettings(width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264")
SETTINGS = CaptureSettings(VIDEO, AudioSettings(), OverlaySettings(enabled=False))
PATIENCE_S = 20
FPS = round(VIDEO.fps)


class Sink:
    """Takes chunks, and lets a test wait for what it expects of them."""

    def __init__(self) -> None:
        self.chunks: list[PlainChunk] = []
        self.taken_ns: list[int] = []
        self.troubles: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self._changed = threading.Condition()

    def take(self, chunk: PlainChunk) -> None:
        self.open.wait(PATIENCE_S)
        with self._changed:
            self.chunks.append(chunk)
            self.taken_ns.append(SystemClock().boot_ns())
            self._changed.notify_all()

    def trouble(self, sentence: str) -> None:
        with self._changed:
            self.troubles.append(sentence)
            self._changed.notify_all()

    def wait(self, until: Callable[[], object]) -> None:
        with self._changed:
            assert self._changed.wait_for(until, PATIENCE_S)

    def wait_for_chunks(self, count: int) -> None:
        self.wait(lambda: len(self.chunks) >= count)

    def gaps(self, track: Track) -> set[GapCause]:
        return {gap.cause for chunk in self.chunks for gap in chunk.gaps if gap.track is track}


class CaptureRig:
    """A clapper and a beeper on one beginning, and a camera that films them."""

    def __init__(self, *, sound: bool = True) -> None:
        self.clock = SystemClock()
        self.epoch = self.clock.boot_ns()
        self.clapper = LiveClapper(self.clock, self.epoch)
        self.beeper = LiveBeeper(self.clock, self.epoch)
        self.sink = Sink()
        self.sensors = Sensors(
            clock=self.clock,
            open_video=lambda _: self.clapper,
            open_audio=(lambda _: self.beeper) if sound else None,
        )

    def capture(self, settings: CaptureSettings = SETTINGS) -> Capture:
        return Capture(self.sensors, settings, self.sink.take, self.sink.trouble)


@pytest.fixture
def rig() -> CaptureRig:
    return CaptureRig()


def _assert_contiguous(chunks: list[PlainChunk]) -> None:
    for before, after in pairwise(chunks):
        assert after.start_ns == before.start_ns + before.duration_ns


def _assert_all_arrived(rig: CaptureRig, capture: Capture) -> None:
    """Every frame that the camera gave, but for what a machine too busy for it counted and stated as gaps."""
    counts = capture.counts
    lost = counts.lost_frames + counts.late_packets
    frames = decode(rig.sink.chunks).frames
    assert len(rig.clapper.given) - lost <= frames <= len(rig.clapper.given) == counts.frames
    assert not lost or any(chunk.gaps for chunk in rig.sink.chunks)
    assert counts.lost_chunks == 0


def test_every_frame_and_every_sample_arrives(rig: CaptureRig) -> None:
    # proves C6
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(3)
    capture.stop()
    chunks = rig.sink.chunks
    _assert_contiguous(chunks)
    _assert_all_arrived(rig, capture)
    seen = decode(chunks, rig.epoch)
    first = round((chunks[0].start_ns - rig.epoch) * RATE / NS)
    assert 0 <= rig.beeper.given - first - seen.samples + 1024 < 2 * 1024
    assert max(abs(offset) for offset in seen.offsets) <= 0.02
    assert (rig.sink.troubles, capture.troubles) == ([], ())


def test_a_chunk_arrives_soon_after_its_end(rig: CaptureRig) -> None:
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(8)
    late = [
        at - chunk.start_ns - chunk.duration_ns
        for at, chunk in zip(rig.sink.taken_ns, rig.sink.chunks, strict=True)
    ]
    capture.stop()
    assert min(late[1:]) < 0.15 * NS  # the quickest: a busy machine may delay any one of them


def test_storage_that_stalls_does_not_stop_the_camera(rig: CaptureRig) -> None:
    # proves C6
    capture = rig.capture()
    rig.sink.open.clear()
    capture.start()
    deadline = time.monotonic() + PATIENCE_S
    while capture.counts.chunks < 3 and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert rig.sink.chunks == []
    rig.sink.open.set()
    capture.stop()
    _assert_contiguous(rig.sink.chunks)
    _assert_all_arrived(rig, capture)


def test_a_cut_ends_the_chunk_at_the_next_picture(rig: CaptureRig) -> None:
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(1)
    asked = rig.clock.boot_ns()
    capture.cut()
    rig.sink.wait(lambda: rig.sink.chunks[-1].start_ns + rig.sink.chunks[-1].duration_ns >= asked)
    taken = rig.sink.taken_ns[-1]
    cut = rig.sink.chunks[-1]
    capture.stop()
    assert cut.start_ns + cut.duration_ns - asked < 0.5 * NS
    assert taken - asked < NS
    assert cut.duration_ns < NS
    _assert_contiguous(rig.sink.chunks)
    _assert_all_arrived(rig, capture)


def test_without_a_microphone_there_is_footage_and_a_stated_gap() -> None:
    rig = CaptureRig(sound=False)
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(2)
    assert capture.troubles == ("This camera has no microphone: set audio.source to none.",)
    capture.stop()
    assert rig.sink.gaps(Track.AUDIO) == {GapCause.NO_MICROPHONE}
    assert rig.sink.gaps(Track.VIDEO) == set()
    assert len(rig.sink.troubles) == 1
    _assert_contiguous(rig.sink.chunks)


def test_without_wanted_sound_nothing_is_missing(rig: CaptureRig) -> None:
    capture = rig.capture(replace(SETTINGS, audio=None))
    capture.start()
    rig.sink.wait_for_chunks(2)
    capture.stop()
    assert not any(chunk.gaps for chunk in rig.sink.chunks)
    assert {part.track for chunk in rig.sink.chunks for part in chunk.parts} == {Track.VIDEO}


def test_without_a_camera_there_is_sound_and_a_stated_gap(rig: CaptureRig) -> None:
    def missing(_: VideoSettings) -> LiveClapper:
        raise SourceError("The camera is not there.")

    rig.sensors = replace(rig.sensors, open_video=missing)
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(2)
    capture.cut()
    capture.stop()
    assert rig.sink.gaps(Track.VIDEO) == {GapCause.NO_CAMERA}
    assert {part.track for chunk in rig.sink.chunks for part in chunk.parts} == {Track.AUDIO}
    assert rig.sink.troubles == ["The camera is not there."]
    _assert_contiguous(rig.sink.chunks)


class _Flaky(LiveClapper):
    """Breaks off once, in its second second."""

    broken = False

    def read(self) -> VideoFrame | None:
        if not self.broken and len(self.given) == 15:
            self.broken = True
            raise SourceError("The camera was unplugged.")
        return super().read()


def test_a_camera_that_breaks_off_comes_back(rig: CaptureRig) -> None:
    rig.clapper = _Flaky(rig.clock, rig.epoch)
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(2)
    rig.sink.wait(lambda: rig.sink.troubles)
    rig.sink.wait(lambda: any(gap.track is Track.VIDEO for chunk in rig.sink.chunks for gap in chunk.gaps))
    rig.sink.wait_for_chunks(len(rig.sink.chunks) + 2)
    assert capture.troubles == ()
    capture.stop()
    assert rig.sink.troubles == ["The camera was unplugged."]
    assert rig.sink.gaps(Track.VIDEO) == {GapCause.NO_CAMERA}
    _assert_all_arrived(rig, capture)
    _assert_contiguous(rig.sink.chunks)


def test_live_footage_follows_the_prefilled_without_a_gap(rig: CaptureRig) -> None:
    loop = encode_loop(clapper_frames(8), beep(0, 8 * RATE), seconds=8, video=VIDEO, audio=AudioSettings())

    def prefill() -> Iterator[PlainChunk]:
        end = rig.clock.boot_ns()
        yield from loop.chunks(end - 8 * NS, 8, label=lambda at: label_at(rig.clock, at))
        rig.clapper = LiveClapper(rig.clock, end)
        rig.beeper = LiveBeeper(rig.clock, end)

    rig.sensors = replace(rig.sensors, prefill=prefill)
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(10)
    capture.stop()
    _assert_contiguous(rig.sink.chunks)
    assert not any(chunk.gaps for chunk in rig.sink.chunks)
    seen = decode(rig.sink.chunks)
    assert seen.frames == 8 * 12 + len(rig.clapper.given)


@dataclass
class Viewfinder:
    """Keeps what it is shown; somebody looks at it, or not."""

    watched: bool
    seen: list[NDArray[np.uint8]] = field(default_factory=list)

    def show(self, picture: NDArray[np.uint8]) -> None:
        self.seen.append(picture)


def test_the_viewfinder_sees_what_is_recorded(rig: CaptureRig) -> None:
    viewfinder = Viewfinder(watched=True)
    rig.sensors = replace(rig.sensors, viewfinder=viewfinder)
    capture = rig.capture(replace(SETTINGS, overlay=OverlaySettings(enabled=True, camera="cam-01")))
    capture.mark_recording(recording=True)
    capture.start()
    rig.sink.wait_for_chunks(1)
    capture.stop()
    assert 3 <= len(viewfinder.seen) <= 12
    assert viewfinder.seen[0].shape == (96, 160, 3)
    assert viewfinder.seen[0][:14].max() > 200  # the overlay's white on the clapper's grey


def test_no_picture_is_made_for_a_viewfinder_that_nobody_looks_at(
    rig: CaptureRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr("device.capture.video_path.to_bgr", made.append)
    rig.sensors = replace(rig.sensors, viewfinder=Viewfinder(watched=False))
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(1)
    capture.stop()
    assert made == []


def test_a_burst_of_load_leaves_no_gap(rig: CaptureRig, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves C6
    capture = rig.capture()
    encode, encoded = VideoPath.encode, count()

    def held_up_once(path: VideoPath, frame: VideoFrame) -> list[EncodedPacket]:
        """Stand still for as long as one and a half seconds of pictures take."""
        if next(encoded) == 2 * FPS:
            goes_on_at = capture.counts.frames + FPS * 3 // 2
            while capture.counts.frames < goes_on_at:
                threading.Event().wait(0.01)
        return encode(path, frame)

    monkeypatch.setattr(VideoPath, "encode", held_up_once)
    capture.start()
    rig.sink.wait_for_chunks(5)
    capture.stop()
    assert capture.counts.frames > 3 * FPS
    assert capture.counts.lost_frames == 0
    assert rig.sink.gaps(Track.VIDEO) == set()
    _assert_all_arrived(rig, capture)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_consumer_that_breaks_is_said_and_stop_still_returns(rig: CaptureRig) -> None:
    def broken(_: PlainChunk) -> None:
        raise RuntimeError("no more")

    capture = Capture(rig.sensors, SETTINGS, broken, rig.sink.trouble)
    capture.start()
    rig.sink.wait(lambda: rig.sink.troubles)
    capture.stop()
    assert "broke off (deliver, RuntimeError: no more)" in rig.sink.troubles[0]


def test_a_card_that_hangs_does_not_keep_the_capture_from_stopping(
    rig: CaptureRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.capture.chunk_queue.HAND_OVER_S", 0.1)
    hangs, goes_on = threading.Event(), threading.Event()
    taken: list[PlainChunk] = []

    def take(chunk: PlainChunk) -> None:
        taken.append(chunk)
        hangs.set()
        goes_on.wait(PATIENCE_S)

    capture = Capture(rig.sensors, SETTINGS, take, rig.sink.trouble)
    capture.start()
    assert hangs.wait(PATIENCE_S)
    capture.stop()
    assert "The last footage was not stored within" in rig.sink.troubles[-1]
    goes_on.set()
    for worker in capture._workers:
        worker.join(PATIENCE_S)
    assert len(taken) == 1, "no chunk is handed over once it was given up"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_consumer_that_breaks_once_the_sensors_are_closed_begins_nothing_anew(rig: CaptureRig) -> None:
    hangs, goes_on = threading.Event(), threading.Event()

    def breaks(_: PlainChunk) -> None:
        hangs.set()
        goes_on.wait(PATIENCE_S)
        raise RuntimeError("no more")

    capture = Capture(rig.sensors, SETTINGS, breaks, rig.sink.trouble)
    capture.start()
    assert hangs.wait(PATIENCE_S)
    capture.close()
    assert capture.closed
    assert not rig.sink.troubles
    goes_on.set()
    rig.sink.wait(lambda: rig.sink.troubles)
    said = "The capture broke off (deliver, RuntimeError: no more) and its last footage may be lost."
    assert rig.sink.troubles == [said]
    for worker in capture._workers:  # whose error is this test's own
        worker.join(PATIENCE_S)


def test_an_encoder_that_hangs_as_the_sensors_close_keeps_nobody_waiting_for_ever(
    rig: CaptureRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.capture.capture.HAND_OVER_S", 0.1)
    monkeypatch.setattr("device.capture.capture._ENCODED_S", 0.1)
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(_: VideoPath, __: VideoFrame) -> list[EncodedPacket]:
        hangs.set()
        goes_on.wait(PATIENCE_S)
        return []

    monkeypatch.setattr(VideoPath, "encode", hang)
    capture = rig.capture()
    capture.start()
    assert hangs.wait(PATIENCE_S)
    capture.close()
    assert capture.line.over.wait(PATIENCE_S), "what is captured next goes on"
    said = "The last pictures were not encoded in time and are lost: restart the camera."
    rig.sink.wait(lambda: rig.sink.troubles == [said])
    goes_on.set()
    for worker in capture._workers:
        worker.join(PATIENCE_S)


def test_settings_that_no_encoder_takes_are_refused_before_anything_opens(rig: CaptureRig) -> None:
    with pytest.raises(EncoderError, match=r"No H\.264 encoder opens"):
        rig.capture(replace(SETTINGS, video=replace(VIDEO, width=161)))


def test_an_encoder_that_gives_up_is_replaced(rig: CaptureRig, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = VideoEncoder.encode
    given: list[int] = []

    def fragile(encoder: VideoEncoder, picture: av.VideoFrame, boot_ns: int) -> list[EncodedPacket]:
        given.append(boot_ns)
        if len(given) == 18:
            raise EncoderError("The encoder gave up.")
        return whole(encoder, picture, boot_ns)

    monkeypatch.setattr(VideoEncoder, "encode", fragile)
    capture = rig.capture()
    capture.start()
    rig.sink.wait_for_chunks(4)
    assert capture.troubles == ()
    capture.stop()
    assert rig.sink.troubles == ["The encoder gave up."]
    assert rig.sink.gaps(Track.VIDEO) == {GapCause.ENCODER}
    assert decode(rig.sink.chunks).frames == len(given) - 1
    _assert_contiguous(rig.sink.chunks)


def test_stopping_at_once_is_fine(rig: CaptureRig) -> None:
    capture = rig.capture()
    capture.start()
    capture.stop()
    _assert_contiguous(rig.sink.chunks)


class _NothingInTime:
    """A file whose pictures are all read too late to be shown."""

    width, height, fps = 160, 96, 25.0

    def __init__(self, clock: QuickClock) -> None:
        self._clock = clock
        self.asked: list[int] = []
        """When it was asked for a picture."""

    def open(self) -> None:
        """There is a file."""

    def read(self) -> Pause:
        self.asked.append(self._clock.boot_ns())
        time.sleep(0.005)
        return Pause("It is read too slowly.", late=True)

    def close(self) -> None:
        """Nothing to let go of."""


# proves C6
def test_a_file_without_sound_of_which_nothing_comes_in_time_is_a_stated_gap() -> None:
    """There was no chunk at all, and so nothing that said what is missing."""
    clock, sink = QuickClock(20), Sink()
    file = _NothingInTime(clock)
    sensors = Sensors(clock=clock, open_video=lambda _: file)
    capture = Capture(sensors, CaptureSettings(VIDEO, None, SETTINGS.overlay), sink.take, sink.trouble)
    capture.start()
    sink.wait_for_chunks(3)
    capture.stop()
    _assert_contiguous(sink.chunks)
    assert sink.gaps(Track.VIDEO) == {GapCause.STALLED}
    assert all(sum(gap.duration_ns for gap in each.gaps) == each.duration_ns for each in sink.chunks)
    assert sink.chunks[0].start_ns <= file.asked[1], "from when it was asked for the first picture"
    assert sink.troubles == ["It is read too slowly."]
