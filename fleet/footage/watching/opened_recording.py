"""A recording that the vault has opened: its parts in plaintext, one at a time, from only the bytes of each.

It is what playing and exporting have in common. Nothing is cached in plaintext and nothing is written
anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from fleet.core.problems import ProblemError
from fleet.footage.errors import PlaybackError
from fleet.footage.recordings.gone import DELETED_CODE
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.restricting.restrictions import RESTRICTED_CODE
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.footage.timeline.arrived import absent, grown
from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.footage.timeline.timeline import Timeline, lay_out
from fleet.footage.watching.received import Received
from fleet.footage.watching.shared_layout import Ranges, SharedLayout, laid_out
from fleet.vault.opening import Opening
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.sealing.part import PartContext, open_part

Choose = Callable[[list[ChunkRef]], list[ChunkRef]]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is here of an opened recording, as of one look.

    Attributes:
        summary: what is known of it.
        ledger: its ledger, as far as it is here.
        timeline: how it is laid out.
        more: whether more has arrived than is laid out, so that opening it anew shows more.
    """

    summary: RecordingSummary
    ledger: Ledger
    timeline: Timeline
    more: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether nothing more comes."""
        return self.summary.is_whole


class OpenedRecording:
    """An opened recording. Safe to use from several threads; close it when done."""

    def __init__(
        self,
        store: FootageStore,
        opening: Opening,
        received: Received,
        *,
        look_up: Callable[[str], Received],
        sum_up: Callable[[str], RecordingSummary],
    ) -> None:
        """Lay the recording out.

        Args:
            store: where its segments are.
            opening: gives the keys of its parts.
            received: what the tables say is here.
            look_up: looks at the tables again.
            sum_up: looks only what is known of it.

        Raises:
            ProblemError: 409 there is nothing to look at yet.
            StoreError: the store failed.
        """
        self._store = store
        self._opening = opening
        self._look_up = look_up
        self._sum_up = sum_up
        self._refreshing = threading.Lock()
        self._shared: SharedLayout | None = None
        self._arrived = self._lay_out(received, opening.ledger)

    @property
    def arrived(self) -> Arrived:
        """What is here of it: one look, whole and unchanging, whoever refreshes meanwhile."""
        return self._arrived

    def part(self, seq: int, track: Track) -> bytes:
        """Return one part in plaintext.

        Raises:
            PlaybackError: the recording has no such part.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        return self.part_with_key(seq, track)[0]

    def part_key(self, seq: int, track: Track) -> bytes:
        """Return the single-use key of a part, which stays with the fleet unless the part is given away.

        Raises:
            PlaybackError: the recording has no such part.
            KeysError: it does not open.
        """
        self._found(seq, track)
        return bytes(self._opening.key(seq, track))

    def part_with_key(self, seq: int, track: Track) -> tuple[bytes, bytes]:
        """Return one part in plaintext and its single-use key, for whoever gives both away.

        Raises:
            PlaybackError: the recording has no such part.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        chunk, part = self._found(seq, track)
        arrived, key = self._arrived, self._opening.key(seq, track)
        segment = names.segment_key(arrived.summary.place, chunk.segment)
        ciphertext = self._store.read_range(segment, part.offset, part.length)
        opening = arrived.ledger.open
        context = PartContext(opening.camera, opening.run, seq, track)
        return open_part(ciphertext, key, context), bytes(key)

    def _found(self, seq: int, track: Track) -> tuple[ChunkRef, PartRef]:
        chunk = self._arrived.timeline.chunks.get(seq)
        part = chunk.part(track) if chunk is not None else None
        if chunk is None or part is None or track not in self._opening.tracks:
            raise PlaybackError(f"There is no {track} of chunk {seq} in this recording.")
        return chunk, part

    def parts(self) -> Iterator[bytes]:
        """Give every part in order, the video of a chunk before its audio.

        Raises:
            KeysError: one does not open.
            StoreError: the store failed.
        """
        timeline = self._arrived.timeline
        for seq, chunk in sorted(timeline.chunks.items()):
            for part in chunk.parts:
                if part.track in timeline.tracks:
                    yield self.part(seq, part.track)

    def refresh(self) -> Arrived:
        """Take in what has become of it since, and what has arrived of one that was not whole: at its end.

        What is laid out only grows (``grown``). What it is taken for may change also once it is whole, as
        when it does not verify after all.

        One at a time: a player asks for the playlists of picture and sound at once, and an older look at the
        tables must not take the place of a newer one.

        Raises:
            ProblemError: 403 it was restricted, 404 it is gone, 410 it was deleted: its keys are forgotten
                here too.
            KeysError: it has become another recording.
            StoreError: the store failed.
        """
        with self._refreshing:
            try:
                return self._refreshed()
            except ProblemError as problem:
                if problem.code in {DELETED_CODE, RESTRICTED_CODE}:
                    self.close()
                raise

    def share(self, shared: SharedLayout) -> Arrived:
        """Lay it out as other processes do, from now on.

        Raises:
            ProblemError: 404 it is gone; 410 it was deleted.
            KeysError: it has become another recording.
            StoreError: the store failed.
        """
        with self._refreshing:
            self._shared = shared
            self._arrived = self._laid_out_anew()
        return self._arrived

    @property
    def was_sealed(self) -> bool:
        """Whether the vault was sealed since it was opened: it plays no more."""
        return self._opening.was_sealed

    def close(self) -> None:
        """Forget the keys."""
        self._opening.close()

    def _refreshed(self) -> Arrived:
        if self._arrived.summary.is_whole:
            self._arrived = replace(self._arrived, summary=self._sum_up(self._arrived.summary.id))
        else:
            self._arrived = self._laid_out_anew()
        return self._arrived

    def _laid_out_anew(self) -> Arrived:
        if self._shared is not None:
            return self._shared.grow(self._looked, lambda each: each.timeline.chunks)
        before = list(self._arrived.timeline.chunks.values())
        return self._look(lambda chunks: grown(before, chunks))

    def _looked(self, before: Ranges | None) -> Arrived:
        return self._look(lambda chunks: chunks if before is None else laid_out(before, chunks))

    def _look(self, choose: Choose) -> Arrived:
        """Look at the tables again, and lay out those chunks that ``choose`` leaves of what is here."""
        received = self._look_up(self._arrived.summary.id)
        ledger = received.ledger(self._store)
        self._opening.renew(ledger)
        return self._lay_out(received, ledger, choose)

    def _lay_out(self, received: Received, ledger: Ledger, choose: Choose = list) -> Arrived:
        found = received.chunks(self._store, ledger)
        chunks = [chunk for chunk in found if chunk.parts]
        here = frozenset(chunk.seq for chunk in found)
        shown = choose(chunks)
        # A chunk that came after its place was laid out is not shown: its place stays empty.
        late = {chunk.seq for chunk in chunks} - {chunk.seq for chunk in shown}
        away = absent(ledger.open, shown, here - late)
        timeline = lay_out(shown, self._opening.tracks, absent=away)
        return Arrived(received.summary, ledger, timeline, more=bool(late))
