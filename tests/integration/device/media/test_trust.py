"""A stream over TLS is filmed only where somebody vouches for it, its segments too."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import av.error
import pytest

from device.settings import ANYBODY, SYSTEM, StreamAccess
from device.sources.demux.reading import trust as module
from device.sources.demux.reading.opening import open_source
from device.sources.demux.reading.troubles import cannot_open
from device.sources.demux.reading.trust import NoAuthoritiesError, UntrustedError, tls_options
from protocol.footage.format.model import Track
from tests.support.media.field import ffmpeg
from tests.support.streams.tls_site import DAY, Authority, running_site
from tests.support.streams.trusting import authority_of_test, filmed

LISTS = {
    "plain": (),
    "fragments": ("-hls_segment_type", "fmp4", "-bsf:a", "aac_adtstoasc"),
    "one file": ("-hls_flags", "single_file"),
    "sealed": ("-hls_key_info_file", "key.txt"),
}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three seconds as TS."""
    folder = tmp_path_factory.mktemp("clip")
    source = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=10", "-f", "lavfi", "-i", "sine=r=48000", "-t", "3")
    ffmpeg(*source, "-c:v", "libx264", "-g", "10", "-c:a", "aac", str(folder / "clip.ts"))
    return folder


authority = authority_of_test()


def test_who_is_vouched_for_is_filmed(clip: Path, authority: Authority) -> None:
    with running_site(clip, authority.context()) as url:
        assert filmed(f"{url}/clip.ts", authority.path) == filmed(str(clip / "clip.ts"), SYSTEM)


def test_a_server_that_closes_without_a_word_is_filmed_whole_each_time(clip: Path) -> None:
    with running_site(clip, None) as url:
        whole = filmed(str(clip / "clip.ts"), SYSTEM)
        assert [filmed(f"{url}/clip.ts", SYSTEM) for _ in range(10)] == [whole] * 10


@pytest.mark.parametrize(
    ("host", "lives", "why"),
    [
        ("127.0.0.1", (-2 * DAY, -DAY), "certificate has expired"),
        ("127.0.0.1", (DAY, 2 * DAY), "certificate is not yet valid"),
        ("other.example", (-DAY, DAY), "IP address mismatch"),
    ],
)
def test_who_shows_another_certificate_is_not(
    clip: Path, authority: Authority, host: str, lives: tuple[timedelta, timedelta], why: str
) -> None:
    with running_site(clip, authority.context(host, lives)) as url, pytest.raises(UntrustedError, match=why):
        filmed(f"{url}/clip.ts", authority.path)


def test_whom_nobody_vouches_for_is_filmed_only_where_anybody_may_be(
    clip: Path, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path, "stranger")
    with running_site(clip, stranger.context()) as url:
        authority.context()
        for whom in (authority.path, SYSTEM):
            with pytest.raises(UntrustedError) as caught:
                filmed(f"{url}/clip.ts", whom)
            said = str(cannot_open(f"{url}/clip.ts", Track.VIDEO, caught.value))
            assert re.fullmatch(
                r"The stream https://127\.0\.0\.1:\d+/… shows a certificate that is not trusted "
                r"\(unable to get local issuer certificate\): name who vouches in video\.trust\.",
                said,
            )
        assert filmed(f"{url}/clip.ts", ANYBODY) > 30


def test_an_address_without_tls_leads_to_nobody_unknown(
    clip: Path, authority: Authority, tmp_path: Path
) -> None:
    known, stranger = authority.context(), Authority(tmp_path, "stranger").context()
    refused = pytest.raises(OSError, match="Input/output error")
    with running_site(clip, None) as plain, running_site(clip, stranger) as other, refused:
        filmed(f"{plain}/to/{other}/clip.ts", authority.path)
    with running_site(clip, None) as plain, running_site(clip, known) as other:
        assert filmed(f"{plain}/to/{other}/clip.ts", authority.path) > 30


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_segments_is_filmed_whole(
    clip: Path, authority: Authority, kind: str, tmp_path: Path
) -> None:
    folder = tmp_path / "list"
    write_list(clip, folder, LISTS[kind])
    with running_site(folder, authority.context()) as url:
        assert filmed(f"{url}/list.m3u8", authority.path) == filmed(str(clip / "clip.ts"), SYSTEM)


