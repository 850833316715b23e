"""What a message says: kinds, cameras and recordings by their numbers, and where to look. Pure.

Rules:
- no footage, no name of anybody, nothing that somebody typed: a kind's title and a subject's name hold none;
- what was over before the message went is not in it;
- as many of a kind as fit are listed, the others are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fleet.alerts.rules.kinds import AlertKind

MOST_NAMES = 10
VERSION = 1
TRIAL_SUBJECT = "Lapel: this is a test"


@dataclass(frozen=True, slots=True)
class Told:
    """An alert as a message tells it.

    Attributes:
        id: which.
        kind: what sort of thing.
        name: what it is about in a word or two.
        since: when it was first found.
    """

    id: str
    kind: AlertKind
    name: str
    since: datetime


def subject_of(alerts: Sequence[Told], *, urgent: bool) -> str:
    """Return the subject of a mail."""
    first = "Lapel, urgent: " if urgent else "Lapel: "
    kinds = list(dict.fromkeys(each.kind.title for each in alerts))
    if len(kinds) == 1:
        number = f" ({len(alerts)})" if len(alerts) > 1 else ""
        return f"{first}{kinds[0]}{number}"
    return f"{first}{len(alerts)} alerts"


def lines_of(alerts: Sequence[Told]) -> list[str]:
    """Return a line for each kind, with what it is about."""
    kinds: dict[str, list[Told]] = defaultdict(list)
    for each in alerts:
        kinds[each.kind.title].append(each)
    return [f"{title}: {_names(those)}" for title, those in kinds.items()]


def text_of(alerts: Sequence[Told], *, url: str, more: int = 0) -> str:
    """Return the text of a mail.

    Args:
        alerts: what it tells.
        url: the dashboard's address.
        more: how many there are besides.
    """
    lines = [f"- {line}" for line in lines_of(alerts)]
    if more:
        lines.append(f"- and {more} more")
    return "\n".join(
        [
            "This needs somebody, as it was when this message was sent:",
            "",
            *lines,
            "",
            f"What it is, what to do and who has it: {url}/alerts",
            f"What you are told by e-mail is your own choice: {url}/alerts/told",
            "",
        ]
    )


def trial_text(url: str) -> str:
    """Return the text of a mail that tells of nothing."""
    lines = ["Somebody asked for this message on the page of their alerts, to see whether it arrives.", ""]
    return "\n".join([*lines, "It tells of nothing that needs anybody.", "", f"{url}/alerts/told", ""])


def document_of(alerts: Sequence[Told], *, id_: str, at: datetime, url: str, more: int = 0) -> dict[str, Any]:
    """Return what a webhook is sent."""
    return {
        "version": VERSION,
        "id": id_,
        "sent": at.isoformat(),
        "test": not alerts,
        "alerts": [
            {
                "id": each.id,
                "kind": each.kind.id,
                "title": each.kind.title,
                "about": each.name,
                "urgent": each.kind.urgent,
                "since": each.since.isoformat(),
                "link": f"{url}/alerts/{each.id}",
            }
            for each in alerts
        ],
        "more": more,
    }


def _names(those: Sequence[Told]) -> str:
    names = [each.name for each in those[:MOST_NAMES]]
    rest = len(those) - len(names)
    return "; ".join(names) + (f"; and {rest} more" if rest else "")
