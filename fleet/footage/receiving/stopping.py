"""Somebody says of a recording that no more will come: its camera is destroyed, lost, or its card is gone.

Rules:
- only of a recording that is on its way, with a reason, written down with it (F2);
- what is here is verified as far as it goes, and is called a part from then on (F8);
- nothing is closed to the camera: should it turn up and send more, the recording goes on as if nothing had
  been said, and keeps who said it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import touch

ACTION: Final = "footage:recording:stop-waiting"
LONGEST_REASON: Final = 500
SHORTEST_REASON: Final = 8

_STOPPABLE = (RecordingState.ANNOUNCED, RecordingState.UPLOADING)
_NOT_NOW: Final = {
    RecordingState.VERIFYING: "Its camera has said that all of it is sent, and it is being verified.",
    RecordingState.HELD: "This recording is held; nothing more is waited for.",
    RecordingState.FAILED: "This recording was refused; nothing more is waited for.",
    RecordingState.STOPPED: "Somebody has said that already.",
    RecordingState.DELETING: "This recording is being deleted.",
    RecordingState.DELETED: "This recording was deleted.",
}


class Stopping:
    """Ends the waiting for recordings.

    Attributes:
        due: called with the row number of a recording whose verification is due now.
    """

    def __init__(self, services: Services, due: Callable[[int], None]) -> None:
        self._services = services
        self._due = due

    def stop(self, public_id: str, actor: Actor, reason: str) -> None:
        """Say that no more will come of a recording.

        Args:
            public_id: what it is called in addresses.
            actor: who says so.
            reason: why, in the actor's words.

        Raises:
            ProblemError: 404 there is no such recording; 409 it is not on its way; 422 the reason is missing,
                or too short or too long.
        """
        why = " ".join(reason.split())
        if not SHORTEST_REASON <= len(why) <= LONGEST_REASON:
            detail = (
                f"Say why no more will come, in {SHORTEST_REASON} to {LONGEST_REASON} characters: it is kept "
                "with your name."
            )
            raise ProblemError(422, "reason_needed", detail)
        with self._services.sessions.begin() as session:
            number = get(session, public_id).id
            row = session.get(Recording, number, with_for_update={"of": Recording}, populate_existing=True)
            if row is None:
                raise not_found("such recording")
            if row.state not in _STOPPABLE:
                raise ProblemError(409, "not_on_its_way", _NOT_NOW[RecordingState(row.state)])
            record(session, actor, ACTION, row.public_id, why, detail={"received_bytes": row.received_bytes})
            row.stopped_by, row.stopped_at, row.stopped_reason = actor.name or actor.label, now(session), why
            row.resumed = row.verified = row.sentence = row.verdict = None
            touch(session, row, RecordingState.STOPPED)
        self._due(number)
