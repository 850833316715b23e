"""The exit statuses of ``lapel-verify``: for each verdict, and for what several recordings show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.verifying.chains.chain import ChainWeight
from protocol.footage.verifying.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protocol.footage.verifying.released.import_report import ImportReport
    from protocol.footage.verifying.released.release_report import ReleaseReport

ALTERED: Final = 1
UNUSABLE: Final = 2
WITHOUT_END: Final = 3
SIGNER_UNKNOWN: Final = 4
OTHER_AUTHORITY: Final = 5
STRAY_FILE: Final = 6
DISAGREEMENT: Final = 7
NOT_HERE: Final = 8
KEYS_MISSING: Final = 9
RELEASED: Final = 10
IMPORTED: Final = 11

OF_VERDICT: Final[Mapping[Verdict, int]] = {
    Verdict.INTACT: 0,
    Verdict.INTACT_WITH_GAPS: 0,
    Verdict.ALTERED: ALTERED,
    Verdict.WITHOUT_END: WITHOUT_END,
    Verdict.SIGNER_UNKNOWN: SIGNER_UNKNOWN,
    Verdict.OTHER_AUTHORITY: OTHER_AUTHORITY,
    Verdict.STRAY_FILE: STRAY_FILE,
    Verdict.KEYS_MISSING: KEYS_MISSING,
}
"""That of one recording."""

OF_CHAIN: Final[Mapping[ChainWeight, int]] = {
    ChainWeight.DISAGREEMENT: DISAGREEMENT,
    ChainWeight.MISSING: NOT_HERE,
    ChainWeight.REMARK: 0,
}
"""That of what several show together."""

_WORST_FIRST: Final = (
    *(ALTERED, DISAGREEMENT, OTHER_AUTHORITY, UNUSABLE, KEYS_MISSING, STRAY_FILE),
    *(SIGNER_UNKNOWN, WITHOUT_END, NOT_HERE, IMPORTED, RELEASED, 0),
)

MEANING: Final[Mapping[int, str]] = {
    0: "every byte is as the camera signed it, under an authority that was given; also with gaps, or where "
    "the camera says that picture or sound was of no use",
    ALTERED: "something was altered",
    UNUSABLE: "something given cannot be read, or is no recording and no consent event",
    WITHOUT_END: "what is here holds, but nothing shows where it ended: a power cut and a removed end look "
    "alike",
    SIGNER_UNKNOWN: "consistent, but it is not known whose it is: no --authority was given",
    OTHER_AUTHORITY: "consistent, but its certificate, or its receipt's, is of another authority",
    STRAY_FILE: "what is its own holds, but a file lies beside it that is none of its own",
    DISAGREEMENT: "several recordings, or consent events, contradict each other",
    NOT_HERE: "each that is here holds, but at least one recording or consent event between those given is "
    "not among them",
    RELEASED: "a release: what it calls untouched is as the camera signed it, the rest is its fleet's word",
    IMPORTED: "a release of what was imported: its files are those for which its fleet signed, and no camera "
    "signed any of it",
    KEYS_MISSING: "what is here holds, but more chunks at the end lack their keys than a power cut leaves",
}
"""Each status in words.

Of several the worst counts, and any of them may be a release: so none but 0 and 10 says what the camera
signed, and none but 4 and 5 whose it is.
"""


def of_release(found: ReleaseReport) -> int:
    """Return that of a release: never 0, which only a whole recording has."""
    return RELEASED if found.holds else OF_VERDICT[found.report.verdict]


def of_import(found: ImportReport) -> int:
    """Return that of a release of an import: never 0 nor 10, which speak of what a camera signed."""
    return IMPORTED if found.holds else OF_VERDICT[found.fault]


def worst(statuses: Iterable[int]) -> int:
    """Return the worst of some statuses; 0 of none."""
    return min(statuses, key=_WORST_FIRST.index, default=0)
