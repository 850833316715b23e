"""How soon, how much: the bounds that a scenario asks for, held against each recording. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, Result, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.asked import Promises
    from simulator.oracle.facts.timings import Timings
    from simulator.oracle.places import RecordingPlaces


def limit_checks(
    promises: Promises, found: Sequence[RecordingPlaces], timings: Mapping[str, Timings]
) -> Iterator[Check]:
    """Check every recording that was acknowledged against the bounds that were asked for.

    Args:
        promises: What must hold.
        found: Every recording that is acknowledged or there.
        timings: How long things took, by the recording's id.
    """
    for place in found:
        if place.acknowledged is None or (place.deleted and not place.copies):
            continue
        times = timings.get(place.recording)
        if promises.acknowledged_within_ms is not None:
            seen = None if times is None else times.press_acknowledged_ms
            yield _at_most(place, "acknowledged_within_ms", seen, promises.acknowledged_within_ms, "ms")
        if promises.held_within_s is not None and place.acknowledged.ended and not place.excused:
            seen = None if times is None else times.stop_held_s
            yield _at_most(place, "held_within_s", seen, promises.held_within_s, "s")
        if promises.prerecord_at_least_s is not None:
            yield _prerecord(place, promises.prerecord_at_least_s)


def _at_most(place: RecordingPlaces, key: str, seen: float | None, bound: float, unit: str) -> Check:
    words = {
        "acknowledged_within_ms": ("acknowledged", "the press"),
        "held_within_s": ("held, with its receipt on the camera,", "the stop"),
    }[key]
    figure = Figure(seen, bound, unit, "at most")
    when = f"was never {words[0]} after {words[1]}"
    if seen is not None:
        when = f"was {words[0]} {seen:.2f} {unit} after {words[1]}"
    said = f"{place.words} {when}; within {bound:g} {unit} asked for"
    holds = seen is not None and seen <= bound
    return _check(place, key, judged(holds=holds), said, figure)


def _prerecord(place: RecordingPlaces, bound_s: float) -> Check:
    seen = [each.prerecord_s for each in place.copies]
    seen += [each.prerecord_s for each in place.held if each.prerecord_s is not None]
    figure = Figure(min(seen, default=None), bound_s, "s")
    holds = None if not seen else min(seen) >= bound_s
    said = f"{place.words} has before the press: {figure.words}"
    return _check(place, "prerecord_at_least_s", judged(holds=holds), said, figure)


def _check(place: RecordingPlaces, key: str, result: Result, said: str, figure: Figure) -> Check:
    return Check(
        key.rpartition("_")[0].replace("_", " "),
        result,
        said,
        place.camera,
        place.number,
        place.recording,
        key,
        figure=figure,
    )
