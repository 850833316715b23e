"""Says what a camera acknowledges and what its shelf shows: both promise that it is durable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from device.shelf import Shelf, ShelvedRecording
from device.storage.filesystem import Filesystem
from device.storage.segment import ClosedSegment
from protocol.footage.ledger.ledger import LEDGER_NAME, Ledger, read_ledger

Say = Callable[[str, dict[str, int | str]], None]
"""Hears what a camera acknowledges: a word, and numbers and words by name."""


class Teller:
    """Remembers what it has said, and says what is new."""

    def __init__(self, disk: Filesystem, say: Say) -> None:
        self._disk = disk
        self._say = say
        self._told: dict[int, ShelvedRecording] = {}

    def tell(self, shelf: Shelf) -> None:
        """Say what the shelf shows by now."""
        for shelved in shelf.recordings():
            before = self._told.get(shelved.number)
            if shelved == before or shelved.receipt:
                continue
            self._told[shelved.number] = shelved
            if before is None or (before.ledger_length, before.ended) != (
                shelved.ledger_length,
                shelved.ended,
            ):
                self._recording(shelved)
            for segment in shelved.closed_segments:
                if before is None or segment not in before.closed_segments:
                    self._segment(shelved, segment)

    def _segment(self, shelved: ShelvedRecording, segment: ClosedSegment) -> None:
        name, length = segment
        sha256 = hashlib.sha256(self._disk.read(shelved.folder / name, 0, length)).hexdigest()
        self._say("segment", {"number": shelved.number, "name": name, "sha256": sha256})

    def acknowledged(self, number: int, ledger: Path) -> None:
        """Say that a recording was acknowledged, with all that its ledger holds by now."""
        self._ledger("acknowledged", number, self._disk.read(ledger), "")

    def _recording(self, shelved: ShelvedRecording) -> None:
        data = self._disk.read(shelved.folder / LEDGER_NAME, 0, shelved.ledger_length)
        self._ledger("shelf", shelved.number, data, shelved.ended or "")

    def _ledger(self, what: str, number: int, data: bytes, ended: str) -> None:
        ledger = read_ledger(data)
        self._say(
            what,
            {
                "number": number,
                "first": ledger.open.first_seq,
                "last": last_seq(ledger),
                "length": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "ended": ended,
                "open_digest": ledger.open_digest.hex(),
            },
        )


def last_seq(ledger: Ledger) -> int:
    """The last chunk that a ledger has keys for."""
    return max((keys.last_seq for keys in ledger.keys), default=ledger.open.last_seq)
