"""Every key of the configuration with what it is set to, in words. Pure.

Addresses are shown as their host alone: somebody may have written a password into one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import BaseModel

from fleet.core.config import FleetConfig


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One key: its name in the file, what it is set to, whether that is the default, and what it does."""

    key: str
    value: str
    is_default: bool
    does: str


def setting_lines(config: FleetConfig) -> tuple[SettingLine, ...]:
    """Return every key, section by section."""
    lines: list[SettingLine] = []
    for section in type(config).model_fields:
        part: BaseModel = getattr(config, section)
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            default = field.get_default(call_default_factory=True)
            lines.append(
                SettingLine(
                    f"{section}.{name}", value_words(value), value == default, field.description or ""
                )
            )
    return tuple(lines)


def value_words(value: object) -> str:
    """Say what something is set to.

    >>> value_words({"CCTV": ("a", "b")}), value_words({})
    ('CCTV: a, b', 'nothing')
    >>> value_words(("a", "b")), value_words(""), value_words("s3://key:secret@bucket/x"), value_words(15)
    ('a, b', 'nothing', 's3://bucket', '15')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _text(value) or "nothing"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {value_words(each)}" for key, each in value.items()) or "nothing"
    if isinstance(value, Iterable):
        return ", ".join(value_words(each) for each in value) or "nothing"
    return "nothing" if value is None else str(value)


def _text(value: str) -> str:
    if "://" not in value:
        return value
    try:
        address = urlsplit(value)
        port = f":{address.port}" if address.port else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{address.scheme}://{address.hostname or ''}{port}"
