"""Sound of a source that falls silent, or is opened anew, and stamps what follows earlier than it might."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from device.encode.audio import AudioEncoder
from device.encode.packets import EncodedPacket
from device.encode.part import mux_part
from device.frames import SoundBlock
from device.settings import AUDIO_RATE, AudioSettings
from protocol.units import NS_PER_MS, NS_PER_S
from tests.support.tries import tries

BLOCK_NS = 100 * NS_PER_MS
SAMPLES = np.zeros((AUDIO_RATE // 10, 1), np.float32)

Spell = tuple[int, int, int]
"""How many blocks come, how late each is stamped, and how long nothing comes after them; times in ms."""


def encoded(spells: list[Spell]) -> list[EncodedPacket]:
    """The packets of a source that is flushed after each spell."""
    encoder, now, out = AudioEncoder(AudioSettings(coder="fast")), 10 * NS_PER_S, []
    for blocks, late_ms, pause_ms in spells:
        for _ in range(blocks):
            out += encoder.push(SoundBlock(SAMPLES, AUDIO_RATE, now + late_ms * NS_PER_MS))
            now += BLOCK_NS
        out += encoder.flush()
        now += pause_ms * NS_PER_MS
    return [each for each in out if isinstance(each, EncodedPacket)]


# proves C6
def test_sound_that_is_stamped_before_the_end_of_the_last_does_not_break_the_chunk() -> None:
    packets = encoded([(5, 180, 0), (5, 0, 0)])
    assert mux_part(packets[0].params, packets)
    heard = sum(packet.duration_ns for packet in packets)
    assert heard >= 10 * BLOCK_NS - 181 * NS_PER_MS, "no more is left out than would be heard twice"


# proves C6
@settings(max_examples=tries(30), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 900), st.integers(0, 400)), min_size=2, max_size=4)
)
def test_no_time_has_sound_twice(spells: list[Spell]) -> None:
    packets = encoded(spells)
    for before, after in pairwise(packets):
        assert after.pts_ns >= before.end_ns
        assert after.duration_ns > 0
    assert mux_part(packets[0].params, packets)
