"""The conditions of picture and sound that a recording has to tell of when it opens (C12). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.footage.ledger.conditions import condition_detail, condition_now, condition_phrase
from protocol.footage.ledger.ledger import EventKind, LedgerEvent
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from protocol.footage.format.model import ClockLabel
    from protocol.footage.ledger.conditions import ConditionSpan

MOST_REMEMBERED = 64
"""Of more than these within one window, the shortest that are over are forgotten first."""


@dataclass(slots=True)
class RecentConditions:
    """What lasts, and what was over within the window: a press makes it part of what it commits."""

    window_ns: int
    _spans: list[ConditionSpan] = field(default_factory=list)

    def add(self, span: ConditionSpan) -> None:
        """Take it that a condition began, or is over."""
        kept = [each for each in self._spans if each.key != span.key]
        self._spans = [*kept, span]
        if span.end_ns is not None:
            oldest = span.end_ns - self.window_ns
            self._spans = [each for each in self._spans if each.end_ns is None or each.end_ns > oldest]
        if len(self._spans) > MOST_REMEMBERED:
            over = [each for each in self._spans if each.end_ns is not None]
            self._spans.remove(min(over or self._spans, key=_length))

    def since(self, at_ns: int) -> tuple[ConditionSpan, ...]:
        """Those that last, or were over after an instant, in the order in which they began."""
        told = (each for each in self._spans if each.end_ns is None or each.end_ns > at_ns)
        return tuple(sorted(told, key=lambda each: each.start_ns))


def condition_words(span: ConditionSpan) -> str:
    """Say what has begun, or what is over and how long it was."""
    if span.end_ns is None:
        return condition_now(span.track, span.condition)
    long = f"{_length(span) / NS_PER_S:.1f} s"
    return f"It is over: {long} of {condition_phrase(span.track, span.condition)}."


def condition_event(span: ConditionSpan, at_ns: int, label: ClockLabel) -> LedgerEvent:
    """How a ledger tells of it.

    Args:
        span: What has begun or is over.
        at_ns: When it was noticed, or when the recording that tells of it was pressed.
        label: The same as wall time.
    """
    return LedgerEvent(EventKind.FAULT, at_ns, label, condition_detail(span, condition_words(span)))


def _length(span: ConditionSpan) -> int:
    return 0 if span.end_ns is None else span.end_ns - span.start_ns
