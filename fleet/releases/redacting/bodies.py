"""What programs and pages send about what is hidden in a release, and what they are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from fleet.core.bodies import RequestBody
from fleet.redaction.rules.document import plan_value, read_draft
from fleet.redaction.rules.plan import Fill
from fleet.releases.redacting.editing_steps import RedactionStep
from fleet.releases.redacting.models import AnyRedaction, AnyWatched
from fleet.releases.redacting.watchings import amounts_watched, spans_left
from fleet.releases.rules.watched import MOST_SPANS
from fleet.releases.subjects import public_id


class RedactionEdit(RequestBody):
    """A step, and the version of the draft that whoever does it saw."""

    version: int = Field(ge=0, strict=True)
    step: RedactionStep


class PlayedSpans(RequestBody):
    """What a player played of a copy: ``[from_ms, to_ms]`` each, on the clock that it shows."""

    spans: list[tuple[int, int]] = Field(max_length=MOST_SPANS)


class WatchedOfApi(BaseModel):
    """What somebody watched of a copy as it is now, in milliseconds; ``left`` is what they did not."""

    name: str
    watched_ms: int
    whole_ms: int
    left: list[tuple[int, int]]
    said: datetime

    @classmethod
    def of(cls, row: AnyWatched) -> WatchedOfApi:
        """Return what a row says."""
        watched, whole = amounts_watched(row)
        return cls(
            name=row.name, watched_ms=watched, whole_ms=whole, left=list(spans_left(row)), said=row.said
        )


class RedactionOfApi(BaseModel):
    """What is hidden in a release; ``plan`` as ``fleet.redaction.rules.document`` has it.

    ``recording`` is the id of the recording, or of the import.
    """

    release: str
    recording: str
    version: int
    digest: str
    undecided: int
    can_undo: bool
    can_redo: bool
    warning: str
    search: str
    searched_s: int
    to_search_s: int
    left_out: int
    search_trouble: str
    plan: dict[str, Any]
    watched: list[WatchedOfApi]

    @classmethod
    def of(cls, row: AnyRedaction, watched: Sequence[AnyWatched] = ()) -> RedactionOfApi:
        """Return what a row says; its document is loaded."""
        draft = read_draft(row.document)
        return cls(
            release=row.release_id,
            recording=public_id(row.of),
            version=row.version,
            digest=row.digest,
            undecided=row.undecided,
            can_undo=draft.done > 0,
            can_redo=draft.done < len(draft.steps),
            warning=Fill(row.fill).warning,
            search=row.search,
            searched_s=row.searched,
            to_search_s=row.to_search,
            left_out=row.left_out,
            search_trouble=row.search_trouble,
            plan=dict(plan_value(draft.plan)),
            watched=[WatchedOfApi.of(each) for each in watched],
        )
