"""The rules of joining a fleet."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from protocol.footage.format.errors import CertificateError
from protocol.messages.enrolment import (
    EnrolmentResponse,
    authority_fingerprint,
    check_certificates,
    read_certificates,
)
from protocol.naming import is_camera_id
from simulator.conform.attempt import rule
from simulator.conform.door import NO_ANSWER
from simulator.conform.visit import IGNORED_NAME, Joined, keep_certificate, signing_request

if TYPE_CHECKING:
    from simulator.conform.attempt import Attempt
    from simulator.conform.visit import Visit

SECTION: Final = "Joining a fleet"
AUTHORITY: Final = "/api/v1/authority"
ENROLMENTS: Final = "/api/v1/enrolments"


@rule("authority-shown", SECTION, "anybody is shown the authority whose fingerprint the code carries")
def authority_shown(visit: Visit, it: Attempt) -> None:
    """Step 1: nobody is verified, and the secret is not sent before the fingerprint fits."""
    answer = it.want(visit.unverified.get(AUTHORITY), 200)
    pem = answer.body.decode("ascii", "replace")
    try:
        found = authority_fingerprint(x509.load_pem_x509_certificate(answer.body).public_bytes(Encoding.DER))
    except ValueError:
        found = "no certificate in PEM"
    fits = found == visit.code.fingerprint
    it.that(answer.sent, f"fingerprint {visit.code.fingerprint}", f"fingerprint {found}", holds=fits)
    visit.authority_pem = pem


@rule(
    "authority-vouches",
    SECTION,
    "the dashboard's listener shows a certificate of that authority for its name",
)
def authority_vouches(visit: Visit, it: Attempt) -> None:
    """Step 3 goes over a connection that the authority of step 1 vouches for."""
    it.want(visit.dashboard.get(AUTHORITY), 200)


@rule("unknown-field", SECTION, "a body with a field that is not known is refused")
def unknown_field(visit: Visit, it: Attempt) -> None:
    """JSON bodies refuse unknown fields."""
    body = {"code": "A" * 20, "csr_pem": signing_request(Ed25519PrivateKey.generate()), "name": "cam-01"}
    it.want(visit.dashboard.post(ENROLMENTS, body, " with a field beside those known"), 422, code="not_valid")


@rule("code-unknown", SECTION, "a code that the fleet never made is refused")
def code_unknown(visit: Visit, it: Attempt) -> None:
    """A made-up secret."""
    made_up = secrets.token_urlsafe(15)
    body = {"code": made_up, "csr_pem": signing_request(Ed25519PrivateKey.generate())}
    answer = visit.dashboard.post(ENROLMENTS, body, " with a made-up code")
    it.want(answer, 404, code="enrolment_code_unknown")


@rule("request-refused", SECTION, "a signing request for another kind of key is refused, and uses up no code")
def request_refused(visit: Visit, it: Attempt) -> None:
    """A camera's certificate is Ed25519; ``joined`` shows that the code is still good."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cam-01")])
    other = x509.CertificateSigningRequestBuilder().subject_name(name)
    pem = other.sign(ec.generate_private_key(ec.SECP256R1()), SHA256()).public_bytes(Encoding.PEM).decode()
    body = {"code": visit.code.secret, "csr_pem": pem}
    answer = visit.dashboard.post(ENROLMENTS, body, " for a P-256 key")
    it.want(answer, 422, code="signing_request_refused")


@rule("joined", SECTION, "a signing request with the code's secret makes a camera, with all that it needs")
def joined(visit: Visit, it: Attempt) -> None:
    """Step 3, and that the answer can be read."""
    key = Ed25519PrivateKey.generate()
    body = {"code": visit.code.secret, "csr_pem": signing_request(key)}
    answer = it.want(visit.dashboard.post(ENROLMENTS, body, " with the code"), 201)
    told = answer.read(EnrolmentResponse)
    readable = told is not None and bool(told.recipients)
    it.that(answer.sent, "an EnrolmentResponse with a recipient", answer.words, holds=readable)
    try:
        own, *issuers = read_certificates(told.certificate_pem if told else "")
        certificate = x509.load_der_x509_certificate(own)
        authority = x509.load_pem_x509_certificate((told.authority_pem if told else "").encode())
    except (ValueError, CertificateError) as error:
        it.that(answer.sent, "certificates in PEM", str(error), holds=False)
        return
    if told is not None:
        file = keep_certificate(visit.folder, "camera", told.certificate_pem, key)
        visit.joined = Joined(told, key, certificate, tuple(issuers), authority, file)


