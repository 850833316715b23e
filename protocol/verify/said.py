"""What a fleet states and signed, as a person reads it: line by line, and judged by nobody here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.statement import Said


def lines_of_said(said: Mapping[str, Said], indent: str = "") -> Iterator[str]:
    """Return what a fleet states, a line for each thing said."""
    for name, value in said.items():
        words = name.replace("_", " ")
        if isinstance(value, Mapping):
            yield f"{indent}{words}:"
            yield from lines_of_said(value, f"{indent}  ")
        elif isinstance(value, list):
            yield f"{indent}{words}: {len(value) or 'none'}"
            yield from (f"{indent}  - {_item(each)}" for each in value)
        else:
            yield f"{indent}{words}: {'none' if value is None else value}"


def _item(value: Said) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return str(value)
