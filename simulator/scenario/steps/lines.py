"""What a tester does to the network. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from simulator.network.conditions import LineConditions, LineState
from simulator.scenario.steps.base import CameraStep

QUALITIES = (
    "kbit_s", "latency_ms", "jitter_ms", "loss_percent", "slice_bytes", "slice_delay_ms",
    "up_s", "down_s",
)  # fmt: skip
GOES_WITH = {LineState.SLOW: {"kbit_s"}, LineState.FLAPPING: {"up_s", "down_s"}}
"""What a state needs, and no other takes."""


class ChangeNetwork(CameraStep):
    """Change the cameras' network.

    Attributes:
        state: What it is like from now on; what was before is over.
        line: Which connections: those of ``uploads``, those of ``messages``, or both.
        way: Which way: from the camera ``up``, to it ``down``, or both.
        kbit_s: The rate of a slow or bad line, shared by all of the camera's connections.
        latency_ms: How long everything is under way.
        jitter_ms: By how much that varies, either way.
        loss_percent: How many pieces are lost and sent again, as TCP does.
        slice_bytes: How large the pieces are into which everything is cut.
        slice_delay_ms: How long from each such piece to the next.
        up_s: How long a flapping line is good.
        down_s: How long it is then cut.
    """

    do: Literal["network"]
    state: LineState = Field(strict=False)
    line: Literal["both", "uploads", "messages"] = "both"
    way: Literal["both", "up", "down"] = "both"
    kbit_s: int | None = Field(default=None, ge=8, le=1_000_000)
    latency_ms: float = Field(default=0, ge=0, le=60_000)
    jitter_ms: float = Field(default=0, ge=0, le=60_000)
    loss_percent: float = Field(default=0, ge=0, lt=100)
    slice_bytes: int | None = Field(default=None, ge=1, le=65_536)
    slice_delay_ms: float = Field(default=0, ge=0, le=60_000)
    up_s: float | None = Field(default=None, gt=0, le=3600)
    down_s: float | None = Field(default=None, gt=0, le=3600)

    @model_validator(mode="after")
    def _keys_go_with_states(self) -> ChangeNetwork:
        given = {each for each in QUALITIES if each in self.model_fields_set}
        needed = GOES_WITH.get(self.state, set())
        if needed - given:
            raise ValueError(f'the state "{self.state}" needs {" and ".join(sorted(needed - given))}')
        if self.state is LineState.BAD:
            if not given - {"up_s", "down_s"}:
                raise ValueError('the state "bad" needs at least one of ' + ", ".join(QUALITIES[:-2]))
            needed = set(QUALITIES[:-2])
        if given - needed:
            key = min(given - needed)
            raise ValueError(f'{key} goes with the state "{_state_of(key)}" and with no other')
        if self.jitter_ms > self.latency_ms:
            raise ValueError(f"jitter_ms is {self.jitter_ms:g}, more than latency_ms = {self.latency_ms:g}")
        if self.slice_delay_ms and self.slice_bytes is None:
            raise ValueError("slice_delay_ms goes with slice_bytes")
        if self.way != "both" and self.state in WHOLE:
            raise ValueError(f'the state "{self.state}" concerns both ways; leave way out')
        if self.line != "both" and self.state is LineState.NO_DNS:
            raise ValueError('the state "no_dns" concerns every name; leave line out')
        return self

    @property
    def conditions(self) -> LineConditions:
        """What the line is like."""
        return LineConditions(
            state=self.state,
            kbit_s=self.kbit_s,
            latency_s=self.latency_ms / 1000,
            jitter_s=self.jitter_ms / 1000,
            loss=self.loss_percent / 100,
            slice_bytes=self.slice_bytes,
            slice_delay_s=self.slice_delay_ms / 1000,
            up_s=self.up_s or 0.0,
            down_s=self.down_s or 0.0,
        )


WHOLE = (LineState.RESET, LineState.HALF_OPEN, LineState.PORTAL, LineState.NO_DNS)
"""States that are of a connection as a whole."""


def _state_of(key: str) -> str:
    return next((str(state) for state, keys in GOES_WITH.items() if key in keys), str(LineState.BAD))
