"""Writes a run's reports to files.

Rule: a report's file is there from the beginning and whole at any moment; so a run that is killed leaves one
that says it is unfinished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.keeping import write_report
from simulator.report.as_json import as_json

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.report.report import RunReport


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where a report goes, in which forms.

    Attributes:
        json: As JSON; None for not at all.
    """

    json: Path | None = None

    def write(self, report: RunReport) -> None:
        """Write the report in every form that was asked for.

        Raises:
            ScenarioError: A file cannot be written.
        """
        if self.json is not None:
            write_report(self.json, as_json(report))
