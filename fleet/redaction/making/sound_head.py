"""What a decoder must know of AAC-LC as it is encoded here, before the first packet."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import av
import numpy as np
from av.codec.context import Flags

from fleet.footage.media.filler import FRAME
from fleet.footage.media.fragment import read_initialisation
from fleet.footage.media.fragment import split as split_part
from fleet.redaction.making.initialisation import bare_initialisation

_MUXER = {
    "movflags": "cmaf+frag_custom+empty_moov+default_base_moof+skip_trailer",
    "use_editlist": "0",
    "fflags": "+bitexact",
}


@lru_cache(maxsize=4)
def sound_head(rate: int, layout: str) -> bytes:
    """Return ``ftyp moov`` of AAC-LC, whose ticks are its samples.

    Args:
        rate: samples a second.
        layout: ``mono`` or ``stereo``.
    """
    file = io.BytesIO()
    container: Any
    with av.open(file, "w", format="mp4", options=_MUXER) as container:
        stream = container.add_stream("aac", rate=rate)
        stream.layout = layout
        stream.codec_context.flags |= Flags.global_header
        quiet = np.zeros((1 if layout == "mono" else 2, FRAME), np.float32)
        for number in range(3):
            frame = av.AudioFrame.from_ndarray(quiet, format="fltp", layout=layout)
            frame.sample_rate, frame.pts = rate, number * FRAME
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    head = bare_initialisation(split_part(file.getvalue())[0])
    if read_initialisation(head).timescale != rate:
        raise RuntimeError("internal error: sound is counted in something else than its samples")
    return head
