"""The search for faces in what is chosen of a recording, as a job that any process may take up (F7).

How far it has come is kept every few seconds of footage; after a crash it goes on from there. What it found
becomes proposals of the draft, as one step of its history; people decide about each. A search of other spans
takes the place of proposals that nobody decided.

What cannot be searched for a reason that stays is told in a sentence, and masks are drawn by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import cv2
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from fleet.core.actor import FLEET
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import MediaError, PlaybackError
from fleet.footage.services import FootageServices
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.jobs.queue import finish
from fleet.jobs.worker import JobRun
from fleet.redaction.errors import RedactionError
from fleet.redaction.proposing.face_detector import FaceDetector, find_weights
from fleet.redaction.proposing.proposer import FaceProposer, FindsFaces
from fleet.redaction.rules.document import read_draft
from fleet.redaction.rules.editing import propose
from fleet.redaction.rules.followed import ProposalSearch
from fleet.redaction.rules.mask import MaskState
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.redaction.rules.search_document import read_search, write_search
from fleet.releases.models import FootageRelease
from fleet.releases.packages.covers import spans_of
from fleet.releases.packages.plans import plan_of
from fleet.releases.redacting.drafts import SEARCH_JOB, get_redaction, scope_of, write_searched
from fleet.releases.redacting.models import ReleaseRedaction, SearchState
from fleet.releases.rules.plan import ChosenSpan
from fleet.releases.rules.states import ReleaseState
from fleet.releases.steps import TOPIC, tell
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track

ACTION: Final = "releases:recording:search"
KEPT_EVERY: Final = 10
"""Seconds of footage, after which it is kept how far the search has come."""
_UNAVAILABLE = 500
_KNOWN = (ProblemError, MediaError, PlaybackError, KeysError, RedactionError, RedactionRefusalError)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is searched: a recording's id and row, its spans, why it is opened, and how far it has come."""

    recording: str
    key: tuple[str, int]
    scope: str
    spans: list[ChosenSpan]
    purpose: str
    search: ProposalSearch


