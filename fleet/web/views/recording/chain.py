"""What a camera's recordings show together, in everyday words.

The verifier's own sentences are for whoever reads its report: those that name what only the format knows are
told anew here, the others are repeated. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Mapping

from fleet.footage.recordings.summary import ChainNote
from protocol.footage.verifying.chains.chain_finding import ChainKind

_COPIED = "the camera's key or what it keeps was copied, or its program was changed"
_WORDS: Mapping[tuple[str, int], str] = {
    (ChainKind.RUN_TWICE, 2): (
        "Recordings {0} and {1} of {camera} hold different footage of the same moment: {copied}."
    ),
    (ChainKind.TIME, 2): (
        "Recording {1} of {camera} was begun before recording {0}, by the clock of a camera that was not "
        "switched off between them: {copied}."
    ),
    (ChainKind.RUN_AGAIN, 3): (
        "Recordings {0} and {2} of {camera} were made without switching it off between them, and recording "
        "{1}, which lies between, after it was switched on anew: {copied}."
    ),
    (ChainKind.LEDGER_TWICE, 2): (
        "Recording {0} of {camera} is here twice, and the two do not tell the same: one was copied before "
        "its end, or somebody removed the end, or {copied}."
    ),
}


def chain_words(note: ChainNote) -> str:
    """Say what several recordings show together."""
    words = _WORDS.get((note.kind, len(note.numbers)))
    return words.format(*note.numbers, camera=note.camera, copied=_COPIED) if words else note.sentence
