"""How many faces stay in sight when every proposal is accepted: ``python -m benchmarks.redaction``.

Two clips of ``../shared/media``, encoded as a camera does, searched for faces, with every proposal accepted
and the copy made and checked. What is compared with was drawn by hand once (``tests/support/media/truth``). A
face is in sight in a picture where any of its pixels is not hidden, and mostly where less than half of it is.
Of the longer clip the heads are drawn that the detector finds at all, and whole, hair and all: most are seen
from behind. Where the clips are not here, nothing is measured.

It says nothing of what a person adds who looks at the proposals.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from fleet.footage.media.fragment import read_part
from fleet.redaction.making.decoded import decoded_pictures
from fleet.redaction.proposing.face_detector import FaceDetector, find_weights
from fleet.redaction.proposing.proposer import FaceProposer
from fleet.redaction.redactor import CopyRedactor
from fleet.redaction.rules.editing import accept, propose
from fleet.redaction.rules.followed import ProposalSearch
from fleet.redaction.rules.plan import ApprovedPlan, RedactionPlan
from tests.support.media.faces import BOOT_NS, SECOND_NS, drawn_faces, filmed, pictures_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from tests.support.media.faces import DrawnFaces

CLIPS = {"three_faces": 12.5, "walking": 10.0}
"""What was drawn, and pictures a second."""
TOLERANCE = 0.5
_MOSTLY = 0.5


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: of the disk that is named with the figures; nothing is written.
        quick: the short clip alone.
    """
    figures = Figures("Faces that stay in sight, every proposal accepted", this_machine(folder))
    making: list[float] = []
    decoding: list[float] = []
    for name, fps in list(CLIPS.items())[: 1 if quick else None]:
        figures.take(name, _measured(name, fps, (making, decoding)))
    figures.ratios.append(
        Ratio("a second made and checked / decoded", tuple(making), tuple(decoding), TOLERANCE)
    )
    figures.notes.append("Search, and make and check: processor seconds for a second of footage.")
    figures.notes.append("In sight: any pixel of a face or head; mostly: less than half of it is hidden.")
    return figures


def _measured(name: str, fps: float, took: tuple[list[float], list[float]]) -> Iterator[dict[str, Any]]:
    drawn = drawn_faces(name)
    parts = filmed([picture for picture, _ in pictures_of(drawn.clip)], fps)
    began = time.process_time()
    *_, search = FaceProposer(FaceDetector(find_weights()), BOOT_NS).search(parts, ProposalSearch())
    searched_s = time.process_time() - began
    plan = propose(RedactionPlan(), 1, search.proposals())
    for mask in plan.masks:
        plan = accept(plan, mask.id, "found by the detector")
    began = time.process_time()
    changed = sum(_made(CopyRedactor(ApprovedPlan(plan), BOOT_NS), part, took) for part in parts)
    made_s = time.process_time() - began
    shares = _hidden_shares(drawn, plan, fps)
    sought = len(shares)
    seconds = drawn.pictures / fps
    yield {
        "clip": name,
        "faces": sought,
        "in sight": sum(share < 1 for share in shares),
        "mostly": sum(share < _MOSTLY for share in shares),
        "masks": len(plan.masks),
        "search": searched_s / seconds,
        "make": made_s / max(changed, 1),
    }


def _made(redactor: CopyRedactor, part: bytes, took: tuple[list[float], list[float]]) -> bool:
    began = time.process_time()
    is_changed = redactor.part(part) is not None
    middle = time.process_time()
    if is_changed:
        for _ in decoded_pictures(part, read_part(part)):
            pass
        took[0].append(middle - began)
        took[1].append(time.process_time() - middle)
    return is_changed


def _hidden_shares(drawn: DrawnFaces, plan: RedactionPlan, fps: float) -> list[float]:
    """Return of each face in each picture how much is hidden, from 0 to 1."""
    return [
        float(hidden[face.top : face.bottom, face.left : face.right].mean())
        for number in range(drawn.pictures)
        for hidden in [_hidden(drawn, plan, number, fps)]
        for face in drawn.at(number)
    ]


def _hidden(drawn: DrawnFaces, plan: RedactionPlan, number: int, fps: float) -> np.ndarray[Any, Any]:
    at, until = (round(place * SECOND_NS / fps) for place in (number, number + 1))
    hidden = np.zeros((drawn.height, drawn.width), bool)
    for area in plan.hidden_at(at, until, drawn.width, drawn.height):
        hidden[area.top : area.bottom, area.left : area.right] = True
    return hidden


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
