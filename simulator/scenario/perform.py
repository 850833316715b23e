"""``lapel-simulator run``: begins a report, performs a run, tells of it, and writes it, whatever happens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulator.report.draft import Draft
from simulator.report.report import StepRecord
from simulator.report.surroundings import clock, machine, versions
from simulator.report.tell import report_on
from simulator.scenario.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.fleet.site import OtherFleet
    from simulator.interrupt import Interruption
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


def draft_of(loaded: LoadedScenario, seed: int | None, fleet: OtherFleet | None, *, kept: bool) -> Draft:
    """Begin a report.

    Args:
        loaded: The scenario.
        seed: The seed that was asked for; None for the scenario's own.
        fleet: A fleet that is there already.
        kept: Whether what the run leaves behind outlives it.
    """
    scenario = loaded.scenario
    return Draft(
        scenario.name,
        scenario.title,
        loaded.text,
        tuple(
            StepRecord(number, step.do, tuple(getattr(step, "cameras", ())))
            for number, step in enumerate(scenario.steps, 1)
        ),
        scenario.seed if seed is None else seed,
        versions(),
        machine(),
        clock(),
        None if fleet is None else fleet.url,
        kept,
    )
