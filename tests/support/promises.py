"""The promise table: what is promised, which tests prove it, and the figures measured last.

``python -m tests.support.promises`` writes ``docs/promises.md`` from three sources: the promises in
``docs/promises.toml``, the ``# proves C3`` marks in the tests, and the figures that ``make crash`` leaves in
``docs/figures/crash.json``. A unit test fails when the page is out of date or a built promise has no test.
"""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "promises.md"
FIGURES = ROOT / "docs" / "figures" / "crash.json"
MARK = re.compile(r"#\s*proves ((?:[CLF]\d+)(?:(?:,\s*|\s+and\s+|,\s*and\s+)[CLF]\d+)*)")
NUMBER = re.compile(r"[CLF]\d+")


@dataclass(frozen=True)
class Promise:
    """One numbered promise; ``built`` is false while its feature does not exist."""

    number: str
    title: str
    text: str
    built: bool


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
        Promise(number, row["title"], row["text"], row.get("built", True)) for number, row in table.items()
    ]


def proofs(root: Path = ROOT) -> list[Proof]:
    """Find every ``# proves`` mark in the tests and the test that it stands in or above."""
    found = [proof for path in sorted((root / "tests").rglob("test_*.py")) for proof in _in_file(path, root)]
    return list(dict.fromkeys(found))


def _in_file(path: Path, root: Path) -> Iterator[Proof]:
    text = path.read_text(encoding="utf-8")
    functions = _functions(ast.parse(text))
    for line, content in enumerate(text.splitlines(), 1):
        match = MARK.search(content)
        if match is None:
            continue
        test = _test_at(functions, line)
        for number in NUMBER.findall(match.group(1)):
            yield Proof(number, path.relative_to(root).as_posix(), test)


def _functions(tree: ast.Module) -> list[tuple[int, int, str]]:
    """Tests and test classes as (first line with its decorators, last line, name)."""
    rows = []
    for node in ast.walk(tree):
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
    marks = proofs(root)
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    lines = [
        "# The promises",
        "",
        "Each has a number. A test that proves one names it (`# proves C3`). This page is made from",
        "`docs/promises.toml`, those marks and the last figures: `python -m tests.support.promises`.",
        "",
    ]
    for promise in promises(root):
        lines += _section(promise, [mark for mark in marks if mark.number == promise.number], figures)
    return "\n".join(lines).rstrip() + "\n"


def _section(promise: Promise, marks: list[Proof], figures: dict[str, str]) -> list[str]:
    lines = [f"## {promise.number}: {promise.title}", "", promise.text, ""]
    if not promise.built:
        lines += ["Not built yet.", ""]
    by_file: dict[str, list[str]] = {}
    for mark in marks:
        by_file.setdefault(mark.file, []).append(mark.test)
    lines += [
        f"- [`{file}`](../{file}): {', '.join(f'`{test}`' for test in tests)}"
        for file, tests in by_file.items()
    ]
    if promise.number in figures:
        lines += ["", f"Last figures: {figures[promise.number]}"]
    return [*lines, ""]


def unproven(root: Path = ROOT) -> list[str]:
    """Numbers of the built promises that no test says it proves."""
    proven = {proof.number for proof in proofs(root)}
    return [promise.number for promise in promises(root) if promise.built and promise.number not in proven]


def main() -> int:
    """Write the page; exit status 1 when a built promise has no test."""
    PAGE.write_text(page(), encoding="utf-8")
    missing = unproven()
    if missing:
        print(f"No test says that it proves {', '.join(missing)}.", file=sys.stderr)  # noqa: T201 - a command line
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
