"""Every route of an application, with the dependencies that decide who may call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts


@dataclass(frozen=True)
class Route:
    """One method of one path, and everything that its dependencies call."""

    method: str
    path: str
    calls: tuple[object, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: FastAPI) -> Iterator[Route]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        calls = tuple(_calls(dependant)) if isinstance(dependant, Dependant) else ()
        for method in sorted(context.methods or ()):
            yield Route(method, str(context.path), calls)


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
