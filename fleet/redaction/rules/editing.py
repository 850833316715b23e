"""What a person does to a plan: each function takes one and returns the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState, TimeSpan
from fleet.redaction.rules.plan import Muting, RedactionPlan
from fleet.redaction.rules.refusal import RedactionRefusalError


def draw(plan: RedactionPlan, number: int, key: KeyFrame, reason: str) -> RedactionPlan:
    """Add a mask that a person drew.

    Args:
        plan: as it is.
        number: the mask's, above all that there were (``RedactionDraft.next_number``).
        key: where it is, and when.
        reason: why it is hidden.
    """
    return replace(plan, masks=(*plan.masks, Mask(number, (key,), reason=reason)))


def propose(plan: RedactionPlan, number: int, found: Iterable[Sequence[KeyFrame]]) -> RedactionPlan:
    """Add what the machine found, as proposals that nobody has looked at, numbered from ``number``."""
    masks = [
        Mask(at, tuple(keys), state=MaskState.PROPOSED, by_machine=True)
        for at, keys in enumerate(found, start=number)
    ]
    return replace(plan, masks=(*plan.masks, *masks))


def move(plan: RedactionPlan, number: int, at_ns: int, area: Area) -> RedactionPlan:
    """Say where a mask is at a time: a key frame of that time is replaced, or one is added."""
    mask = mask_of(plan, number)
    keys = {key.at_ns: key for key in mask.keys} | {at_ns: KeyFrame(at_ns, area)}
    return _with(plan, replace(mask, keys=tuple(keys[at] for at in sorted(keys))))


def remove_key(plan: RedactionPlan, number: int, at_ns: int) -> RedactionPlan:
    """Take away the key frame of that time; a mask keeps at least one."""
    mask = mask_of(plan, number)
    left = tuple(key for key in mask.keys if key.at_ns != at_ns)
    if len(left) == len(mask.keys):
        raise RedactionRefusalError("The mask has no key frame at that time.")
    if not left:
        raise RedactionRefusalError("It is the mask's only key frame: remove the mask.")
    return _with(plan, replace(mask, keys=left))


def end_between(plan: RedactionPlan, number: int, span: TimeSpan) -> RedactionPlan:
    """Say that a mask is not there in a span between two of its key frames."""
    mask = mask_of(plan, number)
    shown = sorted((*mask.shown, span), key=lambda each: each.start_ns)
    return _with(plan, replace(mask, shown=tuple(shown)))


def end_at(plan: RedactionPlan, number: int, at_ns: int) -> RedactionPlan:
    """Say that a mask ends at a time: it stands there last where it is now, and later key frames go."""
    mask = mask_of(plan, number)
    if not mask.keys[0].at_ns <= at_ns <= mask.keys[-1].at_ns:
        raise RedactionRefusalError("A mask ends between its first and its last key frame.")
    kept = tuple(key for key in mask.keys if key.at_ns < at_ns)
    shown = tuple(span for span in mask.shown if span.end_ns < at_ns)
    return _with(plan, replace(mask, keys=(*kept, KeyFrame(at_ns, mask.area_at(at_ns))), shown=shown))


def accept(plan: RedactionPlan, number: int, reason: str) -> RedactionPlan:
    """Hide a mask."""
    return _with(plan, replace(mask_of(plan, number), state=MaskState.ACCEPTED, reason=reason))


def refuse(plan: RedactionPlan, number: int) -> RedactionPlan:
    """Leave in sight what a proposal was of."""
    return _with(plan, replace(mask_of(plan, number), state=MaskState.REFUSED, reason=""))


def keep_only(plan: RedactionPlan, number: int, reason: str) -> RedactionPlan:
    """Keep a person in sight and hide all others: every other proposal that is not refused is accepted.

    Where a hidden area lies over the person who is kept, it is hidden.
    """
    kept = replace(mask_of(plan, number), state=MaskState.KEPT, reason=reason)
    hidden = {MaskState.PROPOSED, MaskState.KEPT}
    masks = tuple(
        kept
        if mask.id == number
        else replace(mask, state=MaskState.ACCEPTED, reason=reason)
        if mask.state in hidden
        else mask
        for mask in plan.masks
    )
    return replace(plan, masks=masks)


def remove_mask(plan: RedactionPlan, number: int) -> RedactionPlan:
    """Take away a mask that a person drew; a proposal is refused instead, so that it stays seen."""
    if mask_of(plan, number).by_machine:
        raise RedactionRefusalError("A proposal is refused, not removed.")
    return replace(plan, masks=tuple(mask for mask in plan.masks if mask.id != number))


def mute(plan: RedactionPlan, number: int, span: TimeSpan, reason: str) -> RedactionPlan:
    """Make sound silent."""
    return replace(plan, mutes=(*plan.mutes, Muting(number, span, reason)))


def remove_mute(plan: RedactionPlan, number: int) -> RedactionPlan:
    """Let sound be heard again."""
    left = tuple(each for each in plan.mutes if each.id != number)
    if len(left) == len(plan.mutes):
        raise RedactionRefusalError(f"The plan has no mute {number}.")
    return replace(plan, mutes=left)


def mask_of(plan: RedactionPlan, number: int) -> Mask:
    """Return a mask by its number.

    Raises:
        RedactionRefusalError: there is none.
    """
    for mask in plan.masks:
        if mask.id == number:
            return mask
    raise RedactionRefusalError(f"The plan has no mask {number}.")


def _with(plan: RedactionPlan, mask: Mask) -> RedactionPlan:
    return replace(plan, masks=tuple(mask if each.id == mask.id else each for each in plan.masks))
