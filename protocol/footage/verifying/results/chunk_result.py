"""What the verifier found of one chunk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.verifying.results.json_value import JsonValue


class ChunkStatus(StrEnum):
    """What was found of one chunk."""

    INTACT = "intact"
    OUTSIDE = "outside the recording"
    WITHOUT_KEYS = "without keys"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What was found of one chunk.

    Attributes:
        seq: Its number.
        file: In which file it lies.
        offset: Where its record begins there.
        start_ns: Its start on the boot-time clock.
        duration_ns: Its length.
        status: What was found.
        digest: The digest of its header, as the camera signed it.
        previous: The digest that it names of the chunk before it.
    """

    seq: int
    file: str
    offset: int
    start_ns: int
    duration_ns: int
    status: ChunkStatus
    digest: bytes = b""
    previous: bytes = b""

    def to_json(self) -> JsonValue:
        """The result as JSON."""
        return {
            "seq": self.seq,
            "file": self.file,
            "offset": self.offset,
            "start_ns": self.start_ns,
            "duration_ns": self.duration_ns,
            "status": str(self.status),
        }
