"""A scenario's ``[promises]``, and those that are always judged, checked on every recording. Pure.

Rules:

* Every check states what was measured and what was asked, whether it held or not.
* What could not be seen has not held: a missing export, time or verdict is a failure, never a pass.
* A promise for which there was nothing to judge is not evaluated; where it was asked for, the run has not
  passed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from simulator.oracle.bad_day.unconfirmed import told_unconfirmed
from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.exports import export_checks
from simulator.oracle.recording_checks import full_prerecord, held, listed, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.asked import Promises
    from simulator.oracle.facts.timings import Timings
    from simulator.oracle.places import RecordingPlaces

NUMBERED = "numbered without a hole"


def check_promises(
    promises: Promises,
    cameras: Mapping[str, str],
    found: Sequence[RecordingPlaces],
    timings: Mapping[str, Timings],
    windows: Mapping[str, int],
    *,
    before: Mapping[str, int],
) -> Iterator[Check]:
    """Check everything that a scenario promises.

    Args:
        promises: What must hold.
        cameras: What the fleet calls each camera, by the scenario's name for it.
        found: Every recording that is acknowledged or there.
        timings: How long things took, by the recording's id.
        windows: How much pre-record each camera keeps, by what the fleet calls it, in seconds.
        before: The last number that each camera had used before the run; none for one that is new.
    """
    asked = promises.model_fields_set
    checks: list[Check] = []
    for name, camera in cameras.items():
        own = sorted((each for each in found if each.camera == camera), key=lambda each: each.number)
        checks += _camera(promises, name, camera, own, before.get(camera, 0))
        for position, place in enumerate(own):
            if place.damaged:
                continue  # bad_day.damaged says what has to be so of it
            checks.append(verdict(promises, name, place))
            checks.append(held(place))
            checks += export_checks(place)
            checks += listed(promises, place, timings)
            if promises.full_prerecord and position == 0:
                checks.append(full_prerecord(promises, place, windows[camera]))
    yield from checks
    judged_already = {each.promise for each in checks}
    for key in promises.of_recordings:
        if key not in judged_already:
            said = f"{key} could not be judged: there was no recording that it speaks of"
            yield Check(key, Result.NOT_EVALUATED, said, promise=key, asked=key in asked)


def _camera(
    promises: Promises, name: str, camera: str, own: Sequence[RecordingPlaces], before: int
) -> Iterator[Check]:
    there = [
        each
        for each in own
        if each.copies or (each.fleet is not None and (each.fleet.held or each.destroyed or each.deleted))
    ]
    key = "recordings_of" if name in promises.recordings_of else "recordings_each"
    asked = promises.recordings_of.get(name, promises.recordings_each)
    if asked is not None:
        yield Check(
            "recordings made",
            judged(holds=len(there) == asked),
            f"{camera} made {_count(len(there))}; {asked} asked for",
            camera,
            promise=key,
            figure=Figure(float(len(there)), float(asked), relation="exactly"),
        )
    numbers = [each.number for each in there]
    if own:
        used = set(range(before + 1, max(each.number for each in own) + 1))
        never = sorted((told_unconfirmed(own) & used) - set(numbers))
        missing = sorted(used - set(numbers) - set(never))
        yield Check(
            "accounted for",
            judged(holds=not missing),
            f"{camera} numbered its recordings {_listed(numbers) or 'not at all'}"
            + (f", and {_listed(missing)} never came" if missing else " and none is missing")
            + (f"; its card never confirmed {_listed(never)}" if never else ""),
            camera,
            promise=NUMBERED,
        )
    for one, after in pairwise(there):
        distinct = one.recording != after.recording and one.number != after.number
        yield Check(
            "distinct",
            judged(holds=distinct),
            f"{camera} recordings {one.number} and {after.number} "
            + ("are two recordings" if distinct else "are one and the same"),
            camera,
            after.number,
            after.recording,
            promise=NUMBERED,
        )


def _count(number: int) -> str:
    return f"{number} recording{'' if number == 1 else 's'}"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
