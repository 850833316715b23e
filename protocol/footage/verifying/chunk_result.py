"""What the verifier found of one chunk."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.verifying.json_value import JsonValue


class ChunkStatus(StrEnum):
    """What was found of one chunk."""

    INTACT = "intact"
    OUTSIDE = "outside the recording"
    WITHOUT_KEYS = "without keys"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What was found of one chunk: ``offset`` is where its record begins in ``file``."""

    seq: int
    file: str
    offset: int
    start_ns: int
    duration_ns: int
    status: ChunkStatus

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
