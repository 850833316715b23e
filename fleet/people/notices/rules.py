"""What people are told of their account, for how long, and how many of it are kept. Pure.

Rules (OWASP ASVS 4.0.3, 2.2.3, 2.5.5, 2.8.5):
- told are another password, a factor that came or went, new recovery codes, a code that was used already, and
  a sign-in with a browser that was not known;
- each browser tells it until somebody says there that they know of it, so that whoever got in cannot hide it
  from anybody else's; the session in which it was done tells nothing of it;
- whoever says that it was not they has said it for good, and has it told no more in that browser alone: each
  other tells it on, and that they said so, for whoever got in can say it as well;
- the same from the same place within a day is one, with how often; beyond ``MOST`` of a kind the oldest goes
  that is known of somewhere, or else the oldest, so that what each has of an address is what came from it.

It sends nothing: there is no mail of people here. Who never signs in again learns nothing by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOLD_FOR: Final = timedelta(days=30)
"""How long it is told on every page."""
KEPT_FOR: Final = timedelta(days=180)
"""How long it stands on the page of one's account; as long as a browser is known."""
SAME_WITHIN: Final = timedelta(days=1)
MOST: Final = 10
"""Notices of one kind that one account has at a time; and as many again that its person said was not they."""
MOST_BROWSERS: Final = 50
"""Of so many browsers is kept that somebody said there that they know of it."""


class NoticeKind(StrEnum):
    """What happened."""

    PASSWORD = "password"  # noqa: S105 - a kind of notice
    PASSWORD_LINK = "password-link"  # noqa: S105 - a kind of notice
    APP = "app"
    APP_REMOVED = "app-removed"
    PASSKEY = "passkey"
    PASSKEY_REMOVED = "passkey-removed"
    CODES = "codes"
    RESET = "reset"
    CODE_AGAIN = "code-again"
    BROWSER = "browser"


MOST_OF_ALL: Final = 2 * MOST * len(NoticeKind)
"""Notices that one account has at a time."""


@dataclass(frozen=True, slots=True)
class AccountNoticeFacts:
    """What the rules look at of a notice.

    Attributes:
        id: its own; empty for one that is not kept yet.
        kind: what happened.
        place: from where, by whom, and to what: all that must be the same for two to be one.
        last: when it happened last.
        is_disowned: whether its person said that it was not they.
    """

    id: str
    kind: NoticeKind
    place: tuple[str, ...]
    last: datetime
    is_disowned: bool = False


def counted_with(kept: Sequence[AccountNoticeFacts], new: AccountNoticeFacts) -> str | None:
    """Return the id of the notice that a new one is counted with; None where it is one of its own.

    Args:
        kept: those of the same account.
        new: what has just happened.
    """
    alike = _alike(kept, new)
    same = [each for each in alike if each.place == new.place and abs(new.last - each.last) <= SAME_WITHIN]
    return same[-1].id if same else None


def given_up_for(
    kept: Sequence[AccountNoticeFacts], new: AccountNoticeFacts, known: AbstractSet[str]
) -> Sequence[str]:
    """Return the ids of the notices that go, so that a new one that is one of its own has room.

    Args:
        kept: those of the same account.
        new: what has just happened.
        known: the ids of those that somebody said in some browser that they know of.
    """
    alike = sorted(_alike(kept, new), key=lambda each: each.id not in known)  # the oldest first within each
    return [each.id for each in alike[: max(0, len(alike) - MOST + 1)]]


def is_told(
    notice: AccountNoticeFacts, now: datetime, *, times: int, known_of: int, is_own_doing: bool
) -> bool:
    """Say whether a browser tells a notice on every page.

    Args:
        notice: which.
        now: the time.
        times: how often it happened.
        known_of: how often it had happened when somebody said in this browser that they know of it; 0 where
            nobody did.
        is_own_doing: whether it was done in the session that asks, each time.
    """
    return now - notice.last < TOLD_FOR and times > known_of and not is_own_doing


def _alike(kept: Sequence[AccountNoticeFacts], new: AccountNoticeFacts) -> list[AccountNoticeFacts]:
    alike = [each for each in kept if each.kind is new.kind and not each.is_disowned]
    return sorted(alike, key=lambda each: (each.last, each.id))
