"""What JSON can hold, as a type."""

from typing import TypeAlias

JsonValue: TypeAlias = "int | str | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
