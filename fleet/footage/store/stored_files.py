"""A recording's files as the verifier and the player take them, read from the store one at a time.

Each is compared with the digest under which it was acknowledged, but where whoever reads it shows in another
way that it is what the camera signed (decision 0103).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fleet.footage.errors import StoreError
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from protocol.footage.ledger.ledger import LEDGER_NAME


class CorruptError(StoreError):
    """The store gave back other bytes than it was given."""


@dataclass(frozen=True, slots=True)
class HeldSegment:
    """What is known of a segment: its name, its size in bytes, and the digest of what was received."""

    name: str
    size: int
    sha256: bytes


class StoredFiles(Mapping[str, bytes]):
    """The folder of a recording: its ledger, and its segments, each read when it is asked for.

    A segment of another length than was acknowledged is refused, and so is one of other bytes where digests
    are compared: damage in the store is called by its name and not taken for the camera's.
    """

    def __init__(
        self,
        store: FootageStore,
        place: names.Place,
        ledger: bytes,
        segments: Sequence[HeldSegment],
        *,
        by_digest: bool = True,
    ) -> None:
        """Name the files.

        Args:
            store: where the segments are.
            place: where they are.
            ledger: its ledger's bytes.
            segments: what is held.
            by_digest: whether each segment is compared with its digest. Where it is not, nothing may follow
                from bytes in which the verifier finds anything wrong.
        """
        self._store = store
        self._place = place
        self._ledger = ledger
        self._segments = {each.name: each for each in segments}
        self._by_digest = by_digest
        self._last: tuple[str, bytes] = ("", b"")

    def __getitem__(self, name: str) -> bytes:
        """Return a file's bytes.

        Raises:
            KeyError: there is no such file.
            CorruptError: the store gave back other bytes than it was given.
            StoreError: the store failed.
        """
        if name == LEDGER_NAME:
            return self._ledger
        if self._last[0] != name:
            self._last = (name, self._read(self._segments[name]))
        return self._last[1]

    def __iter__(self) -> Iterator[str]:
        return iter((LEDGER_NAME, *self._segments))

    def __len__(self) -> int:
        return len(self._segments) + 1

    def part(self, name: str, offset: int, length: int) -> bytes:
        """Return some bytes of a segment, which nothing is compared with.

        Raises:
            KeyError: there is no such file.
            StoreError: the store failed, or the segment ends before.
        """
        key = names.segment_key(self._place, self._segments[name].name)
        return self._store.read_range(key, offset, length)

    def _read(self, segment: HeldSegment) -> bytes:
        data = self._store.read(names.segment_key(self._place, segment.name))
        if not self._is_it(segment, data):
            raise CorruptError(
                f"The footage store {self._store.where} gave back other bytes of {segment.name} than were "
                "acknowledged; restore it from a copy."
            )
        return data

    def _is_it(self, segment: HeldSegment, data: bytes) -> bool:
        if len(data) != segment.size:
            return False
        return not self._by_digest or hashlib.sha256(data).digest() == segment.sha256
