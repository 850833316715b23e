"""Commands to a camera and their outcomes: each once or not at all (promise L4).

A command carries an id and an expiry; the camera remembers the ids that it has obeyed, and answers every one.
It carries no names: a broker keeps what passes through it, and nobody is to be known by that.

It does not say what a camera does by it (``device``), nor who may ask for it (``fleet``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from protocol.footage.consent import ConsentSaid, SaidOfConsent, WhyNotAsked
from protocol.messages.base import (
    CameraId,
    Count,
    Identifier,
    Message,
    Sentence,
    ShortText,
    UtcMicroseconds,
)


class CommandKind(StrEnum):
    """What can be asked of a camera; what it does not do, it refuses."""

    CONSENT = "consent"
    START = "start"
    STOP = "stop"
    LOCATE = "locate"
    LOCK = "lock"
    UNLOCK = "unlock"
    PRIVATE_OFF = "private-off"
    WIPE_KEYS = "wipe-keys"
    RESTART = "restart"
    SEND_LOGS = "send-logs"


class CommandOutcome(StrEnum):
    """How a command ended."""

    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    FAILED = "failed"
    REPEATED = "repeated"


class ConsentCommand(Message):
    """What was said at the door, to be done and signed by the camera.

    Attributes:
        said: What was said.
        why: Why nobody was asked; null for everything else.
        wording: Which version of the landlord's text was said, such as ``en 2``; empty where none was.
    """

    said: SaidOfConsent
    why: WhyNotAsked | None = None
    wording: ShortText = ""

    @model_validator(mode="after")
    def _has_its_reason(self) -> Self:
        if (self.said is SaidOfConsent.NOT_ASKED) != (self.why is not None):
            raise ValueError("that nobody was asked has a reason, and nothing else has")
        return self

    def to_said(self) -> ConsentSaid:
        """The same as the camera signs it."""
        return ConsentSaid(self.said, "" if self.why is None else str(self.why), self.wording)


class Command(Message):
    """One command: it counts until it expires, by the fleet's clock.

    Attributes:
        id: Chosen by the fleet, never used again.
        camera: For which camera.
        kind: What to do.
        issued_utc_us: By the fleet's clock.
        expires_utc_us: By the fleet's clock.
        by: Who asked for it, as an id of the fleet and never as a name.
        consent: For ``consent``, what was said; null for everything else.
    """

    id: Identifier
    camera: CameraId
    kind: CommandKind
    issued_utc_us: UtcMicroseconds
    expires_utc_us: UtcMicroseconds
    by: ShortText
    consent: ConsentCommand | None = None

    @model_validator(mode="after")
    def _carries_what_it_needs(self) -> Self:
        if (self.kind is CommandKind.CONSENT) != (self.consent is not None):
            raise ValueError("what was said of consent belongs to a command of that kind, and to no other")
        if self.expires_utc_us <= self.issued_utc_us:
            raise ValueError("a command expires after it was issued")
        return self


class Response(Message):
    """What became of a command: published on ``up/response``.

    Attributes:
        id: The command's id.
        camera: Which camera.
        outcome: How it ended.
        at_utc_us: By the camera's clock.
        detail: A sentence for people.
        consent: The number of the signed event that came of it; null where none did.
    """

    id: Identifier
    camera: CameraId
    outcome: CommandOutcome
    at_utc_us: UtcMicroseconds
    detail: Sentence = ""
    consent: Count | None = None
