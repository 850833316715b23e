"""Segments straight into the store, or through the fleet where that does not go: a store of few lines."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from device.link.errors import NotTrustedError, RefusedError, UnreachableError
from device.link.uploads.contents import Digest
from device.link.uploads.direct import FIRST_PAUSE_S, LONGEST_PAUSE_S, DirectWay
from device.link.uploads.giving_way import GaveWayError
from protocol.messages.uploads import DirectAddress, DirectOffer
from tests.support.fleet.bucket import free_port

BODY = b"a segment" * 100
DIGEST = Digest(len(BODY), hashlib.sha256(BODY).digest())
SECRET = "X-Amz-Signature=0123456789abcdef"


@dataclass
class Store:
    """What takes it: answers with ``status``, and keeps what came."""

    status: int = 200
    port: int = 0
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        store = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if len(body) == int(self.headers["Content-Length"]):
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    store.got.append((self.path, headers, body))
                self.send_response(store.status)
                self.send_header("Location", f"http://127.0.0.1:{store.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as it is called
                return

        return Handler


@contextmanager
def listening(store: Store, context: ssl.SSLContext | None = None) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), store.handler()) as server:
        store.port = server.server_port
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@dataclass
class FleetSide:
    """The fleet as far as it is asked here: its addresses, and what it says of what arrived."""

    url: str = ""
    held: bool = False
    refuses: Exception | None = None
    then: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def address(self, _number: int, _recording: str, name: str, digest: Digest) -> DirectAddress:
        assert digest == DIGEST
        self.asked.append(f"address {name}")
        if self.refuses is not None:
            raise self.refuses
        return DirectAddress(held=self.held, url="" if self.held else self.url)

    def arrived(self, _number: int, _recording: str, name: str, digest: Digest) -> None:
        assert digest == DIGEST
        self.asked.append(f"arrived {name}")
        if self.then is not None:
            raise self.then


@dataclass
class Bench:
    """A camera's side: its clock, and what it was told."""

    fleet: FleetSide
    way: DirectWay
    now_s: float = 100.0
    read: int = 0

    def send(self, blocks: Callable[[], Iterator[bytes]] | None = None) -> bool:
        def whole() -> Iterator[bytes]:
            self.read += 1
            yield BODY[:400]
            yield BODY[400:]

        return self.way.send(1, "ab" * 16, "one.seg", DIGEST, blocks or whole)


@contextmanager
def bench_of(fleet: FleetSide, offer: DirectOffer | None) -> Iterator[Bench]:
    bench: Bench
    way = DirectWay(fleet, at_once=2, clock=lambda: bench.now_s)  # type: ignore[arg-type]  # as far as it is asked
    bench = Bench(fleet, way)
    way.told(offer)
    try:
        yield bench
    finally:
        way.close()


@pytest.fixture
def store() -> Iterator[Store]:
    found = Store()
    with listening(found):
        yield found


@pytest.fixture
def bench(store: Store) -> Iterator[Bench]:
    fleet = FleetSide(f"http://127.0.0.1:{store.port}/footage/key?{SECRET}")
    with bench_of(fleet, DirectOffer(authority_pem="", from_bytes=10)) as found:
        yield found


def test_it_is_put_and_told_of(bench: Bench, store: Store) -> None:
    assert bench.send()
    ((path, headers, body),) = store.got
    assert (path, body) == (f"/footage/key?{SECRET}", BODY)
    assert headers["if-none-match"] == "*"
    assert headers["content-length"] == str(len(BODY))
    assert base64.b64decode(headers["x-amz-checksum-sha256"]) == DIGEST.sha256
    assert not {"authorization", "cookie"} & headers.keys()  # the store is told nothing of the camera
    assert bench.fleet.asked == ["address one.seg", "arrived one.seg"]
    assert bench.way.trouble == ""


def test_a_fleet_that_does_not_offer_it_is_not_asked(store: Store) -> None:
    with bench_of(FleetSide(), None) as bench:
        assert not bench.send()
        assert bench.fleet.asked == []
    with bench_of(FleetSide(), DirectOffer(authority_pem="", from_bytes=len(BODY) + 1)) as bench:
        assert not bench.send()
        assert bench.fleet.asked == []
    assert store.got == []


def test_what_is_held_is_not_sent(bench: Bench, store: Store) -> None:
    bench.fleet.held = True
    assert bench.send()
    assert (store.got, bench.read) == ([], 0)


def test_what_is_there_already_is_told_of(bench: Bench, store: Store) -> None:  # proves L2
    store.status = 412
    assert bench.send()
    assert bench.fleet.asked == ["address one.seg", "arrived one.seg"]


@pytest.mark.parametrize("status", [301, 307, 400, 403, 409, 500, 503])
def test_what_the_store_does_not_take_goes_through_the_fleet_and_so_does_more_for_a_while(
    bench: Bench, store: Store, status: int
) -> None:  # proves C8
    store.status = status
    pause = FIRST_PAUSE_S
    for failures in range(1, 9):
        assert not bench.send()
        assert not bench.send()  # at once: nothing is asked, and nothing sent
        assert len(store.got) == failures
        bench.now_s += pause - 0.1
        assert not bench.send()
        bench.now_s += 0.2
        pause = min(LONGEST_PAUSE_S, 2 * pause)
    assert "arrived one.seg" not in bench.fleet.asked
    assert bench.way.trouble == (
        f"Segments go through the fleet, and not straight to the store at 127.0.0.1:{store.port}: "
        f"it answered {status}."
    )
    store.status = 200
    assert bench.send()
    assert bench.way.trouble == ""


