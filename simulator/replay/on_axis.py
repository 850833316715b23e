"""What was said at a door on the axis of a camera's recordings: when it was on to be told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.replay.remarks import ON_A_PHONE, SILENT_RUN
from simulator.replay.said import CLOSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protocol.footage.consent import ConsentEvent
    from simulator.replay.axis import RunPlace
    from simulator.replay.found import FoundCamera

SOON_S: Final = 0.5
"""So long before something the camera was ready for it, and so long after it something else may be."""
COMMAND: Final = "command "
"""How the way of a word begins that the fleet asked the camera for."""


@dataclass(frozen=True, slots=True)
class WordsOnAxis:
    """What was said to a camera, with its times.

    Attributes:
        camera: The camera.
        places: Where its runs lie.
    """

    camera: FoundCamera
    places: Mapping[bytes, RunPlace]

    def beside(self) -> Iterator[tuple[float, ConsentEvent, tuple[str, ...]]]:
        """Give what no recording that is here tells of: when, what, and what has to be known of it."""
        known = {each.ledger.open.recording for each in self.camera.recordings}
        for at_s, each in self._all():
            if each.recording not in known:
                yield at_s, each, (ON_A_PHONE,) if each.way.startswith(COMMAND) else ()

    def closed(self, since_s: float, then_s: float) -> bool:
        """Whether something that was said between two times had made the camera private."""
        return any(each.said.kind in CLOSES for at_s, each in self._all() if since_s < at_s < then_s)

    def span(self, run: bytes) -> tuple[float, float] | None:
        """When the first and the last was said in a run; None where nothing was."""
        said = [at_s for at_s, each in self._all() if each.run == run]
        return (min(said), max(said)) if said else None

    def silent_runs(
        self, since_s: float, then_s: float
    ) -> Iterator[tuple[float, Mapping[str, Any], tuple[str, ...]]]:
        """Give steps that have the camera on in each silent run between two times, and off after it.

        It is off before them, where there is a time before.
        """
        for position, (first_s, last_s) in enumerate(self.silent(since_s, then_s)):
            if position or since_s > float("-inf"):
                yield first_s - SOON_S, {"do": "restart_camera"}, (SILENT_RUN,)
            yield last_s + SOON_S, {"do": "kill_camera"}, ()

    def silent(self, since_s: float, then_s: float) -> list[tuple[float, float]]:
        """The runs between two times in which nothing was recorded, from the first to the last of each."""
        recorded = {each.run for each in self.camera.recordings}
        spans = (self.span(run) for run in self.places if run not in recorded)
        return sorted(each for each in spans if each is not None and since_s < each[0] and each[1] < then_s)

    def _all(self) -> Iterator[tuple[float, ConsentEvent]]:
        for each in self.camera.consents:
            if each.run in self.places:
                yield self.places[each.run].seconds(each.at_ns), each
