"""A pilot's script: who, which visits, which incidents, which requests, and until when it is looked at. Pure.

Rules:

* Whatever people do has its day, by the site's clocks; nothing is said of what the fleet makes of that, but
  for days on which a reader of the script expects an answer, which are reckoned anew and must agree.
* Nobody is named: officers are ``Officer 1`` onwards, tenancies are references.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.oracle.asked import ScenarioTable
from simulator.pilot.script.request_steps import AnyRequestStep, VisitNames, Words

RIGHTS = ("access", "rectification", "erasure", "restriction", "objection", "portability")
"""What the person recorded asks for."""
OTHERS = ("police", "civil", "court")
"""What others ask for, by forms and orders."""


class PilotLandlord(ScenarioTable):
    """Who runs the fleet, as letters and notices name it.

    Attributes:
        name: The landlord.
        contact: How it is reached.
        complaints: Where one can complain to it.
    """

    name: str = Field(min_length=1, max_length=200)
    contact: str = Field(min_length=1, max_length=1000)
    complaints: str = Field(min_length=1, max_length=1000)


class VisitLines(ScenarioTable):
    """Visits that are planned on one day, a line each; see ``script.visit_lines``.

    Attributes:
        planned: The day on which they are planned, before the first of them.
        by: ``table`` for all at once, as a table is taken in on the page; ``each`` for one after the other.
        lines: The visits, as comma-separated lines under a heading.
    """

    planned: date
    by: Literal["table", "each"] = "table"
    lines: str = Field(min_length=1, max_length=400_000)


class PilotIncident(ScenarioTable):
    """An incident that is opened, with the recordings of visits.

    Attributes:
        on: The day on which it is opened.
        visits: Whose recordings belong to it; it began with the first of them.
        category: What sort it was.
        what: What happened.
        people: Who was in it, by their roles.
    """

    on: date
    visits: VisitNames
    category: Literal[
        "threat", "violence", "damage", "antisocial", "animal", "safeguarding", "injury", "visit",
        "accidental", "other",
    ]  # fmt: skip
    what: Words
    people: tuple[
        Literal[
            "officer", "tenant", "household", "child", "visitor", "neighbour", "contractor", "emergency",
            "unknown",
        ],
        ...,
    ] = Field(default=("officer", "tenant"), strict=False)  # fmt: skip


class PilotRequest(ScenarioTable):
    """Something that somebody asks, and what is done about it.

    Attributes:
        name: What the script calls it.
        kind: What is asked.
        received: The day on which it came and was written down.
        due: The last day in time, once everything was done about it, as the reader of the script expects it;
            None where no day is set.
        channel: How it came.
        asks: Who asks, without a person's name.
        contact: How they are reached.
        what: What they ask for.
        owner: Who answers for it.
        acts_for: For whom they ask; empty for themselves.
        organisation: Of others: for which organisation.
        rank: Of others: the rank or office of who signed.
        theirs: Of others: their reference.
        necessity: Of others: why the footage is necessary.
        signed: Of others: the day on which the form or order was signed.
        named: Of others: the day that they name.
        steps: What is done about it, in order.
    """

    name: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]{0,19}$")]
    kind: Literal[
        "access", "rectification", "erasure", "restriction", "objection", "portability",
        "complaint", "police", "civil", "court",
    ]  # fmt: skip
    received: date
    due: date | None = None
    channel: Literal["letter", "email", "telephone", "in-person", "online", "other"] = "email"
    asks: str = Field(min_length=1, max_length=200)
    contact: str = Field(min_length=1, max_length=1000)
    what: Words
    owner: str = Field(default="Data protection officer", min_length=1, max_length=100)
    acts_for: str = Field(default="", max_length=200)
    organisation: str = Field(default="", max_length=200)
    rank: str = Field(default="", max_length=200)
    theirs: str = Field(default="", max_length=200)
    necessity: str = Field(default="", max_length=2000)
    signed: date | None = None
    named: date | None = None
    steps: tuple[AnyRequestStep, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _organisation_goes_with_others(self) -> PilotRequest:
        if (self.kind in OTHERS) is not bool(self.organisation):
            raise ValueError("organisation is of police, civil and court requests, and they have one")
        return self


class PilotScript(ScenarioTable):
    """A pilot.

    Attributes:
        officers: How many officers there are; the first so many wear the cameras, one each.
        looks_until: The last day; until then it is looked each day at noon what is still there.
        notice_hours: How long before a visit its written notice has to be sent, in hours.
        landlord: Who runs the fleet.
        visits: The visits.
        incidents: The incidents.
        requests: The requests.
    """

    officers: int = Field(ge=1, le=100)
    looks_until: date
    notice_hours: int = Field(default=24, ge=0, le=720)
    landlord: PilotLandlord
    visits: tuple[VisitLines, ...] = Field(strict=False, min_length=1)
    incidents: tuple[PilotIncident, ...] = Field(default=(), strict=False)
    requests: tuple[PilotRequest, ...] = Field(default=(), strict=False)
