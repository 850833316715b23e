"""Taking JSON apart that comes from outside: each is what it should be, or refused in one sentence. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from enum import Enum
from typing import TypeAlias, TypeVar

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, TimeSpan
from fleet.redaction.rules.refusal import RedactionRefusalError

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
_MOST_ITEMS = 200_000
_T = TypeVar("_T")
_Choice = TypeVar("_Choice", bound=Enum)


def take_document(data: bytes, version: int) -> Json:
    """Return a document of a version.

    Raises:
        RedactionRefusalError: it is no JSON, or of another version.
    """
    try:
        found: Json = json.loads(data)
    except (ValueError, RecursionError):
        raise RedactionRefusalError("The draft is no JSON.") from None
    if isinstance(found, dict) and take_integer(found.get("version")) != version:
        raise RedactionRefusalError(f"The draft is not of version {version}, which is the one read here.")
    return found


def key_row(key: KeyFrame) -> Json:
    """Return a key frame as it is written."""
    return [key.at_ns, key.area.left, key.area.top, key.area.right, key.area.bottom]


def take_key(value: Json) -> KeyFrame:
    """Take a key frame."""
    at, left, top, right, bottom = take_row(value, 5)
    area = Area(take_integer(left), take_integer(top), take_integer(right), take_integer(bottom))
    return KeyFrame(take_integer(at), area)


def take_span(value: Json) -> TimeSpan:
    """Take a span."""
    start, end = take_row(value, 2)
    return TimeSpan(take_integer(start), take_integer(end))


def take_members(value: Json, *names: str) -> Sequence[Json]:
    """Return the members of an object that has exactly these."""
    if not isinstance(value, dict) or value.keys() != set(names):
        raise RedactionRefusalError(f"The draft lacks or has more than {', '.join(names)} in one place.")
    return [value[name] for name in names]


def take_list(value: Json, read: Callable[[Json], _T]) -> tuple[_T, ...]:
    """Take a list of whatever ``read`` takes."""
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise RedactionRefusalError(f"The draft has no list of at most {_MOST_ITEMS} where there is one.")
    return tuple(read(each) for each in value)


def take_row(value: Json, length: int) -> Sequence[Json]:
    """Take a list of exactly so many."""
    if not isinstance(value, list) or len(value) != length:
        raise RedactionRefusalError(f"The draft lacks a list of {length} in one place.")
    return value


def take_integer(value: Json) -> int:
    """Take a whole number."""
    if type(value) is not int:
        raise RedactionRefusalError("The draft has something else where a whole number belongs.")
    return value


def take_choice(kind: type[_Choice], value: Json) -> _Choice:
    """Take one of the words of an enumeration."""
    try:
        return kind(value)
    except ValueError:
        raise RedactionRefusalError("The draft has a word that is not known here.") from None
