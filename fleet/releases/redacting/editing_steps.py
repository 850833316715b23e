"""What a person asks to be done with a draft, as a form or a program sends it: one step. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from fleet.core.bodies import RequestBody
from fleet.redaction.rules import editing
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, TimeSpan
from fleet.redaction.rules.plan import Fill, RedactionPlan, Widening
from fleet.redaction.rules.redaction_draft import RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError

_SIDES = 4


class EditKind(StrEnum):
    """What is done."""

    DRAW = "draw"
    MOVE = "move"
    REMOVE_KEY = "remove-key"
    LEAVE_OUT = "leave-out"
    END = "end"
    ACCEPT = "accept"
    REFUSE = "refuse"
    KEEP_ONLY = "keep-only"
    REMOVE = "remove"
    MUTE = "mute"
    UNMUTE = "unmute"
    FILL = "fill"
    WIDEN = "widen"
    UNDO = "undo"
    REDO = "redo"


class RedactionStep(RequestBody):
    """One step; which of the members it needs is said by ``do``. Times are after the start of the recording.

    Attributes:
        do: what is done.
        number: of the mask or mute.
        at_ns: when, or from when.
        until_ns: to before when.
        area: left, top, right and bottom in pixels of the picture.
        reason: why it is hidden, or kept in sight.
        fill: what stands where something is hidden.
        percent: by how much masks are widened to each side.
        pixels: likewise.
        time_ns: likewise, before and after.
    """

    do: EditKind
    number: int = Field(0, strict=True)
    at_ns: int = Field(0, strict=True)
    until_ns: int = Field(0, strict=True)
    area: list[int] = Field(default_factory=list, max_length=_SIDES)
    reason: str = Field("", max_length=1000)
    fill: Fill = Fill.SOLID
    percent: int = Field(0, strict=True)
    pixels: int = Field(0, strict=True)
    time_ns: int = Field(0, strict=True)

    def applied(self, draft: RedactionDraft) -> RedactionDraft:
        """Return the draft after the step.

        Raises:
            RedactionRefusalError: it cannot be done.
        """
        if self.do is EditKind.UNDO:
            return draft.undone()
        if self.do is EditKind.REDO:
            return draft.done_again()
        return draft.changed(_DO[self.do](self, draft.plan, draft.next_number))


def _area(step: RedactionStep) -> Area:
    if len(step.area) != _SIDES:
        raise RedactionRefusalError("An area has a left, a top, a right and a bottom.")
    return Area(*step.area)


def _key(step: RedactionStep) -> KeyFrame:
    return KeyFrame(step.at_ns, _area(step))


def _span(step: RedactionStep) -> TimeSpan:
    return TimeSpan(step.at_ns, step.until_ns)


def _reason(step: RedactionStep) -> str:
    return " ".join(step.reason.split())


_Do = Callable[[RedactionStep, RedactionPlan, int], RedactionPlan]
_DO: Mapping[EditKind, _Do] = MappingProxyType(
    {
        EditKind.DRAW: lambda step, plan, number: editing.draw(plan, number, _key(step), _reason(step)),
        EditKind.MOVE: lambda step, plan, _: editing.move(plan, step.number, step.at_ns, _area(step)),
        EditKind.REMOVE_KEY: lambda step, plan, _: editing.remove_key(plan, step.number, step.at_ns),
        EditKind.LEAVE_OUT: lambda step, plan, _: editing.end_between(plan, step.number, _span(step)),
        EditKind.END: lambda step, plan, _: editing.end_at(plan, step.number, step.at_ns),
        EditKind.ACCEPT: lambda step, plan, _: editing.accept(plan, step.number, _reason(step)),
        EditKind.REFUSE: lambda step, plan, _: editing.refuse(plan, step.number),
        EditKind.KEEP_ONLY: lambda step, plan, _: editing.keep_only(plan, step.number, _reason(step)),
        EditKind.REMOVE: lambda step, plan, _: editing.remove_mask(plan, step.number),
        EditKind.MUTE: lambda step, plan, number: editing.mute(plan, number, _span(step), _reason(step)),
        EditKind.UNMUTE: lambda step, plan, _: editing.remove_mute(plan, step.number),
        EditKind.FILL: lambda step, plan, _: replace(plan, fill=step.fill),
        EditKind.WIDEN: lambda step, plan, _: replace(
            plan, widening=Widening(step.percent, step.pixels, step.time_ns)
        ),
    }
)
