"""What a look at several recordings of one camera shows that no one of them does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.verifying.results.json_value import JsonValue


class ChainKind(StrEnum):
    """What was found between recordings."""

    NUMBER_TWICE = "number twice"
    ID_TWICE = "recording id twice"
    LEDGER_TWICE = "ledger twice"
    RUN_TWICE = "run twice"
    RUN_AGAIN = "run again"
    TIME = "time"
    OTHER_BEFORE = "another before it"
    PASSED_OVER = "passed over"
    BACKWARDS = "backwards"
    OTHER_CAMERA = "another camera"
    FIRST_AGAIN = "first again"
    NOT_HERE = "not here"
    SKIPPED = "numbers skipped"
    UNCONFIRMED = "unconfirmed"
    EARLIER = "earlier not here"
    COPY = "copy"


class ChainWeight(IntEnum):
    """What a finding says; the least is the worst."""

    DISAGREEMENT = 0
    """The recordings say what cannot all be so of one camera that keeps to the format."""

    MISSING = 1
    """Between two of them lies one that is not here."""

    REMARK = 2
    """Nothing is wrong; a reader should know it."""


_WEIGHTS: Final[Mapping[ChainKind, ChainWeight]] = {
    ChainKind.NOT_HERE: ChainWeight.MISSING,
    ChainKind.SKIPPED: ChainWeight.REMARK,
    ChainKind.UNCONFIRMED: ChainWeight.REMARK,
    ChainKind.EARLIER: ChainWeight.REMARK,
    ChainKind.COPY: ChainWeight.REMARK,
}


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """One thing that several recordings show together.

    Attributes:
        kind: What.
        camera: Of which camera; the first, where of two.
        numbers: The numbers of the recordings that it is about, in order.
        recordings: Their ids as hex, each once.
        sentence: It in words.
    """

    kind: ChainKind
    camera: str
    numbers: tuple[int, ...]
    recordings: tuple[str, ...]
    sentence: str

    @property
    def weight(self) -> ChainWeight:
        """What it says."""
        return _WEIGHTS.get(self.kind, ChainWeight.DISAGREEMENT)

    def to_json(self) -> JsonValue:
        """The finding as JSON."""
        return {
            "kind": str(self.kind),
            "weight": self.weight.name.lower(),
            "camera": self.camera,
            "numbers": list(self.numbers),
            "recordings": list(self.recordings),
            "sentence": self.sentence,
        }
