"""The README's tables, made from figures that were kept: no figure in it is typed.

A benchmark that has a part of the README has a function ``readme(kept) -> str``; its part stands between two
comments that name it. All figures of a part are of one run, so of one machine, which the part names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

README: Final = Path(__file__).resolve().parents[2] / "README.md"


class ReadmeError(Exception):
    """A README without the place for a part: one sentence."""


def with_parts(text: str, parts: Mapping[str, str]) -> str:
    """The README with its parts made anew.

    Args:
        text: The README.
        parts: What is to stand in each part, by the benchmark's name.

    Raises:
        ReadmeError: There is not exactly one place for a part.
    """
    for name, part in parts.items():
        begin, end = f"<!-- figures: {name} -->\n", f"<!-- end of figures: {name} -->"
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(end)
        if not found or not ended or begin in after:
            raise ReadmeError(f"The README needs one place for the figures of {name}.")
        text = f"{before}{begin}{part.strip()}\n{end}{after}"
    return text


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(
        f"|{'|'.join(each)}|" if each[0] == "---" else f"| {' | '.join(each)} |" for each in lines
    )


def measured_on(kept: Mapping[str, Any]) -> str:
    """On what, when and of which commit it was measured, in one sentence."""
    machine = kept["machine"]
    commit = f", commit {kept['commit']}" if kept["commit"] else ""
    kernel = ".".join(str(machine["kernel"]).split(".")[:2])
    python = ".".join(str(machine["python"]).split(".")[:2])
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['filesystem']}, Linux {kernel}, Python {python}; {kept['date']}{commit}, "
        f"load {kept['load']} before it."
    )


def figure(value: float, unit: str) -> str:
    """A figure with two digits that mean something: "1.7 ms", "12 ms", "119 kB"."""
    digits = 0 if value >= 9.95 else 1
    return f"{value:.{digits}f} {unit}"
