"""What a recording says of the wall clock, judged by what the clock did (C10)."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from device.clockstep import STEP_US
from protocol.footage.ledger import Event, EventKind
from protocol.footage.model import ChunkHeader, ClockLabel

ROUNDING_US = 4


class Troubles:
    """When the card was failing: what could not be written then need not be there."""

    def __init__(self) -> None:
        self._spans: list[tuple[bytes, int, int]] = []

    def add(self, run: bytes, start_ns: int, end_ns: int) -> None:
        self._spans.append((run, start_ns, end_ns))

    def touch(self, run: bytes, start_ns: int, end_ns: int) -> bool:
        return any(run == each and start <= end_ns and start_ns <= end for each, start, end in self._spans)


def judge_labels(headers: Iterable[ChunkHeader], said: Mapping[int, ClockLabel]) -> None:
    """Every chunk carries the label that the clock gave at its start, quality and all."""
    for header in headers:
        assert header.label == said[header.start_ns], header.seq


def judge_steps(
    headers: Sequence[ChunkHeader], events: Iterable[Event], troubles: Troubles, small_steps: int = 0
) -> None:
    """Where labels step against the boot clock an event says by how much, and no event says what was not.

    Args:
        headers: Of the recording's chunks, in order.
        events: Of its ledger.
        troubles: When events may be missing.
        small_steps: How many there were that are too small to be called a step; each may hide in a larger.
    """
    steps = [event for event in events if event.kind is EventKind.CLOCK_STEP]
    slack_us = ROUNDING_US + small_steps * STEP_US
    for before, after in pairwise(headers):
        if troubles.touch(after.run, before.start_ns, after.end_ns):
            continue
        labels_us = offset_us(after.label, after.start_ns) - offset_us(before.label, before.start_ns)
        between = [step for step in steps if before.end_ns < step.at_ns <= after.end_ns]
        told_us = sum(int(step.detail["step_us"]) for step in between)
        assert abs(labels_us - told_us) <= slack_us, (before.seq, labels_us, told_us)
    for step in steps:
        assert abs(int(step.detail["step_us"])) >= STEP_US


def offset_us(label: ClockLabel, at_ns: int) -> int:
    """How far a label is from the boot clock."""
    return label.utc_us - at_ns // 1000
