"""The imports that a request is about: held from the first minute, restricted, or erased, as recordings are.

Everything happens in the caller's transaction. Nothing of an import is called verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError
from fleet.footage.restricting.import_restrictions import let_import_through
from fleet.imagery.import_keepings import import_holds
from fleet.imagery.import_notes import add_import_note
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import ImportState
from fleet.imagery.service import JOB, get_held, get_import
from fleet.jobs.queue import ask
from fleet.people.secrets import Random
from fleet.requests.cases import get_case, get_open, note_step, refuse_unshown
from fleet.requests.linked.lasting import (
    LET_THROUGH_FOR,
    LONGEST_CLAIM,
    NOT_ERASED,
    held_words,
    is_restricted_by,
    release_holds,
    request_hold,
)
from fleet.requests.models import RequestCase, RequestImport
from fleet.requests.rules.kinds import RequestKind
from fleet.requests.texts_of import clean_words
from fleet.retention.holds import IMPORT, hold_import, holds_of_request

MOST_IMPORTS = 200


def link_import(
    session: Session, random: Random, *, case: str, name: str, zone: ZoneInfo, by: Actor
) -> ImportRow:
    """Link an import to a request, and hold it; one that is linked stays so.

    Raises:
        ProblemError: 404 there is no such request or import; 409 the request is closed, or has very many; the
            import's file is not here; 410 it was deleted.
    """
    take_turn(session, Turn.RETENTION)
    row = get_open(session, case)
    found = get_held(session, name, lock=True)
    if session.get(RequestImport, (row.id, found.id)) is not None:
        return found
    count = select(func.count()).select_from(RequestImport).where(RequestImport.case_id == row.id)
    if (session.scalar(count) or 0) >= MOST_IMPORTS:
        detail = f"A request has at most {MOST_IMPORTS} imports; write another one down for the rest."
        raise ProblemError(409, "too_many_imports", detail)
    author = by.name or by.label
    session.add(RequestImport(case_id=row.id, import_id=found.id, added=now(session), added_by=author))
    _hold(session, random, row, found, zone, by)
    words = f"Linked and held import {found.reference}."
    note_step(session, row, by, "requests:request:link-import", words, detail={"import": found.id})
    return found


def unlink_import(session: Session, *, case: str, name: str, by: Actor) -> None:
    """Take an import out of a request that is not about it after all; its hold ends.

    Raises:
        ProblemError: 404 there is no such request or import; 409 it is closed, the import is not linked, or
            restricted by it.
    """
    row = get_open(session, case)
    found, link = _linked(session, row, name)
    _refuse_restricted(session, row, found)
    session.delete(link)
    release_holds(session, row, by, "It is not what the request is about.", only=found.id)
    words = f"Took import {found.reference} out; it is not what the request is about."
    note_step(session, row, by, "requests:request:unlink-import", words, detail={"import": found.id})


def let_linked_import_through(session: Session, *, case: str, name: str, claim: str, by: Actor) -> None:
    """Let a restricted import be looked at and taken out for a day, for a legal claim.

    Raises:
        ProblemError: 404 there is no such request or import; 409 the import is not linked, or not restricted;
            422 nobody says for which claim.
    """
    row = get_case(session, case, lock=True)
    found, _link = _linked(session, row, name)
    why = clean_words(claim, "Say for which legal claim", longest=LONGEST_CLAIM)
    if not let_import_through(session, found.id, until=now(session) + LET_THROUGH_FOR, reason=why, by=by):
        raise ProblemError(409, "not_restricted", "It is not restricted.")
    detail = {"reference": row.reference}
    record(session, by, "requests:import:let-through", found.id, why, detail=detail)
    announce(session, IMPORT, found.id)
    words = f"Let import {found.reference} through for a day, for a legal claim: {why}"
    note_step(session, row, by, "requests:request:let-through", words)


def erase_import(session: Session, *, case: str, name: str, by: Actor) -> None:
    """Have an import of a request for erasure deleted, its key first, with its certificate.

    Raises:
        ProblemError: 404 there is no such request or import; 409 the request is closed or asks for something
            else, it was not shown who asks, the import is not linked, restricted, or held by others; 410 it
            was deleted.
    """
    take_turn(session, Turn.RETENTION)
    row = get_open(session, case)
    if row.kind != RequestKind.ERASURE:
        raise ProblemError(409, "not_erasure", "Imports are erased upon a request for erasure alone.")
    refuse_unshown(row, NOT_ERASED)
    found, _link = _linked(session, row, name)
    get_held(session, name, lock=True)
    others = [each for each in import_holds(session, [found]).get(found.id, ()) if each.request != row.id]
    if others:
        raise ProblemError(409, "is_held", held_words(others))
    _refuse_restricted(session, row, found)
    release_holds(session, row, by, "It is erased upon the request.", only=found.id)
    found.ended, found.ended_by = now(session), by.name or by.label
    found.ended_why = f"Erased upon request {row.reference}."
    ask(session, JOB, found.id)
    record(session, by, "requests:import:erase", found.id, detail={"reference": row.reference})
    announce(session, IMPORT, found.id)
    words = f"Decided that import {found.reference} is deleted."
    note_step(session, row, by, "requests:request:erase", words)


def note_beside_import(
    session: Session, random: Random, *, case: str, name: str, text: str, by: Actor
) -> None:
    """Write beside an import what the person says is wrong with it; the import stays as it is.

    Raises:
        ProblemError: 404 there is no such request or import; 409 it is closed, the import is not linked, its
            file is not here, or it has very many notes; 410 it was deleted; 422 nothing is said, or too much.
    """
    row = get_open(session, case)
    found, _link = _linked(session, row, name)
    said = clean_words(text, "Say what the person says is wrong")
    add_import_note(session, random, name=found.id, text=f"Request {row.reference}: {said}", by=by)
    words = f"Noted beside {found.reference} what the person says of it."
    note_step(session, row, by, "requests:request:note", words)


def imports_of(session: Session, case: RequestCase) -> Sequence[ImportRow]:
    """Return the imports of a request, in the order in which they were linked."""
    query = select(RequestImport).where(RequestImport.case_id == case.id)
    found = session.scalars(query.order_by(RequestImport.added, RequestImport.import_id)).all()
    return [each.imported for each in found]


def is_import(session: Session, name: str) -> bool:
    """Say whether that is the id of an import."""
    return session.get(ImportRow, name) is not None


def hold_imports_again(
    session: Session, random: Random, case: RequestCase, zone: ZoneInfo, by: Actor
) -> None:
    """Hold what is still here of the imports of a request that is opened again."""
    held = {each.import_id for each in holds_of_request(session, case.id)}
    for each in imports_of(session, case):
        if each.state == ImportState.HELD and each.id not in held:
            _hold(session, random, case, each, zone, by)


def _hold(
    session: Session, random: Random, case: RequestCase, row: ImportRow, zone: ZoneInfo, by: Actor
) -> None:
    hold_import(
        session,
        random,
        request_hold(session, case, zone),
        import_id=row.id,
        reference=row.reference,
        by=by,
        request=case.id,
    )


def _linked(session: Session, case: RequestCase, name: str) -> tuple[ImportRow, RequestImport]:
    found = get_import(session, name)
    link = session.get(RequestImport, (case.id, found.id))
    if link is None:
        raise ProblemError(409, "not_linked", "That import is not linked to this request.")
    return found, link


def _refuse_restricted(session: Session, case: RequestCase, row: ImportRow) -> None:
    if is_restricted_by(session, case, row.id):
        raise ProblemError(409, "is_restricted", "It is restricted: tell the person that this ends first.")
