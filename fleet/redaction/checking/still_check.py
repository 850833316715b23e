"""Whether a photograph that was made shows or holds anything that it should hide, by its bytes alone.

A JPEG can hold a thumbnail, a place, a device, a comment, a second picture or a film behind its end. One that
was made has none of that: the segments that a decoder needs, the coded picture, and nothing behind it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fleet.redaction.checking.picture_check import LARGEST_AROUND, LARGEST_ERROR, LARGEST_MEAN
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.still import decoded_still, fill_still, hidden_areas
from fleet.redaction.rules.plan import RedactionPlan

_BEGIN, _END, _SCAN, _HEAD = 0xD8, 0xD9, 0xDA, 0xE0
_NEEDED = {0xC0: "frame", 0xC1: "frame", 0xC2: "frame", 0xC4: "tables", 0xDB: "tables", 0xDD: "restarts"}
_BARE_HEAD = 16
"""Bytes of the segment that says that it is a JFIF file, without a thumbnail."""
_RESTARTS = range(0xD0, 0xD8)


def still_findings(made: bytes, original: bytes, plan: RedactionPlan) -> Iterator[str]:
    """Give what a photograph that was made shows or holds and should not.

    Args:
        made: what goes out.
        original: what it was made of.
        plan: what is hidden.
    """
    yield from held_findings(made)
    try:
        mine, expected = decoded_still(made), decoded_still(original)
    except RedactionError as error:
        yield str(error)
        return
    if mine.shape != expected.shape:
        yield "It has another size than the original."
        return
    areas = hidden_areas(plan, expected)
    fill_still(expected, areas, plan.fill)
    away = np.abs(mine.astype(np.int16) - expected)
    for area in areas:
        inside = away[area.top : area.bottom, area.left : area.right]
        if inside.max() > LARGEST_ERROR or inside.mean() > LARGEST_MEAN:
            yield "It shows something else than the fill where something is hidden."
    if away.mean() > LARGEST_AROUND:
        yield "It shows another scene than the original."


def held_findings(data: bytes) -> Iterator[str]:
    """Give what a JPEG holds beside one picture (ITU-T T.81, annex B)."""
    if data[:2] != bytes((0xFF, _BEGIN)):
        yield "It is no JPEG."
        return
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - a marker
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == _HEAD and (length != _BARE_HEAD or data[at + 4 : at + 9] != b"JFIF\0"):
            yield "It has a head with more than the size of its pixels, such as a thumbnail."
        elif kind not in {_HEAD, _SCAN, *_NEEDED}:
            yield f"It has a segment of the kind {kind:#04x}, in which something of the original could be."
        at += 2 + length
        if kind == _SCAN:
            at = _after_scan(data, at)
            if data[at : at + 2] == bytes((0xFF, _END)):
                if at + 2 != len(data):
                    yield "It holds bytes behind its end."
                return
    yield "It does not end as a picture does."


def _after_scan(data: bytes, at: int) -> int:
    """Return where the coded picture ends that begins there: at the first marker that is none of its own."""
    while (at := data.find(b"\xff", at)) >= 0:
        following = data[at + 1] if at + 1 < len(data) else _END
        if following and following not in _RESTARTS:
            return at
        at += 2
    return len(data)
