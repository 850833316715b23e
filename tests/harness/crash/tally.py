"""What came of a number of crashes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What came of a number of crashes.

    Attributes:
        states: Distinct disks that a crash left, by fingerprint.
        again: Distinct disks that a second crash left, during the recovery.
        lived: After so many the camera lived on.
        checked: How often each promise was checked.
        cpu_s: Processor time that it took.
        losses: Sentences, each with how to see it again.
    """

    states: set[bytes] = field(default_factory=set)
    again: set[bytes] = field(default_factory=set)
    lived: int = 0
    checked: dict[str, int] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    cpu_s: float = 0.0

    def add(self, other: Tally) -> None:
        self.states |= other.states
        self.again |= other.again
        self.lived += other.lived
        self.cpu_s += other.cpu_s
        self.losses += other.losses
        self.count(other.checked)

    def count(self, checked: Mapping[str, int]) -> None:
        for promise, count in checked.items():
            self.checked[promise] = self.checked.get(promise, 0) + count
