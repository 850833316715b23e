"""Streams of every kind, filmed by the real capture in real time.

python -m tests.harness.inputs.streams [WORD ...]
"""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.harness.inputs.table import say
from tests.support.media.field import Filmed, capture_source, ffmpeg, write_base

APART_S = 0.045
X264 = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p"


class _Site(SimpleHTTPRequestHandler):
    """Files of a folder, and what servers do besides: ``/WAY/FILE``."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        _, way, *rest = self.path.split("?")[0].split("/")
        name = "/".join(rest)
        if way.isdecimal():
            self.send_error(int(way))
        elif way == "redirect":
            self.send_response(302)
            self.send_header("Location", f"/{name}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif way in {"chunked", "drip", "bare"}:
            with contextlib.suppress(OSError):
                self._send((Path(self.directory) / name).read_bytes(), way)
        else:
            with contextlib.suppress(OSError):
                super().do_GET()

    def _send(self, data: bytes, way: str) -> None:
        self.close_connection = True
        self.send_response(200)
        if way == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        size = 1 if way == "drip" else 20_000
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if way == "chunked" else piece)
            time.sleep(1 if way == "drip" else 0)
        if way == "chunked":
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def site(folder: Path, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve a folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Site, directory=str(folder)))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def _sending(base: Path, *words: str) -> Iterator[None]:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(base), *words]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.kill()


@dataclass(frozen=True)
class Stream:
    """One stream.

    Attributes:
        name: For people.
        open: Gives its address for as long as it is there, from a folder with ``base.mp4``.
        seconds: How long it is filmed.
        flashes: How many have to be seen and heard, at least; none of what is refused.
        says: What has to be said of it.
        may_say: What may be said of it while its server starts.
    """

    name: str
    open: Callable[[Path], contextlib.AbstractContextManager[str]]
    seconds: float = 6
    flashes: int = 4
    says: str = ""
    may_say: str = "^$"


def _file(make: str, address: str) -> Callable[[Path], contextlib.AbstractContextManager[str]]:
    @contextlib.contextmanager
    def opened(folder: Path) -> Iterator[str]:
        words = {"FF": "ffmpeg -v error -y -nostdin", "PATH": "/usr/local/bin:/usr/bin:/bin"}
        subprocess.run(["bash", "-ec", make], cwd=folder, env=words, check=True)
        with site(folder) as url:
            yield address.replace("{url}", url)

    return opened


def _sent(
    address: str, *words: str, kind: int = socket.SOCK_STREAM
) -> Callable[[Path], contextlib.AbstractContextManager[str]]:
    @contextlib.contextmanager
    def opened(folder: Path) -> Iterator[str]:
        port = str(_port(kind))
        with _sending(folder / "base.mp4", *(word.replace("{port}", port) for word in words)):
            yield address.replace("{port}", port)

    return opened


@contextlib.contextmanager
def _live_list(folder: Path) -> Iterator[str]:
    (folder / "live").mkdir()
    words = [
        "-c",
        "copy",
        "-f",
        "hls",
        "-hls_time",
        "1",
        "-hls_list_size",
        "4",
        "-hls_flags",
        "delete_segments",
    ]
    with _sending(folder / "base.mp4", *words, str(folder / "live" / "o.m3u8")), site(folder) as url:
        while (
            not (folder / "live" / "o.m3u8").exists()
            or (folder / "live" / "o.m3u8").read_text().count("#EXTINF") < 3
        ):
            time.sleep(0.2)
        yield f"{url}/live/o.m3u8"


@contextlib.contextmanager
def _unknown_certificate(folder: Path) -> Iterator[str]:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-keyout",
            "k.pem",
            "-out",
            "c.pem",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "c.pem", folder / "k.pem")
    with site(folder, context) as url:
        yield f"{url}/base.mp4"


@contextlib.contextmanager
def _plain(address: str) -> Iterator[str]:
    yield address


def _at(address: str) -> Callable[[Path], contextlib.AbstractContextManager[str]]:
    return lambda _: _plain(address)


_TWO = (
    f"$FF -t 4 -i base.mp4 {X264} -c:a aac -ac 2 -hls_list_size 0 -hls_time 2 a.m3u8; "
    f"$FF -ss 4 -i base.mp4 {X264} -s 426x240 -c:a aac -ac 1 -ar 44100 -hls_list_size 0 -hls_time 2 b.m3u8; "
    "(grep -v ENDLIST a.m3u8; echo '#EXT-X-DISCONTINUITY'; grep -E 'EXTINF|[.]ts|ENDLIST' b.m3u8) > o.m3u8"
)
_GROUP = (
    "$FF -i base.mp4 -an -c copy -hls_list_size 0 -hls_time 2 v.m3u8; "
    "$FF -i base.mp4 -vn -c copy -hls_list_size 0 -hls_time 2 s.m3u8; printf '#EXTM3U\\n"
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",DEFAULT=YES,URI="s.m3u8"\\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=500000,AUDIO="a"\\nv.m3u8\\n\' > o.m3u8'
)
_TS = "$FF -i base.mp4 -c copy o.ts"

STREAMS = (
    Stream(
        "HLS, finished", _file("$FF -i base.mp4 -c copy -hls_time 2 -hls_list_size 0 o.m3u8", "{url}/o.m3u8")
    ),
    Stream(
        "HLS in CMAF, finished",
        _file(
            "$FF -i base.mp4 -c copy -hls_time 2 -hls_segment_type fmp4 -hls_list_size 0 o.m3u8",
            "{url}/o.m3u8",
        ),
    ),
    Stream("HLS with a discontinuity and another size", _file(_TWO, "{url}/o.m3u8"), 9.5, 9),
    Stream("HLS with its sound in a list of its own", _file(_GROUP, "{url}/o.m3u8")),
    Stream("HLS, live", _live_list, 8, 4),
    Stream("TS in pieces without a length", _file(_TS, "{url}/chunked/o.ts")),
    Stream("TS without a length", _file(_TS, "{url}/bare/o.ts")),
    Stream("MP4 behind a redirection, with a token", _file("true", "{url}/redirect/base.mp4?token=SECRET")),
    Stream("MP4 in pieces without a length", _file("true", "{url}/chunked/base.mp4")),
    Stream("FLV as a file", _file("$FF -i base.mp4 -c copy o.flv", "{url}/o.flv")),
    Stream(
        "one byte a second", _file(_TS, "{url}/drip/o.ts"), 14, 0, "nothing came in time|has not answered"
    ),
    Stream("401", _file("true", "{url}/401/SECRET"), 3, 0, "does not let the camera in"),
    Stream("404", _file("true", "{url}/404/SECRET"), 3, 0, "answers with an error"),
    Stream("500", _file("true", "{url}/500/SECRET"), 3, 0, "answers with an error"),
    Stream(
        "a page in place of a stream",
        _file("echo '<html>SECRET</html>' > o.html", "{url}/o.html"),
        3,
        0,
        "gives nothing that can be filmed",
    ),
    Stream("a DASH list", _file("$FF -i base.mp4 -c copy o.mpd", "{url}/o.mpd"), 3, 0, "DASH"),
    Stream("a certificate that nobody knows", _unknown_certificate, 5, 0, "certificate"),
    Stream(
        "TS by UDP",
        _sent(
            "udp://@127.0.0.1:{port}",
            "-c",
            "copy",
            "-f",
            "mpegts",
            "udp://127.0.0.1:{port}?pkt_size=1316",
            kind=socket.SOCK_DGRAM,
        ),
        8,
        4,
    ),
    Stream(
        "TS by RTP",
        _sent(
            "rtp://127.0.0.1:{port}",
            "-c",
            "copy",
            "-f",
            "rtp_mpegts",
            "rtp://127.0.0.1:{port}",
            kind=socket.SOCK_DGRAM,
        ),
        8,
        4,
    ),
    Stream(
        "RTMP",
        _sent(
            "rtmp://127.0.0.1:{port}/live/SECRET",
            "-c",
            "copy",
            "-f",
            "flv",
            "-listen",
            "1",
            "rtmp://127.0.0.1:{port}/live/SECRET",
        ),
        8,
        4,
        may_say="^$|refused",
    ),
    Stream(
        "TS by TCP",
        _sent("tcp://127.0.0.1:{port}", "-c", "copy", "-f", "mpegts", "tcp://127.0.0.1:{port}?listen=1"),
        8,
        4,
        may_say="^$|refused",
    ),
    Stream("SRT", _at("srt://127.0.0.1:9?passphrase=SECRET"), 3, 0, "does not speak"),
    Stream("RIST", _at("rist://127.0.0.1:9"), 3, 0, "does not speak"),
    Stream("ONVIF", _at("onvif://u:SECRET@127.0.0.1:9/"), 3, 0, "does not speak"),
    Stream(
        "a name that nobody knows",
        _at("http://no-such-host.invalid/SECRET"),
        5,
        0,
        "does not answer|nothing that can be filmed",
    ),
    Stream(
        "UDP where nobody sends",
        _at("udp://@127.0.0.1:9?SECRET"),
        14,
        0,
        "nothing came in time|does not answer|not answered",
    ),
)


def faults(stream: Stream, filmed: Filmed) -> list[str]:
    """What of what was filmed is not as expected."""
    said = " | ".join(filmed.troubles)
    found = [f"shows a secret: {said}"] if "SECRET" in said else []
    if stream.says or not stream.flashes:
        return found + ([] if re.search(stream.says, said) else [f"says {said!r}"])
    flashes, apart = filmed.flashes, filmed.apart
    if len(flashes) < stream.flashes:
        found.append(f"flashes {[(code, round(at, 2)) for code, at in flashes]}")
    if len(apart) < stream.flashes:
        found.append(f"tones {[(code, round(at, 2)) for code, at in filmed.tones]}")
    if apart and max(map(abs, apart)) > APART_S:
        found.append(f"{max(map(abs, apart)) * 1000:.0f} ms apart")
    return found + ([] if re.search(stream.may_say, said) else [f"says {said!r}"])


def main(words: Sequence[str]) -> int:
    """Try them all, and say what is not as it should be."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        base = write_base(Path(name) / "base.mp4")
        long = Path(name) / "long.mp4"
        ffmpeg("-stream_loop", "2", "-i", str(base), "-c", "copy", str(long))
        for index, stream in enumerate(STREAMS):
            if words and not any(word in stream.name for word in words):
                continue
            folder = Path(name) / str(index)
            folder.mkdir()
            (folder / "base.mp4").symlink_to(base)
            try:
                with stream.open(folder) as address:
                    filmed = capture_source(address, seconds=stream.seconds)
                found = faults(stream, filmed)
            except Exception as error:  # noqa: BLE001 - a line of the table
                found, filmed = [repr(error)], None
            wrong += bool(found)
            said = filmed.troubles if filmed is not None else []
            say(f"{'WRONG' if found else 'right'}  {stream.name}", *found, *said)
    say(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
