"""How long a recording's officer and the safety team had to wait. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timings:
    """How long a camera's officer and the safety team had to wait; None where it did not come about.

    Attributes:
        press_acknowledged_ms: From the press to the camera's signal that the recording is durable.
        press_dashboard_s: From the press until the fleet lists the recording.
        stop_held_s: From the stop until the camera has the fleet's receipt.
    """

    press_acknowledged_ms: float | None = None
    press_dashboard_s: float | None = None
    stop_held_s: float | None = None
