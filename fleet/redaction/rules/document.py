"""A draft as a document: JSON, versioned, read from outside and refused in one sentence. Pure.

    {"version": 1, "plan": {...}, "steps": [{...}], "done": 3, "last_number": 7}

A key frame is ``[at_ns, left, top, right, bottom]`` and a span ``[start_ns, end_ns]``; times are nanoseconds
after the start of the recording, and areas pixels. Every object has exactly its members: what is unknown is
refused, because nobody could say what it hides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import TypeAlias, TypeVar

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState, TimeSpan
from fleet.redaction.rules.plan import Fill, Muting, RedactionPlan, Widening
from fleet.redaction.rules.redaction_draft import PlanChange, RedactionDraft
from fleet.redaction.rules.refusal import RedactionRefusalError

VERSION = 1
LONGEST_DOCUMENT = 32_000_000
"""Bytes. A history that would make it longer is forgotten from its oldest step on."""

_MOST_ITEMS = 200_000
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
_T = TypeVar("_T")
_Choice = TypeVar("_Choice", bound=Enum)


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


def read_draft(data: bytes) -> RedactionDraft:
    """Read a document.

    Raises:
        RedactionRefusalError: it is none, or it is of a version that is not known here.
    """
    if len(data) > LONGEST_DOCUMENT:
        raise RedactionRefusalError(f"A draft has at most {LONGEST_DOCUMENT} bytes.")
    try:
        found: Json = json.loads(data)
    except (ValueError, RecursionError):
        raise RedactionRefusalError("The draft is no JSON.") from None
    if isinstance(found, dict) and _integer(found.get("version")) != VERSION:
        raise RedactionRefusalError(
            f"The draft is not of version {VERSION}, which is the one that is read here."
        )
    _, plan, steps, done, last = _members(found, "version", "plan", "steps", "done", "last_number")
    return RedactionDraft(_read_plan(plan), _list(steps, _read_change), _integer(done), _integer(last))


def _dump(draft: RedactionDraft) -> bytes:
    value: Json = {
        "version": VERSION,
        "plan": _plan(draft.plan),
        "steps": [_change(step) for step in draft.steps],
        "done": draft.done,
        "last_number": draft.last_number,
    }
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _plan(plan: RedactionPlan) -> Json:
    return {
        "masks": [_mask(mask) for mask in plan.masks],
        "mutes": [_mute(mute) for mute in plan.mutes],
        "widening": _widening(plan.widening),
        "fill": plan.fill.value,
    }


def _mask(mask: Mask) -> Json:
    return {
        "id": mask.id,
        "keys": [
            [key.at_ns, key.area.left, key.area.top, key.area.right, key.area.bottom] for key in mask.keys
        ],
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
    masks, mutes, widening, fill = _members(value, "masks", "mutes", "widening", "fill")
    return RedactionPlan(
        _list(masks, _read_mask), _list(mutes, _read_mute), _read_widening(widening), _choice(Fill, fill)
    )


def _read_mask(value: Json) -> Mask:
    number, keys, shown, state, reason, by_machine = _members(
        value, "id", "keys", "shown", "state", "reason", "by_machine"
    )
    if not isinstance(reason, str) or not isinstance(by_machine, bool):
        raise RedactionRefusalError("The draft has a mask whose reason is no text, or that has no origin.")
    return Mask(
        _integer(number),
        _list(keys, _read_key),
        _list(shown, _read_span),
        _choice(MaskState, state),
        reason,
        by_machine,
    )


def _read_key(value: Json) -> KeyFrame:
    at, left, top, right, bottom = _row(value, 5)
    area = Area(_integer(left), _integer(top), _integer(right), _integer(bottom))
    return KeyFrame(_integer(at), area)


def _read_span(value: Json) -> TimeSpan:
    start, end = _row(value, 2)
    return TimeSpan(_integer(start), _integer(end))


def _read_mute(value: Json) -> Muting:
    number, span, reason = _members(value, "id", "span", "reason")
    if not isinstance(reason, str):
        raise RedactionRefusalError("The draft has a mute whose reason is no text.")
    return Muting(_integer(number), _read_span(span), reason)


def _read_widening(value: Json) -> Widening:
    percent, pixels, time = _members(value, "percent", "pixels", "time_ns")
    return Widening(_integer(percent), _integer(pixels), _integer(time))


def _read_change(value: Json) -> PlanChange:
    masks, mutes, widening, fill = _members(value, "masks", "mutes", "widening", "fill")
    before, after = _row(widening, 2)
    old, new = _row(fill, 2)
    return PlanChange(
        dict(_list(masks, lambda each: _read_pair(each, _read_mask, lambda mask: mask.id))),
        dict(_list(mutes, lambda each: _read_pair(each, _read_mute, lambda mute: mute.id))),
        (_read_widening(before), _read_widening(after)),
        (_choice(Fill, old), _choice(Fill, new)),
    )


def _read_pair(
    value: Json, read: Callable[[Json], _T], number_of: Callable[[_T], int]
) -> tuple[int, tuple[_T | None, _T | None]]:
    number, *sides = _row(value, 3)
    before, after = (None if side is None else read(side) for side in sides)
    if any(each is not None and number_of(each) != number for each in (before, after)):
        raise RedactionRefusalError("The draft has a step that changes one number into another.")
    return _integer(number), (before, after)


def _members(value: Json, *names: str) -> Sequence[Json]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise RedactionRefusalError(f"The draft lacks or has more than {', '.join(names)} in one place.")
    return [value[name] for name in names]


def _list(value: Json, read: Callable[[Json], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise RedactionRefusalError(f"The draft has no list of at most {_MOST_ITEMS} where there is one.")
    return tuple(read(each) for each in value)


def _row(value: Json, length: int) -> Sequence[Json]:
    if not isinstance(value, list) or len(value) != length:
        raise RedactionRefusalError(f"The draft lacks a list of {length} in one place.")
    return value


def _integer(value: Json) -> int:
    if type(value) is not int:
        raise RedactionRefusalError("The draft has something else where a whole number belongs.")
    return value


def _choice(kind: type[_Choice], value: Json) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        raise RedactionRefusalError("The draft has a word that is not known here.") from None
