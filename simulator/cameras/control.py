"""A camera's buttons, through the control socket that ``lapel-device press`` uses as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from device.control import ask
from device.errors import DeviceError
from simulator.errors import CameraError, RefusalError

if TYPE_CHECKING:
    from pathlib import Path


def said_by_camera(name: str, socket: Path, do: str, **more: str) -> dict[str, Any]:
    """Send one command to a camera and return what it says, a refusal too.

    Args:
        name: What to call the camera in an error.
        socket: Its control socket.
        do: The command, as in ``press``.
        more: What else it takes.

    Raises:
        CameraError: It did not answer.
    """
    try:
        return ask(socket, do, **more)
    except DeviceError as error:
        raise CameraError(f"{name}: {error}") from error


def accepted(name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return a camera's answer, unless it is a refusal.

    Raises:
        RefusalError: It refused; the sentence is its own.
    """
    if not answer.get("ok", True):
        said = answer.get("sentence") or answer.get("error") or "it gives no reason."
        raise RefusalError(f"{name} refused: {said}")
    return answer
