"""MPEG-TS over HTTP, live and looped, as cameras and relays send it: steadily, in bursts, until they do not.

    with http_stream(clip) as stream:
        stream.url("bursts")

| path | what comes |
|---|---|
| ``/live`` | the clip at its own pace, for ever |
| ``/bursts`` | the same, two seconds at a time, as over a Wi-Fi with holes |
| ``/drop`` | two seconds, and then the server hangs up |
| ``/stall`` | two seconds, and then nothing more on a connection that stays |
| ``/mute`` | to who asks first nothing at all, on a connection that stays; then as ``/live`` |
| ``/word`` | to who asks first a header and three packets of TS; then as ``/live`` |
| ``/refuse`` | status 401 |

FFmpeg paces and packs; each connection has one of its own and begins at the clip's beginning.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

BURST_S = 2.0
LASTS_S = 2.0
PIECE = 188 * 7
"""Bytes read at once: what fits into a datagram, so that nothing waits for more."""


@dataclass
class HttpStream:
    """A running server."""

    port: int
    asked: list[str] = field(default_factory=list)
    """The path of every request so far, with its query."""

    def url(self, path: str, *, user: str | None = None, password: str = "", query: str = "") -> str:
        """The address of a path, with user information if that is wanted."""
        info = "" if user is None else f"{quote(user, safe='')}:{quote(password, safe='')}@"
        return f"http://{info}127.0.0.1:{self.port}/{path}{query}"


@contextlib.contextmanager
def http_stream(clip: Path, *, container: str = "mpegts") -> Iterator[HttpStream]:
    """Serve a clip, whose tracks fit into the container as they are, until the end of the block."""
    ended = threading.Event()
    stream = HttpStream(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stream.asked.append(self.path)
            way = urlsplit(self.path).path.strip("/")
            send = _WAYS.get(way)
            if send is None:
                self.send_error(401)
                return
            first = len(stream.asked) == 1
            if way == "mute" and first:
                ended.wait()
                return
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            with contextlib.suppress(OSError), _paced(clip, container) as source:
                (_word if way == "word" and first else send)(source, self.wfile.write, ended)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stream.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stream
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


_Read = Callable[[], bytes]
_Write = Callable[[bytes], object]


@contextlib.contextmanager
def _paced(clip: Path, container: str) -> Iterator[_Read]:
    ffmpeg = shutil.which("ffmpeg")
    assert ffmpeg is not None, "ffmpeg is missing: make setup"
    words = [ffmpeg, "-v", "error", "-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy"]
    words += ["-muxdelay", "0", "-muxpreload", "0", "-flush_packets", "1", "-f", container, "pipe:1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0) as process:
        try:
            output = process.stdout
            assert output is not None
            yield lambda: output.read(PIECE) or b""
        finally:
            process.kill()


def _live(read: _Read, write: _Write, ended: threading.Event) -> None:
    while not ended.is_set() and (piece := read()):
        write(piece)


def _bursts(read: _Read, write: _Write, ended: threading.Event) -> None:
    held, since = b"", time.monotonic()
    while not ended.is_set() and (piece := read()):
        held += piece
        if time.monotonic() - since >= BURST_S:
            write(held)
            held, since = b"", since + BURST_S


def _drop(read: _Read, write: _Write, ended: threading.Event) -> None:
    since = time.monotonic()
    while not ended.is_set() and time.monotonic() - since < LASTS_S and (piece := read()):
        write(piece)


def _stall(read: _Read, write: _Write, ended: threading.Event) -> None:
    _drop(read, write, ended)
    ended.wait()


def _word(read: _Read, write: _Write, ended: threading.Event) -> None:
    write(read()[: 188 * 3])
    ended.wait()


_WAYS: dict[str, Callable[[_Read, _Write, threading.Event], None]] = {
    "live": _live,
    "bursts": _bursts,
    "drop": _drop,
    "stall": _stall,
    "mute": _live,
    "word": _live,
}
