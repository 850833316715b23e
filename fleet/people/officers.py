"""Officers: whoever wears a camera, inside the caller's transaction.

Rules:
- an officer is never deleted: recordings and assignments are theirs for as long as those are kept;
- one who is retired keeps the name, so that nobody else is taken for them;
- what becomes of the camera of an officer who is renamed or leaves is in ``fleet.assignments.officers``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.natural import natural_key
from fleet.core.problems import ProblemError, not_found
from fleet.organisation.models import GroupKind
from fleet.organisation.service import joinable
from fleet.people.accounts.rules import AccountFacts
from fleet.people.accounts.users import end_sessions, keep_one_manager, withdraw_links
from fleet.people.models import Officer, User
from fleet.people.permissions import Permission, may
from fleet.people.secrets import Random, new_id

RETIRED = "officer_retired"


def add_officer(session: Session, random: Random, *, name: str, by: Actor) -> Officer:
    """Add an officer.

    Raises:
        ProblemError: 409 when somebody is called that already; 422 when it has what cannot be seen.
    """
    _refuse_unseen(name)
    _refuse_taken(session, name)
    officer = Officer(id=new_id(random), name=name, created=now(session), retired=None)
    session.add(officer)
    session.flush()
    record(session, by, "people:officer:add", officer.id, detail={"name": name})
    announce(session, "officer", officer.id)
    return officer


def rename_officer(session: Session, *, officer: str, name: str, by: Actor) -> Officer:
    """Call an officer something else, on everything that is theirs; the same name again changes nothing.

    Raises:
        ProblemError: 404 when there is no such officer; 409 when somebody else is called that already; 422
            when it has what cannot be seen.
    """
    row = get_officer(session, officer, lock=True)
    if row.name != name:
        _refuse_unseen(name)
        _refuse_taken(session, name, but=officer)
        before, row.name = row.name, name
        record(session, by, "people:officer:rename", officer, detail={"before": before, "name": name})
        announce(session, "officer", officer)
    return row


def retire_officer(session: Session, *, officer: str, by: Actor) -> Officer:
    """Have an officer wear no camera any more, nor sign in; twice is once.

    Whether they have one now is for ``fleet.assignments.officers`` to look at.

    Raises:
        ProblemError: 404 when there is no such officer; 403 when they can sign in, for who may not manage
            people; 409 for who would lock themselves out, or the last who can manage users.
    """
    take_turn(session, Turn.USERS)
    row = get_officer(session, officer, lock=True)
    accounts = session.scalars(select(User).where(User.officer_id == officer)).all()
    if row.retired is None:
        if by.id in {each.id for each in accounts}:
            raise ProblemError(409, "own_account", "That is your own account; have somebody else do it.")
        if accounts and not may(by.roles, Permission.MANAGE_PEOPLE):
            raise ProblemError(403, "not_allowed", f"{row.name} has an account; ask an administrator.")
        for account in accounts:
            keep_one_manager(session, AccountFacts(account.id, account.roles, active=False))
        row.retired = now(session)
        record(session, by, "people:officer:retire", officer)
        announce(session, "officer", officer)
        for account in accounts:  # for good: brought back, they sign in anew
            withdraw_links(session, account)
            end_sessions(session, account)
    return row


def bring_back_officer(session: Session, *, officer: str, by: Actor) -> Officer:
    """Let an officer who is retired wear cameras again; twice is once.

    Raises:
        ProblemError: 404 when there is no such officer.
    """
    row = get_officer(session, officer, lock=True)
    if row.retired is not None:
        row.retired = None
        record(session, by, "people:officer:bring-back", officer)
        announce(session, "officer", officer)
    return row


def set_team(session: Session, *, officer: str, team: str, by: Actor) -> Officer:
    """Put an officer into a team, or into none where ``team`` is empty; the same again changes nothing.

    Raises:
        ProblemError: 404 there is no such officer or team; 409 the team is retired.
    """
    row = get_officer(session, officer, lock=True)
    before, after = row.team_id, joinable(session, GroupKind.TEAM, team, row.team_id)
    if after != before:
        row.team_id = after
        detail = {"before": before or "", "team": after or ""}
        record(session, by, "people:officer:team", officer, detail=detail)
        announce(session, "officer", officer)
    return row


def get_officer(session: Session, officer: str, *, lock: bool = False) -> Officer:
    """Return an officer; with ``lock`` nobody else changes them until this transaction ends.

    Raises:
        ProblemError: 404 when there is no such officer.
    """
    row = session.get(Officer, officer, with_for_update=lock)
    if row is None:
        raise not_found(f"officer {officer}")
    return row


def list_officers(session: Session, *, retired: bool = False) -> Sequence[Officer]:
    """Return the officers by name, as people count; those who are retired only when asked for."""
    query = select(Officer) if retired else select(Officer).where(Officer.retired.is_(None))
    return sorted(session.scalars(query), key=lambda officer: natural_key(officer.name))


def _refuse_unseen(name: str) -> None:
    """Refuse what cannot be seen in a name: some of it turns the words beside it round."""
    if not name.isprintable():
        raise ProblemError(
            422, "name_unreadable", "That name has characters that cannot be shown; type it again."
        )


def _refuse_taken(session: Session, name: str, *, but: str | None = None) -> None:
    # Lowered by the database alone: SQLite's lower() leaves letters beyond ASCII as they are.
    alike = select(Officer).where(func.lower(Officer.name) == func.lower(name), Officer.id != (but or ""))
    other = session.scalars(alike).first()
    if other is None:
        return
    retired = " who is retired" if other.retired is not None else ""
    raise ProblemError(
        409,
        "name_taken",
        f"There is an officer named {name}{retired} already; add something to tell them apart.",
    )
