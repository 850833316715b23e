"""A scenario as text: what ``lapel-simulator run`` takes and a person can read and change. Pure.

Rules:

* What is written is read again as the same values, whatever stands in it: words that were said on a camera
  become no TOML of their own.
* A remark is a comment, and says what whoever reads the scenario has to know of a step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = 110
"""So long a remark's line is at most."""

SURROGATES = range(0xD800, 0xE000)
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A step as it is written.

    Attributes:
        keys: ``do`` and all that it is given.
        remarks: What has to be known of it, in sentences.
    """

    keys: Mapping[str, Any]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioHead:
    """What stands before a scenario's steps.

    Attributes:
        name: What the report calls it.
        title: What it shows, in one sentence.
        tags: What it is about.
        seed: What decides where in the scene each camera begins.
        tables: Its tables, such as ``cameras`` and ``promises``, in order.
        remarks: What has to be known of it, in sentences.
    """

    name: str
    title: str
    tags: tuple[str, ...] = ()
    seed: int = 1
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def scenario_text(head: ScenarioHead, steps: Iterable[WrittenStep]) -> str:
    """Return a scenario as text."""
    lines = [*_remarks(head.remarks), *_pairs(_top(head))]
    for name, keys in head.tables.items():
        lines += ["", f"[{name}]", *_pairs(keys)]
    for step in steps:
        lines += ["", *_remarks(step.remarks), "[[steps]]", *_pairs(step.keys)]
    return "\n".join(lines) + "\n"


def toml_value(value: object) -> str:
    """Return a value as TOML writes it.

    Raises:
        TypeError: It is none of what a scenario holds.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_value(str(key))} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(f"internal error: {value!r} is nothing that a scenario holds")


def _top(head: ScenarioHead) -> Mapping[str, Any]:
    tags = {"tags": head.tags} if head.tags else {}
    return {"name": head.name, "title": head.title, **tags, "seed": head.seed}


def _pairs(keys: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {toml_value(value)}" for key, value in keys.items())


def _remarks(remarks: Iterable[str]) -> Iterator[str]:
    for each in remarks:
        for line in each.splitlines():
            yield from _wrapped("".join(char if char.isprintable() else "?" for char in line))


def _wrapped(sentence: str) -> Iterator[str]:
    line = "#"
    for word in sentence.split():
        if len(line) + 1 + len(word) > COLUMNS and line != "#":
            yield line
            line = "#"
        line += f" {word}"
    yield line


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    number = ord(char)
    # Half of a surrogate pair is no character, and TOML has no way to write it.
    return "\\uFFFD" if number in SURROGATES else f"\\U{number:08X}"
