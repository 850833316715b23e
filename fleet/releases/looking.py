"""A draft looked at before it is written down: made clean, its footage found and not refused.

In the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording
from fleet.imagery.models import ImportRow
from fleet.imagery.seconds.asking import ask_seconds, is_clip, refuse_hidden_in
from fleet.releases.choosing import choices_of, refuse_footage
from fleet.releases.import_models import ImportSpan
from fleet.releases.models import ReleaseSpan
from fleet.releases.rules.draft import ChosenFootage, ReleaseDraft, ReleaseDraftError, clean_release
from fleet.releases.rules.exhibits import clean_initials
from fleet.releases.rules.import_cover import is_all
from fleet.releases.rules.plan import TrackChoice
from fleet.releases.subjects import Released, title_of
from fleet.requests.cases import get_open, local_today
from fleet.requests.models import RequestCase, RequestImport, RequestRecording


@dataclass(frozen=True, slots=True)
class ChosenSpans:
    """The spans of a draft as they are written down, numbered on over both."""

    recordings: tuple[ReleaseSpan, ...]
    imports: tuple[ImportSpan, ...]


def looked_at(
    session: Session, services: Services, draft: ReleaseDraft
) -> tuple[ReleaseDraft, RequestCase | None, ChosenSpans]:
    """Return a draft made clean, the request that it answers, and its spans.

    Raises:
        ProblemError: 403, 409 and 410 as ``refuse_footage``; 404 there is no such recording, import or
            request; 409 it is closed or not about it, or an import is too large to choose seconds of; 422
            something is missing or cannot be so.
    """
    try:
        today = local_today(session, services.config.site.time_zone)
        clean = clean_release(draft, choices_of(services), today)
        clean = replace(clean, initials=clean_initials(draft.initials))
    except ReleaseDraftError as error:
        raise ProblemError(422, f"{error.field}_unusable", str(error)) from error
    rows = {each.recording: _found(session, each.recording) for each in clean.footage}
    refuse_footage(session, list(rows.values()))
    case = get_open(session, clean.request) if clean.request else None
    if case is not None:
        for each in rows.values():
            _refuse_unless_linked(session, case, each)
    _look_at_imports(session, clean.footage, rows)
    return clean, case, _spans(clean.footage, rows)


def _found(session: Session, name: str) -> Released:
    imported = session.get(ImportRow, name)
    return get(session, name) if imported is None else imported


def _refuse_unless_linked(session: Session, case: RequestCase, of: Released) -> None:
    table = RequestRecording if isinstance(of, Recording) else RequestImport
    if session.get(table, (case.id, of.id)) is None:
        detail = f"{title_of(of)} is not linked to {case.reference}; link it there first."
        raise ProblemError(409, "not_linked", detail)


def _look_at_imports(session: Session, footage: tuple[ChosenFootage, ...], rows: dict[str, Released]) -> None:
    for name, row in rows.items():
        spans = [each.span for each in footage if each.recording == name]
        if not isinstance(row, ImportRow) or is_all(spans):
            continue
        if not is_clip(row):
            detail = f"{row.reference} is a photograph: it is released whole, once. Leave its times empty."
            raise ProblemError(422, "footage_unusable", detail)
        if not row.facts.get("has_sound") and any(each.tracks is TrackChoice.SOUND for each in spans):
            raise ProblemError(422, "footage_unusable", f"{row.reference} has no sound.")
        refuse_hidden_in(row)
        ask_seconds(session, row)


def _spans(footage: tuple[ChosenFootage, ...], rows: dict[str, Released]) -> ChosenSpans:
    recordings, imports = [], []
    for number, each in enumerate(footage, start=1):
        row, span = rows[each.recording], each.span
        fields = {"number": number, "from_ms": span.from_ms, "to_ms": span.to_ms, "tracks": span.tracks}
        if isinstance(row, Recording):
            recordings.append(ReleaseSpan(recording=row, recording_id=row.id, **fields))
        else:
            imports.append(ImportSpan(imported=row, import_id=row.id, **fields))
    return ChosenSpans(tuple(recordings), tuple(imports))
