"""The form of a release, as it was sent."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Form
from sqlalchemy.orm import Session

from fleet.core.problems import ProblemError
from fleet.footage.recordings.lookup import get
from fleet.imagery.models import ImportRow
from fleet.organisation.bases import Basis
from fleet.releases.models import FootageRelease
from fleet.releases.rules.cover import seconds_words
from fleet.releases.rules.draft import ChosenFootage, ReleaseDraft, ReleaseMethod
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from fleet.releases.rules.times import read_time
from fleet.releases.subjects import Released, chosen_in, public_id, subject_of, title_of
from fleet.requests.models import RequestCase
from fleet.requests.rules.kinds import KINDS, RIGHTS, RequestKind
from fleet.web.routes.requests.forms import Line, Text, day_of

MOST_SPANS = 20
"""So many spans a form begins with at most."""
_LEAST_ROWS = 3
Lines = Annotated[list[str], Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class SpanForm:
    """A span as it was typed, and what people call what it is of; empty where nobody knows."""

    recording: str = ""
    start: str = ""
    end: str = ""
    tracks: str = TrackChoice.BOTH
    name: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseForm:
    """The form of a release, as it was typed."""

    recipient: str = ""
    organisation: str = ""
    purpose: str = ""
    basis: str = ""
    condition: str = ""
    withheld: str = ""
    method: str = ReleaseMethod.LINK
    expires: str = ""
    request: str = ""
    initials: str = ""
    spans: tuple[SpanForm, ...] = ()

    def draft(self) -> ReleaseDraft:
        """Return what is to be released.

        Raises:
            ProblemError: 422 a time, a day, or the way it is handed over is none.
        """
        expires = day_of(self.expires)
        if expires is None:
            raise ProblemError(422, "expires_unusable", "Choose the last day.")
        if self.method not in set(ReleaseMethod):
            raise ProblemError(422, "method_unusable", "Choose how it is handed over.")
        return ReleaseDraft(
            recipient=self.recipient,
            organisation=self.organisation,
            purpose=self.purpose,
            basis=self.basis,
            condition=self.condition,
            withheld=self.withheld,
            method=ReleaseMethod(self.method),
            expires=expires,
            footage=tuple(_span(each) for each in self.spans if each.recording.strip()),
            request=self.request,
            initials=self.initials,
        )


def for_request(form: ReleaseForm, case: RequestCase, names: Sequence[str]) -> ReleaseForm:
    """Return a form with what is known of a request, and of what it is about, by the ids.

    What answers somebody's right is given out because the law obliges to.
    """
    is_right = RequestKind(case.kind) in RIGHTS
    return replace(
        form,
        request=case.id,
        recipient=case.name,
        organisation=case.organisation,
        basis=str(Basis.LEGAL_OBLIGATION) if is_right else "",
        purpose=f"To answer {case.reference}: {KINDS[RequestKind(case.kind)].title.lower()}",
        spans=tuple(SpanForm(each, "0:00") for each in names[:MOST_SPANS]),
    )


def form_rows(session: Session, spans: Sequence[SpanForm]) -> list[SpanForm]:
    """Return the spans that a form shows: with what people call what each is of, and empty ones for more."""
    chosen = [replace(each, name=_name(session, _id_in(each.recording))) for each in spans]
    return [*chosen, *(SpanForm() for _ in range(max(1, _LEAST_ROWS - len(spans))))]


def _name(session: Session, of: str) -> str:
    found: Released | None = session.get(ImportRow, of) if of else None
    with contextlib.suppress(ProblemError):  # nothing has that id: it is refused when it is sent
        found = found or get(session, of)
    return "" if found is None else title_of(found)


def release_form(  # noqa: PLR0917 - FastAPI gives them by name
    recording: Lines,
    start: Lines,
    end: Lines,
    tracks: Lines,
    recipient: Line = "",
    organisation: Line = "",
    purpose: Text = "",
    basis: Line = "",
    condition: Line = "",
    withheld: Text = "",
    method: Line = "",
    expires: Line = "",
    request: Line = "",
    initials: Line = "",
) -> ReleaseForm:
    """Read the form."""
    spans = tuple(
        SpanForm(*(text[:300] for text in each)) for each in zip(recording, start, end, tracks, strict=False)
    )
    return ReleaseForm(
        recipient,
        organisation,
        purpose,
        basis,
        condition,
        withheld,
        method,
        expires,
        request,
        initials,
        spans,
    )


def written_form(row: FootageRelease) -> ReleaseForm:
    """Return a form with what is written down."""
    spans = tuple(
        SpanForm(
            public_id(subject_of(each)),
            seconds_words(each.from_ms),
            "" if each.to_ms is None else seconds_words(each.to_ms),
            each.tracks,
        )
        for each in chosen_in(row)
    )
    return ReleaseForm(
        row.recipient,
        row.organisation,
        row.purpose,
        row.basis,
        row.condition,
        row.withheld,
        row.method,
        row.expires.isoformat(),
        row.request,
        row.initials,
        spans,
    )


def _span(typed: SpanForm) -> ChosenFootage:
    start, end = read_time(typed.start or "0"), read_time(typed.end) if typed.end.strip() else None
    if start is None or (typed.end.strip() and end is None) or typed.tracks not in set(TrackChoice):
        raise ProblemError(
            422, "footage_unusable", "Type times as 1:05 or 65; leave the end empty for its end."
        )
    return ChosenFootage(_id_in(typed.recording), ChosenSpan(start, end, TrackChoice(typed.tracks)))


def _id_in(typed: str) -> str:
    """Return the id in what was typed: that itself, or the address of its page."""
    return typed.strip().rstrip("/").rpartition("/")[2]
