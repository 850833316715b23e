"""The camera's next certificate, before the present one ends.

Rules:

- The key stays: it signs footage, and who knew it before goes on knowing it. Enrolling again makes a new one.
- The authority stays: a certificate from another one is not taken, whoever brings it. By which of its own
  issuing authorities it comes may change.
- A recording under way goes on with the certificate that it began with; both are for the same key.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from device.link.errors import IdentityError
from device.link.identity.identity import CameraIdentity, save_identity, signing_request
from device.link.identity.resealing import answer_of
from protocol.footage.format.errors import CertificateError
from protocol.messages.enrolment import check_certificates

if TYPE_CHECKING:
    from pathlib import Path

    from device.link.identity.client import RenewalClient
    from device.storage.filesystem import Filesystem

log = logging.getLogger(__name__)


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
