"""Whether a recording can be opened at all, tried by the fleet itself before it signs for it.

What a camera signs may hold nothing that anybody can open: keys sealed in another context, parts of another
codec, times that lie. The signatures hold, and the receipt would let the camera delete the only proof of it.
So the keys of all parts are opened and some parts are looked at (``structure``), in memory alone.

Rules:
- it goes through the vault and is written down there first (F1), as a check by the fleet and not as a
  viewing: nobody sees anything of it;
- a track that is in the recording and not sealed to the vault is one that cannot be opened: the camera would
  delete on a receipt what nobody here can ever see or hear;
- a store that fails, or gives back other bytes, is no fault of the recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from fleet.core.actor import FLEET
from fleet.core.problems import ProblemError
from fleet.footage.errors import MediaError
from fleet.footage.store.stored_files import StoredFiles
from fleet.footage.timeline.chunks import ChunkRef
from fleet.footage.verifying.structure import check_part, check_speed, choose
from fleet.vault.opening import Opening
from fleet.vault.vault import Vault
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import EventKind, Ledger
from protocol.footage.sealing.part import PartContext, open_part

ACTION: Final = "footage:recording:check"
PURPOSE: Final = "The fleet's own check that it can be opened; nobody is shown anything"
_SEED: Final = b"lapel opening check v1\0"


class CannotBeOpenedError(Exception):
    """The recording cannot be opened; the message says what of it, as a sentence for people."""


@dataclass(frozen=True, slots=True)
class Openable:
    """A recording to be opened.

    Attributes:
        public_id: what it is called in the audit log.
        ledger: its ledger, as far as it is here.
        ledger_sha256: of the bytes of that.
        chunks: its chunks that are here, in order.
        files: its segments by name.
    """

    public_id: str
    ledger: Ledger
    ledger_sha256: bytes
    chunks: Sequence[ChunkRef]
    files: StoredFiles


class OpeningCheck:
    """Tries to open recordings, in whatever thread calls it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def is_possible(self) -> bool:
        """Say whether it can be tried now; not while the vault is sealed."""
        return not self._vault.is_sealed()

    def run(self, candidate: Openable) -> None:
        """Open the keys of all parts of a recording, and look at some of the parts.

        Raises:
            CannotBeOpenedError: they do not open, or are not what the camera signed them to be.
            ProblemError: 503 the vault has been sealed meanwhile.
            StoreError: the store failed.
        """
        with self._opened(candidate) as opening:
            with _refused("its keys"):
                opening.open_all()
            chunks = _of_recording(candidate)
            for track in sorted(Track):
                parts = [each for each in chunks if each.part(track)]
                if track in opening.tracks:
                    self._look_at(track, candidate, opening, parts)
                elif parts:
                    raise CannotBeOpenedError(_NOT_TO_US.format(what=_NAMES[track]))

    @contextmanager
    def _opened(self, candidate: Openable) -> Iterator[Opening]:
        try:
            opening = self._vault.unseal(
                recording=candidate.public_id,
                load=lambda: candidate.ledger,
                actor=FLEET,
                action=ACTION,
                purpose=PURPOSE,
            )
        except ProblemError as error:
            if error.code == "not_sealed_to_us":
                raise CannotBeOpenedError(error.detail) from error
            raise
        with opening:
            yield opening

    def _look_at(
        self, track: Track, candidate: Openable, opening: Opening, chunks: Sequence[ChunkRef]
    ) -> None:
        gaps = _stated_gaps(candidate.ledger)
        for chunk in chunks:
            with _refused(f"its {_NAMES[track]}"):
                opening.key(chunk.seq, track)
        seed = _SEED + candidate.ledger_sha256 + track.encode()
        seen = []
        for at in choose(len(chunks), seed):
            with _refused(f"the {_NAMES[track]} of chunk {chunks[at].seq}"):
                data = _plaintext(candidate, opening, chunks[at], track)
                seen.append(check_part(data, chunks[at], track, gaps))
        with _refused(f"its {_NAMES[track]}"):
            check_speed(seen)


_NAMES: Final = {Track.VIDEO: "picture", Track.AUDIO: "sound"}
_NOT_TO_US: Final = (
    "This recording cannot be opened, although its signatures hold: its {what} is not sealed to this fleet's "
    "vault."
)


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """Say of what it is that it does not open."""
    try:
        yield
    except (KeysError, MediaError) as error:
        why = str(error).rstrip(".")
        because = f"{what}: {why[:1].lower()}{why[1:]}"
        raise CannotBeOpenedError(
            f"This recording cannot be opened, although its signatures hold: {because}."
        ) from error


def _plaintext(candidate: Openable, opening: Opening, chunk: ChunkRef, track: Track) -> bytes:
    part, head = chunk.part(track), candidate.ledger.open
    if part is None:
        raise KeysError(f"chunk {chunk.seq} has no {track}")
    key, context = opening.key(chunk.seq, track), PartContext(head.camera, head.run, chunk.seq, track)
    try:
        return open_part(candidate.files.part(chunk.segment, part.offset, part.length), key, context)
    except KeysError:  # is it the store's fault?
        whole = candidate.files[chunk.segment]
        return open_part(whole[part.offset : part.offset + part.length], key, context)


def _of_recording(candidate: Openable) -> list[ChunkRef]:
    """Return the chunks that are the recording's and should have keys, each number once."""
    ledger = candidate.ledger
    last = ledger.keys[-1].last_seq if ledger.keys else ledger.open.first_seq - 1
    found = {each.seq: each for each in candidate.chunks if ledger.open.first_seq <= each.seq <= last}
    return [found[seq] for seq in sorted(found)]


def _stated_gaps(ledger: Ledger) -> list[Gap]:
    """Return what the ledger's events say is missing; the verifier has checked their form."""
    return [
        Gap(
            Track(str(event.detail["track"])),
            int(event.detail["start_ns"]),
            int(event.detail["duration_ns"]),
            GapCause(str(event.detail["cause"])),
        )
        for event in ledger.events
        if event.kind is EventKind.GAP
    ]
