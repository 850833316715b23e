"""What an export has to be: whole, as long as the ledger says, picture and sound together. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.places import place_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import ExportFacts

EXPORT = "the export plays"
DURATION_WITHIN_S = 0.1
STARTS_WITHIN_S = 0.040


def export_checks(place: RecordingPlaces) -> Iterator[Check]:
    """Check the export of one recording."""
    facts = None if place.fleet is None else place.fleet.facts
    if facts is None:
        trouble = place.trouble if place.fleet is None else place.fleet.trouble
        if place.empty:
            said = "has no footage to export"
            yield place_check(place, "export", EXPORT, Result.NOT_EVALUATED, said, asked=False)
            return
        result = Result.NOT_EVALUATED if place.trouble or place.excused else Result.BROKEN
        said = "has no export" + f": {trouble}" * bool(trouble)
        yield place_check(place, "export", EXPORT, result, said, asked=not place.excused)
        return
    said = f": {facts.complaints[0]}" if facts.complaints else " without a warning"
    figure = Figure(float(len(facts.complaints)), 0.0, "complaints", "at most")
    yield place_check(
        place, "export", EXPORT, judged(holds=not facts.complaints), f"decodes from end to end{said}",
        figure=figure,
    )  # fmt: skip
    if not place.excused:  # a part of it that arrived begins and ends where it does
        yield _duration(place, facts)
        yield _together(place, facts)


def _duration(place: RecordingPlaces, facts: ExportFacts) -> Check:
    by = place.copy or place.fleet
    ledger_s = None if by is None else by.duration_s
    apart_s = None if ledger_s is None else abs(facts.duration_s - ledger_s)
    figure = Figure(apart_s, DURATION_WITHIN_S, "s", "at most")
    if ledger_s is None or apart_s is None:
        return place_check(
            place, "export duration", EXPORT, Result.NOT_EVALUATED, "has no length to compare", figure=figure
        )
    return place_check(
        place,
        "export duration",
        EXPORT,
        judged(holds=apart_s <= DURATION_WITHIN_S),
        f"lasts {facts.duration_s:.2f} s as an export and {ledger_s:.2f} s in the ledger; "
        f"within {DURATION_WITHIN_S} s asked for",
        figure=figure,
    )


def _together(place: RecordingPlaces, facts: ExportFacts) -> Check:
    picture_s, sound_s, most_ms = facts.picture_start_s, facts.sound_start_s, STARTS_WITHIN_S * 1000
    if picture_s is None or sound_s is None:
        lacking = "picture" if picture_s is None else "sound"
        figure = Figure(None, most_ms, "ms", "at most")
        return place_check(
            place, "together", EXPORT, Result.BROKEN, f"has no {lacking} in its export", figure=figure
        )
    apart_ms = abs(picture_s - sound_s) * 1000
    return place_check(
        place,
        "together",
        EXPORT,
        judged(holds=apart_ms <= most_ms),
        f"starts with picture and sound {apart_ms:.0f} ms apart; within {most_ms:.0f} ms asked for",
        figure=Figure(apart_ms, most_ms, "ms", "at most"),
    )
