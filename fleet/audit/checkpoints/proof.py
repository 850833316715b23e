"""Proofs as files: that an entry is in the log, and that one checkpoint's log goes on from another's. Pure.

The first is a C2SP ``tlog-proof`` with the entry's leaf as its extra data, so the file alone shows what was
logged; the second is what C2SP's ``tlog-witness`` is sent. Both end in the checkpoint that they are about.
Neither shows who signed that checkpoint: the caller asks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fleet.audit.chain import leaf_fields
from fleet.audit.checkpoints.checkpoint import Checkpoint, SignedCheckpoint, parse_checkpoint
from fleet.audit.checkpoints.note import LONGEST, NoteError, decoded, encoded
from fleet.audit.merkle.proofs import ProofError, check_consistency, root_by_inclusion
from fleet.audit.merkle.tree import HASH_BYTES, leaf_hash

_HEAD = "c2sp.org/tlog-proof@v1"
_LONGEST_NUMBER = 18
_MOST_HASHES = 64
_LONGEST_FILE = 16 * LONGEST


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an entry is in the log of a checkpoint.

    Attributes:
        index: the entry's number less one.
        path: the hashes from the leaf's sibling upwards.
        leaf_data: what was hashed as the leaf.
        signed: the checkpoint.
    """

    index: int
    path: tuple[bytes, ...]
    leaf_data: bytes
    signed: SignedCheckpoint

    def text(self) -> bytes:
        """Return the file."""
        lines = [_HEAD, f"extra {encoded(self.leaf_data)}", f"index {self.index}", *map(encoded, self.path)]
        return "\n".join([*lines, "", ""]).encode() + self.signed.note

    def check(self) -> dict[str, Any]:
        """Return the entry that the proof shows to be in the log.

        Raises:
            ProofError: it does not show that.
        """
        told = self.signed.checkpoint
        root = root_by_inclusion(self.index, told.size, leaf_hash(self.leaf_data), self.path)
        if root != told.root:
            raise ProofError("the entry is not in the log that the checkpoint was made of")
        fields = leaf_fields(self.leaf_data)
        if fields is None or fields["number"] != self.index + 1:
            raise ProofError("what the proof is about is no entry of an audit log")
        return fields


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the log of a checkpoint begins with that of an older one.

    Attributes:
        old: the size of the older one.
        path: the hashes.
        signed: the newer checkpoint.
    """

    old: int
    path: tuple[bytes, ...]
    signed: SignedCheckpoint

    def text(self) -> bytes:
        """Return the file."""
        return "\n".join([f"old {self.old}", *map(encoded, self.path), "", ""]).encode() + self.signed.note

    def check(self, old: Checkpoint) -> None:
        """Check it against the older checkpoint.

        Raises:
            ProofError: it does not show that the log only grew.
        """
        new = self.signed.checkpoint
        if old.size != self.old:
            raise ProofError(
                f"the proof begins at {self.old} entries, and the older checkpoint has {old.size}"
            )
        if old.origin != new.origin:
            raise ProofError("the checkpoints are of two logs")
        check_consistency(old.size, old.root, new.size, new.root, self.path)


def parse_proof(data: bytes) -> InclusionProof | ConsistencyProof:
    """Read a proof of either kind; nothing of it has been checked.

    Raises:
        NoteError: it is none.
    """
    if len(data) > _LONGEST_FILE:
        raise NoteError(f"It is longer than {_LONGEST_FILE} bytes, which no proof is.")
    above, blank, note = data.partition(b"\n\n")
    if not blank:
        raise NoteError("It is no proof: lines, an empty line and a checkpoint belong into it.")
    try:
        lines = above.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise NoteError("It is no proof: its first lines are not ASCII.") from error
    signed = parse_checkpoint(note)
    if lines[0].startswith("old "):
        return ConsistencyProof(_number(lines[0], "old "), _path(lines[1:]), signed)
    if lines[0] != _HEAD or len(lines) < 3 or not lines[1].startswith("extra "):  # noqa: PLR2004 - three lines
        raise NoteError(f"It is no proof: it begins neither with {_HEAD} and an entry, nor with a size.")
    leaf = decoded(lines[1].removeprefix("extra "))
    return InclusionProof(_number(lines[2], "index "), _path(lines[3:]), leaf, signed)


def entry_json(fields: dict[str, Any]) -> str:
    """Return an entry of a proof for people and programs, in one line."""
    return json.dumps(fields, ensure_ascii=False)


def _number(line: str, name: str) -> int:
    digits = line.removeprefix(name)
    is_number = digits.isdecimal() and len(digits) <= _LONGEST_NUMBER and str(int(digits)) == digits
    if not line.startswith(name) or not is_number:
        raise NoteError(f"It is no proof: its {name.strip()} is no number.")
    return int(digits)


def _path(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > _MOST_HASHES:
        raise NoteError("It is no proof: it has more hashes than any log needs.")
    path = tuple(decoded(line) for line in lines)
    if any(len(each) != HASH_BYTES for each in path):
        raise NoteError("It is no proof: one of its hashes is no SHA-256.")
    return path
