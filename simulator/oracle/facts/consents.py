"""What is there of consent events when a run is over: on each camera, and at the fleet. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.consent import ConsentSaid


class ConsentPlace(StrEnum):
    """Where a consent event was found."""

    CAMERA = "on its camera"
    FLEET = "at the fleet"


@dataclass(frozen=True, slots=True)
class FoundConsent:
    """One consent event's file.

    Attributes:
        camera: What the fleet calls the camera in whose place it is.
        where: Where it is.
        file: What it is called there.
        problem: What is wrong with it; empty of one that its camera signed under the fleet's authority.
        number: Its number; None of one that cannot be read.
        said: What it says.
        recording: The recording that it says was under way.
        digest: Of what was signed.
    """

    camera: str
    where: ConsentPlace
    file: str
    problem: str = ""
    number: int | None = None
    said: ConsentSaid | None = None
    recording: str | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class FoundConsents:
    """All that was found.

    Attributes:
        events: Every file.
        breaks: What a camera's events contradict or lack between them, in sentences, by the camera.
        unread: The cameras on whose card nobody looked, as it is no card of the simulator's.
        trouble: Why the fleet's could not be looked at; empty where they could.
    """

    events: tuple[FoundConsent, ...] = ()
    breaks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    trouble: str = ""

    def of(self, camera: str) -> tuple[FoundConsent, ...]:
        """Those of a camera."""
        return tuple(each for each in self.events if each.camera == camera)


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """What the fleet has of a word that was said on a phone.

    Attributes:
        kind: What was said.
        wording: Which text was read to them; empty for none.
        signed_by: Which camera signed it; None where none has.
    """

    kind: str
    wording: str
    signed_by: str | None
