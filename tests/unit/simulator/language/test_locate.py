"""Every key and value of a text is found where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.language.locate import Path, TextPlace, locate, nearest_place
from simulator.scenario.load import SHIPPED

TEXT = """\
# A comment with = and [brackets]
name = "a # no comment"
"quoted key" = 'literal'

[cameras]
  count = 3   # three
settings.video.fps = 5
[[steps]]
do = "parallel"
branches = [
  [{ do = "press" }, { do = "wait", seconds = 2.5 }],
  [], # nothing
]
[[steps]]
do = \"\"\"
stop\"\"\"
[[steps.inner]]
x = [1, 2,
  3]
"""


def paths(value: Any, path: Path = ()) -> list[Path]:  # noqa: ANN401 - whatever TOML has
    """Every path in what tomllib gives."""
    if isinstance(value, dict):
        return [each for key, inner in value.items() for each in [(*path, key), *paths(inner, (*path, key))]]
    if isinstance(value, list):
        numbered = enumerate(value)
        return [each for key, inner in numbered for each in [(*path, key), *paths(inner, (*path, key))]]
    return []


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("name",), 2, 1),
        (("quoted key",), 3, 1),
        (("cameras",), 5, 1),
        (("cameras", "count"), 6, 3),
        (("cameras", "settings", "video", "fps"), 7, 16),
        (("steps", 0), 8, 1),
        (("steps", 0, "branches", 0, 1), 11, 22),
        (("steps", 0, "branches", 0, 1, "seconds"), 11, 37),
        (("steps", 0, "branches", 1), 12, 3),
        (("steps", 1), 14, 1),
        (("steps", 1, "inner", 0, "x", 2), 19, 3),
    ],
)
def test_a_path_has_its_line_and_column(path: Path, line: int, column: int) -> None:
    assert locate(TEXT)[path] == TextPlace(line, column)


def test_what_is_missing_is_where_its_table_is() -> None:
    assert nearest_place(locate(TEXT), ("steps", 1, "seconds")) == TextPlace(14, 1)
    assert nearest_place(locate(""), ("title",)) == TextPlace(1, 1)


@pytest.mark.parametrize("text", [TEXT, *(each.read_text() for each in sorted(SHIPPED.glob("*.toml")))])
def test_everything_that_tomllib_gives_has_a_place(text: str) -> None:
    assert set(paths(tomllib.loads(text))) <= set(locate(text))


KEYS = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
STRINGS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)


def basic(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


PLAIN = {
    "number": st.integers(-999, 999).map(str),
    "truth": st.sampled_from(["true", "false"]),
    "basic": STRINGS.map(basic),
    "literal": STRINGS.map(lambda text: "'" + text.replace("'", "") + "'"),
    "long": STRINGS.map(lambda text: '"""' + text.replace("\\", "").replace('"', "") + '\n"""'),
}


@st.composite
def values(draw: st.DrawFn, depth: int = 3) -> str:
    """A value as TOML writes it."""
    kinds = ["number", "truth", "basic", "literal", "long"] + ["list", "table"] * (depth > 0)
    kind = draw(st.sampled_from(kinds))
    if kind not in ("list", "table"):
        return draw(PLAIN[kind])
    inner = draw(st.lists(values(depth=depth - 1), max_size=3))
    space = draw(st.sampled_from(["", " ", "\n  ", " # aside\n"]))
    if kind == "list":
        return "[" + space + f",{space}".join(inner) + space + "]"
    keys = draw(st.lists(KEYS, min_size=len(inner), max_size=len(inner), unique=True))
    return "{ " + ", ".join(f"{key} = {each}" for key, each in zip(keys, inner, strict=True)) + " }"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text, as far as its tables do not contradict one another."""
    lines = []
    for table in draw(st.lists(KEYS, max_size=4, unique=True)):
        header = draw(st.sampled_from(["[{}]", "[[{}]]", "[ {} ]", '["{}"]']))
        for _ in range(draw(st.integers(1, 3)) if header.startswith("[[") else 1):
            lines.append(header.format(table))
            keys = draw(st.lists(KEYS, max_size=3, unique=True))
            lines += [f"{key} = {draw(values())}" for key in keys]
    return "\n".join(lines)


@given(documents())
def test_any_text_s_paths_are_found_and_where_they_are_said_to_be(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a new line in an inline table is none before TOML 1.1
    found = locate(text)
    lines = text.split("\n")

    for path in paths(read):
        assert path in found
        place = found[path]
        here = lines[place.line - 1][place.column - 1 :]
        if isinstance(path[-1], str):
            assert here.lstrip('["').lstrip().startswith(path[-1])
        else:
            assert here
