"""A source that does not keep its pace is said not to within ten seconds, and why; a moment's halt is not."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import av
import numpy as np
import pytest
from av.packet import Packet

from device.frames import VideoFrame
from device.settings import VideoSettings
from device.sources.base import Pause
from device.sources.demux.decoding import Decoding
from device.sources.demux.open_track import OpenTrack
from device.sources.demux.played_video import PlayedVideo
from device.sources.demux.reading.connection import Connection
from device.sources.demux.reading.track_queue import DuePacket, Item, NewPass
from device.sources.live_video import LiveVideo
from protocol.footage.format.model import ClockLabel, Track

S = 1_000_000_000
MS = S // 1_000
FRAME = 40 * MS
PICTURE = np.zeros((48, 64, 3), np.uint8)
TOO_SLOW = "This machine is too slow for the picture of {}: give a smaller one."


class Hand:
    """A clock that only work and waiting move."""

    now = 100 * S

    def boot_ns(self) -> int:
        return self.now

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False)

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * S)


class SlowDecoder:
    """Gives a picture for each packet, and takes its time."""

    is_open = True
    sample_aspect_ratio = None
    codec = SimpleNamespace(canonical_name="hevc")

    def __init__(self, hand: Hand, held: int) -> None:
        self.takes_ns = 0
        self._hand = hand
        self._held: list[int] = []
        self._holds = held

    def decode(self, packet: Packet[Any] | None) -> list[av.VideoFrame]:
        if packet is None or packet.pts is None:
            return []
        self._hand.now += self.takes_ns
        self._held.append(packet.pts)
        if len(self._held) <= self._holds:
            return []
        picture = av.VideoFrame.from_ndarray(PICTURE, "bgr24")
        picture.pts = picture.dts = self._held.pop(0)
        return [picture]

    def flush_buffers(self) -> None:
        self._held.clear()


class Source:
    """A connection of pictures 40 ms apart, read three seconds ahead where it is a file.

    Args:
        hand: The clock.
        keys: Every so many pictures is one that others need.
        live: Whether a picture is there only once it was taken.
        reads_ns: How long reading a picture takes.
        held: How many pictures the decoder keeps to itself.
        since_s: For how long it has been playing.
    """

    def __init__(
        self,
        hand: Hand,
        *,
        keys: int = 10**9,
        live: bool = False,
        reads_ns: int = 0,
        held: int = 0,
        since_s: int = 0,
    ) -> None:
        self.decoder = SlowDecoder(hand, held)
        self._hand, self._begin = hand, hand.now - since_s * S
        self._items = self._all(keys)
        self._next: Item = next(self._items)
        self._live, self._reads_ns = live, reads_ns

    def _all(self, keys: int) -> Iterator[Item]:
        yield NewPass(OpenTrack(Track.VIDEO, 0, cast("Any", self.decoder), Fraction(MS), length_ns=FRAME))
        for index in range(10**6):
            packet: Packet[Any] = Packet(b"x")
            packet.pts = packet.dts = index * FRAME // MS
            packet.is_keyframe = index % keys == 0
            yield DuePacket(packet, self._begin + index * FRAME, self._begin)

    @property
    def is_behind(self) -> bool:
        return self._reads_ns > 0

    def attach(self, _: Track) -> None:
        """Somebody takes it."""

    def wait_open(self, _: Track, __: float) -> None:
        """It is open."""

    def take(self, _: Track, seconds: float) -> Item | None:
        """What is next, if it can be there by now."""
        item = self._next
        ahead = 0 if self._live else 3 * S
        wait = 0 if not isinstance(item, DuePacket) else max(0, item.begin_ns - ahead - self._hand.now)
        wait = max(wait, self._reads_ns if isinstance(item, DuePacket) else 0)
        if wait > seconds * S:
            self._hand.now += round(seconds * S)
            self._reads_ns = max(0, self._reads_ns - round(seconds * S)) if self._reads_ns else 0
            return None
        self._hand.now += wait
        self._next = next(self._items)
        return item


def filming(source: Source, hand: Hand, name: str) -> PlayedVideo:
    """The reader of it."""
    settings = VideoSettings(source=name, fps=30)
    video = PlayedVideo(settings, hand, lambda: cast("Connection", source), hand.sleep)
    video.open()
    return video


def said_in(video: PlayedVideo, hand: Hand, seconds: float, last: str = "") -> list[tuple[float, str]]:
    """What it says anew in that time, having said that last, and when, in seconds."""
    begin, said = hand.now, []
    while hand.now - begin < seconds * S:
        item = video.read()
        hand.now += MS // 10
        if isinstance(item, Pause) and item.sentence != last:
            last = item.sentence
            said.append(((hand.now - begin) / S, last))
    return said


# proves C12
@pytest.mark.parametrize("name", ["walk.mp4", "rtsp://anna:geheim@camera.example/1"])
@pytest.mark.parametrize("keys", [1, 50, 10**9], ids=["all keys", "a key each 2 s", "one key"])
@pytest.mark.parametrize("takes_ms", [60, 400, 2_000])
def test_a_machine_that_is_too_slow_is_said_to_be_within_ten_seconds(
    name: str, keys: int, takes_ms: int
) -> None:
    hand = Hand()
    source = Source(hand, keys=keys, live="://" in name)
    source.decoder.takes_ns = takes_ms * MS
    said = said_in(filming(source, hand, name), hand, 40)
    shown = "rtsp://camera.example/…" if "://" in name else name
    assert [sentence for _, sentence in said] == [TOO_SLOW.format(shown)], "said once, and not taken back"
    assert said[0][0] <= 10


@pytest.mark.parametrize("name", ["walk.mp4", "rtsp://camera.example/1"])
@pytest.mark.parametrize("keys", [1, 50])
@pytest.mark.parametrize("takes_ms", [60, 100, 400])
def test_a_machine_that_is_too_slow_goes_on_giving_what_it_can(name: str, keys: int, takes_ms: int) -> None:
    """All of a second and more was decoded, and too late, for ever."""
    hand = Hand()
    source = Source(hand, keys=keys, live="://" in name)
    source.decoder.takes_ns = takes_ms * MS
    video, begin, given = filming(source, hand, name), hand.now, []
    while hand.now - begin < 120 * S:
        if isinstance(video.read(), VideoFrame):
            given.append(hand.now - begin)
    pauses = [after - before for before, after in pairwise([*given, 120 * S])]
    assert max(pauses) < 16 * S
    assert max(pauses[len(pauses) // 2 :]) < 6 * S
    assert len(given) > 120 * S // (3 * source.decoder.takes_ns)


def test_a_decoder_that_keeps_pictures_to_itself_is_not_waited_for_without_a_word() -> None:
    hand = Hand()
    source = Source(hand, held=64)
    source.decoder.takes_ns = S
    said = said_in(filming(source, hand, "walk.mp4"), hand, 12)
    assert [sentence for _, sentence in said] == [TOO_SLOW.format("walk.mp4")]
    assert said[0][0] <= 10


def test_it_is_taken_back_once_the_machine_keeps_the_pace_again() -> None:
    hand = Hand()
    source = Source(hand, keys=25)
    video = filming(source, hand, "walk.mp4")
    source.decoder.takes_ns = 100 * MS
    ((_, said),) = said_in(video, hand, 20)
    source.decoder.takes_ns = 5 * MS
    assert [sentence for _, sentence in said_in(video, hand, 30, said)] == [""]


@pytest.mark.parametrize("name", ["walk.mp4", "rtsp://camera.example/1"])
@pytest.mark.parametrize("takes_ms", [5, 30])
@pytest.mark.parametrize("stood_s", [0, 1, 3, 20])
def test_a_machine_that_stood_for_a_while_is_not_called_slow(name: str, takes_ms: int, stood_s: int) -> None:
    hand = Hand()
    source = Source(hand, keys=25, live="://" in name)
    source.decoder.takes_ns = takes_ms * MS
    video = filming(source, hand, name)
    said = said_in(video, hand, 5)
    hand.now += stood_s * S
    assert not said + said_in(video, hand, 30)


def test_a_slow_machine_gives_what_it_can_and_rests_not_a_moment() -> None:
    """It was held up by half of each picture's time once it was behind, which made it slower still."""
    hand = Hand()
    source = Source(hand)
    source.decoder.takes_ns = 44 * MS
    video, begin, given = filming(source, hand, "walk.mp4"), hand.now, 0
    while hand.now - begin < 20 * S:
        given += isinstance(video.read(), VideoFrame)
    assert given >= 20 * S // source.decoder.takes_ns - 2


