"""Joining a fleet: from a one-time code to an identity.

Order:

1. Take the code apart: ``SECRET.FINGERPRINT``.
2. Fetch the authority's certificate from the fleet, believing nothing, and compare its fingerprint with
   the code's.
3. Make a key and keep it (``pending``), unless this code has one already.
4. Send a signing request with the code, over a connection that this authority vouches for; once more where
   the answer is lost.
5. Check the answer: the certificate is for this key, and from this authority or from one that it issued.
6. Store all of it in one step.

Rules:

- The secret is sent only once the fleet has shown that it holds the authority's certificate of the code.
- A failure at any step leaves the camera as it was: not enrolled, or enrolled as before. It may simply be
  repeated with the same code: the fleet gives the same answer to the same code and key while the code lives.
- The code is in no error, whatever prints it: not in its words, and not in the variables of what led to it.
- Each code has a new key, so that a camera that was revoked does not come back with a key that may
  be stolen.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import SecretStr, ValidationError

from device.link.errors import (
    EnrolmentError,
    EnrolmentRefusedError,
    LinkError,
    LostAnswerError,
    UnreachableError,
)
from device.link.fleet_http import JSON_HEADERS, TIMEOUT, refusal
from device.link.identity.identity import CameraIdentity, save_identity, signing_request
from device.link.identity.pending import forget_key, key_for
from device.link.tls import authority_context, explain, unverified_context
from device.storage.filesystem import Filesystem, PosixFilesystem
from protocol.footage.format.errors import CertificateError
from protocol.messages.enrolment import (
    EnrolmentCode,
    EnrolmentRequest,
    EnrolmentResponse,
    check_certificates,
    parse_code,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

INCOMPLETE = "That is not a complete enrolment code: copy all of it, with the part after the dot."


def enrol(
    fleet_url: str,
    code: SecretStr,
    state: Path,
    *,
    filesystem: Filesystem | None = None,
    random: Callable[[int], bytes] = os.urandom,
    transport: httpx.BaseTransport | None = None,
) -> CameraIdentity:
    """Enrol the camera whose state folder is ``state``.

    Args:
        fleet_url: address of the fleet's dashboard, ``https://HOST[:PORT]``; ``https://`` may be left out.
        code: the code as a person copied it.
        state: the camera's state folder; made if its parent exists.
        filesystem: the card.
        random: source of the key.
        transport: carries the requests; None for the network.

    Raises:
        EnrolmentError: the fleet refused, cannot be reached or is another one; one sentence, the camera is
            as enrolled as it was before.
        IdentityError: the fleet's answer does not fit together; the same.
        StorageError: the identity could not be written; the camera is as enrolled as it was before.
    """
    base = _base_url(fleet_url)
    parsed = _parse(code)
    where = f"the fleet at {base}"
    authority = _trusted_authority(base, parsed, where, transport)
    card = filesystem or PosixFilesystem()
    key = key_for(parsed, state, card, random)
    try:
        request = EnrolmentRequest(code=parsed.secret, csr_pem=signing_request(key))
        answer = _ask(base, authority, request, where, transport)
    except EnrolmentRefusedError:
        forget_key(parsed, state, card)
        raise
    _check_issued(answer, authority, where)
    return save_identity(state, answer, key, card)


def _base_url(text: str) -> str:
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        usable = (
            parts.scheme == "https" and bool(parts.hostname) and parts.path in {"", "/"} and parts.port != 0
        )
    except ValueError:
        usable = False
    if not usable:
        raise EnrolmentError(f"{text!r} is not a fleet's address: it looks like https://fleet.example:8443.")
    return address.rstrip("/")


def _parse(code: SecretStr) -> EnrolmentCode:
    """White space anywhere is ignored: codes are wrapped in mails and read out in groups."""
    try:
        parsed = parse_code("".join(code.get_secret_value().split()))
        EnrolmentRequest(code=parsed.secret, csr_pem="")  # whose code has a longest and a shortest
    except ValueError:
        raise EnrolmentError(INCOMPLETE) from None  # whose words and variables hold what was given
    return parsed


def _trusted_authority(
    base: str, code: EnrolmentCode, where: str, transport: httpx.BaseTransport | None
) -> x509.Certificate:
    """The authority that the code names, asked of whoever answers and believed only by its fingerprint."""
    answer = _request(unverified_context(), "GET", f"{base}/api/v1/authority", where, transport=transport)
    try:
        authority = x509.load_pem_x509_certificate(answer.content)
    except ValueError as error:
        raise EnrolmentError(f"What answers at {base} is not a Lapel fleet: check the address.") from error
    if not code.trusts(authority.public_bytes(Encoding.DER)):
        raise EnrolmentError(
            f"The code is not from {where}: check that address and code belong together, "
            "else somebody may be in between."
        )
    return authority


def _ask(
    base: str,
    authority: x509.Certificate,
    request: EnrolmentRequest,
    where: str,
    transport: httpx.BaseTransport | None,
) -> EnrolmentResponse:
    context = authority_context(authority.public_bytes(Encoding.PEM).decode("ascii"))
    url = f"{base}/api/v1/enrolments"
    try:
        answer = _request(context, "POST", url, where, request, transport=transport)
    except LostAnswerError:
        answer = _request(context, "POST", url, where, request, transport=transport)
    try:
        return EnrolmentResponse.model_validate_json(answer.content)
    except ValidationError as error:
        raise EnrolmentError(
            f"The answer of {where} cannot be read: update camera and fleet to the same version."
        ) from error


def _request(
    context: ssl.SSLContext,
    method: str,
    url: str,
    where: str,
    message: EnrolmentRequest | None = None,
    *,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Response:
    headers = JSON_HEADERS if message is not None else {}
    try:
        with httpx.Client(verify=context, timeout=TIMEOUT, trust_env=False, transport=transport) as client:
            answer = client.request(method, url, content=_body(message), headers=headers)
    except httpx.RequestError as error:  # the network library's variables hold the body: from none
        if message is None or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            raise _not_enrolled(explain(error, where)) from None
        raise LostAnswerError(
            f"The answer of {where} did not arrive: run this again with the same code while that is good."
        ) from None
    if answer.is_success:
        return answer
    why = refusal(answer, where)
    raise _not_enrolled(why) if isinstance(why, UnreachableError) else EnrolmentRefusedError(str(why))


def _body(message: EnrolmentRequest | None) -> bytes | None:
    return None if message is None else message.model_dump_json().encode()


def _not_enrolled(error: LinkError) -> EnrolmentError:
    """Nobody keeps trying here, unlike in the link: the sentence says so."""
    return EnrolmentError(
        str(error).replace("; the camera keeps trying.", ": check the address, then try again.")
    )


def _check_issued(answer: EnrolmentResponse, authority: x509.Certificate, where: str) -> None:
    """The certificate must be the trusted authority's work, and no other authority may slip in with it."""
    try:
        check_certificates(answer.certificate_pem, authority.public_bytes(Encoding.DER))
        same = x509.load_pem_x509_certificate(answer.authority_pem.encode()) == authority
    except (ValueError, CertificateError):
        same = False
    if not same:
        raise EnrolmentError(
            f"What {where} sent is no certificate from its own authority: ask its administrator."
        )
