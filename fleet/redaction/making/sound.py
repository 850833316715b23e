"""A second's sound with spans muted, without encoding it anew: whole AAC frames are replaced by silent ones.

A frame is heard over 1,024 samples, and says something of the 1,024 after them too (ISO/IEC 14496-3 §4.6.11:
windows overlap). So the frame before a mute goes as well, and the one after it for its windows: within
the mute nothing is left that could be decoded, and every other frame stays byte for byte as it was.
"""

from __future__ import annotations

from dataclasses import replace

from fleet.footage.media.boxes import boxes, unpack
from fleet.footage.media.codec import codec_of
from fleet.footage.media.filler import FRAME, silent_packet
from fleet.footage.media.fragment import Initialisation, Part, read_part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.fragment_writer import write_part
from fleet.redaction.making.initialisation import bare_initialisation
from fleet.redaction.making.samples import payloads
from fleet.redaction.rules.plan import RedactionPlan
from protocol.units import NS_PER_S

_AAC_LC = "mp4a.40.2"
_RATE_OFFSET = 24


def with_mutes(data: bytes, plan: RedactionPlan, origin_ns: int) -> bytes | None:
    """Return a part of sound in which all that a plan mutes is silent; None where that is nothing.

    Args:
        data: the part, decrypted.
        plan: what is muted.
        origin_ns: the start of the recording on the camera's clock.

    Raises:
        RedactionError: it is of another kind of sound than AAC-LC, of one or two channels.
        MediaError: it is no part.
    """
    part = read_part(data)
    silenced = silenced_frames(part, plan, origin_ns)
    if not any(silenced):
        return None
    silent = silence_of(part.initialisation)
    samples, payload = [], []
    for sample, packet, is_silent in zip(part.samples, payloads(part), silenced, strict=True):
        samples.append(replace(sample, size=len(silent)) if is_silent else sample)
        payload.append(silent if is_silent else packet)
    return write_part(
        bare_initialisation(part.initialisation.data), part.decode_time, samples, b"".join(payload)
    )


def silence_of(initialisation: Initialisation) -> bytes:
    """Return the silent frame of a kind of sound.

    Raises:
        RedactionError: none is known.
    """
    silent = silent_packet(initialisation) if codec_of(initialisation) == _AAC_LC else None
    if silent is None or _rate(initialisation) != initialisation.timescale:
        raise RedactionError("Only sound as AAC-LC of one or two channels is muted here.")
    return silent


def _rate(initialisation: Initialisation) -> int:
    """Return the samples a second that the description names (ISO/IEC 14496-12 §12.2.3)."""
    entry = next(boxes(initialisation.sample_entry))
    (fixed,) = unpack("I", initialisation.sample_entry, entry.body + _RATE_OFFSET, entry)
    return fixed >> 16


def silenced_frames(part: Part, plan: RedactionPlan, origin_ns: int) -> list[bool]:
    """Return of each frame whether it is made silent."""
    spans = [(start - FRAME, end + FRAME) for start, end in muted_ticks(part, plan, origin_ns)]
    found, at = [], part.decode_time
    for sample in part.samples:
        found.append(any(at < end and start < at + max(sample.duration, FRAME) for start, end in spans))
        at += sample.duration
    return found


def muted_ticks(part: Part, plan: RedactionPlan, origin_ns: int) -> list[tuple[int, int]]:
    """Return the plan's mutes in ticks of a part's track, rounded outwards."""
    scale = part.initialisation.timescale
    return [
        (
            (origin_ns + mute.span.start_ns) * scale // NS_PER_S,
            -(-(origin_ns + mute.span.end_ns) * scale // NS_PER_S),
        )
        for mute in plan.mutes
    ]
