"""What a fleet deletes: nothing before its day, all of it soon after, and its signed word for each. Pure.

Rules:

* Whatever the fleet says that it deletes, its last day was over, and no hold lasted: as the run's own history
  has it, and at the time at which it was first seen, or was decided by its certificate, whichever is earlier.
* Only what went rightly is excused from all else that a recording has to be.
* A certificate is there for each, this fleet's, for this recording.
* How soon it has to be gone is for a scenario to say, by ``gone_within_s``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.places import place_check
from simulator.oracle.retention.last_day import KEEPING, last_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.history import History
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.retention.last_day import LastDay, RunTimes

ON_ITS_DAY: Final = "nothing goes before its day"
CERTIFIED: Final = "what goes is certified"
WITHIN: Final = "gone_within_s"


@dataclass(frozen=True, slots=True)
class DeletionCase:
    """What deletions are judged by.

    Attributes:
        history: What was asked for, and what was answered.
        run: When the run was; None where that is not known.
        gone: When the fleet was first seen to delete each, by its id, in seconds since the run began.
        arrived: When its camera had each one's receipt, likewise.
        within_s: How soon after its last day a recording has to be gone; None where nobody asks.
        odd_clocks: The cameras whose own clock was changed, so that the fleet may date a press otherwise.
    """

    history: History
    run: RunTimes | None
    gone: Mapping[str, float] = field(default_factory=dict)
    arrived: Mapping[str, float] = field(default_factory=dict)
    within_s: float | None = None
    odd_clocks: frozenset[str] = frozenset()

    def begun_s(self, place: RecordingPlaces) -> float | None:
        """When the fleet began to delete something, as far as anybody can say; None where it has not."""
        fleet = place.fleet
        if fleet is None or not fleet.gone or self.run is None:
            return None
        seen = [self.gone.get(place.recording, self.run.lasted_s)]
        if fleet.certificate is not None and fleet.certificate.begun is not None:
            seen.append((fleet.certificate.begun - self.run.began).total_seconds())
        return min(seen)

    def last_day(self, place: RecordingPlaces, at_s: float) -> LastDay | None:
        """The last day of a recording, by what was asked for until a time."""
        if self.run is None or place.camera in self.odd_clocks:
            return None
        return last_day(place, self.history, self.run, at_s, arrived_s=self.arrived.get(place.recording))

    def went_rightly(self, place: RecordingPlaces) -> bool | None:
        """Whether what is gone went after its last day; None for what cannot be reckoned, or is here."""
        begun_s = self.begun_s(place)
        if begun_s is None or self.run is None:
            return None
        last = self.last_day(place, begun_s)
        if last is None:
            return None
        return last.earliest is not None and self.run.day(begun_s) > last.earliest


def deletion_checks(case: DeletionCase, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check each recording that went.

    Args:
        case: What it is judged by.
        found: Every recording that is acknowledged or there.
    """
    for place in found:
        if place.fleet is not None and place.fleet.gone:
            yield _on_its_day(place, case)
            yield _certified(place)


def gone_checks(case: DeletionCase, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check how soon each recording went whose last day is over, where a scenario asks for that.

    Args:
        case: What it is judged by.
        found: Every recording that is acknowledged or there.
    """
    if case.within_s is not None:
        for place in found:
            yield from _within(place, case, case.within_s)


def _on_its_day(place: RecordingPlaces, case: DeletionCase) -> Check:
    rightly, begun_s = case.went_rightly(place), case.begun_s(place)
    if rightly is None or begun_s is None or case.run is None:
        said = "was deleted by the fleet, and until when it had to be kept is not known"
        return place_check(place, "kept long enough", ON_ITS_DAY, Result.NOT_EVALUATED, said)
    last, on = case.last_day(place, begun_s), case.run.day(begun_s)
    kept = "" if last is None else last.reason
    until = "while" if last is None or last.earliest is None else f"with {last.earliest} as its last day, for"
    return place_check(
        place,
        "kept long enough",
        ON_ITS_DAY,
        judged(holds=rightly),
        f"was deleted by the fleet on {on}, {until} {kept}",
    )


def _certified(place: RecordingPlaces) -> Check:
    certificate = None if place.fleet is None else place.fleet.certificate
    holds = certificate is not None and certificate.fits
    why = "it was not looked at" if certificate is None else certificate.trouble
    said = (
        "was deleted, and its certificate is there"
        if holds
        else f"was deleted, and has no certificate: {why}"
    )
    return place_check(place, "certificate", CERTIFIED, judged(holds=holds), said)


def _within(place: RecordingPlaces, case: DeletionCase, bound_s: float) -> Iterator[Check]:
    if case.run is None or place.acknowledged is None:
        return
    begun_s = case.begun_s(place)
    at_s = case.run.lasted_s if begun_s is None else begun_s
    last = case.last_day(place, at_s)
    if last is None or last.latest is None or _is_uncertain(place, case):
        return
    due_s = case.run.midnight_s(last.latest + timedelta(days=1))
    if begun_s is None and at_s < due_s + bound_s:
        return  # it is not due, or not for long enough
    seen_s = None if begun_s is None else max(0.0, begun_s - due_s)
    figure = Figure(seen_s, bound_s, "s", "at most")
    said = f"has {last.latest} as its last day, for {last.reason}; gone after it: {figure.words}"
    holds = seen_s is not None and seen_s <= bound_s
    yield place_check(place, "gone", WITHIN, judged(holds=holds), said, figure=figure)


def _is_uncertain(place: RecordingPlaces, case: DeletionCase) -> bool:
    """Whether something was asked for that may keep it longer, and was not answered."""
    return any(each.kind in KEEPING and each.answer is None for each in case.history.of(place.camera))
