"""Seconds of footage as a camera makes them, a plan for them, and the film of a copy."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import av
import numpy as np

from fleet.footage.media.fragment import read_part
from fleet.footage.media.movie import Description, MovieBuilder
from fleet.redaction.making.fill import I420
from fleet.redaction.redactor import CopyRedactor
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, TimeSpan
from fleet.redaction.rules.plan import ApprovedPlan, Fill, Muting, RedactionPlan, Widening
from protocol.footage.format.model import PlainChunk, Track
from tests.support.media.media import Picture, make_media
from tests.support.media.recordings import BOOT_NS

SECOND = 10**9
PICTURE = Picture(192, 128, 10, "high", drawn=True)
FACE = Area(40, 30, 90, 81)
OF_SECOND_TWO = Mask(
    1, (KeyFrame(1_300_000_000, FACE), KeyFrame(1_600_000_000, Area(60, 30, 110, 81))), reason="a neighbour"
)
TIGHT = Widening(0, 0, 0)
MUTE = Muting(2, TimeSpan(1_200_000_000, 1_500_000_000), "a name")
PLAN = RedactionPlan((OF_SECOND_TWO,), (MUTE,), TIGHT)


@cache
def footage() -> tuple[PlainChunk, ...]:
    """Return three seconds of picture and sound."""
    return tuple(make_media(seconds=3, picture=PICTURE))


def parts(track: Track) -> list[bytes]:
    """Return the parts of a track, second by second."""
    return [part.data for chunk in footage() for part in chunk.parts if part.track is track]


def redactor(plan: RedactionPlan = PLAN) -> CopyRedactor:
    """Return what makes the copy of the footage."""
    return CopyRedactor(ApprovedPlan(plan), BOOT_NS)


def with_fill(fill: Fill) -> RedactionPlan:
    """Return the plan with another fill."""
    return replace(PLAN, fill=fill)


def movie(of: Sequence[bytes]) -> bytes:
    """Return parts as one film."""
    builder, read = MovieBuilder(), [read_part(each) for each in of]
    for part in read:
        builder.add(part)
    header = builder.header(Description("a copy", "of a test", None))
    return header + b"".join(part.payload for part in read)


def shown(data: bytes) -> list[I420]:
    """Decode the pictures of a film or part."""
    with av.open(io.BytesIO(data), "r") as container:
        return [np.asarray(frame.to_ndarray()) for frame in container.decode(video=0)]
