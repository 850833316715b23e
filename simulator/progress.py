"""Progress on the terminal while something runs; as lines where there is none.

What has failed is marked ✗ and never ✓: a step that did not come about, and whatever was under way when an
error or an interruption ended all of it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Task, TaskID

DONE, FAILED = "✓", "✗"


class TerminalProgress:
    """A line for each thing that a run does: one that moves on a terminal, else one when it is over.

    Args:
        console: Where it goes; standard error when left out.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars = Progress(
            _Mark(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._lines = not self._console.is_terminal
        self._current: TaskID | None = None
        self._words, self._began = "", 0.0

    def __enter__(self) -> Self:
        if not self._lines:
            self._bars.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._finish(DONE if kind is None else FAILED)
        if not self._lines:
            self._bars.stop()

    def doing(self, words: str, *, of: int = 0) -> None:
        """Say what begins now, and of how many parts it has, if that is known."""
        self._finish(DONE)
        self._words, self._began = words, time.monotonic()
        self._current = self._bars.add_task(words, total=of or None, mark=DONE)

    def done(self) -> None:
        """Say that one part of it is done."""
        if self._current is not None:
            self._bars.advance(self._current)

    def failed(self) -> None:
        """Say that what was begun last has failed."""
        self._finish(FAILED)

    def _finish(self, mark: str) -> None:
        if self._current is None:
            return
        self._bars.update(self._current, total=1, completed=1, mark=mark)
        self._bars.stop_task(self._current)
        self._current = None
        if self._lines:
            took = f"{self._words} ({time.monotonic() - self._began:.1f} s)"
            self._console.print(f"{mark} {took}", markup=False, highlight=False, soft_wrap=True)


class _Mark(SpinnerColumn):
    """What turns while something is under way, and then says how it went."""

    def render(self, task: Task) -> RenderableType:
        """Return the mark of a line."""
        if task.finished:
            mark = str(task.fields["mark"])
            return Text(mark, style="green" if mark == DONE else "red")
        return super().render(task)
