"""A finding of the verifier: one rule of the format that a recording breaks, and where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.verifying.json_value import JsonValue


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
