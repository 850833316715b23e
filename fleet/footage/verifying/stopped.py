"""Verifying what is here of a recording of which somebody said that no more will come.

It is judged as far as it goes, opened as far as it goes, and never signed for: a receipt would let a camera
that turns up after all delete the rest. Its state stays open to more. Where more came meanwhile, nothing is
written: what was judged is not what is here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from fleet.core.database import now
from fleet.core.services import Services
from fleet.footage.recordings.extent import extent
from fleet.footage.recordings.models import (
    A_PART,
    CANNOT_BE_OPENED,
    NOTHING,
    OPENED,
    REFUSED,
    Recording,
    RecordingState,
    SegmentRow,
)
from fleet.footage.recordings.rows import touch
from fleet.footage.recordings.untrusted import is_untrusted
from fleet.footage.store.store import FootageStore
from fleet.footage.timeline.arrived import ChunkPlace, absent
from fleet.footage.timeline.chunks import to_json
from fleet.footage.timeline.conditions import condition_sums
from fleet.footage.timeline.events import place_events, seconds
from fleet.footage.timeline.holes import cut_holes
from fleet.footage.verifying.opening import CannotBeOpenedError, OpeningCheck
from fleet.footage.verifying.part import PartReport, judge_part, ledger_of_part
from fleet.footage.verifying.subject import Subject, load
from fleet.footage.verifying.verification import refusal_of
from fleet.pki.authority import Authority
from protocol.footage.format.model import Track
from protocol.footage.verifying.report import ChunkStatus, Rule, Verdict
from protocol.units import NS_PER_S

log = logging.getLogger(__name__)


class StoppedVerification:
    """Verifies one stopped recording at a time, in whatever thread calls it."""

    def __init__(
        self, services: Services, authority: Authority, store: FootageStore, opening: OpeningCheck
    ) -> None:
        self._services = services
        self._authority = authority
        self._store = store
        self._opening = opening

    def due(self) -> Sequence[int]:
        """Return the rows of stopped recordings that are not verified, the oldest first."""
        with self._services.readers() as session:
            rows = session.query(Recording.id).filter(
                Recording.state == RecordingState.STOPPED, Recording.verified.is_(None)
            )
            return [row for (row,) in rows.order_by(Recording.changed)]

    def run(self, row: int, *, progress: Callable[[int], None] | None = None) -> None:
        """Verify what is here of a stopped recording; another is left alone.

        Args:
            row: the number of its row.
            progress: called with the number of bytes just checked; may raise to abandon the work.

        Raises:
            StoreError: the store failed, or gave back other bytes than it was given; it is still due.
        """
        while (found := load(self._services.readers, self._store, row, _is_due)) is not None:
            if self._judge(found, progress):
                return

    def _judge(self, found: Subject, progress: Callable[[int], None] | None) -> bool:
        """Judge it as it was at one look; say whether that was written, and not overtaken by news."""
        subject = replace(found, ledger=ledger_of_part(found.ledger))
        files = subject.files(self._store)
        part = judge_part(
            subject.ledger,
            files,
            authorities=[self._authority.der],
            progress=progress,
            seen=subject.indexing(),
        )
        refusal = refusal_of(part.report, subject.place) if part.report is not None else None
        verdict = _verdict(part, refusal)
        opening = None
        if verdict == A_PART and self._opening.is_possible():
            try:
                self._opening.run(subject.candidate(self._store))
                opening = OPENED
            except CannotBeOpenedError as error:
                opening, verdict, refusal = REFUSED, CANNOT_BE_OPENED, str(error)
        return self._note(subject, part, verdict, refusal, opening)

    def _note(
        self, subject: Subject, part: PartReport, verdict: str, refusal: str | None, opening: str | None
    ) -> bool:
        with self._services.sessions.begin() as session:
            row = session.get(Recording, subject.row, with_for_update={"of": Recording})
            if row is None or not _is_due(row) or row.changed != subject.changed:
                return False
            told = not is_untrusted(row.state, verdict)
            if told and part.ledger is not None and part.ledger.close is not None:
                row.told_s = part.ledger.close.duration_ns / NS_PER_S
            row.sentence = f"{_what(row, part, verdict, refusal)} {_who(row)}"
            row.verdict, row.verified = verdict, now(session)
            row.opening, row.opening_at = opening, now(session) if opening is not None else None
            if part.report is not None and part.ledger is not None:
                row.report = {**part.report.to_json(), "verdict": verdict, "sentence": row.sentence}
                row.timeline, row.conditions = _events(part), condition_sums(part.report.conditions)
                row.duration_s = seconds(part.report.duration_ns or 0)
            for segment in session.query(SegmentRow).filter(SegmentRow.recording_id == row.id):
                if segment.name in subject.index:
                    segment.parts = to_json(subject.index[segment.name])
            touch(session, row)
        log.info("Recording %d of %s is %s.", subject.place.number, subject.place.camera, verdict)
        return True


def _is_due(row: Recording) -> bool:
    return row.state == RecordingState.STOPPED and row.verified is None


def _verdict(part: PartReport, refusal: str | None) -> str:
    if part.report is not None and refusal is not None:
        foreign = any(each.rule is Rule.AUTHORITY for each in part.report.findings)
        return str(Verdict.OTHER_AUTHORITY if foreign else Verdict.ALTERED)
    return A_PART if part.here_ns else NOTHING


def _what(row: Recording, part: PartReport, verdict: str, refusal: str | None) -> str:
    """Say what is here, in sentences."""
    if verdict == NOTHING:
        return "Nothing of it that could be shown has arrived."
    here = extent(part.here_ns / NS_PER_S, row.told_s)
    if verdict == A_PART:
        return f"A part: {here} are here, exactly as {row.camera_id} signed it."
    if is_untrusted(row.state, verdict):
        return refusal or ""
    return f"{refusal} Of this recording {here} are here."


def _who(row: Recording) -> str:
    when = f"{row.stopped_at:%Y-%m-%d %H:%M} UTC" if row.stopped_at is not None else "an unknown day"
    why = (row.stopped_reason or "").rstrip(".")
    return f"{row.stopped_by} said on {when} that no more will come: {why}."


def _events(part: PartReport) -> dict[str, Any] | None:
    """Return what happened, as far as it is here."""
    if part.ledger is None or part.report is None or part.report.first_ns is None:
        return None
    chunks = [
        ChunkPlace(each.seq, each.start_ns, each.start_ns + each.duration_ns)
        for each in part.report.chunks
        if each.status is ChunkStatus.INTACT
    ]
    away = absent(part.ledger.open, chunks, frozenset(each.seq for each in part.report.chunks))
    first_ns = min([part.report.first_ns, *(span.start_ns for span in away)])
    return place_events(
        part.ledger,
        first_ns=first_ns,
        end_ns=part.report.end_ns or 0,
        gaps=part.report.gaps,
        cuts=cut_holes([(first_ns, first_ns), *((each.start_ns, each.end_ns) for each in chunks)]),
        away=[(track, span) for track in Track if track in part.report.tracks for span in away],
    ).to_json()
