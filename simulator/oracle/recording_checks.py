"""What a scenario promises of one recording: its verdict, its place at the fleet, its times. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, Result, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.oracle.asked import Promises
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.timings import Timings

HELD = "held by the fleet"
# A chunk leaves the ring when its start is older than the window, so a full ring holds the window less at
# most one chunk of a second.
CHUNK_S = 1.0


def verdict(promises: Promises, place: RecordingPlaces) -> Check:
    """Its sealed copy verifies as the scenario accepts; without a copy the fleet's word has to do."""
    asked = "verdicts" in promises.model_fields_set
    said = [(each.verdict, each.sentence) for each in place.copies]
    if not said:
        sentence = "has no sealed copy on its camera to verify"
        at_fleet = place.fleet is not None and place.fleet.held
        result = Result.NOT_EVALUATED if at_fleet else Result.BROKEN
        return _check("verdict", place, "verdicts", result, sentence, asked=asked)
    wrong = [each for each in said if each[0] not in promises.verdicts]
    seen = (wrong or said)[0]
    figure = Figure(seen[0], " or ".join(promises.verdicts), relation="one of")
    return _check(
        "verdict", place, "verdicts", judged(holds=not wrong), f"verifies as {seen[0]}: {seen[1]}",
        figure=figure, asked=asked,
    )  # fmt: skip


def held(place: RecordingPlaces) -> Check:
    """The fleet holds it."""
    if place.trouble:
        said = f"may be in the fleet, which could not be asked: {place.trouble}"
        return _check("held", place, HELD, Result.NOT_EVALUATED, said)
    state = None if place.fleet is None else place.fleet.state
    is_held = place.fleet is not None and place.fleet.held
    unsigned = state == "held" and not is_held
    return _check(
        "held",
        place,
        HELD,
        judged(holds=is_held),
        f"is {state or 'unknown'} in the fleet" + ", which has not signed for it" * unsigned,
        figure=Figure(state, "held", relation="exactly"),
    )


def listed(promises: Promises, place: RecordingPlaces, timings: Mapping[str, Timings]) -> Iterator[Check]:
    """The fleet listed it soon enough after the press."""
    times = timings.get(place.recording)
    if place.acknowledged is None or times is None or times.press_acknowledged_ms is None:
        return
    seen_s = times.press_dashboard_s
    when = (
        "never listed by the fleet after" if seen_s is None else f"listed by the fleet {seen_s:.2f} s after"
    )
    yield _check(
        "on the dashboard",
        place,
        "listed_within_s",
        judged(holds=seen_s is not None and seen_s <= promises.listed_within_s),
        f"was {when} the press; within {promises.listed_within_s:g} s asked for",
        figure=Figure(seen_s, promises.listed_within_s, "s", "at most"),
        asked="listed_within_s" in promises.model_fields_set,
    )


def full_prerecord(place: RecordingPlaces, window_s: int, *, asked: bool) -> Check:
    """It begins with the whole window, or says why not."""
    seen = [each.prerecord_s for each in place.copies]
    seen += [each.prerecord_s for each in place.held if each.held and each.prerecord_s is not None]
    reasons = [each for copy in place.copies for each in copy.missing]
    least_s = window_s - CHUNK_S
    figure = Figure(min(seen, default=None), least_s, "s", "at least, or a stated reason,")
    if not seen:
        return _check(
            "pre-record", place, "full_prerecord", Result.NOT_EVALUATED, "is nowhere to be looked at",
            figure=figure, asked=asked,
        )  # fmt: skip
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return _check(
        "pre-record",
        place,
        "full_prerecord",
        judged(holds=min(seen) >= least_s or bool(reasons)),
        f"begins {min(seen):.1f} s before the press{why}; "
        f"at least {least_s:.0f} s or a stated reason asked for",
        figure=figure,
        asked=asked,
    )


def _check(
    name: str,
    place: RecordingPlaces,
    promise: str,
    result: Result,
    sentence: str,
    *,
    figure: Figure | None = None,
    asked: bool = True,
) -> Check:
    return Check(
        name,
        result,
        f"{place.words} {sentence}",
        place.camera,
        place.number,
        place.recording,
        promise,
        asked=asked,
        figure=figure,
    )
