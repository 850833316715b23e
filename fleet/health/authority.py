"""What is said of the authority: where its root's key is, and when it can issue no more. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fleet.health.reading import Condition, Reading
from fleet.health.rules import WARN_BEFORE

NAME = "Certificate authority"
_ALONE = (
    "It was made before there were issuing authorities, and issues by itself: its key lies on this machine, "
    "encrypted, and no root is apart from it."
)
_SPLIT = (
    "Make a root of it, whose key can be taken away, with “lapel-fleet authority split”, while the service "
    "is stopped; no camera is enrolled anew."
)
_HERE = "The root's key still lies on this machine, encrypted under the same secret as the key that issues."
_AWAY = "The root's key does not lie in the state folder any more."
_TAKE = (
    "Take it away with “lapel-fleet authority take-root”: who has that key makes certificates that every "
    "camera and every verifier trusts."
)
_RENEW = (
    "Give it the next certificate with “lapel-fleet authority renew-issuing”, while the service is stopped."
)


def authority_reading(
    *,
    is_alone: bool,
    has_root_key: bool,
    issuing_ends: datetime,
    now: datetime,
    words: Callable[[object], str],
) -> Reading:
    """Say how the authority does.

    Args:
        is_alone: whether it issues by itself.
        has_root_key: whether the root's key lies here.
        issuing_ends: when the certificate of what issues ends.
        now: wall time.
        words: says a time as the page does.
    """
    if is_alone:
        return Reading(NAME, Condition.WORSE, _ALONE, _SPLIT)
    where, take = (_HERE, _TAKE) if has_root_key else (_AWAY, "")
    if issuing_ends <= now:
        said = f"The issuing authority ended {words(issuing_ends)}: no camera can connect. {where}"
        return Reading(NAME, Condition.BAD, said, _RENEW)
    if issuing_ends - now < WARN_BEFORE:
        said = (
            f"The issuing authority ends {words(issuing_ends)}: from then on no camera can connect. {where}"
        )
        return Reading(NAME, Condition.WORSE, said, _RENEW)
    return Reading(NAME, Condition.WORSE if has_root_key else Condition.GOOD, where, take)
