"""What an enrolled camera is told: its certificate, whom to trust, whom to seal to, where to go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fleet.pki import Issued
from fleet.services import Endpoints


@dataclass(frozen=True, slots=True)
class Recipients:
    """Public keys that footage is sealed to, provided by the vault with ``services.provide(Recipients, …)``.

    Attributes:
        listed: returns ``{name, public_key (base64), tracks}`` for each recipient.
    """

    listed: Callable[[], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The answer to a camera that enrolled.

    Attributes:
        camera: its id from now on.
        issued: its certificate.
        authority_pem: the authority's certificate.
        recipients: whom it seals to.
    """

    camera: str
    issued: Issued
    authority_pem: str
    recipients: Recipients

    def document(self, endpoints: Endpoints) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "camera": self.camera,
            "certificate_pem": self.issued.pem,
            "authority_pem": self.authority_pem,
            "recipients": self.recipients.listed(),
            "cameras_url": endpoints.cameras_url,
            "mqtt_host": endpoints.mqtt_host,
            "mqtt_port": endpoints.mqtt_port,
        }
