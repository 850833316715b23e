"""The access rules of the listener for cameras: who is let in, and what a camera is told."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from device.link.tls import authority_context
from protocol.messages.desired import Desired
from simulator.conform.attempt import rule
from simulator.conform.door import NO_ANSWER, Door
from simulator.conform.errors import NotLookedAtError
from simulator.conform.visit import keep_certificate

if TYPE_CHECKING:
    from simulator.conform.attempt import Attempt
    from simulator.conform.visit import Visit

IN_SHORT: Final = "In short"
HTTP: Final = "HTTP"
DESIRED: Final = "/api/v1/camera/desired"
TURNED_AWAY: Final = frozenset({NO_ANSWER, 401, 403})
WAIT_S: Final = 5.0


@rule("tls-1-3", IN_SHORT, "the listener for cameras and the broker speak TLS 1.3 and nothing older")
def tls_1_3(visit: Visit, it: Attempt) -> None:
    """A client that offers 1.2 at most, with the right certificate."""
    told = visit.identity.answer
    parts = urlsplit(told.cameras_url)
    doors = {
        "the listener for cameras": (parts.hostname or "", parts.port or 443),
        "the broker": (told.mqtt_host, told.mqtt_port),
    }
    for what, (host, port) in doors.items():
        context = visit.context()
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        came = handshake(host, port, context)
        it.that(f"TLS 1.2 to {what}", "refused", came, holds=came == "refused")


@rule("certificate-needed", HTTP, "who shows no certificate is turned away")
def certificate_needed(visit: Visit, it: Attempt) -> None:
    """In the handshake, or with 401."""
    context = authority_context(visit.identity.answer.authority_pem)
    _turned_away(visit, it, context, "without a certificate")


@rule("stranger-refused", IN_SHORT, "a certificate by another authority is refused, whatever name it bears")
def stranger_refused(visit: Visit, it: Attempt) -> None:
    """The camera's own name, issued by an authority that was made for this."""
    _turned_away(visit, it, stranger(visit), f"as {visit.identity.camera} by another authority")


@rule("desired-told", HTTP, "a camera is told what is wanted of it, and of no other")
def desired_told(visit: Visit, it: Attempt) -> None:
    """The camera is whoever its certificate says."""
    answer = it.want(visit.cameras.get(DESIRED), 200)
    told = answer.read(Desired)
    it.that(answer.sent, "a Desired", answer.words, holds=told is not None)
    if told is not None:
        camera = visit.identity.camera
        it.that(answer.sent, f"for {camera}", f"for {told.camera}", holds=told.camera == camera)


@rule("revoked-is-refused", HTTP, "a camera that was revoked is refused at its next request")
def revoked_is_refused(visit: Visit, it: Attempt) -> None:
    """The last of all: nothing else can be tried afterwards."""
    if visit.api is None:
        raise NotLookedAtError("this needs --token-env, a token that may revoke cameras")
    camera = visit.identity.camera
    it.want(visit.cameras.get(DESIRED), 200)
    visit.api.revoke(camera, "Simulator: the fleet was judged, and this was its camera")
    visit.revoked = True
    answer = visit.cameras.get(DESIRED)
    holds = answer.status == NO_ANSWER or (answer.status, answer.code) == (403, "camera_revoked")
    it.that(answer.sent, "403 camera_revoked, or no answer", answer.words, holds=holds)


def stranger(visit: Visit) -> ssl.SSLContext:
    """TLS that shows a certificate for the camera's name by an authority of the simulator's own."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), Ed25519PrivateKey.generate()
    issuer = visit.identity.authority.subject
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, visit.identity.camera)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(authority_key, SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM).decode()
    context = authority_context(visit.identity.answer.authority_pem)
    context.load_cert_chain(keep_certificate(visit.folder, "stranger", pem, key))
    return context


def handshake(host: str, port: int, context: ssl.SSLContext) -> str:
    """Connect, and say what came of it: ``refused``, or that one was let in.

    In TLS 1.3 a client has finished its handshake before the server has looked at its certificate; the
    refusal comes with the first read.
    """
    try:
        with (
            socket.create_connection((host, port), WAIT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            secured.settimeout(WAIT_S)
            return "refused" if secured.recv(1) == b"" else "let in"
    except TimeoutError:
        return "let in"
    except (ssl.SSLError, ConnectionError):
        return "refused"
    except OSError as error:
        raise NotLookedAtError(f"{host}:{port} does not answer: {error}", asked=True) from error


def _turned_away(visit: Visit, it: Attempt, context: ssl.SSLContext, who: str) -> None:
    door = Door(visit.identity.answer.cameras_url, context, visit.transport)
    try:
        answer = door.get(DESIRED)
    finally:
        door.close()
    sent = f"{answer.sent} {who}"
    it.that(sent, "no connection, 401 or 403", answer.words, holds=answer.status in TURNED_AWAY)


ACCESS: Final = (tls_1_3, certificate_needed, stranger_refused, desired_told)
LAST: Final = (revoked_is_refused,)
