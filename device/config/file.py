"""Reads the camera's configuration: one TOML file, checked in full before anything starts.

A wrong value stops start-up with the file, the key, the value and what is allowed.

It does not look at the hardware, nor whether what a path names is there.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from device import settings
from device.config.sections import Config
from device.errors import ConfigError
from protocol.addresses import without_secrets

if TYPE_CHECKING:
    from pathlib import Path


def load_config(path: Path) -> Config:
    """Read and check a configuration file.

    Args:
        path: A TOML file. Relative paths in it are taken from its folder.

    Raises:
        ConfigError: One sentence with the file, the key, the value and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"The configuration {path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"The configuration {path} is not TOML: {error}.") from error
    return check_config(raw, where=str(path), base=path.parent)


def check_config(
    raw: dict[str, Any], *, where: str = "the configuration", base: Path | None = None
) -> Config:
    """Check a configuration that has been parsed already.

    Args:
        raw: Tables by name, as TOML gives them.
        where: How the sentence names its source.
        base: Folder that relative paths start from.

    Raises:
        ConfigError: One sentence with the key, the value and what is allowed.
    """
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(_sentence(error, where)) from None
    return config if base is None else _placed(config, base)


def _placed(config: Config, base: Path) -> Config:
    """The same with its paths taken from a folder."""
    camera, video = config.camera, config.video
    state_dir = (base / camera.state_dir).absolute()
    named = video.trust in {settings.SYSTEM, settings.ANYBODY}
    trust = video.trust if named else str((base / video.trust).absolute())
    update = {
        "camera": camera.model_copy(update={"state_dir": state_dir}),
        "video": video.model_copy(update={"trust": trust}),
    }
    return config.model_copy(update=update)


def _sentence(error: ValidationError, where: str) -> str:
    """The first problem as one sentence; how many more there are."""
    problems = error.errors(include_url=False, include_context=False)
    first = problems[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        text = f"{key} is missing: {describe(key)}"
    elif first["type"] == "extra_forbidden":
        text = f"{key} is not a key that exists; known here: {', '.join(_known(key))}."
    else:
        allowed = first["msg"][0].lower() + first["msg"][1:]
        text = f"{key}{_given(first['input'])} cannot be used: {allowed}. It means: {describe(key)}"
    more = f" ({len(problems) - 1} more problems follow.)" if len(problems) > 1 else ""
    return f"In {where}, {text}{more}"


def _given(value: object) -> str:
    """What a person wrote, to recognise it by; a list or a table may hold anything and is not repeated."""
    return f" = {without_secrets(repr(value))}" if isinstance(value, str | int | float) else ""


def describe(key: str) -> str:
    """The description of a dotted key, or of its table; a general one when there is neither."""
    table, _, name = key.partition(".")
    if table not in Config.model_fields:
        return "the tables are " + ", ".join(Config.model_fields) + "."
    inner = _keys(table).get(name.partition(".")[0])
    return str(inner.description) if inner else "" if name else f"the table [{table}] is needed."


def _known(key: str) -> list[str]:
    return list((_keys(key.partition(".")[0]) if "." in key else {}) or Config.model_fields)


def _keys(table: str) -> dict[str, Any]:
    """The keys of a table; none where there is no such table."""
    field = Config.model_fields.get(table)
    model = field.annotation if field is not None else None
    return model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
