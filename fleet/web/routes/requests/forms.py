"""The forms of requests, as they were sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated

from fastapi import Form

from fleet.core.problems import ProblemError
from fleet.requests.rules.draft import RequestDraft
from fleet.requests.rules.kinds import RequestKind

Line = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=20_000)]
_NOT_ACCEPTED = 422
_OF_FIELD = frozenset({404, 410, _NOT_ACCEPTED})
"""With these a form that has one field is refused for what is in it."""


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The form of a request, as it was typed."""

    kind: str = ""
    received: str = ""
    channel: str = ""
    name: str = ""
    contact: str = ""
    what: str = ""
    owner: str = ""
    acts_for: str = ""
    organisation: str = ""
    rank: str = ""
    theirs: str = ""
    necessity: str = ""
    signed: str = ""
    named: str = ""

    def draft(self) -> RequestDraft | None:
        """Return what is asked for; None where the kind or the day of receipt is none."""
        received = day_of(self.received)
        if self.kind not in set(RequestKind) or received is None:
            return None
        return RequestDraft(
            kind=RequestKind(self.kind),
            received=received,
            channel=self.channel,
            name=self.name,
            contact=self.contact,
            what=self.what,
            owner=self.owner,
            acts_for=self.acts_for,
            organisation=self.organisation,
            rank=self.rank,
            theirs=self.theirs,
            necessity=self.necessity,
            signed=day_of(self.signed),
            named=day_of(self.named),
        )


@dataclass(frozen=True, slots=True)
class SentStep:
    """A step on the page of a request, as it was sent and refused; empty before that.

    Attributes:
        form: which form it is in.
        which: of what: a recording or an import by its id, or what had to come; empty for the only one.
        typed: what was typed, by the fields' names.
        fault: why it was refused.
        field: the field that it was refused for; empty for none.
        status: HTTP's number for the page.
    """

    form: str = ""
    which: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    field: str = ""
    status: int = 200

    def refused(self, problem: ProblemError) -> SentStep:
        """Return it with why it was refused; a problem that is one field's says which."""
        named = "on" if problem.code == "day_unusable" else problem.code.removesuffix("_unusable")
        of_field = named if problem.status == _NOT_ACCEPTED and named in self.typed else ""
        only = next(iter(self.typed)) if len(self.typed) == 1 and problem.status in _OF_FIELD else ""
        return replace(self, fault=problem.detail, status=problem.status, field=of_field or only)


NO_STEP = SentStep()


def form_of(  # noqa: PLR0917 - FastAPI gives them by name
    kind: Line = "",
    received: Line = "",
    channel: Line = "",
    name: Line = "",
    contact: Text = "",
    what: Text = "",
    owner: Line = "",
    acts_for: Line = "",
    organisation: Line = "",
    rank: Line = "",
    theirs: Line = "",
    necessity: Text = "",
    signed: Line = "",
    named: Line = "",
) -> RequestForm:
    """Read the form."""
    return RequestForm(
        kind,
        received,
        channel,
        name,
        contact,
        what,
        owner,
        acts_for,
        organisation,
        rank,
        theirs,
        necessity,
        signed,
        named,
    )


def typed_form(draft: RequestDraft) -> RequestForm:
    """Return a form with what is written down."""
    return RequestForm(
        kind=draft.kind,
        received=draft.received.isoformat(),
        channel=draft.channel,
        name=draft.name,
        contact=draft.contact,
        what=draft.what,
        owner=draft.owner,
        acts_for=draft.acts_for,
        organisation=draft.organisation,
        rank=draft.rank,
        theirs=draft.theirs,
        necessity=draft.necessity,
        signed=draft.signed.isoformat() if draft.signed else "",
        named=draft.named.isoformat() if draft.named else "",
    )


def day_of(text: str) -> date | None:
    """Return a day as a browser's field sends it; None for none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
