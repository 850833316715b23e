"""What is said of acts that did not come about: a fleet that answers otherwise than a script has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

import httpx
import pytest

from simulator.errors import FleetRefusalError, SimulatorError
from simulator.fleet.api import FleetApi
from simulator.pilot.acts import do
from simulator.pilot.agenda import (
    KnockAtDoor,
    LookAtNoon,
    PlanVisits,
    SayWhy,
    TakeRequest,
    TakeStep,
    WhatIsDone,
    agenda_of,
)
from simulator.pilot.context import PilotContext
from simulator.pilot.desk import SIGNED_IN_FOR_S, Colleague, PilotDesk
from simulator.pilot.look import look_at_all
from simulator.pilot.play import name_of, play
from simulator.pilot.script.visit_lines import visits_of
from tests.support.pilots.week import week

SCRIPT = week()
VISITS = {each.name: each for each in visits_of(SCRIPT)}
R3 = SCRIPT.requests[2]
CASE = {"id": "c1", "reference": "REQ-2026-0003", "clock": "running", "due": "2026-12-29"}
Answers = Callable[[httpx.Request], httpx.Response]


class NoFleet(FleetApi):
    """A fleet as a program asks it: it knows officers, and no recording."""

    def __init__(self) -> None:
        self.authority = b""

    def officer(self, name: str) -> str:
        return name

    def officers(self) -> dict[str, str]:
        raise FleetRefusalError("The fleet refused: not now")

    def recordings(self, camera: str | None = None) -> tuple[Any, ...]:
        del camera
        return ()


class Hands:
    """Counts who signed in, on a clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.signed_in: list[str] = []

    def sign_in(self, name: str, roles: tuple[str, ...]) -> tuple[str, str]:
        assert roles
        self.signed_in.append(name)
        return f"session={len(self.signed_in)}", "token"

    def desk(self, answers: Answers) -> PilotDesk:
        return PilotDesk("https://fleet.test", httpx.MockTransport(answers), self.sign_in, lambda: self.now_s)

    def context(self, answers: Answers) -> PilotContext:
        return PilotContext(
            script=SCRIPT,
            desk=self.desk(answers),
            api=NoFleet(),
            cameras=cast("dict[int, Any]", {}),
            seconds=lambda: self.now_s,
            utc=lambda: datetime(2026, 11, 23, 6, 0, tzinfo=UTC),
            pass_by=lambda _seconds: None,
            until=lambda holds, _seconds: holds(),
            draw=random.Random(1),
        )


def refuses(detail: str) -> Answers:
    return lambda _request: httpx.Response(409, json={"detail": detail})


def answers(body: Any) -> Answers:  # noqa: ANN401 - JSON
    return lambda _request: httpx.Response(200, json=body)


def came_of(what: WhatIsDone, context: PilotContext) -> str:
    with pytest.raises((SimulatorError, KeyError)) as raised:
        do(what, context)
    return str(raised.value)


def step_of(number: int, **more: Any) -> TakeStep:  # noqa: ANN401 - fields
    step = R3.steps[number - 1].model_copy(update=more)
    return TakeStep(R3, step, number)


def asked_of(context: PilotContext) -> PilotContext:
    context.notes.requests[R3.name] = "c1"
    return context


def test_a_step_that_has_to_be_refused_is_a_fault_where_it_is_not() -> None:
    # proves F10
    context = asked_of(Hands().context(answers(CASE)))
    assert came_of(step_of(2), context) == "the fleet did not refuse it"


def test_a_refusal_has_to_say_what_the_script_says() -> None:
    # proves F10
    said = came_of(step_of(2), asked_of(Hands().context(refuses("Not today."))))
    assert said.startswith('it was refused, and does not say "held": The fleet refused POST')
    assert said.endswith("/erase: Not today.")


def test_a_refusal_that_nobody_expects_is_a_fault() -> None:
    said = came_of(step_of(3), asked_of(Hands().context(refuses("Not today."))))
    assert said.endswith("/letters: Not today.")


def test_a_request_that_was_not_written_down_has_no_steps() -> None:
    assert came_of(step_of(3), Hands().context(answers(CASE))) == "request R3 was not written down"


def test_a_refusal_without_words_is_told_by_its_status() -> None:
    said = came_of(TakeRequest(R3), Hands().context(lambda _request: httpx.Response(500, text="oh")))
    assert said == "The fleet refused POST /api/v1/requests: status 500"


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ('<div role="alert">Line 2: that is &lt;wrong&gt;</div>', "Line 2: that is <wrong>"),
        ("<title>A table</title>", "A table"),
        ("again", "it shows the table again"),
    ],
)
def test_a_table_that_is_not_taken_says_why(page: str, says: str) -> None:
    context = Hands().context(lambda _request: httpx.Response(200, text=page))
    said = came_of(PlanVisits((VISITS["V01"],), at_once=True), context)
    assert said == f"the fleet did not take the table of visits: {says}"


def test_a_visit_of_the_table_that_the_fleet_does_not_tell_of_is_named() -> None:
    def fleet(request: httpx.Request) -> httpx.Response:
        return httpx.Response(303) if request.method == "POST" else httpx.Response(200, json=[])

    said = came_of(PlanVisits((VISITS["V01"],), at_once=True), Hands().context(fleet))
    assert said == "the fleet does not tell of visit V01, which was in the table"


def test_a_reason_without_an_override_is_a_fault() -> None:
    context = Hands().context(answers([]))
    context.notes.visits["V07"] = "v7"
    said = came_of(SayWhy(VISITS["V07"]), context)
    assert said == "visit V07 has no override whose reason could be given"


def test_somebody_signs_in_anew_before_a_fleet_asks_who_they_are() -> None:
    hands = Hands()
    desk = hands.desk(answers({}))
    for now_s in (0.0, SIGNED_IN_FOR_S, SIGNED_IN_FOR_S + 1):
        hands.now_s = now_s
        desk.get(Colleague.DPO, "/requests")
    desk.get(Colleague.MANAGER, "/releases")
    names = ["Data protection officer", "Data protection officer", "CCTV manager"]
    assert hands.signed_in == names


def test_whatever_fails_is_noted_and_the_rest_goes_on() -> None:
    # proves F10
    context = Hands().context(refuses("Not today."))
    days: list[date] = []
    play(context, date(2026, 11, 23), lambda day, _number, _acts: days.append(day))
    acts = [each.what for each in agenda_of(SCRIPT, date(2026, 11, 23))]
    tried = [each for each in acts if not isinstance(each, LookAtNoon)]
    assert context.notes.acts == len(tried)
    silent = "KnockAtDoor of visit V08"  # nothing was said there, so nothing is asked of the fleet
    names = [name_of(each) for each in tried]
    assert [each.act for each in context.notes.faults] == [each for each in names if each != silent]
    assert days == sorted(set(days))
    assert "KnockAtDoor of visit V03" in {each.act for each in context.notes.faults}
    assert name_of(KnockAtDoor(VISITS["V03"])) == "KnockAtDoor of visit V03"
    assert name_of(step_of(2)) == "TakeStep of request R3, erase on 2026-11-27"


def test_what_does_not_answer_is_left_as_not_looked_at() -> None:
    # proves F10
    context = Hands().context(refuses("Not today."))
    asked_of(context)
    seen = look_at_all(context)
    assert (seen.visits, seen.incidents, seen.request_lines, seen.release_lines) == (None, None, None, None)
    assert seen.requests == {}
    assert seen == replace(seen, footage={})
