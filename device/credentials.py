"""What the recorder needs of the camera's identity: name, signer, certificates, and whom to seal to.

It holds no private sealing key: the camera cannot read its own past (C9).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.format.signing import Signer
    from protocol.footage.sealing.keys import Recipient


@dataclass(frozen=True, slots=True)
class Credentials:
    """As whom footage is signed and to whom it is sealed.

    Attributes:
        camera: The camera's id.
        certificates: DER, the camera's first, the authority's last.
        recipients: Public keys that footage is sealed to; at least one.
        sign: Signs with the key of the first certificate.
    """

    camera: str
    certificates: tuple[bytes, ...]
    recipients: tuple[Recipient, ...]
    sign: Signer = field(repr=False)

    @property
    def authority(self) -> bytes:
        """The authority's certificate (DER): what receipts are verified against."""
        return self.certificates[-1]
