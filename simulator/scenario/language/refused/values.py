"""What a value has to be that the strict reading of a scenario refused, in words of TOML. Pure.

Rule: these are words for whoever writes TOML; of tuples, models and patterns nobody who writes it knows.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from protocol.naming import CAMERA_PATTERN
from simulator.cameras.real.address import SSH_PATTERN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from simulator.scenario.language.locate import Path

LONGEST: Final = 60
"""So much of a value is repeated to whoever wrote it."""
_FIGURE: Final = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*([A-Za-zµ%/]*)\s*")
_UNITS: Final[Mapping[str, str]] = {
    "ms": "milliseconds", "s": "seconds", "seconds": "seconds", "mib": "MiB", "bytes": "bytes",
    "percent": "percent", "kbit": "kbit/s", "kib": "KiB/s", "hours": "hours", "days": "days",
}  # fmt: skip
"""The unit that the last word of a key names; of a rate the word before it does."""
PATTERNS: Final[Mapping[str, str]] = {
    CAMERA_PATTERN: "a camera's name, such as cam-01",
    SSH_PATTERN: "an address such as ssh://user@host or ssh://user@host:port",
    r"^[a-z0-9_]{1,60}$": "a name of small letters, digits and _, at most 60",
    r"^[a-z0-9][a-z0-9-]{0,39}$": "a tag of small letters, digits and -, at most 40",
}
"""What is meant by the patterns that values follow."""
DAY: Final = "this is a day, without quotes, such as 2026-01-05"
NUMBERS: Final = frozenset(
    {"int_type", "int_parsing", "int_from_float", "float_type", "float_parsing", "finite_number"}
)
TABLES: Final = frozenset({"model_type", "model_attributes_type", "dict_type", "dataclass_type"})


def what_it_has_to_be(error: ErrorDetails, path: Path) -> str:
    """Return what a value has to be, as a clause; empty where pydantic's own words will do.

    Args:
        error: As pydantic gives it.
        path: Where the value is.
    """
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    if isinstance(given, float) and not math.isfinite(given):
        return "this is a number with an end"
    if kind in NUMBERS:
        return _number(kind, given, key)
    if kind in TABLES:
        return _table(given, path)
    return {
        "bool_type": 'this is true, false or "perhaps"' if key == "refused" else "this is true or false",
        "string_type": f'this is a text, between quotes: "{given}"' if _is_plain(given) else "this is a text",
        "date_type": DAY,
        "date_from_datetime_parsing": DAY,
        "date_from_datetime_inexact": DAY,
        "tuple_type": _list(given),
        "list_type": _list(given),
        "too_short": f"this has at least {context.get('min_length', 1)}",
        "too_long": f"this has at most {context.get('max_length', 'fewer')}",
        "string_pattern_mismatch": _pattern(str(context.get("pattern", ""))),
    }.get(kind, "")


def shortly(value: Any) -> str:  # noqa: ANN401 - whatever the file had there
    """Repeat a value to whoever wrote it, as TOML has it."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _number(kind: str, given: Any, key: str) -> str:  # noqa: ANN401 - whatever the file had there
    whole = "whole " if kind.startswith("int") else ""
    figure = _FIGURE.fullmatch(given) if isinstance(given, str) else None
    parts = key.split("_")
    unit = _UNITS.get(parts[-2] if parts[-1] == "s" and len(parts) > 1 and parts[-2] in _UNITS else parts[-1])
    in_unit = f", in {unit}" if unit else ""
    if figure is None:
        return f"this is a {whole}number{in_unit}"
    if not figure[2]:
        return f"this is a {whole}number{in_unit}: write {figure[1].replace(',', '.')} without quotes"
    return f"this is a {whole}number{in_unit}, without quotes and without a unit"


def _pattern(pattern: str) -> str:
    return f"this is {PATTERNS[pattern]}" if pattern in PATTERNS else ""


def _list(given: Any) -> str:  # noqa: ANN401 - whatever the file had there
    if _is_plain(given):
        shown = f'"{given}"' if isinstance(given, str) else str(given)
        return f"this is a list, in square brackets: [{shown}]"
    return "this is a list, in square brackets"


def _table(given: Any, path: Path) -> str:  # noqa: ANN401 - whatever the file had there
    if isinstance(given, list) and given and all(isinstance(each, dict) for each in given):
        name = ".".join(str(part) for part in path)
        return f"this is one table, in single brackets: [{name}]"
    if isinstance(given, str) and isinstance(path[-1], int) and set(path) & {"steps", "branches", "choices"}:
        return f'this is a step, which is a table, such as {{ do = "{shortly(given)[1:-1]}" }}'
    return "this is a table of keys and values"


def _is_plain(given: Any) -> bool:  # noqa: ANN401 - whatever the file had there
    return isinstance(given, str | int | float) and not isinstance(given, bool) and len(str(given)) <= LONGEST
