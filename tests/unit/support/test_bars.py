"""Progress where there is no terminal."""

from __future__ import annotations

import io
import itertools

from rich.console import Console

from tests.support.reports.bars import Bars


def test_without_a_terminal_a_line_a_minute_says_how_far_it_is() -> None:
    said = io.StringIO()
    seconds = itertools.count(0, 5)
    with Bars(console=Console(file=said, width=40), now=lambda: next(seconds)) as bars:
        task = bars.add_task("disks ", total=2000)
        for done in range(0, 1500, 50):
            bars.update(task, completed=done)
        bars.advance(task)
        during = said.getvalue().splitlines()
    assert 3 <= len(during) <= 8
    assert all(line.startswith("disks: ") and line.endswith(" of 2,000") for line in during)


def test_on_a_terminal_the_bars_say_it() -> None:
    said = io.StringIO()
    seconds = itertools.count(0, 100)
    with Bars(console=Console(file=said, force_terminal=True), now=lambda: next(seconds)) as bars:
        bars.advance(bars.add_task("disks", total=10), 3)
    assert "disks: " not in said.getvalue()
