"""A recording while it is being made: its ledger, what must still be said in it, and what of it is durable.

Rules:

- A chunk counts once its segment is the recording's and then its keys' record is durable (C5).
- When the card is full a record waits, in order, and goes first when there is room again.
- After a failed sync nothing more is written: the recording has failed, what it holds stays.

It does not decide when to begin, stop or roll over. Where its files are is ``RecordingFiles``'s matter.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.shelf import ShelvedRecording
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Close, EventKind, Keys, LedgerEvent

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from device.recording.recording_files import RecordingFiles
    from device.ring.chunk import RingChunk
    from device.ring.ring import RingRange
    from device.storage.durable import AppendFile
    from device.storage.segment import ClosedSegment
    from protocol.footage.format.model import ClockLabel, Gap
    from protocol.footage.ledger.ledger import Open
    from protocol.footage.ledger.writer import LedgerWriter
    from protocol.footage.sealing.keys import Recipient
    from protocol.messages.uploads import Ended


class OpenRecording:
    """A recording that grows. Not thread-safe: it belongs to the one thread that deals with messages.

    Attributes:
        number: The camera's counter.
        opening: The ledger's first record.
        recipients: Whom it is sealed to, from its first chunk to its last.
        open_digest: The digest of ``opening``, which the next recording names.
    """

    def __init__(
        self,
        opening: Open,
        files: RecordingFiles,
        *,
        recipients: tuple[Recipient, ...],
        open_digest: bytes,
        ledger: AppendFile,
        writer: LedgerWriter,
        held: RingRange | None,
    ) -> None:
        self.number = opening.number
        self.opening = opening
        self.recipients = recipients
        self.open_digest = open_digest
        self._files = files
        self._failure: StorageError | None = None
        self._ledger = ledger
        self._writer = writer
        self._count = held.count if held else 0
        self._last_seq = opening.last_seq
        self._first_ns = held.first.start_ns if held else None
        self._end_ns = held.last.end_ns if held else None
        self._tracks = set(held.tracks) if held else set()
        self._keyed_to = opening.last_seq
        self._unwritten: deque[tuple[bytes, RingChunk | None]] = deque()
        self._bookmarks: tuple[str, ...] = ()

    @cached_property
    def _keyed(self) -> set[str]:
        """Segments that hold a chunk whose keys are durable. Nobody who pressed waits for it (C4)."""
        return set(self._files.named)

    @property
    def prerecord_ns(self) -> int:
        """How much footage from before the press was durable at the press: what may be promised (C3)."""
        return self.opening.held_ns

    @property
    def duration_ns(self) -> int:
        """From the start of the first chunk to the end of the last."""
        return self._end_ns - self._first_ns if self._first_ns is not None and self._end_ns is not None else 0

    @property
    def end_ns(self) -> int:
        """Where the last chunk ends; without one, where it was to begin."""
        return self.opening.press_ns if self._end_ns is None else self._end_ns

    @property
    def last_ns(self) -> int | None:
        """Where its last chunk ends; None without one."""
        return self._end_ns

    @property
    def tracks(self) -> tuple[Track, ...]:
        """What its chunks hold; without one, what they would have held."""
        return tuple(track for track in Track if track in self._tracks or not self._tracks)

    @property
    def failed(self) -> bool:
        """Whether a sync failed, so that nothing more can be promised here."""
        return self._failure is not None

    @property
    def waiting(self) -> bool:
        """Whether something could not be written yet."""
        return bool(self._files.waiting or self._unwritten)

    @property
    def folder(self) -> Path:
        """Where it is, or will be once it is published."""
        return self._files.folder

    @property
    def published(self) -> bool:
        """Whether it has a folder that is durable; before that it is safe and shown to nobody."""
        return self._files.published

    @property
    def claimed(self) -> Collection[str]:
        """Segments that have to stay in the ring."""
        return self._files.claimed

    def publish(self) -> None:
        """Give it its folder, once.

        Raises:
            StorageError: It did not finish: the recording is as safe as before, and this can be tried again.
        """
        try:
            self._files.publish()
        finally:
            self._ledger.path = self._files.ledger

    def take(self, chunk: RingChunk, keys: Keys) -> None:
        """Make a live chunk part of the recording.

        Args:
            chunk: The chunk, durable in its segment of the ring.
            keys: Its sealed keys.

        Raises:
            StorageError: The card is full, and it waits; or the recording has ``failed``.
        """
        self._files.add(chunk.segment)
        self._unwritten.append((self._writer.append(keys), chunk))
        self._count += 1
        self._last_seq = chunk.seq
        self._first_ns = chunk.start_ns if self._first_ns is None else self._first_ns
        self._end_ns = chunk.end_ns
        self._tracks |= set(chunk.tracks)
        self.flush()

    def note(self, kind: EventKind, at_ns: int, label: ClockLabel, detail: dict[str, str | int]) -> None:
        """Say in the ledger that something happened.

        Raises:
            StorageError: As ``take``.
        """
        self._unwritten.append((self._writer.append(LedgerEvent(kind, at_ns, label, detail)), None))
        if kind is EventKind.BOOKMARK:
            # Shown to the uploader, which sends what lies around it early.
            self._bookmarks += self.segments[-1:]
        self.flush()

    @property
    def segments(self) -> tuple[str, ...]:
        """Names of its segments, in order."""
        return self._files.segments

    def end(self, reason: str, at_ns: int, label: ClockLabel, lost: tuple[Gap, ...] = ()) -> None:
        """Add the last records; ``finish`` writes them.

        Args:
            reason: Why it ends.
            at_ns: When, on the boot-time clock.
            label: When, as wall time.
            lost: What is missing at its end, which no chunk of it can state (C6).
        """
        for gap in lost:
            event = LedgerEvent(EventKind.GAP, at_ns, label, _detail(gap))
            self._unwritten.append((self._writer.append(event), None))
        close = Close(
            reason=reason,
            at_ns=at_ns,
            label=label,
            last_seq=self._last_seq,
            chunks=self._count,
            segments=len(self._files.segments),
            duration_ns=self.duration_ns,
        )
        self._unwritten.append((self._writer.append(close), None))

    def finish(self, *, final: bool) -> None:
        """Write everything and close the ledger.

        Args:
            final: Whether to make it read-only, which tells the next start that all is in order here.

        Raises:
            StorageError: The last record may not be durable; when the card is full, it can be tried again.
        """
        self.flush()
        if final:
            self._ledger.finish()
        else:
            self._ledger.close()

    def flush(self) -> None:
        """Write what waits, in order.

        Raises:
            StorageError: As ``take``. What has failed says so again, and asks no more of the card.
        """
        if self._failure is not None:
            raise self._failure
        try:
            self._files.link_waiting()
            while self._unwritten:
                record, chunk = self._unwritten[0]
                self._ledger.append(record)
                self._unwritten.popleft()
                if chunk is not None:
                    self._keyed.add(chunk.segment)
                    self._keyed_to = chunk.seq
        except StorageError as error:
            if error.operation == "sync_dir" or not self._ledger.open:
                self._failure = error
            raise

    def abandon(self) -> bool:
        """Let go without a last record: the recording reads as cut off. Never raises.

        After a failed sync, what was to be cut off the ledger may be back after a power cut, when the fleet
        has a receipt for it as it is now. So the ledger is written anew, as far as it was durable; and what
        has no keys goes: whole segments, and the end of the last. What cannot be done here, recovery does.

        Returns:
            Whether no power cut can make more of the recording than it is now, and it is known how much
            that is. Never before it is published.
        """
        self._ledger.abandon()
        if not self.published:
            return False
        try:
            self._files.write_ledger_anew(self._ledger.length)
        except (OSError, StorageError):  # the failure that led here has been reported already
            if self._ledger.in_doubt:
                return False
        return self._files.end_at(self._keyed_to + 1, self._keyed)

    def segment_closed(self, segment: ClosedSegment) -> bool:
        """Note that a segment is complete; tell whether it is one of this recording's."""
        return self._files.close(segment)

    def shelved(self, ended: Ended | None = None) -> ShelvedRecording:
        """How the uploader sees it.

        A segment of which no chunk has durable keys is not shown: a power cut can take it back. Nor is one
        while keys of it wait, until the recording has ended.
        """
        wait = set() if ended else {chunk.segment for _, chunk in self._unwritten if chunk is not None}
        return ShelvedRecording(
            number=self.number,
            folder=self.folder,
            ledger_length=self._ledger.length,
            closed_segments=self._files.closed(self._keyed - wait if wait else self._keyed),
            ended=ended,
            receipt=False,
            bookmarks=self._bookmarks,
        )


def _detail(gap: Gap) -> dict[str, str | int]:
    """A gap as an event tells of it."""
    return {
        "track": str(gap.track),
        "start_ns": gap.start_ns,
        "duration_ns": gap.duration_ns,
        "cause": str(gap.cause),
    }
