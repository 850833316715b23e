"""The JSON Schema of a scenario, for editors that complete and check TOML. Pure.

Rule: it takes whatever ``language.read`` takes; what only the whole of a scenario shows, such as
an impossible order, no schema can say.
"""

from __future__ import annotations

from typing import Any

from device.config.sections import Config
from simulator.scenario.language.parameters import NAME, TABLE
from simulator.scenario.model import Scenario

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PARAMETER = {"type": "string", "pattern": f"^{NAME.pattern}$", "description": "A parameter's value."}
_PLAIN = ("integer", "number", "boolean", "string")


def scenario_schema() -> dict[str, Any]:
    """Return the schema."""
    made = Scenario.model_json_schema()
    definitions = made.pop("$defs")
    properties = made.pop("properties")
    camera = _camera(definitions)
    for key in ("settings", "each"):
        definitions["Cameras"]["properties"][key].pop("additionalProperties", None)
    definitions["Cameras"]["properties"]["settings"]["$ref"] = "#/$defs/CameraSettings"
    definitions["Cameras"]["properties"]["each"]["additionalProperties"] = {"$ref": "#/$defs/CameraSettings"}
    definitions["CameraSettings"] = camera
    return {
        "$schema": DRAFT,
        "title": "A scenario of lapel-simulator",
        **{key: each for key, each in made.items() if key != "title"},
        "properties": {
            key: each if key in {"name", TABLE} else _or_parameter(each) for key, each in properties.items()
        },
        "$defs": {name: _or_parameter(each) for name, each in definitions.items()},
    }


def _camera(definitions: dict[str, Any]) -> dict[str, Any]:
    """A camera's configuration, of which a scenario gives any part."""
    whole = Config.model_json_schema(mode="validation")
    definitions |= {name: {**each, "required": []} for name, each in whole.pop("$defs").items()}
    return {**whole, "title": "CameraSettings", "required": []}


def _or_parameter(schema: Any, *, constant: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Return a schema whose values may each be a parameter."""
    if isinstance(schema, list):
        return [_or_parameter(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {
        key: {name: _or_parameter(each, constant=name == "do") for name, each in value.items()}
        if key == "properties"
        else value
        if key in {"default", "enum", "required", "discriminator", "propertyNames"}
        else _or_parameter(value)
        for key, value in schema.items()
    }
    plain = made.get("type") in (*_PLAIN, "array") or "enum" in made
    if not plain or constant:
        return made
    told = {key: made.pop(key) for key in ("title", "description", "default") if key in made}
    return {**told, "anyOf": [made, PARAMETER]}
