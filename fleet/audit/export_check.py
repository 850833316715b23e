"""Checking an export: that all it shows is as checkpoints have it, and nothing is left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fleet.audit.chain import Broken, Entry
from fleet.audit.check import TreeCheck
from fleet.audit.checkpoints.checkpoint import Checkpoint
from fleet.audit.checkpoints.note import NoteError
from fleet.audit.export import ExportHead, Shown, parse_head, parse_piece, put_into


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What a check of an export came to.

    Attributes:
        shown: how many entries it shows.
        size: of how many entries, shown and hidden, it is.
        broken: where it does not hold; None when it does.
        fitting: how many checkpoints fit, its own among them.
        hidden: the sizes of checkpoints that end within what is hidden, so that nobody can compare them.
        newer: the sizes of checkpoints that are newer than the export.
    """

    shown: int
    size: int
    broken: Broken | None
    fitting: int
    hidden: tuple[int, ...]
    newer: tuple[int, ...]


class ExportCheck:
    """Checks an export line by line.

    Attributes:
        head: its head; whose the checkpoint in it is, is for the caller to ask.
    """

    def __init__(self, first_line: bytes) -> None:
        """Read the head.

        Raises:
            NoteError: it is no export.
        """
        self.head: ExportHead = parse_head(first_line)
        self._shown = 0

    def run(
        self, lines: Iterable[bytes], checkpoints: Iterable[Checkpoint], result: list[ExportResult]
    ) -> Iterator[Entry]:
        """Give the entries that are shown, and put what the check came to into ``result`` at the end."""
        own = self.head.signed.checkpoint
        tree, broken = TreeCheck([own, *checkpoints]), None
        try:
            for line in lines:
                piece = parse_piece(line)
                put_into(tree.frontier, piece)
                tree.compare()
                if tree.broken is not None:
                    break
                if isinstance(piece, Shown):
                    self._shown += 1
                    yield piece.entry
        except NoteError as error:
            broken = Broken(tree.size + 1, str(error))
        broken = tree.broken or broken
        if broken is None and tree.size != own.size:
            reason = f"The export ends at entry {tree.size} of {own.size}: it is not whole."
            broken = Broken(tree.size + 1, reason)
        hidden = tuple(sorted(tree.skipped))
        newer = tuple(sorted(each.size for each in tree.waiting))
        result.append(ExportResult(self._shown, tree.size, broken, tree.fitting, hidden, newer))
