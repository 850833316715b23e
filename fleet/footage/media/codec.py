"""Which codec a part is really of, and whether its samples are cut as that codec cuts them. Pure.

Nothing is decoded: the parts come from outside, and a decoder is a large thing to show them to. What is read
is the sample description (ISO/IEC 14496-15 §5.3.3 for H.264, ISO/IEC 14496-14 §5.6 for AAC), and of H.264
its parameter sets, as far as they repeat that, and where its NAL units begin and end.
"""

from __future__ import annotations

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import Box, boxes, find, unpack
from fleet.footage.media.fragment import Initialisation, Part

_PICTURE_ENTRY, _SOUND_ENTRY = 86, 36
"""Bytes of a sample entry before its boxes."""

_ES, _DECODER, _SPECIFIC = 0x03, 0x04, 0x05
_STREAM_DEPENDS, _HAS_URL, _HAS_OCR = 0x80, 0x40, 0x20
_MPEG_4_AUDIO = 0x40
_NAL_TYPE, _WHOLE_PICTURE, _SEQUENCE, _PICTURE = 0x1F, 5, 7, 8
_SETS = 0x1F
_LENGTH_SIZE = 0x3
_H264 = ("avc1", "avc3")


def codec_of(head: Initialisation) -> str:
    """Return the codec as RFC 6381 writes it, such as ``avc1.42C01E`` or ``mp4a.40.2``.

    Of a codec that is not known here, the name of its sample entry alone.

    Raises:
        MediaError: the sample description is none.
    """
    entry = next(boxes(head.sample_entry), None)
    if entry is None:
        raise MediaError("The part's sample description is empty.")
    if entry.kind in _H264:
        box = _h264_box(head.sample_entry, entry)
        profile = unpack("BBB", head.sample_entry, box.body + 1, box)
        return f"{entry.kind}.{bytes(profile).hex().upper()}"
    if entry.kind == "mp4a":
        return f"mp4a.{_sound_codec(head.sample_entry, entry)}"
    return entry.kind


def is_codec(head: Initialisation, claimed: str) -> bool:
    """Say whether a part is of the codec that its chunk's header says.

    Raises:
        MediaError: the sample description is none.
    """
    found = codec_of(head)
    if "." not in found:
        return claimed.partition(".")[0] == found
    return claimed.lower() == found.lower()


def check_samples(part: Part) -> None:
    """Check that a part begins with what can be decoded alone, and that its samples are cut as they should.

    Raises:
        MediaError: they are not.
    """
    if any(not sample.size for sample in part.samples):
        raise MediaError("The part has samples without any bytes.")
    if part.initialisation.handler == "vide" and not part.samples[0].sync:
        raise MediaError("The part's first picture cannot be decoded alone.")
    entry = next(boxes(part.initialisation.sample_entry))
    if entry.kind in _H264:
        _check_nal_units(part, entry)


def _check_nal_units(part: Part, entry: Box) -> None:
    description = part.initialisation.sample_entry
    box = _h264_box(description, entry)
    (packed,) = unpack("B", description, box.body + 4, box)
    prefix = (packed & _LENGTH_SIZE) + 1
    if entry.kind == "avc1":  # ``avc3`` has them among its samples
        _check_parameter_sets(description, box)
    start = 0
    for number, sample in enumerate(part.samples):
        kinds = _nal_kinds(part.payload[start : start + sample.size], prefix)
        if number == 0 and _WHOLE_PICTURE not in kinds:
            raise MediaError("The part's first picture cannot be decoded alone.")
        start += sample.size


def _check_parameter_sets(description: bytes, box: Box) -> None:
    """Check what a decoder is set up with against what the description says of it (§5.3.3.1)."""
    (packed,) = unpack("B", description, box.body + 5, box)
    sequences, at = _nal_units(description, box, box.body + 6, packed & _SETS)
    (count,) = unpack("B", description, at, box)
    pictures, _ = _nal_units(description, box, at + 1, count)
    profile = description[box.body + 1 : box.body + 4]
    kinds = {each[0] & _NAL_TYPE for each in sequences}, {each[0] & _NAL_TYPE for each in pictures}
    if kinds != ({_SEQUENCE}, {_PICTURE}) or any(each[1:4] != profile for each in sequences):
        raise MediaError("The part's parameter sets are not those of the codec that it describes.")


def _nal_units(description: bytes, box: Box, at: int, count: int) -> tuple[list[bytes], int]:
    """Return units that each stand behind two bytes of length, and where the last one ends."""
    found = []
    for _ in range(count):
        (length,) = unpack("H", description, at, box)
        unpack(f"{length}x", description, at + 2, box)  # all of it lies within the box
        found.append(description[at + 2 : at + 2 + length] or b"\0")
        at += 2 + length
    return found, at


def _nal_kinds(sample: bytes, prefix: int) -> set[int]:
    kinds: set[int] = set()
    at = 0
    while at < len(sample):
        length = int.from_bytes(sample[at : at + prefix], "big")
        at += prefix
        if not length or at + length > len(sample):
            raise MediaError("The part's pictures are not cut into the units that its codec has.")
        kinds.add(sample[at] & _NAL_TYPE)
        at += length
    return kinds


def _h264_box(description: bytes, entry: Box) -> Box:
    return find(description, "avcC", entry.start + _PICTURE_ENTRY, entry.end)


def _sound_codec(description: bytes, entry: Box) -> str:
    """Return the object type of MPEG-4 sound in hex, and for AAC its audio object type: ``40.2``."""
    esds = find(description, "esds", entry.start + _SOUND_ENTRY, entry.end)
    at, end = _descriptor(description, esds.body + 4, esds.end, _ES)
    (flags,) = unpack("B", description, at + 2, esds)
    at += 3
    at += 2 if flags & _STREAM_DEPENDS else 0
    if flags & _HAS_URL:
        (length,) = unpack("B", description, at, esds)
        at += 1 + length
    at += 2 if flags & _HAS_OCR else 0
    at, end = _descriptor(description, at, end, _DECODER)
    (kind,) = unpack("B", description, at, esds)
    if kind != _MPEG_4_AUDIO:
        return f"{kind:02X}"
    at, _ = _descriptor(description, at + 13, end, _SPECIFIC)
    (first,) = unpack("B", description, at, esds)
    return f"{kind:02X}.{first >> 3}"


def _descriptor(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the content of a descriptor begins and ends (ISO/IEC 14496-1 §8.3.3)."""
    if at >= end or data[at] != tag:
        raise MediaError("The part's sound lacks the description of its decoder.")
    length, more = 0, True
    at += 1
    while more:
        if at >= end:
            raise MediaError("The part's sound has a description that is cut off.")
        length, more = length << 7 | data[at] & 0x7F, bool(data[at] & 0x80)
        at += 1
    if at + length > end:
        raise MediaError("The part's sound has a description that is cut off.")
    return at, at + length
