"""The camera's next certificate, before the present one ends.

Rules:

- The key stays: it signs footage, and who knew it before goes on knowing it. Enrolling again makes a new one.
- The authority stays: a certificate from another one is not taken, whoever brings it. By which of its own
  issuing authorities it comes may change.
- One that has ended is good for asking for the next one, as long as the fleet has it on record.
- A recording under way goes on with the certificate that it began with; both are for the same key.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from device.errors import DeviceError
from device.link.errors import IdentityError, NotTrustedError
from device.link.identity.identity import CameraIdentity, save_identity, signing_request
from device.link.identity.mutual_tls import show_certificate
from device.link.identity.resealing import answer_of
from protocol.footage.format.errors import CertificateError
from protocol.messages.enrolment import check_certificates

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from device.link.identity.client import RenewalClient
    from device.storage.filesystem import Filesystem

log = logging.getLogger(__name__)

CERTIFICATE_ENDED = "certificate_ended"
"""The fleet's word for a certificate that is good for asking for the next one, and for nothing else."""

Answer = TypeVar("Answer")


def renew(
    state: Path, identity: CameraIdentity, client: RenewalClient, filesystem: Filesystem
) -> CameraIdentity:
    """Ask the fleet for the next certificate, store it, and return the identity with it.

    Raises:
        LinkError: the fleet cannot be reached, refused, or sent something that does not fit; nothing has
            changed.
        StorageError: it could not be written; the camera goes on with the one it has.
    """
    answer = client.renew(signing_request(identity.key))
    try:
        check_certificates(answer.certificate_pem, identity.authority_der)
    except CertificateError as error:
        raise IdentityError("What the fleet sent is no certificate from this camera's authority.") from error
    response = answer_of(identity, answer.certificate_pem)
    renewed = save_identity(state, response, identity.key, filesystem)
    log.info("the camera's certificate was renewed, until %s", renewed.certificate.not_valid_after_utc)
    return renewed


def try_to_renew(
    state: Path,
    identity: CameraIdentity,
    client: RenewalClient,
    filesystem: Filesystem,
    context: ssl.SSLContext,
) -> CameraIdentity | None:
    """Ask for the next certificate and have it shown from now on; None, and a line in the log, where not."""
    try:
        renewed = renew(state, identity, client, filesystem)
        show_certificate(context, renewed)
    except DeviceError as error:
        log.warning("the camera's certificate was not renewed, trying again later: %s", error)
        return None
    return renewed


def ask_with_good_one(ask: Callable[[], Answer], renewed: Callable[[], bool]) -> Answer:
    """Ask the fleet something; with a certificate that has ended, after asking for the next one (L1).

    Args:
        ask: Asks.
        renewed: Asks for the next certificate, and says whether it is shown from now on.

    Raises:
        LinkError: As ``ask``.
    """
    try:
        return ask()
    except NotTrustedError as error:
        if error.code != CERTIFICATE_ENDED or not renewed():
            raise
    return ask()
