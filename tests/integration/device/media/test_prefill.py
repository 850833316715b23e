"""Prefilled rings: encoded once, given out at any time, and followed by live footage without a seam."""

from __future__ import annotations

import numpy as np
import pytest

from device.capture.prefill import EncodedLoop, encode_loop
from device.encode.video import VideoEncoder
from device.settings import AudioSettings, VideoSettings
from protocol.footage.format.model import Track
from tests.support.media.clapper import NS, RATE, beep, clapper_frames, decode, label

VIDEO = VideoSettings(width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264")
START = 3 * 3_600 * NS + 5


@pytest.fixture(scope="module")
def loop() -> EncodedLoop:
    return encode_loop(clapper_frames(9), beep(0, 8 * RATE), seconds=8, video=VIDEO, audio=AudioSettings())


def test_a_loop_gives_contiguous_chunks_at_any_time(loop: EncodedLoop) -> None:
    chunks = list(loop.chunks(START, 20, label=label))
    assert len(chunks) == 20
    assert abs(chunks[0].start_ns - START) < 10_000
    ends = [chunk.start_ns + chunk.duration_ns for chunk in chunks]
    assert [chunk.start_ns for chunk in chunks[1:]] == ends[:-1]
    assert abs(ends[-1] - START - 20 * NS) < 100_000_000
    assert not any(chunk.gaps for chunk in chunks)
    assert all(chunk.label == label(chunk.start_ns) for chunk in chunks)


def test_sound_and_picture_stay_together_round_after_round(loop: EncodedLoop) -> None:
    seen = decode(list(loop.chunks(START, 24, label=label)), START)
    assert seen.frames == 24 * 12
    assert seen.samples == 24 * RATE
    assert len(seen.beeps) == 24
    assert max(abs(offset) for offset in seen.offsets) <= 0.003


def test_a_live_encoder_of_the_same_settings_needs_no_other_header(loop: EncodedLoop) -> None:
    live = VideoEncoder(VIDEO).params
    assert {packet.params for packet in loop.packets if packet.track is Track.VIDEO} == {live}


def test_a_loop_without_sound_states_no_gap() -> None:
    silent = encode_loop(clapper_frames(3), None, seconds=3, video=VIDEO, audio=None)
    chunks = list(silent.chunks(START, 5, label=label))
    assert [len(chunk.parts) for chunk in chunks] == [1] * 5
    assert not any(chunk.gaps for chunk in chunks)


def test_too_little_sound_is_followed_by_silence() -> None:
    short = encode_loop(clapper_frames(8), beep(0, RATE), seconds=8, video=VIDEO, audio=AudioSettings())
    seen = decode(list(short.chunks(START, 8, label=label)), START)
    assert (seen.samples, len(seen.beeps)) == (8 * RATE, 1)


def test_a_length_that_cuts_an_aac_packet_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 8 s"):
        encode_loop(clapper_frames(3), np.zeros(9, np.float32), seconds=3, video=VIDEO, audio=AudioSettings())
