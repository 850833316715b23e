"""``lapel-simulator load``: puts a fleet under load, tells of it, and writes its reports."""

from __future__ import annotations

import contextlib
import resource
import secrets
import ssl
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.errors import CancelledError, SimulatorError
from simulator.fleet.guest import FleetGuest
from simulator.fleet.site import TOKEN_FILE, open_site
from simulator.load.crowd import Crowd, WatchedFleet
from simulator.load.curve import curves
from simulator.load.joining import Joining
from simulator.load.plan import draw
from simulator.load.seen import LoadSeen, LoadTime, load_checks
from simulator.report.draft import Draft
from simulator.report.outcome import RunOutcome
from simulator.report.surroundings import clock, machine, versions
from simulator.report.tell import report_on
from simulator.room import room_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.bringup import Progress
    from simulator.fleet.site import OtherFleet
    from simulator.interrupt import Interruption
    from simulator.load.plan import LoadPlan
    from simulator.report.files import ReportFiles

NAME: Final = "load"


@dataclass(frozen=True, slots=True)
class LoadCommand:
    """What to do.

    Attributes:
        plan: How much.
        other: A fleet that is there already; None to start one.
        settle_s: So long may the fleet take after the last press, in seconds.
        listed_within_s: How soon 95 of 100 recordings have to be listed; None for no bound.
        files: Where reports go.
    """

    plan: LoadPlan
    other: OtherFleet | None
    settle_s: float
    listed_within_s: float | None
    files: ReportFiles

    def run(self, say: Callable[[str], None], complain: Callable[[str], None]) -> int:
        """Do it and return the exit status.

        Raises:
            ScenarioError: The fleet cannot be reached as given, or a report cannot be written.
        """
        plan = self.plan
        title = (
            f"{plan.cameras} light cameras, {plan.recordings} recordings each within {plan.over_s:g} s, "
            f"{plan.cut_percent} of 100 connections cut once"
        )
        url = None if self.other is None else self.other.url
        draft = Draft(NAME, title, "", (), plan.seed, versions(), machine(), clock(), url, kept=False)

        def put_under_load(stopping: Interruption, progress: Progress) -> None:
            guest = None if self.other is None else FleetGuest(f"Simulator {secrets.token_hex(3)}")
            try:
                with contextlib.ExitStack() as stack:
                    self._load(stack, guest, draft, stopping, progress)
            except CancelledError as error:
                draft.end(RunOutcome.INTERRUPTED, str(error))
            except SimulatorError as error:
                draft.end(RunOutcome.ERROR, str(error))
            if guest is not None:
                draft.left = guest.left

        return report_on(draft, self.files, put_under_load, say=say, complain=complain)

    def _load(
        self,
        stack: contextlib.ExitStack,
        guest: FleetGuest | None,
        draft: Draft,
        stopping: Interruption,
        progress: Progress,
    ) -> None:
        _allow_many_files()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lapel-load-")))
        room = room_of(folder, other=self.other)
        room.check()
        stack.callback(room.take_back, draft)
        stack.enter_context(room.watched())
        progress.doing("Starting the fleet" if self.other is None else "Reaching the fleet")
        site = open_site(stack, self.other, folder, cameras=self.plan.cameras, cancelled=stopping.is_set)
        if guest is not None:
            stack.callback(guest.leave, site.api)
        seen, planned = LoadSeen(), draw(self.plan)
        seen.to_cut = sum(each.cut_s is not None for each in planned)
        began = [time.monotonic()]

        def begin() -> None:
            began[0] = time.monotonic()

        joining = Joining(
            site.api,
            ssl.DER_cert_to_PEM_cert(site.api.authority),
            folder,
            guest,
            seen,
            lambda: time.monotonic() - began[0],
        )
        try:
            cameras = joining.all(self.plan, progress, stopping)
            progress.doing("Recording, connecting and sending")
            fleet = WatchedFleet(site.api.url, self._token(folder), joining.authority)
            Crowd(cameras, planned, fleet, seen, begin, joining.now, self.settle_s).run(stopping)
        finally:
            samples = seen.all_samples()
            draft.samples = {
                what: took for what in LoadTime if (took := [s.took_s for s in samples if s.what is what])
            }
            draft.curves = curves([each for each in samples if each.what is not LoadTime.JOINED])
        draft.checks = load_checks(seen, self.plan.cameras, self.listed_within_s)
        if stopping.is_set():
            raise CancelledError("Stopped under load.")

    def _token(self, folder: Path) -> str:
        """The token with which the fleet is watched: what was given, or was made for the fleet here."""
        return (folder / TOKEN_FILE).read_text("utf-8").strip() if self.other is None else self.other.token


def _allow_many_files() -> None:
    """Have as many files open as the system lets a program: each camera has a connection or two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
