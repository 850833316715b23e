"""Continuity of what was released: who had it, when, and how it changed hands. Pure.

Rules:
- entries are only ever added. What was wrong is said beside, in an entry that corrects;
- what the service itself sees is written by it, and by nobody else; what it cannot see, people enter;
- an entry says when it happened: not before there was anything to be had, and not in the future.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

LONGEST_HOLDER = 200
LONGEST_HOW = 500
LONGEST_SEAL = 200
MOST_ENTRIES: Final = 500
"""So many entries has a release at most; what the service sees then is in the audit log alone."""
MOST_ENTERED: Final = 400
"""No more is entered by people once there are so many, that the service's own have room."""


class ContinuityKind(StrEnum):
    """What happened."""

    APPROVED = "approved"
    MADE = "made"
    LINK_GIVEN = "link-given"
    LINK_OPENED = "link-opened"
    LINK_FETCHED = "link-fetched"
    MEDIUM = "medium"
    RECEIPT = "receipt"
    REVOKED = "revoked"
    HANDED = "handed"
    RETURNED = "returned"
    STORED = "stored"
    SEALED = "sealed"
    UNSEALED = "unsealed"
    COPIED = "copied"
    DESTROYED = "destroyed"
    OTHER = "other"
    CORRECTED = "corrected"


SEEN_WORDS: Final = {
    ContinuityKind.APPROVED: "Approved for release",
    ContinuityKind.MADE: "Made by the service, which signed for each file",
    ContinuityKind.LINK_GIVEN: "A link and a code were given out",
    ContinuityKind.LINK_OPENED: "The page of the link was opened for the first time; by whom is not known",
    ContinuityKind.LINK_FETCHED: "A download by the link and its code began",
    ContinuityKind.MEDIUM: "A download to be put on a medium began",
    ContinuityKind.RECEIPT: "A receipt was written down",
    ContinuityKind.REVOKED: "Revoked: nothing of it is handed over any more",
}
"""What the service sees happen."""

ENTERED_WORDS: Final = {
    ContinuityKind.HANDED: "Handed to somebody",
    ContinuityKind.RETURNED: "Given back",
    ContinuityKind.STORED: "Put in a place",
    ContinuityKind.SEALED: "Sealed",
    ContinuityKind.UNSEALED: "Seal opened",
    ContinuityKind.COPIED: "Copied",
    ContinuityKind.DESTROYED: "Destroyed",
    ContinuityKind.OTHER: "Something else",
}
"""What people enter; corrections beside them."""

_CORRECTION: Final = "Correction"
KIND_WORDS: Final = {**SEEN_WORDS, **ENTERED_WORDS, ContinuityKind.CORRECTED: _CORRECTION}


class CopyKind(StrEnum):
    """Which copy an entry is about."""

    NOT_SAID = ""
    MASTER = "master"
    WORKING = "working"


COPY_WORDS: Final = {
    CopyKind.NOT_SAID: "Not said",
    CopyKind.MASTER: "Master copy",
    CopyKind.WORKING: "Working copy",
}

_NEEDED: Final = {
    ContinuityKind.HANDED: ("holder", "taker", "how"),
    ContinuityKind.RETURNED: ("holder", "taker", "how"),
    ContinuityKind.STORED: ("holder", "how"),
    ContinuityKind.SEALED: ("holder", "seal"),
    ContinuityKind.UNSEALED: ("holder", "seal"),
    ContinuityKind.COPIED: ("holder",),
    ContinuityKind.DESTROYED: ("holder", "how"),
    ContinuityKind.OTHER: ("words",),
    ContinuityKind.CORRECTED: ("words",),
}
_LONGEST: Final = {
    "holder": LONGEST_HOLDER,
    "taker": LONGEST_HOLDER,
    "how": LONGEST_HOW,
    "seal": LONGEST_SEAL,
    "words": LONGEST_HOW,
}
_ASKED: Final = {
    "holder": "Say who had it",
    "taker": "Say who has it now",
    "how": "Say how it changed hands, or where it is",
    "seal": "Say the number of the seal, or the digest",
    "words": "Say what happened, or what is right",
}


class ContinuityError(ValueError):
    """It cannot be entered so; ``field`` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class ContinuityDraft:
    """What somebody enters.

    Attributes:
        kind: what happened, by its id.
        at: when; None where that was no time.
        holder: who had it.
        taker: who has it since; empty where nobody else does.
        how: how it changed hands, or where it is.
        seal: the number of a seal, or a digest; empty for none.
        which_copy: which copy, a ``CopyKind``.
        words: what else there is to say; of a correction what is right.
        corrects: the number of the entry that this one corrects; None for none.
    """

    kind: str
    at: datetime | None
    holder: str = ""
    taker: str = ""
    how: str = ""
    seal: str = ""
    which_copy: str = ""
    words: str = ""
    corrects: int | None = None


def clean_continuity(
    draft: ContinuityDraft, *, made: datetime, now: datetime, entries: int
) -> ContinuityDraft:
    """Return what is entered with its spaces put right, each text one line.

    Args:
        draft: as it was typed.
        made: when there was something to be had first.
        now: what time it is.
        entries: how many entries there are.

    Raises:
        ContinuityError: something is missing, too long, or cannot be so.
    """
    kind = _kind(draft, entries)
    first = made.astimezone(UTC).replace(second=0, microsecond=0)  # people do not type seconds
    if draft.at is None or not first <= draft.at <= now:
        until = now.astimezone(UTC)
        said = f"Say when it happened: from {first:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC."
        raise ContinuityError("at", said)
    if draft.which_copy not in set(CopyKind):
        raise ContinuityError("which_copy", "Choose which copy, or that it is not said.")
    needed = _NEEDED[kind]
    return replace(
        draft,
        kind=kind,
        holder=_line("holder", draft.holder, needed),
        taker=_line("taker", draft.taker, needed),
        how=_line("how", draft.how, needed),
        seal=_line("seal", draft.seal, needed),
        words=_line("words", draft.words, needed),
    )


def _kind(draft: ContinuityDraft, entries: int) -> ContinuityKind:
    if draft.corrects is not None:
        if draft.kind != ContinuityKind.CORRECTED:
            raise ContinuityError("kind", "An entry that corrects another is a correction.")
        if not 1 <= draft.corrects <= entries:
            raise ContinuityError("corrects", "There is no such entry to be corrected.")
        return ContinuityKind.CORRECTED
    if draft.kind not in set(ENTERED_WORDS):
        raise ContinuityError("kind", "Choose what happened.")
    return ContinuityKind(draft.kind)


def _line(field: str, text: str, needed: Collection[str]) -> str:
    clean = " ".join(text.split())
    longest = _LONGEST[field]
    if len(clean) > longest or not clean.isprintable() or (field in needed and not clean):
        lead = _ASKED[field] if field in needed else "Use characters that can be shown"
        raise ContinuityError(field, f"{lead}, in at most {longest} characters.")
    return clean
