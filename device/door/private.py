"""A camera that was private when it was switched off, or lost its power, comes back private.

Until somebody leaves private, it is docked, or it is handed to another while it runs: a new wearer begins
afresh (promise C11). Whose the camera is by the kept desired state does not count at a start: on a card that
was full that may be of before the hand-over, and whoever made it private would be filmed. Where the card does
not tell who that was, whoever is handed it first has it private still.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from device.recording.heart.marked import PrivateOf
from device.recording.state import Event
from device.storage.private_mark import read_private

if TYPE_CHECKING:
    from device.recording.recorder import Recorder
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder

log = logging.getLogger(__name__)


def come_back(recorder: Recorder, filesystem: Filesystem, folders: StateFolder) -> None:
    """Make a camera that was just started private, if it was; call it before any sensor can open.

    Args:
        recorder: The camera's, started.
        filesystem: The disk.
        folders: Where things are.
    """
    was = read_private(filesystem, folders.private)
    if was is None:
        return
    outcome = recorder.change(Event.PRIVATE_ON, PrivateOf(was.assignment))
    log.warning("The camera was private when it was switched off. %s", outcome.sentence)
