"""A number that the card never confirmed, as a ``fault`` event of the next recording tells of it (L3).

A camera that cannot make a recording durable acknowledges none. Its number is used up all the same while
something may be on the card under it: the card may have kept all of it, and then recovery finds a recording
that nobody promised, and that the next one does not name as the one before it. So the next recording says
which numbers those are, and by which ``open`` such a recording is known.

Format version 1 knows the kind ``fault``, whose detail says whatever a camera has to say; verifiers of any
age read it. One tells of a number that was not confirmed by these keys:

- ``unconfirmed``: the number;
- ``open``: the digest of the ``open`` that may be on the card under it, 64 lower-case hexadecimal digits;
  absent where nothing was written but the name.

``what`` says the same in a sentence, for who knows nothing of these keys. A fault whose detail is another is
a fault of another kind: nothing here is a rule of form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from protocol.footage.ledger.event_record import EventKind, LedgerEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protocol.footage.format.model import ClockLabel

MOST_TOLD: Final = 16
"""So many numbers one recording tells of; a camera keeps the newest. A reader takes no more from one."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A number under which no recording was acknowledged.

    Attributes:
        number: It.
        open_digest: The digest of the ``open`` that may be on the card; None where none was written.
    """

    number: int
    open_digest: bytes | None


def unconfirmed_event(found: Unconfirmed, at_ns: int, label: ClockLabel) -> LedgerEvent:
    """How a ledger tells of it.

    Args:
        found: The number.
        at_ns: When the recording that tells of it was pressed, on the boot-time clock.
        label: The same as wall time.
    """
    detail: dict[str, str | int] = {"what": _what(found), "unconfirmed": found.number}
    if found.open_digest is not None:
        detail["open"] = found.open_digest.hex()
    return LedgerEvent(EventKind.FAULT, at_ns, label, detail)


def unconfirmed_of(kind: str, detail: Mapping[str, str | int]) -> Unconfirmed | None:
    """Read the number that an event tells of; None where it tells of something else."""
    number, digest = detail.get("unconfirmed"), detail.get("open")
    if kind != EventKind.FAULT or not isinstance(number, int) or number < 1:
        return None
    if digest is None:
        return Unconfirmed(number, None)
    if not isinstance(digest, str) or _DIGEST.fullmatch(digest) is None:
        return None
    return Unconfirmed(number, bytes.fromhex(digest))


def all_unconfirmed(events: Iterable[LedgerEvent]) -> tuple[Unconfirmed, ...]:
    """Read what the events of a ledger tell of, each once, and no more than ``MOST_TOLD``.

    A camera may say what it likes: the fleet keeps this of each recording, and compares with it.
    """
    told = (unconfirmed_of(each.kind, each.detail) for each in events)
    return tuple(islice(dict.fromkeys(each for each in told if each is not None), MOST_TOLD))


def _what(found: Unconfirmed) -> str:
    number = found.number
    if found.open_digest is None:
        return f"The card did not take the file of recording {number}: no recording has that number."
    return (
        f"The card did not confirm recording {number}, so it was not acknowledged. "
        "It may be on the card all the same."
    )
