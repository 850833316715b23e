"""Checkpoints, as C2SP's ``tlog-checkpoint`` has them: which log, how many entries, and their root. Pure.

A checkpoint shows nothing of the entries, so it can be handed to anybody; who has one finds out whether the
log is still the one that it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.audit.checkpoints.note import NoteError, NoteKey, NoteSigner, decoded, encoded, parse_note
from fleet.audit.merkle.tree import HASH_BYTES

_LINES = 3
_LONGEST_SIZE = 18


@dataclass(frozen=True, slots=True, order=True)
class Checkpoint:
    """What a checkpoint says.

    Attributes:
        size: how many entries.
        root: the root of the tree of these entries.
        origin: which log.
    """

    size: int
    root: bytes
    origin: str

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"

    @property
    def name(self) -> str:
        """The name of its file: two that contradict each other have two names."""
        return f"{self.size:012d}-{self.root.hex()[:16]}.checkpoint"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint as it was read, with its signatures.

    Attributes:
        checkpoint: what it says.
        note: the whole of it.
    """

    checkpoint: Checkpoint
    note: bytes

    def signed_by(self, keys: Iterable[NoteKey]) -> bool:
        """Say whether one of the keys has signed it.

        Raises:
            NoteError: a signature under the name of one of them is not by it.
        """
        return parse_note(self.note).signed_by(keys)


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> SignedCheckpoint:
    """Sign a checkpoint; the same one is the same bytes each time."""
    return SignedCheckpoint(checkpoint, signer.sign(checkpoint.text()).encode())


def parse_checkpoint(data: bytes) -> SignedCheckpoint:
    """Read a checkpoint; who has signed it is for the caller to ask.

    Raises:
        NoteError: it is none.
    """
    lines = parse_note(data).text.split("\n")[:-1]
    if len(lines) < _LINES or not all(lines):
        raise NoteError("It is no checkpoint: a log, a size and a root belong into it.")
    origin, size, root = lines[:_LINES]
    # isdecimal takes figures of other scripts as well
    if not (size.isascii() and size.isdecimal() and len(size) <= _LONGEST_SIZE) or str(int(size)) != size:
        raise NoteError("It is no checkpoint: its second line is no number of entries.")
    hashed = decoded(root)
    if len(hashed) != HASH_BYTES:
        raise NoteError("It is no checkpoint: its third line is no SHA-256.")
    return SignedCheckpoint(Checkpoint(int(size), hashed, origin), data)
