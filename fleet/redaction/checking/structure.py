"""Whether a made part is nothing but what a decoder needs. Pure.

A file can carry what no decoder shows: texts, thumbnails, an edit list that skips a beginning, bytes that no
table names, messages between pictures. A made part has none of that, and no sample of the original.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.footage.media.boxes import boxes, find
from fleet.footage.media.fragment import Part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.nal_units import PICTURES, WHOLE_PICTURE, nal_units
from fleet.redaction.making.samples import payloads, shown_times

_ALLOWED = {
    "": {"ftyp", "moov", "moof", "mdat"},
    "moov": {"mvhd", "mvex", "trak"},
    "mvex": {"trex"},
    "trak": {"tkhd", "mdia"},
    "mdia": {"mdhd", "hdlr", "minf"},
    "minf": {"vmhd", "smhd", "dinf", "stbl"},
    "dinf": {"dref"},
    "stbl": {"stsd", "stts", "stsc", "stsz", "stco"},
    "moof": {"mfhd", "traf"},
    "traf": {"tfhd", "tfdt", "trun"},
}
_ENTRY = {"avc1": (86, {"avcC", "colr", "pasp", "btrt"}), "mp4a": (36, {"esds", "btrt"})}
_LENGTH_SIZE = 4
_UNIT_KIND = 0x1F


def structure_findings(made: bytes, part: Part, original: Part) -> Iterator[str]:
    """Give what is wrong with how a made part is built.

    Args:
        made: the part.
        part: the same, taken apart.
        original: what it stands for.
    """
    yield from (
        (f"It has a box {kind!r}, in which something of the original could be.")
        for kind in _unknown_boxes(made, "", 0, len(made))
    )
    if len(part.payload) != _bytes_of("mdat", part.media):
        yield "It holds bytes that belong to none of its samples."
    times, expected = shown_times(part), shown_times(original)
    if times != expected:
        yield "Its samples are not at the times at which the original's are."
    if part.initialisation.handler != original.initialisation.handler:
        yield "It is another kind of track than the original."


def picture_findings(part: Part, original: Part) -> Iterator[str]:
    """Give what is wrong with a made part's samples, of pictures."""
    mine = set(payloads(part)) & set(payloads(original))
    if mine:
        yield f"It has {len(mine)} pictures of the original, as they were encoded."
    try:
        kinds = [[unit[0] & _UNIT_KIND for unit in nal_units(each, _LENGTH_SIZE)] for each in payloads(part)]
    except RedactionError as error:
        yield (str(error))
        return
    if any(set(each) - PICTURES for each in kinds):
        yield "It has messages between its pictures, in which something of the original could be."
    if set(kinds[0]) != {WHOLE_PICTURE}:
        yield "Its first picture refers to pictures before it."
    if any(sample.composition for sample in part.samples):
        yield "Its pictures are not in the order in which they are shown."


def _unknown_boxes(data: bytes, parent: str, start: int, end: int) -> Iterator[str]:
    for box in boxes(data, start, end):
        if box.kind not in _ALLOWED[parent]:
            yield box.kind
        elif box.kind in _ALLOWED:
            yield from _unknown_boxes(data, box.kind, box.body, box.end)
        elif box.kind == "stsd":
            yield from _unknown_entries(data, box.body + 8, box.end)


def _unknown_entries(data: bytes, start: int, end: int) -> Iterator[str]:
    for entry in boxes(data, start, end):
        if entry.kind not in _ENTRY:
            yield entry.kind
            continue
        head, allowed = _ENTRY[entry.kind]
        yield from (
            each.kind for each in boxes(data, entry.start + head, entry.end) if each.kind not in allowed
        )


def _bytes_of(kind: str, media: bytes) -> int:
    box = find(media, kind)
    return box.end - box.body
