"""A part of a page as its template alone makes it, without a fleet: whatever a test does not say is empty.

``one_block("camera.html", {"tile.waiting": "2 recordings to send"})`` is what stands between head and foot of
that page, or the whole of a part that is included in pages.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, Template, UndefinedError
from jinja2.utils import missing

from fleet.web.templating import Pages


class _Empty(ChainableUndefined):
    """What nobody said: false, without text, without members, and nothing when it is called.

    What a test says to be ``None`` has no members, as on a real page.
    """

    def __init__(self, hint: str | None = None, obj: Any = missing, name: str | None = None) -> None:  # noqa: ANN401
        super().__init__(hint, obj, name)
        if obj is None:
            raise UndefinedError(f"None has no {name}")

    def __call__(self, *_: object, **__: object) -> Any:  # noqa: ANN401 - it is called, too
        return self


_MACROS = (
    "{% from 'parts/macros.html' import badge, bar, time, ago, person, level, notice, empty, live, lasting, "
    "lapsing, lasting_badge, lasting_trouble, csrf_field with context %}"
    "{% from 'parts/short_rows.html' import short_row with context %}"
    "{% from 'parts/holds.html' import hold_fault, hold_list, hold_form with context %}"
)
"""What a page has imported before it includes a part."""


Given = dict[str, Any]
"""What a template is given, names with dots."""


def blank_environment() -> Environment:
    """Return the pages' own environment, in which whatever a template is not given is empty."""
    return Pages()._environment.overlay(undefined=_Empty)


@cache
def _environment() -> Environment:
    return blank_environment()


def one_block(template: str, said: Given) -> str:
    """Return what a template makes of what is said: names may have dots, as ``tile.waiting``."""
    whole = whole_page(template, said)
    _, _, inner = whole.partition("<main")
    return inner.partition("</main>")[0] or whole


def whole_page(template: str, said: Given) -> str:
    """Return all that a template makes of what is said: a page with its head, its frame and its foot."""
    return re.sub(r"\s+", " ", made_by(_environment(), template, said))


def made_by(environment: Environment, template: str, said: Given) -> str:
    """Return what a template makes of what is said in an environment of its own."""
    return _whole(environment, template).render(_nested(said))


@cache
def _whole(environment: Environment, template: str) -> Template:
    return environment.from_string(f"{_MACROS}{{% include '{template}' %}}")


def _nested(said: Given) -> Given:
    found: Given = {}
    for name, value in said.items():
        *path, last = name.split(".")
        place = found
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return found
