"""The figures that long runs leave for the promise table: ``docs/figures/NAME.json``.

A run that judges promises writes ``{"machine": …, "date": …, "promises": {"C3": "a sentence"}}`` with
``keep``. Others are read as they are: promises at the top, benchmarks with a title and rows, counts of
executions or alterations. A file that says neither machine nor day is shown as one that does not.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from protocol.process.processors import processors

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "figures"
NUMBER = re.compile(r"[CLF]\d+")
CPU_FACTS = Path("/proc/cpuinfo")
_ABOUT = ("machine", "date", "title", "notes", "promises")


@dataclass(frozen=True)
class Figures:
    """What one run left.

    Attributes:
        name: What ran.
        where: On which machine and on which day.
        promises: For the number of a promise, what was seen.
        lines: What was seen besides.
    """

    name: str
    where: str
    promises: Mapping[str, str]
    lines: tuple[str, ...]

    def of(self, number: str) -> str:
        """What was seen of one promise, and where."""
        return f"{self.promises[number]} (`{self.name}`, {self.where})"


def keep(name: str, promises: Mapping[str, str], folder: Path = FOLDER, **more: object) -> Path:
    """Write the figures of a run.

    Args:
        name: What ran, such as ``crash``: the file's name.
        promises: For the number of each promise, what was seen, without a full stop.
        folder: Where to.
        more: What was counted besides.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    about = {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}"}
    found = {**about, "promises": dict(promises), **more}
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_figures(folder: Path = FOLDER) -> list[Figures]:
    """Read every file of figures, by name."""
    return [
        _figures(path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.json"))
    ]


def machine() -> str:
    """The machine in a few words: cores, processor, system. It names no host."""
    return f"{processors()} cores, {_processor()}, {platform.system()} {platform.machine()}"


def _figures(name: str, found: Mapping[str, Any]) -> Figures:
    about = found.get("machine", "machine not stated")
    words = ", ".join(str(value) for value in about.values()) if isinstance(about, Mapping) else str(about)
    flat = {key: value for key, value in found.items() if NUMBER.fullmatch(key)}
    promises: Mapping[str, str] = {**flat, **found.get("promises", {})}
    title = (f"{found['title']}.",) if "title" in found else ()
    counted = _lines({key: value for key, value in found.items() if key not in {*_ABOUT, *flat}})
    said = tuple(f"{number}: {text}" for number, text in promises.items())
    return Figures(
        name=name,
        where=f"{words}; {found.get('date', 'day not stated')}",
        promises=promises,
        lines=(*title, *said, *counted, *found.get("notes", ())),
    )


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    for key, value in found.items():
        if isinstance(value, Mapping):
            yield from (f"{key}, {name}: {_said(each)}" for name, each in value.items())
        elif isinstance(value, list):
            yield from (_said(each) for each in value)
        else:
            yield f"{key}: {_said(value)}"


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_said(each)}" for key, each in value.items())
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _processor() -> str:
    if CPU_FACTS.exists():
        for line in CPU_FACTS.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown processor"
