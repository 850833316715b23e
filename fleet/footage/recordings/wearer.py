"""Whose a recording is, how that is known, and what speaks against it. Pure.

Rules (F8):
- the assignment that the camera signed counts, whatever the list of assignments says;
- the list counts only where the camera signed that it knew of none, and by a clock that was set;
- everything else is unknown, and unknown is never filled in with somebody;
- whenever the two do not agree, that is kept with it and shown.

What a camera announces before its ledger is here is taken as it is, and called announced: it is not signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fleet.assignments.rules import AssignmentPeriod


class WearerBasis(StrEnum):
    """How it is known who wore a camera at a press."""

    SIGNED = "signed"
    ANNOUNCED = "announced"
    LISTED = "listed"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


class WearerDoubt(StrEnum):
    """What speaks against it, or why it is not known."""

    LIST_HAS_ANOTHER = "list has another"
    LIST_HAS_NOBODY = "list has nobody"
    SIGNED_NOBODY = "signed nobody"
    SIGNED_UNKNOWN = "signed unknown"
    SIGNED_OTHER_CAMERA = "signed other camera"
    CLOCK_NOT_SET = "clock not set"
    NOT_SIGNED_YET = "not signed yet"
    NOT_VERIFIED = "not verified"


@dataclass(frozen=True, slots=True)
class RecordingWearer:
    """Whose a recording is.

    Attributes:
        basis: how it is known.
        worn: the assignment that it is from; None for nobody, and where it is unknown.
        doubt: what speaks against it; None when nothing does.
    """

    basis: WearerBasis
    worn: AssignmentPeriod | None = None
    doubt: WearerDoubt | None = None


@dataclass(frozen=True, slots=True)
class WearerEvidence:
    """What is known about who wore a camera at a press.

    Attributes:
        camera: the camera.
        claimed: the assignment that the camera was under, as it says; None when it knew of none.
        told: that assignment, if the fleet has one of that name.
        listed: the assignment whose time holds the press, as it is dated; None when none does.
        clock_set: whether the clock that dates it was disciplined; None while nothing says.
    """

    camera: str
    claimed: str | None
    told: AssignmentPeriod | None
    listed: AssignmentPeriod | None
    clock_set: bool | None


def announced_wearer(evidence: WearerEvidence) -> RecordingWearer:
    """Say whose a recording is by the camera's announcement alone."""
    if evidence.claimed is None:
        return RecordingWearer(WearerBasis.UNKNOWN, doubt=WearerDoubt.NOT_SIGNED_YET)
    if evidence.told is None:
        return RecordingWearer(WearerBasis.UNKNOWN, doubt=WearerDoubt.SIGNED_UNKNOWN)
    if evidence.told.camera != evidence.camera:
        return RecordingWearer(WearerBasis.UNKNOWN, doubt=WearerDoubt.SIGNED_OTHER_CAMERA)
    return RecordingWearer(WearerBasis.ANNOUNCED, evidence.told)


def signed_wearer(evidence: WearerEvidence) -> RecordingWearer:
    """Say whose a recording is by its ledger."""
    if evidence.claimed is None:
        return _signed_nobody(evidence)
    if evidence.told is None:
        return RecordingWearer(WearerBasis.UNKNOWN, doubt=WearerDoubt.SIGNED_UNKNOWN)
    if evidence.told.camera != evidence.camera:
        return RecordingWearer(WearerBasis.UNKNOWN, doubt=WearerDoubt.SIGNED_OTHER_CAMERA)
    return RecordingWearer(WearerBasis.SIGNED, evidence.told, _disagreement(evidence.told, evidence))


def _signed_nobody(evidence: WearerEvidence) -> RecordingWearer:
    if not evidence.clock_set:
        return RecordingWearer(WearerBasis.UNKNOWN, doubt=WearerDoubt.CLOCK_NOT_SET)
    if evidence.listed is None:
        return RecordingWearer(WearerBasis.NOBODY)
    return RecordingWearer(WearerBasis.LISTED, evidence.listed, WearerDoubt.SIGNED_NOBODY)


def _disagreement(told: AssignmentPeriod, evidence: WearerEvidence) -> WearerDoubt | None:
    """What the list says against a signed assignment; by a clock that is not set it says nothing."""
    if not evidence.clock_set:
        return None
    if evidence.listed is None:
        return WearerDoubt.LIST_HAS_NOBODY
    return None if evidence.listed.id == told.id else WearerDoubt.LIST_HAS_ANOTHER
