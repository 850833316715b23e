"""Progress of a long run: bars on a terminal, and a line a minute where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import Progress, ProgressColumn, TaskID

EVERY_S = 60.0


class Bars(Progress):
    """Bars that say in words how far a task is, where nobody would see them move.

    Args:
        columns: What a bar shows, as of ``rich.progress.Progress``; its own when there are none.
        console: Where to.
        now: A clock that only goes forward, in seconds.
    """

    def __init__(
        self, *columns: str | ProgressColumn, console: Console, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(*columns, console=console)
        self._now = now
        self._said: dict[TaskID, float] = {}

    def update(self, task_id: TaskID, *args: Any, **changes: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Tell how far a task is."""
        super().update(task_id, *args, **changes)
        self._say(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Tell that a task is so much further."""
        super().advance(task_id, advance)
        self._say(task_id)

    def _say(self, task_id: TaskID) -> None:
        if self.console.is_terminal or self._now() - self._said.setdefault(task_id, self._now()) < EVERY_S:
            return
        self._said[task_id] = self._now()
        task = next(each for each in self.tasks if each.id == task_id)
        of = "" if task.total is None else f" of {task.total:,.0f}"
        words = f"{task.description.strip()}: {task.completed:,.0f}{of}"
        self.console.print(words, markup=False, highlight=False, soft_wrap=True)
