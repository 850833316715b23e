"""Whether a made part of sound holds anything of what was muted, by its frames and by what is heard.

By its frames: each that says anything of the muted span is the silent one, and every other is the original's,
byte for byte. By what is heard: every sample of the span is exactly zero.
"""

from __future__ import annotations

from collections.abc import Iterator

from fleet.footage.media.fragment import Part
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.decoded import decoded_sound
from fleet.redaction.making.initialisation import bare_initialisation
from fleet.redaction.making.samples import payloads
from fleet.redaction.making.sound import muted_ticks, silence_of, silenced_frames
from fleet.redaction.rules.plan import RedactionPlan


def muted_findings(
    made: tuple[bytes, Part], original: Part, plan: RedactionPlan, origin_ns: int
) -> Iterator[str]:
    """Give what a made part of sound holds and should not.

    Args:
        made: the part, and the same taken apart.
        original: what it stands for, taken apart.
        plan: what is muted.
        origin_ns: the start of the recording on the camera's clock.
    """
    data, part = made
    if part.initialisation.data != bare_initialisation(original.initialisation.data):
        yield "It is not set up as the original is."
        return
    silent, silenced = silence_of(original.initialisation), silenced_frames(original, plan, origin_ns)
    for is_silent, mine, theirs in zip(silenced, payloads(part), payloads(original), strict=False):
        if is_silent and mine != silent:
            yield "It has a frame of sound in which something of the muted span is left."
        if not is_silent and mine != theirs:
            yield "It has a frame of sound that is not muted and not the original's."
    spans = muted_ticks(original, plan, origin_ns)
    try:
        for tick, samples in decoded_sound(data):
            for start, end in spans:
                inside = samples[..., max(start - tick, 0) : max(end - tick, 0)]
                if inside.any():
                    yield "Something is heard in a span that is muted."
    except RedactionError as error:
        yield (str(error))
