"""The forms of one recording's page: what was sent, and the one way in which each of them is refused.

Every form asks for a choice and a note. What is refused comes back in the same form with the reason in it,
and with what was typed; only a recording that does not exist has no form to come back in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.responses import Response

from fleet.core.problems import ProblemError
from fleet.footage.problems import FOOTAGE_ERRORS, FootageProblem, footage_problem
from fleet.footage.watching.viewings import Viewing
from fleet.web.kept import HoldForm
from fleet.web.views.purpose import PurposeError
from fleet.web.views.recording.beginning import Beginning

_NOT_FOUND = 404
_NOT_ACCEPTED = 422


@dataclass(frozen=True, slots=True)
class Asked:
    """A form for a purpose, as it was sent and what was wrong with it; empty before that."""

    choice: str = ""
    note: str = ""
    fault: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page, the viewing that it shows, and where that begins."""

    watch: Asked = field(default_factory=Asked)
    export: Asked = field(default_factory=Asked)
    no_more: Asked = field(default_factory=Asked)
    judging: Asked = field(default_factory=Asked)
    noting: Asked = field(default_factory=Asked)
    holding: HoldForm = field(default_factory=HoldForm)
    viewing: Viewing | None = None
    begin: Beginning | None = None

    @property
    def status(self) -> int:
        """HTTP's number for the page: that of whatever was refused."""
        asked = (self.watch, self.export, self.no_more, self.judging, self.noting, self.holding)
        return max(each.status for each in asked)

    @property
    def fault(self) -> str:
        """Why the form that was sent was refused; empty where none was."""
        asked = (self.watch, self.export, self.no_more, self.judging, self.noting, self.holding)
        return next((each.fault for each in asked if each.fault), "")


def answered(sent: Asked, do: Callable[[], Response], refused: Callable[[Asked], Response]) -> Response:
    """Do what a form asks for, or show the form again with the reason why not.

    Args:
        sent: what came with it.
        do: what it asks for; may raise a ``PurposeError``, a ``ProblemError`` or a fault of the footage.
        refused: makes the page with the form as it is shown again.

    Raises:
        ProblemError: 404, the recording does not exist.
    """
    try:
        return do()
    except PurposeError as error:
        return refused(replace(sent, fault=str(error), status=_NOT_ACCEPTED))
    except (ProblemError, *FOOTAGE_ERRORS) as error:
        return refused(_with_reason(sent, error))


def _with_reason(sent: Asked, error: ProblemError | FootageProblem) -> Asked:
    problem = error if isinstance(error, ProblemError) else footage_problem(error)
    if problem.status == _NOT_FOUND:
        raise problem
    return replace(sent, fault=problem.detail, status=problem.status)
