"""What cameras signed of consent of which no visit is known, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.visits.models import CameraConsent, TenancyVisit
from fleet.visits.rules.consent import ConsentKind
from fleet.visits.rules.placing import DOUBTS, WHY_WORDS, PlacingDoubt
from fleet.web.views.moments import Moment, moment
from fleet.web.views.visits.visit import CONSENT_WORDS


@dataclass(frozen=True, slots=True)
class UnplacedView:
    """One word of a camera.

    Attributes:
        digest: for its form.
        words: what was said.
        at: when, or when it came where no clock says when it was said.
        when: what that time is, where it is not when it was said; empty else.
        whose: camera, its own number, and who had it.
        is_recorded: whether a recording was under way.
        why: why nobody was asked; empty else.
        doubt: why no visit is known.
        visits: which visits it may be of, each its id and what it is.
    """

    digest: str
    words: str
    at: Moment
    when: str
    whose: str
    is_recorded: bool
    why: str
    doubt: str
    visits: tuple[tuple[str, str], ...]


def unplaced_view(row: CameraConsent, near: Sequence[TenancyVisit], now: datetime) -> UnplacedView:
    """Return one in words.

    Args:
        row: what was signed.
        near: visits about that time.
        now: the time.
    """
    officer = row.officer.name if row.officer is not None else "nobody that is known"
    return UnplacedView(
        row.digest,
        CONSENT_WORDS[ConsentKind(row.kind)],
        moment(row.at, now),
        "" if row.dated else "That is when it came.",
        f"Camera {row.camera_id}, its event {row.number}; {officer} had it",
        row.recording is not None,
        WHY_WORDS.get(row.why, row.why),
        DOUBTS[PlacingDoubt(row.doubt)],
        tuple(
            (each.id, f"{moment(each.planned, now).text}, {each.place}, {each.officer.name}") for each in near
        ),
    )


def linked_words(signed: Mapping[str, CameraConsent]) -> Mapping[str, str]:
    """Return who linked entries to their visit, and why, by their ids; nothing of those that nobody did."""
    return {
        entry: f"{row.linked_by} said that it is of this visit: {row.linked_reason}"
        for entry, row in signed.items()
        if row.linked_by
    }
