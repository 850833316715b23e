"""The report as JSON, and the schema of that. Pure."""

from __future__ import annotations

from dataclasses import asdict
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

from simulator.report.report import RunReport

DECIMALS = 3
SCHEMA_ID = "lapel-simulator-report"


def as_json(report: RunReport) -> dict[str, Any]:
    """Return the report as JSON-ready data, with its figures rounded to thousandths."""
    data: dict[str, Any] = rounded(asdict(report))
    for check, written in zip(report.checks, data["checks"], strict=True):
        written["passed"] = check.passed
    return data


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report (draft 2020-12)."""
    adapter = TypeAdapter(RunReport)
    made = adapter.json_schema(mode="serialization", ref_template="#/$defs/{model}")
    check = made["$defs"]["Check"]
    check["properties"]["passed"] = {"type": "boolean", "title": "Passed"}
    check["required"].append("passed")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **made,
    }


def rounded(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON-ready data with its figures rounded to thousandths."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
