"""``lapel-simulator run``: performs a run, tells of it, and writes its reports, whatever happens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.report.tell import report_on
from simulator.scenario.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.fleet.site import OtherFleet
    from simulator.interrupt import Interruption
    from simulator.report.draft import Draft
    from simulator.report.files import ReportFiles
    from simulator.scenario.load import LoadedScenario


def perform(
    loaded: LoadedScenario,
    draft: Draft,
    folder: Path,
    fleet: OtherFleet | None,
    files: ReportFiles,
    *,
    say: Callable[[str], None],
    complain: Callable[[str], None],
    ssh_config: Path | None = None,
) -> int:
    """Perform a run and return the exit status.

    Args:
        loaded: The scenario.
        draft: The report in the making.
        folder: An empty folder for everything that the run leaves behind.
        fleet: A fleet that is there already; None to start one.
        files: Where reports go.
        say: Gets each line for the person at the terminal.
        complain: Gets why there is no verdict, where there is none.
        ssh_config: A configuration of ssh for real cameras; None for the person's own.

    Raises:
        ScenarioError: A report cannot be written.
    """

    def run(stopping: Interruption, progress: Progress) -> None:
        Run(
            loaded, draft.seed, folder, fleet, os.environ, stopping, progress, draft, ssh_config=ssh_config
        ).perform()

    return report_on(draft, files, run, say=say, complain=complain)
