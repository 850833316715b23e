"""What went with a camera's power, and what plays of one that was destroyed. Pure.

Rules:

* A recording was begun when its press was acknowledged, and cut off when the power went: what it lasts from
  its press on is held against the time between the two. The press itself took some of it, which goes to the
  camera's account.
* Of a destroyed camera only what the fleet has counts. It is judged as somebody would watch it: how far the
  picture goes without a hole from the press on, and before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.asked import Promises
    from simulator.oracle.places import RecordingPlaces

LOST = "lost_at_most_s"
PLAYABLE = ("playable_after_s", "playable_before_s")


def loss_checks(
    promises: Promises, found: Sequence[RecordingPlaces], lost: Mapping[str, float]
) -> Iterator[Check]:
    """Check what was lost, where it was asked for.

    Args:
        promises: What must hold.
        found: Every recording that is acknowledged or there.
        lost: When the camera lost its power or was destroyed, by the recording's id, in seconds since the run
            began.
    """
    for place in found:
        if place.acknowledged is None or (place.deleted and not place.copies):
            continue
        if place.recording in lost and promises.lost_at_most_s is not None and not place.destroyed:
            yield _lost(place, lost[place.recording], promises.lost_at_most_s)
        if place.destroyed:
            for key in PLAYABLE:
                bound_s = getattr(promises, key)
                if bound_s is not None:
                    yield _playable(place, key, bound_s)


def _lost(place: RecordingPlaces, at_s: float, bound_s: float) -> Check:
    begun_s = place.acknowledged.pressed_s if place.acknowledged is not None else at_s
    seen = [(each.duration_s, each.prerecord_s) for each in place.copies]
    after_s = max((lasts_s - before_s for lasts_s, before_s in seen), default=None)
    missing_s = None if after_s is None else max(0.0, at_s - begun_s - after_s)
    figure = Figure(missing_s, bound_s, "s", "at most")
    return _check(
        place,
        LOST,
        None if missing_s is None else missing_s <= bound_s,
        f"lost at its end: {figure.words}",
        figure,
    )


def _playable(place: RecordingPlaces, key: str, bound_s: float) -> Check:
    after = key == PLAYABLE[0]
    around = next((each.around_press for each in place.held if each.around_press is not None), None)
    seen_s = None if around is None else around[1 if after else 0]
    figure = Figure(seen_s, bound_s, "s")
    side = "from the press on" if after else "before the press"
    holds = None if place.trouble else seen_s is not None and seen_s >= bound_s
    return _check(place, key, holds, f"plays at the fleet {side}, without a hole: {figure.words}", figure)


def _check(place: RecordingPlaces, key: str, holds: bool | None, said: str, figure: Figure) -> Check:
    return Check(
        "lost" if key == LOST else "playable",
        judged(holds=holds),
        f"{place.words} {said}",
        place.camera,
        place.number,
        place.recording,
        key,
        figure=figure,
    )
