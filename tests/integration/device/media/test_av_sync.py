"""Sound and picture together: the clapper through encoders, chunker and muxer, and out through FFmpeg."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from device.capture.chunker import Chunker
from device.encode.audio import AudioEncoder
from device.encode.picture import Canvas, for_encoder
from device.encode.video import VideoEncoder
from device.frames import SoundBlock, VideoFrame
from device.settings import AudioSettings, VideoSettings
from protocol.footage.format.model import PlainChunk, Track
from tests.support.media.clapper import NS, RATE, clapper_blocks, clapper_frames, decode, joined_parts, label

if TYPE_CHECKING:
    from device.encode.packets import Absent, EncodedPacket, Lost

DAYS = 24 * 3_600 * NS
START = 45 * DAYS + 123_456_789
VIDEO = VideoSettings(width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264")


def _captured(frames: Iterable[VideoFrame], blocks: Iterable[SoundBlock], fps: int = 12) -> list[PlainChunk]:
    """Everything in the order in which it would happen."""
    video, audio = VideoEncoder(replace(VIDEO, fps=fps)), AudioEncoder(AudioSettings())
    chunker = Chunker(label=label, frame_ns=round(NS / fps))
    canvas = Canvas(VIDEO.width, VIDEO.height)
    moments: list[tuple[int, VideoFrame | SoundBlock]] = [(frame.boot_ns, frame) for frame in frames]
    moments += [(block.boot_ns + len(block.samples) * NS // block.rate, block) for block in blocks]
    chunks: list[PlainChunk] = []
    for at, moment in sorted(moments, key=lambda pair: pair[0]):
        made: Iterable[EncodedPacket | Lost | Absent]
        if isinstance(moment, VideoFrame):
            made = video.encode(for_encoder(canvas.own(moment)), moment.boot_ns)
        else:
            made = audio.push(moment)
        for packet in made:
            chunks += chunker.push(packet)
        chunks += chunker.advance(at)
    for packet in [*video.flush(), *audio.flush()]:
        chunks += chunker.push(packet)
    assert chunker.late == 0
    return [*chunks, *chunker.finish()]


def _contiguous(chunks: list[PlainChunk]) -> bool:
    return all(after.start_ns == before.start_ns + before.duration_ns for before, after in pairwise(chunks))


def test_sound_and_picture_start_and_stay_together() -> None:
    # proves C6
    seconds = 8
    chunks = _captured(clapper_frames(seconds, start_ns=START), clapper_blocks(seconds, start_ns=START))
    seen = decode(chunks, START)
    assert seen.frames == seconds * 12
    assert seen.samples == seconds * RATE  # 8 s are a whole number of AAC packets
    assert len(seen.flashes) == len(seen.beeps) == seconds
    assert max(abs(offset) for offset in seen.offsets) <= 0.003
    assert [round(flash, 3) for flash in seen.flashes] == [second + 0.5 for second in range(seconds)]
    assert _contiguous(chunks)
    assert not any(chunk.gaps for chunk in chunks)


@pytest.mark.parametrize(
    ("rate", "ppm", "block"),
    [(44_100, 0, 882), (16_000, 0, 320), (48_000, 300, 960), (48_000, -300, 1_024), (44_100, 150, 441)],
)
def test_other_rates_and_drifting_cards_stay_together(rate: int, ppm: int, block: int) -> None:
    """300 parts in a million are 9 ms after these 30 s, and would be 4 s after four hours."""
    seconds = 30
    true_rate = rate * (1 + ppm / 1e6)
    blocks = clapper_blocks(seconds, rate=rate, block=block, start_ns=START, true_rate=true_rate)
    chunks = _captured(clapper_frames(seconds, start_ns=START), blocks)
    seen = decode(chunks, START)
    assert len(seen.beeps) >= seconds - 1
    assert max(abs(offset) for offset in seen.offsets) <= 0.006


@pytest.mark.parametrize("fps", [1, 2, 3, 25, 60])
def test_slow_and_fast_cameras_leave_no_gap(fps: int) -> None:
    chunks = _captured(clapper_frames(6, fps=fps, start_ns=START), clapper_blocks(6, start_ns=START), fps)
    assert _contiguous(chunks)
    assert not any(chunk.gaps for chunk in chunks)
    assert decode(chunks).frames == 6 * fps
    assert len(chunks) == 6


def test_a_hole_in_the_sound_moves_nothing_after_it() -> None:
    blocks = [
        block
        for block in clapper_blocks(8, start_ns=START)
        if not START + 2.1 * NS <= block.boot_ns < START + 3.2 * NS
    ]
    chunks = _captured(clapper_frames(8, start_ns=START), blocks)
    seen = decode(chunks, START)
    assert len(seen.beeps) == 7
    assert max(abs(offset) for offset in seen.offsets) <= 0.003
    stated = sum(gap.duration_ns for chunk in chunks for gap in chunk.gaps)
    assert abs(stated - 1.1 * NS) < 0.001 * NS
    assert all(gap.track is Track.AUDIO for chunk in chunks for gap in chunk.gaps)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("track", list(Track))
def test_ffmpeg_decodes_the_joined_parts_without_a_word(track: Track, tmp_path: Path) -> None:
    chunks = _captured(clapper_frames(6, start_ns=START), clapper_blocks(6, start_ns=START))
    path = tmp_path / f"{track}.mp4"
    path.write_bytes(joined_parts(chunks, track))
    arguments = ["ffmpeg", "-v", "warning", "-xerror", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
