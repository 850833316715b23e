"""Commands to a camera and their outcomes: each once or not at all (promise L4).

A command carries an id and an expiry; the camera remembers the ids that it has obeyed, and answers every one.
"""

from __future__ import annotations

from enum import StrEnum

from protocol.messages.base import CameraId, Identifier, Message, Sentence, ShortText, UtcMicroseconds


class CommandKind(StrEnum):
    """What can be asked of a camera."""

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


class Command(Message):
    """One command: it counts until it expires, by the fleet's clock."""

    id: Identifier
    camera: CameraId
    kind: CommandKind
    issued_utc_us: UtcMicroseconds
    expires_utc_us: UtcMicroseconds
    by: ShortText


class Response(Message):
    """What became of a command: published on ``up/response``."""

    id: Identifier
    camera: CameraId
    outcome: CommandOutcome
    at_utc_us: UtcMicroseconds
    detail: Sentence = ""
