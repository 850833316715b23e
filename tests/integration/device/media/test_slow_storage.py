"""Storage held to 20 MB/s that does nothing for seconds: what waits is kept, what is lost is a signed gap.

In the first tests footage goes from the chunk queue into the real recorder on a thread of its own, on a clock
that moves once all is done that could be: minutes of trouble take a second, and a busy machine changes
nothing. In the last ones a real camera films in real time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from device.capture.capture import Capture
from device.capture.chunk_queue import DEPTH, ChunkQueue
from device.capture.sensors import Sensors
from device.clock import SystemClock
from device.settings import AudioSettings, CaptureSettings, OverlaySettings, VideoSettings
from protocol.footage.format.model import GapCause, PlainChunk, PlainPart, Track
from protocol.footage.sealing.opening import OpenedPart, open_parts
from protocol.footage.verifying.report import Report
from protocol.footage.verifying.verify import Verdict
from tests.support.camera.recorders import Bench
from tests.support.media.clapper import NS, RATE, LiveBeeper, LiveClapper, decode
from tests.support.media.recordings import BOTH, SECOND_NS, plain_chunk
from tests.support.storage.slow_disk import PATIENCE_S, Pace, SlowFilesystem, SteppedClock

pytestmark = pytest.mark.real_time

SCALE = 100
"""Everything is a hundredth of a camera's size: 8 Mbit/s of footage, a card of 20 MB/s."""

CHUNK_BYTES = 1_000_000 // SCALE
CARD_BYTES_PER_S = 20_000_000 // SCALE
STEP_NS = SECOND_NS // 10


