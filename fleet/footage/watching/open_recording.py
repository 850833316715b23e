"""A recording that the vault has opened: its parts in plaintext, one at a time, from only the bytes of each.

It is what playing and exporting have in common. Nothing is cached in plaintext and nothing is written
anywhere.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import PlaybackError
from fleet.footage.receiving.uploads import pieces_of
from fleet.footage.recordings.models import Recording, RecordingState, SegmentRow
from fleet.footage.recordings.rows import get
from fleet.footage.store import names
from fleet.footage.store.ledgers import read_ledger_bytes
from fleet.footage.store.pieces import PieceRange
from fleet.footage.store.store import FootageStore
from fleet.footage.timeline.chunks import ChunkRef, from_json, index_segment
from fleet.footage.timeline.timeline import Timeline, lay_out
from fleet.vault.vault import Opening, Vault
from protocol.footage.format.errors import FormatError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger, ledger_valid_prefix, read_ledger
from protocol.footage.sealing.part import PartContext, open_part


@dataclass(frozen=True, slots=True)
class RecordingInfo:
    """What is known of a recording when it is opened.

    Attributes:
        public_id: what it is called.
        camera: which camera made it.
        number: that camera's own count.
        whole: whether all of it has arrived; what has, may be looked at before.
        held: whether it is verified and held.
    """

    public_id: str
    camera: str
    number: int
    whole: bool
    held: bool


class OpenedRecording:
    """An opened recording. Safe to use from several threads; close it when done.

    Attributes:
        info: what is known of it.
        timeline: how it is laid out.
    """

    def __init__(self, services: Services, info: RecordingInfo, opening: Opening, timeline: Timeline) -> None:
        self.info = info
        self.timeline = timeline
        self._services = services
        self._store = services.find(FootageStore)
        self._opening = opening
        self._refreshing = threading.Lock()

    @property
    def ledger(self) -> Ledger:
        """Its ledger, as far as it is here."""
        return self._opening.ledger

    def part(self, seq: int, track: Track) -> bytes:
        """Return one part in plaintext.

        Raises:
            PlaybackError: the recording has no such part.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        chunk = self.timeline.chunks.get(seq)
        place = chunk.part(track) if chunk is not None else None
        if chunk is None or place is None or track not in self._opening.tracks:
            raise PlaybackError(f"There is no {track} of chunk {seq} in this recording.")
        key = self._opening.key(seq, track)
        segment = names.segment_key(self.info.camera, self.info.number, chunk.segment)
        sealed = self._store.read_range(segment, place.offset, place.length)
        opening = self.ledger.open
        return open_part(sealed, key, PartContext(opening.camera, opening.run, seq, track))

    def parts(self) -> Iterator[bytes]:
        """Give every part in order, the video of a chunk before its audio.

        Raises:
            KeysError: one does not open.
            StoreError: the store failed.
        """
        for seq, chunk in sorted(self.timeline.chunks.items()):
            for place in chunk.parts:
                if place.track in self.timeline.tracks:
                    yield self.part(seq, place.track)

    def refresh(self) -> tuple[Timeline, bool]:
        """Take in what has arrived since, of a recording that was not whole.

        One at a time: a player asks for the playlists of picture and sound at once, and an older look at the
        tables must not take the place of a newer one.

        Returns:
            How it is laid out now, and whether that is all of it.

        Raises:
            ProblemError: 404 it is gone.
            KeysError: it has become another recording.
            StoreError: the store failed.
        """
        with self._refreshing:
            if not self.info.whole:
                held = _look_up(self._services, self.info.public_id)
                ledger = held.ledger(self._store)
                self._opening.renew(ledger)
                self.timeline = lay_out(held.chunks(self._store, ledger), self._opening.tracks)
                self.info = held.info
            return self.timeline, self.info.whole

    def close(self) -> None:
        """Forget the keys."""
        self._opening.close()


@dataclass(frozen=True, slots=True)
class _Held:
    """What the tables say is held of a recording."""

    info: RecordingInfo
    pieces: tuple[PieceRange, ...]
    segments: tuple[tuple[str, list[Any] | None], ...]

    def ledger(self, store: FootageStore) -> Ledger:
        """Read the ledger, as far as it is whole."""
        if self.info.held:
            return read_ledger(store.read(names.whole_ledger_key(self.info.camera, self.info.number)))
        data = read_ledger_bytes(store, self.info.camera, self.info.number, self.pieces)
        try:
            return read_ledger(data[: ledger_valid_prefix(data)])
        except FormatError as error:
            raise _nothing_yet() from error

    def chunks(self, store: FootageStore, ledger: Ledger) -> list[ChunkRef]:
        """Return the chunks that belong to the recording and have keys, in order, each number once."""
        first = ledger.open.first_seq
        last = ledger.keys[-1].last_seq if ledger.keys else first - 1
        found: dict[int, ChunkRef] = {}
        for name, known in self.segments:
            for chunk in self._index(store, name, known):
                if first <= chunk.seq <= last and chunk.parts:
                    found.setdefault(chunk.seq, chunk)
        if not found:
            raise _nothing_yet()
        return [found[seq] for seq in sorted(found)]

    def _index(self, store: FootageStore, name: str, known: list[Any] | None) -> tuple[ChunkRef, ...]:
        if known is not None:
            return from_json(name, known)
        return index_segment(name, store.read(names.segment_key(self.info.camera, self.info.number, name)))


def open_recording(
    services: Services, *, public_id: str, actor: Actor, action: str, purpose: str
) -> OpenedRecording:
    """Open a recording through the vault, which writes down who asks and why before it opens anything (F1).

    Raises:
        ProblemError: 404 there is no such recording; 409 there is nothing of it to look at yet; 422 no
            purpose.
        StoreError: the store failed.
    """
    store = services.find(FootageStore)
    held = _look_up(services, public_id)
    opening = services.find(Vault).unseal(
        recording=held.info.public_id,
        load=lambda: held.ledger(store),
        actor=actor,
        action=action,
        purpose=purpose,
    )
    try:
        timeline = lay_out(held.chunks(store, opening.ledger), opening.tracks)
        return OpenedRecording(services, held.info, opening, timeline)
    except BaseException:
        opening.close()
        raise


def _look_up(services: Services, public_id: str) -> _Held:
    with services.readers() as session:
        row = get(session, public_id)
        segments = session.scalars(
            select(SegmentRow)
            .where(SegmentRow.recording_id == row.id)
            .options(undefer(SegmentRow.parts))
            .order_by(SegmentRow.name)
        )
        held = _Held(_info(row), pieces_of(session, row), tuple((each.name, each.parts) for each in segments))
    if not held.pieces or not held.segments:
        raise _nothing_yet()
    return held


def _info(row: Recording) -> RecordingInfo:
    held = row.state == RecordingState.HELD
    whole = row.state not in {RecordingState.ANNOUNCED, RecordingState.UPLOADING}
    return RecordingInfo(row.public_id, row.camera_id, row.number, whole, held)


def _nothing_yet() -> ProblemError:
    return ProblemError(
        409, "nothing_to_play", "Nothing of this recording that could be shown has arrived yet."
    )
