"""A stream that goes on with other tracks, as radio does in Ogg: opened anew at once, and without a word."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from device.clock import SystemClock
from device.sources.base import SourceError
from device.sources.demux.reading import connection as module
from device.sources.demux.reading.connection import Connection
from device.sources.demux.reading.source_memory import SourceMemory
from device.sources.demux.reading.track_queue import DuePacket, NewPass
from device.sources.pace import Start
from protocol.footage.format.model import Track
from tests.support.media.field import ffmpeg
from tests.support.streams.tls_site import running_handler

PATIENCE_S = 60
VORBIS, SLOWER, OPUS = (
    ("-c:a", "libvorbis"),
    ("-c:a", "libvorbis", "-ar", "22050"),
    ("-c:a", "libopus"),
)


def link(path: Path, number: int, coding: tuple[str, ...], *, picture: bool) -> bytes:
    """A logical stream with a number of its own."""
    sources = ["-f", "lavfi", "-i", "sine=r=48000:d=2"]
    if picture:
        sources += ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=2", "-c:v", "libtheora"]
    ffmpeg(*sources, *coding, "-serial_offset", str(number), "-page_duration", "200000", str(path))
    return path.read_bytes()


def taken(connection: Connection, track: Track, count: int) -> tuple[list[DuePacket], int]:
    """So many packets of a track, and how often it was decoded anew before the last of them."""
    packets: list[DuePacket] = []
    passes, until = 0, time.monotonic() + PATIENCE_S
    while len(packets) < count:
        assert time.monotonic() < until
        item = connection.take(track, 0.1)
        passes += isinstance(item, NewPass)
        if isinstance(item, DuePacket):
            packets.append(item)
    return packets, passes


@pytest.mark.parametrize(
    ("first", "then", "picture"),
    [(VORBIS, VORBIS, False), (VORBIS, SLOWER, False), (OPUS, VORBIS, False), (VORBIS, VORBIS, True)],
    ids=["the same", "another rate", "another codec", "with a picture"],
)
def test_what_follows_in_a_chained_stream_is_taken_without_an_error(
    first: tuple[str, ...],
    then: tuple[str, ...],
    picture: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_SOON_NS", 0)
    one = link(tmp_path / "1.ogg", 1, first, picture=picture)
    two = link(tmp_path / "2.ogg", 100, then, picture=picture)
    asked: list[str] = []

    class Radio(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(one + two if len(asked) == 1 else two)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    same = first == then and not picture
    with running_handler(Radio, None) as url:
        connection = Connection(f"{url}/radio", SystemClock(), start=Start(), memory=SourceMemory())
        connection.attach(Track.AUDIO)
        try:
            packets, passes = taken(connection, Track.AUDIO, 120)
        finally:
            connection.detach(Track.AUDIO)
    assert (passes, len(asked)) == ((1, 1) if same else (2, 2))
    assert max(each.begin_ns for each in packets) - packets[0].begin_ns < 6_000_000_000, "due soon"


def test_a_stream_that_changes_all_the_time_is_not_opened_again_and_again(tmp_path: Path) -> None:
    one = link(tmp_path / "1.ogg", 1, VORBIS, picture=False)
    two = link(tmp_path / "2.ogg", 100, SLOWER, picture=False)
    asked: list[str] = []

    class Radio(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(one[: len(one) // 2] + two)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with running_handler(Radio, None) as url:
        connection = Connection(f"{url}/radio", SystemClock(), start=Start(), memory=SourceMemory())
        connection.attach(Track.AUDIO)
        with pytest.raises(SourceError, match="it changed into something that cannot be followed"):
            taken(connection, Track.AUDIO, 10_000)
        connection.detach(Track.AUDIO)
    assert len(asked) == 1
