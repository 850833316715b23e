"""One camera per state folder."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from device.errors import StateFolderError

if TYPE_CHECKING:
    from pathlib import Path


class FolderLock:
    """Holds a state folder for one process until ``release``; the system lets go of it after a crash."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            StateFolderError: The folder is not there, or another camera has it.
        """
        try:
            self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise StateFolderError(
                f"There is no state folder {folder}: enrol the camera (lapel-device enrol) or correct "
                "camera.state_dir."
            ) from error
        except OSError as error:
            raise StateFolderError(
                f"The state folder {folder} cannot be used ({error.strerror}): correct camera.state_dir."
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise StateFolderError(
                f"Another camera is running on {folder}: stop it, or give this one its own state_dir."
            ) from error
        except OSError as error:
            os.close(self._descriptor)
            raise StateFolderError(
                f"The state folder {folder} cannot be locked ({error.strerror}): correct camera.state_dir."
            ) from error

    def release(self) -> None:
        """Let the folder go."""
        os.close(self._descriptor)
