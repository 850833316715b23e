"""What is said of a source that does not open is what was seen of it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import av.error
import pytest

from device.sources.demux.reading.opening import open_source
from device.sources.demux.reading.troubles import cannot_open, has_none
from protocol.footage.format.model import Track

ADDRESS = "http://anna:geheim@127.0.0.1:8080/cam"
SHOWN = "http://127.0.0.1:8080/…"


def said_of(error: Exception) -> str:
    return str(cannot_open(ADDRESS, Track.VIDEO, error))


@contextmanager
def answering(status: int, page: bytes = b"") -> Iterator[str]:
    """The address of a server that gives every question this answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/cam"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "page", "said"),
    [
        (401, b"", "does not let the camera in"),
        (403, b"", "does not let the camera in"),
        (404, b"", "answers with an error"),
        (503, b"", "answers with an error"),
        (200, b"<html>log in</html>", "gives nothing that can be filmed"),
    ],
)
def test_an_address_that_answers_is_not_said_to_be_silent(status: int, page: bytes, said: str) -> None:
    with answering(status, page) as address, pytest.raises((av.error.FFmpegError, OSError)) as caught:
        open_source(address, "auto", 8)
    sentence = str(cannot_open(address, Track.VIDEO, caught.value))
    assert said in sentence
    assert "does not answer" not in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "error",
    [
        av.error.ExitError(1, "Immediate exit requested"),
        av.error.ConnectionRefusedError(111, "Connection refused"),
        av.error.TimeoutError(110, "Connection timed out"),
        TimeoutError(110, "Connection timed out"),
    ],
)
def test_an_address_that_does_not_answer_is_said_not_to(error: Exception) -> None:
    assert said_of(error).startswith(f"The stream {SHOWN} does not answer (")


def test_what_lacks_a_track_is_called_what_it_is() -> None:
    assert str(has_none(ADDRESS, Track.AUDIO)).startswith(f"{SHOWN} holds no sound: give another stream")
    assert str(has_none("a.mp4", Track.VIDEO)) == (
        "a.mp4 holds no pictures that can be read: give another file."
    )
