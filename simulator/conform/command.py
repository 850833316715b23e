"""``lapel-simulator conform``: judges a fleet, tells of it, and writes its reports.

Rule: with a token the camera that it enrolled is revoked at the end, however that comes; without one the
report says which camera is still there.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protocol.messages.enrolment import parse_code
from simulator.conform.joining import reachable
from simulator.conform.judge import TRIED, try_all
from simulator.conform.visit import Visit
from simulator.errors import CancelledError, FleetServiceError, ScenarioError, SimulatorError
from simulator.fleet.api import FleetApi
from simulator.report.draft import Draft
from simulator.report.outcome import RunOutcome
from simulator.report.surroundings import clock, machine, versions
from simulator.report.tell import report_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.bringup import Progress
    from simulator.interrupt import Interruption
    from simulator.report.files import ReportFiles

NAME = "conform"
TITLE = "A fleet, asked over the network as a stranger's camera"
PURPOSE = "Simulator: the fleet was judged, and this was its camera"


@dataclass(frozen=True, slots=True)
class ConformCommand:
    """What to judge.

    Attributes:
        url: The dashboard's address.
        code: A one-time code.
        token: A token that may see and revoke cameras; None without one.
        files: Where reports go.
    """

    url: str
    code: str
    token: str | None
    files: ReportFiles

    def run(self, say: Callable[[str], None], complain: Callable[[str], None]) -> int:
        """Judge it and return the exit status.

        Raises:
            ScenarioError: The address or the code cannot be used, or a report cannot be written.
        """
        if urlsplit(self.url).scheme != "https" or not urlsplit(self.url).hostname:
            raise ScenarioError(
                f"{self.url!r} is not a fleet's address; it looks like https://localhost:8443."
            )
        try:
            code = parse_code(self.code)
        except ValueError as error:
            words = str(error)
            raise ScenarioError(f"{words[0].upper()}{words[1:]}.") from error
        draft = Draft(NAME, TITLE, "", (), 0, versions(), machine(), clock(), self.url)

        def judge(stopping: Interruption, progress: Progress) -> None:
            with tempfile.TemporaryDirectory(prefix="lapel-conform-") as folder:
                visit = Visit(self.url, code, Path(folder))
                try:
                    self._judge(visit, draft, stopping, progress)
                except CancelledError as error:
                    draft.end(RunOutcome.INTERRUPTED, str(error))
                except SimulatorError as error:
                    draft.end(RunOutcome.ERROR, str(error))
                finally:
                    self._leave(visit, draft)

        return report_on(draft, self.files, judge, say=say, complain=complain)

    def _judge(self, visit: Visit, draft: Draft, stopping: Interruption, progress: Progress) -> None:
        progress.doing("Reaching the fleet")
        failure = reachable(visit)
        if failure is not None:
            raise FleetServiceError(f"No fleet answers at {self.url}: {failure}.")
        progress.doing("Trying the rules", of=len(TRIED))
        for check in try_all(visit, cancelled=stopping.is_set, done=progress.done):
            draft.checks = (*draft.checks, check)
            if visit.api is None and self.token is not None and visit.authority_pem is not None:
                visit.api = FleetApi(self.url, self.token, visit.authority_pem)

    def _leave(self, visit: Visit, draft: Draft) -> None:
        """Revoke the camera, or say that it is there."""
        visit.close()
        if visit.joined is not None and not visit.revoked:
            camera = visit.joined.camera
            try:
                if visit.api is None:
                    draft.left = (f"camera {camera}",)
                else:
                    visit.api.revoke(camera, PURPOSE)
            except FleetServiceError as error:
                draft.left = (f"camera {camera} ({str(error).rstrip('.')})",)
        if visit.api is not None:
            visit.api.__exit__()