@pytest.mark.parametrize("over", ["plain", "TLS"])
@pytest.mark.parametrize("name", ["clip.ts", "list.m3u8"])
def test_name_and_password_of_an_address_open_what_asks_for_them(
    clip: Path, authority: Authority, over: str, name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "list"
    write_list(clip, folder, ())
    (folder / "clip.ts").write_bytes((clip / "clip.ts").read_bytes())
    context = authority.context()
    with running_site(folder, context if over == "TLS" else None, "anna:ge heim") as url:
        opened = url.replace("://", "://anna:ge%20heim@")
        assert filmed(f"{opened}/{name}", authority.path) == filmed(str(clip / "clip.ts"), SYSTEM)
        with pytest.raises((av.error.HTTPUnauthorizedError, OSError)) as caught:
            filmed(f"{url}/{name}", authority.path)
    assert "does not let the camera in" in str(cannot_open(url, Track.VIDEO, caught.value))


@pytest.mark.parametrize("kind", LISTS)
def test_segments_of_a_stranger_are_not(clip: Path, authority: Authority, kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "list"
    write_list(clip, folder, LISTS[kind])
    stranger = Authority(tmp_path, "stranger").context()
    with ExitStack() as stack:
        other = stack.enter_context(running_site(folder, stranger))
        elsewhere(folder, other)
        url = stack.enter_context(running_site(folder, authority.context()))
        with pytest.raises(UntrustedError, match="certificate"):
            filmed(f"{url}/elsewhere.m3u8", authority.path)
        assert filmed(f"{url}/elsewhere.m3u8", ANYBODY) > 0


@pytest.mark.parametrize("way", ["named", "led to"])
def test_segments_without_tls_are_not(clip: Path, authority: Authority, way: str, tmp_path: Path) -> None:
    folder = tmp_path / "list"
    write_list(clip, folder, ())
    what = "it names an address that is not HTTPS" if way == "named" else "it leads to an address without TLS"
    with ExitStack() as stack:
        other = stack.enter_context(running_site(folder, None))
        url = stack.enter_context(running_site(folder, authority.context()))
        elsewhere(folder, other if way == "named" else f"{url}/to/{other}")
        with pytest.raises(UntrustedError, match=what):
            filmed(f"{url}/elsewhere.m3u8", authority.path)


@pytest.mark.parametrize("scheme", ["https", "rtsps", "rtmps", "tls"])
def test_no_protocol_says_a_word_to_a_stranger(scheme: str, authority: Authority, tmp_path: Path) -> None:
    authority.context()
    with heard(Authority(tmp_path, "stranger").context()) as (port, words), pytest.raises(UntrustedError):
        open_source(
            f"{scheme}://anna:geheim@127.0.0.1:{port}/live", StreamAccess(trust=str(authority.path)), 8
        )
    assert not any(words)


def test_what_vouches_for_nobody_is_said(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "none.pem", clip / "clip.ts"):
        with pytest.raises(NoAuthoritiesError) as caught:
            tls_options("https://h/x", str(path))
        assert str(cannot_open("https://h/x", Track.VIDEO, caught.value)) == (
            f"{path} cannot be read as certificates (PEM): give another file in video.trust, or system."
        )
    monkeypatch.setattr(module, "_LISTS", ())
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=None))
    with pytest.raises(NoAuthoritiesError, match="install ca-certificates"):
        tls_options("https://h/x", SYSTEM)
    assert tls_options("http://h/x", SYSTEM) == {"tls_verify": "1"}
    assert tls_options("udp://h:1", SYSTEM) == tls_options("https://h/x", ANYBODY) == {}


def write_list(clip: Path, folder: Path, how: tuple[str, ...]) -> None:
    folder.mkdir()
    (folder / "seal.key").write_bytes(bytes(range(16)))
    (folder / "key.txt").write_text(f"seal.key\n{folder / 'seal.key'}\n")
    how = tuple(str(folder / each) if each == "key.txt" else each for each in how)
    ffmpeg(
        "-i",
        str(clip / "clip.ts"),
        "-c",
        "copy",
        "-hls_time",
        "1",
        "-hls_list_size",
        "0",
        *how,
        str(folder / "list.m3u8"),
    )


def elsewhere(folder: Path, url: str) -> None:
    """Write the same list with its segments, their key and what begins them at another server."""
    text = (folder / "list.m3u8").read_text()
    text = re.sub(r'URI="([^"]+)"', rf'URI="{url}/\1"', text)
    (folder / "elsewhere.m3u8").write_text(re.sub(r"^(?=[^#\n])", f"{url}/", text, flags=re.MULTILINE))


@contextmanager
def heard(context: ssl.SSLContext) -> Iterator[tuple[int, list[bytes]]]:
    """A server of TLS that writes down what it is told, and its port."""
    words: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            connection.settimeout(8)
            try:
                with context.wrap_socket(connection, server_side=True) as spoken:
                    words.append(spoken.recv(4096))
            except OSError:
                words.append(b"")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], words
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()
