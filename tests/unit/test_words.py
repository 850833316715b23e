"""One word for one thing: what ``docs/words.md`` rules out is found in names, docstrings, comments, pages."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "words.md"
COLUMNS = 3
CODE = ("protocol", "device", "fleet", "simulator", "tests", "benchmarks", "docs")
TEMPLATES = ("fleet/web/templates", "simulator/bench/templates")
SCRIPTS = ("fleet/web/static", "simulator/bench/static")

ALLOWED = {
    ("docs/words.md", "*"): "it is the list",
    ("tests/unit/test_words.py", "*"): "it shows what is found",
    ("docs/decisions/*", "*"): "a decision is never rewritten",
    ("CHANGELOG.md", "*"): "what a release said, it said",
    ("tests/support/reports/promises.py", "proven"): "a test proves a promise: that is its mark",
    ("docs/footage-format.md", "shot"): "HPKE's 'single shot' (RFC 9180, section 6)",
}
"""Where a word may stand all the same, in a file or in all files of a folder, and why."""


@dataclass(frozen=True)
class Ruled:
    """The words that are not used: nowhere at all, or not as a name."""

    nowhere: frozenset[str]
    as_names: frozenset[str]


@cache
def read_glossary(text: str) -> Ruled:
    """Return what the last columns of the glossary's tables rule out."""
    rows = [row.split("|") for row in text.splitlines() if row.startswith("|")]
    cells = " ".join(row[COLUMNS] for row in rows if len(row) == COLUMNS + 2)
    nowhere = frozenset(re.findall(r"\*([^*]+)\*", cells))
    return Ruled(nowhere, nowhere | frozenset(re.findall(r"`([^`]+)`", cells)))


def words_of(name: str) -> list[str]:
    """Take a name apart: ``ChunkRef`` and ``chunk_ref`` are the same two words."""
    return [each.lower() for each in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def names_of(tree: ast.AST) -> Iterator[str]:
    """Give every name that a module gives: to classes, functions, arguments, variables and attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def prose_of(source: str, tree: ast.AST) -> Iterator[str]:
    """Give a module's docstrings, those of attributes too, its comments, and the sentences that it says."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text
            case ast.Constant(value=str(text)) if " " in text:
                yield text
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def found_in_module(path: str, source: str, ruled: Ruled) -> set[str]:
    """Return the ruled-out words of a module: in its path, the names that it gives, and its prose."""
    tree = ast.parse(source)
    names = (*Path(path).with_suffix("").parts, *names_of(tree))
    found = {word for name in names for word in words_of(name) if word in _ruled_out(name, ruled)}
    return found.union(*(found_in_prose(text, ruled) for text in prose_of(source, tree)))


def _ruled_out(name: str, ruled: Ruled) -> frozenset[str]:
    """Return what a name must not hold; a test's is a sentence."""
    return ruled.nowhere if name.startswith("test_") else ruled.as_names


def found_in_prose(text: str, ruled: Ruled) -> set[str]:
    """Return the words of a text that are used nowhere; what is between backticks is a name and not prose."""
    bare = re.sub(r"`+[^`\n]*`+", "", text)
    return {word.lower() for word in _pattern(ruled.nowhere).findall(bare)}


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    any_of = "|".join(sorted(map(re.escape, words)))
    return re.compile(rf"(?<![\w-])(?:{any_of})(?![\w-])", re.IGNORECASE)


@cache
def all_found() -> tuple[tuple[str, str], ...]:
    """Return each ruled-out word of each file."""
    return tuple(_all_found())


def _all_found() -> Iterator[tuple[str, str]]:
    ruled = read_glossary(GLOSSARY.read_text())
    for path in sorted(_files(CODE, "*.py")):
        name = path.relative_to(ROOT).as_posix()
        yield from ((name, word) for word in sorted(found_in_module(name, path.read_text(), ruled)))
    pages = (*_files(CODE, "*.md"), *_files(TEMPLATES, "*.html"), *_files(SCRIPTS, "*.js"))
    for path in sorted([*ROOT.glob("*.md"), *pages]):
        name = path.relative_to(ROOT).as_posix()
        yield from ((name, word) for word in sorted(found_in_prose(path.read_text(), ruled)))


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for folder in folders:
        found = (ROOT / folder).rglob(pattern)
        yield from (path for path in found if not {"node_modules", "vendor"} & set(path.parts))


def covers(place: tuple[str, str], path: str, word: str) -> bool:
    """Say whether an entry of a list is about a word in a file."""
    where, what = place
    return what in ("*", word) and (path == where or (where.endswith("/*") and path.startswith(where[:-1])))


def test_no_word_is_used_that_the_glossary_rules_out() -> None:
    found = [each for each in all_found() if not any(covers(place, *each) for place in ALLOWED)]
    assert found == []


def test_each_exception_is_needed() -> None:
    assert [place for place in ALLOWED if not any(covers(place, *each) for each in all_found())] == []


RULED = Ruled(frozenset({"reel", "recording store"}), frozenset({"reel", "recording store", "stage"}))


@pytest.mark.parametrize(
    ("path", "source", "words"),
    [
        ("fleet/reel.py", "", {"reel"}),
        ("fleet/reel/a.py", "", {"reel"}),
        ("fleet/a.py", "class OldReel: ...", {"reel"}),
        ("fleet/a.py", "def make_reel() -> None: ...", {"reel"}),
        ("fleet/a.py", "async def reel() -> None: ...", {"reel"}),
        ("fleet/a.py", "def lay_out(*, reel: int) -> None: ...", {"reel"}),
        ("fleet/a.py", "def lay_out(stage: int) -> None: ...", {"stage"}),
        ("fleet/a.py", "REEL = 1", {"reel"}),
        ("fleet/a.py", "for reel in (): ...", {"reel"}),
        ("fleet/a.py", "self.reel = 1", {"reel"}),
        ("fleet/a.py", '"""A Reel of it."""', {"reel"}),
        ("fleet/a.py", 'SIZE = 1\n"""Of a reel."""', {"reel"}),
        ("fleet/a.py", "x = 1  # the reel's", {"reel"}),
        ("fleet/a.py", "# a recording store", {"recording store"}),
        ("fleet/a.py", '"""At this stage, really, ``reel`` is a name."""', set()),
        ("tests/a.py", "def test_a_stage() -> None: ...", set()),
        ("tests/a.py", "def test_a_reel() -> None: ...", {"reel"}),
        ("fleet/a.py", "print(newsreel.reel, 'reel')", set()),
    ],
)
def test_each_place_is_looked_at(path: str, source: str, words: set[str]) -> None:
    assert found_in_module(path, source, RULED) == words


def test_pages_are_looked_at() -> None:
    assert found_in_prose("See the **Reel** and `recording store`.", RULED) == {"reel"}
    assert found_in_prose("At any stage.", RULED) == set()


def test_the_glossary_says_where_a_word_is_ruled_out() -> None:
    table = "| timeline | all of it | *tale*, `telling` |\n| run | one boot | |\n| a | `b` |"
    assert read_glossary(table) == Ruled(frozenset({"tale"}), frozenset({"tale", "telling"}))


def test_the_glossary_explains_each_word_once() -> None:
    text = GLOSSARY.read_text()
    rows = [row.split("|") for row in text.splitlines() if row.startswith("|") and not row.startswith("|---")]
    words = [word.strip() for row in rows for word in row[1].split(",") if word.strip() != "word"]
    assert len(words) == len(set(words))
    assert all(len(row) == COLUMNS + 2 and row[2].strip() for row in rows)
    assert not set(words) & read_glossary(text).nowhere
