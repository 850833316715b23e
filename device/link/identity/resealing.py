"""Whom footage is sealed to from now on, as the fleet said over HTTPS, kept with the camera's identity.

Rules:

- It is durable before the first recording is sealed to it: a camera that had said so and began again with a
  key that the fleet has given up would make footage that nobody can open.
- A key that nothing can be sealed to is refused, and the ones before stay: a press must not fail by it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from device.link.errors import IdentityError
from device.link.identity.identity import CameraIdentity, save_identity
from protocol.footage.format.errors import KeysError
from protocol.messages.enrolment import EnrolmentResponse, RecipientKey

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from protocol.footage.sealing.keys import Recipient

log = logging.getLogger(__name__)


def reseal(
    state: Path, identity: CameraIdentity, recipients: tuple[Recipient, ...], filesystem: Filesystem
) -> CameraIdentity:
    """Keep whom to seal to, and return the identity with it.

    Raises:
        IdentityError: nothing can be sealed to one of them, or one is named twice; nothing has changed.
        StorageError: it could not be written; nothing has changed.
    """
    if not recipients or len({each.key_id for each in recipients}) != len(recipients):
        raise IdentityError("The fleet sent no key to seal to, or one of them twice.")
    try:
        for each in recipients:
            each.encrypt(b"", b"")
    except KeysError as error:
        raise IdentityError(f"The fleet sent a key that nothing can be sealed to: {error}.") from error
    kept = save_identity(state, answer_of(replace(identity, recipients=recipients)), identity.key, filesystem)
    names = ", ".join(each.key_id.hex()[:16] for each in recipients)
    log.info("recordings are sealed to other keys from now on: %s", names)
    return kept


def answer_of(identity: CameraIdentity, certificate_pem: str | None = None) -> EnrolmentResponse:
    """Return what a fleet would have answered to an enrolment that gave this identity.

    Args:
        identity: the camera's.
        certificate_pem: another certificate in place of its own.
    """
    return EnrolmentResponse(
        camera=identity.camera,
        certificate_pem=identity.certificate_pem if certificate_pem is None else certificate_pem,
        authority_pem=identity.authority_pem,
        recipients=tuple(RecipientKey.of(recipient) for recipient in identity.recipients),
        cameras_url=identity.cameras_url,
        mqtt_host=identity.mqtt_host,
        mqtt_port=identity.mqtt_port,
    )
