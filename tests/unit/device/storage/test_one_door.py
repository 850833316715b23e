"""Nothing in ``device`` changes a file but through ``device.storage.filesystem``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DEVICE = Path(__file__).resolve().parents[4] / "device"

WRITING_METHODS = frozenset(
    {
        "chmod",
        "hardlink_to",
        "link_to",
        "mkdir",
        "rename",
        "rmdir",
        "symlink_to",
        "touch",
        "unlink",
        "write_bytes",
        "write_text",
        "fdatasync",
        "fsync",
        "ftruncate",
        "link",
        "posix_fallocate",
        "truncate",
        "copyfile",
        "copytree",
        "rmtree",
        "mkstemp",
        "mkdtemp",
        "NamedTemporaryFile",
        "TemporaryFile",
        "TemporaryDirectory",
    }
)
"""Calls that change files, by the name after the last dot."""

FLAGS = frozenset({"O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND", "O_TRUNC"})

DOORS = {
    "filesystem.py": "is the door",
    "append_file.py": "is handed a File by it",
    "durable.py": "goes through the door: it is handed a Filesystem",
}

ALLOWED = {
    ("control.py", "unlink"): "the control socket, which a restart replaces",
    ("control.py", "chmod"): "the control socket",
}

THROUGH_THE_DOOR = {"filesystem", "_filesystem", "card", "_card", "disk"}
"""Objects that are a ``Filesystem``: calls on them are what is wanted."""


def findings(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in FLAGS:
            yield node.lineno, node.attr
        if not isinstance(node, ast.Call):
            continue
        name, owner = _called(node.func)
        if name == "open" and owner != "av" and _writes(node):
            yield node.lineno, "open"
        if name in WRITING_METHODS and owner not in THROUGH_THE_DOOR:
            yield node.lineno, name


def _called(function: ast.expr) -> tuple[str, str]:
    if isinstance(function, ast.Name):
        return function.id, ""
    if not isinstance(function, ast.Attribute):
        return "", ""
    owner = function.value
    return function.attr, owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")


def _writes(call: ast.Call) -> bool:
    """Whether an ``open`` has a mode that writes: its second argument, or a path's own ``open``'s first."""
    place = 1 if isinstance(call.func, ast.Name) else 0
    modes = [*call.args[place : place + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    texts = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return any(set(text) <= set("rwabx+tU") and set(text) & set("wax+") for text in texts)


@pytest.mark.parametrize("path", sorted(DEVICE.rglob("*.py")), ids=lambda path: str(path.relative_to(DEVICE)))
def test_only_the_door_opens_files_for_writing(path: Path) -> None:
    if path.name in DOORS and path.parent == DEVICE / "storage":
        return
    found = [each for each in findings(path) if (path.name, each[1]) not in ALLOWED]
    assert not found, f"{path.name} writes on its own: go through device.storage.durable"


def test_the_check_finds_what_it_looks_for(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(
        'open("a", "w")\nopen("a")\nPath("a").write_text("x")\nos.open("a", os.O_CREAT)\n'
        'self._filesystem.unlink("a")\nos.fsync(3)\npath.open("rb")\npath.open("ab")\n'
    )
    assert sorted({line for line, _ in findings(source)}) == [1, 3, 4, 6, 8]
