"""How a complaint ended, as a pilot's reader expects it in the letter and in the register."""

from __future__ import annotations

import pytest

from simulator.pilot.oracle.letters import expected_letters
from simulator.pilot.oracle.register import request_lines
from simulator.scenario.load import load_scenario


@pytest.mark.parametrize(
    ("outcome", "in_letter", "in_register"),
    [
        ("upheld", "we uphold your complaint.", "Upheld"),
        ("partly-upheld", "we uphold your complaint in part.", "Upheld in part"),
        ("not-upheld", "we do not uphold your complaint.", "Not upheld"),
    ],
)
def test_a_complaint_ends_as_its_script_says(outcome: str, in_letter: str, in_register: str) -> None:
    script = load_scenario("pilot_month").pilot
    assert script is not None
    request = next(each for each in script.requests if each.kind == "complaint")
    steps = [
        each.model_copy(update={"outcome": outcome}) if getattr(each, "outcome", None) else each
        for each in request.steps
    ]
    changed = request.model_copy(update={"steps": steps})
    letters = expected_letters(changed, "REQ-2026-0001", script.landlord)
    assert (in_letter, "how the complaint ended") in letters[-1].says
    others = [changed if each is request else each for each in script.requests]
    lines = list(request_lines(script.model_copy(update={"requests": others})))
    assert [each["Outcome"] for each in lines if each["Kind"] == "Complaint"] == [in_register]
