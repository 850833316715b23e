"""What can go wrong between the camera and the fleet: a small tree, each message one sentence for a person.

Rules:

- The class says what the camera does about it: try again soon, try again slowly, or leave it and say so.
- No message holds a secret: not a code, not a key.
"""

from __future__ import annotations

from device.errors import DeviceError


class LinkError(DeviceError):
    """Anything that goes wrong between the camera and the fleet."""


class NotEnrolledError(LinkError):
    """The camera has no identity yet; the sentence says how to enrol."""


class IdentityError(LinkError):
    """The identity on the camera cannot be used: damaged, expired, or its parts do not belong together."""


class EnrolmentError(LinkError):
    """The fleet did not enrol the camera, or is not the fleet that the code is for."""


class EnrolmentRefusedError(EnrolmentError):
    """The fleet answered that it does not enrol the camera by this code and key."""


class LostAnswerError(EnrolmentError):
    """The fleet was asked, and whether it enrolled the camera is not known: ask again, with the same key."""


class UnreachableError(LinkError):
    """The network or the fleet is down at the moment. Try again soon.

    Attributes:
        status: the HTTP status when the fleet answered that it could not serve, else None.
    """

    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class NotTrustedError(LinkError):
    """One side does not accept the other's certificate, or the camera was revoked. Try again slowly (L1).

    Attributes:
        code: the stable word of the fleet's problem document, empty where it sent none.
    """

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class TakenOverError(NotTrustedError):
    """Another device connected with this camera's identity, and the broker ended this connection for it.

    Try again slowly: the two take each other's place for as long as both try.
    """


class RefusedError(LinkError):
    """The fleet answered, and refused. What follows depends on the code.

    Attributes:
        status: the HTTP status, 4xx.
        code: the stable word of the problem document (RFC 9457), empty when there was none.
    """

    def __init__(self, sentence: str, *, status: int, code: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
