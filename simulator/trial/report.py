"""The report of a trial: in words for a person, as JSON for a program. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from simulator.report.as_json import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.oracle.world import FoundGap
    from simulator.trial.result import TrialRecording, TrialResult

_LISTED = 5


def as_json(result: TrialResult) -> dict[str, Any]:
    """Return the report as JSON-ready data, with its figures rounded to thousandths."""
    data = {
        "passed": result.passed,
        "wrong": result.wrong,
        **asdict(replace(result, recordings=())),
        "recordings": [_recording(each, result) for each in result.recordings],
    }
    made: dict[str, Any] = rounded(data)
    return made


def in_words(result: TrialResult) -> Iterator[str]:
    """Yield the report's lines."""
    yield f"Filmed {result.source} at {result.width}x{result.height}." if result.width else result.source
    for each in result.recordings:
        yield from _in_words(each)
    for fault in result.faults:
        yield f"Fault from {fault.first_s:.1f} to {fault.last_s:.1f} s: {fault.sentence}"
    yield from result.wrong
    yield "Passed." if result.passed else "Failed."


def _recording(each: TrialRecording, result: TrialResult) -> dict[str, Any]:
    facts = each.made.facts
    return {
        **asdict(each.made),
        "pictures": None if facts is None else facts.pictures,
        "sound_s": None if facts is None else facts.sound_s,
        "faults": [asdict(fault) for fault in result.faults],
        "events": [asdict(event) for event in each.events],
    }


def _in_words(each: TrialRecording) -> Iterator[str]:
    made, facts = each.made, each.made.facts
    yield f"Recording {made.number} of {made.duration_s:.1f} s: {made.verdict}. {made.sentence}."
    if facts is not None:
        still = "" if facts.longest_still_s is None else f", at most {facts.longest_still_s:.2f} s apart"
        light = "" if facts.brightness is None else f", mean luma {facts.brightness:.0f}"
        loud = "" if facts.loudest is None else f", at most {facts.loudest:.2f} loud"
        yield f"In the export: {facts.pictures} pictures{still}{light}; {facts.sound_s:.1f} s of sound{loud}."
    yield from map(_gap, made.gaps[:_LISTED])
    if len(made.gaps) > _LISTED:
        yield f"And {len(made.gaps) - _LISTED} gaps more."
    for event in each.events:
        more = "".join(f", {name} {value}" for name, value in event.detail.items())
        yield f"Signed at {event.at_s:.1f} s: {event.kind}{more}."
    if made.folder:
        yield f"Sealed copy: {made.folder}"
    if made.export:
        yield f"Export: {made.export}"


def _gap(gap: FoundGap) -> str:
    return f"Gap of {gap.lasts_s:.2f} s in {gap.track} at {gap.at_s:.2f} s: {gap.cause or 'no cause signed'}."
