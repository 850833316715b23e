"""One part taken apart: what a decoder must know first, and the samples of its one fragment.

Fields are those of ISO/IEC 14496-12 §8: ``mdhd``, ``stsd``, ``trex``, ``tfhd``, ``tfdt``, ``trun``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import Box, boxes, find, unpack

_DATA_OFFSET, _FIRST_FLAGS, _DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800
_HAS_BASE, _HAS_DESCRIPTION, _HAS_DURATION, _HAS_SIZE, _HAS_FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
_NOT_SYNC = 0x10000
_INIT, _MEDIA = ("ftyp", "moov"), ("moof", "mdat")
_MAX_SAMPLES = 65_536


@dataclass(frozen=True, slots=True)
class Initialisation:
    """What a decoder must know before the first sample.

    Attributes:
        data: ``ftyp`` and ``moov`` as they are.
        timescale: ticks per second of the track.
        handler: ``vide`` or ``soun``.
        sample_entry: the one entry of ``stsd``, such as an ``avc1`` box.
        width: of the picture as shown, in pixels times 65,536; 0 for sound.
        height: likewise.
        defaults: duration, size and flags of samples that say nothing themselves (``trex``).
    """

    data: bytes
    timescale: int
    handler: str
    sample_entry: bytes
    width: int
    height: int
    defaults: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture, or one packet of sound.

    Attributes:
        duration: in ticks.
        size: in bytes.
        sync: whether decoding can begin with it.
        composition: ticks from its decoding to its showing.
    """

    duration: int
    size: int
    sync: bool
    composition: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part taken apart.

    Attributes:
        initialisation: what a decoder must know.
        media: ``moof`` and ``mdat`` as they are.
        decode_time: ``baseMediaDecodeTime``, in ticks.
        samples: in decoding order.
        payload: their bytes, end to end.
    """

    initialisation: Initialisation
    media: bytes
    decode_time: int
    samples: tuple[Sample, ...]
    payload: bytes

    @property
    def ticks(self) -> int:
        """Length of the samples together."""
        return sum(sample.duration for sample in self.samples)


def split(data: bytes) -> tuple[bytes, bytes]:
    """Cut a part into its initialisation (``ftyp moov``) and its fragment (``moof mdat``).

    Raises:
        MediaError: the part is not made of exactly these four boxes.
    """
    found = [box for box in boxes(data) if box.kind not in {"styp", "sidx", "free"}]
    if tuple(box.kind for box in found) != _INIT + _MEDIA:
        kinds = " ".join(box.kind for box in found) or "nothing"
        raise MediaError(f"A part is made of ftyp, moov, moof and mdat, this one of {kinds}.")
    ftyp, moov, moof, mdat = found
    return (
        data[ftyp.start : ftyp.end] + data[moov.start : moov.end],
        data[moof.start : moof.end] + data[mdat.start : mdat.end],
    )


def read_part(data: bytes) -> Part:
    """Take a part apart.

    Raises:
        MediaError: it is not one track with one fragment whose samples lie within it.
    """
    head, media = split(data)
    initialisation = read_initialisation(head)
    moof = find(media, "moof")
    traf = _only(media, moof, "traf")
    samples, payload = _samples(media, moof, traf, initialisation.defaults)
    return Part(initialisation, media, _decode_time(media, traf), samples, payload)


def read_initialisation(data: bytes) -> Initialisation:
    """Read ``ftyp moov`` of one track.

    Raises:
        MediaError: it has several tracks or sample entries, or lacks something.
    """
    moov = find(data, "moov")
    trak = _only(data, moov, "trak")
    tkhd = find(data, "tkhd", trak.body, trak.end)
    mdhd = find(data, "mdia/mdhd", trak.body, trak.end)
    hdlr = find(data, "mdia/hdlr", trak.body, trak.end)
    stsd = find(data, "mdia/minf/stbl/stsd", trak.body, trak.end)
    (version,) = unpack("B", data, mdhd.body, mdhd)
    (timescale,) = unpack("I", data, mdhd.body + (20 if version else 12), mdhd)
    if timescale == 0:
        raise MediaError("The part's track has a timescale of zero.")
    width, height = unpack("II", data, tkhd.end - 8, tkhd)
    (entries,) = unpack("I", data, stsd.body + 4, stsd)
    if entries != 1:
        raise MediaError(f"A part has one sample description, this one has {entries}.")
    trex = find(data, "mvex/trex", moov.body, moov.end)
    duration, size, flags = unpack("III", data, trex.body + 12, trex)
    handler = bytes(data[hdlr.body + 8 : hdlr.body + 12]).decode("latin-1")
    entry = data[stsd.body + 8 : stsd.end]
    return Initialisation(data, timescale, handler, entry, width, height, (duration, size, flags))


def shift(media: bytes, ticks: int) -> bytes:
    """Return a fragment (``moof mdat``) whose decode time is ``ticks`` earlier, zero at the least.

    Raises:
        MediaError: it has no decode time.
    """
    box = find(media, "moof/traf/tfdt")
    (version,) = unpack("B", media, box.body, box)
    form = "Q" if version else "I"
    (time,) = unpack(form, media, box.body + 4, box)
    patched = bytearray(media)
    struct.pack_into(f">{form}", patched, box.body + 4, max(0, time - ticks))
    return bytes(patched)


def _only(data: bytes, parent: Box, kind: str) -> Box:
    found = [box for box in boxes(data, parent.body, parent.end) if box.kind == kind]
    if len(found) != 1:
        raise MediaError(f"A part has one {kind!r} in its {parent.kind!r}, this one has {len(found)}.")
    return found[0]


def _decode_time(media: bytes, traf: Box) -> int:
    tfdt = find(media, "tfdt", traf.body, traf.end)
    (version,) = unpack("B", media, tfdt.body, tfdt)
    (time,) = unpack("Q" if version else "I", media, tfdt.body + 4, tfdt)
    return time


def _defaults(media: bytes, traf: Box, trex: tuple[int, int, int]) -> tuple[int, int, int]:
    tfhd = find(media, "tfhd", traf.body, traf.end)
    (word,) = unpack("I", media, tfhd.body, tfhd)
    flags = word & 0xFFFFFF
    if flags & _HAS_BASE:
        raise MediaError("The part addresses its samples from the start of a file, not of its fragment.")
    at = tfhd.body + 8 + (4 if flags & _HAS_DESCRIPTION else 0)
    values = list(trex)
    for place, flag in enumerate((_HAS_DURATION, _HAS_SIZE, _HAS_FLAGS)):
        if flags & flag:
            (values[place],) = unpack("I", media, at, tfhd)
            at += 4
    return values[0], values[1], values[2]


def _samples(
    media: bytes, moof: Box, traf: Box, trex: tuple[int, int, int]
) -> tuple[tuple[Sample, ...], bytes]:
    defaults = _defaults(media, traf, trex)
    samples: list[Sample] = []
    payload: list[bytes] = []
    mdat = find(media, "mdat")
    following = mdat.body - moof.start
    for trun in (box for box in boxes(media, traf.body, traf.end) if box.kind == "trun"):
        offset, run = _run(media, trun, defaults)
        start = moof.start + (following if offset is None else offset)
        end = start + sum(sample.size for sample in run)
        if start < mdat.body or end > mdat.end:
            raise MediaError("The part's samples lie outside its mdat.")
        payload.append(media[start:end])
        samples += run
        following = end - moof.start
    if not samples:
        raise MediaError("The part has no samples.")
    return tuple(samples), b"".join(payload)


def _run(media: bytes, trun: Box, defaults: tuple[int, int, int]) -> tuple[int | None, list[Sample]]:
    word, count = unpack("II", media, trun.body, trun)
    flags = word & 0xFFFFFF
    if count > _MAX_SAMPLES:
        raise MediaError(f"The part claims {count} samples.")
    at = trun.body + 8
    offset: int | None = None
    first: int | None = None
    if flags & _DATA_OFFSET:
        (offset,) = unpack("i", media, at, trun)
        at += 4
    if flags & _FIRST_FLAGS:
        (first,) = unpack("I", media, at, trun)
        at += 4
    columns = [flag for flag in (_DURATION, _SIZE, _FLAGS, _COMPOSITION) if flags & flag]
    signed = word >> 24 == 1
    form = "".join("i" if flag == _COMPOSITION and signed else "I" for flag in columns)
    step = 4 * len(columns)
    unpack(f"{step * count}x", media, at, trun)  # all of them lie within the box
    samples: list[Sample] = []
    for place in range(count):
        row = dict(zip(columns, struct.unpack_from(f">{form}", media, at + place * step), strict=True))
        bits = row.get(_FLAGS, first if place == 0 and first is not None else defaults[2])
        samples.append(
            Sample(
                duration=row.get(_DURATION, defaults[0]),
                size=row.get(_SIZE, defaults[1]),
                sync=not bits & _NOT_SYNC,
                composition=row.get(_COMPOSITION, 0),
            )
        )
    return offset, samples
