"""Why somebody looks at footage: the choices offered, and what is written into the audit log.

Rules (F1):
- nothing is played or taken out without a purpose;
- a choice from the list may carry a note; "another reason" needs one;
- what is recorded is what the person saw: the choice's words, then the note.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.vault.vault import LONGEST_PURPOSE

SHORTEST_REASON = 8
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose to choose from."""

    value: str
    words: str
    hint: str


CHOICES = (
    Choice("incident", "Reviewing an incident", "What happened, and what to do about it"),
    Choice("complaint", "Complaint or claim", "Somebody says that something was done wrongly"),
    Choice("police", "Police or court request", "They asked for it in writing"),
    Choice("subject", "Request of a person recorded", "Subject access, erasure, objection"),
    Choice("audit", "Checking how cameras are used", "The regular audit"),
    Choice(OTHER, "Another reason", "Say which one below"),
)


LONGEST_NOTE = LONGEST_PURPOSE - max(len(each.words) for each in CHOICES) - len(": ")
"""What a person may add: the words of any choice and a note together are no longer than a purpose."""


class PurposeError(ValueError):
    """The purpose is missing or says too little; the message is for the person who gave it."""


def purpose_text(choice: str, note: str) -> str:
    """Return the purpose as the audit log keeps it.

    Args:
        choice: the value of one of ``CHOICES``.
        note: what the person added, possibly nothing.

    Raises:
        PurposeError: nothing was chosen, or "another reason" without saying which, or the note is too long.
    """
    return chosen_text(CHOICES, choice, note, longest=LONGEST_NOTE, ask="Choose why you need this footage.")


def chosen_text(choices: tuple[Choice, ...], choice: str, note: str, *, longest: int, ask: str) -> str:
    """Return what somebody chose and added as one text, as the audit log keeps it.

    Args:
        choices: what there was to choose from.
        choice: the value of one of them.
        note: what the person added, possibly nothing.
        longest: how long that may be.
        ask: what to say when nothing was chosen.

    Raises:
        PurposeError: nothing was chosen, or "another reason" without saying which, or the note is too long.
    """
    words = {each.value: each.words for each in choices}.get(choice)
    clean = " ".join(note.split())
    if words is None:
        raise PurposeError(ask)
    if len(clean) > longest:
        raise PurposeError(f"Say it in {longest} characters or fewer; that was {len(clean)}.")
    if choice == OTHER:
        if len(clean) < SHORTEST_REASON:
            raise PurposeError("Say in a few words what the other reason is.")
        return clean
    return f"{words}: {clean}" if clean else words