def test_a_store_that_only_the_fleet_reaches(bench: Bench) -> None:
    bench.fleet.url = f"http://127.0.0.1:{free_port()}/footage/key?{SECRET}"
    assert not bench.send()
    assert "it cannot be reached" in bench.way.trouble


def test_a_fleet_that_is_another_now_is_believed_anew(bench: Bench, store: Store) -> None:
    store.status = 500
    assert not bench.send()
    assert bench.way.trouble
    bench.way.told(DirectOffer(authority_pem="", from_bytes=10))  # the same again: the pause goes on
    assert not bench.send()
    assert len(store.got) == 1
    bench.way.told(DirectOffer(authority_pem="", from_bytes=11))
    store.status = 200
    assert bench.send()


def test_a_fleet_that_stopped_offering_it_is_not_asked_again(bench: Bench, store: Store) -> None:
    bench.fleet.refuses = RefusedError("Not here.", status=404, code="direct_off")
    assert not bench.send()
    assert not bench.send()
    assert bench.fleet.asked == ["address one.seg"]
    assert (store.got, bench.way.trouble) == ([], "")


REFUSALS = [
    RefusedError("Other bytes are held.", status=409, code="segment_differs"),
    NotTrustedError("It was revoked.", code="camera_revoked"),
    UnreachableError("There is no connection."),
    UnreachableError("It has sent what it may.", status=429),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_what_the_fleet_refuses_either_way_is_no_matter_of_the_store(
    bench: Bench, refusal: Exception
) -> None:
    bench.fleet.refuses = refusal
    with pytest.raises(type(refusal)):
        bench.send()
    bench.fleet.refuses, bench.fleet.then = None, refusal
    with pytest.raises(type(refusal)):
        bench.send()
    assert bench.way.trouble == ""


@pytest.mark.parametrize(
    "refusal",
    [
        RefusedError("It is not there.", status=404, code="not_arrived"),
        UnreachableError("Too many are looked at.", status=503),
    ],
    ids=str,
)
def test_what_the_fleet_did_not_find_there_goes_through_it(bench: Bench, refusal: Exception) -> None:
    bench.fleet.then = refusal
    assert not bench.send()
    assert "the fleet " in bench.way.trouble


def test_a_transfer_that_gives_way_is_broken_off_and_nobody_is_blamed(bench: Bench, store: Store) -> None:
    # proves L5
    def given_up() -> Iterator[bytes]:
        yield BODY[:400]
        raise GaveWayError

    with pytest.raises(GaveWayError):
        bench.send(given_up)
    assert (store.got, bench.way.trouble) == ([], "")
    assert bench.send()


@pytest.mark.parametrize(
    "url",
    [
        "http://store.example/footage/key",
        "http://10.0.0.7/footage/key",
        "https://127.0.0.1/footage/key",  # nobody vouches for it
        "http://somebody@127.0.0.1/footage/key",
        "ftp://127.0.0.1/key",
        "http://127.0.0.1:port/key",
        "http:///key",
        "key",
    ],
)
def test_an_address_that_is_not_safe_is_not_used(bench: Bench, url: str) -> None:  # proves L1
    bench.fleet.url = url
    assert not bench.send()
    assert "not safe" in bench.way.trouble
    assert bench.read == 0


def test_no_address_is_logged_or_told(bench: Bench, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert bench.send()
        store.status = 403
        assert not bench.send()
    assert caplog.text
    assert "X-Amz" not in caplog.text
    assert "X-Amz" not in bench.way.trouble + repr(DirectAddress(held=False, url=bench.fleet.url))


@dataclass
class Authority:
    """Vouches for 127.0.0.1."""

    folder: Path
    pem: str
    context: ssl.SSLContext


def authority_of(folder: Path, *, ended: bool = False) -> Authority:
    folder.mkdir()
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a store")])
    until = now - timedelta(days=1) if ended else now + timedelta(days=1)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(until)
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "store.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "store.pem")
    return Authority(folder, pem.decode(), context)


@pytest.mark.parametrize("case", ["right", "another's", "ended", "old TLS"])
def test_the_store_is_who_the_fleet_says_vouches_for_it(tmp_path: Path, case: str) -> None:  # proves L1
    own = authority_of(tmp_path / "own", ended=case == "ended")
    named = authority_of(tmp_path / "other") if case == "another's" else own
    if case == "old TLS":
        own.context.maximum_version = ssl.TLSVersion.TLSv1_2
    store = Store()
    with listening(store, own.context):
        fleet = FleetSide(f"https://127.0.0.1:{store.port}/footage/key?{SECRET}")
        with bench_of(fleet, DirectOffer(authority_pem=named.pem, from_bytes=1)) as bench:
            assert bench.send() is (case == "right")
            assert bool(store.got) is (case == "right")
            if case in {"another's", "ended"}:
                assert "its certificate is not good" in bench.way.trouble


def test_a_word_on_authorities_that_cannot_be_read_is_not_believed(store: Store) -> None:
    fleet = FleetSide(f"https://127.0.0.1:{store.port}/footage/key?{SECRET}")
    with bench_of(fleet, DirectOffer(authority_pem="no certificate", from_bytes=1)) as bench:
        assert not bench.send()
        assert "the fleet's word on it cannot be used" in bench.way.trouble
    assert store.got == []
