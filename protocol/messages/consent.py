"""How a camera hands over what it signed of consent: ``protocol.footage.consent`` says what that is."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

from pydantic import Field

from protocol.footage.consent import MAX_CONSENT_BYTES
from protocol.messages.base import Count, Message, Sha256Hex

_MOST_CHARACTERS: Final = (MAX_CONSENT_BYTES + 2) // 3 * 4


class SignedConsent(Message):
    """One consent event, as the camera signed it.

    Attributes:
        signed: The event's file in base64.
    """

    signed: Annotated[str, Field(min_length=4, max_length=_MOST_CHARACTERS)]

    @classmethod
    def of(cls, data: bytes) -> SignedConsent:
        """The message that carries an event's file."""
        return cls(signed=base64.b64encode(data).decode("ascii"))

    def to_bytes(self) -> bytes:
        """The event's file.

        Raises:
            ValueError: It is no base64.
        """
        try:
            return base64.b64decode(self.signed, validate=True)
        except binascii.Error as error:
            raise ValueError("it is no base64") from error


class ConsentTaken(Message):
    """The fleet holds an event: durable, and verified.

    Attributes:
        number: The camera's count.
        digest: SHA-256 of what was signed.
    """

    number: Count
    digest: Sha256Hex
