"""What a scenario promises of one recording: its verdict, its place at the fleet, its times. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.places import place_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.oracle.asked import Promises
    from simulator.oracle.facts.timings import Timings
    from simulator.oracle.places import RecordingPlaces

HELD = "held by the fleet"
# A chunk leaves the ring when its start is older than the window, so a full ring holds the window less at
# most one chunk of a second.
CHUNK_S = 1.0


def verdict(promises: Promises, name: str, place: RecordingPlaces) -> Check:
    """Its sealed copy verifies as the scenario accepts; without a copy the fleet's word has to do."""
    own = name in promises.verdicts_of
    key, accepted = "verdicts_of" if own else "verdicts", promises.verdicts_for(name)
    asked = key in promises.model_fields_set and not place.excused
    said = [(each.verdict, each.sentence) for each in place.copies]
    if not said:
        sentence = "has no sealed copy on its camera to verify"
        at_fleet = place.fleet is not None and place.fleet.held
        gone = place.destroyed or place.deleted
        result = Result.NOT_EVALUATED if at_fleet or gone else Result.BROKEN
        return place_check(place, "verdict", key, result, sentence, asked=asked)
    wrong = [each for each in said if each[0] not in accepted]
    seen = (wrong or said)[0]
    figure = Figure(seen[0], " or ".join(accepted), relation="one of")
    return place_check(
        place, "verdict", key, judged(holds=not wrong), f"verifies as {seen[0]}: {seen[1]}",
        figure=figure, asked=asked,
    )  # fmt: skip


def held(place: RecordingPlaces) -> Check:
    """The fleet holds it."""
    if place.trouble:
        said = f"may be in the fleet, which could not be asked: {place.trouble}"
        return place_check(place, "held", HELD, Result.NOT_EVALUATED, said)
    if place.excused:
        end = "its camera was destroyed" if place.destroyed else "its camera was revoked"
        end = "the fleet has deleted it" if place.deleted else end
        so_far = "unknown" if place.fleet is None else place.fleet.state
        said = f"is {so_far} in the fleet, since {end}"
        return place_check(place, "held", HELD, Result.NOT_EVALUATED, said, asked=False)
    state = None if place.fleet is None else place.fleet.state
    is_held = place.fleet is not None and place.fleet.held
    unsigned = state == "held" and not is_held
    return place_check(
        place,
        "held",
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
    if seen_s is None and place.excused:
        said = "was never listed by the fleet before its camera was destroyed or revoked, or it was deleted"
        yield place_check(
            place, "on the dashboard", "listed_within_s", Result.NOT_EVALUATED, said, asked=False
        )
        return
    when = (
        "never listed by the fleet after" if seen_s is None else f"listed by the fleet {seen_s:.2f} s after"
    )
    yield place_check(
        place,
        "on the dashboard",
        "listed_within_s",
        judged(holds=seen_s is not None and seen_s <= promises.listed_within_s),
        f"was {when} the press; within {promises.listed_within_s:g} s asked for",
        figure=Figure(seen_s, promises.listed_within_s, "s", "at most"),
        asked="listed_within_s" in promises.model_fields_set,
    )


def full_prerecord(promises: Promises, place: RecordingPlaces, window_s: int) -> Check:
    """It begins with the whole window, or says why not, for a reason that was asked for."""
    asked = "full_prerecord" in promises.model_fields_set and not place.excused
    seen = [each.prerecord_s for each in place.copies]
    seen += [each.prerecord_s for each in place.held if each.held and each.prerecord_s is not None]
    reasons = [each for copy in place.copies for each in copy.missing]
    given = {each for copy in place.copies for each in copy.reasons}
    accepted = bool(given) and given <= set(promises.prerecord_reasons)
    allowed = " or ".join(promises.prerecord_reasons)
    or_reason = f", or less because of {allowed}," if allowed else ""
    least_s = window_s - CHUNK_S
    figure = Figure(min(seen, default=None), least_s, "s", f"at least{or_reason}")
    if not seen:
        return place_check(
            place, "pre-record", "full_prerecord", Result.NOT_EVALUATED, "is nowhere to be looked at",
            figure=figure, asked=asked,
        )  # fmt: skip
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return place_check(
        place,
        "pre-record",
        "full_prerecord",
        judged(holds=min(seen) >= least_s or accepted),
        f"begins {min(seen):.1f} s before the press{why}; at least {least_s:.0f} s{or_reason} asked for",
        figure=figure,
        asked=asked,
    )
