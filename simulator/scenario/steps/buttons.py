"""What an officer does with a camera. Pure."""

from __future__ import annotations

from typing import Literal

from simulator.scenario.steps.base import RefusableStep


class Press(RefusableStep):
    """Press the button and wait until the recording is acknowledged."""

    do: Literal["press"]


class StopRecording(RefusableStep):
    """End the recording."""

    do: Literal["stop"]


class Bookmark(RefusableStep):
    """Mark this moment of the recording."""

    do: Literal["bookmark"]


class Private(RefusableStep):
    """Turn private on, which ends a recording and closes the sensors, or off again."""

    do: Literal["private"]
    state: Literal["on", "off"]


class Dock(RefusableStep):
    """Put the camera into its dock: it ends a recording, closes the sensors and goes on uploading."""

    do: Literal["dock"]


class Undock(RefusableStep):
    """Take the camera out of its dock."""

    do: Literal["undock"]
