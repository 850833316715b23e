"""Writing refusals down: each as an entry, as long as it is admitted, and the others as counts.

A refusal is written in a transaction of its own, so that it stays although the request fails. Where it cannot
be written, the request fails by that: it was refused either way.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.audit.chain import Detail
from fleet.audit.log import LONGEST_ADDRESS, record
from fleet.audit.refusing.book import CountedRefusals, RefusalBook
from fleet.core.actor import FLEET, Actor
from fleet.core.database import Clock, Sessions

COUNTED = "audit:counted:refuse"
"""The action of an entry that counts refusals which have none of their own."""

_LONGEST_SUBJECT = 100


class Refusals:
    """Writes refusals down. Safe to use from several threads."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._book = RefusalBook()

    def write(self, actor: Actor, action: str, subject: str, *, detail: Detail | None = None) -> None:
        """Write a refusal down, or count it.

        Args:
            actor: who was refused.
            action: what, which ends in ``:refuse``.
            subject: the id of what it was about; what a stranger typed is shortened.
            detail: further facts; ``code`` says why.
        """
        if self._admits(actor, action, detail):
            with self._sessions.begin() as session:
                _record(session, actor, action, subject, detail)

    def add(
        self, session: Session, actor: Actor, action: str, subject: str, *, detail: Detail | None = None
    ) -> None:
        """Write a refusal down within the caller's transaction, or count it."""
        if self._admits(actor, action, detail):
            _record(session, actor, action, subject, detail)

    def flush(self, *, everything: bool = False) -> None:
        """Write what was counted in hours that are over, or all that was counted so far.

        Raises:
            SQLAlchemyError: the database failed; the counts are kept.
        """
        counted = self._book.take(self._clock(), everything=everything)
        if not counted:
            return
        try:
            with self._sessions.begin() as session:
                for each in counted:
                    record(session, FLEET, COUNTED, each.who[:_LONGEST_SUBJECT], detail=_detail(each))
        except BaseException:
            self._book.give_back(counted)
            raise

    def _admits(self, actor: Actor, action: str, detail: Detail | None) -> bool:
        kind = f"{action} {detail['code']}" if detail and "code" in detail else action
        return self._book.admits(actor.label, kind, actor.address[:LONGEST_ADDRESS], self._clock())


def _record(session: Session, actor: Actor, action: str, subject: str, detail: Detail | None) -> None:
    record(session, actor, action, printed(subject)[:_LONGEST_SUBJECT], detail=detail)


def printed(text: str) -> str:
    """Return what of a text can be printed and kept in any database."""
    return "".join(each for each in text if each.isprintable())


def _detail(counted: CountedRefusals) -> Detail:
    more = " and others" if counted.more_addresses else ""
    return {
        "count": counted.count,
        "since": counted.since.isoformat(timespec="seconds"),
        "until": counted.until.isoformat(timespec="seconds"),
        "kinds": ", ".join(f"{kind}: {count}" for kind, count in counted.kinds),
        "addresses": ", ".join(each or "none" for each in counted.addresses) + more,
    }
