"""What a release says about itself."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


OURS = ("protocol", "device", "fleet", "simulator")
PART_OF = {"starlette": "fastapi", "markupsafe": "jinja2", "pydantic_core": "pydantic"}
"""What a stated package needs itself and shows in its own interface."""
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def canonical(requirement: str) -> str:
    name = NAME.match(requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def stated(*extras: str) -> set[str]:
    lists = [PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras)]
    return {canonical(requirement) for requirements in lists for requirement in requirements}


def imported(package: str) -> set[str]:
    names: set[str] = set()
    for file in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
                names.add(node.module)
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - set(OURS)


def sections() -> list[str]:
    return re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_version_has_a_dated_section_below_what_is_not_released() -> None:
    unreleased, latest, *_ = sections()
    assert unreleased == "Unreleased"
    version, day = latest.split(" - ")
    assert version == PROJECT["version"]
    date.fromisoformat(day)


@pytest.mark.parametrize("package", OURS)
def test_a_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").read_bytes() == b""


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/operations.md"])
def test_a_page_links_to_pages_that_are_there(page: str) -> None:
    file = ROOT / page
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (file.parent / link).exists()] == []


@pytest.mark.parametrize(
    ("package", "extras"),
    [
        ("protocol", []),
        ("device", ["device"]),
        ("fleet", ["fleet"]),
        ("simulator", ["device", "fleet", "simulator"]),
    ],
)
def test_a_package_states_what_it_imports(package: str, extras: list[str]) -> None:
    # The service once imported numpy without saying so: it ran beside the simulator, and not where it
    # was installed alone.
    known = packages_distributions()
    there = stated(*extras)
    missing = [
        name
        for name in (PART_OF.get(name, name) for name in imported(package))
        if there.isdisjoint(map(canonical, known.get(name, [name])))
    ]
    assert sorted(missing) == []
