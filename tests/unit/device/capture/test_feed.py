"""The feed: keeps a source open, says once what is wrong, and goes on saying that nothing comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from device.encode.packets import EncoderError
from device.frames import VideoFrame
from device.sources import feed as feeds
from device.sources.base import Pause, SourceError
from device.sources.feed import Feed
from protocol.footage.format.model import ClockLabel

IMAGE = np.zeros((2, 2, 3), np.uint8)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "_TICK_S", 0.001)
    monkeypatch.setattr(feeds, "_RETRY_S", (0.002, 0.003))
    monkeypatch.setattr(feeds, "_PAUSE_NS", 2)
    monkeypatch.setattr(feeds, "_LATE_NS", 6)


class _Clock:
    def __init__(self) -> None:
        self.now = 100

    def boot_ns(self) -> int:
        self.now += 1
        return self.now

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False)


class _Source:
    """Plays a script: an exception is raised, a number is a frame's time, None is the end."""

    def __init__(self, script: Iterator[int | Exception | Pause | None]) -> None:
        self._script = script
        self.closed = 0

    def open(self) -> None:
        self._play()

    def read(self) -> VideoFrame | Pause | None:
        at = self._play()
        return VideoFrame(IMAGE, at) if isinstance(at, int) else at

    def _play(self) -> int | Pause | None:
        step = next(self._script)
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed += 1


class _Taker:
    def __init__(self, stopping: threading.Event, until: int) -> None:
        self.times: list[int] = []
        self.absences: list[tuple[int, int]] = []
        self.silences: list[tuple[int, int]] = []
        self.refuse: EncoderError | None = None
        self._stopping = stopping
        self._until = until

    def take(self, item: VideoFrame) -> None:
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        self.times.append(item.boot_ns)
        if item.boot_ns == self._until:
            self._stopping.set()

    def silent(self, since_ns: int, until_ns: int) -> None:
        self.silences.append((since_ns, until_ns))

    def absent(self, since_ns: int, until_ns: int) -> None:
        self.absences.append((since_ns, until_ns))
        if len(self.absences) > 200:
            self._stopping.set()


def _run(
    script: list[int | Exception | Pause | None], until: int, refuse: EncoderError | None = None
) -> tuple[_Taker, list[str | None], list[_Source]]:
    stopping = threading.Event()
    taker = _Taker(stopping, until)
    taker.refuse = refuse
    steps = iter(script)
    sources: list[_Source] = []
    said: list[str | None] = []

    def make() -> _Source:
        sources.append(_Source(steps))
        return sources[-1]

    Feed[VideoFrame](make, taker, trouble=said.append, clock=_Clock(), stopping=stopping).run()
    return taker, said, sources


def test_frames_go_to_the_taker_until_told_to_stop() -> None:
    taker, said, sources = _run([0, 1, 2, 3], until=3)
    assert taker.times == [1, 2, 3]
    assert (said, taker.absences) == ([], [])
    assert [source.closed for source in sources] == [1]


def test_a_source_that_fails_is_tried_again_until_it_opens() -> None:
    gone = SourceError("The camera is gone.")
    taker, said, sources = _run([gone, gone, gone, 0, 7, 8], until=8)
    assert taker.times == [7, 8]
    assert said == [str(gone)] * 3 + [None]
    assert len(sources) == 4
    assert all(source.closed == 1 for source in sources)
    assert {since for since, _ in taker.absences} == {101}


def test_a_source_that_breaks_off_is_absent_since_its_last_frame() -> None:
    taker, said, _ = _run([0, 51, SourceError("Unplugged."), 0, 90], until=90)
    assert taker.times == [51, 90]
    assert {since for since, _ in taker.absences} == {51}
    assert said == ["Unplugged.", None]


def test_an_encoder_that_gives_up_makes_the_feed_begin_anew() -> None:
    taker, said, sources = _run([0, 5, 0, 6], until=6, refuse=EncoderError("Gave up."))
    assert taker.times == [6]
    assert said == ["Gave up.", None]
    assert len(sources) == 2


def test_a_file_at_its_end_is_not_opened_again() -> None:
    taker, said, sources = _run([0, 5, None], until=-1)
    assert taker.times == [5]
    assert said == ["The file has come to its end and is not set to loop."]
    assert len(sources) == 1
    assert len(taker.absences) > 100


def test_what_is_merely_late_is_no_silence() -> None:
    late = Pause(late=True)
    taker, said, _ = _run([0, 101, late, late, late, late, 102], until=102)
    assert (taker.times, taker.silences, said) == ([101, 102], [], [])


def test_what_is_late_for_longer_than_anybody_waits_is_silence() -> None:
    late = Pause(late=True)
    taker, _, _ = _run([0, *[late] * 9, 200], until=200)
    assert taker.silences == [(101, 102), (101, 103), (101, 104)]


def test_a_pause_is_silence_after_a_while_and_ends_with_the_next_frame() -> None:
    taker, said, sources = _run([0, 101, Pause(), Pause(), Pause(), Pause(), 200], until=200)
    assert taker.times == [101, 200]
    assert {since for since, _ in taker.silences} == {101}
    assert all(since < until < 105 for since, until in taker.silences)
    assert (said, taker.absences, len(sources)) == ([], [], 1)


def test_what_a_source_remarks_is_said_once_and_taken_back() -> None:
    slow = Pause("One picture each 7 s.")
    _, said, _ = _run([0, 101, slow, 102, slow, slow, 103, Pause(), Pause(), 104], until=104)
    assert said == ["One picture each 7 s.", None]
