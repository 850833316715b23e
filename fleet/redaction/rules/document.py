"""A draft as a document: JSON, versioned, read from outside and refused in one sentence. Pure.

    {"version": 1, "plan": {...}, "steps": [{...}], "done": 3, "last_number": 7}

A key frame is ``[at_ns, left, top, right, bottom]`` and a span ``[start_ns, end_ns]``; times are nanoseconds
after the start of the recording, and areas pixels. Every object has exactly its members: what is unknown is
refused, because nobody could say what it hides.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from fleet.redaction.rules.json_reading import (
    Json,
    key_row,
    take_choice,
    take_document,
    take_integer,
    take_key,
    take_list,
    take_members,
    take_row,
    take_span,
)
from fleet.redaction.rules.mask import Mask, MaskState
from fleet.redaction.rules.plan import Fill, Muting, RedactionPlan, Widening
from fleet.redaction.rules.redaction_draft import PlanChange, RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError

VERSION = 1
LONGEST_DOCUMENT = 32_000_000
"""Bytes. A history that would make it longer is forgotten from its oldest step on."""

_T = TypeVar("_T")


def write_draft(draft: RedactionDraft) -> bytes:
    """Return a draft as a document.

    Raises:
        RedactionRefusalError: the plan alone is too long.
    """
    written = _dump(draft)
    while len(written) > LONGEST_DOCUMENT and draft.steps:
        if draft.done:
            draft = replace(draft, steps=draft.steps[1:], done=draft.done - 1)
        else:
            draft = replace(draft, steps=())
        written = _dump(draft)
    if len(written) > LONGEST_DOCUMENT:
        raise RedactionRefusalError("The draft is too large to be kept: split it into several copies.")
    return written


def write_plan(plan: RedactionPlan) -> bytes:
    """Return a plan alone, written in one way: the same plan gives the same bytes."""
    return json.dumps(_plan(plan), separators=(",", ":"), ensure_ascii=False).encode()


def plan_value(plan: RedactionPlan) -> dict[str, Json]:
    """Return a plan as JSON values."""
    return _plan(plan)


def read_draft(data: bytes) -> RedactionDraft:
    """Read a document.

    Raises:
        RedactionRefusalError: it is none, or it is of a version that is not known here.
    """
    if len(data) > LONGEST_DOCUMENT:
        raise RedactionRefusalError(f"A draft has at most {LONGEST_DOCUMENT} bytes.")
    found = take_document(data, VERSION)
    _, plan, steps, done, last = take_members(found, "version", "plan", "steps", "done", "last_number")
    return RedactionDraft(
        _read_plan(plan), take_list(steps, _read_change), take_integer(done), take_integer(last)
    )


def _dump(draft: RedactionDraft) -> bytes:
    value: Json = {
        "version": VERSION,
        "plan": _plan(draft.plan),
        "steps": [_change(step) for step in draft.steps],
        "done": draft.done,
        "last_number": draft.last_number,
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _plan(plan: RedactionPlan) -> dict[str, Json]:
    return {
        "masks": [_mask(mask) for mask in plan.masks],
        "mutes": [_mute(mute) for mute in plan.mutes],
        "widening": _widening(plan.widening),
        "fill": plan.fill.value,
    }


def _mask(mask: Mask) -> Json:
    return {
        "id": mask.id,
        "keys": [key_row(key) for key in mask.keys],
        "shown": [[span.start_ns, span.end_ns] for span in mask.shown],
        "state": mask.state.value,
        "reason": mask.reason,
        "by_machine": mask.by_machine,
    }


def _mute(mute: Muting) -> Json:
    return {"id": mute.id, "span": [mute.span.start_ns, mute.span.end_ns], "reason": mute.reason}


def _widening(wide: Widening) -> Json:
    return {"percent": wide.percent, "pixels": wide.pixels, "time_ns": wide.time_ns}


def _change(step: PlanChange) -> Json:
    masks: list[Json] = [
        [number, *(None if each is None else _mask(each) for each in pair)]
        for number, pair in step.masks.items()
    ]
    mutes: list[Json] = [
        [number, *(None if each is None else _mute(each) for each in pair)]
        for number, pair in step.mutes.items()
    ]
    return {
        "masks": masks,
        "mutes": mutes,
        "widening": [_widening(each) for each in step.widening],
        "fill": [each.value for each in step.fill],
    }


def _read_plan(value: Json) -> RedactionPlan:
    masks, mutes, widening, fill = take_members(value, "masks", "mutes", "widening", "fill")
    return RedactionPlan(
        take_list(masks, _read_mask),
        take_list(mutes, _read_mute),
        _read_widening(widening),
        take_choice(Fill, fill),
    )


def _read_mask(value: Json) -> Mask:
    number, keys, shown, state, reason, by_machine = take_members(
        value, "id", "keys", "shown", "state", "reason", "by_machine"
    )
    if not isinstance(reason, str) or not isinstance(by_machine, bool):
        raise RedactionRefusalError("The draft has a mask whose reason is no text, or that has no origin.")
    return Mask(
        take_integer(number),
        take_list(keys, take_key),
        take_list(shown, take_span),
        take_choice(MaskState, state),
        reason,
        by_machine,
    )


def _read_mute(value: Json) -> Muting:
    number, span, reason = take_members(value, "id", "span", "reason")
    if not isinstance(reason, str):
        raise RedactionRefusalError("The draft has a mute whose reason is no text.")
    return Muting(take_integer(number), take_span(span), reason)


def _read_widening(value: Json) -> Widening:
    percent, pixels, time = take_members(value, "percent", "pixels", "time_ns")
    return Widening(take_integer(percent), take_integer(pixels), take_integer(time))


def _read_change(value: Json) -> PlanChange:
    masks, mutes, widening, fill = take_members(value, "masks", "mutes", "widening", "fill")
    before, after = take_row(widening, 2)
    old, new = take_row(fill, 2)
    return PlanChange(
        dict(take_list(masks, lambda each: _read_pair(each, _read_mask, lambda mask: mask.id))),
        dict(take_list(mutes, lambda each: _read_pair(each, _read_mute, lambda mute: mute.id))),
        (_read_widening(before), _read_widening(after)),
        (take_choice(Fill, old), take_choice(Fill, new)),
    )


def _read_pair(
    value: Json, read: Callable[[Json], _T], number_of: Callable[[_T], int]
) -> tuple[int, tuple[_T | None, _T | None]]:
    number, *sides = take_row(value, 3)
    before, after = (None if side is None else read(side) for side in sides)
    if any(each is not None and number_of(each) != number for each in (before, after)):
        raise RedactionRefusalError("The draft has a step that changes one number into another.")
    return take_integer(number), (before, after)
