"""The simulator's program with one command more, which is signalled by itself at a named moment of its end.

A program of its own, since what comes after the last line of Python counts as well:
``ended.py MOMENT SIGNAL REPORT``.
"""

from __future__ import annotations

import atexit
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from simulator.cli import app, main
from simulator.errors import ScenarioError
from simulator.oracle.check import Check, Result
from simulator.report.draft import Draft
from simulator.report.files import ReportFiles
from simulator.report.report import RunReport
from simulator.report.surroundings import clock, machine, versions
from simulator.report.tell import refuse, report_on
from simulator.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT, NUMBER, FILE = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])


class LastThing:
    """What the interpreter drops when it has dropped its handlers of signals."""

    def __init__(self, kill: Callable[[int, int], None], process: int) -> None:
        self.kill, self.process = kill, process

    def __del__(self, number: int = NUMBER) -> None:
        self.kill(self.process, number)


class SignalledFiles(ReportFiles):
    """Reports in the writing of which a signal comes."""

    def write(self, report: RunReport) -> None:
        """Write, between two signals."""
        if report.outcome != "unfinished":
            at("before it is written")
        super().write(report)
        if report.outcome != "unfinished":
            at("after it was written")


def at(moment: str) -> None:
    """Send the signal if this is its moment."""
    if moment == MOMENT:
        os.kill(os.getpid(), NUMBER)


def say(line: str) -> None:
    """Say a line of the report."""
    typer.echo(line)
    if line.startswith("Passed"):
        at("said")


@app.command("ended")
def ended() -> None:
    """End as a run does in which all held."""
    files = SignalledFiles(FILE)
    draft = Draft("ended", "ended", "", (), 0, versions(), machine(), clock())

    def do(*_: Any) -> None:  # noqa: ANN401 - what it is called with is of no use here
        draft.checks = (Check("kept", Result.HELD, "all is there"),)
        at("done")

    with sentences():
        if MOMENT.startswith("refused"):
            error = ScenarioError("It cannot be used.")
            refuse("ended", error, ReportFiles(FILE))
            at("refused")
            raise error
        status = report_on(draft, files, do, say=say, complain=say)
    at("told")
    raise typer.Exit(status)


if __name__ == "__main__":
    atexit.register(at, "at exit")
    if MOMENT == "gone":
        # Kept by a module that is dropped last of all.
        sys.last_thing = LastThing(os.kill, os.getpid())  # type: ignore[attr-defined]
    sys.argv[1:] = ["ended"]
    main()