@rule(
    "certificate-issued",
    SECTION,
    "the certificate is for the camera's key, and by the authority that the code names or one that it issued",
)
def certificate_issued(visit: Visit, it: Attempt) -> None:
    """Step 4."""
    mine = visit.identity
    sent = f"POST {ENROLMENTS} with the code"
    fits = mine.certificate.public_key() == mine.key.public_key()
    it.that(
        sent, "a certificate for the key of the request", "one for that" if fits else "another", holds=fits
    )
    found = authority_fingerprint(mine.authority.public_bytes(Encoding.DER))
    it.that(sent, f"authority {visit.code.fingerprint}", found, holds=found == visit.code.fingerprint)
    try:
        check_certificates(mine.answer.certificate_pem, mine.authority.public_bytes(Encoding.DER))
        by = "signed by it, or by one that it signed"
    except CertificateError as error:
        by = str(error)
    wanted = "signed by it, or by one that it signed"
    it.that(sent, wanted, by, holds=by == wanted)


@rule(
    "name-given", SECTION, "the certificate's name is the id that the fleet gave, and not that of the request"
)
def name_given(visit: Visit, it: Attempt) -> None:
    """The name in the request is ignored."""
    names = _names(visit.identity.certificate)
    camera = visit.identity.camera
    holds = names == [camera] and is_camera_id(camera) and camera != IGNORED_NAME
    it.that(f"a request that asks for {IGNORED_NAME}", f"one common name, {camera}", str(names), holds=holds)


@rule("code-once", SECTION, "a code enrols one camera")
def code_once(visit: Visit, it: Attempt) -> None:
    """The same secret again, with another key."""
    body = {"code": visit.code.secret, "csr_pem": signing_request(Ed25519PrivateKey.generate())}
    answer = visit.dashboard.post(ENROLMENTS, body, " with the code again and another key")
    it.want(answer, 409, code="enrolment_code_used")


@rule("answered-again", SECTION, "the same code with the same key gets the same answer while the code lives")
def answered_again(visit: Visit, it: Attempt) -> None:
    """As a camera asks whose answer was lost."""
    mine = visit.identity
    body = {"code": visit.code.secret, "csr_pem": signing_request(mine.key)}
    answer = it.want(visit.dashboard.post(ENROLMENTS, body, " with the code and the key again"), 201)
    said = answer.json if isinstance(answer.json, dict) else {}
    try:
        again = x509.load_pem_x509_certificate(str(said.get("certificate_pem", "")).encode())
        seen, fits = f"one for {_names(again)}", again == mine.certificate
    except ValueError:
        seen, fits = "no certificate in PEM", False
    it.that(answer.sent, "the certificate of before", seen, holds=fits)


@rule("renewed", SECTION, "a camera is given its next certificate, under the same name")
def renewed(visit: Visit, it: Attempt) -> None:
    """The present certificate stays good."""
    path = "/api/v1/camera/certificate"
    answer = it.want(visit.cameras.post(path, {"csr_pem": signing_request(visit.identity.key)}), 201)
    said = answer.json if isinstance(answer.json, dict) else {}
    try:
        next_one = x509.load_pem_x509_certificate(str(said.get("certificate_pem", "")).encode())
        seen = f"one for {_names(next_one)}"
        fits = (
            _names(next_one) == [visit.identity.camera]
            and next_one.public_key() == visit.identity.key.public_key()
            and next_one != visit.identity.certificate
        )
    except ValueError:
        seen, fits = "no certificate in PEM", False
    it.that(answer.sent, f"a new certificate for {visit.identity.camera} and its key", seen, holds=fits)
    it.want(visit.cameras.get("/api/v1/camera/desired"), 200)


def _names(certificate: x509.Certificate) -> list[str]:
    return [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def reachable(visit: Visit) -> str | None:
    """Why the fleet cannot be reached at all; None where it answers."""
    answer = visit.unverified.get(AUTHORITY)
    return answer.failure if answer.status == NO_ANSWER else None


FIRST: Final = (
    authority_shown,
    authority_vouches,
    unknown_field,
    code_unknown,
    request_refused,
    joined,
    certificate_issued,
    name_given,
    code_once,
    answered_again,
    renewed,
)
