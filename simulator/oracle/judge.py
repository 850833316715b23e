"""The whole judgement of a run. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.oracle.accounts import account
from simulator.oracle.check import Check, Result
from simulator.oracle.commands import commands
from simulator.oracle.places import places
from simulator.oracle.promises import check_promises
from simulator.oracle.sameness import same

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.oracle.asked import Promises
    from simulator.oracle.history import History
    from simulator.oracle.timings import Timings
    from simulator.oracle.world import World


@dataclass(frozen=True, slots=True)
class Case:
    """What there is to judge.

    Attributes:
        promises: What the scenario promises.
        cameras: What the fleet calls each camera, by the scenario's name for it.
        window_s: How much pre-record a camera keeps, in seconds.
        history: What was asked for, and what was answered.
        world: What is there at the end.
        timings: How long things took, by the recording's id.
        receipts: The ids of the recordings for which a camera was seen to have a receipt.
    """

    promises: Promises
    cameras: Mapping[str, str]
    window_s: int
    history: History
    world: World
    timings: Mapping[str, Timings] = field(default_factory=dict)
    receipts: frozenset[str] = frozenset()


def judge(case: Case) -> tuple[Check, ...]:
    """Judge everything: first what is acknowledged, then what is the same, then what was promised."""
    found = places(case.history, case.world)
    checks = [
        *account(case.history, case.world, found),
        *commands(case.history, case.world, found),
        *same(case.history, case.world, found, case.receipts),
        *check_promises(case.promises, case.cameras, found, case.timings, window_s=case.window_s),
    ]
    if case.world.fleet is None:
        said = f"the fleet could not be asked: {case.world.trouble}"
        checks.append(Check("fleet", Result.NOT_EVALUATED, said, promise="the fleet answers"))
    return tuple(checks)


def passed(checks: Sequence[Check]) -> bool:
    """Whether all that was asked for was judged and held; a run that checked nothing has not passed."""
    asked = [each for each in checks if each.asked]
    return bool(asked) and all(each.passed for each in asked) and not broken(checks)


def broken(checks: Sequence[Check]) -> tuple[Check, ...]:
    """What did not hold."""
    return tuple(each for each in checks if each.result is Result.BROKEN)


def not_evaluated(checks: Sequence[Check]) -> tuple[Check, ...]:
    """What was asked for and could not be judged."""
    return tuple(each for each in checks if each.result is Result.NOT_EVALUATED and each.asked)
