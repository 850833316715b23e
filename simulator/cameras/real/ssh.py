"""Asks a real camera's ``lapel-device`` for something, over ssh."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import CameraError

if TYPE_CHECKING:
    from typing import IO

    from simulator.cameras.real.address import DriverAddress

ANSWERS_S: Final = 60
LONGEST_ANSWER: Final = 65_536
LONGEST_WORDS: Final = 300
NOT_CONNECTED: Final = 255
"""What ssh ends with where it did not get through; see ssh(1)."""


def said_over_ssh(name: str, address: DriverAddress, do: str, **more: str) -> dict[str, Any]:
    """Send one command to a camera and return what it says, a refusal too.

    Args:
        name: What to call the camera in an error.
        address: Where it is.
        do: The command, as in ``press``.
        more: What else it takes.

    Raises:
        CameraError: ssh did not get through, or what came is no answer of a camera.
    """
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(  # noqa: S603 - a list of arguments, each checked when the scenario was read
                address.arguments(do, **more),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
            )
        except OSError as error:
            raise CameraError(f"{name}: ssh cannot be started: {error.strerror}.") from error
        with process:
            status, answer = _ended(name, process)
        words = _last_words(complaints)
    if status == NOT_CONNECTED:
        raise CameraError(
            f"{name}: ssh did not get through to {address.host}: {words or 'it gave no reason'}."
        )
    found = _read(answer)
    if found is None:
        raise CameraError(
            f"{name}: {address.program} on {address.host} gave no answer that a camera gives"
            f"{': ' + words if words else ''}."
        )
    return found


def _ended(name: str, process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """Wait for the end; what floods or does not end is killed."""
    if process.stdout is None:
        raise TypeError("internal error: ssh has an output")
    impatient = threading.Timer(ANSWERS_S, process.kill)
    impatient.start()
    try:
        answer = process.stdout.read(LONGEST_ANSWER + 1)
        if len(answer) > LONGEST_ANSWER:
            process.kill()
        status = process.wait()
    finally:
        impatient.cancel()
    if status < 0 and len(answer) <= LONGEST_ANSWER:
        raise CameraError(f"{name} did not answer over ssh within {ANSWERS_S} s.")
    return status, answer


def _read(answer: bytes) -> dict[str, Any] | None:
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        found = json.loads(answer)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _last_words(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read(LONGEST_ANSWER).decode("utf-8", "replace").splitlines()
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    shown = "".join(char if char.isprintable() else "?" for char in last)
    return shown[:LONGEST_WORDS].rstrip(".")
