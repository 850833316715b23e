"""That a moment is marked in the ledger of the recording under way, or why it is not yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marked:
    """A bookmark, or a press in the recording under way, is in its ledger, or why it is not yet.

    Attributes:
        asker: Who waits for it; None where nobody does.
        why: Why it is not yet; None where it is.
        is_press: Whether it is a press.
    """

    asker: int | None
    why: str | None
    is_press: bool = False
