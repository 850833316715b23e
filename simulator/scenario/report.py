"""The report of a run: in words for a person, as JSON for a program. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.result import RecordingResult, RunResult

DECIMALS = 3


def as_json(result: RunResult, *, kept: bool = True) -> dict[str, Any]:
    """Return the report as JSON-ready data, with its figures rounded to thousandths.

    Args:
        result: What the run came to.
        kept: Whether its files outlive it; where they do not, their paths are left out.
    """
    recordings = result.recordings if kept else tuple(map(without_files, result.recordings))
    data = asdict(replace(result, recordings=recordings))
    return {"scenario": data.pop("scenario"), "passed": result.passed, **rounded(data)}


def without_files(made: RecordingResult) -> RecordingResult:
    """The same without the paths of files that are gone."""
    return replace(made, folder=None, export=None)


def in_words(result: RunResult) -> Iterator[str]:
    """Yield the report's lines."""
    yield f"{result.title}."
    yield f"Seed {result.seed}, {len(result.recordings)} recordings, {result.took_s:.0f} s."
    yield ""
    for item in result.recordings:
        yield _recording_line(item)
    if result.recordings:
        yield ""
    yield from (f"Broken on purpose: {fault}." for fault in result.faults)
    failed = [check for check in result.checks if not check.passed]
    yield from (f"Did not hold: {check.sentence}." for check in failed)
    yield _verdict(len(result.checks), len(failed))


def _recording_line(item: RecordingResult) -> str:
    words = [
        f"{item.camera} recording {item.number}: {item.verdict}",
        f"{item.prerecord_s:.1f} s before the press",
        f"{item.duration_s:.1f} s in all",
    ]
    timings = item.timings
    if timings.press_acknowledged_ms is not None:
        words.append(f"acknowledged in {timings.press_acknowledged_ms:.0f} ms")
    if timings.press_dashboard_s is not None:
        words.append(f"on the dashboard in {timings.press_dashboard_s:.2f} s")
    if timings.stop_held_s is not None:
        words.append(f"held {timings.stop_held_s:.1f} s after the stop")
    return ", ".join(words) + "."


def _verdict(checks: int, failed: int) -> str:
    if checks == 0:
        return "Failed: nothing was checked."
    if failed:
        return f"Failed: {failed} of {checks} checks did not hold."
    return f"Passed: all {checks} checks held."


def rounded(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON-ready data with its figures rounded to thousandths."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
