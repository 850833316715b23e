"""The report as one HTML page that needs nothing beside it: no script, no style sheet, no request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulator.oracle.check import Result
from simulator.report.lanes import MARKS, axis_of, lanes
from simulator.report.measured import charts
from simulator.report.words import NAMES, conclusion, is_of_a_run, left_behind, promise_words

if TYPE_CHECKING:
    from simulator.report.report import RunReport

FOLDER = Path(__file__).parent / "page"


def as_page(report: RunReport) -> str:
    """Return the report as an HTML document."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        report=report,
        of_a_run=is_of_a_run(report),
        style=(FOLDER / "report.css").read_text(encoding="utf-8"),
        axis=axis_of(report),
        lanes=lanes(report),
        charts=charts(report.curves),
        marks=MARKS,
        conclusion=conclusion(report),
        wrong=[
            each
            for each in report.checks
            if each.result is Result.BROKEN or (each.result is Result.NOT_EVALUATED and each.asked)
        ],
        promise_words=promise_words,
        left_behind=left_behind,
        names=NAMES,
    )
