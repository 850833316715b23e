"""What happened in a recording, in seconds after its first picture, as pages and players show it. Pure.

Times are those of the boot clock; a hole that is shown shorter than it is (``timeline.holes``) moves up what
comes after it.

It is made from the signed ledger and from what the verifier found, and kept with the recording's row, because
a long recording's ledger is too large to be read for every page.
"""

from collections.abc import Sequence
from typing import Any

from fleet.footage.timeline.holes import Cut, shown_at
from protocol.footage.format.model import ClockLabel
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.verifying.report import GapResult

_SECOND_NS = 1_000_000_000


def tell(
    ledger: Ledger, *, first_ns: int, end_ns: int, gaps: Sequence[GapResult], cuts: Sequence[Cut] = ()
) -> dict[str, Any]:
    """Return the story of a recording as JSON.

    Args:
        ledger: the recording's.
        first_ns: start of its first chunk on the boot clock.
        end_ns: end of its last.
        gaps: what the verifier found missing.
        cuts: the holes that are shown shorter than they are.
    """
    opening, close = ledger.open, ledger.close

    def place(at_ns: int) -> int:
        return shown_at(cuts, at_ns - first_ns)

    return {
        "duration_s": seconds(place(end_ns)),
        "press_s": seconds(max(0, place(opening.press_ns))),
        "first_utc_us": opening.label.utc_us - (opening.press_ns - first_ns) // 1000,
        "events": [
            _event(str(event.kind), place(event.at_ns), event.label, dict(event.detail))
            for event in ledger.events
        ],
        "gaps": [
            {
                "track": str(gap.track),
                "offset_s": seconds(place(gap.start_ns)),
                "duration_s": seconds(gap.duration_ns),
                "shown_s": seconds(place(gap.start_ns + gap.duration_ns) - place(gap.start_ns)),
                "cause": str(gap.cause) if gap.cause is not None else "unexplained",
            }
            for gap in gaps
            if not gap.overlap
        ],
        "close": None
        if close is None
        else _event("close", place(close.at_ns), close.label, {"reason": close.reason}),
    }


def seconds(duration_ns: int) -> float:
    """Return nanoseconds as seconds, to the microsecond."""
    return round(duration_ns / _SECOND_NS, 6)


def _event(kind: str, offset_ns: int, label: ClockLabel, detail: dict[str, str | int]) -> dict[str, Any]:
    return {"kind": kind, "offset_s": seconds(offset_ns), "at_utc_us": label.utc_us, "detail": detail}
