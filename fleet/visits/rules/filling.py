"""A template with its fields filled in: what a template names and nobody knows is refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_FIELD = re.compile(r"\{([^{}]*)\}")


class FillingError(ValueError):
    """A template cannot be filled; the message says why, in a sentence."""


def fill(template: str, fields: Mapping[str, str]) -> str:
    """Return the template with each ``{field}`` replaced by its text, which is itself not looked at again.

    Raises:
        FillingError: it names a field that is not among ``fields``.
    """
    check_fields(template, fields)
    return _FIELD.sub(lambda found: fields[found[1].strip()], template)


def check_fields(template: str, known: Iterable[str]) -> None:
    """Check that a template names known fields alone.

    Raises:
        FillingError: it does not, or has a brace by itself.
    """
    names = list(known)
    unknown = [each for each in map(str.strip, _FIELD.findall(template)) if each not in names]
    allowed = ", ".join(f"{{{each}}}" for each in names)
    if unknown:
        raise FillingError(f"There is no field {{{unknown[0][:40]}}}; there are {allowed}.")
    rest = _FIELD.sub("", template)
    if "{" in rest or "}" in rest:
        raise FillingError(f"A brace begins or ends a field, as in {allowed}; write it otherwise.")
