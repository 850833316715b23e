"""Prints the JSON Schema of scenarios: ``python -m docs.generators.scenario_schema``."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.scenario.language.schema import scenario_schema

FILE = Path(__file__).parents[1] / "simulator-scenario.schema.json"


def text() -> str:
    """Return the schema as it stands in the file."""
    return json.dumps(scenario_schema(), indent=1) + "\n"


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
