"""Whom cameras seal their footage to. The vault knows; it provides ``Recipients``."""

from collections.abc import Callable
from dataclasses import dataclass

from fleet.core.services import Services
from fleet.pki.authority import Issued
from protocol.messages.enrolment import EnrolmentResponse, RecipientKey


@dataclass(frozen=True, slots=True)
class Recipients:
    """The public keys that footage is sealed to: ``services.provide(Recipients, Recipients(listed))``.

    Attributes:
        listed: returns them as they are now.
    """

    listed: Callable[[], tuple[RecipientKey, ...]]


def enrolment_answer(services: Services, camera: str, issued: Issued) -> EnrolmentResponse:
    """Return what a camera that has just enrolled is told."""
    return EnrolmentResponse(
        camera=camera,
        certificate_pem=issued.pem,
        authority_pem=services.authority.pem,
        recipients=services.find(Recipients).listed(),
        cameras_url=services.endpoints.cameras_url,
        mqtt_host=services.endpoints.mqtt_host,
        mqtt_port=services.endpoints.mqtt_port,
    )
