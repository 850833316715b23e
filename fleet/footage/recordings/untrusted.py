"""Recordings of which nothing shows that their camera signed them, and what such a one says of itself. Pure.

Rules (F8):
- what did not verify asserts nothing: not whose it is, when it was, how long, nor how it was begun;
- what it says of itself is kept apart (``SaidByUpload``), for whoever has to judge it;
- camera and number are known all the same: they are the certificate's and the address's under which it came;
- one that was refused although its signatures hold, such as one that cannot be opened, is not among these.

What is still on its way has not been verified at all, and is none of this module's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fleet.footage.recordings.wearer import WearerBasis, WearerDoubt
from protocol.footage.verifying.report import Verdict

_REFUTED: Final = frozenset({Verdict.ALTERED, Verdict.OTHER_AUTHORITY, Verdict.SIGNER_UNKNOWN})
_SIGNED_AND_REFUSED: Final = frozenset(
    {Verdict.KEYS_MISSING, Verdict.STRAY_FILE, Verdict.WITHOUT_END, "cannot be opened"}
)
"""Verdicts of what was refused for another reason than its signatures."""
_FAILED: Final = "failed"


def is_untrusted(state: str, verdict: str | None) -> bool:
    """Say whether a recording was judged, and nothing shows that its camera signed it.

    Args:
        state: how far it has come, a ``RecordingState``.
        verdict: the verifier's word; None where it had none, as of what is no recording at all.
    """
    return verdict in _REFUTED or (state == _FAILED and verdict not in _SIGNED_AND_REFUSED)


@dataclass(frozen=True, slots=True)
class SaidByUpload:
    """What an upload that did not verify says of itself, or a message said of it. None of it counts.

    Attributes:
        pressed: the press, by the clock that it names.
        clock_synchronised: whether it says that this clock was set.
        assignment: the assignment that it names.
        officer_name: what the officer of that assignment is called, where the fleet has it.
        duration_s: its length.
    """

    pressed: datetime | None = None
    clock_synchronised: bool | None = None
    assignment: str | None = None
    officer_name: str | None = None
    duration_s: float | None = None


NOT_TOLD: Final[Mapping[str, Any]] = {
    "officer": None,
    "officer_name": None,
    "assignment": None,
    "wearer_basis": WearerBasis.UNKNOWN,
    "wearer_doubt": WearerDoubt.NOT_VERIFIED,
    "signed_assignment": None,
    "listed_name": None,
    "pressed": None,
    "clock_synchronised": None,
    "reckoned": None,
    "reckoned_s": None,
    "closed": None,
    "ended": None,
    "prerecord_s": None,
    "asked_s": None,
    "missing": (),
    "duration_s": None,
    "late_s": None,
    "lacking_s": None,
    "conditions": None,
    "told_s": None,
    "trigger": "",
    "marks": (),
}
"""What a summary has instead of what such a recording says of itself."""
