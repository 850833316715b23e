"""Who acts: a signed-in user, a program with a token, a camera, or the fleet itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The roles of the design's table of people; one user may have several."""

    OFFICER = "officer"
    SAFETY_TEAM = "safety-team"
    CCTV_MANAGER = "cctv-manager"
    HEAD_OF_SAFETY = "head-of-safety"
    DATA_PROTECTION_OFFICER = "data-protection-officer"
    ADMINISTRATOR = "administrator"


class ActorKind(StrEnum):
    """What sort of actor."""

    USER = "user"
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    CAMERA = "camera"
    FLEET = "fleet"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        kind: what sort of actor.
        id: its id in its table, or the camera id.
        name: the name shown to people and kept in the audit log.
        roles: what decides what it may do.
        csrf: for a user in a browser, the token that its forms must carry (``csrf_token`` field or
            ``X-CSRF-Token`` header); empty for others.
        lacks_second: for a user who has to set up a second factor before anything else.
        by_break_glass: for a user who was let in by break-glass (``fleet.people.break_glass``).
        confirmed: for a user in a browser, when they last showed who they are (``fleet.people.confirming``);
            None for others. As with the address, actors that differ in it are equal.
        address: where the request came from, as this service saw it; empty where there was none, as on the
            command line. It says nothing of who acts, so two actors that differ in it are equal.
    """

    kind: ActorKind
    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    csrf: str = ""
    lacks_second: bool = False
    by_break_glass: bool = False
    confirmed: datetime | None = field(default=None, compare=False)
    address: str = field(default="", compare=False)

    def at(self, address: str) -> Actor:
        """Return the actor as they act from an address."""
        return replace(self, address=address)

    @property
    def label(self) -> str:
        """The actor in the audit log, as ``user:Officer 1``."""
        named = f"{self.kind}:{self.name}" if self.name else str(self.kind)
        return f"{named} (break-glass)" if self.by_break_glass else named


FLEET = Actor(ActorKind.FLEET, "fleet", "")
"""The service itself, for what it does of its own accord."""

OPERATOR = Actor(ActorKind.FLEET, "operator", "command line")
"""Whoever can run ``lapel-fleet`` on the state folder."""

ANONYMOUS = Actor(ActorKind.ANONYMOUS, "", "")
"""Somebody not signed in, for failed sign-ins."""


def camera_actor(camera: str) -> Actor:
    """Return the actor for a camera that showed who it is."""
    return Actor(ActorKind.CAMERA, camera, camera)
