"""One word for one thing: what ``docs/words.md`` rules out is in no name, string, comment, page or style.

A string without a space is a name too: of a column, a topic, a key or a class of a style.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "words.md"
COLUMNS = 3
_KNOWN = "lapel/words"
CODE = ("protocol", "device", "fleet", "simulator", "tests", "benchmarks", "docs")
TEMPLATES = ("fleet/web/templates", "simulator/bench/templates")
SCRIPTS = ("fleet/web/static", "simulator/bench/static")

ALLOWED = {
    ("docs/words.md", "*"): "it is the list",
    ("tests/unit/test_words.py", "*"): "it shows what is found",
    ("docs/decisions/*", "*"): "a decision is never rewritten",
    ("CHANGELOG.md", "*"): "what a release said, it said",
    ("tests/support/reports/promises.py", "proven"): "a test proves a promise: that is its mark",
    ("fleet/commands/audit.py", "prove"): "proofs of a tree are what the field calls them (RFC 9162)",
    ("tests/unit/fleet/audit/test_keeping_checkpoints.py", "prove"): "it is a command",
    (
        "fleet/migrations/versions/*",
        "story",
    ): "the column was called that, and a migration is never rewritten",
    ("tests/integration/fleet/test_migrations.py", "story"): "it goes back to that column",
    ("fleet/requests/sending.py", "house"): "it is where the Information Commissioner is",
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
    """Give every name that a module gives: to classes, functions, arguments, variables and attributes.

    And every string without a space, which names something elsewhere.
    """
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.Constant(value=str(name)) if not re.search(r"\s", name):
                yield name
            case ast.Constant(value=bytes(name)) if b" " not in name:
                yield name.decode("ascii", "replace")


def prose_of(source: str, tree: ast.AST) -> Iterator[str]:
    """Give a module's docstrings, those of attributes too, its comments, and the sentences that it says."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text
            case ast.Constant(value=str(text)) if " " in text:
                yield text
            case ast.Constant(value=bytes(text)) if b" " in text:
                yield text.decode("ascii", "replace")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def found_in_module(path: str, source: str, ruled: Ruled) -> set[str]:
    """Return the ruled-out words of a module: in its path, the names that it gives, and its prose."""
    said = _in_a_row(f"{path} {source}")
    if not any(_in_a_row(word) in said for word in ruled.as_names):
        return set()  # as in most: what follows takes longer
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
    return {" ".join(word.lower().split()) for word in _pattern(ruled.nowhere).findall(bare)}


def names_of_page(text: str) -> Iterator[str]:
    """Give the names that a template gives: classes, ids, fields, and what scripts find things by."""
    for attribute, value in re.findall(
        r'\s([\w-]+)="([^"]*)"', re.sub(r"{{.*?}}|{%.*?%}", " ", text, flags=re.DOTALL)
    ):
        if attribute in {"class", "id", "name", "for"}:
            yield from value.split()
        elif attribute.startswith("data-"):
            yield attribute


def names_of_style(text: str) -> list[str]:
    """Return the names that a style sheet uses: classes, ids and properties of its own among them."""
    return re.findall(r"[a-zA-Z][\w-]*", re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL))


def found_in_page(path: str, text: str, ruled: Ruled) -> set[str]:
    """Return the ruled-out words of a page, a script or a style sheet."""
    names = {".html": names_of_page, ".css": names_of_style}.get(Path(path).suffix)
    given = () if names is None else names(text)
    return found_in_prose(text, ruled) | {
        word for name in given for word in words_of(name) if word in ruled.as_names
    }


def _in_a_row(text: str) -> str:
    """Return the words of a text between single spaces, wherever they stand in it."""
    return f" {' '.join(words_of(text))} "


@cache
def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    any_of = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words))
    return re.compile(rf"(?<![\w-])(?:{any_of})(?![\w-])", re.IGNORECASE)


