"""The page of the architecture: what it names is there, no room is left out, and its arrows are allowed.

What its sentences say of a room no test can see; each has to be read when a room changes.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("protocol", "device", "fleet", "simulator")
DATA = {"scenarios", "systemd", "static", "templates", "__pycache__"}
"""Folders in which there is no code of Python."""

NAME = re.compile(r"`([\w.-]*[\w/-]+(?:\.py|\.js|/)|[\w-]+(?:/[\w-]+)+)(?:: ([\w.]+))?`")
"""A file or folder between backticks, and what is looked at in it."""


def parts(page: str) -> Iterator[tuple[str, str]]:
    """Each row and step of a page, on one line, with the package of its section; empty where it has none."""
    package = ""
    for line in re.sub(r"\n {2,}(?=\S)", " ", page).splitlines():
        if line.startswith("#"):
            words = re.findall(r"\w+", line)
            package = words[0] if line.startswith("### ") and words[0] in PACKAGES else ""
        yield package, line


def not_there(page: str) -> list[str]:
    """What a page names that is not there; without a folder it is in that of a path before it."""
    found = []
    for package, line in parts(page):
        folders = [ROOT, ROOT / package]
        for name, thing in NAME.findall(line):
            place = next((each / name for each in reversed(folders) if (each / name).exists()), None)
            if place is None or (thing and not defines(place, thing)):
                found.append(f"{name}: {thing}" if thing else name)
            else:
                folders.append(place if place.is_dir() else place.parent)
    return found


def defines(file: Path, thing: str) -> bool:
    """Say whether a module defines a class or function, or a class a method, of that name."""
    body: list[ast.stmt] = ast.parse(file.read_text(encoding="utf-8")).body
    for name in thing.split("."):
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        inner = [each for each in body if isinstance(each, kinds) and each.name == name]
        if not inner:
            return False
        body = inner[0].body
    return True


def rooms(package: str) -> set[str]:
    """The folders of a package with code in them."""
    folders = (each.name for each in (ROOT / package).iterdir() if each.is_dir())
    return {each for each in folders if each not in DATA}


def told_of(package: str) -> set[str]:
    """The rooms of a package that its section names."""
    own = [line for of, line in parts(PAGE) if of == package]
    return {
        name.removeprefix(f"{package}/").partition("/")[0] for line in own for name, _ in NAME.findall(line)
    }


def picture(package: str) -> str:
    return PAGE.partition(f"  subgraph {package}\n")[2].partition("\n  end")[0]


def arrows(package: str) -> set[tuple[str, str]]:
    """Which module stands above which in the picture, by its arrows."""
    nodes = dict(re.findall(r"(\w+)\[([^\]]+)\]", picture(package)))
    found = set()
    for line in picture(package).splitlines():
        chain = [re.findall(r"[A-Z]\d+", each) for each in re.sub(r"\[[^\]]*\]", "", line).split("-->")]
        for uppers, lowers in pairwise(chain):
            found |= {
                (above, below)
                for upper in uppers
                for lower in lowers
                for above in nodes[upper].split(" · ")
                for below in nodes[lower].split(" · ")
            }
    return found


def floors(package: str) -> dict[str, int]:
    """On which floor of its package's contract each module stands, counted from above."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (each["layers"] for each in contracts if each.get("containers") == [package])
    return {name.strip(): floor for floor, layer in enumerate(layers) for name in layer.split("|")}


def test_all_that_it_names_is_there() -> None:
    assert not_there(PAGE) == []


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("| `device/recording/commit.py` |", []),
        ("1. `fleet/people/permissions.py`, checked by\n   `access.py`.", []),
        ("| `fleet/people/permissions.py` |\n| `access.py` |", ["access.py"]),
        ("### fleet: the service\n| `people/` | `access.py` |\n## Else\n| `people/` |", ["people/"]),
        ("`device/recording/recorder.py: Recorder.press`", []),
        ("`device/recording/recorder.py: Recorder.play`", ["device/recording/recorder.py: Recorder.play"]),
    ],
)
def test_what_is_not_there_is_found(page: str, found: list[str]) -> None:
    assert not_there(page) == found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_is_told_of_and_drawn(package: str) -> None:
    drawn = set(re.findall(r"\w+", picture(package)))
    assert rooms(package) - told_of(package) == set()
    assert rooms(package) - drawn == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_arrow_leads_to_a_lower_floor(package: str) -> None:
    floor, drawn = floors(package), arrows(package)
    assert drawn
    assert {(above, below) for above, below in drawn if floor[above] >= floor[below]} == set()


def test_the_three_questions_are_answered_by_the_page_alone() -> None:
    answers = dict(re.findall(r"^\| (where [^|]+) \| `([^`]+)` \|$", PAGE, re.MULTILINE))
    assert answers == {
        "where a press is made durable": "device/recording/commit.py",
        "where an upload is verified": "fleet/footage/verifying/verification.py",
        "where a viewing is logged": "fleet/vault/vault.py",
    }
