"""Reads one decrypted part with FFmpeg's libraries, as a player would: its boxes, times, codec and pictures.

What is wrong with a part is in what is returned, and is not raised: parts come from anybody.
"""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import av.error
import av.logging

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

HEAD = struct.Struct(">I4s")
LONG = 1
TO_THE_END = 0
PROBE_S = 20
ESCAPED_TYPE = 31


@dataclass(frozen=True, slots=True)
class PartMedia:
    """What reading a part showed.

    Attributes:
        boxes: The kinds of its outermost boxes, in order.
        tracks: How many tracks it has.
        kind: ``video`` or ``audio``; empty where nothing could be read.
        codec: As RFC 6381 writes it; where that is not known here, the sample entry's name.
        timescale: Ticks a second; 0 where nothing could be read.
        start_ns: When the first sample begins.
        end_ns: When the last is over.
        starts_alone: Whether the first sample can be decoded without any before it.
        frames: How many pictures, or blocks of sound, came out of the decoder.
        complaints: What the decoder had to say.
    """

    boxes: tuple[str, ...]
    tracks: int = 0
    kind: str = ""
    codec: str = ""
    timescale: int = 0
    start_ns: int = 0
    end_ns: int = 0
    starts_alone: bool = False
    frames: int = 0
    complaints: tuple[str, ...] = ()


def read_media(data: bytes) -> PartMedia:
    """Read a part from end to end."""
    boxes = outer_boxes(data)
    with av.logging.Capture(local=False) as said:
        previous = av.logging.get_level()
        av.logging.set_level(av.logging.WARNING)
        try:
            with av.open(io.BytesIO(data), "r", format="mp4") as container:
                found = _read(container, boxes)
            failure: tuple[str, ...] = ()
        except (av.error.FFmpegError, OSError, ValueError) as error:
            found, failure = PartMedia(boxes), (str(error),)
        finally:
            av.logging.set_level(previous)
    told = tuple(f"{name}: {words.strip()}" for _, name, words in said)
    return replace(found, complaints=(*found.complaints, *failure, *told))


def outer_boxes(data: bytes) -> tuple[str, ...]:
    """The kinds of a file's outermost boxes (ISO/IEC 14496-12 section 4.2); ``?`` where one does not fit."""
    kinds: list[str] = []
    at = 0
    while at < len(data):
        if at + HEAD.size > len(data):
            return (*kinds, "?")
        size, kind = HEAD.unpack_from(data, at)
        least = HEAD.size
        if size == LONG and at + HEAD.size + 8 <= len(data):
            (size,) = struct.unpack_from(">Q", data, at + HEAD.size)
            least += 8
        elif size == TO_THE_END:
            size = len(data) - at
        if size < least or at + size > len(data):
            return (*kinds, "?")
        kinds.append(kind.decode("latin-1"))
        at += size
    return tuple(kinds)


def probed(file: Path) -> str | None:
    """What ffprobe complains of in a file; empty where it does not, None where there is no ffprobe."""
    program = shutil.which("ffprobe")
    if program is None:
        return None
    command = [program, "-v", "warning", "-show_entries", "format=nb_streams", "-of", "json", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PROBE_S)  # noqa: S603 - arguments as a list
    except subprocess.TimeoutExpired:
        return f"it did not come to an end within {PROBE_S} s"
    said = done.stderr.decode("utf-8", "replace").replace(str(file), "the part").strip().splitlines()
    if done.returncode or said:
        return said[0] if said else f"it ended with status {done.returncode}"
    return "" if _streams(done.stdout) else "it found no track"


def _streams(output: bytes) -> int:
    try:
        return int(json.loads(output)["format"]["nb_streams"])
    except (ValueError, KeyError, TypeError):
        return 0


def _read(container: av.container.InputContainer, boxes: tuple[str, ...]) -> PartMedia:
    if not container.streams:
        return PartMedia(boxes, complaints=("there is no track in it",))
    stream: Any = container.streams[0]
    base = stream.time_base or Fraction(1)
    starts: list[Fraction] = []
    ends: list[Fraction] = []
    first = True
    alone = False
    frames = 0
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            alone = bool(packet.is_keyframe) if first else alone
            first = False
            starts.append(packet.pts * base)
            ends.append((packet.pts + (packet.duration or 0)) * base)
        frames += len(packet.decode())
    return PartMedia(
        boxes,
        tracks=len(container.streams),
        kind=stream.type,
        codec=_codec(stream.codec_context),
        timescale=round(1 / base),
        start_ns=int(min(starts, default=Fraction(0)) * NS_PER_S),
        end_ns=int(max(ends, default=Fraction(0)) * NS_PER_S),
        starts_alone=alone,
        frames=frames,
    )


def _codec(context: Any) -> str:  # noqa: ANN401 - a codec context of either kind
    entry, extra = str(context.codec_tag), bytes(context.extradata or b"")
    if entry in {"avc1", "avc3"} and len(extra) > 3 and extra[0] == 1:  # noqa: PLR2004 - avcC, ISO/IEC 14496-15
        return f"{entry}.{extra[1:4].hex().upper()}"
    if entry == "mp4a" and len(extra) > 1:
        kind = extra[0] >> 3  # AudioSpecificConfig, ISO/IEC 14496-3 section 1.6.2.1
        if kind == ESCAPED_TYPE:
            kind = 32 + ((extra[0] & 7) << 3 | extra[1] >> 5)
        return f"mp4a.40.{kind}"
    return entry
