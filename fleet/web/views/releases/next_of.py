"""What is next with a release, for whoever looks at its page: a sentence. Pure; it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.releases.rules.states import ReleaseState


@dataclass(frozen=True, slots=True)
class ReleaseSoFar:
    """What is known of a release, and of whoever looks.

    Attributes:
        state: how far it is.
        is_expired: whether its last day is over.
        was_handed: whether a download was begun.
        may_approve: whether whoever looks may approve or decline it.
        may_hand_over: whether they may hand it over, or have it made again.
        told_after_min: after how many minutes without a change whoever approves is told of a draft.
    """

    state: ReleaseState
    is_expired: bool = False
    was_handed: bool = False
    may_approve: bool = False
    may_hand_over: bool = False
    told_after_min: int = 0


def next_of_release(so_far: ReleaseSoFar) -> str:
    """Return what is next with a release; empty where nothing is, or its page asks for it by itself."""
    if so_far.is_expired or so_far.was_handed:
        return ""
    if so_far.state is ReleaseState.DRAFT and not so_far.may_approve:
        return (
            "Hide what the recipient must not see or hear. Then a data protection officer who had no hand in "
            f"it watches what goes out, and approves it. They are told after {so_far.told_after_min} minutes "
            "without a change; where it is urgent, tell them yourself."
        )
    if so_far.state is ReleaseState.APPROVED:
        return "It is being made. This page says when it is."
    if so_far.state is ReleaseState.FAILED and not so_far.may_hand_over:
        return "A CCTV manager or the head of safety has it made again, or withdraws it."
    if so_far.state is ReleaseState.MADE and not so_far.may_hand_over:
        return "A CCTV manager or the head of safety hands it over."
    return ""
