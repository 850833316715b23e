"""Takes on what the fleet wants the camera to be, as far as a running camera can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.errors import NotReadyError

if TYPE_CHECKING:
    from device.config.sections import Config
    from device.recording.recorder import Recorder
    from device.shelf import Shelf
    from protocol.messages.desired import Desired


def deletes_after_receipt(config: Config, desired: Desired | None) -> bool:
    """Whether footage goes once its receipt is durable: as the fleet wants it, or as the camera is set."""
    keep = None if desired is None else desired.settings.keep_after_receipt
    return config.storage.after_receipt == "delete" if keep is None else not keep


class DesiredStateApplier:
    """Applies desired states to a recorder and its shelf."""

    def __init__(self, recorder: Recorder, shelf: Shelf, config: Config) -> None:
        self._recorder = recorder
        self._shelf = shelf
        self._config = config

    def take_on(self, desired: Desired) -> None:
        """Make the camera what is wanted; whatever can be done is done before anything is refused.

        Raises:
            NotReadyError: A setting cannot be changed while the camera runs; one sentence.
        """
        settings = desired.settings
        self._shelf.delete = deletes_after_receipt(self._config, desired)
        assignment = desired.assignment
        self._recorder.assign(None if assignment is None else assignment.id)
        if settings.window_s not in {None, self._config.camera.window_s}:
            raise NotReadyError(
                f"The pre-record stays {self._config.camera.window_s:g} s: set camera.window_s on the camera."
            )
        if settings.audio not in {None, self._config.audio.source != "none"}:
            raise NotReadyError("Sound stays as it is: change audio.source on the camera.")
