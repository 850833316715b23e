"""The promises, checked on what a run came to. Pure.

Rules:

* Every check states what was seen and what was asked, whether it held or not.
* What could not be seen has not held: a missing export, time or verdict is a failure, never a pass.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from simulator.scenario.result import Check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.scenario.model import Promises
    from simulator.scenario.result import RecordingResult

# A chunk leaves the ring when its start is older than the window, so a full ring holds the window less at
# most one chunk of a second.
CHUNK_S = 1.0
DURATION_WITHIN_S = 0.1
STARTS_WITHIN_S = 0.040


def check_run(
    promises: Promises, cameras: Mapping[str, str], recordings: Sequence[RecordingResult], *, window_s: int
) -> tuple[Check, ...]:
    """Check everything that a scenario promises.

    Args:
        promises: What must hold.
        cameras: What the fleet calls each camera, by the scenario's name for it.
        recordings: Everything that was recorded.
        window_s: How much pre-record a camera keeps, in seconds.
    """
    checks: list[Check] = []
    for name, camera in cameras.items():
        own = sorted((item for item in recordings if item.camera == camera), key=lambda item: item.number)
        checks += _camera(promises.recordings_of.get(name, promises.recordings_each), camera, own)
        for position, item in enumerate(own):
            checks += _recording(promises, item)
            if promises.full_prerecord and position == 0:
                checks.append(_full_prerecord(item, window_s))
    return tuple(checks)


def _camera(asked: int | None, camera: str, own: Sequence[RecordingResult]) -> Iterator[Check]:
    numbers = [item.number for item in own]
    if asked is not None:
        yield Check(
            "recordings made",
            len(own) == asked,
            f"{camera} made {_count(len(own))}; {asked} asked for",
            camera,
        )
    if own:
        missing = sorted(set(range(1, numbers[-1] + 1)) - set(numbers))
        yield Check(
            "accounted for",
            not missing,
            f"{camera} numbered its recordings {_listed(numbers)}"
            + (f", and {_listed(missing)} never came" if missing else " and none is missing"),
            camera,
        )
    for before, after in pairwise(own):
        distinct = before.recording != after.recording and before.folder != after.folder
        yield Check(
            "distinct",
            distinct,
            f"{camera} recordings {before.number} and {after.number} "
            + ("are two recordings" if distinct else "are one and the same"),
            camera,
            after.number,
        )


def _recording(promises: Promises, item: RecordingResult) -> Iterator[Check]:
    name = f"{item.camera} recording {item.number}"

    def check(about: str, sentence: str, *, passed: bool) -> Check:
        return Check(about, passed, f"{name} {sentence}", item.camera, item.number)

    yield check(
        "verdict", f"verifies as {item.verdict}: {item.sentence}", passed=item.verdict in promises.verdicts
    )
    yield check("held", f"is {item.fleet_state or 'unknown'} in the fleet", passed=item.fleet_state == "held")
    yield from _export(item)
    if item.timings.press_acknowledged_ms is not None:
        seen_s = item.timings.press_dashboard_s
        when = (
            "never listed by the fleet after"
            if seen_s is None
            else f"listed by the fleet {seen_s:.2f} s after"
        )
        yield check(
            "on the dashboard",
            f"was {when} the press; within {promises.listed_within_s:g} s asked for",
            passed=seen_s is not None and seen_s <= promises.listed_within_s,
        )


def _full_prerecord(item: RecordingResult, window_s: int) -> Check:
    enough = item.prerecord_s >= window_s - CHUNK_S or bool(item.missing)
    why = f" ({'; '.join(item.missing)})" if item.missing else ""
    return Check(
        "pre-record",
        enough,
        f"{item.camera} recording {item.number} begins {item.prerecord_s:.1f} s before the press{why}; "
        f"at least {window_s - CHUNK_S:.0f} s or a stated reason asked for",
        item.camera,
        item.number,
    )


def _export(item: RecordingResult) -> Iterator[Check]:
    name = f"{item.camera} recording {item.number}"
    facts = item.facts

    def check(about: str, sentence: str, *, passed: bool) -> Check:
        return Check(about, passed, f"{name} {sentence}", item.camera, item.number)

    if facts is None:
        yield check("export", "has no export", passed=False)
        return
    said = f": {facts.complaints[0]}" if facts.complaints else " without a warning"
    yield check("export", f"decodes from end to end{said}", passed=not facts.complaints)
    difference_s = abs(facts.duration_s - item.duration_s)
    yield check(
        "export duration",
        f"lasts {facts.duration_s:.2f} s as an export and {item.duration_s:.2f} s in the ledger; "
        f"within {DURATION_WITHIN_S} s asked for",
        passed=difference_s <= DURATION_WITHIN_S,
    )
    yield check("together", _starts(facts.picture_start_s, facts.sound_start_s), passed=_together(item))


def _together(item: RecordingResult) -> bool:
    facts = item.facts
    if facts is None or facts.picture_start_s is None or facts.sound_start_s is None:
        return False
    return abs(facts.picture_start_s - facts.sound_start_s) <= STARTS_WITHIN_S


def _starts(picture_s: float | None, sound_s: float | None) -> str:
    if picture_s is None or sound_s is None:
        return f"has no {'picture' if picture_s is None else 'sound'} in its export"
    apart_ms = abs(picture_s - sound_s) * 1000
    most_ms = STARTS_WITHIN_S * 1000
    return f"starts with picture and sound {apart_ms:.0f} ms apart; within {most_ms:.0f} ms asked for"


def _count(number: int) -> str:
    return f"{number} recording{'' if number == 1 else 's'}"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
