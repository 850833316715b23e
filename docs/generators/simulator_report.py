"""Prints the report's JSON Schema: ``python -m docs.generators.simulator_report``."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.report.as_json import schema

FILE = Path(__file__).parents[1] / "simulator-report.schema.json"


def text() -> str:
    """Return the schema as it stands in the file."""
    return json.dumps(schema(), indent=1) + "\n"


def main() -> None:
    """Write the file."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
