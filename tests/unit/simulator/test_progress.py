"""Progress is told in lines where there is no terminal, and what failed is marked as that."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from simulator.errors import StepError
from simulator.progress import TerminalProgress


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def said(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [line.split(" (")[0] for line in console.file.getvalue().splitlines()]


def test_without_a_terminal_each_thing_is_a_line() -> None:
    out = console(terminal=False)
    with TerminalProgress(out) as progress:
        progress.doing("Starting the fleet")
        progress.doing("Enrolling", of=2)
        progress.done()
        progress.doing("Stopping")
        progress.failed()

    assert said(out) == ["✓ Starting the fleet", "✓ Enrolling", "✗ Stopping"]


@pytest.mark.parametrize("terminal", [True, False])
def test_what_an_error_ends_has_failed(*, terminal: bool) -> None:
    out = console(terminal=terminal)

    def fails() -> None:
        with TerminalProgress(out) as progress:
            progress.doing("Pressing")
            raise StepError("cam-01 refused.")

    with pytest.raises(StepError):
        fails()
    assert isinstance(out.file, io.StringIO)
    assert "✗" in out.file.getvalue()
    assert "✓" not in out.file.getvalue()


def test_a_terminal_shows_how_each_thing_went() -> None:
    out = console(terminal=True)
    with TerminalProgress(out) as progress:
        progress.doing("Pressing")
        progress.doing("Stopping")
        progress.failed()

    assert isinstance(out.file, io.StringIO)
    last = out.file.getvalue().rsplit("Pressing", 1)[1]
    assert "✗" in last
