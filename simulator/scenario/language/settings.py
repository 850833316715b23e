"""Whether the configuration that a scenario gives its cameras is one that a camera takes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from device.config.sections import Config
from simulator.scenario.language.fleet_keys import FLEET_KEYS
from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake
from simulator.scenario.language.refused.values import shortly, what_it_has_to_be

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

    from simulator.scenario.language.locate import Path
    from simulator.scenario.model import Cameras, FleetTable, Settings

OURS = {
    "camera": ("state_dir",),
    "video": ("source", "width", "height", "fps"),
    "audio": ("source", "rate"),
}
"""What the simulator sets itself, table by table."""
LONGEST_WINDOW_S = 3600


def fleet_problems(fleet: FleetTable) -> Iterator[Mistake]:
    """Say which keys of the fleet's configuration there are not."""
    for table, keys in fleet.settings.items():
        path = ("fleet", "settings", table)
        if table not in FLEET_KEYS:
            said = f"{table} is not a table of a fleet's configuration{did_you_mean(table, FLEET_KEYS)}"
            yield Mistake(said, path)
            continue
        for key in keys:
            if key not in FLEET_KEYS[table]:
                meant = did_you_mean(key, FLEET_KEYS[table])
                yield Mistake(f"{table}.{key} is not a key of a fleet's configuration{meant}", (*path, key))


def settings_problems(cameras: Cameras) -> Iterator[Mistake]:
    """Say what of the cameras' configuration cannot be used."""
    yield from _table(cameras.settings, ("cameras", "settings"))
    for name, tables in cameras.each.items():
        path = ("cameras", "each", name)
        known = (*cameras.names, *cameras.later_names)
        if name not in known:
            yield Mistake(f"there is no camera {name}{did_you_mean(name, known)}", path)
        yield from _table(tables, path)


def _table(tables: Settings, path: Path) -> Iterator[Mistake]:
    for table, keys in tables.items():
        for key in keys:
            if key in OURS.get(table, ()):
                said = f"{table}.{key} is set by the simulator; [cameras] has the size of the picture"
                yield Mistake(said, (*path, table, key))
    window_s = tables.get("camera", {}).get("window_s")
    if isinstance(window_s, float) and not window_s.is_integer():
        said = f"camera.window_s is {window_s:g}; the simulator fills rings by whole seconds"
        yield Mistake(said, (*path, "camera", "window_s"))
    try:
        Config.model_validate(_whole(tables))
    except ValidationError as error:
        for each in error.errors():
            yield _problem(each, path)


def _whole(tables: Settings) -> Mapping[str, Any]:
    # A state folder is the one key that has no default.
    return {**tables, "camera": {"state_dir": "state", **tables.get("camera", {})}}


def _problem(error: ErrorDetails, path: Path) -> Mistake:
    place = (*path, *error["loc"])
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        said = f"{key} is not a key of a camera's configuration"
        return Mistake(said + did_you_mean(str(error["loc"][-1]), _known(str(error["loc"][0]), place)), place)
    message = error["msg"].removeprefix("Value error, ")
    has_to_be = what_it_has_to_be(error, place) or f"{message[0].lower()}{message[1:]}"
    return Mistake(f"{key}: {has_to_be}, and {shortly(error['input'])} was given", place)


def _known(table: str, place: Path) -> list[str]:
    field = Config.model_fields.get(table)
    if field is None or field.annotation is None or place[-1] == table:
        return list(Config.model_fields)
    return list(field.annotation.model_fields)
