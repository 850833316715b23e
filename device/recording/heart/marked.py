"""What the card was to note, or why it has not: a moment in a ledger, that the camera is private. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.footage.ledger.ledger import EventKind

BOOKMARK_WORDS: Final = "The bookmark"


@dataclass(frozen=True, slots=True)
class LedgerMark:
    """What is to stand in the ledger of the recording under way, because a person says so.

    Attributes:
        kind: As ledgers have it.
        detail: What more it says, name and value.
        words: What it is called in an answer.
    """

    kind: EventKind = EventKind.BOOKMARK
    detail: tuple[tuple[str, str], ...] = ()
    words: str = BOOKMARK_WORDS


BOOKMARK: Final = LedgerMark()
"""A bookmark, as officers set it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark, or a press in the recording under way, is in its ledger, or why it is not yet.

    Attributes:
        asker: Who waits for it; None where nobody does.
        why: Why it is not yet; None where it is.
        is_press: Whether it is a press.
        words: What else it is called.
    """

    asker: int | None
    why: str | None
    is_press: bool = False
    words: str = BOOKMARK_WORDS


@dataclass(frozen=True, slots=True)
class PrivateOf:
    """Who made a camera private before a start; None for nobody, and where nobody can tell."""

    assignment: str | None


@dataclass(frozen=True, slots=True)
class PrivateNoted:
    """The card has been told whether the camera is private; ``why`` says why it has not taken that."""

    why: str | None
