"""Real encoded footage for tests of playing and exporting: H.264 and AAC in self-initialising CMAF parts.

``make_media`` encodes a moving picture and a tone and cuts them into chunks as a camera does: one closed
group of pictures a chunk, and the sound whose packets begin within it. ``MediaTake`` seals such chunks into a
recording.

    take = MediaTake(make_identity(), make_media(seconds=6))
    take.record(prerecord=4)
    take.files
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import count
from typing import Any

import av
import numpy as np

from protocol.footage.format.model import PlainChunk, PlainPart, Track
from protocol.footage.format.segment import segment_name
from protocol.footage.format.sizes import FIRST_PREVIOUS
from protocol.footage.ledger.ledger import EventKind
from protocol.footage.sealing.sealed_chunk import SealedChunk, seal_chunk
from simulator.sources.synthetic import SyntheticScene
from tests.support.media.recordings import BOOT_NS, SECOND_NS, Take, label_at

FLAGS = "cmaf+frag_custom+empty_moov+default_base_moof+frag_discont+skip_trailer+negative_cts_offsets"
RATE = 48_000
FRAME = 1024


@dataclass(frozen=True)
class Picture:
    """What to encode as the picture, and how; ``drawn`` is the simulator's made scene."""

    width: int = 160
    height: int = 120
    fps: int = 10
    profile: str = "baseline"
    drawn: bool = False


def make_media(
    *, seconds: int = 4, picture: Picture | None = None, sound: bool = True, start_ns: int = BOOT_NS
) -> list[PlainChunk]:
    """Return one chunk a second, from ``start_ns`` on the boot clock."""
    pictures = picture or Picture()
    video = _video_parts(seconds, pictures, start_ns)
    audio = _audio_parts(seconds, start_ns) if sound else [None] * seconds
    return [
        PlainChunk(
            start_ns=start_ns + at * SECOND_NS,
            duration_ns=SECOND_NS,
            label=label_at(start_ns + at * SECOND_NS),
            parts=tuple(part for part in (video[at], audio[at]) if part is not None),
        )
        for at in range(seconds)
    ]


@cache
def _video_parts(seconds: int, picture: Picture, start_ns: int) -> list[PlainPart]:
    out = av.open(io.BytesIO(), "w", format="mp4")
    stream: Any = out.add_stream("libx264", rate=picture.fps)
    stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, 90_000)
    stream.codec_context.gop_size = picture.fps
    stream.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": picture.profile,
        "x264-params": "scenecut=0:open-gop=0",
    }
    step = 90_000 // picture.fps
    first = start_ns * 90_000 // SECOND_NS
    out.start_encoding()  # only then does the stream know what its encoder will write
    packets: list[Any] = []
    for at, frame in zip(range(seconds * picture.fps), _frames(picture), strict=False):
        frame.pts, frame.time_base = first + at * step, Fraction(1, 90_000)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    for packet in packets:
        packet.duration = step
    codec = (
        f"avc1.{stream.codec_context.extradata[5:8].hex().upper()}"
        if stream.codec_context.extradata[0] == 0
        else "avc1.42C00A"
    )
    return [
        PlainPart(Track.VIDEO, codec, _part(stream, packets[at * picture.fps : (at + 1) * picture.fps]))
        for at in range(seconds)
    ]


@cache
def _audio_parts(seconds: int, start_ns: int) -> list[PlainPart]:
    out = av.open(io.BytesIO(), "w", format="mp4")
    stream: Any = out.add_stream("aac", rate=RATE)
    stream.layout, stream.format = "mono", "fltp"
    stream.bit_rate = 64_000
    stream.time_base = stream.codec_context.time_base = Fraction(1, RATE)
    first = start_ns * RATE // SECOND_NS
    out.start_encoding()  # only then does the stream know what its encoder will write
    packets: list[Any] = []
    for at in range(seconds * RATE // FRAME + 2):
        times = (np.arange(FRAME) + at * FRAME) / RATE
        tone = (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone.reshape(1, -1), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first + at * FRAME, Fraction(1, RATE)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    spans: list[list[Any]] = [[] for _ in range(seconds)]
    for packet in packets:
        second = (packet.pts - first) // RATE
        if 0 <= second < seconds:  # the encoder's priming comes before, and belongs to no chunk
            spans[second].append(packet)
    return [PlainPart(Track.AUDIO, "mp4a.40.2", _part(stream, span)) for span in spans]


def _frames(picture: Picture) -> Iterator[av.VideoFrame]:
    """Yield pictures without end."""
    if picture.drawn:
        for image in SyntheticScene(picture.width, picture.height, picture.fps).pictures(0):
            yield av.VideoFrame.from_ndarray(image, format="yuv420p")
    for at in count():
        yield av.VideoFrame.from_ndarray(_scene(at, picture), format="rgb24")


def _scene(at: int, picture: Picture) -> np.ndarray[Any, Any]:
    image = np.zeros((picture.height, picture.width, 3), np.uint8)
    image[:, :, 1] = np.linspace(0, 200, picture.width, dtype=np.uint8)
    left = (at * 7) % (picture.width - 20)
    image[20:40, left : left + 20] = (250, 240, 20)
    return image


def _part(stream: av.VideoStream | av.AudioStream, packets: list[Any]) -> bytes:
    """Mux packets into one self-initialising CMAF file whose decode time is absolute."""
    buffer = io.BytesIO()
    with av.open(
        buffer,
        "w",
        format="mp4",
        options={"movflags": FLAGS, "use_editlist": "0", "avoid_negative_ts": "disabled"},
    ) as out:
        target = out.add_stream_from_template(stream)
        target.time_base = stream.time_base
        for packet in packets:
            copy = av.Packet(bytes(packet))
            copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
            copy.time_base, copy.is_keyframe, copy.stream = packet.time_base, packet.is_keyframe, target
            out.mux(copy)
    return buffer.getvalue()


@dataclass
class MediaTake(Take):
    """A recording whose chunks are real footage: give it the chunks, then drive it as any ``Take``."""

    media: list[PlainChunk] = field(default_factory=list)

    def chunk(self, **_options: object) -> SealedChunk:  # the footage decides
        """Seal the next chunk of the footage."""
        seq = len(self.chunks)
        plain = self.media[seq]
        keys = {part.track: self.random(32) for part in plain.parts}
        sealed = seal_chunk(
            plain,
            camera=self.identity.camera,
            run=self.run,
            seq=seq,
            previous=self.chunks[-1].digest if self.chunks else FIRST_PREVIOUS,
            keys=keys,
            sign=self.identity.signer,
        )
        self.at_ns = plain.start_ns
        if seq % self.per_segment == 0:
            self._begin_segment(seq)
        self.segments[segment_name(self.run, seq // self.per_segment)] += sealed.record
        self.chunks.append(sealed)
        self.keys |= {(seq, track): key for track, key in keys.items()}
        self.at_ns = plain.start_ns + plain.duration_ns
        return sealed

    def record(
        self,
        *,
        outside: int = 0,
        prerecord: int = 2,
        closed: bool = True,
        assignment: str | None = "assignment-1",
        clock_set: bool = True,
    ) -> MediaTake:
        """Record all of the footage: some chunks outside, the pre-record, the press, and the rest live."""
        self.clock_set = clock_set
        for _ in range(outside + prerecord):
            self.chunk()
        self.press(outside=outside, asked_s=prerecord, assignment=assignment)
        for _ in range(len(self.media) - outside - prerecord):
            self.live()
        self.event(EventKind.BOOKMARK)
        if closed:
            self.close()
        return self
