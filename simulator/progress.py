"""Progress on the terminal, while a scenario runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from rich.progress import TaskID


class TerminalProgress:
    """A line for each thing that a run does; on something that is no terminal, nothing moves."""

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._current: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()
        self._bars.stop()

    def doing(self, words: str, *, of: int = 0) -> None:
        """Say what begins now, and of how many parts it has, if that is known."""
        self._finish()
        self._current = self._bars.add_task(words, total=of or None)

    def done(self) -> None:
        """Say that one part of it is done."""
        if self._current is not None:
            self._bars.advance(self._current)

    def _finish(self) -> None:
        if self._current is not None:
            self._bars.update(self._current, total=1, completed=1)
            self._bars.stop_task(self._current)
            self._current = None
