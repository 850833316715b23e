"""The words that a scenario is written in.

Rules:

* Strict: an unknown key, a wrong type or a value out of bounds is refused, with its place.
* A step acts on the cameras it names, on all of them at once, or on all when it names none. Steps follow one
  another; the cameras inside one step act together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from simulator.oracle.asked import CameraName, Promises, ScenarioTable, Seconds
from simulator.sources.choose import SourceKind
from simulator.sources.dimensions import FPS, HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable


class Cameras(ScenarioTable):
    """The virtual cameras.

    Attributes:
        count: How many, named ``cam-01`` onwards.
        source: What they see: real footage, a synthetic scene, or the first of these that there is.
        width: Picture width in pixels.
        height: Picture height in pixels.
        fps: Pictures a second.
        window_s: How much pre-record a camera keeps, in seconds.
        prefill: Whether the ring is full when a camera starts, from footage encoded ahead.
    """

    count: int = Field(default=1, ge=1, le=100)
    source: SourceKind = Field(default=SourceKind.AUTO, strict=False)
    width: int = Field(default=WIDTH, ge=160, le=3840, multiple_of=2)
    height: int = Field(default=HEIGHT, ge=120, le=2160, multiple_of=2)
    fps: int = Field(default=FPS, ge=1, le=60)
    window_s: int = Field(default=180, ge=5, le=3600)
    prefill: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The cameras' names, in order."""
        return tuple(f"cam-{number:02d}" for number in range(1, self.count + 1))


class CameraStep(ScenarioTable):
    """A step that concerns cameras; it names them, or means all."""

    cameras: tuple[CameraName, ...] = Field(default=(), strict=False)


class WaitRingFull(CameraStep):
    """Wait until each camera holds its whole window."""

    do: Literal["wait_ring_full"]
    timeout_s: Seconds = 240


class Press(CameraStep):
    """Press the button and wait until the recording is acknowledged."""

    do: Literal["press"]


class StopRecording(CameraStep):
    """End the recording."""

    do: Literal["stop"]


class Bookmark(CameraStep):
    """Mark this instant of the recording."""

    do: Literal["bookmark"]


class Private(CameraStep):
    """Turn private on, which ends a recording and closes the sensors, or off again."""

    do: Literal["private"]
    state: Literal["on", "off"]


class Wait(ScenarioTable):
    """Let time pass."""

    do: Literal["wait"]
    seconds: Seconds


class WaitHeld(CameraStep):
    """Wait until the fleet has given its receipt for every recording that was ended so far."""

    do: Literal["wait_held"]
    timeout_s: Seconds = 120


class ChangeNetwork(CameraStep):
    """Change the cameras' network: good, slow (with a rate), or cut."""

    do: Literal["network"]
    state: Literal["good", "slow", "cut"]
    kbit_s: int | None = Field(default=None, ge=8, le=1_000_000)

    @model_validator(mode="after")
    def _rate_goes_with_slow(self) -> ChangeNetwork:
        if (self.state == "slow") != (self.kbit_s is not None):
            raise ValueError('kbit_s goes with the state "slow" and with no other')
        return self


class KillCamera(CameraStep):
    """Pull the power: kill -9, with no warning."""

    do: Literal["kill_camera"]


class RestartCamera(CameraStep):
    """Switch a camera on again, with what its storage holds."""

    do: Literal["restart_camera"]
    timeout_s: Seconds = 30


class StopFleet(ScenarioTable):
    """Stop the fleet that the simulator started: cleanly, or by kill -9."""

    do: Literal["stop_fleet"]
    how: Literal["clean", "kill"] = "clean"


class StartFleet(ScenarioTable):
    """Start that fleet again, on what it kept."""

    do: Literal["start_fleet"]


class Expect(CameraStep):
    """State what must be so by now, or become so within a time.

    ``uploading`` means that the newest ended recording is not yet held by the fleet.
    """

    do: Literal["expect"]
    state: Literal["standby", "ready", "recording", "fault", "uploading", "held"]
    within_s: float = Field(default=0, ge=0, le=600)


Step = Annotated[
    WaitRingFull
    | Press
    | StopRecording
    | Bookmark
    | Private
    | Wait
    | WaitHeld
    | ChangeNetwork
    | KillCamera
    | RestartCamera
    | StopFleet
    | StartFleet
    | Expect,
    Field(discriminator="do"),
]


class Scenario(ScenarioTable):
    """A whole scenario.

    Attributes:
        name: What the report calls it.
        title: What it shows, in one sentence.
        seed: Decides where in the scene each camera begins; ``--seed`` overrides it.
        cameras: The virtual cameras.
        steps: What happens, in order.
        promises: What must hold at the end.
    """

    name: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    title: str = Field(min_length=1, max_length=200)
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    cameras: Cameras = Cameras()
    steps: tuple[Step, ...] = Field(strict=False)
    promises: Promises = Promises()

    @model_validator(mode="after")
    def _steps_name_known_cameras(self) -> Scenario:
        if not self.steps:
            raise ValueError("there are no steps; add at least one [[steps]]")
        for number, step in enumerate(self.steps, 1):
            self._must_know(f"step {number}", step.cameras if isinstance(step, CameraStep) else ())
        self._must_know("promises.recordings_of", self.promises.recordings_of)
        return self

    def _must_know(self, where: str, names: Iterable[str]) -> None:
        unknown = sorted(set(names) - set(self.cameras.names))
        if unknown:
            raise ValueError(
                f"{where} names {', '.join(unknown)}, but the cameras are "
                f"{self.cameras.names[0]} to {self.cameras.names[-1]}"
            )
