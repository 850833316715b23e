"""A camera that was private when it was switched off, or lost its power, comes back private.

Until somebody leaves private, it is docked, or another wears it: a new wearer begins afresh (promise C11).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.recording.state import Event
from device.storage import durable
from device.storage.private_mark import read_private

if TYPE_CHECKING:
    from device.recording.recorder import Recorder
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from protocol.messages.desired import Desired

log = logging.getLogger(__name__)


def come_back(
    recorder: Recorder, filesystem: Filesystem, folders: StateFolder, desired: Desired | None
) -> None:
    """Make a camera that was just started private, if it was; call it before any sensor can open.

    Args:
        recorder: The camera's, started.
        filesystem: The disk.
        folders: Where things are.
        desired: What the fleet wants, as it is kept; None where no fleet has said.
    """
    was = read_private(filesystem, folders.private)
    if was is None:
        return
    if desired is not None and was.known:
        wearer = None if desired.assignment is None else desired.assignment.id
        if wearer != was.assignment:
            _let_go(filesystem, folders)
            return
    outcome = recorder.change(Event.PRIVATE_ON)
    log.warning("The camera was private when it was switched off. %s", outcome.sentence)


def _let_go(filesystem: Filesystem, folders: StateFolder) -> None:
    """Another wears the camera by now."""
    try:
        durable.remove(filesystem, folders.private)
        durable.sync_dir(filesystem, folders.root)
    except StorageError as error:
        log.warning("%s", error)
