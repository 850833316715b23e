"""Streams as the field has them, filmed by the real capture over one connection for picture and sound.

Values of the field page are measured in what the capture made, and again in the export of its recording.
"""

from __future__ import annotations

import functools
import socket
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from protocol.footage.format.model import Track
from tests.support.media.exported import Export
from tests.support.media.field import Filmed, capture_source, ffmpeg, write_base
from tests.support.media.shown import Shown
from tests.support.streams.http_stream import http_stream
from tests.support.streams.rtsp import Transport, rtsp_server

pytestmark = [pytest.mark.broker, pytest.mark.real_time]

APART_S = 0.045
LEFT_AFTER_S = 15
"""A source that hangs is left after eight seconds or less; the rest is for trying again."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("field") / "base.mp4")


class _Handler(SimpleHTTPRequestHandler):
    """Files, and one picture each few seconds under ``/slow/SECONDS/FILE``."""

    def do_GET(self) -> None:
        if not self.path.startswith("/slow/"):
            super().do_GET()
            return
        _, _, seconds, name = self.path.split("/")
        picture = (Path(self.directory) / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace;boundary=frame")
        self.end_headers()
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
        try:
            while True:
                self.wfile.write(head + picture + b"\r\n")
                time.sleep(float(seconds))
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(base: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(base.parent)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def _together(filmed: Shown, at_least: int) -> None:
    assert len(filmed.apart) >= at_least
    assert max(map(abs, filmed.apart)) <= APART_S


# proves C6
def test_picture_and_sound_of_a_live_stream_are_together_from_the_first_second_on(
    base: Path, export: Export
) -> None:
    with http_stream(base) as stream:
        filmed = capture_source(stream.url("live"), seconds=6)
        assert len(stream.asked) == 1  # one connection for both
    for shown in (filmed, export(filmed)):
        _together(shown, 4)
    assert (filmed.gaps(Track.VIDEO, 0.2), filmed.troubles) == ([], [])


def test_a_stream_in_bursts_keeps_its_pictures_spaced_by_its_own_times(base: Path, export: Export) -> None:
    with http_stream(base) as stream:
        filmed = capture_source(stream.url("bursts"), seconds=9)
    for shown in (filmed, export(filmed)):
        times = [at for at, _ in shown.pictures]
        assert len(times) >= 0.95 * 25 * (times[-1] - times[0])
        assert max(after - before for before, after in pairwise(times)) < 0.06
        _together(shown, 5)


def test_after_each_reconnect_both_tracks_come_back_together(base: Path, export: Export) -> None:
    with http_stream(base) as stream:
        address = stream.url("drop", user="admin", password="hunter2", query="?token=abcdef")
        filmed = capture_source(address, seconds=8)
        assert len(stream.asked) >= 2
    for shown in (filmed, exported := export(filmed)):
        assert [code for code, _ in shown.flashes].count(0) >= 2
        _together(shown, 3)
    assert filmed.gaps(Track.VIDEO, 0.5)
    assert exported.missing(Track.VIDEO, 0.5)
    said = " ".join(filmed.troubles)
    assert "broke off" in said
    assert not any(secret in said for secret in ("admin", "hunter2", "abcdef"))


@pytest.mark.parametrize("way", ["mute", "word"])
def test_a_server_that_takes_a_connection_and_says_nothing_is_left_after_seconds(
    way: str, base: Path
) -> None:
    with http_stream(base) as stream:
        filmed = capture_source(stream.url(way), seconds=40, until=_has_pictures)
    assert any("nothing came in time" in said or "has not answered" in said for said in filmed.troubles)
    assert filmed.pictures[0][0] < LEFT_AFTER_S
    assert len(stream.asked) == 2


def test_a_stream_that_falls_silent_on_its_connection_is_left_after_seconds(base: Path) -> None:
    with http_stream(base) as stream:
        filmed = capture_source(stream.url("stall"), seconds=14)
    assert any("has sent nothing for" in said for said in filmed.troubles)
    times = [at for at, _ in filmed.pictures]
    assert len(stream.asked) >= 2
    assert max(after - before for before, after in pairwise(times)) < LEFT_AFTER_S


@pytest.mark.parametrize("scheme", ["rtsp", "http", "tcp"])
def test_an_address_where_nobody_speaks_is_said_within_seconds(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/cam"
        filmed = capture_source(address, seconds=40, until=lambda filmed: bool(filmed.troubles))
    assert filmed.troubles
    assert filmed.chunks[-1].start_ns - filmed.origin_ns < LEFT_AFTER_S * 1_000_000_000


def _has_pictures(filmed: Filmed) -> bool:
    return any(part.track is Track.VIDEO for chunk in filmed.chunks for part in chunk.parts)


@pytest.mark.parametrize("transport", list(Transport))
def test_rtsp_is_filmed_over_whatever_the_camera_carries_it(
    transport: Transport, base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "long.mp4"
    ffmpeg("-stream_loop", "2", "-i", str(base), "-c", "copy", str(path))
    with rtsp_server(path, transport) as address:
        filmed = capture_source(address, seconds=6)
    for shown in (filmed, export(filmed)):
        _together(shown, 3)
    assert filmed.gaps(Track.VIDEO, 0.2) == []


def test_a_file_behind_an_address_plays_at_its_own_pace_and_loops(
    base: Path, site: str, export: Export
) -> None:
    ffmpeg("-i", str(base), "-t", "3", "-c", "copy", str(base.parent / "three.mp4"))
    filmed = capture_source(f"{site}/three.mp4", seconds=5)
    for shown in (filmed, export(filmed)):
        assert [code for code, _ in shown.flashes][:4] == [0, 1, 2, 0]
        _together(shown, 4)
    assert filmed.troubles == []


def test_one_picture_each_seven_seconds_opens_and_says_how_slow_it_is(
    base: Path, site: str, export: Export
) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240", "-frames:v", "1", str(base.parent / "slow.jpg"))

    def said(filmed: Filmed) -> bool:
        return any("gives one picture each 7 s" in trouble for trouble in filmed.troubles)

    filmed = capture_source(f"{site}/slow/7/slow.jpg", seconds=40, sound="", until=said)
    assert said(filmed)
    assert not any("does not answer" in trouble for trouble in filmed.troubles)
    assert export(filmed).pictures


def test_a_single_picture_behind_an_address_says_what_it_is(base: Path, site: str) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240", "-frames:v", "1", str(base.parent / "one.jpg"))
    filmed = capture_source(f"{site}/one.jpg", seconds=20, sound="", until=lambda seen: bool(seen.troubles))
    assert "is a single picture, not a video" in filmed.troubles[0]
