"""What was found of one thing that the service stands on, and the end of a key or certificate. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Condition(StrEnum):
    """How something is doing."""

    GOOD = "good"
    WORSE = "worse"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found of one thing.

    Attributes:
        name: what it is.
        condition: how it is doing.
        said: what was found, in a sentence or two.
        step: what to do about it; empty where nothing is to be done.
    """

    name: str
    condition: Condition
    said: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """A key or certificate of the fleet, and until when it is good.

    Attributes:
        name: what it is.
        purpose: what it is for.
        fingerprint: by which it is compared, as the first 16 hexadecimal digits of its SHA-256; empty where
            nobody compares it.
        ends: when it ends; None for one that does not.
        then: what happens before that, or what to do.
        after: what is so, or to be done, once it has ended; empty for one that does not end.
    """

    name: str
    purpose: str
    fingerprint: str
    ends: datetime | None
    then: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class AuthorityEnd:
    """When nothing that the fleet's authority issued is trusted any more.

    Attributes:
        at: when.
        is_issuing: whether it is the issuing authority that ends then, which the root renews.
    """

    at: datetime
    is_issuing: bool
