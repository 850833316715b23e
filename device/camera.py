"""A whole camera: identity, recorder, sensors, control socket and link.

    camera = Camera(load_config(path), real_sensors())
    camera.start()
    camera.press()
    camera.shutdown()

Rules:

- A camera that is not enrolled does not start: it would not know to whom to seal.
- What a crash left is put in order before anything new is written.
- The link is last to start and first to stop; nothing waits for it.

It protects no process: that is ``protocol.process.hardening``'s, and the choice of whoever owns the process.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from device.link.background import load_link
from device.running import THREADS, Running, Shell
from device.storage.filesystem import PosixFilesystem
from device.storage.layout import StateFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.capture.sensors import Sensors
    from device.config.sections import Config
    from device.link.link import Link
    from device.recording.heart.outcome import Outcome
    from device.recording.recorder import Recorder
    from device.recording.state import Event
    from device.recording.status import CameraStatus
    from device.shelf import Shelf
    from device.storage.filesystem import Filesystem


class Camera:
    """One camera, from ``start`` to ``shutdown``; it cannot be started again.

    Args:
        config: Its configuration.
        sensors: What it perceives with.
        filesystem: The disk.
        random: Draws ids.
        link: Makes the link to the fleet, in a thread of its own; None for a camera that talks to nobody.
        shell: What it runs in.
    """

    def __init__(
        self,
        config: Config,
        sensors: Sensors,
        *,
        filesystem: Filesystem | None = None,
        random: Callable[[int], bytes] = os.urandom,
        link: Callable[..., Link] | None = load_link,
        shell: Shell = THREADS,
    ) -> None:
        self._config = config
        self._sensors = sensors
        self._filesystem = filesystem or PosixFilesystem()
        self._random = random
        self._make_link = link
        self._shell = shell
        self._folders = StateFolder(config.camera.state_dir)
        self._started: Running | None = None

    def start(self) -> None:
        """Start; returns once the camera runs.

        Raises:
            StateFolderError: The state folder cannot be used, or another camera uses it.
            NotEnrolledError: The camera has no identity yet.
            IdentityError: Its identity is damaged.
            StorageError: The card does not take what has to be written.
            EncoderError: No encoder opens for the settings.
        """
        self._started = Running(
            self._config,
            self._sensors,
            filesystem=self._filesystem,
            folders=self._folders,
            random=self._random,
            make_link=self._make_link,
            shell=self._shell,
        )

    def press(self, trigger: str = "button") -> Outcome:
        """Begin a recording with the window before it; during a recording, answer with that one."""
        return self._running.recorder.press(trigger)

    def stop(self, reason: str = "stopped") -> Outcome:
        """End the recording under way."""
        return self._running.recorder.stop(reason)

    def bookmark(self) -> Outcome:
        """Mark this moment in the recording under way."""
        return self._running.recorder.bookmark()

    def assign(self, assignment: str | None) -> Outcome:
        """Say whose the recordings are from now on; None for nobody's."""
        return self._running.recorder.assign(assignment)

    def change(self, event: Event) -> Outcome:
        """Let something else happen, such as ``Event.PRIVATE_ON``; sensors that it closes are closed then."""
        return self._running.change(event)

    def status(self) -> CameraStatus:
        """How the camera is."""
        return self._running.status()

    @property
    def shelf(self) -> Shelf:
        """The recordings on the camera."""
        return self._running.shelf

    @property
    def recorder(self) -> Recorder:
        """The recorder, for whoever listens to its news."""
        return self._running.recorder

    def shutdown(self) -> None:
        """Stop: a recording under way is closed first. A camera that did not start is nothing to do."""
        started, self._started = self._started, None
        if started is not None:
            started.shutdown()

    @property
    def _running(self) -> Running:
        if self._started is None:
            raise RuntimeError("internal error: the camera is not running")
        return self._started
