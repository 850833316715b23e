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

from fleet.core.problems import Problem
from fleet.core.services import Services
from fleet.footage import names
from fleet.footage.errors import PlaybackError
from fleet.footage.index import ChunkPlace, from_json, index_segment, open_ciphertext
from fleet.footage.models import Recording, RecordingState, Segment
from fleet.footage.receiving.pieces import Piece
from fleet.footage.receiving.uploads import pieces_of
from fleet.footage.recordings import get
from fleet.footage.store.ledgers import read_ledger_bytes
from fleet.footage.store.store import FootageStore
from fleet.footage.watching.reel import Reel, Shot, lay_out
from fleet.people.actor import Actor
from fleet.vault.vault import Opening, Vault
from protocol.footage.format.errors import FormatError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger, ledger_valid_prefix, read_ledger


@dataclass(frozen=True, slots=True)
class Film:
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


class OpenRecording:
    """An opened recording. Safe to use from several threads; close it when done.

    Attributes:
        film: what is known of it.
        reel: how it is laid out.
    """

    def __init__(self, services: Services, film: Film, opening: Opening, reel: Reel) -> None:
        self.film = film
        self.reel = reel
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
        shot = self.reel.shots.get(seq)
        place = shot.place.part(track) if shot is not None else None
        if shot is None or place is None or track not in self._opening.tracks:
            raise PlaybackError(f"There is no {track} of chunk {seq} in this recording.")
        key = self._opening.key(seq, track)
        segment = names.segment_key(self.film.camera, self.film.number, shot.segment)
        sealed = self._store.read_range(segment, place.offset, place.length)
        opening = self.ledger.open
        return open_ciphertext(opening.camera, opening.run, shot.place, track, sealed, key)

    def parts(self) -> Iterator[bytes]:
        """Give every part in order, the video of a chunk before its audio.

        Raises:
            KeysError: one does not open.
            StoreError: the store failed.
        """
        for seq, shot in sorted(self.reel.shots.items()):
            for place in shot.place.parts:
                if place.track in self.reel.tracks:
                    yield self.part(seq, place.track)

    def refresh(self) -> tuple[Reel, bool]:
        """Take in what has arrived since, of a recording that was not whole.

        One at a time: a player asks for the playlists of picture and sound at once, and an older look at the
        tables must not take the place of a newer one.

        Returns:
            How it is laid out now, and whether that is all of it.

        Raises:
            Problem: 404 it is gone.
            KeysError: it has become another recording.
            StoreError: the store failed.
        """
        with self._refreshing:
            if not self.film.whole:
                held = _look_up(self._services, self.film.public_id)
                ledger = held.ledger(self._store)
                self._opening.renew(ledger)
                self.reel = lay_out(held.shots(self._store, ledger), self._opening.tracks)
                self.film = held.film
            return self.reel, self.film.whole

    def close(self) -> None:
        """Forget the keys."""
        self._opening.close()


@dataclass(frozen=True, slots=True)
class _Held:
    """What the tables say is held of a recording."""

    film: Film
    pieces: tuple[Piece, ...]
    segments: tuple[tuple[str, list[Any] | None], ...]

    def ledger(self, store: FootageStore) -> Ledger:
        """Read the ledger, as far as it is whole."""
        if self.film.held:
            return read_ledger(store.read(names.whole_ledger_key(self.film.camera, self.film.number)))
        data = read_ledger_bytes(store, self.film.camera, self.film.number, self.pieces)
        try:
            return read_ledger(data[: ledger_valid_prefix(data)])
        except FormatError as error:
            raise _nothing_yet() from error

    def shots(self, store: FootageStore, ledger: Ledger) -> list[Shot]:
        """Return the chunks that belong to the recording and have keys, in order, each number once."""
        first = ledger.open.first_seq
        last = ledger.keys[-1].last_seq if ledger.keys else first - 1
        found: dict[int, Shot] = {}
        for name, known in self.segments:
            for place in self._places(store, name, known):
                if first <= place.seq <= last and place.parts:
                    found.setdefault(place.seq, Shot(name, place))
        if not found:
            raise _nothing_yet()
        return [found[seq] for seq in sorted(found)]

    def _places(self, store: FootageStore, name: str, known: list[Any] | None) -> tuple[ChunkPlace, ...]:
        if known is not None:
            return from_json(known)
        return index_segment(store.read(names.segment_key(self.film.camera, self.film.number, name)))


def open_recording(
    services: Services, *, public_id: str, actor: Actor, action: str, purpose: str
) -> OpenRecording:
    """Open a recording through the vault, which writes down who asks and why before it opens anything (F1).

    Raises:
        Problem: 404 there is no such recording; 409 there is nothing of it to look at yet; 422 no purpose.
        StoreError: the store failed.
    """
    store = services.find(FootageStore)
    held = _look_up(services, public_id)
    opening = services.find(Vault).unseal(
        recording=held.film.public_id,
        load=lambda: held.ledger(store),
        actor=actor,
        action=action,
        purpose=purpose,
    )
    try:
        reel = lay_out(held.shots(store, opening.ledger), opening.tracks)
        return OpenRecording(services, held.film, opening, reel)
    except BaseException:
        opening.close()
        raise


def _look_up(services: Services, public_id: str) -> _Held:
    with services.readers() as session:
        row = get(session, public_id)
        segments = session.scalars(
            select(Segment)
            .where(Segment.recording_id == row.id)
            .options(undefer(Segment.parts))
            .order_by(Segment.name)
        )
        held = _Held(_film(row), pieces_of(session, row), tuple((each.name, each.parts) for each in segments))
    if not held.pieces or not held.segments:
        raise _nothing_yet()
    return held


def _film(row: Recording) -> Film:
    held = row.state == RecordingState.HELD
    whole = row.state not in {RecordingState.ANNOUNCED, RecordingState.UPLOADING}
    return Film(row.public_id, row.camera_id, row.number, whole, held)


def _nothing_yet() -> Problem:
    return Problem(409, "nothing_to_play", "Nothing of this recording that could be shown has arrived yet.")
