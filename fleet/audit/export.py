"""Entries as a file that can be checked without the log: some in full, of the others hashes alone. Pure.

Lines of JSON. The first is the head: what was looked for, the checkpoint, and the key that has signed it.
Then, in the order of the log, ``{"entry": …}`` for each entry that was looked for, and ``{"hidden": [h,
"…"]}`` for each whole subtree of ``2 ** h`` entries that was not, by its hash. Whoever has the checkpoint
makes its root of that: nothing of what is shown can be changed, left out, put in or moved.

Hidden runs end at the size of every checkpoint that the fleet knew, so that older ones can be compared,
too. The digests of the chain are not in it: they could tell of entries that are hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.audit.chain import START, Entry, EntryVersion
from fleet.audit.checkpoints.checkpoint import SignedCheckpoint, parse_checkpoint
from fleet.audit.checkpoints.note import NoteError
from fleet.audit.merkle.tree import HASH_BYTES, Frontier, UnalignedError, node_hash
from fleet.audit.rows import UnreadableEntryError, read_detail

FORMAT = "lapel audit export v1"
LONGEST_LINE = 1 << 20
_HIGHEST = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that is shown."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Hidden:
    """A whole subtree of ``2 ** height`` entries that are not."""

    height: int
    root: bytes


Piece = Shown | Hidden


@dataclass(frozen=True, slots=True)
class ExportHead:
    """The head of a file.

    Attributes:
        signed: the checkpoint that the entries are of.
        key: the key that is said to have signed it; whoever checks takes their own.
        about: what was looked for, when and by whom, in words.
    """

    signed: SignedCheckpoint
    key: str
    about: Mapping[str, str]


class PieceMaker:
    """Turns entries into pieces: those that are shown, and as few subtrees as there can be of the others."""

    def __init__(self, sizes: Iterable[int]) -> None:
        """Prepare; hidden runs end at these sizes."""
        self._sizes = frozenset(sizes)
        self._size = 0
        self._pending: list[Hidden] = []

    def add(self, entry: Entry, *, shown: bool) -> Iterator[Piece]:
        """Take the next entry of the log; give the pieces that are finished by it."""
        if self._size in self._sizes or shown:
            yield from self.finish()
        self._size += 1
        if shown:
            yield Shown(entry)
            return
        piece = Hidden(0, entry.leaf)
        # A subtree is whole where it ends on a multiple of its size; what is pending ends here.
        while (
            self._pending
            and self._pending[-1].height == piece.height
            and not self._size % (2 << piece.height)
        ):
            piece = Hidden(piece.height + 1, node_hash(self._pending.pop().root, piece.root))
        self._pending.append(piece)

    def finish(self) -> Iterator[Piece]:
        """Give what is pending."""
        yield from self._pending
        self._pending = []


def head_line(head: ExportHead) -> str:
    """Return the first line of a file."""
    fields = {
        "format": FORMAT,
        "about": dict(head.about),
        "checkpoint": head.signed.note.decode("utf-8"),
        "key": head.key,
    }
    return _line(fields)


def piece_line(piece: Piece) -> str:
    """Return the line of a piece."""
    if isinstance(piece, Hidden):
        return _line({"hidden": [piece.height, piece.root.hex()]})
    entry = piece.entry
    return _line(
        {
            "entry": {
                "number": entry.number,
                "utc_us": entry.utc_us,
                "actor": entry.actor,
                "action": entry.action,
                "subject": entry.subject,
                "purpose": entry.purpose,
                "detail": dict(entry.detail),
                "address": entry.address,
                "salt": entry.salt.hex(),
                "version": int(entry.version),
            }
        }
    )


def parse_head(line: bytes) -> ExportHead:
    """Read the first line of a file; nothing of it has been checked.

    Raises:
        NoteError: it is none.
    """
    fields = _object(line)
    if fields.get("format") != FORMAT:
        raise NoteError("It is no export of an audit log that this version reads.")
    note, key, about = fields.get("checkpoint"), fields.get("key"), fields.get("about")
    is_about = isinstance(about, dict) and all(isinstance(each, str) for each in about.values())
    if not isinstance(note, str) or not isinstance(key, str) or not isinstance(about, dict) or not is_about:
        raise NoteError("The head of the export lacks its checkpoint.")
    try:
        return ExportHead(parse_checkpoint(note.encode("utf-8")), key, about)
    except UnicodeEncodeError as error:
        raise NoteError("The head of the export is not text.") from error


def parse_piece(line: bytes) -> Piece:
    """Read another line of a file.

    Raises:
        NoteError: it is none.
    """
    fields = _object(line)
    if set(fields) == {"hidden"}:
        return _hidden(fields["hidden"])
    if set(fields) != {"entry"} or not isinstance(fields["entry"], dict):
        raise NoteError("A line of the export is neither an entry nor a hash of hidden ones.")
    return Shown(_entry(fields["entry"]))


def put_into(tree: Frontier, piece: Piece) -> None:
    """Add a piece to the tree.

    Raises:
        NoteError: it does not belong there.
    """
    if isinstance(piece, Shown):
        if piece.entry.number != tree.size + 1:
            raise NoteError(f"Entry {piece.entry.number} stands where entry {tree.size + 1} belongs.")
        tree.append(piece.entry.leaf)
        return
    try:
        tree.append_tree(piece.height, piece.root)
    except UnalignedError as error:
        raise NoteError(
            f"What is hidden after entry {tree.size} is of no size that can stand there."
        ) from error


_KINDS: Mapping[str, type] = {
    "number": int,
    "utc_us": int,
    "actor": str,
    "action": str,
    "subject": str,
    "purpose": str,
    "detail": dict,
    "address": str,
    "salt": str,
    "version": int,
}


def _entry(fields: dict[str, Any]) -> Entry:
    if set(fields) != set(_KINDS) or any(type(fields[name]) is not kind for name, kind in _KINDS.items()):
        raise NoteError("An entry of the export lacks something, or has something that no entry has.")
    try:
        entry = Entry(
            number=fields["number"],
            utc_us=fields["utc_us"],
            actor=fields["actor"],
            action=fields["action"],
            subject=fields["subject"],
            purpose=fields["purpose"],
            detail=read_detail(json.dumps(fields["detail"])),
            previous=START,  # not in the file: the tree needs none
            address=fields["address"],
            salt=bytes.fromhex(fields["salt"]),
            version=EntryVersion(fields["version"]),
        )
        entry.leaf_data.decode("utf-8")
        entry.utc.isoformat()
    except (UnreadableEntryError, ValueError, OverflowError) as error:
        raise NoteError("An entry of the export cannot be read.") from error
    return entry


def _hidden(value: object) -> Hidden:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - a height and a hash
        raise NoteError("What is hidden in the export has no height and hash.")
    height, text = value
    if type(height) is not int or not 0 <= height <= _HIGHEST or not isinstance(text, str):
        raise NoteError("What is hidden in the export has no height and hash.")
    try:
        root = bytes.fromhex(text)
    except ValueError as error:
        raise NoteError("What is hidden in the export has no hash.") from error
    if len(root) != HASH_BYTES or root.hex() != text:
        raise NoteError("What is hidden in the export has no hash.")
    return Hidden(height, root)


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise NoteError(f"A line of the export is longer than {LONGEST_LINE} bytes.")
    try:
        fields = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NoteError("A line of the export is no JSON.") from error
    if not isinstance(fields, dict):
        raise NoteError("A line of the export is no object.")
    return fields


def _line(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"


HEADINGS: Sequence[str] = (
    "Number",
    "UTC",
    "Actor",
    "Action",
    "Subject",
    "Purpose",
    "Address",
    "Detail",
)
"""Of the table for a spreadsheet."""


def cells(entry: Entry) -> list[str]:
    """Return an entry as a row of the table."""
    return [
        str(entry.number),
        entry.utc.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        entry.actor,
        entry.action,
        entry.subject,
        entry.purpose,
        entry.address,
        json.dumps(dict(entry.detail), ensure_ascii=False, sort_keys=True) if entry.detail else "",
    ]
