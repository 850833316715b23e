"""The whole judgement of a run. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.oracle.accounts import account
from simulator.oracle.bad_day.damaged import damage_checks
from simulator.oracle.bad_day.limits import limit_checks
from simulator.oracle.bad_day.losses import loss_checks
from simulator.oracle.bad_day.overrides import mark_checks
from simulator.oracle.bad_day.revoked import revoked_checks
from simulator.oracle.bad_day.seen import seen_checks
from simulator.oracle.bad_day.strangers import stranger_checks
from simulator.oracle.bad_day.unconfirmed import unconfirmed_checks
from simulator.oracle.check import Check, Result
from simulator.oracle.commands import commands
from simulator.oracle.door.entries import entry_checks
from simulator.oracle.door.said import said_at_door_checks
from simulator.oracle.places import places
from simulator.oracle.promises import check_promises
from simulator.oracle.retention.deletions import DeletionCase, deletion_checks, gone_checks
from simulator.oracle.retention.said import said_checks
from simulator.oracle.sameness import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.asked import Promises
    from simulator.oracle.facts.timings import Timings
    from simulator.oracle.history import History
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.retention.last_day import RunTimes
    from simulator.oracle.world import World


@dataclass(frozen=True, slots=True)
class Case:
    """What there is to judge.

    Attributes:
        promises: What the scenario promises.
        cameras: What the fleet calls each camera, by the scenario's name for it.
        windows: How much pre-record each camera keeps, by what the fleet calls it, in seconds.
        history: What was asked for, and what was answered.
        world: What is there at the end.
        timings: How long things took, by the recording's id.
        receipts: The ids of the recordings for which a camera was seen to have a receipt.
        lost: When a camera lost its power or was destroyed while it recorded, by the recording's id, in
            seconds since the run began.
        alerts: What the fleet was seen to say of each camera, by what it calls it.
        refusals: How many steps were refused as expected.
        before: The last number that each camera had used before the run, by what the fleet calls it.
        run: When the run was; None where that is not known.
        gone: When the fleet was first seen to delete a recording, by its id, in seconds since the run began.
        arrived: When its camera had each recording's receipt, likewise.
        odd_clocks: The cameras whose own clock was changed, by what the fleet calls them.
    """

    promises: Promises
    cameras: Mapping[str, str]
    windows: Mapping[str, int]
    history: History
    world: World
    timings: Mapping[str, Timings] = field(default_factory=dict)
    receipts: frozenset[str] = frozenset()
    lost: Mapping[str, float] = field(default_factory=dict)
    alerts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refusals: int = 0
    before: Mapping[str, int] = field(default_factory=dict)
    run: RunTimes | None = None
    gone: Mapping[str, float] = field(default_factory=dict)
    arrived: Mapping[str, float] = field(default_factory=dict)
    odd_clocks: frozenset[str] = frozenset()

    @property
    def deletions(self) -> DeletionCase:
        """What deletions are judged by."""
        return DeletionCase(
            self.history, self.run, self.gone, self.arrived, self.promises.gone_within_s, self.odd_clocks
        )


def judge(case: Case) -> tuple[Check, ...]:
    """Judge everything: first what is acknowledged, then what is the same, then what was promised."""
    deletions = case.deletions
    found = tuple(
        replace(each, deleted=deletions.went_rightly(each) is True)
        for each in places(case.history, case.world)
    )
    sound = tuple(each for each in found if not each.damaged)
    checks = [
        *account(case.history, case.world, sound),
        *commands(case.history, case.world, found),
        *same(case.history, case.world, found, case.receipts),
        *check_promises(case.promises, case.cameras, found, case.timings, case.windows, before=case.before),
        *revoked_checks(case.history, found),
        *damage_checks(found),
        *mark_checks(case.history, found),
        *unconfirmed_checks(case.history, found),
        *stranger_checks(case.history, case.world, found),
        *said_checks(case.history, found),
        *said_at_door_checks(case.history, case.world, found),
        *entry_checks(case.history, case.world),
        *deletion_checks(deletions, found),
        *seen_checks(case.promises, case.cameras, case.alerts, case.refusals),
        *_bounds(case, sound),
    ]
    if case.world.fleet is None:
        said = f"the fleet could not be asked: {case.world.trouble}"
        checks.append(Check("fleet", Result.NOT_EVALUATED, said, promise="the fleet answers"))
    return tuple(checks)


def _bounds(case: Case, found: tuple[RecordingPlaces, ...]) -> Iterator[Check]:
    """What bounds were asked for; one for which there was nothing to judge is not evaluated."""
    checks = [
        *limit_checks(case.promises, found, case.timings),
        *loss_checks(case.promises, found, case.lost),
        *gone_checks(case.deletions, found),
    ]
    yield from checks
    judged_already = {each.promise for each in checks}
    for key in case.promises.bounds:
        if key not in judged_already:
            said = f"{key} could not be judged: there was no recording that it speaks of"
            yield Check(key, Result.NOT_EVALUATED, said, promise=key)


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
