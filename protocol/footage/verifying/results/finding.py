"""A finding of the verifier: one rule of the format that a recording breaks, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.released.release import RELEASE_NAME

if TYPE_CHECKING:
    from protocol.footage.verifying.results.json_value import JsonValue


class Rule(StrEnum):
    """Which rule of the format was broken."""

    FORMAT = "format"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    AUTHORITY = "authority"
    CHAIN = "chain"
    DIGEST = "digest"
    TIME = "time"
    COUNTER = "counter"
    KEYS = "keys"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    RECEIPT = "receipt"
    KEYLESS = "without keys"


class Weight(IntEnum):
    """What a finding says of the recording; the least is the worst."""

    ALTERED = 0
    OTHER_AUTHORITY = 1
    KEYS_MISSING = 2
    STRAY_FILE = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Attributes:
        rule: Which.
        file: In which file.
        offset: At which byte: the start of the field that does not hold. None when it concerns the whole
            file.
        record: In which record, such as ``chunk 12``; empty when in none.
        reason: What is wrong, as a clause for a person.
    """

    rule: Rule
    file: str
    offset: int | None
    record: str
    reason: str

    @property
    def weight(self) -> Weight:
        """What it says of the recording.

        A segment under another authority than the ledger is no recording of another fleet but a mixture of
        two, so it counts as altered.
        """
        if self.rule is Rule.UNEXPECTED:
            return Weight.STRAY_FILE
        if self.rule is Rule.KEYLESS:
            return Weight.KEYS_MISSING
        if self.rule is Rule.AUTHORITY and self.file in (LEDGER_NAME, RECEIPT_NAME, RELEASE_NAME):
            return Weight.OTHER_AUTHORITY
        return Weight.ALTERED

    @property
    def sentence(self) -> str:
        """The finding in words."""
        where = f"{self.file}, byte {self.offset}" if self.offset is not None else self.file
        return f"{self.record} ({where}): {self.reason}" if self.record else f"{where}: {self.reason}"

    def to_json(self) -> JsonValue:
        """The finding as JSON."""
        return {
            "rule": str(self.rule),
            "file": self.file,
            "offset": self.offset,
            "record": self.record,
            "reason": self.reason,
        }
