"""What can be asked of a running camera over its control socket: a table from what is asked to what is done.

It opens no socket: that is ``device.control``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from device.errors import ControlError
from device.recording.state import Event
from protocol.messages.base import MAX_SHORT_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from device.door.door import ConsentButtons
    from device.recording.heart.outcome import Outcome
    from device.recording.recorder import Recorder
    from device.recording.status import CameraStatus

    Order = Callable[[Mapping[str, Any]], dict[str, Any]]

_CHANGES = {
    "private-on": Event.PRIVATE_ON,
    "private-off": Event.PRIVATE_OFF,
    # Said by whatever watches the dock's contact, such as a rule of udev.
    "dock": Event.DOCK,
    "undock": Event.UNDOCK,
}


def orders_of(
    recorder: Recorder,
    door: ConsentButtons,
    change: Callable[[Event], Outcome],
    status: Callable[[], CameraStatus],
) -> dict[str, Order]:
    """What is done for each ``do``.

    Args:
        recorder: What records.
        door: What is said at the door.
        change: Changes where the camera is, and returns once sensors that it closes are closed.
        status: How the camera is.
    """
    return {
        "press": lambda _: recorder.press("control").to_json(),
        "stop": lambda _: recorder.stop().to_json(),
        "bookmark": lambda _: recorder.bookmark().to_json(),
        "consent": door.command,
        "status": lambda _: {"ok": True, **status().to_json()},
        "assign": lambda request: recorder.assign(_assignment(request)).to_json(),
        **{name: _changing(change, event) for name, event in _CHANGES.items()},
    }


def _changing(change: Callable[[Event], Outcome], event: Event) -> Order:
    return lambda _: change(event).to_json()


def _assignment(request: Mapping[str, Any]) -> str | None:
    """The assignment that a request names; absent or null for none.

    Raises:
        ControlError: It is no text of a reasonable length.
    """
    assignment = request.get("assignment")
    if assignment is None or (isinstance(assignment, str) and 0 < len(assignment) <= MAX_SHORT_TEXT):
        return assignment
    raise ControlError(f"An assignment is a text of 1 to {MAX_SHORT_TEXT} characters, or null.")
