"""What a scenario in virtual time cannot have, a pilot among them, found before anything starts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.pilot.faults import script_faults
from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.scenario.language.locate import Path
    from simulator.scenario.model import Scenario

POSSIBLE = frozenset(
    {
        "wait_ring_full",
        "press",
        "stop",
        "bookmark",
        "private",
        "consent",
        "dock",
        "undock",
        "assign",
        "unassign",
        "revoke",
        "hold",
        "release",
        "judge",
        "wait",
        "wait_held",
        "network",
        "card",
        "clock",
        "battery",
        "kill_camera",
        "restart_camera",
        "expect",
        "repeat",
        "random",
    }
)
"""The steps that there are in virtual time."""

LINES = ("good", "slow", "cut")


def time_problems(scenario: Scenario) -> Iterator[Mistake]:
    """Say what needs programs of their own, where cameras and fleet are one."""
    if scenario.pilot is not None:
        yield from _of_pilot(scenario)
    if scenario.run.time == "virtual":
        yield from _of(scenario.steps, ("steps",))
        if scenario.cameras.later:
            yield Mistake(_not("cameras that are enrolled later"), ("cameras", "later"))
        if scenario.fleet.settings:
            yield Mistake(_not("settings of the fleet"), ("fleet", "settings"))
        return
    yield from _on_phones(scenario.steps, ("steps",))
    if scenario.run.begins is not None:
        yield Mistake('a day to begin on is of virtual time alone (run.time = "virtual")', ("run", "begins"))
    if scenario.fleet.deletes:
        said = 'deletion is switched on in virtual time alone, where days go by (run.time = "virtual")'
        yield Mistake(said, ("fleet", "deletes"))


def _of_pilot(scenario: Scenario) -> Iterator[Mistake]:
    if scenario.steps:
        yield Mistake("a scenario has steps or a pilot, and not both", ("steps",))
    if scenario.promises.model_fields_set:
        yield Mistake("a pilot is judged by its own promises; leave these out", ("promises",))
    if scenario.run.time != "virtual":
        yield Mistake('a pilot is played in virtual time (run.time = "virtual")', ("pilot",))
        return
    if not scenario.fleet.deletes:
        yield Mistake("a pilot looks at deletions too: set deletes = true", ("fleet",))
    if scenario.run.begins is None:
        yield Mistake("a pilot has dates: say on which day it begins (run.begins)", ("run",))
    elif scenario.pilot is not None:
        for each in script_faults(scenario.pilot, scenario.run.begins, scenario.cameras.count):
            meant = did_you_mean(each.word, each.known) if each.known else ""
            yield Mistake(each.sentence + meant, ("pilot", *each.path))


def _of(steps: Sequence[Any], path: Path) -> Iterator[Mistake]:
    for position, step in enumerate(steps):
        here = (*path, position)
        if step.do not in POSSIBLE:
            yield Mistake(_not(f"the step {step.do}"), (*here, "do"))
        elif step.do == "network" and not _is_whole(step):
            yield Mistake(_not("such a line: it is good, slow or cut, for all that passes"), here)
        elif step.do == "card" and step.state == "slow":
            yield Mistake(_not("a slow card"), (*here, "state"))
        elif step.do == "repeat":
            yield from _of(step.steps, (*here, "steps"))
        elif step.do == "random":
            for number, choice in enumerate(step.choices):
                yield from _of(choice, (*here, "choices", number))


def _on_phones(steps: Sequence[Any], path: Path) -> Iterator[Mistake]:
    for position, step in enumerate(steps):
        here = (*path, position)
        if getattr(step, "on", "") == "phone":
            said = 'what is said on a phone is said in virtual time alone (run.time = "virtual")'
            yield Mistake(said, (*here, "on"))
        yield from _on_phones(getattr(step, "steps", ()), (*here, "steps"))
        for key in ("branches", "choices"):
            for number, inner in enumerate(getattr(step, key, ())):
                yield from _on_phones(inner, (*here, key, number))


def _is_whole(step: Any) -> bool:  # noqa: ANN401 - a step of the network
    return step.state in LINES and step.line == step.way == "both"


def _not(what: str) -> str:
    return f'in virtual time there is not {what}; leave it out, or run in real time (run.time = "real")'
