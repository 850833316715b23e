"""The camera's word that it has sent everything, checked against what is held; then its receipt.

Rules:
- the word is taken only when every byte it names is held, and when that can be all of the recording by its
  own ledger and by what the camera ever said of it (``wholeness``): what is missing is said, so that the
  camera sends it, and kept for the page;
- how a recording ended is what its ledger says;
- it is taken once: the same word again is answered with how far the recording has come, another word is
  refused;
- from then on the recording takes nothing more, and a verification is due: the row says so, so that a
  restart cannot forget it (F7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.footage.errors import ObjectMissingError
from fleet.footage.receiving.deleted import receipt_of_deleted, told_state
from fleet.footage.receiving.wholeness import ChunkSpan, lacking, outline, span_of
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.lookup import RecordingClaim, find
from fleet.footage.recordings.models import GONE, OPEN_TO_MORE, Recording, RecordingState
from fleet.footage.recordings.rows import pieces_of, segments_of, take_more, touch
from fleet.footage.store import names
from fleet.footage.store.ledgers import read_ledger_bytes
from fleet.footage.store.store import FootageStore
from protocol.messages.uploads import CompleteRequest, CompleteResponse, UploadState

_LISTED = 5


class Completion:
    """Takes the word that this is all, and hands out receipts.

    Attributes:
        due: called with the row number of a recording whose verification is due now.
    """

    def __init__(self, services: Services, store: FootageStore, due: Callable[[int], None]) -> None:
        self._services = services
        self._store = store
        self._due = due

    def complete(self, claim: RecordingClaim, request: CompleteRequest) -> CompleteResponse:
        """Take the camera's word.

        Raises:
            ProblemError: 404 nothing is known of the recording; 409 something of it is not held yet, or
                another word was taken before; 410 it was deleted, and never signed for.
            StoreError: the store failed.
        """
        word = request.model_dump(mode="json")
        with self._services.readers() as session:
            row = self._known(session, claim)
            if row.state not in OPEN_TO_MORE:
                return self._answer(row, word)
            pieces, place = pieces_of(session, row), row.place
        ledger = read_ledger_bytes(self._store, place, pieces)
        found = outline(ledger)
        span = self._span(place, request) if found.close is None else None
        with self._services.sessions.begin() as session:
            locked = find(session, claim, lock=True)
            if locked is None or locked.state not in OPEN_TO_MORE:
                return self._answer(self._known(session, claim), word)
            _check_whole(session, locked, request, ledger)
            locked.told_closed = locked.told_closed or request.ended == "closed"
            listed = [each.name for each in request.segments]
            lack = lacking(found, listed, span, told_closed=locked.told_closed)
            if lack is None:
                take_more(session, locked)  # of one that somebody had ended, this is more
                locked.expected, locked.ended = word, "cut off" if found.close is None else "closed"
            elif locked.state != RecordingState.STOPPED:  # else it says on who ended it
                locked.sentence = lack.plain
            touch(session, locked, RecordingState.VERIFYING if lack is None else None)
            row_id = locked.id
        if lack is not None:  # committed before, with what the camera said
            raise ProblemError(409, "incomplete", lack.detail, missing=[], expected_offset=len(ledger))
        self._due(row_id)
        return CompleteResponse(state=UploadState.VERIFYING)

    def _span(self, place: names.Place, request: CompleteRequest) -> ChunkSpan | None:
        """Look which chunks the first and the last segment hold; None where that cannot be read.

        Raises:
            StoreError: the store failed.
        """
        listed = sorted(each.name for each in request.segments if names.is_segment_name(each.name))
        if not listed:
            return None
        try:
            first, last = (self._store.read(names.segment_key(place, listed[at])) for at in (0, -1))
        except ObjectMissingError:
            return None  # it is not held, and is named as that
        return span_of(first, last)

    def receipt(self, claim: RecordingClaim) -> bytes | None:
        """Return the receipt, or None while it is still to be signed.

        Raises:
            ProblemError: 404 nothing is known of the recording; 409 the camera has not said that this is all;
                410 it was deleted, and never signed for; 422 it did not verify, and why.
            StoreError: the store failed.
        """
        with self._services.readers() as session:
            row = self._known(session, claim)
            state, sentence, place = row.state, row.sentence, row.place
            if row.receipt_sha256 is None:
                refuse_gone(row)
        if state in GONE:
            return receipt_of_deleted(self._store, place)
        if state in OPEN_TO_MORE:
            raise ProblemError(
                409, "incomplete", f"Recording {claim.number} is not complete yet; send the rest and say so."
            )
        if state == RecordingState.FAILED:
            raise ProblemError(422, "recording_failed", sentence or "This recording did not verify.")
        if state == RecordingState.VERIFYING:
            return None
        return self._store.read(names.receipt_key(place))

    def _known(self, session: Session, claim: RecordingClaim) -> Recording:
        row = find(session, claim)
        if row is None:
            raise not_found(f"recording {claim.number} of {claim.camera}")
        return row

    def _answer(self, row: Recording, word: dict[str, Any]) -> CompleteResponse:
        if row.receipt_sha256 is None:
            refuse_gone(row)
        if row.expected is not None and row.expected != word:
            raise ProblemError(
                409,
                "already_complete",
                f"Recording {row.number} was declared complete before, with other contents.",
            )
        return CompleteResponse(state=told_state(row), detail=row.sentence or "")


def _check_whole(session: Session, row: Recording, request: CompleteRequest, ledger: bytes) -> None:
    if row.opened and row.recording != request.recording:
        detail = f"Recording {row.number} is {row.recording} by its ledger, not {request.recording}."
        raise ProblemError(409, "recording_differs", detail)
    held = {each.name: each for each in segments_of(session, row)}
    missing = [each.name for each in request.segments if each.name not in held]
    if missing or len(ledger) < request.ledger_length:
        raise _incomplete(missing, len(ledger), request)
    same = all(held[each.name].sha256.hex() == each.sha256 for each in request.segments)
    if not same or len(held) != len(request.segments):
        detail = "The segments held are others than those that the camera lists."
        raise ProblemError(409, "segments_differ", detail)
    if (len(ledger), hashlib.sha256(ledger).hexdigest()) != (request.ledger_length, request.ledger_sha256):
        raise ProblemError(
            409, "ledger_differs", "The ledger held is another than the one that the camera describes."
        )


def _incomplete(missing: list[str], ledger_length: int, request: CompleteRequest) -> ProblemError:
    whole = len(request.segments)
    wanted = [f"{len(missing)} of {whole} {'segment' if whole == 1 else 'segments'}"] if missing else []
    if ledger_length < request.ledger_length:
        wanted.append(f"the ledger from byte {ledger_length} on")
    are = "are" if len(wanted) > 1 or (missing and whole > 1) else "is"
    detail = f"{' and '.join(wanted).capitalize()} of this recording {are} not held yet."
    return ProblemError(409, "incomplete", detail, missing=missing[:_LISTED], expected_offset=ledger_length)
