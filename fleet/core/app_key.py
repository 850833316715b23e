"""What a web application shares with its routes, by typed keys.

An application's ``state`` takes anything under any name, and gives it back without a type. A key does both
with the type that it was made for, so that a type checker sees a wrong value put in, or a wrong use of what a
call of the key returns. A key is itself the dependency of a route::

    PEOPLE: AppKey[PeopleServices] = AppKey("people")
    PEOPLE.put(app, people)
    PeopleDep = Annotated[PeopleServices, Depends(PEOPLE)]

That the type beside ``Depends`` is the key's, no type checker sees: a unit test compares the two.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from fastapi import FastAPI, Request

T = TypeVar("T")


class AppKey(Generic[T]):
    """One thing of that type in the state of an application."""

    def __init__(self, name: str) -> None:
        self._name = name

    def put(self, app: FastAPI, value: T) -> None:
        """Share ``value`` with the routes of ``app``."""
        setattr(app.state, self._name, value)

    def __call__(self, request: Request) -> T:
        """Return what the application of this request shares: a FastAPI dependency."""
        value: T = getattr(request.app.state, self._name)
        return value
