"""Rules of style that no linter holds: unique names of classes, and code in docstrings."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("protocol", "device", "fleet", "simulator")

STILL_SHARED = frozenset({"Event", "Outcome", "State"})
"""Names that two classes share until one of them is renamed. Empty but for that time."""

STILL_SINGLE = ("tests",)
"""Packages whose docstrings are still to be put right. Empty but for that time."""


def modules(*folders: str) -> Mapping[str, str]:
    """Return the modules of folders by their paths."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for path in sorted(found)
        if not {"node_modules", "vendor"} & set(path.parts)
    }


def classes(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the modules that define a class of each public name."""
    found = defaultdict(list)
    for path, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(path)
    return found


def shared(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names that stand for more than one class."""
    return {name: places for name, places in classes(sources).items() if len(places) > 1}


def docstrings(source: str) -> Iterator[str]:
    """Give a module's docstrings, those of attributes too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


def single_backticks(source: str) -> list[str]:
    """Return what docstrings put between single backticks; code stands between double ones."""
    return [found for text in docstrings(source) for found in re.findall(r"(?<!`)`[^`\n]+`(?!`)", text)]


def test_no_two_classes_have_one_name() -> None:
    assert {name: at for name, at in shared(modules(*PACKAGES)).items() if name not in STILL_SHARED} == {}


def test_a_second_class_of_a_name_is_found() -> None:
    sources = {
        "a.py": "class Plan: ...\nclass _Own: ...",
        "b.py": "def f():\n    class Plan: ...",
        "c.py": "_Own = 1",
    }
    assert shared(sources) == {"Plan": ["a.py", "b.py"]}
    assert shared({"a.py": "class _Own: ...", "b.py": "class _Own: ..."}) == {}


def test_code_in_docstrings_stands_between_double_backticks() -> None:
    held = [each for each in (*PACKAGES, "tests", "benchmarks") if each not in STILL_SINGLE]
    found = {path: single_backticks(source) for path, source in modules(*held).items()}
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Like `this`."""', ["`this`"]),
        ('def f():\n    """Like `this`."""', ["`this`"]),
        ('SIZE = 1\n"""Of `this`."""', ["`this`"]),
        ('"""Like ``this``, and ``that`s``."""', []),
        ('# like `this`\nx = "`this`"', []),
    ],
)
def test_single_backticks_are_found(source: str, found: list[str]) -> None:
    assert single_backticks(source) == found
