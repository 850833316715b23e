"""The two spans without footage at a recording's edges, and what explains them, in words.

- From the press to the first chunk. A camera that was private, docked, or had just booted at the press has
  nothing yet: its first chunk comes when its sensors are open. The ledger's ``open`` says why there was no
  pre-record (``missing``); a chunk's header or a ``gap`` event may state the span itself.
- From the last chunk to the last event of a ledger that nobody closed. What was filmed then was not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.verifying.results.wording import begun, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from protocol.footage.format.model import ChunkHeader, Gap
    from protocol.footage.ledger.open_record import Open
    from protocol.footage.verifying.ledger_view import LedgerView


def span_ns(opening: Open, first: ChunkHeader | None) -> int:
    """How long after the press the first chunk begins; 0 where it began before, but for the tolerance."""
    late_ns = first.start_ns - opening.press_ns if first is not None else 0
    return late_ns if late_ns > CONTINUITY_TOLERANCE_NS else 0


def press_note(ledger: LedgerView, opening: Open, first: ChunkHeader | None) -> str | None:
    """Explain the span from the press to the first chunk; None where there is none."""
    late_ns = span_ns(opening, first)
    if first is None or not late_ns:
        return None
    begins = f"The footage begins {seconds(late_ns)} after {begun(opening.trigger)}"
    stated = _causes((*first.gaps, *ledger.gaps), opening.press_ns, first.start_ns)
    if stated:
        return f"{begins}; what is missing until then, as the camera signed it: {_listed(stated)}."
    if opening.missing:
        why = _listed(dict.fromkeys(str(each.reason) for each in opening.missing))
        return f"{begins}: nothing from before it was held ({why}), and this is the first that was stored."
    return f"{begins}, and the camera gave no reason."


def end_note(ledger: LedgerView, last: ChunkHeader | None) -> str | None:
    """Say that a ledger without a close tells of more than its footage shows; None where it does not."""
    event = ledger.last_event
    if ledger.close is not None or event is None or last is None:
        return None
    beyond_ns = event.at_ns - last.end_ns
    if beyond_ns <= CONTINUITY_TOLERANCE_NS:
        return None
    return (
        f"The last that the ledger tells of ({event.kind}) came {seconds(beyond_ns)} after the end of the "
        "footage: what was filmed in between was not stored together with its keys."
    )


def _causes(gaps: Iterable[Gap], start_ns: int, end_ns: int) -> dict[str, None]:
    """The causes of the gaps that share some of a span, each once, in order of time."""
    ordered = sorted(gaps, key=lambda gap: gap.start_ns)
    inside: Iterator[Gap] = (gap for gap in ordered if gap.start_ns < end_ns and gap.end_ns > start_ns)
    return dict.fromkeys(f"{gap.cause}" for gap in inside)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
