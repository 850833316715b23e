"""What goes wrong between a request and its footage, answered in one sentence with the right status (F6).

Routes of footage let these errors pass; the handler that is installed here answers them, and a page shows the
same sentence (``fleet.web.faults``).
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import Response

from fleet.core.problems import ProblemError
from fleet.footage.errors import MediaError, PlaybackError, StoreError
from protocol.footage.format.errors import KeysError

FOOTAGE_ERRORS: Final = (PlaybackError, MediaError, KeysError, StoreError)
"""What is answered here. A store that fails is no fault of the request: trying again helps (C8)."""

FootageProblem = PlaybackError | MediaError | KeysError | StoreError


def footage_problem(error: FootageProblem) -> ProblemError:
    """Return the answer to an error."""
    match error:
        case PlaybackError():
            return ProblemError(404, "not_in_recording", str(error))
        case StoreError():
            return ProblemError(503, "storage_failed", str(error), headers={"Retry-After": "10"})
        case MediaError() | KeysError():
            sentence = str(error)
            detail = f"This footage cannot be shown: {sentence[:1].lower()}{sentence[1:].rstrip('.')}."
            return ProblemError(422, "not_showable", detail)


def install(app: FastAPI) -> None:
    """Register the handler on ``app``."""
    for kind in FOOTAGE_ERRORS:
        app.add_exception_handler(kind, _answer)


async def _answer(_request: Request, error: Exception) -> Response:
    if not isinstance(error, FOOTAGE_ERRORS):
        raise error
    return footage_problem(error).response()
