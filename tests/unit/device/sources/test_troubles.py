"""What is said of a source that does not open is what was seen of it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import av.error
import pytest

from device.settings import StreamAccess
from device.sources.demux.reading.opening import open_source
from device.sources.demux.reading.troubles import cannot_open, has_none, why
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
        open_source(address, StreamAccess(), 8)
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


@pytest.mark.parametrize("scheme", ["srt", "rist", "onvif", "webrtc"])
def test_what_the_camera_cannot_speak_is_said_with_what_it_can(scheme: str) -> None:
    with pytest.raises((av.error.FFmpegError, OSError, LookupError)) as caught:
        open_source(f"{scheme}://127.0.0.1:9/live", StreamAccess(), 2)
    said = str(cannot_open(f"{scheme}://anna:geheim@127.0.0.1:9/live", Track.VIDEO, caught.value))
    assert said == (
        f"The stream {scheme}://127.0.0.1:9/… is of a kind that the camera does not speak: "
        "have its server send it by one of RTSP, RTMP, HLS, HTTP and UDP."
    )


@pytest.mark.parametrize("scheme", ["rtmp", "http", "tcp"])
def test_what_it_is_told_to_take_instead_the_camera_does_speak(scheme: str) -> None:
    with pytest.raises((av.error.FFmpegError, OSError)) as caught:
        open_source(f"{scheme}://127.0.0.1:9/live", StreamAccess(), 2)
    assert not isinstance(caught.value, av.error.ProtocolNotFoundError)


def test_a_list_for_dash_is_said_to_be_one() -> None:
    error = av.error.InvalidDataError(1, "Invalid data found when processing input")
    said = str(cannot_open("http://127.0.0.1:8080/live.mpd?token=geheim", Track.VIDEO, error))
    assert said == (
        "The stream http://127.0.0.1:8080/… is a list for DASH, which the camera does not play: "
        "give its address for HLS or RTSP."
    )
    assert "is a list for DASH" in str(cannot_open("clip.MPD", Track.VIDEO, error))
    assert "is a list for DASH" not in str(cannot_open("http://h/x?list=.mpd", Track.VIDEO, error))


def test_a_file_that_may_not_be_read_says_so() -> None:
    said = str(cannot_open("/clips/a.mp4", Track.AUDIO, PermissionError(13, "Permission denied")))
    assert said == "/clips/a.mp4 may not be read by the camera's user: give it the right to."


def test_a_name_for_many_pictures_says_what_to_make_of_them() -> None:
    said = str(cannot_open("/clips/p%03d.png", Track.VIDEO, FileNotFoundError("/clips/p%03d.png")))
    assert said == "/clips/p%03d.png stands for a sequence of pictures: make one video of them."


def test_what_ffmpeg_cannot_follow_is_said_without_its_asking_for_patches() -> None:
    error = av.error.PatchWelcomeError(1, "Not yet implemented in FFmpeg, patches welcome")
    assert why(error) == "it changed into something that cannot be followed"
