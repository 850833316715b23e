"""The register of requests as a table for a spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.requests.cases import is_clock_met, outcome_words
from fleet.requests.models import RequestCase
from fleet.requests.rules.bases import BASES, CONDITIONS, Basis
from fleet.requests.rules.draft import CHANNELS
from fleet.requests.rules.exemptions import exemption_of
from fleet.requests.rules.kinds import KINDS, RequestKind

HEADINGS = (
    "Reference",
    "Kind",
    "Received",
    "How",
    "Who asks",
    "For whom",
    "Organisation",
    "Rank",
    "Their reference",
    "Who answers for it",
    "Last day",
    "Extended on",
    "Acknowledged on",
    "Answered on",
    "In time",
    "Outcome",
    "Exemption",
    "Lawful basis",
    "Condition",
    "Recordings",
    "Imports",
    "Closed (UTC)",
)


def cells(case: RequestCase, recordings: Mapping[str, int], imports: Mapping[str, int]) -> tuple[str, ...]:
    """Return the row of a request; of how many recordings and imports each is comes by the request's id."""
    kind = RequestKind(case.kind)
    exemption = exemption_of(kind, case.exemption or "")
    days = (case.due, case.extended, case.acknowledged, case.answered)
    return (
        case.reference,
        KINDS[kind].title,
        case.received.isoformat(),
        CHANNELS[case.channel],
        case.name,
        case.acts_for,
        case.organisation,
        case.rank,
        case.theirs,
        case.owner,
        *("" if day is None else day.isoformat() for day in days),
        in_time(case),
        outcome_words(case),
        "" if exemption is None else exemption.words,
        BASES[Basis(case.basis)] if case.basis else "",
        CONDITIONS[case.condition].words if case.condition else "",
        str(recordings.get(case.id, 0)),
        str(imports.get(case.id, 0)),
        "" if case.closed is None else f"{case.closed:%Y-%m-%d %H:%M:%S}",
    )


def in_time(case: RequestCase) -> str:
    """Say whether a request was met in time; empty where it was not met, or has no last day."""
    met = [day for day in (case.acknowledged, case.answered) if day is not None]
    if not is_clock_met(case) or case.due is None:
        return ""
    return "yes" if min(met) <= case.due else "no"