@pytest.fixture(scope="module")
def all_found(request: pytest.FixtureRequest) -> list[tuple[str, str]]:
    """Each ruled-out word of each file; a file that has been looked at before is not looked at again."""
    cache: pytest.Cache = request.config.cache
    rules = "".join(path.read_text() for path in (GLOSSARY, Path(__file__)))
    ruled = read_glossary(GLOSSARY.read_text())
    known: dict[str, list[str]] = cache.get(_KNOWN, {})
    seen: dict[str, list[str]] = {}
    found: list[tuple[str, str]] = []
    for name, text, look in _files_to_look_at():
        key = hashlib.sha256(f"{rules}\0{name}\0{text}".encode()).hexdigest()
        seen[key] = known[key] if key in known else sorted(look(name, text, ruled))
        found.extend((name, word) for word in seen[key])
    cache.set(_KNOWN, seen)
    return found


def _files_to_look_at() -> Iterator[tuple[str, str, Callable[[str, str, Ruled], set[str]]]]:
    """Give each file's name and text, and what looks at it."""
    scripts = (*_files(SCRIPTS, "*.js"), *_files(SCRIPTS, "*.css"))
    pages = (*ROOT.glob("*.md"), *_files(CODE, "*.md"), *_files(TEMPLATES, "*.html"), *scripts)
    for paths, look in ((_files(CODE, "*.py"), found_in_module), (pages, found_in_page)):
        for path in sorted(paths):
            yield path.relative_to(ROOT).as_posix(), path.read_text(), look


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for folder in folders:
        found = (ROOT / folder).rglob(pattern)
        yield from (path for path in found if not {"node_modules", "vendor"} & set(path.parts))


def covers(place: tuple[str, str], path: str, word: str) -> bool:
    """Say whether an entry of a list is about a word in a file."""
    where, what = place
    return what in ("*", word) and (path == where or (where.endswith("/*") and path.startswith(where[:-1])))


def test_no_word_is_used_that_the_glossary_rules_out(all_found: list[tuple[str, str]]) -> None:
    found = [each for each in all_found if not any(covers(place, *each) for place in ALLOWED)]
    assert found == []


def test_each_exception_is_needed(all_found: list[tuple[str, str]]) -> None:
    assert [place for place in ALLOWED if not any(covers(place, *each) for each in all_found)] == []


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
        ("fleet/a.py", "print(newsreel.reel)", set()),
        ("fleet/a.py", "Column('reel_length')", {"reel"}),
        ("fleet/a.py", "kind = f'{camera}/reel'", {"reel"}),
        ("fleet/a.py", "print('at this stage')", set()),
        ("fleet/a.py", "print('stage')", {"stage"}),
        ("fleet/a.py", "data = b'reel' + b'a reel'", {"reel"}),
        ("fleet/a.py", '# a recording\n"""A recording\nstore."""', {"recording store"}),
    ],
)
def test_each_place_is_looked_at(path: str, source: str, words: set[str]) -> None:
    assert found_in_module(path, source, RULED) == words


def test_pages_are_looked_at() -> None:
    assert found_in_prose("See the **Reel** and `recording store`.", RULED) == {"reel"}
    assert found_in_prose("At any stage.", RULED) == set()


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("a.html", '<p class="old stage-left">', {"stage"}),
        ("a.html", '<p id="stage">', {"stage"}),
        ("a.html", '<input name="stage">', {"stage"}),
        ("a.html", '<p data-stage="2">', {"stage"}),
        ("a.html", '<p class="{{ stage }} a" title="stage">At this stage.</p>', set()),
        ("a.html", "<p>The reel</p>", {"reel"}),
        ("a.css", ".stage-left, p { color: red }", {"stage"}),
        ("a.css", "p { color: var(--stage) }", {"stage"}),
        ("a.css", "/* at this stage */ p { color: red }", set()),
        ("a.css", "/* a reel */", {"reel"}),
        ("a.js", "// at this stage, a reel", {"reel"}),
    ],
)
def test_names_in_pages_and_styles_are_looked_at(path: str, text: str, words: set[str]) -> None:
    assert found_in_page(path, text, RULED) == words


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
