"""Where each key and each value of a TOML text stands. Pure.

Python's own ``tomllib`` reads a text and forgets its lines. This goes over the same text again, and notes the
place of everything that it gave.

Rules:

* A path is what ``tomllib`` gives: keys and, in a list, positions counted from 0.
* A key's place is where it is written, a list's element's where its value begins, a table's where its header
  or its first key is.
* Lines and columns count from 1; a column counts characters.

It checks nothing: the text must be one that ``tomllib`` takes (TOML 1.0.0).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys, and positions in lists."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_TEXTS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"""+', re.DOTALL),
    re.compile(r"'''.*?'''+", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_BARE = re.compile(r"[^,\]}#\n]*")


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A place in a text: its line and its column, both from 1."""

    line: int
    column: int


FIRST = TextPlace(1, 1)
"""Where a text begins."""


def locate(text: str) -> Mapping[Path, TextPlace]:
    r"""Return the place of everything in a text that ``tomllib`` takes.

    Example:
        >>> locate("[cameras]\ncount = 3")[("cameras", "count")]
        TextPlace(line=2, column=1)
    """
    reader = _Reader(text)
    reader.read()
    return reader.found


def nearest_place(places: Mapping[Path, TextPlace], path: Path) -> TextPlace:
    """Return where a path is, or where what it is in is: a key that is missing has no place of its own."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, FIRST)


@dataclass(slots=True)
class _Reader:
    """Goes over a text once, from its beginning to its end."""

    text: str
    at: int = 0
    table: Path = ()
    found: dict[Path, TextPlace] = field(default_factory=dict)
    _rows: dict[Path, int] = field(default_factory=dict)
    _lines: list[int] = field(default_factory=list)

    def read(self) -> None:
        """Read all of it."""
        self._lines = [0, *(each.end() for each in re.finditer("\n", self.text))]
        self._blank()
        while self.at < len(self.text):
            before = self.at
            if self.text[self.at] == "[":
                self._header()
            else:
                self._pair(self.table)
            self._blank()
            if self.at == before:
                raise ValueError(f"internal error: no TOML at character {before}")

    def _header(self) -> None:
        """``[a.b]`` or ``[[a.b]]``; what is in a list of tables is in its newest."""
        begins = self.at
        rows = self.text.startswith("[[", self.at)
        self.at += 2 if rows else 1
        self._blank()
        *way, last = self._dotted()
        path: Path = ()
        for key, _ in way:
            path = self._newest((*path, key))
            self._note(path, begins)
        path = (*path, last[0])
        if rows:
            self._note(path, begins)
            self._rows[path] = self._rows.get(path, -1) + 1
            path = (*path, self._rows[path])
        self._note(path, begins)
        self.table = path
        self._blank()
        self.at += 2 if rows else 1

    def _newest(self, path: Path) -> Path:
        return (*path, self._rows[path]) if path in self._rows else path

    def _pair(self, table: Path) -> None:
        """``a.b = value``."""
        path = table
        for key, begins in self._dotted():
            path = (*path, key)
            self._note(path, begins)
        self._blank()
        self.at += 1  # the equals sign
        self._blank()
        self._value(path)

    def _dotted(self) -> list[tuple[str, int]]:
        """The parts of a key, each with where it begins."""
        parts = []
        while found := _KEY.match(self.text, self.at):
            parts.append((_plain(found[0]), self.at))
            self.at = found.end()
            dot = _DOT.match(self.text, self.at)
            if dot is None:
                break
            self.at = dot.end()
        return parts

    def _value(self, path: Path) -> None:
        if self.text[self.at] == "[":
            self._list(path)
        elif self.text[self.at] == "{":
            self._inline(path)
        else:
            for pattern in (*_TEXTS, _BARE):
                if found := pattern.match(self.text, self.at):
                    self.at = found.end()
                    return

    def _list(self, path: Path) -> None:
        self.at += 1
        for position in range(len(self.text)):
            self._blank()
            if self._closed("]"):
                return
            self._note((*path, position), self.at)
            self._value((*path, position))
            self._blank()
            if self.text[self.at] == ",":
                self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while True:
            self._blank()
            if self._closed("}"):
                return
            self._pair(path)
            self._blank()
            if self.text[self.at] == ",":
                self.at += 1

    def _closed(self, by: str) -> bool:
        closed = self.text[self.at] == by
        self.at += closed
        return closed

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = self.at if found is None else found.end()

    def _note(self, path: Path, at: int) -> None:
        line = bisect_right(self._lines, at)
        self.found.setdefault(path, TextPlace(line, at - self._lines[line - 1] + 1))


def _plain(key: str) -> str:
    """A key without its quotes; escapes as TOML has them are a JSON text's, but for two."""
    if key[0] == "'":
        return key[1:-1]
    if key[0] != '"':
        return key
    return re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", _unescaped, key[1:-1])


def _unescaped(found: re.Match[str]) -> str:
    said = found[1]
    if said[0] in "uU" and len(said) > 1:
        return chr(int(said[1:], 16))
    return {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}.get(said, said)
