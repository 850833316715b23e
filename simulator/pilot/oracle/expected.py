"""What a reader of the script expects the fleet to say in the end: of visits, incidents, footage. Pure.

Rules of how long footage is kept, as the fleet promises them (F3), and reckoned here apart from it:

* six months from the day of the visit, twelve where an incident was opened with it; the last day counts to
  its end;
* while a request is open to which it is linked, and while it is restricted, for ever;
* for seven days more once what held it ended;
* what is erased upon a request goes on the day of that decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from simulator.pilot.oracle.reckoning import DAY, months_on
from simulator.pilot.script.request_steps import EraseFootage, LinkFootage
from simulator.pilot.script.visit_lines import CONSENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.pilot.script.model import PilotRequest, PilotScript
    from simulator.pilot.script.visit_lines import PilotVisit

MONTHS: Final = {False: 6, True: 12}
"""For how long, without an incident and with one."""
SLIP: Final = timedelta(days=7)
STANDINGS: Final = {"in time": "sent", "late": "late", "none": "without"}
"""How a visit stands with its notice afterwards, by when that was sent."""
WITH_REASON: Final = ("not asked", "overridden")
"""What is said at the door that has a reason in the end."""


@dataclass(frozen=True, slots=True)
class ExpectedVisit:
    """What has to be told of a visit.

    Attributes:
        notice: How it stands with its notice.
        consent: What counts of what was said; None where nothing was.
        said: All that was said, in order.
        with_reason: Which of that has its reason.
        called_off: Whether it was called off.
    """

    notice: str
    consent: str | None
    said: tuple[str, ...]
    with_reason: tuple[str, ...]
    called_off: bool


@dataclass(frozen=True, slots=True)
class ExpectedFootage:
    """What has to become of a recording.

    Attributes:
        visit: Whose.
        gone_on: The day on which it is deleted; None where it is still there on the last day.
        why: In words.
    """

    visit: str
    gone_on: date | None
    why: str


def expected_visit(visit: PilotVisit) -> ExpectedVisit:
    """Return what has to be told of a visit once it is over."""
    said = CONSENTS[visit.consent]
    counts = [each for each in said if each != "asked for"]
    return ExpectedVisit(
        notice="needless" if visit.called_off else STANDINGS[visit.notice],
        consent=counts[-1] if counts else None,
        said=said,
        with_reason=tuple(each for each in said if each in WITH_REASON),
        called_off=visit.called_off,
    )


def expected_footage(script: PilotScript, visit: PilotVisit) -> ExpectedFootage:
    """Return what has to become of a visit's recording by the last day of the script."""
    erased = next(_erased(script, visit.name), None)
    if erased is not None:
        return ExpectedFootage(visit.name, erased, f"it was erased upon a request on {erased}")
    shows = any(visit.name in each.visits for each in script.incidents)
    last = months_on(visit.day, MONTHS[shows])
    why = f"{MONTHS[shows]} months {'with' if shows else 'without'} an incident from {visit.day}"
    for request in script.requests:
        span = held_by(request, visit.name)
        if span is None:
            continue
        _begins, ends = span
        if ends is None:
            return ExpectedFootage(visit.name, None, f"request {request.name} holds it still")
        if ends + SLIP > last:
            last = ends + SLIP
            why = f"{SLIP.days} days from {ends}, when request {request.name} let it go"
    if last >= script.looks_until:
        return ExpectedFootage(visit.name, None, f"{why}: its last day is {last}")
    return ExpectedFootage(visit.name, last + DAY, why)


def held_by(request: PilotRequest, visit: str) -> tuple[date, date | None] | None:
    """Return from when until when a request holds a visit's recording: None for the end while it does."""
    linked = next(
        (
            step.on
            for step in request.steps
            if isinstance(step, LinkFootage) and visit in step.visits and not step.refused
        ),
        None,
    )
    if linked is None:
        return None
    closed = next((step.on for step in request.steps if step.do == "close" and not step.refused), None)
    restricted = any(step.do == "restrict" and not step.refused for step in request.steps)
    lifted = next(
        (
            step.on
            for step in request.steps
            if getattr(step, "letter", "") == "restriction-ends" and not step.refused
        ),
        None,
    )
    if closed is None or (restricted and lifted is None):
        return linked, None
    return linked, max(closed, lifted) if lifted is not None else closed


def _erased(script: PilotScript, visit: str) -> Iterator[date]:
    for request in script.requests:
        for step in request.steps:
            if isinstance(step, EraseFootage) and visit in step.visits and not step.refused:
                yield step.on
