"""What the verifier knows of a recording's segments once they were walked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.footage.verifying.continuity import Continuity

if TYPE_CHECKING:
    from protocol.footage.format.model import ChunkHeader
    from protocol.footage.verifying.results.chunk_result import ChunkResult
    from protocol.footage.verifying.results.finding import Finding


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """What a segment file holds: chunks at all, and chunks of this recording."""

    name: str
    chunks: int
    recorded: int
    readable: bool


@dataclass(slots=True)
class SegmentsView:
    """What the segments hold, and what is wrong with them.

    Attributes:
        chunks: Every chunk that could be read.
        findings: What is wrong.
        continuity: The recording's own chunks, for gaps.
        files: Every segment file, in order.
        first: The recording's first chunk that has keys.
        last: Its last.
        recorded: How many chunks of the recording there are, with keys or without.
        without_keys: How many chunks at the end have no keys.
    """

    chunks: list[ChunkResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    continuity: Continuity = field(default_factory=Continuity)
    files: list[SegmentUse] = field(default_factory=list)
    first: ChunkHeader | None = None
    last: ChunkHeader | None = None
    recorded: int = 0
    without_keys: int = 0
