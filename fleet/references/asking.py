"""Asking with a code: what a stranger may try, how often, and what they can learn from the answer.

Rules:
- a mistyped code is told from one that is not known, which gives nothing away: whoever knows how codes are
  made can reckon that out at home;
- not known, revoked, and no longer answered are one answer, which goes out the same time after the question
  as a good one does;
- whoever asks is counted, by address (of IPv6 by its 64-bit network), and failures in all as well: a budget
  for each address holds against one address, and the other bounds what many can try together. A right code is
  given back, so that whoever has a slip does not stay counted;
- what was asked is written down nowhere: no code, no address, no visit.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.app_key import AppKey
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.people.attempts import AttemptCount
from fleet.people.secrets import digest
from fleet.people.trying.shared import attempts_of
from fleet.references.facts import visit_facts
from fleet.references.models import VisitReference
from fleet.references.rules.standing import ReferencedVisit
from fleet.visits.models import TenancyVisit

FROM_ONE_ADDRESS, IN_ALL = 20, 600
"""Questions that may fail within a quarter of an hour."""
ANSWERED_AFTER_S = 0.5
"""Every answer goes out so long after its question: longer than looking anything up takes."""
_ALL = "all"
_NETWORK = 64


@dataclass(frozen=True, slots=True)
class ReferenceAsking:
    """What asking with a code needs.

    Attributes:
        near: counts questions by address.
        in_all: counts questions that failed, from all addresses.
        seconds: seconds that only go forward.
        pause: waits.
    """

    near: AttemptCount
    in_all: AttemptCount
    seconds: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    def begin(self, address: str, now: datetime) -> None:
        """Count a question.

        Raises:
            ProblemError: 429 too many came from there, or from everywhere, and how long to wait.
        """
        wait = self.in_all.wait(_ALL, now)
        if wait is None:
            wait = self.near.begin([network_of(address)], now) or self.in_all.begin([_ALL], now)
        if wait is not None:
            raise _too_many(wait)

    def give_back(self, address: str, began: datetime) -> None:
        """Uncount a question that was answered."""
        self.near.give_back([network_of(address)], began)
        self.in_all.give_back([_ALL], began)

    async def same_time(self, began: float) -> None:
        """Wait until every answer goes out, whatever it took to find."""
        await self.pause(max(0.0, began + ANSWERED_AFTER_S - self.seconds()))


def asking_of(services: Services) -> ReferenceAsking:
    """Return what counts who asks this fleet, and has every answer go out in its time."""
    return ReferenceAsking(
        attempts_of(services.database, "reference", FROM_ONE_ADDRESS),
        attempts_of(services.database, "references in all", IN_ALL),
    )


ASKING: AppKey[ReferenceAsking] = AppKey("reference asking")


def network_of(address: str) -> str:
    """Return what somebody can change at no cost being left out of an address: the lower half of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), _NETWORK), strict=False))
    return str(found)


def answer_to(session: Session, code: str, now: datetime, zone: ZoneInfo) -> ReferencedVisit | None:
    """Return what may be told upon a code; None where nothing is, whatever the cause."""
    query = (
        select(TenancyVisit)
        .join(VisitReference, VisitReference.visit_id == TenancyVisit.id)
        .where(VisitReference.digest == digest(code), VisitReference.revoked.is_(None))
    )
    visit = session.scalars(query).one_or_none()
    if visit is None:
        return None
    told = visit_facts(session, visit, zone)
    return told if told.is_answered(now) else None


def _too_many(wait: timedelta) -> ProblemError:
    seconds = max(1, int(wait.total_seconds()))
    minutes = -(-seconds // 60)
    detail = (
        f"Too many references were tried; try again in {minutes} minute{'s' if minutes > 1 else ''}, "
        "or ask the landlord."
    )
    return ProblemError(429, "too_many_attempts", detail, headers={"Retry-After": str(seconds)})