# proves C12
@pytest.mark.parametrize("reads_ms", [1, 10])
def test_a_long_file_that_is_joined_late_is_not_called_slow_and_shows_the_picture_of_now(
    reads_ms: int,
) -> None:
    hand = Hand()
    source = Source(hand, keys=250, reads_ns=reads_ms * MS, since_s=1000)
    source.decoder.takes_ns = MS
    video, begin, shown = filming(source, hand, "walk.mp4"), hand.now, None
    while shown is None:
        item = video.read()
        assert not (isinstance(item, Pause) and item.sentence)
        shown = item if isinstance(item, VideoFrame) else None
    reading_s = 1000 * 25 * reads_ms / 1000
    assert (hand.now - begin) / S < reading_s * 1000 / (1000 - 25 * reads_ms) + 2, "from the key before"
    assert not said_in(video, hand, 20)


def test_a_file_that_is_read_too_slowly_is_said_to_be() -> None:
    hand = Hand()
    source = Source(hand, reads_ns=80 * MS)
    said = said_in(filming(source, hand, "walk.mp4"), hand, 12)
    assert [sentence for _, sentence in said] == [
        "walk.mp4 is read more slowly than it plays: check what it is stored on."
    ]
    assert said[0][0] <= 10


def test_what_is_joined_is_decoded_behind_the_key_before_it() -> None:
    """A decoder of sound warms up on it, and pictures before an open group's key need it."""
    hand = Hand()
    source = Source(hand, keys=1)
    seen: list[int] = []
    decode = source.decoder.decode

    def watched(packet: Packet[Any] | None) -> list[av.VideoFrame]:
        if packet is not None and packet.pts is not None:
            seen.append(packet.pts)
        return decode(packet)

    source.decoder.decode = watched  # type: ignore[method-assign]
    joined_at = hand.now + 10 * FRAME
    decoding = Decoding("walk.mp4", cast("Connection", source), Track.VIDEO, lambda due: due < joined_at)
    while len(seen) < 3:
        decoding.next()
    assert seen == [9 * FRAME // MS, 10 * FRAME // MS, 11 * FRAME // MS]


class Driver:
    """A camera of the machine, 30 pictures a second, and a reader that takes its time with each.

    It keeps one picture for whoever comes late, and gives it at once.
    """

    def __init__(self, hand: Hand, takes_ns: int) -> None:
        self.takes_ns = takes_ns
        self.apart_ns = S // 30
        self._hand, self._next = hand, hand.now

    def isOpened(self) -> bool:  # noqa: N802 - as OpenCV has it
        return True

    def release(self) -> None:
        """Nothing to let go of."""

    def set(self, *_: object) -> bool:
        return True

    def get(self, _: int) -> float:
        return 0.0

    def grab(self) -> bool:
        self._hand.now = max(self._hand.now, self._next) + MS // 20
        self._next = max(self._next + self.apart_ns, self._hand.now)
        return True

    def retrieve(self, _: object) -> tuple[bool, object]:
        self._hand.now += self.takes_ns
        return True, PICTURE


def watched_camera(hand: Hand, takes_ns: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Driver, LiveVideo]:
    """A camera that is open, and what reads it."""
    driver = Driver(hand, takes_ns)
    monkeypatch.setattr("device.sources.opencv.cv2.VideoCapture", lambda *_: driver)
    video = LiveVideo(VideoSettings(source="/dev/video0", fps=30), hand, hand.boot_ns)
    video.open()
    return driver, video


# proves C12
@pytest.mark.parametrize("takes_ms", [34, 60, 400, 1_500])
def test_a_machine_that_is_too_slow_for_its_camera_is_said_to_be_within_ten_seconds(
    takes_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand()
    driver, video = watched_camera(hand, takes_ms * MS, monkeypatch)
    said = said_in(cast("PlayedVideo", video), hand, 40)
    assert [sentence for _, sentence in said] == [
        (
            "This machine is too slow for the picture of the camera /dev/video0: "
            "set video.width, video.height or video.fps lower."
        )
    ]
    assert said[0][0] <= 10
    driver.takes_ns = 5 * MS
    assert [sentence for _, sentence in said_in(cast("PlayedVideo", video), hand, 30, said[0][1])] == [""]


@pytest.mark.parametrize("takes_ms", [1, 20, 30])
@pytest.mark.parametrize("stood_s", [0, 3, 60])
@pytest.mark.parametrize("apart_ms", [33, 100])
def test_a_machine_that_waits_for_its_camera_is_not_called_slow(
    takes_ms: int, stood_s: int, apart_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is one that stood for a while, or whose camera gives fewer pictures in the dark."""
    hand = Hand()
    driver, video = watched_camera(hand, takes_ms * MS, monkeypatch)
    said = said_in(cast("PlayedVideo", video), hand, 4)
    hand.now += stood_s * S
    driver.apart_ns = apart_ms * MS
    assert not said + said_in(cast("PlayedVideo", video), hand, 30)
