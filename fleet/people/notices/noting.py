"""Noting what happened to an account, in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.live import ACCOUNT
from fleet.people.models import UserSession
from fleet.people.notices.models import AccountNotice, KnownNotice
from fleet.people.notices.rules import KEPT_FOR, NoticeKind, counted_with, given_up_for
from fleet.people.secrets import digest, new_id
from fleet.people.sessions import NOWHERE, Origin

Random = Callable[[int], bytes]


def note_own(
    session: Session, random: Random, kind: NoticeKind, actor: Actor, secret: str, *, name: str = ""
) -> None:
    """Note what somebody did to their own account in the session of this secret.

    Args:
        session: the caller's; it commits.
        random: returns that many random bytes.
        kind: what they did.
        actor: who.
        secret: of the session that they did it in; empty where there is none.
        name: of the passkey that it was about.
    """
    this = UserSession.digest == digest(secret)
    agent = session.scalars(select(UserSession.agent).where(this)).first() if secret else None
    origin = Origin(actor.address, agent or "")
    note(session, random, kind, actor.id, origin, doer=secret, name=name)


def note(
    session: Session,
    random: Random,
    kind: NoticeKind,
    user: str,
    origin: Origin = NOWHERE,
    *,
    doer: str = "",
    name: str = "",
    by: str = "",
    how: str = "",
) -> None:
    """Note what happened to somebody's account, and have their open pages tell it.

    Args:
        session: the caller's; it commits.
        random: returns that many random bytes.
        kind: what happened.
        user: whose account.
        origin: from where.
        doer: the secret of the session in which it was done; empty for none.
        name: of the passkey that it was about.
        by: who did it, where that was somebody else.
        how: how they made sure who asks.
    """
    moment = now(session)
    new = AccountNotice(
        id=new_id(random),
        user_id=user,
        kind=str(kind),
        name=name,
        by=by,
        how=how,
        address=origin.address,
        agent=origin.agent,
        first=moment,
        last=moment,
        times=1,
        doer=digest(doer) if doer else None,
        disowned=None,
    )
    # Anybody's, as of sessions: whoever signs in no more has their addresses kept no longer than others.
    session.execute(delete(AccountNotice).where(AccountNotice.last <= moment - KEPT_FOR))
    alike = (AccountNotice.user_id == user, AccountNotice.kind == str(kind), AccountNotice.disowned.is_(None))
    rows = session.scalars(select(AccountNotice).where(*alike).with_for_update()).all()
    kept = [each.facts for each in rows]
    found = counted_with(kept, new.facts)
    if found is None:
        known = select(KnownNotice.notice_id).join(AccountNotice).where(*alike)
        seen = frozenset(session.scalars(known.where(KnownNotice.times >= AccountNotice.times)))
        gone = given_up_for(kept, new.facts, seen)
        session.execute(delete(AccountNotice).where(AccountNotice.id.in_(gone)))
        session.add(new)
    else:
        row = next(each for each in rows if each.id == found)
        row.last, row.times = moment, row.times + 1
        row.doer = row.doer if row.doer == new.doer else None  # of two sessions each is told of the other
        row.name, row.by, row.how, row.address, row.agent = name, by, how, origin.address, origin.agent
    announce(session, ACCOUNT, user)
