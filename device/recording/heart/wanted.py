"""What somebody asked for that is to become a recording. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.recording.heart.marked import LedgerMark
    from device.recording.heart.messages import Instant
    from protocol.footage.format.model import ClockLabel


@dataclass(frozen=True, slots=True)
class Wanted:
    """A recording that somebody asked for.

    Attributes:
        trigger: What started it, such as ``button``.
        press_ns: When, on the boot-time clock.
        label: When, as wall time.
        marks: As the ledger's open has them.
        assignment: Whose it is.
        whole_window: Whether it begins with the pre-record; a roll-over does not.
    """

    trigger: str
    press_ns: int
    label: ClockLabel
    marks: tuple[str, ...]
    assignment: str | None
    whole_window: bool = True


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A mark that no ledger takes yet, and of when it is."""

    at: Instant
    mark: LedgerMark
