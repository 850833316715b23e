"""The vectors of releases: who may do what, and which parts go out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fleet.releases.rules.plan import ChosenSpan, PlannedPart, TrackChoice, plan_release
from fleet.releases.rules.states import ReleaseActor, ReleaseFacts, ReleaseState, ReleaseStep, why_not
from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment

FOLDER = Path(__file__).parents[3] / "vectors" / "releases"
STEPS: list[dict[str, Any]] = json.loads((FOLDER / "steps.json").read_text(encoding="utf-8"))
PLANS: list[dict[str, Any]] = json.loads((FOLDER / "plan.json").read_text(encoding="utf-8"))
ACTORS = {
    "author": ReleaseActor("a", is_person=True),
    "second": ReleaseActor("b", is_person=True),
    "break-glass": ReleaseActor("b", is_person=True, by_break_glass=True),
    "token": ReleaseActor("t", is_person=False),
}


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2027-03-01T{time}").replace(tzinfo=UTC)


@pytest.mark.parametrize("vector", STEPS, ids=lambda each: "-".join(map(str, list(each.values())[:4])))
def test_who_may_do_what(vector: dict[str, Any]) -> None:
    # proves F10, F5
    facts = ReleaseFacts(ReleaseState(vector["state"]), frozenset({"a"}), at("12:00"))
    said = why_not(ReleaseStep(vector["step"]), facts, ACTORS[vector["who"]], at(vector["at"]))
    assert said == vector["why"]


@pytest.mark.parametrize("vector", PLANS, ids=lambda each: each["what"])
def test_which_parts_go_out(vector: dict[str, Any]) -> None:
    # proves F10
    parts = [
        PlannedPart(seq, Track(track), start * 1_000_000, end * 1_000_000)
        for seq, track, start, end in vector["parts"]
    ]
    chosen = [ChosenSpan(begin, end, TrackChoice(tracks)) for begin, end, tracks in vector["chosen"]]
    plan = plan_release(parts, chosen)
    out = {(seq, track) for (seq, track), each in plan.treatments.items() if each is Treatment.UNTOUCHED}
    assert out == {(seq, Track(track)) for seq, track in vector["out"]}
    assert plan.is_empty == (not out)
    in_ranges = {
        (seq, Track(str(track)))
        for track, first, last in plan.ranges()
        for seq in range(int(first), int(last) + 1)
    }
    assert in_ranges == out
