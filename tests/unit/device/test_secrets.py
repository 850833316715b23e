"""No error and no log line holds a secret, however it is printed: not a key, not an enrolment code."""

from __future__ import annotations

import base64
import errno
import json
import logging
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr, ValidationError

from device.clock import SystemClock
from device.credentials import Credentials
from device.errors import StorageError
from device.link.errors import EnrolmentError, IdentityError, LinkError
from device.link.identity.enrol import enrol
from device.link.identity.identity import load_identity, save_identity
from device.ring.keys import KeyBuffer, fill_from
from device.ring.ring import Ring
from device.ring.sealer import Sealer
from device.ring.window import Recorded, Window
from protocol.footage.format.errors import FormatError, KeysError
from protocol.footage.format.model import Track
from protocol.footage.sealing.keys import Recipient, seal_keys
from protocol.footage.sealing.sealed_chunk import seal_chunk
from protocol.messages.enrolment import EnrolmentRequest, authority_fingerprint
from tests.support.camera.identities import answer_for
from tests.support.media.recordings import SECOND_NS, make_identity, plain_chunk
from tests.support.reports.error_output import told
from tests.support.storage.disks import WatchedFilesystem, refuse

pytestmark = pytest.mark.slow

IDENTITY = make_identity()
CLIENT = httpx.Client
PART_KEY = b"part-key:nobody-is-to-read-this!"
SIGNING_SEED = b"signing-key:nobody-is-to-see-it!"
CODE = "a-one-time-code-for-one-camera"
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(SIGNING_SEED)
SIGNING_PEM = SIGNING_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def forms(secret: bytes) -> set[str]:
    """How a secret may be written, and each half of it."""
    halves = (secret[: len(secret) // 2], secret[len(secret) // 2 :])
    return {
        form
        for part in halves
        for form in (
            part.decode(),
            part.hex(),
            str(list(part))[1:-1],
            base64.b64encode(part[: len(part) // 3 * 3]).decode(),
        )
    }


SECRETS = {
    *forms(PART_KEY),
    *forms(SIGNING_SEED),
    *forms(CODE.encode()),
    SIGNING_PEM.splitlines()[1][-24:].decode(),
}


def assert_untold(
    expected: type[Exception], fails: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Let something fail with every logger at its most talkative; look for a secret in all that is said."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(expected) as caught:
        fails()
    said = told(caught.value, __file__) + caplog.text
    assert "Traceback" in said
    assert {secret for secret in SECRETS if secret in said} == set()


def keys() -> KeyBuffer:
    return KeyBuffer(4, fill_from(lambda _: PART_KEY))


def seal_to(recipient: Recipient, first_seq: int = 0, last_seq: int = 1) -> Callable[[], object]:
    buffer = keys()
    for seq in (0, 1):
        buffer.new(seq, Track.VIDEO)
    return lambda: seal_keys(
        [recipient],
        recording=bytes(16),
        first_seq=first_seq,
        last_seq=last_seq,
        keys={(seq, track): key for seq in (0, 1) for track, key in buffer.of(seq).items()},
    )


def seal_a_chunk(duration_ns: int, key_bytes: int = 32) -> Callable[[], object]:
    key = keys().new(0, Track.VIDEO)[:key_bytes]
    chunk = plain_chunk(0, duration_ns=duration_ns)
    return lambda: seal_chunk(
        chunk,
        camera=IDENTITY.camera,
        run=bytes(16),
        seq=0,
        previous=bytes(32),
        keys=dict.fromkeys(Track, key),
        sign=SIGNING_KEY.sign,
    )


def seal_with_the_camera() -> object:
    credentials = Credentials(IDENTITY.camera, IDENTITY.certificates, (IDENTITY.recipient,), SIGNING_KEY.sign)
    sealer = Sealer(credentials, keys(), SystemClock(), bytes, SECOND_NS)
    return sealer.seal(plain_chunk(0, duration_ns=3 * SECOND_NS))


def make_twice() -> object:
    buffer = keys()
    buffer.new(0, Track.VIDEO)
    return buffer.new(0, Track.VIDEO)


def make_too_many() -> object:
    buffer = keys()
    return [buffer.new(seq, Track.VIDEO) for seq in range(5)]


def seal_after_the_end() -> object:
    window = Window(Ring(SECOND_NS, 1, 1), keys())
    window.close()
    return window._seal(0, 0, {}, Recorded(bytes(16), (IDENTITY.recipient,)))


KEYS: dict[str, tuple[type[Exception], Callable[[], object]]] = {
    "a recipient without a usable public key": (KeysError, seal_to(Recipient("vault", b"short"))),
    "a recipient with a public key that is none": (KeysError, seal_to(Recipient("vault", b"\xff" * 1216))),
    "no chunks to seal keys of": (KeysError, seal_to(IDENTITY.recipient, 2, 1)),
    "a key that is too short": (KeysError, seal_a_chunk(SECOND_NS, key_bytes=31)),
    "a chunk that is too long": (FormatError, seal_a_chunk(3 * SECOND_NS)),
    "a chunk that is too long, in the camera": (FormatError, seal_with_the_camera),
    "a second key for a part": (ValueError, make_twice),
    "more keys than there is room for": (MemoryError, make_too_many),
    "sealing after the end": (RuntimeError, seal_after_the_end),
}


@pytest.mark.parametrize("what", KEYS)
def test_no_error_about_footage_tells_a_key(what: str, caplog: pytest.LogCaptureFixture) -> None:
    # proves C2
    assert_untold(*KEYS[what], caplog)


@pytest.mark.parametrize("name", ["create", "write", "sync", "rename", "sync_dir"])
def test_a_card_that_fails_under_the_cameras_key_does_not_tell_it(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.link.identity.identity._assemble", lambda folder, *_: _Paths(folder))
    card = WatchedFilesystem()
    card.mkdir(tmp_path / "identity")
    card.before = refuse(errno.EIO, name=name)
    assert_untold(
        StorageError, lambda: save_identity(tmp_path, answer_for(IDENTITY), SIGNING_KEY, card), caplog
    )


class _Paths:
    """What saving needs of an identity: no certificate is for the key that is looked for."""

    def __init__(self, folder: Path) -> None:
        self.key_path, self.certificate_path = folder / "key.pem", folder / "certificate.pem"


def test_a_key_of_another_camera_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    card = WatchedFilesystem()
    assert_untold(
        IdentityError, lambda: save_identity(tmp_path, answer_for(IDENTITY), SIGNING_KEY, card), caplog
    )
    identity = save_identity(tmp_path, answer_for(IDENTITY), IDENTITY.camera_key, card)
    for damaged in (SIGNING_PEM, SIGNING_PEM[:-40]):
        identity.key_path.write_bytes(damaged)
        assert_untold(IdentityError, lambda: load_identity(tmp_path, card), caplog)


AUTHORITY = ssl.DER_cert_to_PEM_cert(IDENTITY.authority)
WHOLE_CODE = f"{CODE}.{authority_fingerprint(IDENTITY.authority)}"


def breaks(error: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("the network went away", request=request)

    return answer


def answers(status: int, text: str) -> Callable[[httpx.Request], httpx.Response]:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return lambda _: httpx.Response(status, text=text, headers={"Content-Type": kind})


FLEETS = {
    "nobody": breaks(httpx.ConnectError),
    "a stranger": answers(200, ssl.DER_cert_to_PEM_cert(make_identity("cam-02", 2).authority)),
    "no fleet": answers(200, "<h1>It works!</h1>"),
}
ENROLMENTS = {
    "is cut off": breaks(httpx.ReadError),
    "takes too long": breaks(httpx.ReadTimeout),
    "is refused": answers(410, json.dumps({"code": "enrolment_code_expired", "detail": "It expired."})),
    "fails": answers(500, "{}"),
    "is not understood": answers(201, '{"camera": 1}'),
    "is for another key": answers(201, answer_for(IDENTITY).model_dump_json()),
    "is from another authority": answers(201, answer_for(make_identity("cam-02", 2)).model_dump_json()),
}


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a network in place whose other end answers as it is told."""

    def place(
        first: Callable[[httpx.Request], httpx.Response], then: Callable[[httpx.Request], httpx.Response]
    ) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return first(request) if request.method == "GET" else then(request)

        monkeypatch.setattr(
            "device.link.identity.enrol.httpx.Client",
            lambda **_: CLIENT(transport=httpx.MockTransport(answer)),
        )

    return place


@pytest.mark.parametrize("who", FLEETS)
def test_a_fleet_that_is_none_does_not_have_the_code_told(
    who: str, fleet: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fleet(FLEETS[who], answers(500, ""))
    assert_untold(EnrolmentError, lambda: enrol("fleet.example", SecretStr(WHOLE_CODE), tmp_path), caplog)


@pytest.mark.parametrize("how", ENROLMENTS)
def test_an_enrolment_that_fails_does_not_tell_code_or_key(
    how: str, fleet: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fleet(answers(200, AUTHORITY), ENROLMENTS[how])
    assert_untold(
        LinkError,
        lambda: enrol("fleet.example", SecretStr(WHOLE_CODE), tmp_path, random=lambda _: SIGNING_SEED),
        caplog,
    )


@pytest.mark.parametrize("code", [CODE, f"{CODE}.tomato", f"{CODE * 9}.{WHOLE_CODE.partition('.')[2]}"])
def test_what_is_not_a_code_is_not_told(
    code: str, fleet: Callable[..., None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fleet(answers(200, AUTHORITY), answers(500, ""))
    with pytest.raises(EnrolmentError, match="not a complete enrolment code"):
        enrol("fleet.example", SecretStr(code), tmp_path)
    assert_untold(EnrolmentError, lambda: enrol("fleet.example", SecretStr(code), tmp_path), caplog)


def test_a_request_that_is_none_is_refused_without_its_code() -> None:
    with pytest.raises(ValidationError) as caught:
        EnrolmentRequest(code=CODE * 9, csr_pem="")
    assert CODE not in str(caught.value)
