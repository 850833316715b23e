"""What the relay answers for, and what it does not."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.reading.segment_relay import SegmentRelay
from tests.support.streams.tls_site import Authority, running_handler

HOST = "https://anna:geheim@cam.example:8443"


@pytest.fixture(scope="module")
def relay() -> Iterator[SegmentRelay]:
    made = SegmentRelay(ssl.create_default_context())
    yield made
    made.close()


@given(
    path=st.text(st.characters(codec="ascii", exclude_characters="?#\t\r\n", min_codepoint=32), max_size=40),
    query=st.one_of(st.just(""), st.from_regex(r"\?[a-z0-9=&%/?]{1,20}", fullmatch=True)),
)
def test_what_it_gives_an_address_for_it_knows_again(relay: SegmentRelay, path: str, query: str) -> None:
    url = f"{HOST}/{path}{query}"
    shown = urlsplit(relay.address(url))
    assert (shown.hostname, shown.query) == ("127.0.0.1", "")
    assert relay.asked_for(shown.path) == url
    assert relay.address(url) == shown.geturl(), "FFmpeg compares addresses"


def test_a_file_keeps_the_end_of_its_name_and_nothing_else_can_be_read(relay: SegmentRelay) -> None:
    shown = relay.address(f"{HOST}/aaaa/{'b' * 99}c.ts?token=x.y")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w=-]+/b+c\.ts", shown)
    assert not any(each in shown for each in ("anna", "geheim", "cam.example", "aaaa", "token"))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/x/https%3A%2F%2Fh%2Fa",
        "//",
        "/é/x",
        "/{sealed}",
        "/{sealed}/a/b",
        "/{sealed}/b",
        "/{sealed}/",
        "/A{sealed}/a",
        "/====/a",
    ],
)
def test_who_does_not_know_its_path_gets_nothing(relay: SegmentRelay, path: str) -> None:
    base = relay.address(f"{HOST}/a")
    sealed = urlsplit(base).path.split("/")[1]
    assert relay.asked_for(f"/{sealed}/a") == f"{HOST}/a"
    assert relay.asked_for(path.replace("{sealed}", sealed)) is None
    address = f"http://{urlsplit(base).netloc}/{'a' * 32}/a"
    assert httpx.get(address, trust_env=False).status_code == 404


def test_another_one_does_not_know_it_either(relay: SegmentRelay) -> None:
    other = SegmentRelay(ssl.create_default_context())
    other.close()
    assert relay.asked_for(urlsplit(other.address(f"{HOST}/a")).path) is None


def test_every_address_of_a_list_leads_here(relay: SegmentRelay) -> None:
    text = '#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXT-X-KEY:METHOD=AES-128,URI="/k?a=1",IV=0x1\n\nseg 1.ts\nhttps://h/2.ts\n'
    led = relay.led_here(text, f"{HOST}/live/o.m3u8").splitlines()
    assert led == [
        "#EXTM3U",
        f'#EXT-X-MAP:URI="{relay.address(f"{HOST}/live/init.mp4")}"',
        f'#EXT-X-KEY:METHOD=AES-128,URI="{relay.address(f"{HOST}/k?a=1")}",IV=0x1',
        "",
        relay.address(f"{HOST}/live/seg 1.ts"),
        relay.address("https://h/2.ts"),
    ]
    assert relay.refused is None


def test_data_in_a_list_stays_there(relay: SegmentRelay) -> None:
    assert relay.led_here("data:text/plain,x\n", f"{HOST}/o.m3u8") == "data:text/plain,x\n"
    assert relay.refused is None


@pytest.mark.parametrize("scheme", ["http", "ftp", "rtmps", "gophers", "file", "crypto+https"])
def test_what_is_no_address_of_https_leads_nowhere(scheme: str) -> None:
    relay = SegmentRelay(ssl.create_default_context())
    relay.close()
    assert "127.0.0.1" not in relay.led_here(f"{scheme}://h/1.ts\n", f"{HOST}/o.m3u8")
    assert relay.refused == "it names an address that is not HTTPS"


class Site(BaseHTTPRequestHandler):
    """Answers as the test says; its class knows what was heard."""

    protocol_version = "HTTP/1.1"
    heard: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        name = self.path.split("/")[1]
        type(self).heard.append(self.headers.get("Authorization", ""))
        body, status = b"#EXTM3U\n" + b"#\n" * 50 if "list" in name else bytes(100), 200
        self.close_connection = True
        if name == "digest" and not self.headers.get("Authorization", "").startswith("Digest "):
            body, status = b"", 401
        self.send_response(status)
        self.send_header(
            "WWW-Authenticate", 'Digest realm="camera", nonce="1", qop="auth", algorithm=SHA-256'
        )
        if name == "endless%20list":
            body = b"#EXTM3U\n" + b"#\n" * (3 * 2**20)
        said = len(body) + (50 if name.startswith("broken") else 0)
        self.send_header("Content-Length", str(0 if name == "nothing" else said))
        self.end_headers()
        self.wfile.write(b"" if name == "nothing" else body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, SegmentRelay]]:
    """An address, and a relay that trusts who is there."""
    authority = Authority(tmp_path)
    with running_handler(Site, authority.context()) as url:
        relay = SegmentRelay(ssl.create_default_context(cafile=str(authority.path)))
        Site.heard.clear()
        yield url, relay
        relay.close()


def asked(relay: SegmentRelay, url: str) -> httpx.Response:
    return httpx.get(relay.address(url), trust_env=False, timeout=10)


def test_what_breaks_off_is_not_taken_for_the_whole(site: tuple[str, SegmentRelay]) -> None:
    url, relay = site
    assert len(asked(relay, f"{url}/whole").content) == 100
    assert asked(relay, f"{url}/list").text.startswith("#EXTM3U")
    with pytest.raises(httpx.RemoteProtocolError):
        asked(relay, f"{url}/broken")
    for path in ("broken-list", "endless%20list"):
        answer = asked(relay, f"{url}/{path}")
        assert (answer.status_code, answer.headers["Connection"]) == (502, "close")
        assert "EXTM3U" not in answer.text
    assert relay.refused is None


def test_a_server_that_wants_a_digest_hears_one(site: tuple[str, SegmentRelay]) -> None:
    url, relay = site
    opened = url.replace("://", "://anna:ge%20heim@")
    assert asked(relay, f"{url}/digest").status_code == 401
    assert [asked(relay, f"{opened}/digest").status_code for _ in range(2)] == [200, 200]
    assert Site.heard[-1].startswith('Digest username="anna"')
    assert "Basic" not in Site.heard[-1]


def test_why_nothing_was_answered_is_known(site: tuple[str, SegmentRelay]) -> None:
    url, relay = site
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"https://127.0.0.1:{closed.getsockname()[1]}/a"
    assert asked(relay, nobody).status_code == 502
    assert isinstance(relay.unanswered, ConnectionError)
    assert "refused" in str(relay.unanswered)
    assert asked(relay, f"{url}/whole").status_code == 200
    assert asked(relay, nobody).status_code == 502
    assert relay.unanswered is None, "something was"
