"""Real faces, and where they are: the shared clips, and boxes that people drew in them once.

The clips are no part of the tree (``../shared/media``); the boxes are facts about them, and are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from device.encode.part import mux_part
from device.encode.video import VideoEncoder
from device.settings import VideoSettings
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask
from protocol.footage.format.model import PlainChunk, PlainPart, Track
from tests.support.media.recordings import label_at

MEDIA = Path(__file__).parents[3] / ".." / "shared" / "media"
TRUTH = Path(__file__).parent / "truth"
SECOND_NS = 10**9
BOOT_NS = 500 * SECOND_NS


@dataclass(frozen=True)
class DrawnFaces:
    """Where the faces of a clip are.

    Attributes:
        clip: the file.
        width: of its pictures, in pixels.
        height: likewise.
        pictures: how many there are.
        faces: each as a mask whose times are numbers of pictures.
    """

    clip: Path
    width: int
    height: int
    pictures: int
    faces: tuple[Mask, ...]

    def at(self, number: int) -> list[Area]:
        """Return where faces are in a picture."""
        return [
            face.area_at(number) for face in self.faces if face.keys[0].at_ns <= number <= face.keys[-1].at_ns
        ]


def drawn_faces(name: str) -> DrawnFaces:
    """Read what was drawn of a clip."""
    said = json.loads((TRUTH / f"{name}.json").read_text(encoding="utf-8"))
    faces = [
        Mask(place, tuple(KeyFrame(number, Area(*edges)) for number, *edges in rows), reason="drawn")
        for place, rows in enumerate(said["faces"], start=1)
    ]
    width, height = said["size"]
    return DrawnFaces(MEDIA / said["clip"], width, height, said["pictures"], tuple(faces))


def pictures_of(clip: Path) -> Iterator[tuple[NDArray[np.uint8], Fraction]]:
    """Give a clip's pictures as I420, and how many there are a second."""
    with av.open(str(clip), "r") as container:
        stream = container.streams.video[0]
        rate = Fraction(stream.average_rate or 10)
        for frame in container.decode(stream):
            yield np.asarray(frame.reformat(format="yuv420p").to_ndarray(), np.uint8), rate


def filmed(pictures: Sequence[NDArray[np.uint8]], fps: float) -> list[bytes]:
    """Return I420 pictures as a camera's parts, a second each, from ``BOOT_NS`` on."""
    return [part.data for chunk in filmed_chunks(pictures, fps) for part in chunk.parts]


def filmed_chunks(pictures: Sequence[NDArray[np.uint8]], fps: float) -> list[PlainChunk]:
    """Return I420 pictures as a camera's chunks, a second each, from ``BOOT_NS`` on."""
    height, width = pictures[0].shape[0] * 2 // 3, pictures[0].shape[1]
    encoder = VideoEncoder(VideoSettings(width=width, height=height, fps=fps, encoder="libx264"))
    packets = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        packets += encoder.encode(frame, BOOT_NS + round(number * SECOND_NS / fps))
    packets += encoder.flush()
    starts = [place for place, packet in enumerate(packets) if packet.keyframe]
    found = []
    for begin, end in pairwise([*starts, len(packets)]):
        start, stop = (BOOT_NS + round(each * SECOND_NS / fps) for each in (begin, end))
        part = PlainPart(Track.VIDEO, encoder.params.codec, mux_part(encoder.params, packets[begin:end]))
        found.append(PlainChunk(start, stop - start, label_at(start), (part,)))
    return found
