"""Writes a run's reports to files.

Rule: a report's file is there from the beginning and whole at any moment; so a run that is killed leaves one
that says it is unfinished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.keeping import report_text, write_texts
from simulator.report.as_json import as_json
from simulator.report.junit import as_junit
from simulator.report.page import as_page
from simulator.report.redact import redact

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.report.report import RunReport


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where a report goes, in which forms.

    Attributes:
        json: As JSON; None for not at all.
        junit: As JUnit XML.
        html: As one HTML page.
        redacted: Whether keys, tokens, addresses and machine names are dropped.
        folders: Where the run keeps its files, which is dropped from paths then.
        secrets: What is known to be secret.
    """

    json: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    redacted: bool = False
    folders: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def shown(self, report: RunReport) -> RunReport:
        """The report as it may be shown."""
        if not self.redacted:
            return report
        return redact(report, folders=self.folders, secrets=self.secrets)

    def write(self, report: RunReport) -> None:
        """Write the report in every form that was asked for: in all of them, or in none.

        Raises:
            ScenarioError: A file cannot be written.
        """
        report = self.shown(report)
        texts: dict[Path, str] = {}
        if self.json is not None:
            texts[self.json] = report_text(as_json(report))
        if self.junit is not None:
            texts[self.junit] = as_junit(report)
        if self.html is not None:
            texts[self.html] = as_page(report)
        write_texts(texts)
