"""What FFmpeg opens by itself is filmed only where somebody vouches for it, and nobody else hears of it."""

from __future__ import annotations

import itertools
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import av.error
import pytest

from device.settings import ANYBODY, StreamAccess
from device.sources.demux.reading.address import open_address
from device.sources.demux.reading.opening import open_source, packets
from device.sources.demux.reading.troubles import cannot_open
from device.sources.demux.reading.trust import UntrustedError, leads_elsewhere, leads_to
from protocol.footage.format.model import Track
from tests.support.media.field import ffmpeg
from tests.support.streams.saying import said_to_each
from tests.support.streams.tls_site import Authority, running_handler, running_site
from tests.support.streams.trusting import authority_of_test, filmed

LOGIN = "anna:geheim@"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of three segments, one file of the same, and a list that is none of HLS."""
    folder = tmp_path_factory.mktemp("list")
    source = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=10", "-t", "3", "-c:v", "libx264", "-g", "10")
    ffmpeg(*source, str(folder / "clip.ts"))
    ffmpeg(*source, "-movflags", "faststart", str(folder / "clip.mp4"))
    (folder / "clips.txt").write_text("ffconcat version 1.0\nfile clip.ts\n")
    ffmpeg(*source, "-hls_time", "1", "-hls_list_size", "0", str(folder / "list.m3u8"))
    return folder


authority = authority_of_test()


def test_who_answers_in_the_middle_of_a_list_hears_no_password(
    folder: Path, authority: Authority, tmp_path: Path
) -> None:
    known, stranger = authority.context(), Authority(tmp_path, "stranger").context()
    body = (folder / "list.m3u8").read_bytes()
    answers = (
        (known, b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)),
        (stranger, b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'),
    )
    with heard(answers) as (port, words), pytest.raises(UntrustedError):
        filmed(f"https://{LOGIN}127.0.0.1:{port}/list.m3u8", authority.path)
    assert len(words) > 1
    assert b"GET /list.m3u8" in words[0]
    assert not any(words[1:])


@pytest.mark.parametrize("name", ["list.m3u8", "clip.ts", "clip.mp4"])
def test_no_proxy_of_the_environment_hears_or_answers_in_anothers_place(
    folder: Path, authority: Authority, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ((None, b"HTTP/1.1 502 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),)
    with heard(answers) as (port, words), running_site(folder, authority.context(), LOGIN[:-1]) as url:
        for key in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(key, f"http://127.0.0.1:{port}")
        for key in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(key, raising=False)
        assert filmed(f"{url.replace('://', f'://{LOGIN}')}/{name}", authority.path) == 30
    assert words == []


def test_what_leads_through_an_address_without_tls_says_nothing_there(
    folder: Path, authority: Authority
) -> None:
    answers = ((None, b"HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),)
    with heard(answers) as (port, words), running_site(folder, authority.context()) as url:
        for name in ("clip.ts", "list.m3u8"):
            through = f"{url}/to/http://127.0.0.1:{port}/to/{url}/{name}"
            with pytest.raises(UntrustedError, match="it leads to an address without TLS"):
                filmed(through, authority.path)
    assert words == []


def test_no_other_list_has_ffmpeg_open_anything_by_itself(folder: Path, authority: Authority) -> None:
    with (
        running_site(folder, authority.context()) as url,
        pytest.raises(av.error.HTTPNotFoundError),
    ):
        filmed(f"{url}/clips.txt", authority.path)


def test_a_file_is_read_from_any_place_of_it(folder: Path, authority: Authority) -> None:
    with running_site(folder, authority.context()) as url:
        container, relay = open_address(f"{url}/clip.mp4", StreamAccess(trust=str(authority.path)), 8)
        assert relay is not None
        try:
            container.seek(2_000_000)
            first = next(container.demux(video=0))
            assert first.pts is not None
            assert float(first.pts * first.time_base) == pytest.approx(2, abs=0.2)
        finally:
            container.close()
            relay.close()


def test_a_stream_without_an_end_is_filmed_as_it_comes_and_let_go_of(
    folder: Path, authority: Authority
) -> None:
    data, over = (folder / "clip.ts").read_bytes(), threading.Event()

    class Live(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            with suppress(OSError):
                for _ in range(100):
                    self.wfile.write(data)
                    if over.wait(0.05):
                        return
                over.wait(30)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with running_handler(Live, authority.context()) as url:
        source = open_source(f"{url}/live", StreamAccess(trust=str(authority.path)), 8)
        try:
            assert source.live
            found = list(itertools.islice((each for each in packets(source) if each is not None), 200))
            assert len(found) == 200
            assert not over.is_set()
            begun = time.monotonic()
            source.close()
            assert time.monotonic() - begun < 5
        finally:
            over.set()


def test_who_is_not_there_is_said_not_to_answer(authority: Authority) -> None:
    authority.context()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"https://127.0.0.1:{closed.getsockname()[1]}/clip.ts"
    with pytest.raises(ConnectionError) as caught:
        filmed(nobody, authority.path)
    assert "does not answer (Connection refused)" in str(cannot_open(nobody, Track.VIDEO, caught.value))


@pytest.mark.parametrize("scheme", ["rtmpts", "gophers", "crypto+https", "ipfs", "dtls", "sftp"])
def test_a_protocol_of_which_nobody_knows_whom_it_believes_is_not_opened(
    scheme: str, authority: Authority, tmp_path: Path
) -> None:
    authority.context()
    answers = ((Authority(tmp_path, "stranger").context(), b""),)
    with heard(answers) as (port, words), pytest.raises(av.error.ProtocolNotFoundError) as caught:
        filmed(f"{scheme}://{LOGIN}127.0.0.1:{port}/live/a", authority.path)
    assert words == []
    said = str(cannot_open(f"{scheme}://h/a", Track.VIDEO, caught.value))
    assert re.search("is of a kind that the camera does not speak", said)


def test_it_is_where_anybody_may_be(tmp_path: Path) -> None:
    answers = ((Authority(tmp_path, "stranger").context(), b""),)
    with heard(answers) as (port, words), pytest.raises((av.error.FFmpegError, OSError)):
        filmed(f"rtmpts://127.0.0.1:{port}/live/a", ANYBODY)
    assert any(words)


@contextmanager
def heard(answers: tuple[tuple[ssl.SSLContext | None, bytes], ...]) -> Iterator[tuple[int, list[bytes]]]:
    """A server that answers each connection once as told, the last way from then on, and what it is told."""
    words: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            context, answer = answers[min(len(words), len(answers) - 1)]
            words.append(b"")
            connection.settimeout(8)
            try:
                with (
                    connection
                    if context is None
                    else context.wrap_socket(connection, server_side=True) as spoken
                ):
                    words[-1] = spoken.recv(4096)
                    spoken.sendall(answer)
            except OSError:
                connection.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], words
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


@pytest.mark.parametrize("over", ["nobody's TLS", "no TLS"])
def test_a_list_behind_bare_tls_has_nothing_fetched_from_elsewhere(
    folder: Path, authority: Authority, over: str, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path, "stranger").context() if over == "nobody's TLS" else None
    with running_site(folder, stranger) as other:
        text = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{other}/clip.ts\n#EXT-X-ENDLIST\n"
        with said_to_each(text, authority.context()) as port:
            host = f"tls://127.0.0.1:{port}"
            address = f"{host}/list.m3u8"
            with pytest.raises(av.error.InvalidDataError) as caught:
                filmed(address, authority.path)
            assert str(cannot_open(address, Track.VIDEO, caught.value)) == (
                f"The stream {host}/… is a list of segments, which the camera fetches by HTTPS: "
                "give its address there."
            )


@pytest.mark.parametrize(
    ("scheme", "leads_to", "status"),
    [
        ("rtsps", "rtsp", "RTSP/1.0 302"),
        ("rtmpt", "https", "HTTP/1.1 302"),
        ("mmsh", "https", "HTTP/1.1 307"),
        ("http", "rtsp", "HTTP/1.1 301"),
    ],
)
def test_who_is_led_to_what_nobody_vouches_for_says_nothing_there(
    scheme: str, leads_to: str, status: str, authority: Authority, tmp_path: Path
) -> None:
    known = authority.context() if scheme == "rtsps" else None
    stranger = Authority(tmp_path, "stranger").context() if leads_to == "https" else None
    heard: list[bytes] = []
    with said_to_each("", stranger, heard) as there:
        answer = f"{status} Found\r\nCSeq: 1\r\nLocation: {leads_to}://127.0.0.1:{there}/x\r\n"
        with said_to_each(f"{answer}Content-Length: 0\r\n\r\n", known) as port:
            address = f"{scheme}://{LOGIN}127.0.0.1:{port}/live"
            with pytest.raises((OSError, ValueError)) as caught:
                open_source(address, StreamAccess(trust=str(authority.path)), 8)
            said = (
                "nobody vouches for what is shown: give one of RTSPS instead."
                if scheme == "rtsps"
                else "the camera does not follow: give one that leads nowhere else."
            )
            assert str(cannot_open(address, Track.VIDEO, caught.value)) == (
                f"The stream {scheme}://127.0.0.1:{port}/… leads to an address of {leads_to.upper()}, "
                f"where {said}"
            )
    assert heard == []


@pytest.mark.parametrize(("scheme", "seen"), [("rtsp", "RTSP"), ("rtsps", None), ("x", None)])
def test_what_is_described_elsewhere_is_seen_to_be(
    scheme: str, seen: str | None, authority: Authority
) -> None:
    answer = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
    elsewhere = f"RTSP/1.0 301 Moved\r\nCSeq: 2\r\nLocation: {scheme}://anna:geheim@h/x\r\n\r\n"
    with said_to_each(answer, authority.context(), then=elsewhere) as port:
        assert leads_to(f"rtsps://127.0.0.1:{port}/live", str(authority.path)) == seen


def test_where_an_address_leads_is_asked_for_without_its_password_and_said_only_where_it_is_seen() -> None:
    asked: list[bytes] = []
    with said_to_each("HTTP/1.1 302 Found\r\nLocation: https://h/x\r\n\r\n", None, asked) as port:
        assert leads_elsewhere(f"mmsh://{LOGIN}127.0.0.1:{port}/a?b=1") == "HTTPS"
        assert leads_elsewhere(f"rtmpt://{LOGIN}127.0.0.1:{port}/a") == "HTTPS"
    assert [words.split(b" HTTP")[0] for words in asked] == [b"GET /a?b=1", b"POST /open/1"]
    assert not any(b"geheim" in words or b"Authorization" in words for words in asked)
    followed = "HTTP/1.1 302 Found\r\nLocation: https://h/x\r\n\r\n"
    for answer in ("HTTP/1.1 404 Gone\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", "", followed):
        with said_to_each(answer, None) as port:
            assert leads_elsewhere(f"http://127.0.0.1:{port}/a") is None
    assert leads_elsewhere(f"http://127.0.0.1:{port}/a") is None, "nobody answers"
    assert leads_elsewhere("rtsp://127.0.0.1/a") is None


@pytest.mark.parametrize("answer", ["RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", "", "RTSP/1.0 302 Found\r\n\r\n"])
def test_what_is_not_seen_to_lead_elsewhere_is_not_said_to(answer: str, authority: Authority) -> None:
    with said_to_each(answer, authority.context()) as port:
        assert leads_to(f"rtsps://127.0.0.1:{port}/live", str(authority.path)) is None
    assert leads_to(f"rtsps://127.0.0.1:{port}/live", str(authority.path)) is None, "nobody answers"
    assert leads_to("rtmps://127.0.0.1/live", str(authority.path)) is None


def test_bare_tls_is_filmed_of_anybody_where_anybody_may_be(folder: Path, tmp_path: Path) -> None:
    clip = (folder / "clip.ts").read_bytes().decode("latin-1")
    with said_to_each(clip, Authority(tmp_path, "stranger").context()) as port:
        assert filmed(f"tls://127.0.0.1:{port}", ANYBODY) == filmed(str(folder / "clip.ts"), ANYBODY)
