"""What a pilot is played on, and what is noted of it while it is played."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from simulator.cameras.camera import VirtualCamera
    from simulator.fleet.api import FleetApi
    from simulator.pilot.desk import PilotDesk
    from simulator.pilot.oracle.seen import ActFault, SeenClock
    from simulator.pilot.script.model import PilotScript


@dataclass(frozen=True, slots=True)
class PilotEvent:
    """Something that was done, or that did not come about: when, in seconds since the run began, and what."""

    at_s: float
    sentence: str
    camera: str | None = None


@dataclass(slots=True)
class VisitFootage:
    """A recording that was made on a visit, and what was seen of it at each noon.

    Attributes:
        id: What the fleet calls it; empty until it has heard of it.
        held: Whether the fleet gave its receipt in time.
        last_there: The last noon at which it was there.
        first_gone: The first at which it was gone.
    """

    id: str
    held: bool = False
    last_there: date | None = None
    first_gone: date | None = None


@dataclass(slots=True)
class PilotNotes:
    """What is noted while a pilot is played.

    Attributes:
        acts: How many acts were tried.
        faults: Those that did not come about.
        events: What was done.
        visits: What the fleet calls each visit, by the script's name.
        footage: What was recorded, by the visit's name.
        incidents: What the fleet calls each incident, in the order in which they were opened.
        requests: What the fleet calls each request, by the script's name.
        clocks: What the clock of each showed after each step.
    """

    acts: int = 0
    faults: list[ActFault] = field(default_factory=list)
    events: list[PilotEvent] = field(default_factory=list)
    visits: dict[str, str] = field(default_factory=dict)
    footage: dict[str, VisitFootage] = field(default_factory=dict)
    incidents: list[str] = field(default_factory=list)
    requests: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, list[SeenClock]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PilotContext:
    """Fleet, people and cameras of a pilot, on one clock.

    Attributes:
        script: What is played.
        desk: The people at the fleet.
        api: The fleet's API as a program asks it.
        cameras: The camera that each officer wears, by number.
        seconds: Seconds since the run began.
        utc: The wall time.
        pass_by: Lets so many seconds pass.
        until: Lets time pass until something holds, or so many seconds at most; returns whether it does.
        draw: Draws what the script leaves open.
        notes: What is noted.
    """

    script: PilotScript
    desk: PilotDesk
    api: FleetApi
    cameras: Mapping[int, VirtualCamera]
    seconds: Callable[[], float]
    utc: Callable[[], datetime]
    pass_by: Callable[[float], None]
    until: Callable[[Callable[[], bool], float], bool]
    draw: random.Random
    notes: PilotNotes = field(default_factory=PilotNotes)

    def told(self, sentence: str, camera: str | None = None) -> None:
        """Note what was done."""
        self.notes.events.append(PilotEvent(self.seconds(), sentence, camera))

    def recording_of(self, visit: str) -> str:
        """Return what the fleet calls a visit's recording; empty where none was made."""
        made = self.notes.footage.get(visit)
        return "" if made is None else made.id
