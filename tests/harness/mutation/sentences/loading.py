"""Loads the modules and the templates of the room so that their conditions can be turned."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import jinja2
from jinja2 import nodes

from tests.harness.mutation.sentences.conditions import CALLED, turned_module
from tests.harness.mutation.sentences.room import ROOT, is_in_room
from tests.harness.mutation.sentences.templates import turn_template
from tests.harness.mutation.sentences.turning import turned

TEMPLATES = "fleet/web/templates/"


class _Loader(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - as it is called
        source = Path(self.path).read_text(encoding="utf-8")
        path = Path(self.path).relative_to(ROOT).as_posix()
        return compile(turned_module(path, source).tree, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.startswith("fleet."):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not is_in_room(spec.origin):
            return None
        where = list(spec.submodule_search_locations) if spec.submodule_search_locations is not None else None
        return importlib.util.spec_from_file_location(
            fullname, spec.origin, loader=_Loader(fullname, spec.origin), submodule_search_locations=where
        )


class _Environment(jinja2.Environment):
    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - what any environment takes
        super().__init__(*args, **options)
        self.globals[CALLED] = turned

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        if filename is not None and is_in_room(filename):
            turn_template(template, Path(filename).relative_to(ROOT).as_posix())
        return template


def load_so_that_conditions_turn() -> None:
    """Have whatever of the room is imported from now on ask ``turned``."""
    loaded = [name for name in sys.modules if name.startswith("fleet.")]
    if loaded:
        raise ValueError(f"internal error: {loaded[0]} was imported before its conditions could be turned")
    sys.meta_path.insert(0, _Finder())
    room: Any = jinja2
    room.Environment = _Environment


def mutants_of_room() -> dict[str, frozenset[bool]]:
    """Every condition of the room by its name, and what it may be turned to."""
    found = dict[str, frozenset[bool]]()
    for path in sorted((ROOT / "fleet").rglob("*.py")):
        if is_in_room(path):
            found |= turned_module(
                path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            ).mutants
    plain = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
    for path in sorted((ROOT / TEMPLATES).rglob("*.html")):
        found |= turn_template(
            plain.parse(path.read_text(encoding="utf-8")), path.relative_to(ROOT).as_posix()
        )
    return found
