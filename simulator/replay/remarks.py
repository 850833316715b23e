"""What stands beside steps of a replay that the folder tells only in part."""

from __future__ import annotations

from typing import Final

LATEST: Final = "The latest moment at which this can have been."
CARD_FAILED: Final = (
    "The recording has no end, and the camera went on: its card failed, by then or up to a chunk later."
)
CUT_OFF: Final = (
    "Nothing shows where the recording ended. A power cut looks like this, at the end of the last chunk or "
    "up to one chunk later; so do a failed card and a removed end."
)
ON_A_PHONE: Final = "The fleet asked for it, as an officer's phone has it do; here the camera is told."
SILENT_RUN: Final = "In a run in which nothing was recorded; when it was off before and after is not known."
