"""Does something that ends in a report, tells of it, and writes the report, whatever happens.

Rules:

* The reports are there before anything starts, and say that the run is not over.
* A signal that comes before the verdict is said is in the report. From then on none counts: the report, its
  files and the exit status say the same.
* The verdict is said before the reports are written; where one cannot be written, none is, and all still say
  that the run is not over.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError, SimulatorError
from simulator.interrupt import ignore_from_here, interruptible
from simulator.progress import TerminalProgress
from simulator.report.outcome import RunOutcome, exit_status
from simulator.report.report import RunReport
from simulator.report.surroundings import clock, machine, versions
from simulator.report.words import conclusion, in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.interrupt import Interruption
    from simulator.report.draft import Draft
    from simulator.report.files import ReportFiles

WITHOUT_A_VERDICT = (RunOutcome.UNUSABLE, RunOutcome.ERROR, RunOutcome.INTERRUPTED)


def report_on(
    draft: Draft,
    files: ReportFiles,
    do: Callable[[Interruption, TerminalProgress], None],
    *,
    say: Callable[[str], None],
    complain: Callable[[str], None],
) -> int:
    """Do something and return the exit status that its report says.

    Args:
        draft: The report in the making.
        files: Where reports go.
        do: Fills the draft; gets the event that asks it to stop, and what shows how far it is.
        say: Gets each line for the person at the terminal.
        complain: Gets why there is no verdict, where there is none, and why no report.

    Raises:
        ScenarioError: A report cannot be written from the beginning.
    """
    with interruptible() as stopping:
        files.write(draft.report(over=False))
        try:
            with TerminalProgress() as progress:
                do(stopping, progress)
                if draft.error is not None:
                    progress.failed()
        except KeyboardInterrupt:
            draft.end(RunOutcome.INTERRUPTED, "Stopped at once.")
        report = _told(draft, files, stopping, say, complain)
        try:
            files.write(report)
        except ScenarioError as error:
            complain(str(error))
            return SimulatorError.exit_status
        return report.exit_status


def refuse(name: str, error: ScenarioError, files: ReportFiles) -> None:
    """Write the report of a run that could not be begun, so that none of a run before is taken for its.

    Raises:
        ScenarioError: It cannot be written either.
    """
    ignore_from_here()
    files.write(
        RunReport(
            scenario=name,
            title=name,
            outcome=RunOutcome.UNUSABLE,
            passed=False,
            exit_status=exit_status(RunOutcome.UNUSABLE),
            error=str(error),
            seed=0,
            started_utc=datetime.now(UTC).isoformat(timespec="seconds"),
            took_s=0.0,
            versions=versions(),
            machine=machine(),
            clock=clock(),
        )
    )


def _told(
    draft: Draft,
    files: ReportFiles,
    stopping: Interruption,
    say: Callable[[str], None],
    complain: Callable[[str], None],
) -> RunReport:
    """Say what it came to, and return the report that stands, which no signal changes any more."""
    report = _over(draft, stopping)
    try:
        for line in in_words(files.shown(report)):
            say(line)
        if report.outcome in WITHOUT_A_VERDICT and report.error is not None:
            complain(files.shown(report).error or "")
    except KeyboardInterrupt:
        draft.end(RunOutcome.INTERRUPTED, "Stopped at once.")
    except OSError as error:
        draft.end(RunOutcome.ERROR, f"What it came to cannot be said here: {error.strerror}.")
        stopping.settle()
        return _over(draft, stopping)
    stopping.settle()
    if stopping.asked and report.outcome is not RunOutcome.INTERRUPTED:
        report = _over(draft, stopping)
        with contextlib.suppress(OSError):  # the status and the report say it all the same
            say(conclusion(files.shown(report)))
    return report


def _over(draft: Draft, stopping: Interruption) -> RunReport:
    """The report at the end; what a signal asked for is in it."""
    if stopping.asked:
        draft.end(RunOutcome.INTERRUPTED, "Stopped before the run was over.")
    return draft.report(by=stopping.by)
