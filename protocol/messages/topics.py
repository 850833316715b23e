"""The MQTT topics: ``lapel/v1/cameras/{camera}/up/…`` from a camera, ``…/down/…`` to it.

Access rules confine a camera to its own: it writes those of ``Up`` and reads those of ``Down`` (promise L1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from protocol.naming import is_camera_id

ROOT: Final = "lapel/v1/cameras"


class Up(StrEnum):
    """What a camera publishes."""

    STATUS = "status"
    REPORTED = "reported"
    EVENT = "event"
    RESPONSE = "response"


class Down(StrEnum):
    """What the fleet publishes to a camera."""

    DESIRED = "desired"
    COMMAND = "command"


Direction = Literal["up", "down"]
_SUBJECTS: Final[dict[str, frozenset[str]]] = {"up": frozenset(Up), "down": frozenset(Down)}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart."""

    camera: str
    direction: Direction
    subject: Up | Down

    def __str__(self) -> str:
        return f"{ROOT}/{self.camera}/{self.direction}/{self.subject}"


def topic(camera: str, direction: Direction, subject: str) -> str:
    """Return a topic's name.

    Raises:
        ValueError: The camera id or the subject is not one that exists.
    """
    if not is_camera_id(camera):
        raise ValueError(f"{camera!r} is not a camera id")
    if subject not in _SUBJECTS[direction]:
        raise ValueError(f"{subject!r} is not a subject of the direction {direction!r}")
    return f"{ROOT}/{camera}/{direction}/{subject}"


def every_camera(subject: Up) -> str:
    """Return the filter for what all cameras publish on a subject."""
    return f"{ROOT}/+/up/{subject}"


def parse_topic(name: str) -> Topic:
    """Take a topic apart.

    Raises:
        ValueError: It is not one of ours.
    """
    parts = name.removeprefix(f"{ROOT}/").split("/") if name.startswith(f"{ROOT}/") else []
    match parts:
        case [camera, "up", subject] if is_camera_id(camera) and subject in _SUBJECTS["up"]:
            return Topic(camera, "up", Up(subject))
        case [camera, "down", subject] if is_camera_id(camera) and subject in _SUBJECTS["down"]:
            return Topic(camera, "down", Down(subject))
    raise ValueError(f"{name!r} is not a topic of Lapel")
