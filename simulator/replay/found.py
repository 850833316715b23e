"""What was found in a camera's state folder. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.ledger.ledger import ROLL_OVER
from protocol.footage.verifying.report import Verdict

if TYPE_CHECKING:
    from protocol.footage.consent import ConsentEvent
    from protocol.footage.ledger.ledger import Ledger
    from protocol.footage.verifying.report import Report


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """A recording as its camera keeps it.

    Attributes:
        ledger: Its ledger, as far as it is whole.
        report: What verifying it came to; None for a press whose folder was yet to come.
        held: Whether the fleet's receipt lies beside it.
    """

    ledger: Ledger
    report: Report | None
    held: bool = False

    @property
    def number(self) -> int:
        """The camera's number for it."""
        return self.ledger.open.number

    @property
    def run(self) -> bytes:
        """The boot of the camera that it was made in."""
        return self.ledger.open.run

    @property
    def first_ns(self) -> int:
        """When its first chunk begins, on the boot-time clock; the press where it has none before."""
        first = None if self.report is None else self.report.first_ns
        press = self.ledger.open.press_ns
        return press if first is None else min(first, press)

    @property
    def last_ns(self) -> int:
        """The last moment that something is known of, on the boot-time clock."""
        known = [self.ledger.open.press_ns, *(each.at_ns for each in self.ledger.events)]
        if self.ledger.close is not None:
            return self.ledger.close.at_ns
        if self.report is not None and self.report.end_ns is not None:
            known.append(self.report.end_ns)
        return max(known)

    @property
    def rolled_over(self) -> bool:
        """Whether no press began it: it goes on from another that had become too long."""
        return self.ledger.open.trigger == ROLL_OVER

    @property
    def words(self) -> str:
        """What is known of it as a whole, in one sentence."""
        begun = self.ledger.open
        judged = [] if self.report is None else [str(each) for each in self.report.verdicts]
        said = ", ".join(judged) or "its folder was yet to come"
        missing = ", ".join(f"{each.duration_ns / 1e9:.1f} s {each.reason}" for each in begun.missing)
        lacks = f" (missing: {missing})" if missing else ""
        where = "held by the fleet" if self.held else "no receipt of the fleet beside it"
        return f"Recording {self.number}, {where}: {said}; {begun.held_ns / 1e9:.1f} s of pre-record{lacks}."

    @property
    def altered(self) -> bool:
        """Whether it is not as it was signed, so that nothing it says is certain."""
        return self.report is not None and self.report.verdict is Verdict.ALTERED


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera's state folder.

    Attributes:
        name: What the scenario calls the camera.
        folder: Where it is.
        recordings: What it holds, by number.
        unreadable: What could not be read, one sentence each.
        receipts: The numbers of recordings that are not there any more, and that the fleet has signed for.
        consents: What was said at the door, as far as the camera still has it.
    """

    name: str
    folder: str
    recordings: tuple[FoundRecording, ...]
    unreadable: tuple[str, ...] = ()
    receipts: tuple[int, ...] = ()
    consents: tuple[ConsentEvent, ...] = ()

    @property
    def called(self) -> str:
        """What the fleet calls it, by its newest ledger or word; its folder where it has none."""
        if self.recordings:
            return self.recordings[-1].ledger.open.camera
        return self.consents[-1].camera if self.consents else self.folder

    @property
    def window_s(self) -> float:
        """How much pre-record it keeps, as its presses asked for it; 0 where none says."""
        asked = [each.ledger.open.asked_ns for each in self.recordings if not each.rolled_over]
        return max(asked, default=0) / 1e9
