"""Where a recording's segments and its ledger are: claimed in the ring at first, then in a folder of its own.

Rules:

- Until the folder is durable the recording's segments are claimed: nobody may unlink them from the ring.
- The folder is made as often as it takes. It is shown to nobody before it is durable.
- A segment that comes later is linked into the folder before keys of its chunks are written; until the folder
  is there the claim on it is enough, because keys are written to the very file that claims it.

It writes no ledger. See ``device.storage.claim`` for the steps on the card.
"""

from __future__ import annotations

import contextlib
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.recovery.repair import is_writable, openable_length
from device.storage.claim import publish_claim, withdraw_folder
from device.storage.durable import link_into, remove, replace, sync_dir
from device.storage.filesystem import READ_ONLY
from device.storage.segment import ClosedSegment

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder


class RecordingFiles:
    """The files of one recording. Not thread-safe: it belongs to the one thread that deals with messages.

    Attributes:
        published: Whether the recording has a folder that is durable.
        named: The segments of the ring that its claim names, in order.
    """

    def __init__(
        self, filesystem: Filesystem, folders: StateFolder, number: int, segments: Sequence[str]
    ) -> None:
        """Files that are claimed. None is looked at: whoever pressed waits for this (C4).

        Args:
            filesystem: The disk.
            folders: Where things are.
            number: The recording's.
            segments: The segments of the ring that its claim names, in order. They do not change.
        """
        self.published = False
        self._filesystem = filesystem
        self._folders = folders
        self._number = number
        self.named = segments
        self._unlinked: deque[str] = deque()

    @cached_property
    def _closed(self) -> dict[str, ClosedSegment | None]:
        """Its segments, in order, with what is complete of them."""
        return dict.fromkeys(self.named)

    @property
    def folder(self) -> Path:
        """The folder, there or to come."""
        return self._folders.recording(self._number)

    @property
    def ledger(self) -> Path:
        """Where the ledger is now."""
        return self._folders.ledger(self._number) if self.published else self._folders.claim(self._number)

    @property
    def segments(self) -> tuple[str, ...]:
        """Names of the segments, in order."""
        return tuple(self._closed)

    @property
    def claimed(self) -> Collection[str]:
        """Segments that have to stay in the ring: the recording has no other name for them yet."""
        return tuple(self._unlinked) if self.published else self.segments

    @property
    def waiting(self) -> bool:
        """Whether a segment could not be linked yet."""
        return bool(self._unlinked)

    def add(self, segment: str) -> None:
        """A chunk of the recording is in this segment of the ring: ``link_waiting`` links it, if need be."""
        if segment in self._closed:
            return
        self._closed[segment] = None
        if self.published:
            self._unlinked.append(segment)

    def link_waiting(self) -> None:
        """Link the segments that wait into the folder, durably.

        Raises:
            StorageError: They wait on; after a failed "sync_dir" nothing that comes later is sure.
        """
        while self._unlinked:
            link_into(self._filesystem, self._folders.ring / self._unlinked[0], self.folder)
            sync_dir(self._filesystem, self.folder)
            self._unlinked.popleft()

    def publish(self) -> None:
        """Let the folder take the claim's place, once.

        Raises:
            StorageError: It did not finish: the recording is as safe as before, and this can be tried again.
        """
        if not self.published:
            self._make_folder()
            self.published = True
        remove(self._filesystem, self._folders.claim(self._number))

    def close(self, segment: ClosedSegment) -> bool:
        """A segment is complete; tell whether it is one of these."""
        if segment.name not in self._closed:
            return False
        self._closed[segment.name] = segment
        return True

    def closed(self, names: Collection[str]) -> tuple[ClosedSegment, ...]:
        """Those of some segments that will not change any more, in order."""
        return tuple([each for name, each in self._closed.items() if each is not None and name in names])

    def write_ledger_anew(self, length: int) -> None:
        """Put the ledger's first bytes into a file of their own: nothing that was cut off comes back.

        Raises:
            OSError: It cannot be read.
            StorageError: The old one is still there.
        """
        replace(self._filesystem, self.ledger, self._filesystem.read(self.ledger, 0, length))

    def end_at(self, next_seq: int, keyed: Collection[str]) -> bool:
        """Let go of what nobody can open: whole segments, and the end of the last. Never raises.

        What cannot be done here, recovery does; until then it is not shown, or so much of it as counts.

        Args:
            next_seq: The first chunk that has no keys.
            keyed: The segments that hold a chunk that has.

        Returns:
            Whether it is known of each of those how much of it counts.
        """
        known = True
        for name in self._closed:
            if name in keyed:
                known = self._shorten(name, next_seq) and known
                continue
            with contextlib.suppress(OSError, StorageError):
                remove(self._filesystem, self.folder / name)
        return known

    def _make_folder(self) -> None:
        filesystem, folders, number = self._filesystem, self._folders, self._number
        withdraw_folder(filesystem, folders, number)
        try:
            publish_claim(filesystem, folders, number, self.segments)
        except StorageError:
            with contextlib.suppress(OSError, StorageError):  # the next try begins with this
                withdraw_folder(filesystem, folders, number)
            raise

    def _shorten(self, name: str, next_seq: int) -> bool:
        """A segment ends with its last chunk that has keys, as recovery would have it. Never raises.

        It is never cut where it lies: the ring and the next recording have the same file.

        Returns:
            Whether it is known how much of it counts; the file may stay as it is all the same.
        """
        path, segment = self.folder / name, self._closed[name]
        if segment is None:
            return False
        length = segment.length
        try:
            counts = openable_length(self._filesystem, path, length, next_seq)
            longer = counts < length or is_writable(self._filesystem, path)
        except (OSError, StorageError):
            return False
        if longer:
            self._closed[name] = ClosedSegment(name, counts)
            with contextlib.suppress(OSError, StorageError):
                replace(self._filesystem, path, self._filesystem.read(path, 0, counts), READ_ONLY)
        return True
