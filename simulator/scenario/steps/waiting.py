"""Letting time pass, and saying what must be so by then. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulator.oracle.asked import Seconds
from simulator.scenario.steps.base import CameraStep, ScenarioStep


class Wait(ScenarioStep):
    """Let time pass.

    Attributes:
        seconds: How much.
        up_to_s: With it, something between ``seconds`` and this is drawn by the seed.
    """

    do: Literal["wait"]
    seconds: Seconds
    up_to_s: Seconds | None = None

    @model_validator(mode="after")
    def _up_to_is_later(self) -> Wait:
        if self.up_to_s is not None and self.up_to_s < self.seconds:
            raise ValueError(f"up_to_s is {self.up_to_s:g}, which is less than seconds = {self.seconds:g}")
        return self


class WaitRingFull(CameraStep):
    """Wait until each camera holds its whole window."""

    do: Literal["wait_ring_full"]
    timeout_s: Seconds = 240


class WaitHeld(CameraStep):
    """Wait until the fleet has given its receipt for every recording that was ended so far."""

    do: Literal["wait_held"]
    timeout_s: Seconds = 120


class Expect(CameraStep):
    """State what must be so by now, or become so within a time.

    ``uploading`` means that the newest ended recording is not yet held by the fleet; ``online`` and
    ``offline`` are what the fleet says of the camera; ``kept`` and ``deleted`` what it says of a recording.

    Attributes:
        state: What.
        within_s: Within how many seconds.
        recording: The camera's number of the recording that is ``kept`` or ``deleted``; None for its newest.
    """

    do: Literal["expect"]
    state: Literal[
        "standby", "ready", "recording", "private", "docked", "fault", "uploading", "held",
        "online", "offline", "kept", "deleted",
    ]  # fmt: skip
    within_s: float = Field(default=0, ge=0, le=600)
    recording: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _recording_goes_with_its_states(self) -> Expect:
        if self.recording is not None and self.state not in ("kept", "deleted"):
            raise ValueError('recording goes with state = "kept" or "deleted"')
        return self
