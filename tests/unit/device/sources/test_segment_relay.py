"""What the relay answers for, and what it does not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.reading.segment_relay import SegmentRelay

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
    assert shown.hostname == "127.0.0.1"
    asked = relay.asked_for(shown.path + (f"?{shown.query}" if shown.query else ""))
    assert asked is not None
    assert asked.removesuffix("?") == url.removesuffix("?")


def test_a_file_keeps_the_end_of_its_name(relay: SegmentRelay) -> None:
    shown = urlsplit(relay.address(f"{HOST}/a/b.ts?token=x.y"))
    assert (shown.path.endswith("b.ts"), shown.query) == (True, "token=x.y")


@pytest.mark.parametrize("path", ["/", "/x/https%3A%2F%2Fh%2Fa", "//", "/é/x", "/{token}", "/{token}/a/b"])
def test_who_does_not_know_its_path_gets_nothing(relay: SegmentRelay, path: str) -> None:
    base = relay.address(f"{HOST}/a")
    token = urlsplit(base).path.split("/")[1]
    assert relay.asked_for(path.replace("{token}", token)) is None
    address = f"{base.split('/', 3)[0]}//{urlsplit(base).netloc}/x/{'a' * 32}"
    assert httpx.get(address, trust_env=False).status_code == 404


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


def test_what_is_no_address_of_tls_leads_nowhere(relay: SegmentRelay) -> None:
    assert relay.led_here("data:text/plain,x\n", f"{HOST}/o.m3u8") == "data:text/plain,x\n"
    assert relay.refused is None
    assert "127.0.0.1" not in relay.led_here("http://h/1.ts\n", f"{HOST}/o.m3u8")
    assert relay.refused == "it names an address without TLS"
