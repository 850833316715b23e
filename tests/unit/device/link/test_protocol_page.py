"""docs/protocol.md says what the code does: bodies, topics, routes and error codes."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

import protocol.messages
from protocol.messages.base import Message
from protocol.messages.topics import Down, Up, topic

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text below a heading, to the next one of its rank or above."""
    rank = len(title) - len(title.lstrip("#"))
    lines = PAGE.split("\n")
    after = lines[lines.index(title) + 1 :]
    return "\n".join(takewhile(lambda line: not re.match(rf"#{{1,{rank}}} ", line), after))


def rows(text: str) -> list[list[str]]:
    """The cells of the tables in a text, without their heads."""
    table = [line for line in text.split("\n") if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    rules = [index for index, row in enumerate(cells) if set("".join(row)) <= {"-"}]
    heads = {index - 1 for index in rules} | set(rules)
    return [row for index, row in enumerate(cells) if index not in heads]


def messages() -> Iterator[type[Message]]:
    """Every message that is defined."""
    for found in pkgutil.iter_modules(protocol.messages.__path__):
        module = importlib.import_module(f"protocol.messages.{found.name}")
        for value in vars(module).values():
            if inspect.isclass(value) and issubclass(value, Message) and value.__module__ == module.__name__:
                yield value


ALL_MESSAGES = sorted((each for each in messages() if each is not Message), key=lambda each: each.__name__)


@pytest.mark.parametrize("message", ALL_MESSAGES, ids=lambda each: each.__name__)
def test_every_body_is_described_field_by_field(message: type[Message]) -> None:
    described = {row[0]: "*May be left out.*" in row[2] for row in rows(section(f"### {message.__name__}"))}
    assert described == {name: not field.is_required() for name, field in message.model_fields.items()}


def test_no_body_is_described_that_does_not_exist() -> None:
    described = re.findall(r"^### (\w+)$", section("## Bodies"), re.MULTILINE)
    assert sorted(described) == [each.__name__ for each in ALL_MESSAGES]


def test_every_topic_is_described() -> None:
    described = {row[0]: row[2] for row in rows(section("## Messages"))}
    names = {topic("cam-01", "up", each) for each in Up} | {topic("cam-01", "down", each) for each in Down}
    assert {name.replace("{camera}", "cam-01") for name in described} == names
    assert set(described.values()) <= {each.__name__ for each in ALL_MESSAGES}


def routes_in(*files: str) -> set[tuple[str, str]]:
    """Method and path of the routes that the fleet's sources declare for cameras."""
    found: set[tuple[str, str]] = set()
    for file in files:
        source = (ROOT / "fleet" / file).read_text(encoding="utf-8")
        prefixes = dict(re.findall(r'^(\w*router) = APIRouter\(prefix="([^"]+)"', source, re.MULTILINE))
        for router, method, path in re.findall(r'^@(\w*router)\.(\w+)\(\s*"([^"]*)"', source, re.MULTILINE):
            found.add((method.upper(), prefixes[router] + path))
    return found


def test_every_route_for_cameras_is_described() -> None:
    declared = routes_in(
        "cameras/routes.py",
        "footage/receiving/camera_routes.py",
        "footage/direct/routes.py",
        "visits/signed/routes.py",
    )
    for_cameras = {(method, path) for method, path in declared if path.startswith("/api/v1/camera/")}
    assert {(row[0], row[1]) for row in rows(section("### The cameras' listener"))} == for_cameras
    assert {(row[0], row[1]) for row in rows(section("### The dashboard's listener"))} <= declared


def test_every_refusal_of_a_camera_is_described() -> None:
    described = {(int(row[0]), row[1]) for row in rows(section("### What errors lead to"))}
    sources = [
        "cameras/identity.py",
        "footage/direct/direct.py",
        "footage/receiving/bodies.py",
        "footage/receiving/camera_routes.py",
        "footage/receiving/completion.py",
        "footage/receiving/uploads.py",
    ]
    raised = {
        (int(status), code)
        for name in sources
        for status, code in re.findall(
            r'ProblemError\(\s*(\d{3}),\s*"(\w+)"', (ROOT / "fleet" / name).read_text(encoding="utf-8")
        )
    }
    assert raised
    assert raised <= described
    everything = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "fleet").rglob("*.py"))
    assert [code for _, code in described if f'"{code}"' not in everything] == []
