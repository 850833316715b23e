"""Every route of an application, with the dependencies that decide who may call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from annotated_types import Le, Lt
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter


@dataclass(frozen=True)
class Route:
    """One method of one path.

    Attributes:
        method: of the request.
        path: with the names of its parts.
        calls: everything that its dependencies call.
        endless: names of whole numbers in the address that may be of any length.
    """

    method: str
    path: str
    calls: tuple[object, ...]
    endless: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(app: FastAPI) -> Iterator[Route]:
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        calls = tuple(_calls(dependant)) if isinstance(dependant, Dependant) else ()
        endless = tuple(_endless(dependant)) if isinstance(dependant, Dependant) else ()
        for method in sorted(context.methods or ()):
            yield Route(method, str(context.path), calls, endless)


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _endless(dependant: Dependant) -> Iterator[str]:
    for each in (*dependant.path_params, *dependant.query_params):
        schema = TypeAdapter[object](each.field_info.annotation or object).json_schema()
        forms = [schema, *schema.get("anyOf", ())]
        has_end = any(isinstance(limit, Le | Lt) for limit in each.field_info.metadata)
        if not has_end and any(form.get("type") == "integer" and "maximum" not in form for form in forms):
            yield each.name
    for other in dependant.dependencies:
        yield from _endless(other)
