"""Distributions, tables of them, and the files they are kept in."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks._support.machine import commit, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks._support.machine import Machine
    from benchmarks._support.ratio import Ratio

SCHEMA: Final = 1
"""Of the files that figures are kept in; another is refused."""

ENOUGH_FOR_P99 = 300
"""Of fewer values the slowest hundredth is one or two of them, which says nothing."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """Where measured values lie. The unit is the measurer's. Of too few values there is no ``p99``."""

    p50: float
    p90: float
    p99: float | None
    max: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Distribution:
        """Sort and pick: the nearest rank, so that every figure was really measured."""
        ranked = sorted(values)
        p50, p90, p99 = (ranked[math.ceil(len(ranked) * share) - 1] for share in (0.5, 0.9, 0.99))
        return cls(p50, p90, p99 if len(ranked) >= ENOUGH_FOR_P99 else None, ranked[-1], len(ranked))


@dataclass(slots=True)
class Figures:
    """One benchmark's result.

    Attributes:
        title: What was measured.
        machine: On which machine.
        rows: All with the same columns.
        notes: What a reader has to know besides.
        ratios: What two runs can be compared by, with every sample.
        load: How busy the machine was as it began.
        quick: Whether fewer rounds were measured than the figures of the README have.
        failed: Whether a part could not be measured.
    """

    title: str
    machine: Machine
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    quick: bool = False
    failed: bool = False
    load: float = field(default_factory=load)

    def take(self, what: str, rows: Iterable[dict[str, Any]]) -> None:
        """Measure a part: each row is kept as it comes, and what goes wrong later costs none of them.

        Args:
            what: The part, as a note names it when it could not be measured to its end.
            rows: Its rows, each measured when it is asked for.
        """
        try:
            for row in rows:
                self.rows.append(row)
        except Exception as error:  # noqa: BLE001 - half an hour was measured before it
            self.failed = True
            self.notes.append(f"Not measured to its end, {what}: {error}")

    def show(self, console: Console | None = None) -> None:
        """Print a table for people."""
        console = console or Console()
        columns = list(self.rows[0]) if self.rows else []
        table = Table(title=self.title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            table.add_column(column, justify="right", no_wrap=True)
        for row in self.rows:
            table.add_row(*(_cell(row[column]) for column in columns))
        console.print(table)
        console.print(f"Measured on: {self.machine}")
        for note in self.notes:
            console.print(note)

    def to_json(self) -> dict[str, Any]:
        """As they are kept: with the day, the commit, and how busy the machine was."""
        return {
            "schema": SCHEMA,
            "title": self.title,
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "commit": commit(),
            "machine": self.machine.to_json(),
            "load": self.load,
            "quick": self.quick,
            "failed": self.failed,
            "rows": self.rows,
            "notes": self.notes,
            "ratios": [ratio.to_json() for ratio in self.ratios],
        }

    def write(self, path: Path) -> None:
        """Keep the figures as JSON."""
        content = self.to_json()
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value)
