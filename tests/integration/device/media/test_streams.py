"""The servers that the tests of streams stand on give what they say they give."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import av
import pytest

from tests.support.media.clips import write_clip
from tests.support.streams.http_stream import http_stream
from tests.support.streams.rtsp import Transport, rtsp_server

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """H.264 and AAC, as cameras send them."""
    folder = tmp_path_factory.mktemp("clip")
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg is not None
    made = folder / "h264.mp4"
    once = write_clip(folder / "clip.mp4")
    words = [ffmpeg, "-v", "error", "-stream_loop", "9", "-i", str(once), "-c:v", "libx264", "-g", "10"]
    subprocess.run([*words, "-pix_fmt", "yuv420p", "-c:a", "copy", str(made)], check=True)
    return made


@pytest.mark.parametrize("transport", list(Transport))
def test_rtsp_gives_picture_and_sound_over_one_transport_alone(clip: Path, transport: Transport) -> None:
    with (
        rtsp_server(clip, transport) as address,
        av.open(address, options={"rtsp_transport": transport.value}, timeout=10) as stream,
    ):
        kinds = set()
        for packet in stream.demux():
            kinds.add(packet.stream.type)
            if kinds == {"video", "audio"}:
                break
    other = next(each for each in Transport if each is not transport)
    with rtsp_server(clip, transport) as address, pytest.raises(OSError, match=r"Protocol not|Invalid"):
        av.open(address, options={"rtsp_transport": other.value}, timeout=10)


def test_packets_that_are_lost_are_missing_by_their_numbers(clip: Path) -> None:
    with av.logging.Capture(local=False) as said:
        av.logging.set_level(av.logging.WARNING)
        try:
            with (
                rtsp_server(clip, Transport.UDP, loss=0.2) as address,
                av.open(address, options={"rtsp_transport": "udp"}, timeout=10) as stream,
            ):
                for packet in stream.demux(video=0):
                    if any("missed" in line for _, _, line in said) or (packet.pts or 0) > 90_000 * 15:
                        break
        finally:
            av.logging.set_level(None)
    assert any("missed" in line for _, _, line in said)


def test_a_burst_comes_at_once_and_a_drop_ends(clip: Path) -> None:
    with http_stream(clip) as stream:
        with av.open(stream.url("bursts"), timeout=10) as container:
            assert next(container.decode(video=0)) is not None
        came = 0
        with av.open(stream.url("drop"), timeout=10) as container, contextlib.suppress(OSError):
            for _ in container.demux():
                came += 1
        assert came > 10
        with pytest.raises(av.error.HTTPUnauthorizedError):
            av.open(stream.url("refuse"), timeout=10)
        with av.open(stream.url("stall"), timeout=(10, 1)) as container, pytest.raises(av.error.ExitError):
            for _ in container.demux():
                pass
