"""Does something that ends in a report, tells of it, and writes the report, whatever happens.

Rules:

* The reports are there before anything starts, and say that the run is not over.
* A signal that comes while the last report is written is in the report.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.interrupt import interruptible
from simulator.progress import TerminalProgress
from simulator.report.outcome import RunOutcome, exit_status
from simulator.report.report import RunReport
from simulator.report.surroundings import clock, machine, versions
from simulator.report.words import conclusion, in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.errors import ScenarioError
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
        complain: Gets why there is no verdict, where there is none.

    Raises:
        ScenarioError: A report cannot be written.
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
        report = _written(draft, files, stopping)
        for line in in_words(files.shown(report)):
            say(line)
        if report.outcome in WITHOUT_A_VERDICT and report.error is not None:
            complain(files.shown(report).error or "")
        final = _written(draft, files, stopping, before=report)
        if final is not report:
            say(conclusion(files.shown(final)))
        return final.exit_status


def refuse(name: str, error: ScenarioError, files: ReportFiles) -> None:
    """Write the report of a run that could not be begun, so that none of a run before is taken for its.

    Raises:
        ScenarioError: It cannot be written either.
    """
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


def _written(
    draft: Draft, files: ReportFiles, stopping: Interruption, before: RunReport | None = None
) -> RunReport:
    """Write the report, again where a signal came after it was made; return the one that stands."""
    report = before
    while report is None or (stopping.asked and report.outcome is not RunOutcome.INTERRUPTED):
        if stopping.asked:
            draft.end(RunOutcome.INTERRUPTED, "Stopped before the run was over.")
        report = draft.report(by=stopping.by)
        try:
            files.write(report)
        except KeyboardInterrupt:
            # The second Ctrl-C: what is being written is written whole all the same.
            draft.end(RunOutcome.INTERRUPTED, "Stopped at once.")
            report = draft.report(by=stopping.by)
            files.write(report)
    return report
