"""A pilot up to a moment: what was done until then, and what pages have to say of it, from the script alone.

Nothing here is asked of the fleet: words, days and who may see what are written down a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from simulator.pilot.agenda import (
    CallOff,
    KnockAtDoor,
    OpenIncident,
    PilotAct,
    PlanVisits,
    SayWhy,
    SendNotice,
    TakeRequest,
    TakeStep,
    agenda_of,
)
from simulator.pilot.oracle.expected import MONTHS, SLIP, expected_footage, expected_visit, held_by
from simulator.pilot.oracle.reckoning import clock_after, months_on
from simulator.pilot.oracle.register import (
    ANSWERS,
    KINDS,
    OUTCOMES,
    in_order,
    release_references,
    release_steps,
    request_references,
)
from simulator.pilot.script.model import PilotRequest, PilotScript
from simulator.pilot.script.request_steps import CloseRequest, SendLetter
from simulator.pilot.script.visit_lines import SITE, PilotVisit

CONSENT = {
    "given": "Agreed to be recorded",
    "refused": "Refused to be recorded",
    "withdrawn": "No longer agrees",
    "not asked": "Nobody was asked",
    "overridden": "Recorded without consent, for safety",
}
CATEGORIES = {
    "threat": "Threat or abuse",
    "violence": "Violence",
    "damage": "Damage",
    "antisocial": "Anti-social behaviour",
}
DAY = timedelta(days=1)
SILENT = timedelta(days=7)
"""About a request that came longer ago somebody should have written."""


@dataclass(frozen=True)
class SoFar:
    """A script up to a moment.

    Attributes:
        script: The script, whole.
        begins: The day on which the run begins.
        at: The moment, at the site.
    """

    script: PilotScript
    begins: date
    at: datetime

    def agenda(self, script: PilotScript, begins: date) -> tuple[PilotAct, ...]:
        """Return the acts until then, for a run that stops there."""
        return tuple(each for each in agenda_of(script, begins) if each.at <= self.at)

    @cached_property
    def cut(self) -> PilotScript:
        """The script with no more of requests and incidents than came about."""
        done: dict[str, int] = {}
        incidents = []
        for act in self._acts:
            if isinstance(act, TakeRequest):
                done[act.request.name] = 0
            elif isinstance(act, TakeStep):
                done[act.request.name] = act.done
            elif isinstance(act, OpenIncident):
                incidents.append(act.incident)
        requests = tuple(
            each.model_copy(update={"steps": each.steps[: done[each.name]]})
            for each in self.script.requests
            if each.name in done
        )
        return self.script.model_copy(update={"requests": requests, "incidents": tuple(incidents)})

    @cached_property
    def planned(self) -> tuple[PilotVisit, ...]:
        """The visits that are planned by then, in the order of the clock and then of the place's name."""
        found = [each for act in self._acts if isinstance(act, PlanVisits) for each in act.visits]
        return tuple(sorted(found, key=lambda each: each.begins))

    @cached_property
    def recorded(self) -> tuple[PilotVisit, ...]:
        """The visits that were recorded, the newest first."""
        found = [each for each in self.planned if each.recorded and each.name in self._met]
        return tuple(reversed(found))

    def visits_on(self, day: date) -> list[str]:
        """Return the lines of the list of visits of a day, in no order among those of one time."""
        return [
            _line(f"{_clock(each)} {each.place} {self.notice(each)}", *self._of(each, each.officer))
            for each in self.planned
            if each.day == day
        ]

    def own_visits(self, officer: int) -> list[str]:
        """Return the lines of an officer's own list: from yesterday on, and a week ahead."""
        first, last = self.at.date() - DAY, self.at.date() + 6 * DAY
        return [
            _line(f"{_clock(each)} {each.place} {self.notice(each)}", *self._of(each, None))
            for each in self.planned
            if each.officer == officer and first <= each.day <= last
        ]

    def notice(self, visit: PilotVisit) -> str:
        """Say how a visit stands with its notice."""
        if visit.name in self._named(CallOff):
            return "Called off"
        if visit.name in self._named(SendNotice):
            return "Notice sent" if visit.notice == "in time" else "Notice sent late"
        left = visit.begins - self.at
        return "Notice to send" if left > timedelta(hours=self.script.notice_hours) else "No notice"

    def requests(self, *, all_of_them: bool) -> list[str]:
        """Return the lines of the list of requests."""
        references = request_references(self.cut)
        return [
            f"{references[each.name]} {KINDS[each.kind]}, {each.organisation or each.asks} "
            f"Received {_words(each.received)} · {each.owner} {self._stands(each)}"
            for each in in_order(self.cut)
            if all_of_them or not _closed(each)
        ]

    def releases(self) -> list[str]:
        """Return the beginning and the end of each line of the list of releases, the newest first."""
        requests = request_references(self.cut)
        made = zip(release_references(self.cut), release_steps(self.cut), strict=True)
        lines = [
            f"{reference} {step.recipient}{', ' if step.organisation else ''}{step.organisation}"
            f" | {requests[request.name]} | Download begun"
            for reference, (request, step) in made
        ]
        return lines[::-1]

    def incidents(self) -> list[str]:
        """Return category, place and size of each incident, the newest first."""
        places = {each.name: each.place for each in self.planned}
        officers = {each.name: each.officer for each in self.planned}
        lines = []
        for each in sorted(self.cut.incidents, key=lambda one: one.on):
            number, worn = len(each.visits), len({officers[one] for one in each.visits})
            size = f"{number} recording{'s' * (number > 1)} of {worn} camera{'s' * (worn > 1)}"
            lines.append(f"{CATEGORIES[each.category]}, {places[each.visits[0]]} | {size}")
        return lines[::-1]

    def kept(self, visit: PilotVisit) -> tuple[str, str, str]:
        """Return of a recording whose it is, until when it is kept, and its state, as its line says them."""
        today, whose = self.at.date(), f"Officer {visit.officer}"
        gone = expected_footage(self.cut, visit).gone_on
        if gone is not None and gone <= today:
            return "Not kept any more", f"deleted {_words(gone)}", "Deleted"
        spans = [held_by(each, visit.name) for each in self.cut.requests]
        ends = [span[1] for span in spans if span is not None]
        if None in ends:
            return whose, "held", "Safe"
        shows = any(visit.name in each.visits for each in self.cut.incidents)
        last = months_on(visit.day, MONTHS[shows])
        return whose, f"until {_words(max(last, *(each + SLIP for each in ends if each), last))}", "Safe"

    def alerts(self, role: str) -> list[str]:
        """Return what somebody with a role is alerted to of visits and requests: an expression for each."""
        planners = role in ("safety-team", "cctv-manager", "head-of-safety")
        handlers = role in ("cctv-manager", "head-of-safety", "data-protection-officer")
        found: list[str] = []
        if planners:
            found += [
                re.escape(f"The visit of {self._when(each.begins)} is near, and no notice of it is noted.")
                for each in self.planned
                if self.notice(each) == "No notice" and self.at < each.begins <= self.at + DAY
            ]
        if planners or role == "data-protection-officer":
            found += [self._silent(each) for each in self.planned if self._lacks_why(each)]
        if handlers:
            references = request_references(self.cut)
            found += [
                re.escape(sentence)
                for each in in_order(self.cut)
                for sentence in self._pressing(each, references[each.name])
            ]
        return found

    def _pressing(self, request: PilotRequest, reference: str) -> Iterable[str]:
        today = self.at.date()
        due = clock_after(request, request.steps).due
        if _closed(request):
            return
        if due is not None and not _met(request) and due <= today + SILENT:
            yield f"{reference} {'was' if due < today else 'is'} to be answered by {_words(due)}."
        elif not _letters(request) and request.received < today - SILENT:
            yield (
                f"{reference} was received on {_words(request.received)}, and no letter about it was sent."
            )

    def _lacks_why(self, visit: PilotVisit) -> bool:
        late = visit.consent == "overridden, reason later" and visit.name in self._met
        return late and visit.name not in self._named(SayWhy) and visit.begins + DAY < self.at

    def _silent(self, visit: PilotVisit) -> str:
        """A minute may have gone by at the door."""
        times = (visit.begins, visit.begins + timedelta(minutes=1))
        when = "|".join(re.escape(self._when(each)) for each in times)
        return f"Somebody was recorded without consent (?:{when}), and nobody said why\\."

    def _when(self, at: datetime) -> str:
        if at.date() == self.at.date():
            return f"{at:%H:%M}"
        if at.date() == self.at.date() - DAY:
            return f"yesterday {at:%H:%M}"
        return f"{at:%a} {at.day} {at:%b}, {at:%H:%M}"

    def _stands(self, request: PilotRequest) -> str:
        letters = _letters(request)
        answers = [each for each in letters if each.letter in ANSWERS]
        if _closed(request):
            outcome = "refused" if "refusal" in answers[-1].letter else answers[-1].outcome or "granted"
            return f"Closed: {OUTCOMES[outcome].lower()}"
        if answers:
            return f"Answered on {_words(answers[0].on)}"
        acknowledged = [each for each in letters if each.letter == "complaint-received"]
        if acknowledged:
            return f"Acknowledged on {_words(acknowledged[0].on)}"
        clock = clock_after(request, request.steps)
        if clock.due is None:
            phases = {"waiting": "The clock has not started", "paused": "The clock stands still"}
            return phases.get(clock.phase, "No day is set")
        days = (clock.due - self.at.date()).days
        if days < 0:
            return f"Overdue since {_words(clock.due)}"
        return f"Due {ONE_DAY.get(days, f'{_words(clock.due)}, {days} days left')}"

    def _of(self, visit: PilotVisit, officer: int | None) -> tuple[str, ...]:
        told = () if officer is None else (f"Officer {officer}",)
        consent = expected_visit(visit).consent if visit.name in self._met else None
        return (*told, visit.purpose, visit.tenancy, *(() if consent is None else (CONSENT[consent],)))

    @cached_property
    def _acts(self) -> tuple[object, ...]:
        return tuple(each.what for each in self.agenda(self.script, self.begins))

    @cached_property
    def _met(self) -> frozenset[str]:
        """The visits at whose door somebody was."""
        return self._named(KnockAtDoor)

    def _named(self, kind: type[KnockAtDoor | CallOff | SendNotice | SayWhy]) -> frozenset[str]:
        return frozenset(each.visit.name for each in self._acts if isinstance(each, kind))


ONE_DAY = {0: "today", 1: "tomorrow"}


def _line(first: str, *others: str) -> str:
    return f"{first} {' · '.join(others)}"


def _clock(visit: PilotVisit) -> str:
    ends = visit.begins + timedelta(minutes=visit.minutes)
    return f"{visit.begins:%H:%M}\N{EN DASH}{ends.astimezone(SITE):%H:%M}"


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _letters(request: PilotRequest) -> list[SendLetter]:
    return [each for each in request.steps if isinstance(each, SendLetter) and not each.refused]


def _met(request: PilotRequest) -> bool:
    return any(each.letter in (*ANSWERS, "complaint-received") for each in _letters(request))


def _closed(request: PilotRequest) -> bool:
    return any(isinstance(each, CloseRequest) and not each.refused for each in request.steps)
