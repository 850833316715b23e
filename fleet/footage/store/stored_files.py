"""A recording's files as the verifier and the player take them, read from the store one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
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

    Every segment is checked against the digest under which it was acknowledged, so that damage in the store
    is called by its name and not taken for the camera's.
    """

    def __init__(
        self,
        store: FootageStore,
        place: names.Place,
        ledger: bytes,
        segments: Sequence[HeldSegment],
        *,
        seen: Callable[[str, bytes], None] | None = None,
    ) -> None:
        """Name the files.

        Args:
            store: where the segments are.
            place: where they are.
            ledger: its ledger's bytes.
            segments: what is held.
            seen: called with the name and the bytes of each segment that is read and found undamaged.
        """
        self._store = store
        self._place = place
        self._ledger = ledger
        self._segments = {each.name: each for each in segments}
        self._seen = seen
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

    def _read(self, segment: HeldSegment) -> bytes:
        data = self._store.read(names.segment_key(self._place, segment.name))
        if hashlib.sha256(data).digest() != segment.sha256:
            raise CorruptError(
                f"The footage store {self._store.where} gave back other bytes of {segment.name} than were "
                "acknowledged; restore it from a copy."
            )
        if self._seen is not None:
            self._seen(segment.name, data)
        return data
