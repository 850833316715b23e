"""A plan while people work on it: with what was done, so that it can be undone and done again. Pure.

Each step of the history holds what it changed, before and after, and nothing else. The oldest steps are
forgotten once there are ``MOST_STEPS``: they stay done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from fleet.redaction.rules.mask import Mask
from fleet.redaction.rules.plan import Fill, Muting, RedactionPlan, Widening
from fleet.redaction.rules.refusal import RedactionRefusalError

MOST_STEPS = 200
_Item = TypeVar("_Item", Mask, Muting)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What one step changed: each by its number, with None where there was none, or is none any more.

    Attributes:
        masks: before and after.
        mutes: likewise.
        widening: likewise.
        fill: likewise.
    """

    masks: Mapping[int, tuple[Mask | None, Mask | None]]
    mutes: Mapping[int, tuple[Muting | None, Muting | None]]
    widening: tuple[Widening, Widening]
    fill: tuple[Fill, Fill]

    @classmethod
    def from_to(cls, before: RedactionPlan, after: RedactionPlan) -> PlanChange:
        """Return what differs between two plans."""
        return cls(
            _changed(before.masks, after.masks),
            _changed(before.mutes, after.mutes),
            (before.widening, after.widening),
            (before.fill, after.fill),
        )

    def applied(self, plan: RedactionPlan, *, side: int) -> RedactionPlan:
        """Return a plan with what this changed as it was before (side 0) or after (side 1)."""
        return RedactionPlan(
            _put(plan.masks, {number: each[side] for number, each in self.masks.items()}),
            _put(plan.mutes, {number: each[side] for number, each in self.mutes.items()}),
            self.widening[side],
            self.fill[side],
        )


@dataclass(frozen=True, slots=True)
class RedactionDraft:
    """A plan that is worked on.

    Attributes:
        plan: as it is now.
        steps: what was done, oldest first; some of it may be undone.
        done: how many of the steps are done.
        last_number: the highest number that a mask or mute ever had here.
    """

    plan: RedactionPlan
    steps: tuple[PlanChange, ...] = ()
    done: int = 0
    last_number: int = 0

    def __post_init__(self) -> None:
        if len(self.steps) > MOST_STEPS or not 0 <= self.done <= len(self.steps):
            raise RedactionRefusalError(f"A draft has at most {MOST_STEPS} steps that can be undone.")
        if not _highest(self.plan) <= self.last_number < 2**31:
            raise RedactionRefusalError("A mask or mute has a number that was not given yet.")

    @property
    def next_number(self) -> int:
        """For the next mask or mute: no number is given twice, not even after an undo."""
        return self.last_number + 1

    def changed(self, plan: RedactionPlan) -> RedactionDraft:
        """Return the draft with another plan as its next step; what was undone cannot be done again then."""
        steps = (*self.steps[: self.done], PlanChange.from_to(self.plan, plan))[-MOST_STEPS:]
        return RedactionDraft(plan, steps, len(steps), max(self.last_number, _highest(plan)))

    def undone(self) -> RedactionDraft:
        """Return the draft as it was before the last step.

        Raises:
            RedactionRefusalError: nothing is left to undo.
        """
        if not self.done:
            raise RedactionRefusalError("There is nothing to undo.")
        plan = self.steps[self.done - 1].applied(self.plan, side=0)
        return replace(self, plan=plan, done=self.done - 1)

    def done_again(self) -> RedactionDraft:
        """Return the draft as it was before the last undo.

        Raises:
            RedactionRefusalError: nothing was undone since the last step.
        """
        if self.done == len(self.steps):
            raise RedactionRefusalError("There is nothing to do again.")
        plan = self.steps[self.done].applied(self.plan, side=1)
        return replace(self, plan=plan, done=self.done + 1)


def _highest(plan: RedactionPlan) -> int:
    return max([0, *(mask.id for mask in plan.masks), *(mute.id for mute in plan.mutes)])


def _changed(before: Sequence[_Item], after: Sequence[_Item]) -> dict[int, tuple[_Item | None, _Item | None]]:
    old, new = ({item.id: item for item in items} for items in (before, after))
    return {
        number: (old.get(number), new.get(number))
        for number in sorted(old.keys() | new.keys())
        if old.get(number) != new.get(number)
    }


def _put(items: Sequence[_Item], changed: Mapping[int, _Item | None]) -> tuple[_Item, ...]:
    merged: dict[int, _Item | None] = {**{item.id: item for item in items}, **changed}
    return tuple(item for _, item in sorted(merged.items()) if item is not None)
