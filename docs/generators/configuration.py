"""Prints ``docs/configuration.md`` from its models: ``python -m docs.generators.configuration``.

A test fails when the page and the models differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from annotated_types import Ge, Le
from pydantic_core import PydanticUndefined

from device.config.sections import Config

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_HEAD = """# Configuring a camera

<!-- Printed by `python -m docs.generators.configuration`; a test compares. -->

One TOML file, given to `lapel-device run --config FILE`. It is checked in full before anything starts: an
unknown key, a value of the wrong type or outside its limits stops the camera with the key, the value and what
is allowed (exit status 2). `lapel-device check-config --config FILE` checks it and prints every value in
force.

The smallest one that works, once the camera is enrolled:

```toml
[camera]
state_dir = "/var/lib/lapel"
```
"""

_ROW_HEAD = "| key | default | allowed | meaning |\n|---|---|---|---|\n"


def page() -> str:
    """The page, from the models as they are."""
    return _HEAD + "".join(_table(name, field) for name, field in Config.model_fields.items())


def _table(name: str, field: FieldInfo) -> str:
    model: type[BaseModel] = field.annotation  # type: ignore[assignment]  # every field of Config is a table
    purpose = (model.__doc__ or "").strip()
    rows = "".join(_row(key, each) for key, each in model.model_fields.items())
    return f"\n## `[{name}]`\n\n{purpose}\n\n{_ROW_HEAD}{rows}"


def _row(key: str, field: FieldInfo) -> str:
    default = "needed" if field.default is PydanticUndefined else f"`{_toml(field.default)}`"
    return f"| `{key}` | {default} | {_allowed(field)} | {field.description} |\n"


def _toml(value: Any) -> str:  # noqa: ANN401 - any default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _allowed(field: FieldInfo) -> str:
    low = next((rule.ge for rule in field.metadata if isinstance(rule, Ge)), None)
    high = next((rule.le for rule in field.metadata if isinstance(rule, Le)), None)
    if low is not None and high is not None:
        return f"{_number(low)} to {_number(high)}"
    if field.annotation is bool:
        return "`true`, `false`"
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str | int)]
    if choices:
        return ", ".join(f"`{_toml(choice)}`" for choice in choices)
    return "percentages, 1 to 99" if isinstance(field.default, tuple) else "text"


def _number(value: Any) -> str:  # noqa: ANN401 - int or float, behind an interface for anything ordered
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else f"{value:g}"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - printing is what it is for
