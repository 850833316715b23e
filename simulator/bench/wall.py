"""What the bench shows and does, without saying how: the page, its routes and its tests share these.

A tile is what one camera looks like now. What its buttons mean is in ``orders``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from simulator.bench.journal import LogLine
    from simulator.bench.orders import BenchButton, FleetButton


@dataclass(frozen=True, slots=True)
class CameraTile:
    """One camera, now.

    Attributes:
        camera: The bench's name for it.
        called: What the fleet calls it; empty when that is the same.
        officer: Who wears it; empty when nobody does.
        state: Its state in one word, ``off`` without power.
        prerecord_s: How much of the window the ring holds, in seconds.
        window_s: How much it can hold.
        number: The recording that is being made; None when there is none.
        recording_s: For how long since the press, in seconds.
        waiting: How many recordings the fleet does not hold yet.
        unplugged: Whether its network is cut.
        covered: Whether something covers its lens.
        muted: Whether its microphone hears nothing.
        stalled: Whether its lens gives no pictures.
        soundless: Whether its microphone gives no sound at all, not even silence.
        destroyed: Whether it was destroyed.
        broken: What a tester did to its network, card, clock and battery and has not mended, in words.
        trouble: What it says is wrong, in one sentence; empty when all is well.
        answers: Whether it said how it is; else what it recorded and holds is what it said last.
    """

    camera: str
    called: str = ""
    officer: str = ""
    state: str = "off"
    prerecord_s: float = 0.0
    window_s: float = 180.0
    number: int | None = None
    recording_s: float | None = None
    waiting: int = 0
    unplugged: bool = False
    covered: bool = False
    muted: bool = False
    stalled: bool = False
    soundless: bool = False
    destroyed: bool = False
    broken: str = ""
    trouble: str = ""
    answers: bool = True

    @property
    def powered(self) -> bool:
        """Whether it has power."""
        return self.state != "off"

    @property
    def private(self) -> bool:
        """Whether it is private and records nothing."""
        return self.state == "private"

    @property
    def docked(self) -> bool:
        """Whether it is in its dock."""
        return self.state == "docked"

    @property
    def title(self) -> str:
        """The name that people know it by: the dashboard's."""
        return self.called or self.camera

    @property
    def prerecord_label(self) -> str:
        """The pre-record as people say it: ``2:41 of 3:00``."""
        return f"{minutes(self.prerecord_s)} of {minutes(self.window_s)}"

    def as_json(self) -> dict[str, Any]:
        """Return the tile for the page's script, with the words that it shows."""
        return {
            **asdict(self),
            "powered": self.powered,
            "private": self.private,
            "docked": self.docked,
            "prerecord_label": self.prerecord_label,
            "recording_label": "" if self.recording_s is None else minutes(self.recording_s),
        }


class Wall(Protocol):
    """The cameras behind the page. All methods may be called from any thread."""

    @property
    def fleet_url(self) -> str:
        """The dashboard's address."""
        ...

    def tiles(self) -> Sequence[CameraTile]:
        """Return every camera as it is now, in order."""
        ...

    @property
    def later(self) -> Sequence[str]:
        """The cameras that can still be enrolled, in order."""
        ...

    @property
    def own_fleet(self) -> bool:
        """Whether the fleet was started with the bench, and may be stopped."""
        ...

    def act(self, camera: str, button: BenchButton, given: Mapping[str, str]) -> str:
        """Press a button and return what came of it, in one sentence.

        Args:
            camera: Whose.
            button: Which.
            given: What its form holds.

        Raises:
            SimulatorError: It could not be done.
            KeyError: There is no such camera.
        """
        ...

    def act_at_fleet(self, button: FleetButton) -> str:
        """Press one of the fleet's buttons and return what came of it, in one sentence.

        Raises:
            SimulatorError: It could not be done.
        """
        ...

    def log(self, after: int = 0) -> Sequence[LogLine]:
        """Return what was done and seen after one line of the log, in order."""
        ...

    def scenario(self) -> str:
        """Return what was done as a scenario."""
        ...

    def begin_anew(self) -> str:
        """Begin a new scenario, with everything as it is; say so in one sentence."""
        ...

    def watching(self) -> AbstractContextManager[None]:
        """Have the cameras make pictures for as long as the context lasts."""
        ...

    def picture(self, camera: str) -> tuple[int, bytes] | None:
        """Return a camera's newest picture with its running number, as JPEG; None when there is none."""
        ...


def minutes(seconds: float) -> str:
    """Return a length as minutes and seconds, cut to the second."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
