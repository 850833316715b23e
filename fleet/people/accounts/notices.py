"""What somebody is told of their account in the browser that asks, and what they say of it.

Who was let in by break-glass is told nothing of it, and says nothing: the host let them in, and it is not
known to be the person whose account it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import announce, now
from fleet.core.live import ACCOUNT
from fleet.core.problems import not_found
from fleet.people.accounts.users import end_sessions, get_user
from fleet.people.known.browsers import key_of
from fleet.people.notices.models import AccountNotice, KnownNotice
from fleet.people.notices.rules import KEPT_FOR, MOST, MOST_BROWSERS, MOST_OF_ALL, TOLD_FOR, is_told
from fleet.people.secrets import digest
from fleet.people.services import PeopleServices
from fleet.people.sessions import COOKIE


@dataclass(frozen=True, slots=True)
class NoticeReader:
    """Who reads notices, and where.

    Attributes:
        user: whose they are; empty for who has none: programs, and who was let in by break-glass.
        browser: tells the browser from others of theirs; where it is not known, the session alone.
        session: digest of the session's secret.
    """

    user: str
    browser: str
    session: bytes


def reader_of(people: PeopleServices, request: Request, actor: Actor) -> NoticeReader:
    """Return who reads notices by this request."""
    this = digest(request.cookies.get(COOKIE, ""))
    if actor.kind is not ActorKind.USER or actor.by_break_glass:
        return NoticeReader("", "", this)
    return NoticeReader(actor.id, key_of(people, request, actor.id) or f"session {this.hex()}", this)


def told_of_own(session: Session, reader: NoticeReader) -> Sequence[AccountNotice]:
    """Return what the pages of this browser tell of its person's account, the newest first."""
    if not reader.user:
        return ()
    moment = now(session)
    here = and_(KnownNotice.notice_id == AccountNotice.id, KnownNotice.browser == reader.browser)
    rows = session.execute(
        select(AccountNotice, KnownNotice.times)
        .outerjoin(KnownNotice, here)
        .where(AccountNotice.user_id == reader.user, AccountNotice.last > moment - TOLD_FOR)
        .order_by(AccountNotice.last.desc(), AccountNotice.id)
    )
    return [
        row
        for row, known_of in rows
        if is_told(
            row.facts,
            moment,
            times=row.times,
            known_of=known_of or 0,
            is_own_doing=row.doer == reader.session,
        )
    ]


def notices_of(session: Session, user: str) -> Sequence[AccountNotice]:
    """Return what happened to an account lately, the newest first, whatever was said of it."""
    since = now(session) - KEPT_FOR
    query = select(AccountNotice).where(AccountNotice.user_id == user, AccountNotice.last > since)
    return session.scalars(
        query.order_by(AccountNotice.last.desc(), AccountNotice.id).limit(MOST_OF_ALL)
    ).all()


def know_of(session: Session, reader: NoticeReader, *, notice: str, times: int, by: Actor) -> None:
    """Tell a notice no more in this browser, whose person knows of it; twice is once.

    Args:
        session: the caller's; it commits.
        reader: who, and where.
        notice: which.
        times: how often it had happened by what they saw; what came since is told on.
        by: who says so.

    Raises:
        ProblemError: 404 where it is none of theirs.
    """
    row = _own(session, reader, notice)
    seen = min(times, row.times)
    known = session.get(KnownNotice, (row.id, reader.browser))
    if known is not None and known.times >= seen:
        return
    if known is None:
        others = select(KnownNotice).where(KnownNotice.notice_id == row.id).order_by(KnownNotice.at)
        there = session.scalars(others).all()
        for each in there[: max(0, len(there) - MOST_BROWSERS + 1)]:
            session.delete(each)
        known = KnownNotice(notice_id=row.id, browser=reader.browser)
        session.add(known)
    known.times, known.at = seen, now(session)
    announce(session, ACCOUNT, row.user_id)
    record(session, by, "people:notice:know", row.user_id, detail={"notice": row.id, "what": row.kind})


def disown(session: Session, reader: NoticeReader, *, notice: str, by: Actor) -> AccountNotice | None:
    """Say of a notice that it was not they, which ends their other sessions.

    Each other browser tells it on, and that this was said: an intruder can say it of their own doing.

    Returns:
        The notice; None where that had been said already, and nothing more is done.

    Raises:
        ProblemError: 404 where it is none of theirs.
    """
    user = get_user(session, reader.user, lock=True) if reader.user else None
    row = _own(session, reader, notice)
    if row.disowned is not None or user is None:
        return None
    row.disowned = now(session)
    session.execute(delete(KnownNotice).where(KnownNotice.notice_id == row.id))
    session.add(
        KnownNotice(notice_id=row.id, browser=reader.browser, times=row.times, at=row.disowned),
    )
    _forget_disowned(session, row)
    ended = end_sessions(session, user, but=reader.session)
    announce(session, ACCOUNT, row.user_id)
    detail: dict[str, str | int] = {"notice": row.id, "what": row.kind, "sessions": ended}
    record(session, by, "people:notice:disown", row.user_id, detail=detail)
    return row


def _forget_disowned(session: Session, latest: AccountNotice) -> None:
    """Keep the newest of one kind that somebody said was not they, and no more."""
    session.flush()
    alike = (AccountNotice.user_id == latest.user_id, AccountNotice.kind == latest.kind)
    others = select(AccountNotice.id).where(
        *alike, AccountNotice.disowned.is_not(None), AccountNotice.id != latest.id
    )
    newest = others.order_by(AccountNotice.disowned.desc(), AccountNotice.id)
    gone = session.scalars(newest.offset(MOST - 1)).all()
    session.execute(delete(AccountNotice).where(AccountNotice.id.in_(gone)))


def _own(session: Session, reader: NoticeReader, notice: str) -> AccountNotice:
    row = session.get(AccountNotice, notice, with_for_update=True)
    if row is None or not reader.user or row.user_id != reader.user:
        raise not_found("such notice of this account")
    return row
