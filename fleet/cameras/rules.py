"""The rules of enrolment and presence. Pure: time comes from the caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

HEARD_FOR = timedelta(seconds=90)
"""How long a message speaks of the present, whoever notices a silence or does not (F8)."""

_MOST_DIGITS = 9

AHEAD = timedelta(seconds=5)
"""What lies in the future by no more than this is of now: one look is not taken at one instant."""


def is_lately(at: datetime, *, now: datetime, within: timedelta) -> bool:
    """Say whether something was less than ``within`` ago.

    What lies in the future was noted before this service's clock was put back: how long ago it was, nobody
    knows, so it was not lately (F8).
    """
    return -AHEAD <= now - at < within


def room_for_another(*, enrolled: int, limit: int) -> bool:
    """Say whether one more camera may be enrolled; revoked cameras do not count as enrolled."""
    return enrolled < limit


def limit_sentence(limit: int, enrolled: int) -> str:
    """Return what the 16th camera is told; there may be more than the limit, where that was lowered."""
    most = f"{limit} {'camera' if limit == 1 else 'cameras'}"
    return (
        f"This fleet takes at most {most} and has {enrolled}. Take one "
        "that is no longer used out of service on its page, or raise cameras.limit in the configuration "
        "and restart the service."
    )


def camera_id(number: int) -> str:
    """Return the id of the camera with this number: ``cam-01``, …, ``cam-99``, ``cam-100``."""
    return f"cam-{number:02d}"


def camera_number(camera: str) -> int | None:
    """Return the number that a camera's id was made from; None of another id."""
    digits = camera.removeprefix("cam-")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else -1
    return number if number >= 0 and camera_id(number) == camera else None


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of a camera's link.

    Attributes:
        online: whether it counts as connected.
        session: the id of its last known session.
        seen: when it was last heard from, or None.
    """

    online: bool
    session: str
    seen: datetime | None


def heard(
    presence: Presence, *, session: str, online: bool, retained: bool, now: datetime
) -> Presence | None:
    """Return the presence after a status message, or None when the message says nothing new.

    - A message of a session is believed, except a "goodbye" (the will) of a session that is not the last
      known one: it is stale, the camera came back meanwhile.
    - A retained message tells what was, not that the camera is there now: it does not count as being seen.
    - Nor does a will: the broker says it, some time after the camera was last heard (F8).
    """
    if not online and presence.session and session != presence.session:
        return None
    if retained or not online:
        return Presence(online=presence.online and online, session=session, seen=presence.seen)
    return Presence(online=online, session=session, seen=now)


def still_heard(presence: Presence, *, now: datetime) -> bool:
    """Say whether the last message of a camera speaks of the present."""
    return (
        presence.online and presence.seen is not None and is_lately(presence.seen, now=now, within=HEARD_FOR)
    )


def is_silent(presence: Presence, *, after: timedelta, now: datetime) -> bool:
    """Say whether a camera that counts as online has been silent for too long."""
    return presence.online and (presence.seen is None or not is_lately(presence.seen, now=now, within=after))
