"""The search for faces in what is chosen of footage, as a job that any process may take up (F7).

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
import numpy as np
from sqlalchemy.orm import Session

from fleet.core.actor import FLEET
from fleet.core.database import announce
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import MediaError, PlaybackError
from fleet.footage.services import FootageServices
from fleet.footage.watching.footage_player import PlayedFootage
from fleet.imagery.models import ImportRow
from fleet.imagery.opening import ImportOpener
from fleet.imagery.seconds.asking import is_clip
from fleet.imagery.seconds.played import laid_out_seconds, played_seconds
from fleet.jobs.queue import finish
from fleet.jobs.worker import JobRun
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.still import decoded_still
from fleet.redaction.proposing.face_detector import FaceDetector, find_weights
from fleet.redaction.proposing.proposer import MOST_FACES, FaceProposer, FindsFaces
from fleet.redaction.rules.document import read_draft
from fleet.redaction.rules.editing import propose
from fleet.redaction.rules.followed import FollowedFace, ProposalSearch
from fleet.redaction.rules.mask import KeyFrame, MaskState
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.redaction.rules.search_document import read_search, write_search
from fleet.releases.models import FootageRelease
from fleet.releases.packages.plans import plan_of
from fleet.releases.redacting.drafts import (
    SEARCH_JOB,
    get_redaction,
    redaction_of,
    scope_of,
    searched_one,
    write_searched,
)
from fleet.releases.redacting.models import AnyRedaction, SearchState
from fleet.releases.rules.plan import ChosenSpan
from fleet.releases.rules.states import ReleaseState
from fleet.releases.steps import TOPIC, tell
from fleet.releases.subjects import Released, name_of, spans_of
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track

ACTION: Final = "releases:recording:search"
IMPORT_ACTION: Final = "releases:import:search"
KEPT_EVERY: Final = 10
"""Seconds of footage, after which it is kept how far the search has come."""
_UNAVAILABLE = 500
_KNOWN = (ProblemError, MediaError, PlaybackError, KeysError, RedactionError, RedactionRefusalError)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is searched of which release, its spans, why it is opened, and how far it has come."""

    release: str
    of: Released
    scope: str
    spans: list[ChosenSpan]
    purpose: str
    search: ProposalSearch


class FaceSearching:
    """Does jobs of ``SEARCH_JOB``, whose subject is a recording or an import of a release.

    Attributes:
        kind: of its jobs.
    """

    kind: Final = SEARCH_JOB

    def __init__(
        self,
        services: Services,
        footage: FootageServices,
        imports: ImportOpener,
        *,
        detector: Callable[[], FindsFaces] | None = None,
    ) -> None:
        """Prepare it.

        Args:
            services: what all share.
            footage: opens recordings.
            imports: opens imports.
            detector: returns what sights faces; None for the one that comes with the fleet.
        """
        self._services = services
        self._opener, self._imports = footage.watching.opener, imports
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
                row = _wanted(session, task)
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
        release = run.lease.subject.partition("/")[0]
        with self._services.sessions.begin() as session:
            whole = session.get(FootageRelease, release)
            of = None if whole is None else searched_one(whole, run.lease.subject)
            row = None if of is None else redaction_of(session, release, of)
            if of is None or whole is None or row is None or row.search != SearchState.ASKED:
                return None
            scope = scope_of(whole, of)
            search = ProposalSearch()
            if row.search_document is not None and row.search_scope == scope:
                search = read_search(row.search_document)
            row.search_scope = scope
            purpose = f"To propose faces to be hidden in {whole.reference}, which {row.search_by} asked for"
            return _Task(release, of, scope, spans_of(whole, of), purpose, search)

    def _search(self, task: _Task, run: JobRun) -> ProposalSearch | None:
        """Look at each second; None where somebody ended it, or chose other spans."""
        detector = self._detector()
        if isinstance(task.of, ImportRow) and not is_clip(task.of):
            return self._still(task, task.of, detector)
        opened = self._opened(task)
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

    def _opened(self, task: _Task) -> PlayedFootage:
        """Open what is searched, which is written down first."""
        if not isinstance(task.of, ImportRow):
            name = task.of.public_id
            return self._opener.open(name, actor=FLEET, action=ACTION, purpose=task.purpose)
        opened = self._imports.open(task.of.id, by=FLEET, action=IMPORT_ACTION, purpose=task.purpose)
        with self._services.readers() as session:
            return played_seconds(opened, laid_out_seconds(session, task.of.id))

    def _still(self, task: _Task, of: ImportRow, detector: FindsFaces) -> ProposalSearch | None:
        """Look at a photograph, once."""
        if not self._keep(task, task.search, 1):
            return None
        opened = self._imports.open(of.id, by=FLEET, action=IMPORT_ACTION, purpose=task.purpose)
        picture = decoded_still(b"".join(opened.plain().blocks()))
        seen = detector.faces(np.ascontiguousarray(picture[:, :, ::-1]))
        faces = tuple(FollowedFace((KeyFrame(0, each.area),), 0) for each in seen[:MOST_FACES])
        return ProposalSearch(1, faces)

    def _keep(self, task: _Task, search: ProposalSearch, whole: int) -> bool:
        """Keep how far it has come; say whether it is still wanted."""
        with self._services.sessions.begin() as session:
            row = _wanted(session, task)
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
            whole = session.get_one(FootageRelease, task.release, with_for_update={"of": FootageRelease})
            if _wanted(session, task) is not None and whole.state == ReleaseState.DRAFT:
                row = get_redaction(session, task.release, task.of, lock=True)
                draft = read_draft(row.document)
                decided = tuple(each for each in draft.plan.masks if each.state is not MaskState.PROPOSED)
                plan = propose(replace(draft.plan, masks=decided), draft.next_number, found)
                write_searched(session, row, draft.changed(plan))
                row.search, row.left_out, row.search_document = SearchState.DONE, search.left_out(), None
                row.searched = search.parts
                faces = "1 face" if len(found) == 1 else f"{len(found)} faces"
                words = f"Proposed to hide {faces} in {name_of(task.of)}."
                tell(session, whole, FLEET, "releases:redaction:propose", words)
            finish(session, run.lease)
        run.is_over = True


def _wanted(session: Session, task: _Task) -> AnyRedaction | None:
    """Return the row of a search that is still wanted."""
    if redaction_of(session, task.release, task.of) is None:
        return None
    row = get_redaction(session, task.release, task.of, lock=True)
    return row if row.search == SearchState.ASKED and row.search_scope == task.scope else None


def _usual_detector() -> FindsFaces:
    cv2.setNumThreads(1)  # it goes on for minutes, and whoever looks at pages needs the processor, too
    return FaceDetector(find_weights())


def _pictures(opened: PlayedFootage, numbers: list[int]) -> Iterator[bytes]:
    for seq in numbers:
        yield opened.part(seq, Track.VIDEO)
