"""A release as it is drafted, made clean or refused in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from fleet.releases.rules.plan import ChosenSpan

LONGEST_LINE = 200
LONGEST_TEXT = 2_000
MOST_SPANS = 20
LONGEST_DAYS = 90
LONGEST_MS = 24 * 3_600_000


class ReleaseMethod(StrEnum):
    """How a release is handed over."""

    LINK = "link"
    MEDIUM = "medium"


METHOD_WORDS = {
    ReleaseMethod.LINK: "By a link with a one-time code",
    ReleaseMethod.MEDIUM: "On a medium, against a receipt",
}


class ReleaseDraftError(ValueError):
    """It cannot be drafted so; ``field`` is what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class ChosenFootage:
    """A span of a recording or of an import: its id, and the span."""

    recording: str
    span: ChosenSpan


@dataclass(frozen=True, slots=True)
class ReleaseDraft:
    """What is to be released, to whom and why.

    Attributes:
        recipient: the recipient's name, which each copy bears.
        organisation: for which organisation; empty for none.
        purpose: what it is for.
        basis: the lawful basis, by its id.
        condition: the condition of a disclosure, by its id; empty for none.
        withheld: what is withheld and why, as the recipient is told.
        method: how it is handed over.
        expires: the last day on which it is.
        footage: what is chosen.
        request: the request that it answers, by its id; empty for none.
        initials: of whoever produces it, for its exhibit numbers; empty for those of whoever drafts it.
    """

    recipient: str
    organisation: str
    purpose: str
    basis: str
    condition: str
    withheld: str
    method: ReleaseMethod
    expires: date
    footage: tuple[ChosenFootage, ...]
    request: str = ""
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: bases, and conditions with the basis that each needs, by id."""

    bases: Sequence[str]
    conditions: Mapping[str, str | None]


def clean_release(draft: ReleaseDraft, choices: Choices, today: date) -> ReleaseDraft:
    """Return a draft with its spaces put right.

    Raises:
        ReleaseDraftError: something is missing, too long, or cannot be so.
    """
    if draft.basis not in choices.bases:
        raise ReleaseDraftError("basis", "Choose the lawful basis that it rests on.")
    if draft.condition and draft.condition not in choices.conditions:
        raise ReleaseDraftError("condition", "Choose a condition that there is, or none.")
    needed = choices.conditions.get(draft.condition)
    if needed is not None and needed != draft.basis:
        raise ReleaseDraftError("condition", "This condition goes with another lawful basis.")
    last = today + timedelta(days=LONGEST_DAYS)
    if not today <= draft.expires <= last:
        said = f"Choose the last day: from {today.isoformat()} to {last.isoformat()}."
        raise ReleaseDraftError("expires", said)
    _check(draft.footage)
    return replace(
        draft,
        recipient=_line("recipient", draft.recipient, "Say who receives it"),
        organisation=_line("organisation", draft.organisation, ""),
        purpose=_text("purpose", draft.purpose, "Say what it is for"),
        withheld=_text("withheld", draft.withheld, "Say what is withheld and why, or that nothing is"),
    )


def _check(footage: Sequence[ChosenFootage]) -> None:
    if not footage:
        raise ReleaseDraftError("footage", "Choose at least one span of a recording, or an import.")
    if len(footage) > MOST_SPANS:
        raise ReleaseDraftError("footage", f"A release has at most {MOST_SPANS} spans; draft another one.")
    for each in footage:
        span = each.span
        end = LONGEST_MS if span.to_ms is None else span.to_ms
        if not 0 <= span.from_ms < end <= LONGEST_MS:
            said = "A span begins at 0 or later and ends after it begins, within 24 hours."
            raise ReleaseDraftError("footage", said)


def _line(field: str, text: str, ask: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > LONGEST_LINE or not clean.isprintable() or (ask and not clean):
        lead = ask or "Use characters that can be shown"
        raise ReleaseDraftError(field, f"{lead}, in at most {LONGEST_LINE} characters.")
    return clean


def _text(field: str, text: str, ask: str) -> str:
    clean = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    if not clean or len(clean) > LONGEST_TEXT or not clean.replace("\n", "").isprintable():
        raise ReleaseDraftError(field, f"{ask}, in 1 to {LONGEST_TEXT} characters.")
    return clean
