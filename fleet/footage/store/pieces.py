"""The pieces of a growing ledger, as pure rules.

Rules:
- the ledger held is the pieces in order, as far as they join; its length is derived from them and kept
  nowhere;
- a piece is never replaced, cut or moved;
- a piece that would leave a hole is refused with the offset that is expected;
- a piece that begins inside what is held adds nothing: its bytes are compared, and the camera goes on from
  the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class PieceRange:
    """Where a piece lies in the ledger, in bytes."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The offset of the byte after it."""
        return self.offset + self.length


class Placing(StrEnum):
    """What a new piece is, beside those that are held."""

    NEXT = "next"
    """It begins where the ledger ends."""
    REPEAT = "repeat"
    """It lies wholly within what is held: compare the bytes."""
    OVERLAP = "overlap"
    """It begins within what is held and goes on after it: compare what is held, ask for the rest."""
    HOLE = "hole"
    """It begins after the end of what is held."""


def held_length(pieces: Iterable[PieceRange]) -> int:
    """Return the bytes of the ledger that are held from its beginning without a hole.

    >>> held_length([Piece(10, 5), Piece(0, 10), Piece(20, 1)])
    15
    """
    end = 0
    for piece in sorted(pieces):
        if piece.offset != end:
            break
        end = piece.end
    return end


def joined(pieces: Iterable[PieceRange]) -> tuple[PieceRange, ...]:
    """Return the pieces that make up the ledger held, in order."""
    ordered = sorted(pieces)
    end = held_length(ordered)
    return tuple(piece for piece in ordered if piece.end <= end)


def place(pieces: Iterable[PieceRange], new: PieceRange) -> Placing:
    """Say what ``new`` is beside the pieces that are held."""
    end = held_length(pieces)
    if new.offset > end:
        return Placing.HOLE
    if new.offset == end:
        return Placing.NEXT
    return Placing.REPEAT if new.end <= end else Placing.OVERLAP


def covering(pieces: Iterable[PieceRange], span: PieceRange) -> tuple[PieceRange, ...]:
    """Return the held pieces that share at least one byte with ``span``, in order."""
    return tuple(piece for piece in joined(pieces) if piece.offset < span.end and span.offset < piece.end)
