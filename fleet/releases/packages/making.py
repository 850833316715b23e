"""Making a release, as a job that any process may take up where another died (F7).

Of each recording in turn: it is opened, which is written down first (F1); what is hidden has to be what was
approved; each part in which it is, is made, checked and kept sealed; each file is made once and measured; a
movie with such parts is checked down to its last byte; the statement is signed, and kept with what was
measured. A recording that is done is not done again. Imports come after the recordings, each as a whole
(``imports``). When all are done the release is made, unless it was
revoked meanwhile.

What cannot be made for a reason that stays (footage gone, restricted, nothing left of what was chosen) is
failed, with the reason; what fails for now, as with a sealed vault, is tried again.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.actor import FLEET
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import MediaError, PlaybackError
from fleet.footage.recordings.models import Recording, SegmentRow
from fleet.footage.services import FootageServices
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.imagery.opening import ImportOpener
from fleet.jobs.queue import finish
from fleet.jobs.worker import JobRun
from fleet.pki.authority import Authority
from fleet.redaction.errors import NotHiddenError, RedactionError
from fleet.releases.choosing import refuse_footage
from fleet.releases.drafting import JOB
from fleet.releases.exhibits.continuity import saw
from fleet.releases.finding import import_folders_of
from fleet.releases.models import FootageRelease, ReleaseFolder
from fleet.releases.packages.covers import cover_of, millis, title_of
from fleet.releases.packages.imports import ImportMaking
from fleet.releases.packages.kept_parts import KeptParts
from fleet.releases.packages.packing import PackedCopy, PackedWords, found_in_movie, measure, packed_files
from fleet.releases.packages.plans import plan_of
from fleet.releases.packages.redacted import MAKER, RedactedParts
from fleet.releases.packages.redactions import ApprovedRedaction, approved_redaction
from fleet.releases.rules.continuity import ContinuityKind
from fleet.releases.rules.cover import folder_name
from fleet.releases.rules.states import ReleaseState, is_expired
from fleet.releases.steps import TOPIC, facts_of_release, tell
from fleet.releases.subjects import imports_of, recordings_of, released_in, spans_of
from protocol.footage.format.errors import FormatError, KeysError, ReleaseError
from protocol.footage.format.model import Track
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import sign_release
from protocol.footage.released.released_part import Treatment

ACTION: Final = "releases:recording:make"
_UNAVAILABLE = 500
_KNOWN = (ProblemError, MediaError, PlaybackError, KeysError, FormatError, ReleaseError, RedactionError)


class Making:
    """Makes releases: what does jobs of ``JOB``, whose subject is a release.

    Attributes:
        kind: of its jobs.
    """

    kind: Final = JOB

    def __init__(
        self, services: Services, authority: Authority, footage: FootageServices, opener: ImportOpener
    ) -> None:
        self._services = services
        self._authority = authority
        self._imports = ImportMaking(services, authority, footage, opener)
        self._store, self._spool = footage.store, footage.spool
        self._opener = footage.watching.opener

    def __call__(self, run: JobRun) -> None:
        """Make a release as far as is still to be done.

        Raises:
            ProblemError: it cannot be made now.
            StoreError: the store failed.
            LeaseLostError: another process has taken it up.
        """
        name = run.lease.subject
        try:
            self._make(name, run)
        except _KNOWN as error:
            said = error.detail if isinstance(error, ProblemError) else str(error)
            is_for_now = isinstance(error, ProblemError) and error.status >= _UNAVAILABLE
            with self._services.sessions.begin() as session:
                row = session.get(FootageRelease, name, with_for_update={"of": FootageRelease})
                if row is None:
                    return
                if row.state != ReleaseState.APPROVED:
                    row.masked_kept = True  # some may have been kept since they were taken away
                    return
                row.trouble = said
                if is_for_now:
                    announce(session, TOPIC, row.id)
                else:
                    row.state = ReleaseState.FAILED
                    tell(session, row, FLEET, "releases:release:fail", f"Could not be made: {said}")
                    finish(session, run.lease)
            if is_for_now:
                raise
            run.is_over = True

    def _make(self, name: str, run: JobRun) -> None:
        with self._services.readers() as session:
            row = session.get(FootageRelease, name)
            if row is None or row.state != ReleaseState.APPROVED:
                return
            if is_expired(facts_of_release(row), now(session)):
                raise ProblemError(409, "expired", "Its last day was over before it was made.")
            those, imports = recordings_of(row), imports_of(row)
            refuse_footage(session, released_in(row))
            segments = {each.id: _segments(session, each) for each in those}
            is_done = {each.recording_id for each in _folders(session, name)}
            are_done = {each.import_id for each in import_folders_of(session, name)}
        whole = sum(map(len, segments.values())) + len(imports)
        done = sum(len(segments[each]) for each in is_done) + len(are_done)
        self._progress(name, done, whole)
        for each in those:
            if each.id not in is_done:
                self._folder(name, each, segments[each.id], run, done, whole)
                done += len(segments[each.id])
                self._progress(name, done, whole)
        for imported in imports:
            if imported.id not in are_done:
                self._imports.folder(name, imported, run.go_on)
                done += 1
                self._progress(name, done, whole)
        self._made(name, run)

    def _folder(
        self, name: str, recording: Recording, segments: list[str], run: JobRun, done: int, whole: int
    ) -> None:
        """Make one recording's files once, sign for them, and keep what they are."""
        with self._services.readers() as session:
            row = session.get_one(FootageRelease, name)
            purpose = f"To make release {row.reference}, which {row.decided_by} approved"
            made = now(session)
            approved = approved_redaction(session, row, recording)
        if approved is not None:
            self._will_keep(name)
        opened = self._opener.open(recording.public_id, actor=FLEET, action=ACTION, purpose=purpose)
        try:
            parts = None if approved is None else self._parts(name, opened, approved, run)
            spans = spans_of(row, recording)
            plan = plan_of(opened, spans) if parts is None else parts.plan(spans)
            if plan.is_empty:
                detail = (
                    f"Nothing of recording {recording.number} of {recording.camera_id} lies wholly within "
                    "what was chosen."
                )
                raise ProblemError(422, "nothing_chosen", detail)
            cover = cover_of(self._services.config.landlord, row, recording, plan, made)
            words = PackedWords(cover.page(), title_of(row))
            facts = []
            copy = PackedCopy(opened, plan, parts)
            files = packed_files(copy, self._store, segments, words)
            for number, file in enumerate(files):
                facts.append(measure(file))
                run.go_on()
                self._progress(name, done + min(number, len(segments)), whole)
            found = found_in_movie(copy, files[-1]) if parts is not None else []
            if found:
                raise NotHiddenError(f"The movie is given to nobody. {found[0]}")
        finally:
            opened.close()
        listed = tuple(SegmentDigest(each.name, each.size, each.sha256) for each in facts)
        key, chain = self._authority.receipts_key()
        statement = sign_release(cover.said(), listed, ed25519_signer(key), chain)
        with self._services.sessions.begin() as session:
            session.add(
                ReleaseFolder(
                    release_id=name,
                    recording_id=recording.id,
                    name=folder_name(recording.camera_id, recording.number, recording.apart),
                    statement=statement,
                    files=[[each.name, each.size, each.sha256.hex(), each.crc32] for each in facts],
                    untouched={str(each): millis(plan, each, Treatment.UNTOUCHED) for each in Track},
                    withheld={str(each): millis(plan, each, Treatment.WITHHELD) for each in Track},
                    ranges=plan.ranges(),
                    changed={str(each): millis(plan, each, Treatment.CHANGED) for each in Track},
                    changed_ranges=plan.ranges(Treatment.CHANGED),
                    maker=MAKER if plan.ranges(Treatment.CHANGED) else "",
                    page=words.page,
                )
            )

    def _parts(
        self, name: str, opened: OpenedRecording, approved: ApprovedRedaction, run: JobRun
    ) -> RedactedParts:
        """Return what makes and keeps the masked parts."""
        kept = KeptParts(
            opened,
            self._store,
            self._spool,
            self._services.random,
            release=name,
            approved=approved.digest,
        )
        return RedactedParts(opened, approved.plan, busy=run.go_on, kept=kept)

    def _will_keep(self, name: str) -> None:
        """Note that masked parts may be there from now on: whatever dies, they are taken away at the end."""
        with self._services.sessions.begin() as session:
            row = session.get_one(FootageRelease, name, with_for_update={"of": FootageRelease})
            row.masked_kept = True

    def _made(self, name: str, run: JobRun) -> None:
        with self._services.sessions.begin() as session:
            row = session.get_one(FootageRelease, name, with_for_update={"of": FootageRelease})
            if row.state == ReleaseState.APPROVED:
                row.state, row.made, row.trouble = ReleaseState.MADE, now(session), ""
                saw(session, row, ContinuityKind.MADE, FLEET)
                tell(session, row, FLEET, "releases:release:make", "Made.")
            else:
                row.masked_kept = True  # some may have been kept since they were taken away
            finish(session, run.lease)
        run.is_over = True

    def _progress(self, name: str, done: int, whole: int) -> None:
        with self._services.sessions.begin() as session:
            row = session.get_one(FootageRelease, name, with_for_update={"of": FootageRelease})
            row.done, row.whole = done, whole
            announce(session, TOPIC, row.id)


def _segments(session: Session, row: Recording) -> list[str]:
    query = select(SegmentRow.name).where(SegmentRow.recording_id == row.id)
    return list(session.scalars(query.order_by(SegmentRow.name)))


def _folders(session: Session, release: str) -> list[ReleaseFolder]:
    return list(session.scalars(select(ReleaseFolder).where(ReleaseFolder.release_id == release)))
