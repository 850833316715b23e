"""What a camera's shelf shows of a recording that a test made."""

from __future__ import annotations

from device.storage.segment import ClosedSegment
from tests.support.media.recordings import Take


def closed_segments(take: Take) -> tuple[ClosedSegment, ...]:
    """All segments of a recording, complete."""
    return tuple(ClosedSegment(name, len(data)) for name, data in sorted(take.segments.items()))
