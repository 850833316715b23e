"""The names of a camera's states, which the camera and its messages have in common.

What they mean and what leads from one to the next: ``device.recording.state``.
"""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """The name of a state, as people see it."""

    OFF = "off"
    STANDBY = "standby"
    READY = "ready"
    RECORDING = "recording"
    PRIVATE = "private"
    DOCKED = "docked"
    LOCKED = "locked"
    FAULT = "fault"
