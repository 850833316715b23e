"""What the fleet was seen to say during a pilot and in the end: plain facts. Pure.

Rule: what could not be looked at is None, and is never taken for what was not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class SeenVisit:
    """A visit as the fleet tells of it.

    Attributes:
        tenancy: Of which tenancy.
        place: Where.
        purpose: What for.
        begins: When it begins.
        minutes: How long it is planned to last.
        officer: The officer's name.
        notice: How it stands with its notice.
        consent: What counts of what was said.
        said: All that was said, in order: each kind, and its reason.
        cancelled: Whether it was called off.
        shows: Whether its page names its recording; None where nothing was recorded.
    """

    tenancy: str
    place: str
    purpose: str
    begins: datetime
    minutes: int
    officer: str
    notice: str
    consent: str | None
    said: tuple[tuple[str, str], ...]
    cancelled: bool
    shows: bool | None = None


@dataclass(frozen=True, slots=True)
class SeenFootage:
    """A recording as it was seen day by day.

    Attributes:
        held: Whether the fleet gave its receipt for it within ten minutes of the stop.
        last_there: The last noon at which it was there; None for never.
        first_gone: The first noon at which it was gone; None for never.
        decided: The day on which its deletion was decided, by the word of its certificate; None without one.
        trouble: Why its certificate does not do, in words.
    """

    held: bool
    last_there: date | None = None
    first_gone: date | None = None
    decided: date | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SeenIncident:
    """An incident as the fleet tells of it: its category, and the visits whose recordings it has."""

    category: str
    visits: frozenset[str]


@dataclass(frozen=True, slots=True)
class SeenClock:
    """What a request's clock showed after a step.

    Attributes:
        after: How many of the request's steps were done.
        phase: What the clock did.
        due: The last day in time.
    """

    after: int
    phase: str
    due: date | None


@dataclass(frozen=True, slots=True)
class SeenLetter:
    """A letter as it was kept."""

    letter: str
    dated: date
    method: str
    text: str


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as the fleet tells of it.

    Attributes:
        reference: What people call it.
        clocks: What its clock showed after it was written down, and after each step.
        acknowledged: The day on which a complaint was acknowledged.
        answered: The day on which it was answered.
        closed: Whether it is closed.
        letters: The letters about it; None where they could not be looked at.
    """

    reference: str
    clocks: tuple[SeenClock, ...]
    acknowledged: date | None = None
    answered: date | None = None
    closed: bool = False
    letters: tuple[SeenLetter, ...] | None = None


@dataclass(frozen=True, slots=True)
class ActFault:
    """An act that did not come about as the script says: what, and what came of it."""

    act: str
    came: str


Lines = tuple[Mapping[str, str], ...]
"""The lines of a register, each by the names of its columns."""


@dataclass(frozen=True, slots=True)
class PilotSeen:
    """Everything that was seen. What is None, or lacks, was not looked at.

    Attributes:
        acts: How many acts were tried.
        faults: Those that did not come about.
        visits: The visits, by the script's name.
        footage: The recordings, by the visit's name.
        incidents: The incidents, in the order in which they were opened.
        requests: The requests, by the script's name.
        request_lines: The register of requests.
        release_lines: The register of releases.
    """

    acts: int = 0
    faults: tuple[ActFault, ...] = ()
    visits: Mapping[str, SeenVisit] | None = None
    footage: Mapping[str, SeenFootage] = field(default_factory=dict)
    incidents: tuple[SeenIncident, ...] | None = None
    requests: Mapping[str, SeenRequest] = field(default_factory=dict)
    request_lines: Lines | None = None
    release_lines: Lines | None = None
