"""The register of releases as a table. Pure."""

from __future__ import annotations

from datetime import datetime

from fleet.releases.models import FootageRelease
from fleet.releases.packages.covers import basis_words, condition_words
from fleet.releases.rules.draft import METHOD_WORDS, ReleaseMethod
from fleet.releases.rules.states import STATE_WORDS, ReleaseState
from fleet.releases.subjects import (
    Released,
    chosen_in,
    exhibits_of,
    is_recording,
    public_id,
    released_in,
    subject_of,
    title_of,
)
from fleet.web.views.releases.one import gone_words, span_cell

HEADINGS = (
    "Reference",
    "Exhibits",
    "State",
    "Recipient",
    "Organisation",
    "What it is for",
    "Lawful basis",
    "Condition",
    "Answers",
    "Recordings, imports and spans",
    "What is withheld and why",
    "How it is handed over",
    "Last day",
    "Drafted (UTC)",
    "Drafted by",
    "Decided (UTC)",
    "Decided by",
    "Made (UTC)",
    "Download first begun (UTC)",
    "Downloads begun",
    "Received on",
    "Receipt",
    "Revoked (UTC)",
    "Why it ended",
    "Deleted since",
)


def release_cells(row: FootageRelease) -> tuple[str, ...]:
    """Return the row of a release in the table."""
    chosen = [(each, subject_of(each)) for each in chosen_in(row)]
    return (
        row.reference,
        "; ".join(f"{exhibit} ({_cell_name(each)})" for each, exhibit in exhibits_of(row)),
        STATE_WORDS[ReleaseState(row.state)],
        row.recipient,
        row.organisation,
        row.purpose,
        basis_words(row.basis),
        condition_words(row.condition),
        row.request_reference,
        "; ".join(f"{_cell_name(of)} ({public_id(of)}), {span_cell(each)}" for each, of in chosen),
        row.withheld,
        METHOD_WORDS[ReleaseMethod(row.method)],
        row.expires.isoformat(),
        _utc(row.drafted),
        row.drafted_by,
        _utc(row.decided),
        row.decided_by,
        _utc(row.made),
        _utc(row.first_handed),
        str(row.handed),
        "" if row.received is None else row.received.isoformat(),
        row.receipt,
        _utc(row.revoked),
        row.why,
        "; ".join(_cell_name(each) for each in released_in(row) if gone_words(each)),
    )


def _cell_name(of: Released) -> str:
    """Return what it is called in the table, of an import with what nobody must take it for."""
    return title_of(of) if is_recording(of) else f"{title_of(of)}, not verified"


def _utc(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
