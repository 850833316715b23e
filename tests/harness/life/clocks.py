"""What a recording says of the wall clock, judged by what the clock did (C10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from device.recording.clock_steps import STEP_US
from protocol.footage.format.model import ChunkHeader, ClockLabel
from protocol.footage.ledger.ledger import EventKind, LedgerEvent

ROUNDING_US = 4


class Troubles:
    """When the card was failing: what could not be written then need not be there."""

    def __init__(self) -> None:
        self._spans: list[tuple[bytes, int, int]] = []

    def add(self, run: bytes, start_ns: int, end_ns: int) -> None:
        self._spans.append((run, start_ns, end_ns))

    def touch(self, run: bytes, start_ns: int, end_ns: int) -> bool:
        return any(run == each and start <= end_ns and start_ns <= end for each, start, end in self._spans)


@dataclass(frozen=True)
class Said:
    """What the clock said at a chunk's start, and when on the boot clock the chunk came."""

    label: ClockLabel
    came_ns: int


def judge_labels(headers: Iterable[ChunkHeader], said: Mapping[int, Said]) -> None:
    """Every chunk carries the label that the clock gave at its start, quality and all."""
    for header in headers:
        assert header.label == said[header.start_ns].label, header.seq


def judge_steps(
    headers: Sequence[ChunkHeader],
    said: Mapping[int, Said],
    events: Iterable[LedgerEvent],
    troubles: Troubles,
    small_steps: int,
) -> None:
    """Where labels step against the boot clock events say by how much; where they do not, none says so.

    Args:
        headers: Of the recording's chunks, in order.
        said: By their starts, when they came: a step is noticed then at the latest.
        events: Of its ledger.
        troubles: When events may be missing.
        small_steps: How many there were that are too small to be called a step; each may hide in a larger.
    """
    steps = [event for event in events if event.kind is EventKind.CLOCK_STEP]
    slack_us = ROUNDING_US + small_steps * STEP_US
    for before, after in pairwise(headers):
        since, until = said[before.start_ns].came_ns, said[after.start_ns].came_ns
        if troubles.touch(after.run, before.start_ns, until):
            continue
        labels_us = offset_us(after.label, after.start_ns) - offset_us(before.label, before.start_ns)
        between = [step for step in steps if since < step.at_ns <= until]
        told_us = sum(int(step.detail["step_us"]) for step in between)
        assert abs(labels_us - told_us) <= slack_us, (before.seq, labels_us, told_us)
    for step in steps:
        assert abs(int(step.detail["step_us"])) >= STEP_US


def offset_us(label: ClockLabel, at_ns: int) -> int:
    """How far a label is from the boot clock."""
    return label.utc_us - at_ns // 1000
