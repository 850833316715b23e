"""A version of a recording that ends before the end that its camera has told of.

A camera says that it has sent everything, and its news that the recording was *closed* comes later, while
what was sent is verified: a ledger without an end is then not all of it. It is neither refused nor signed;
the recording takes in more.
"""

from __future__ import annotations

import logging
from typing import Final

from fleet.core.services import Services
from fleet.footage.errors import ObjectMissingError
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.rows import touch
from fleet.footage.store import names
from fleet.footage.store.store import FootageStore
from fleet.footage.verifying.subject import Subject

log = logging.getLogger(__name__)

CUT_SHORT: Final = "The camera said that this recording was closed, but its end is not here."


def is_cut_short(subject: Subject, store: FootageStore) -> bool:
    """Whether a recording that verified has no end, although its camera has said that it was closed.

    What a crash left signed stays so: the camera may have had that receipt, and there is only one.

    Raises:
        StoreError: the store failed.
    """
    if not subject.told_closed or subject.read().close is not None:
        return False
    try:
        store.read(names.receipt_key(subject.place))
    except ObjectMissingError:
        return True
    return False


def reopen(services: Services, subject: Subject) -> None:
    """Let a recording take in more, and say on its page why."""
    with services.sessions.begin() as session:
        row = session.get(Recording, subject.row, with_for_update={"of": Recording})
        if row is None or row.state != RecordingState.VERIFYING:
            return
        row.expected, row.ended, row.sentence = None, None, CUT_SHORT
        touch(session, row, RecordingState.UPLOADING)
    log.warning("Recording %d of %s: %s", subject.place.number, subject.place.camera, CUT_SHORT)
