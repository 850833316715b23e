"""How the link is doing at one moment, for the status that people see."""

from __future__ import annotations

from dataclasses import dataclass, field

from protocol.messages.status import UploadProgress


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """The link at one moment.

    Attributes:
        enrolled: the camera has an identity.
        connected: there is a session with the broker.
        uploads_connected: the last request to the fleet was answered.
        upload: what is still to be sent, as the status message carries it.
        uploading: names of the segments on their way at this moment.
        bytes_per_s: bytes sent per second, an average over the last seconds.
        troubles: one sentence for each thing that is wrong with the link; empty when all is well.
    """

    enrolled: bool = False
    connected: bool = False
    uploads_connected: bool = False
    upload: UploadProgress = field(default_factory=UploadProgress)
    uploading: tuple[str, ...] = ()
    bytes_per_s: int = 0
    troubles: tuple[str, ...] = ()