@dataclass
class Rig:
    """A chunk queue that delivers to a recorder on a slow card."""

    root: Path
    clock: SteppedClock = field(default_factory=SteppedClock)
    chunk_queue: ChunkQueue = field(default_factory=lambda: ChunkQueue(tuple(BOTH)))
    offered: int = 0
    taken: int = 0

    def __post_init__(self) -> None:
        self.disk = SlowFilesystem(clock=self.clock)
        self.bench = Bench(self.root, window_s=5, disk=self.disk, part_bytes=CHUNK_BYTES // 2)
        self.bench.clock = self.clock  # type: ignore[assignment]  # it tells the time as a camera's does
        self.bench.boot()
        self.bench.recorder.cut = self.second
        self._thread = threading.Thread(target=self.chunk_queue.deliver, args=(self._take,))
        self._thread.start()

    def second(self) -> None:
        """A second passes, and its footage is offered at its end."""
        start = self.clock.now_ns
        for _ in range(SECOND_NS // STEP_NS):
            self.clock.step(STEP_NS, self._idle)
        self.chunk_queue.offer(plain_chunk(start, size=CHUNK_BYTES // 2))
        self.offered += 1
        self.clock.step(0, self._idle)

    def seconds(self, count: int) -> None:
        for _ in range(count):
            self.second()

    def pause(self, seconds: float, every: float, times: int = 1) -> None:
        """From a moment on the card is as slow as it is, and pauses."""
        first = self.clock.now_ns + SECOND_NS // 2
        pauses = [(first + round(at * every * SECOND_NS), round(seconds * SECOND_NS)) for at in range(times)]
        self.disk.pace = Pace(CARD_BYTES_PER_S, pauses)

    def record(self, seconds: int) -> Report:
        """Press, let time pass, let the card be quick again, and stop."""
        assert self.bench.press().ok
        self.pressed_ns = self.clock.now_ns
        self.seconds(seconds)
        self.clock.release()
        self.clock.step(0, self._idle)
        assert self.bench.stop().ok
        return self.bench.verify(1)

    def end(self) -> None:
        self.clock.release()
        self.chunk_queue.close()
        self._thread.join(PATIENCE_S)
        self.bench.recorder.close()

    def _take(self, chunk: PlainChunk) -> None:
        self.bench.recorder.push(chunk)
        with self.clock.changed:
            self.taken += 1
            self.clock.changed.notify_all()

    def _idle(self) -> bool:
        return self.taken == self.offered - self.chunk_queue.lost


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.end()


def assert_accounted(rig: Rig, report: Report) -> None:
    """Every second since the press is in a chunk, or in a signed gap of each track; none is in both."""
    chunks = report.chunks
    assert [chunk.seq for chunk in chunks] == list(range(chunks[0].seq, chunks[0].seq + len(chunks)))
    held = [chunk.start_ns for chunk in chunks]
    for track in Track:
        lost = [
            gap.start_ns + at
            for gap in report.gaps
            if gap.track is track
            for at in range(0, gap.duration_ns, SECOND_NS)
        ]
        first = held[0]
        assert sorted(held + lost) == list(range(first, rig.clock.now_ns, SECOND_NS))
        assert sum(start >= rig.pressed_ns for start in lost) == rig.chunk_queue.lost
    assert {gap.cause for gap in report.gaps} <= {GapCause.OVERFLOW}


@pytest.mark.parametrize(("seconds", "every"), [(2, 5), (2, 2.5), (20, 60)])
def test_a_card_that_pauses_loses_nothing_that_the_queue_can_hold(
    rig: Rig, seconds: float, every: float
) -> None:
    # proves C6
    rig.seconds(6)
    rig.pause(seconds, every, times=round(60 / every))
    report = rig.record(60)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert rig.chunk_queue.lost == 0
    assert_accounted(rig, report)


def test_a_pause_longer_than_the_queue_costs_what_did_not_fit_and_says_so(rig: Rig) -> None:
    # proves C6
    rig.seconds(6)
    rig.pause(50, every=0)
    report = rig.record(70)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert rig.chunk_queue.lost == 50 - DEPTH - 1, "one chunk is at the card, and the queue is full"
    assert_accounted(rig, report)


def test_a_card_slower_than_the_footage_keeps_what_it_can_and_says_what_it_could_not(rig: Rig) -> None:
    # proves C6 and C8
    rig.seconds(6)
    rig.disk.pace = Pace(CHUNK_BYTES // 2)
    report = rig.record(3 * DEPTH)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert rig.chunk_queue.lost > 0
    assert_accounted(rig, report)


def test_the_pace_is_that_of_a_bucket_and_stands_still_in_a_pause() -> None:
    pace = Pace(100, [(10 * SECOND_NS, 2 * SECOND_NS)])
    assert pace.done_ns(5 * SECOND_NS, 50) == 5 * SECOND_NS, "it had filled"
    assert pace.done_ns(5 * SECOND_NS, 150) == 6 * SECOND_NS
    assert pace.done_ns(6 * SECOND_NS, 100) == 7 * SECOND_NS
    assert pace.done_ns(10 * SECOND_NS, 0) == 12 * SECOND_NS
    assert pace.done_ns(12 * SECOND_NS, 300) == 15 * SECOND_NS


VIDEO = VideoSettings(width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264")
SETTINGS = CaptureSettings(VIDEO, AudioSettings(), OverlaySettings(enabled=False))
AAC_FRAME = 1024


class RealClock(SystemClock):
    """The system's clock, on which one can wait."""

    def wait_until(self, at_ns: int) -> None:
        while (left := at_ns - self.boot_ns()) > 0:
            threading.Event().wait(left / NS)


class Filming:
    """A real capture of a clapper and a beeper into a real recorder, in real time."""

    def __init__(self, root: Path) -> None:
        self.clock = RealClock()
        self.disk = SlowFilesystem(clock=self.clock)
        self.bench = Bench(root, window_s=5, disk=self.disk)
        self.bench.clock = self.clock  # type: ignore[assignment]  # a camera's own
        self.bench.boot()
        epoch = self.clock.boot_ns()
        self.clapper, self.beeper = LiveClapper(self.clock, epoch), LiveBeeper(self.clock, epoch)
        sensors = Sensors(
            clock=self.clock, open_video=lambda _: self.clapper, open_audio=lambda _: self.beeper
        )
        self.capture = Capture(sensors, SETTINGS, self.bench.recorder.push, print)
        self.bench.recorder.cut = self.capture.cut
        self.capture.start()

    def until(self, condition: Callable[[], object]) -> None:
        tick = threading.Event()
        for _ in range(PATIENCE_S * 50):
            if condition():
                return
            tick.wait(0.02)
        pytest.fail(f"{self.capture.counts}")

    def stop(self) -> Report:
        assert self.bench.stop().ok
        self.capture.stop()
        return self.bench.verify(1)

    def account(self, report: Report) -> None:
        """Every frame and sample of the recording's span is in it, or in a signed gap; none is in both."""
        assert report.first_ns is not None
        assert report.end_ns is not None
        assert all(gap.cause is not None for gap in report.gaps), report.sentence
        parts = list(open_parts(self.bench.files(1), self.bench.identity.private))
        seen = decode([_as_chunk(part) for part in parts])
        holes = {
            track: [
                (gap.start_ns, gap.start_ns + gap.duration_ns) for gap in report.gaps if gap.track is track
            ]
            for track in Track
        }
        due = [at for at in self.clapper.given if report.first_ns <= at < report.end_ns]
        missing = [at for at in due if any(start <= at < end for start, end in holes[Track.VIDEO])]
        assert seen.frames == len(due) - len(missing)
        silent = sum(end - start for start, end in holes[Track.AUDIO])
        samples = (report.end_ns - report.first_ns - silent) * RATE / NS
        assert abs(seen.samples - samples) <= AAC_FRAME * (2 + len(holes[Track.AUDIO]))


def _as_chunk(part: OpenedPart) -> PlainChunk:
    header = part.header
    return PlainChunk(
        header.start_ns, header.duration_ns, header.label, (PlainPart(part.track, part.codec, part.data),)
    )


@pytest.fixture
def filming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Filming]:
    filming = Filming(tmp_path)
    yield filming
    filming.disk.pace = None
    filming.capture.stop()
    filming.bench.recorder.close()


def test_a_camera_on_a_card_that_pauses_for_two_seconds_keeps_every_frame_and_sample(
    filming: Filming,
) -> None:
    # proves C6
    filming.until(lambda: filming.capture.counts.chunks >= 2)
    assert filming.bench.press().ok
    now = filming.clock.boot_ns()
    pauses = [(now + at * NS, 2 * NS) for at in (1, 4)]
    filming.disk.pace = Pace(20_000_000, pauses)
    filming.until(lambda: filming.capture.counts.chunks >= 9)
    report = filming.stop()
    assert filming.capture.counts.lost_chunks == 0
    filming.account(report)


def test_what_a_camera_loses_to_a_pause_that_is_too_long_is_accounted_for_to_the_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C6
    monkeypatch.setattr("device.capture.capture.ChunkQueue", partial(ChunkQueue, depth=2))
    filming = Filming(tmp_path)
    try:
        filming.until(lambda: filming.capture.counts.chunks >= 2)
        assert filming.bench.press().ok
        answers = threading.Event()

        def hang(_: object) -> None:
            assert answers.wait(PATIENCE_S)

        filming.disk.before = hang
        filming.until(lambda: filming.capture.counts.lost_chunks >= 2)
        answers.set()
        made = filming.capture.counts.chunks
        filming.until(lambda: filming.capture.counts.chunks >= made + 2)
        report = filming.stop()
        assert GapCause.OVERFLOW in {gap.cause for gap in report.gaps}
        filming.account(report)
    finally:
        filming.capture.stop()
        filming.bench.recorder.close()
