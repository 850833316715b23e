"""What people type into forms, made clean or refused in a sentence.

Rule: a refusal is a ``ProblemError`` with 422, so that pages show it beside the form and nothing else
happens.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fleet.core.problems import ProblemError
from fleet.vault.vault import LONGEST_PURPOSE
from fleet.visits.rules.when import why_never
from fleet.web.zone import local, site_zone

LONGEST_NAME = 100
_LOCAL_NEXT = "/"


def clean_name(text: str, *, whose: str) -> str:
    """Return a name with its spaces put right.

    Args:
        text: as typed.
        whose: begins the sentence when it is empty, as in "the officer's name".

    Raises:
        ProblemError: 422 when nothing is left, or it is too long, or it holds characters that cannot be seen.
    """
    name = " ".join(text.split())
    if not name:
        raise ProblemError(422, "name_missing", f"Type {whose}.")
    if len(name) > LONGEST_NAME:
        raise ProblemError(
            422, "name_too_long", f"A name has at most {LONGEST_NAME} characters; that one has {len(name)}."
        )
    if not name.isprintable():
        raise ProblemError(
            422, "name_unreadable", "That name has characters that cannot be shown; type it again."
        )
    return name


def clean_reason(text: str) -> str:
    """Return a reason with its spaces put right.

    Raises:
        ProblemError: 422 when nothing is left or it is too long.
    """
    reason = " ".join(text.split())
    if not reason:
        raise ProblemError(422, "reason_missing", "Say why in a few words.")
    if len(reason) > LONGEST_PURPOSE:
        detail = f"Say it in {LONGEST_PURPOSE} characters or fewer; that was {len(reason)}."
        raise ProblemError(422, "reason_too_long", detail)
    return reason


def typed_moment(at: datetime) -> str:
    """Return a time as a browser's field for day and time takes it: the site's clocks, to the minute."""
    return f"{local(at):%Y-%m-%dT%H:%M}"


def clean_moment(text: str, known: str = "") -> datetime | None:
    """Return a day and a time of day by the site's clocks, as a browser's field sends them; None for none.

    A time that the clocks show twice is taken for the first of the two, but for one that nobody changed.

    Args:
        text: as the field has it.
        known: the moment that the form was filled in with, with its offset (ISO 8601); empty for none. Where
            the field still says that, it is that moment, whichever of two it is.
    """
    try:
        was = datetime.fromisoformat(known)
        if was.tzinfo is not None and typed_moment(was) == text:
            return was.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # nothing was filled in that could have stayed
    try:
        typed = datetime.fromisoformat(text)
        return typed.replace(tzinfo=typed.tzinfo or site_zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def why_never_shown(text: str) -> str:
    """Return why the site's clocks never show a day and time of day of a field; empty where they do."""
    typed = datetime.fromisoformat(text)
    return "" if typed.tzinfo is not None else why_never(typed, site_zone())


def safe_next(target: str) -> str:
    """Return where to go after signing in: a path of this dashboard, and never another site."""
    is_local = target.startswith(_LOCAL_NEXT) and not target.startswith(("//", "/\\"))
    return target if is_local and target.isprintable() else _LOCAL_NEXT


def same_passwords(first: str, second: str) -> None:
    """Check that a new password was typed twice alike.

    Raises:
        ProblemError: 422 when it was not.
    """
    if first != second:
        raise ProblemError(422, "passwords_differ", "The two passwords are not the same; type them again.")
