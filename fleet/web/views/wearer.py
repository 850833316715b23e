"""Whose a recording is, in words: the name, how it is known, and what speaks against it."""

from __future__ import annotations

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.recordings.wearer import WearerBasis, WearerDoubt
from fleet.web.views.bidi import isolated

NOBODY = "Nobody had the camera"
NOT_KNOWN = "Not known who had it"
NOT_KEPT = "Not kept any more"

_DISPUTED = frozenset({WearerDoubt.LIST_HAS_ANOTHER, WearerDoubt.LIST_HAS_NOBODY})
_DOUBTS = {
    WearerDoubt.SIGNED_NOBODY: "This is by the hand-out list; the camera itself {knew}.",
    WearerDoubt.CLOCK_NOT_SET: (
        "The camera {knew}, and its clock was not set, so the hand-out list cannot say either."
    ),
    WearerDoubt.SIGNED_OTHER_CAMERA: "The camera names a hand-out of another camera.",
    WearerDoubt.NOT_VERIFIED: "What was sent did not verify, so what it says of that does not count.",
    WearerDoubt.NOT_SIGNED_YET: "The camera named nobody so far, and what it signed is not here yet.",
}
_BASES = {
    WearerBasis.ANNOUNCED: "This is what the camera said; what it signed is not here yet.",
    WearerBasis.NOBODY: "The camera {knew}, and the hand-out list has nobody then.",
    None: "How this was known was not kept for this recording.",
}


def wearer_name(recording: RecordingSummary) -> str:
    """Return who wore the camera at the press, as a list shows it."""
    if recording.gone is not None and recording.gone.is_over:
        return NOT_KEPT
    if recording.officer_name is not None:
        return recording.officer_name
    return NOBODY if recording.wearer_basis == WearerBasis.NOBODY else NOT_KNOWN


def wearer_note(recording: RecordingSummary) -> str:
    """Say how that is known and what speaks against it; empty when the camera signed it and nothing does."""
    if recording.gone is not None and recording.gone.is_over:
        return ""
    doubt = recording.wearer_doubt
    if is_disputed(recording):
        return _disputed(recording)
    if doubt == WearerDoubt.SIGNED_UNKNOWN:
        named = f" ({recording.signed_assignment})" if recording.signed_assignment else ""
        return f"The camera names a hand-out that this service does not know{named}."
    if recording.wearer_basis is None and recording.pressed is None and recording.is_open_to_more:
        return "Nobody has said yet who had it, and what the camera signed is not here."
    if doubt is not None:
        return _DOUBTS[WearerDoubt(doubt)].format(knew=_knew(recording))
    basis = recording.wearer_basis
    return _BASES.get(None if basis is None else WearerBasis(basis), "").format(knew=_knew(recording))


def is_disputed(recording: RecordingSummary) -> bool:
    """Say whether the camera signed one thing and the hand-out list says another."""
    return recording.wearer_doubt in _DISPUTED


def disputed_words(recording: RecordingSummary) -> str:
    """Say in a list what the hand-out list says instead of what the camera signed; empty where nothing."""
    if not is_disputed(recording):
        return ""
    other = recording.wearer_doubt == WearerDoubt.LIST_HAS_ANOTHER
    return f"the hand-out list says {'another' if other else 'nobody'}"


def is_unknown(recording: RecordingSummary) -> bool:
    """Say whether all that could tell whose it is has arrived, and does not."""
    not_yet = recording.wearer_doubt == WearerDoubt.NOT_SIGNED_YET
    return recording.wearer_basis == WearerBasis.UNKNOWN and not not_yet


def _disputed(recording: RecordingSummary) -> str:
    listed, then = "nobody", "at the press" if recording.is_pressed else "when it was begun"
    if recording.wearer_doubt == WearerDoubt.LIST_HAS_ANOTHER:
        listed = isolated(recording.listed_name or "another officer")
    return (
        f"The camera signed that {isolated(recording.officer_name or NOT_KNOWN)} had it; "
        f"by the hand-out list {listed} had it {then}."
    )


def _knew(recording: RecordingSummary) -> str:
    """Say that a camera signed nobody; in one that goes on from another it signs whom it knew of before."""
    return "knew of nobody at the press" if recording.is_pressed else "signed nobody"
