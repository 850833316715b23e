"""Rules of style that no linter holds: names of classes, code in docstrings, sizes of files and folders."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from tests.support.said.statements import statements

ROOT = Path(__file__).parents[2]
PACKAGES = ("protocol", "device", "fleet", "simulator")

NAMED = re.compile(r"`((?:device|fleet|protocol|simulator|tests|benchmarks|docs)(?:[./][\w-]+)+)(?:/|\(\))?`")
"""What stands between backticks and looks like a module, something in a module, or a file."""

LONGEST = 300
"""Lines of a file of product code."""

MOST = 15
"""Files of product code in a folder, ``__init__.py`` not counted."""

LARGEST = 60
"""Lines of a function, tests' too; of migrations, which are never rewritten, there are longer ones."""

FILES = (".toml", ".lock")
"""Ends of names that are files outside the tree and no modules."""


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
        for node in statements(ast.parse(source)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(path)
    return found


def shared(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names that stand for more than one class."""
    return {name: places for name, places in classes(sources).items() if len(places) > 1}


def too_long(sources: Mapping[str, str]) -> dict[str, int]:
    """Return the files that have too many lines, with how many."""
    lengths = {path: len(source.splitlines()) for path, source in sources.items()}
    return {path: length for path, length in lengths.items() if length > LONGEST}


def too_full(paths: Iterable[str]) -> dict[str, int]:
    """Return the folders that hold too many files themselves, with how many."""
    files = (PurePosixPath(path) for path in paths)
    held = Counter(str(file.parent) for file in files if file.name != "__init__.py")
    return {folder: count for folder, count in held.items() if count > MOST}


def too_large(sources: Mapping[str, str]) -> dict[str, int]:
    """Return the functions that have too many lines, with how many."""
    return {
        f"{path}: {node.name}": lines
        for path, source in sources.items()
        for node in statements(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LARGEST
    }


@cache
def docstrings(source: str) -> tuple[str, ...]:
    """Return a module's docstrings, those of attributes too."""
    return tuple(
        str(node.value.value)
        for node in statements(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def single_backticks(source: str) -> list[str]:
    """Return what docstrings put between single backticks; code stands between double ones."""
    return [found for text in docstrings(source) for found in re.findall(r"(?<!`)`[^`\n]+`(?!`)", text)]


def missing(text: str) -> list[str]:
    """Return the modules and files that a text names and that are not there."""
    named = (name for name in NAMED.findall(text) if not name.endswith(FILES) and "NAME" not in name)
    return [name for name in named if not any(_is_there(name, of) for of in range(3))]


def _is_there(name: str, of: int) -> bool:
    """Whether a name, less the last so many of its parts, is a file or a module."""
    parts = name.split("/") if "/" in name else name.split(".")
    if of and "/" in name:
        return False
    path = ROOT.joinpath(*parts[: len(parts) - of])
    if of:
        return path.with_name(path.name + ".py").is_file()
    return path.exists() or path.with_name(path.name + ".py").is_file()


@pytest.mark.slow
def test_no_two_classes_have_one_name() -> None:
    assert shared(modules(*PACKAGES)) == {}


def test_a_second_class_of_a_name_is_found() -> None:
    sources = {
        "a.py": "class Plan: ...\nclass _Own: ...",
        "b.py": "def f():\n    class Plan: ...",
        "c.py": "_Own = 1",
    }
    assert shared(sources) == {"Plan": ["a.py", "b.py"]}
    assert shared({"a.py": "class _Own: ...", "b.py": "class _Own: ..."}) == {}


def test_no_file_of_product_code_is_too_long() -> None:
    assert too_long(modules(*PACKAGES)) == {}


def test_a_file_that_is_too_long_is_found() -> None:
    assert too_long({"a.py": "x = 1\n" * LONGEST, "b.py": "x = 1\n" * (LONGEST + 1)}) == {"b.py": LONGEST + 1}


@pytest.mark.slow
def test_no_function_is_too_large() -> None:
    found = {
        path: source
        for path, source in modules(*PACKAGES, "tests", "benchmarks").items()
        if not path.startswith("fleet/migrations/versions/")
    }
    assert too_large(found) == {}


def test_a_function_that_is_too_large_is_found() -> None:
    full, fuller = ("    x = 1\n" * (LARGEST - more) for more in (1, 0))
    assert too_large({"a.py": f"def f():\n{full}"}) == {}
    found = too_large({"a.py": f"class A:\n  async def f():\n{fuller}", "b.py": f"def f():\n{fuller}"})
    assert found == {"a.py: f": LARGEST + 1, "b.py: f": LARGEST + 1}


def test_no_folder_of_product_code_is_too_full() -> None:
    assert too_full(modules(*PACKAGES)) == {}


def test_a_folder_that_is_too_full_is_found() -> None:
    full = ["a/__init__.py", *(f"a/m{each}.py" for each in range(MOST))]
    assert too_full([*full, "a/b/m.py"]) == {}
    assert too_full([*full, "a/one_more.py"]) == {"a": MOST + 1}


def test_the_limits_are_held_in_all_of_the_product() -> None:
    assert {path.split("/")[0] for path in modules(*PACKAGES)} == set(PACKAGES)


@pytest.mark.slow
def test_code_in_docstrings_stands_between_double_backticks() -> None:
    found = {
        path: single_backticks(source) for path, source in modules(*PACKAGES, "tests", "benchmarks").items()
    }
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


@pytest.mark.slow
def test_what_docstrings_and_pages_name_is_there() -> None:
    pages = {path.relative_to(ROOT).as_posix(): path.read_text() for path in ROOT.glob("docs/**/*.md")}
    pages |= {path.name: path.read_text() for path in ROOT.glob("*.md") if path.name != "CHANGELOG.md"}
    texts = {
        path: "\n".join(docstrings(source))
        for path, source in modules(*PACKAGES, "tests", "benchmarks").items()
    }
    found = {path: missing(text) for path, text in (texts | pages).items()}
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("``protocol.units``, ``protocol.units.NS_PER_S``, ``device``", []),
        ("``protocol.unit`` and ``protocol.unit.NS_PER_S``", ["protocol.unit", "protocol.unit.NS_PER_S"]),
        ("`tests/unit/`, `tests/unit/test_style.py`, `docs/figures/NAME.json`, `fleet.toml`", []),
        ("`tests/unit/test_styles.py`", ["tests/unit/test_styles.py"]),
    ],
)
def test_what_is_not_there_is_found(text: str, found: list[str]) -> None:
    assert missing(text) == found


def test_no_two_migrations_or_decisions_have_one_number() -> None:
    """With two heads of the migrations no fleet starts; two branches of work take the same number easily."""
    migrations = sorted(path.name[:4] for path in (ROOT / "fleet/migrations/versions").glob("[0-9]*.py"))
    assert migrations == [f"{number:04}" for number in range(1, len(migrations) + 1)]
    decisions = sorted(path.name[:4] for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert len(set(decisions)) == len(decisions)
