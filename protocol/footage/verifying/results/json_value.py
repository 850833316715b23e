"""What JSON can hold, as a type."""

from __future__ import annotations

from typing import TypeAlias

JsonValue: TypeAlias = "int | str | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
