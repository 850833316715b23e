"""The order in which people count: 2 before 10, and capitals beside small letters. Pure."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"([0-9]+)")

NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]


def natural_key(text: str) -> NaturalKey:
    """Return what to sort a name by, as in ``sorted(names, key=natural_key)``.

    Digits that stand together count as one number; everything else goes by its letters, large and small
    alike. Names that differ in nothing but that still have an order.

    >>> sorted(["Officer 10", "officer 2", "Officer 1"], key=natural_key)
    ['Officer 1', 'officer 2', 'Officer 10']
    """
    parts = _NUMBER.split(text.casefold())
    return tuple(_part(part) for part in parts if part), text


def _part(part: str) -> tuple[int, int, str]:
    """Numbers come before letters, and of two numbers the one with fewer digits."""
    if not _NUMBER.fullmatch(part):
        return (1, 0, part)
    digits = part.lstrip("0")
    return (0, len(digits), digits)
