"""Packets of one track to frames on the boot clock, on the thread of the one who reads them.

Rules:

- A frame gets what was added to the stamps of the packet that it comes from, whatever the order.
- A picture is shown by its own stamp, or by when it came out (``device.sources.demux.showing_times``).
- What is long past is not decoded for nothing: of packets that are too late, those before the last key
  picture are left out. Those behind it are decoded one by one: all at once, pictures would fill the memory.
  A machine that is too slow for that waits for a key picture: else all of it would be late again, for ever.
- An empty packet says that the picture before is shown on: it is given once more.
- A packet that cannot be decoded is left out. A stream of which nothing can be is an error.

It waits a tenth of a second at most.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import av

from device.sources.base import SourceError
from device.sources.demux.codec_changes import changed_codec
from device.sources.demux.fields import Fields, is_field_alone
from device.sources.demux.picture import UPRIGHT, PictureTurn, Standing, pixel_aspect
from device.sources.demux.reading.track_queue import DuePacket, NewPass, SourceEnd
from device.sources.demux.reading.troubles import why
from device.sources.demux.showing_times import ShowingTimes
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.audio.codeccontext import AudioCodecContext
    from av.audio.frame import AudioFrame
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame as Picture

    from device.sources.demux.open_track import OpenTrack
    from device.sources.demux.reading.track_queue import Item
    from protocol.footage.format.model import Track

TAKE_S: Final = 0.1
_IN_FLIGHT: Final = 128
_MOST_LATE: Final = 1_500
_MOST_HELD_NS: Final = 10 * NS_PER_S
_MOST_BAD: Final = 300


@dataclass(frozen=True, slots=True)
class Decoded:
    """A frame.

    Attributes:
        frame: As the decoder gave it.
        begin_ns: Its time, on the boot clock.
        aspect: How much wider than high its pixels are, as the source says; 1 for sound.
        fps: Pictures a second, where the source states them.
        turned: How a picture is turned to stand upright.
        fields: How a picture is woven from fields that does not say so itself.
        alone: Whether a picture is one field, half as high as what it shows.
    """

    frame: Picture | AudioFrame
    begin_ns: int
    aspect: Fraction = Fraction(1)
    fps: float | None = None
    turned: PictureTurn = UPRIGHT
    fields: Fields = Fields.AS_STATED
    alone: bool = False


class Packets(Protocol):
    """Where packets come from."""

    def take(self, track: Track, seconds: float) -> Item | None:
        """What is next of a track; ``None`` if nothing came in that time, or a ``SourceError``."""
        ...


class Ended(Exception):  # noqa: N818 - it is no error
    """Nothing more comes, and that is as it should be."""


class Decoding:
    """Decodes one track of a connection.

    Args:
        source: As it is configured, for sentences.
        connection: Where packets come from.
        track: Which.
        late: Says whether what is due then is too late.
        goes_on: Says of what is not, behind what was, by when it is due and whether it is a key picture,
            whether the machine is quick enough to go on with it.

    Attributes:
        passes: How many passes have begun.
        at_ns: When the packet was due that was taken or decoded last; None before the first.
        left_out: How many packets were not decoded, as they were too late.
    """

    def __init__(
        self,
        source: str,
        connection: Packets,
        track: Track,
        late: Callable[[int], bool],
        goes_on: Callable[[int, bool], bool] | None = None,
    ) -> None:
        self.passes = 0
        self.at_ns: int | None = None
        self.left_out = 0
        self._name = source
        self._connection = connection
        self._kind = track
        self._too_late = late
        self._goes_on = goes_on or (lambda _due_ns, _key: True)
        self._track: OpenTrack | None = None
        self._decoder: VideoCodecContext | AudioCodecContext | None = None
        self._late: deque[DuePacket] = deque()
        self._needed: deque[DuePacket] = deque()
        self._shifts: OrderedDict[int, int] = OrderedDict()
        self._reckoned: set[int] = set()
        self._first_rate, self._last_shift, self._follows_ns = 0, 0, 0
        self._showing = ShowingTimes()
        self._bad, self._ended = 0, False
        self._coded_aspect: list[Fraction | None] = []
        self._standing = Standing()
        self._last: Decoded | None = None

    def next(self) -> list[Decoded] | None:
        """What comes out of the next packet, often one frame; ``None`` where there is no packet yet.

        Raises:
            SourceError: The connection broke, or nothing can be decoded.
            Ended: It is over.
        """
        if self._ended:
            raise Ended
        if self._needed:
            return list(self._decode(self._needed.popleft()))
        item = self._connection.take(self._kind, TAKE_S)
        if isinstance(item, DuePacket):
            self.at_ns = item.begin_ns
            self._needed.extend(self._worth_decoding(item))
            return list(self._decode(self._needed.popleft())) if self._needed else []
        if isinstance(item, NewPass):
            rest = self._flush()
            self._track, self._coded_aspect, self._first_rate = item.track, [], 0
            self._decoder = item.track.decoder
            self._standing = Standing()
            self._showing.begin_pass()
            self.passes += 1
            return rest
        if item is SourceEnd.END:
            self._ended = True
            return self._flush()
        return None

    def _worth_decoding(self, piece: DuePacket) -> list[DuePacket]:
        """The packet, after those before it that it needs; none while it is too late to be shown itself."""
        key, due = piece.packet.is_keyframe, piece.begin_ns
        held = bool(self._late) and due - self._late[0].begin_ns < _MOST_HELD_NS
        late = self._too_late(due) or (held and not self._goes_on(due, key))
        is_slow = not self._goes_on(due, False)
        if key and self._late and (late or is_slow):  # else the decoder warms up on what goes before
            self._leave_out()
        self._late.append(piece)
        if late:
            return [self._late.popleft()] if len(self._late) > _MOST_LATE else []
        ready = list(self._late)
        self._late.clear()
        return ready

    def _leave_out(self) -> None:
        self.left_out += len(self._late)
        self._late.clear()
        if self._decoder is not None and self._decoder.is_open:
            self._decoder.flush_buffers()
        self._showing.dropped()
        self._shifts, self._reckoned = OrderedDict(), set()

    def _flush(self) -> list[Decoded]:
        """What the decoder still holds of a pass that is over; what is too late is shown to nobody."""
        self.left_out += len(self._late)
        self._late.clear()
        rest = list(self._decode(None)) if self._decoder is not None and self._decoder.is_open else []
        self._shifts, self._reckoned = OrderedDict(), set()
        return rest

    def _decode(self, piece: DuePacket | None) -> Iterator[Decoded] | list[Decoded]:
        track = self._track
        if track is None:
            return []
        if piece is not None and not piece.packet.size:
            return self._shown_on(piece, track)
        rest = [] if piece is None else self._follow_codec(piece, track)
        if piece is not None:
            self.at_ns = piece.begin_ns
            self._remember(piece)
        try:
            frames = cast("Any", self._decoder).decode(None if piece is None else piece.packet)
        except (av.FFmpegError, ValueError) as error:
            self._count_bad(error)
            return rest
        if frames:
            self._bad = 0
        return rest + [self._timed(frame, track) for frame in frames]

    def _follow_codec(self, piece: DuePacket, track: OpenTrack) -> list[Decoded]:
        """Decode by another codec from a packet on that says so; what the one before still held."""
        if not track.codec_may_change:
            return []
        before = cast("VideoCodecContext | AudioCodecContext", self._decoder)
        name = changed_codec(track.track, before.codec.canonical_name, memoryview(cast("Any", piece.packet)))
        if name is None:
            return []
        rest = list(self._decode(None)) if before.is_open else []
        self._decoder = cast("VideoCodecContext | AudioCodecContext", av.CodecContext.create(name, "r"))
        return rest

    def _shown_on(self, piece: DuePacket, track: OpenTrack) -> list[Decoded]:
        stamp = piece.packet.pts if piece.packet.pts is not None else piece.packet.dts
        if self._last is None or stamp is None:
            return []
        return [replace(self._last, begin_ns=round(stamp * track.tick_ns) + piece.shift_ns)]

    def _remember(self, piece: DuePacket) -> None:
        self._last_shift = piece.shift_ns
        if piece.packet.is_keyframe:
            self._showing.key_packet(piece.begin_ns)
        stamp = piece.packet.pts if piece.packet.pts is not None else piece.packet.dts
        if stamp is not None:
            self._shifts[stamp] = piece.shift_ns
            if piece.packet.pos is None:
                self._reckoned.add(stamp)
            while len(self._shifts) > _IN_FLIGHT:
                self._reckoned.discard(self._shifts.popitem(last=False)[0])

    def _timed(self, frame: Picture | AudioFrame, track: OpenTrack) -> Decoded:
        stamp = frame.pts if frame.pts is not None else frame.dts
        shift = self._last_shift if stamp is None else self._shifts.pop(stamp, self._last_shift)
        own = None if frame.pts is None else round(frame.pts * track.tick_ns) + shift
        out = None if frame.dts is None else round(frame.dts * track.tick_ns) + shift
        if isinstance(frame, av.AudioFrame):
            known = None if self._is_misreckoned(frame, frame.pts) else own if own is not None else out
        else:
            known = self._showing.shown(own, out)
        begin = self._follows_ns if known is None else known
        self._follows_ns = begin + _length(frame, track)
        if isinstance(frame, av.AudioFrame):
            return Decoded(frame, begin)
        aspect = self._aspect(track)
        self._last = Decoded(
            frame,
            begin,
            aspect,
            track.fps,
            self._standing.turn(frame),
            track.fields,
            frame.interlaced_frame
            and is_field_alone(self._canonical_name(), frame.width, frame.height, pixel_aspect(aspect)),
        )
        return self._last

    def _canonical_name(self) -> str:
        return "" if self._decoder is None else self._decoder.codec.canonical_name

    def _is_misreckoned(self, frame: AudioFrame, stamp: int | None) -> bool:
        """Whether a stamp was reckoned by FFmpeg, which takes the rate of before, and not read.

        In a transport stream several frames of sound share one stamp (ISO/IEC 13818-1, 2.4.3.7): those after
        the first follow it. FFmpeg counts that from the rate that it saw first, however it changes later.
        """
        reckoned = stamp in self._reckoned
        self._reckoned.discard(stamp or 0)
        self._first_rate = self._first_rate or frame.sample_rate
        return reckoned and frame.sample_rate != self._first_rate

    def _aspect(self, track: OpenTrack) -> Fraction:
        """The container's word on the shape of the pixels, until the pictures themselves say another."""
        coded = cast("VideoCodecContext", self._decoder).sample_aspect_ratio
        if not self._coded_aspect:
            self._coded_aspect = [coded]
        return track.pixel_aspect if coded is None or coded == self._coded_aspect[0] else coded

    def _count_bad(self, error: Exception) -> None:
        self._showing.dropped()
        self._bad += 1
        if self._bad > _MOST_BAD:
            raise SourceError(f"{self._name} cannot be decoded ({why(error)}): give another.") from error


def _length(frame: Picture | AudioFrame, track: OpenTrack) -> int:
    if isinstance(frame, av.AudioFrame):
        return frame.samples * NS_PER_S // (frame.sample_rate or NS_PER_S)
    return track.length_ns
