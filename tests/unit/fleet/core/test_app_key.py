"""The types of what routes depend on: a type checker does not compare them with their keys', so this does."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FLEET = Path(__file__).parents[4] / "fleet"


def keys_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give the keys that a module makes, ``KEY: AppKey[T] = AppKey(...)``, each with its type."""
    for node in tree.body:
        match node:
            case ast.AnnAssign(
                target=ast.Name(id=key), annotation=ast.Subscript(value=ast.Name(id="AppKey"), slice=of)
            ):
                yield key, ast.unparse(of)


def annotations_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Give what a module says to depend on, ``Annotated[T, Depends(name)]`` anywhere, each with its type."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[of, *depends])):
                for each in depends:
                    match each:
                        case ast.Call(func=ast.Name(id="Depends"), args=[ast.Name(id=key), *_]):
                            yield key, ast.unparse(of)


def compared(sources: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return every dependency on a key: where it is, the key, the type beside it, and the key's own."""
    trees = {path: ast.parse(source) for path, source in sources.items()}
    keys = dict(pair for tree in trees.values() for pair in keys_of(tree))
    return [
        (path, key, of, keys[key])
        for path, tree in trees.items()
        for key, of in annotations_of(tree)
        if key in keys
    ]


def differing(sources: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Return the dependencies whose type is not that of their key."""
    return [each for each in compared(sources) if each[2] != each[3]]


def calls(tree: ast.Module, name: str) -> int:
    """Return how often a module calls something by its name."""
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sum(isinstance(func, ast.Name) and func.id == name for func in called)


def fleet_sources() -> dict[str, str]:
    """Return the modules that name a key or a dependency; to parse the others as well takes seconds."""
    files = (path for path in FLEET.rglob("*.py") if not {"node_modules", "vendor"} & set(path.parts))
    texts = {path.relative_to(FLEET).as_posix(): path.read_text() for path in files}
    return {path: text for path, text in texts.items() if "AppKey" in text or "Depends" in text}


def test_what_a_route_depends_on_has_the_type_of_its_key() -> None:
    assert differing(fleet_sources()) == []


def test_every_key_has_one_type_and_is_looked_at() -> None:
    trees = [ast.parse(source) for source in fleet_sources().values()]
    made = [key for tree in trees for key, _ in keys_of(tree)]
    assert len(made) == len(set(made)) == sum(calls(tree, "AppKey") for tree in trees)
    # The sessions of DATABASE are given out by a function, which a type checker does see.
    assert set(made) - {key for _, key, _, _ in compared(fleet_sources())} == {"DATABASE"}


@pytest.mark.parametrize(
    ("beside", "found"),
    [("People", []), ("Cameras", [("b.py", "PEOPLE", "Cameras", "People")])],
)
def test_another_type_than_the_keys_is_found(beside: str, found: list[tuple[str, str, str, str]]) -> None:
    sources = {
        "a.py": "PEOPLE: AppKey[People] = AppKey('people')",
        "b.py": f"PeopleDep = Annotated[{beside}, Depends(PEOPLE)]\nOther = Annotated[int, Depends(other)]",
    }
    assert differing(sources) == found
