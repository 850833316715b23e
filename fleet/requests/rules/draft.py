"""A request as it is written down, made clean or refused in a sentence. Pure.

What is kept of the person is what an answer needs: who they are, how to reach them, and what they ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fleet.requests.rules.kinds import OTHERS, RequestKind

LONGEST_LINE = 200
LONGEST_TEXT = 5_000
CHANNELS = {
    "letter": "By letter",
    "email": "By e-mail",
    "telephone": "By telephone",
    "in-person": "In person",
    "online": "Online, or by social media",
    "other": "Otherwise",
}
"""Any of them counts: nobody has to use a form."""
_OLDEST = date(2018, 5, 25)
"""The day on which the rights of the GDPR began."""


class RequestDraftError(ValueError):
    """It cannot be written down so; ``field`` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """What is written down when a request comes.

    Attributes:
        kind: what is asked for.
        received: the day on which it came.
        channel: how.
        name: who asks.
        contact: where an answer goes.
        acts_for: for whom they ask, of an agent or a parent; empty where for themselves.
        what: what they ask for, as they said it.
        owner: who answers for it here.
        organisation: of police, solicitors and courts: which.
        rank: the rank or office of who signed.
        theirs: their crime or case reference.
        necessity: why they need it.
        signed: the day on which their form or order was signed; None for none.
        named: the day that they name for an answer; None for none.
    """

    kind: RequestKind
    received: date
    channel: str
    name: str
    contact: str
    what: str
    owner: str
    acts_for: str = ""
    organisation: str = ""
    rank: str = ""
    theirs: str = ""
    necessity: str = ""
    signed: date | None = None
    named: date | None = None


def clean_request(draft: RequestDraft, today: date) -> RequestDraft:
    """Return a draft with its spaces put right.

    Raises:
        RequestDraftError: something is missing, too long, or on an impossible day.
    """
    if not _OLDEST <= draft.received <= today:
        raise RequestDraftError("received", "Choose the day on which it was received: today or before.")
    if draft.channel not in CHANNELS:
        raise RequestDraftError("channel", "Choose how it was received.")
    by_others = draft.kind in OTHERS
    if draft.signed is not None and draft.signed > today:
        raise RequestDraftError("signed", "The form cannot have been signed after today.")
    if draft.named is not None and draft.named < draft.received:
        raise RequestDraftError("named", "The day that they name cannot be before the request.")
    return RequestDraft(
        kind=draft.kind,
        received=draft.received,
        channel=draft.channel,
        name=_line("name", draft.name, "Say who asks"),
        contact=_text("contact", draft.contact, "Say where the answer goes"),
        what=_text("what", draft.what, "Say what is asked for"),
        owner=_line("owner", draft.owner, "Say who answers for it here", longest=100),
        acts_for=_maybe("acts_for", "" if by_others else draft.acts_for),
        organisation=_line("organisation", draft.organisation, "Say for which organisation they ask")
        if by_others
        else "",
        rank=_maybe("rank", draft.rank if by_others else ""),
        theirs=_maybe("theirs", draft.theirs if by_others else ""),
        necessity=_text("necessity", draft.necessity, "") if by_others else "",
        signed=draft.signed if by_others else None,
        named=draft.named if by_others else None,
    )


def form_lacks(draft: RequestDraft) -> str | None:
    """Return what a form lacks before anything is given out on it, a sentence; None for nothing."""
    if draft.kind not in OTHERS:
        return None
    asked = {
        "rank": "the rank or office of who signed",
        "theirs": "their reference",
        "necessity": "why the footage is necessary",
    }
    needed = ("theirs",) if draft.kind is RequestKind.COURT else tuple(asked)
    if draft.kind is RequestKind.CIVIL:
        needed = ("theirs", "necessity")
    lacking = [asked[each] for each in needed if not getattr(draft, each)]
    if draft.signed is None:
        lacking.append("the day on which it was signed")
    return None if not lacking else f"The form or order lacks {', '.join(lacking)}; write that down first."


def _line(field: str, text: str, ask: str, *, longest: int = LONGEST_LINE) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > longest or not clean.isprintable():
        raise RequestDraftError(field, f"{ask}, in 1 to {longest} characters.")
    return clean


def _maybe(field: str, text: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > LONGEST_LINE or not clean.isprintable():
        raise RequestDraftError(field, f"Use at most {LONGEST_LINE} characters, all of which can be shown.")
    return clean


def _text(field: str, text: str, ask: str) -> str:
    clean = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if len(clean) > LONGEST_TEXT or not clean.replace("\n", "").isprintable():
        raise RequestDraftError(field, f"Use at most {LONGEST_TEXT} characters, all of which can be shown.")
    if ask and not clean:
        raise RequestDraftError(field, f"{ask}.")
    return clean
