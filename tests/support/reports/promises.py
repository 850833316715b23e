"""The promise table: what is promised, which tests prove it, what waits, and the figures measured last.

``python -m tests.support.reports.promises`` writes ``docs/promises.md`` from three sources: the promises in
``docs/promises.toml``, the ``# proves C3`` comments in the tests, and the files of ``docs/figures``
(``tests.support.reports.figures``). A unit test fails when the page is out of date, and for everything in
``complaints``.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from tests.support.reports.figures import FOLDER, NUMBER, Figures, read_figures
from tests.support.said.statements import statements

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "promises.md"
MARK = re.compile(r"#\s*proves ((?:[CLF]\d+)(?:(?:,\s*|\s+and\s+|,\s*and\s+)[CLF]\d+)*)")
_STRING_OR_COMMENT = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|' r"'(?:[^'\\\n]|\\.)*'|(?P<comment>#[^\n]*)", re.DOTALL
)
"""A comment, or a string, in which a mark is no comment: a tokenizer would take seconds."""


class State(StrEnum):
    """How much of a promise there is."""

    BUILT = "built"
    PARTLY = "partly built"
    NOT_BUILT = "not built"


@dataclass(frozen=True)
class Promise:
    """One numbered promise.

    Attributes:
        number: Such as ``C3``.
        title: In a few words.
        text: What is promised.
        state: How much of it there is.
        proven: Of one that is partly built, what is there.
        waits: Of one that is not wholly built, what is not.
    """

    number: str
    title: str
    text: str
    state: State = State.BUILT
    proven: str = ""
    waits: str = ""


@dataclass(frozen=True)
class Proof:
    """A test that names a promise: the file, relative to the repository, and the test's name."""

    number: str
    file: str
    test: str


def promises(root: Path = ROOT) -> list[Promise]:
    """Read the promises in the order in which they are listed."""
    table = tomllib.loads((root / "docs" / "promises.toml").read_text(encoding="utf-8"))
    return [
        Promise(number, **{**row, "state": State(row.get("state", State.BUILT))})
        for number, row in table.items()
    ]


def proofs(root: Path = ROOT) -> list[Proof]:
    """Find every ``# proves`` comment in the tests and the test that it stands in or above."""
    found = [
        proof
        for path in sorted((root / "tests").rglob("test_*.py"))
        for proof in _in_file(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ]
    return list(dict.fromkeys(found))


def complaints(promised: list[Promise], marks: list[Proof]) -> list[str]:
    """Say what is wrong with the promises and their proofs, a sentence each."""
    known = {promise.number for promise in promised}
    proven = {mark.number for mark in marks}
    return [
        *(
            f"{mark.file} proves {mark.number}, which is no promise."
            for mark in marks
            if mark.number not in known
        ),
        *(
            sentence
            for promise in promised
            for sentence in _wrong_with(promise, tested=promise.number in proven)
        ),
    ]


def _wrong_with(promise: Promise, *, tested: bool) -> Iterator[str]:
    number, state = promise.number, promise.state
    if state is not State.NOT_BUILT and not tested:
        yield f"No test proves {number}, and docs/promises.toml does not say that it is not built."
    if state is State.NOT_BUILT and tested:
        yield f"Tests prove {number}, of which docs/promises.toml says that it is not built."
    if (state is State.PARTLY) != bool(promise.proven):
        yield f"{number} needs `proven` in docs/promises.toml exactly when it is partly built."
    if (state is State.BUILT) == bool(promise.waits):
        yield f"{number} needs `waits` in docs/promises.toml exactly when it is not wholly built."


@cache
def _in_file(file: str, text: str) -> tuple[Proof, ...]:
    return tuple(_marks(file, text)) if MARK.search(text) else ()


def _marks(file: str, text: str) -> Iterator[Proof]:
    functions = _functions(ast.parse(text))
    for comment in _STRING_OR_COMMENT.finditer(text):
        match = MARK.search(comment["comment"] or "")
        if match is None:
            continue
        test = _test_at(functions, text.count("\n", 0, comment.start()) + 1)
        for number in NUMBER.findall(match.group(1)):
            yield Proof(number, file, test)


def _functions(tree: ast.Module) -> list[tuple[int, int, str]]:
    """Tests and test classes as (first line with its decorators, last line, name)."""
    rows = []
    for node in statements(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            rows.append((first, node.end_lineno or node.lineno, node.name))
    return rows


def _test_at(functions: list[tuple[int, int, str]], line: int) -> str:
    """The innermost test around a line, else the next one below it, else the whole file."""
    around = [row for row in functions if row[0] <= line <= row[1]]
    if around:
        return max(around)[2]
    below = [row for row in functions if row[0] > line]
    return min(below)[2] if below else "(the file)"


def page(root: Path = ROOT) -> str:
    """The text of ``docs/promises.md``."""
    promised, marks, figures = promises(root), proofs(root), read_figures(root / FOLDER.relative_to(ROOT))
    lines = [
        "# The promises",
        "",
        "Each has a number. A test that proves one names it (`# proves C3`). This page is made from",
        "`docs/promises.toml`, those marks and the files in `docs/figures`:",
        "`python -m tests.support.reports.promises`.",
        "",
        "| promise | | state | tests |",
        "|---|---|---|---|",
        *(_row(promise, marks) for promise in promised),
        "",
    ]
    for promise in promised:
        lines += _section(promise, [mark for mark in marks if mark.number == promise.number], figures)
    return "\n".join([*lines, *_measured(figures)]).rstrip() + "\n"


def _row(promise: Promise, marks: list[Proof]) -> str:
    tests = sum(mark.number == promise.number for mark in marks)
    anchor = re.sub(r"[^a-z0-9 -]", "", f"{promise.number} {promise.title}".lower()).replace(" ", "-")
    return f"| [{promise.number}](#{anchor}) | {promise.title} | {promise.state} | {tests or '-'} |"


def _section(promise: Promise, marks: list[Proof], figures: list[Figures]) -> list[str]:
    lines = [f"## {promise.number}: {promise.title}", "", promise.text, ""]
    match promise.state:
        case State.PARTLY:
            lines += [f"Partly built. There is: {promise.proven} What waits: {promise.waits}", ""]
        case State.NOT_BUILT:
            lines += [f"Not built. {promise.waits}", ""]
    by_file: dict[str, list[str]] = {}
    for mark in marks:
        by_file.setdefault(mark.file, []).append(mark.test)
    lines += [
        f"- [`{file}`](../{file}): {', '.join(f'`{test}`' for test in tests)}"
        for file, tests in by_file.items()
    ]
    said = [f"- {each.of(promise.number)}" for each in figures if promise.number in each.promises]
    return [*lines, *(["", "Last figures:", "", *said] if said else []), ""]


def _measured(figures: list[Figures]) -> list[str]:
    """What was measured, run by run, with its machine and day."""
    lines = ["## Last figures", ""] if figures else []
    for each in figures:
        lines += [f"**{each.name}** ({each.where})", "", *(f"- {line}" for line in each.lines), ""]
    return lines


def main() -> int:
    """Write the page; exit status 1 when a promise has neither a test nor a word on why not."""
    PAGE.write_text(page(), encoding="utf-8")
    wrong = complaints(promises(), proofs())
    for sentence in wrong:
        print(sentence, file=sys.stderr)  # noqa: T201 - a command line
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
