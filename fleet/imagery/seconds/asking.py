"""Having a clip cut into seconds, and what cannot be; in the caller's transaction."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.imagery.models import ImportRow, ImportSeconds
from fleet.imagery.reading.limits import ReadFacts
from fleet.imagery.rules.kinds import SecondsState
from fleet.jobs.queue import ask
from fleet.redaction.making.decoded import MOST_PIXELS
from fleet.redaction.rules.area import LARGEST_SIDE
from fleet.retention.holds import IMPORT as TOPIC

JOB: Final = "import-seconds"


def is_here(row: ImportRow) -> bool:
    """Say whether an import's file is here, so that something is known of it."""
    return bool(row.facts)


def is_clip(row: ImportRow) -> bool:
    """Say whether an import that is here moves, by its contents."""
    return ReadFacts(**row.facts).duration_s is not None


def why_not_hidden_in(row: ImportRow) -> str:
    """Say why nothing can be hidden in an import that is here, or chosen of it; empty where it can.

    What can be imported can be larger than what is encoded here: that is said before anybody begins.
    """
    facts = ReadFacts(**row.facts)
    if facts.duration_s is None:
        if max(facts.width, facts.height) > LARGEST_SIDE:
            return (
                f"{row.reference} is {facts.width} by {facts.height} pixels: nothing is hidden in a picture "
                f"with a side of more than {LARGEST_SIDE}. Have it made smaller, and import that."
            )
        return ""
    if facts.width * facts.height > MOST_PIXELS:
        return (
            f"{row.reference} has pictures of {facts.width} by {facts.height} pixels: seconds are chosen and "
            "hidden in up to 4096 by 2304. Have it exported smaller, and import that."
        )
    return ""


def refuse_hidden_in(row: ImportRow) -> None:
    """Refuse to hide something in an import, or to choose seconds of it, where that cannot be made.

    Raises:
        ProblemError: 409 it is too large.
    """
    if why := why_not_hidden_in(row):
        raise ProblemError(409, "too_large_to_hide_in", why)


def seconds_of(session: Session, name: str) -> ImportSeconds | None:
    """Return how far a clip is cut into seconds; None where nobody asked for it."""
    return session.get(ImportSeconds, name)


def ask_seconds(session: Session, row: ImportRow) -> ImportSeconds:
    """Have a clip cut into seconds; one that is stays so, and one that could not be is tried again."""
    found = session.get(ImportSeconds, row.id, with_for_update={"of": ImportSeconds})
    if found is None:
        found = ImportSeconds(
            import_id=row.id, state="", attempt="", size=0, chunks=[], trouble="", asked=now(session)
        )
        session.add(found)
    if found.state in {SecondsState.DONE, SecondsState.ASKED}:
        return found
    found.state, found.trouble, found.asked = SecondsState.ASKED, "", now(session)
    session.flush()
    ask(session, JOB, row.id)
    announce(session, TOPIC, row.id)
    return found


def why_not_cut(found: ImportSeconds | None) -> str:
    """Say why seconds of a clip cannot be had now; empty where they can."""
    if found is None or found.state == SecondsState.ASKED:
        trouble = f" It waits: {found.trouble}" if found is not None and found.trouble else ""
        return f"The clip is being cut into seconds, which takes about as long as it lasts.{trouble}"
    return f"The clip could not be cut into seconds: {found.trouble}" if found.trouble else ""
