"""A clip that is cut into seconds, as players and whoever redacts take recordings: parts on a timeline."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from fleet.core.problems import ProblemError
from fleet.footage.errors import PlaybackError
from fleet.footage.imported.pieces import ImportReader
from fleet.footage.imported.sealing import ImportFile
from fleet.footage.timeline.chunks import from_json
from fleet.footage.timeline.timeline import Timeline, lay_out
from fleet.imagery.models import ImportSeconds
from fleet.imagery.opening import OpenedImport
from fleet.imagery.rules.kinds import SecondsState
from fleet.imagery.seconds.asking import why_not_cut
from protocol.footage.format.model import Track


@dataclass(frozen=True, slots=True)
class SecondsLook:
    """What there is of a clip: all of it, for it came whole."""

    timeline: Timeline
    is_whole: bool = True


class PlayedSeconds:
    """An opened clip, cut into seconds. Safe to use from several threads; its key is its opener's."""

    def __init__(self, reader: ImportReader, look: SecondsLook) -> None:
        self._reader, self._look = reader, look
        self._lock = threading.Lock()

    @property
    def arrived(self) -> SecondsLook:
        """What there is of it."""
        return self._look

    @property
    def was_sealed(self) -> bool:
        """False: it is opened anew for each answer, which a sealed vault refuses."""
        return False

    def part(self, seq: int, track: Track) -> bytes:
        """Return one part in plaintext.

        Raises:
            PlaybackError: there is no such part.
            KeysError: it does not open.
            StoreError: the store failed.
        """
        chunk = self._look.timeline.chunks.get(seq)
        part = None if chunk is None else chunk.part(track)
        if part is None:
            raise PlaybackError(f"There is no {track} of second {seq} in this clip.")
        with self._lock:
            return self._reader.read(part.offset, part.length)

    def refresh(self) -> SecondsLook:
        """Return what there is of it: nothing more comes."""
        return self._look

    def close(self) -> None:
        """Do nothing: it holds no key that outlasts an answer."""


def timeline_of(found: ImportSeconds | None) -> Timeline:
    """Return how a clip that is cut into seconds is laid out.

    Raises:
        ProblemError: 503 it is not cut yet; 409 it could not be.
    """
    if found is None or found.state != SecondsState.DONE:
        is_over = found is not None and found.state == SecondsState.FAILED
        raise ProblemError(409 if is_over else 503, "not_cut", why_not_cut(found), headers=_later(is_over))
    return lay_out(from_json("", found.chunks), frozenset(Track))


def played_seconds(opened: OpenedImport, found: ImportSeconds | None) -> PlayedSeconds:
    """Return an opened clip as players take it; its ``chunks`` are loaded.

    Raises:
        ProblemError: as ``timeline_of`` does.
    """
    timeline = timeline_of(found)
    attempt, size = ("", 0) if found is None else (found.attempt, found.size)
    reader = opened.made(attempt, ImportFile.SECONDS, size)
    return PlayedSeconds(reader, SecondsLook(timeline))


def _later(is_over: bool) -> dict[str, str] | None:
    return None if is_over else {"Retry-After": "10"}


def laid_out_seconds(session: Session, name: str) -> ImportSeconds | None:
    """Return how far a clip is cut, with where its parts lie; None where nobody asked for it."""
    query = select(ImportSeconds).where(ImportSeconds.import_id == name)
    return session.scalars(query.options(undefer(ImportSeconds.chunks))).one_or_none()
