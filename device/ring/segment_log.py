"""The log: segment files in the ring's folder, one chunk after the other, each durable before the next.

Rules:

- A segment has a new name and a new inode each time and is never rewritten: a hard link to it never changes
  what it shows, other than by growing while it is the one being written.
- A segment's name is durable with its first chunk: a press claims the chunk where it is, and makes no link.
- A chunk that could not be stored leaves nothing behind: the file is cut back and closed, and the next chunk
  begins another.
- A segment that never got a durable chunk is removed and its index used again: the segments of a run have no
  holes in their numbers.

It decides nothing about gaps, rings or recordings.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.storage import durable
from device.storage.durable import AppendFile
from device.storage.segment import ClosedSegment

if TYPE_CHECKING:
    from pathlib import Path

    from device.ring.sealer import Sealer
    from device.storage.filesystem import Filesystem
    from protocol.footage.sealing.sealed_chunk import SealedChunk


class SegmentLog:
    """The segment being written. Not thread-safe: whoever has the ``SegmentWriter`` at the time has it too.

    Attributes:
        writing: Name of the segment being written; None between two.
        abandoned: Names of the segments that could not be made read-only. What was cut off them may come back
            after a power cut, so a recording that holds one is looked at again at the next start.
        closed: The closed segments that are in the ring's folder, by name.
    """

    def __init__(
        self, filesystem: Filesystem, folder: Path, sealer: Sealer, *, max_chunks: int, max_bytes: int
    ) -> None:
        self.writing: str | None = None
        self.abandoned: set[str] = set()
        self.closed: dict[str, ClosedSegment] = {}
        self._filesystem = filesystem
        self._folder = folder
        self._sealer = sealer
        self._max_chunks = max_chunks
        self._max_bytes = max_bytes
        self._index = 0
        self._chunks = 0
        self._file: AppendFile | None = None
        self._leftover: Path | None = None

    @property
    def open_segment(self) -> ClosedSegment | None:
        """The segment being written, as it would be if it were closed now; None between two."""
        file = self._file
        return None if file is None or not self._chunks else ClosedSegment(file.path.name, file.length)

    @property
    def full(self) -> bool:
        """Whether the segment being written has had enough."""
        file = self._file
        return file is not None and (self._chunks >= self._max_chunks or file.length >= self._max_bytes)

    def append(self, sealed: SealedChunk) -> str:
        """Store a chunk durably; return the name of the segment that holds it.

        Raises:
            StorageError: Nothing of it is kept.
        """
        file = self._file
        if file is None:
            file = self._begin()
        record = sealed.record
        try:
            file.append(record if self._chunks else self._sealer.run_record(self._index) + record)
            if not self._chunks:
                durable.sync_dir(self._filesystem, self._folder)
        except StorageError:
            self._give_up(file)
            raise
        self._chunks += 1
        return file.path.name

    def finish(self) -> str | None:
        """Close the segment being written, read-only; return its name, None when there is none.

        Raises:
            StorageError: Its chunks are durable all the same; recovery makes it read-only.
        """
        file = self._file
        if file is None:
            return None
        try:
            file.finish()
        except StorageError:
            file.abandon()
            self.abandoned.add(file.path.name)
            raise
        finally:
            self._end()
        return file.path.name

    def abandon(self) -> None:
        """Let go of the segment being written, in whatever state it is: recovery puts it in order."""
        file = self._file
        if file is None:
            return
        file.abandon()
        self.abandoned.add(file.path.name)
        self._end()

    def _begin(self) -> AppendFile:
        name = self._sealer.segment(self._index)
        if self._leftover is not None:
            durable.remove(self._filesystem, self._leftover)
            self._leftover = None
        self._file = AppendFile.create(self._filesystem, self._folder / name)
        self._chunks = 0
        self.writing = name
        return self._file

    def _end(self) -> None:
        if (segment := self.open_segment) is not None:
            self.closed[segment.name] = segment
        self._file, self.writing = None, None
        self._index += 1

    def _give_up(self, file: AppendFile) -> None:
        """Close a segment after a failure that the caller is about to report."""
        self._end()
        if self._chunks:
            try:
                file.finish()
            except StorageError:
                file.abandon()
                self.abandoned.add(file.path.name)
            return
        file.abandon()
        self._index -= 1
        self._leftover = file.path
        with contextlib.suppress(StorageError):  # else the next segment removes it
            durable.remove(self._filesystem, file.path)
            self._leftover = None