class FaceSearching:
    """Does jobs of ``SEARCH_JOB``, whose subject is a recording of a release.

    Attributes:
        kind: of its jobs.
    """

    kind: Final = SEARCH_JOB

    def __init__(
        self,
        services: Services,
        footage: FootageServices,
        *,
        detector: Callable[[], FindsFaces] | None = None,
    ) -> None:
        """Prepare it.

        Args:
            services: what all share.
            footage: opens recordings.
            detector: returns what sights faces; None for the one that comes with the fleet.
        """
        self._services = services
        self._opener = footage.watching.opener
        self._detector = detector or _usual_detector

    def __call__(self, run: JobRun) -> None:
        """Search as far as is still to be done.

        Raises:
            ProblemError: it cannot be searched now.
            StoreError: the store failed.
            LeaseLostError: another process has taken it up.
        """
        task = self._begun(run)
        if task is None:
            return
        try:
            found = self._search(task, run)
            if found is not None:
                self._propose(task, found, run)
        except _KNOWN as error:
            said = error.detail if isinstance(error, ProblemError) else str(error)
            is_for_now = isinstance(error, ProblemError) and error.status >= _UNAVAILABLE
            with self._services.sessions.begin() as session:
                row = _still(session, task)
                if row is not None:
                    row.search_trouble = said
                    row.search = SearchState.ASKED if is_for_now else SearchState.FAILED
                    announce(session, TOPIC, row.release_id)
                if not is_for_now:
                    finish(session, run.lease)
            if is_for_now:
                raise
            run.is_over = True

    def _begun(self, run: JobRun) -> _Task | None:
        """Return what is to be done; None where nothing is any more."""
        release, _, number = run.lease.subject.partition("/")
        with self._services.sessions.begin() as session:
            query = select(ReleaseRedaction).where(
                ReleaseRedaction.release_id == release, ReleaseRedaction.recording_id == int(number)
            )
            row = session.scalars(query.options(undefer(ReleaseRedaction.search_document))).one_or_none()
            whole = session.get(FootageRelease, release)
            if row is None or whole is None or row.search != SearchState.ASKED:
                return None
            scope = scope_of(whole, row.recording_id)
            search = ProposalSearch()
            if row.search_document is not None and row.search_scope == scope:
                search = read_search(row.search_document)
            row.search_scope = scope
            purpose = f"To propose faces to be hidden in {whole.reference}, which {row.search_by} asked for"
            key = row.release_id, row.recording_id
            spans = spans_of(whole, row.recording)
            return _Task(row.recording.public_id, key, scope, spans, purpose, search)

    def _search(self, task: _Task, run: JobRun) -> ProposalSearch | None:
        """Look at each second; None where somebody ended it, or chose other spans."""
        detector = self._detector()
        opened = self._opener.open(task.recording, actor=FLEET, action=ACTION, purpose=task.purpose)
        try:
            parts = plan_of(opened, task.spans).given()
            numbers = [seq for seq, track in parts if track is Track.VIDEO]
            if not numbers:
                raise RedactionError("There is no picture in what was chosen of this recording.")
            latest = task.search
            if not self._keep(task, latest, len(numbers)):
                return None
            proposer = FaceProposer(detector, opened.arrived.timeline.first_ns)
            pictures = _pictures(opened, numbers[latest.parts :])
            for latest in proposer.search(pictures, task.search):
                run.go_on()
                if latest.parts % KEPT_EVERY == 0 and not self._keep(task, latest, len(numbers)):
                    return None
            return latest
        finally:
            opened.close()

    def _keep(self, task: _Task, search: ProposalSearch, whole: int) -> bool:
        """Keep how far it has come; say whether it is still wanted."""
        with self._services.sessions.begin() as session:
            row = _still(session, task)
            if row is None:
                return False
            row.search_document = write_search(search)
            row.searched, row.to_search, row.search_trouble = search.parts, whole, ""
            announce(session, TOPIC, row.release_id)
        return True

    def _propose(self, task: _Task, search: ProposalSearch, run: JobRun) -> None:
        """Add what was found to the draft as it is now, and say so; the job is done with that."""
        found = search.proposals()
        with self._services.sessions.begin() as session:
            whole = session.get_one(FootageRelease, task.key[0], with_for_update={"of": FootageRelease})
            if _still(session, task) is not None and whole.state == ReleaseState.DRAFT:
                row = get_redaction(session, *task.key, lock=True)
                draft = read_draft(row.document)
                decided = tuple(each for each in draft.plan.masks if each.state is not MaskState.PROPOSED)
                plan = propose(replace(draft.plan, masks=decided), draft.next_number, found)
                write_searched(session, row, draft.changed(plan))
                row.search, row.left_out, row.search_document = SearchState.DONE, search.left_out(), None
                row.searched = search.parts
                name = f"recording {row.recording.number} of {row.recording.camera_id}"
                faces = "1 face" if len(found) == 1 else f"{len(found)} faces"
                words = f"Proposed to hide {faces} in {name}."
                tell(session, whole, FLEET, "releases:redaction:propose", words)
            finish(session, run.lease)
        run.is_over = True


def _still(session: Session, task: _Task) -> ReleaseRedaction | None:
    """Return the row of a search that is still wanted."""
    row = session.get(ReleaseRedaction, task.key, with_for_update={"of": ReleaseRedaction})
    return (
        row
        if row is not None and row.search == SearchState.ASKED and row.search_scope == task.scope
        else None
    )


def _usual_detector() -> FindsFaces:
    cv2.setNumThreads(1)  # it goes on for minutes, and whoever looks at pages needs the processor, too
    return FaceDetector(find_weights())


def _pictures(opened: OpenedRecording, numbers: list[int]) -> Iterator[bytes]:
    for seq in numbers:
        yield opened.part(seq, Track.VIDEO)
