"""What Today is told of the alerts that there are: who has what, and what a person has resolved. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fleet.alerts.rules.finding import AlertFinding, Key
from fleet.web.facts import CameraFacts
from fleet.web.views.bidi import isolated
from fleet.web.views.desk.grouping import Alike, Need, Noticed
from fleet.web.views.desk.kinds import DESK, NOT_ARRIVED


@dataclass(frozen=True, slots=True)
class AlertMark:
    """An alert that lasts.

    Attributes:
        id: which.
        is_settled: whether a person resolved it.
        aspect: what there was of it when they did, a line each.
        owner: who has it; empty for nobody.
        seen_by: who has seen it; likewise.
    """

    id: str
    is_settled: bool = False
    aspect: str = ""
    owner: str = ""
    seen_by: str = ""

    @property
    def words(self) -> str:
        """Who has it, or has seen it, in a sentence."""
        if self.owner:
            return f"{isolated(self.owner)} has taken it."
        return f"{isolated(self.seen_by)} has seen it." if self.seen_by else ""

    def covers(self, aspect: str) -> bool:
        """Say whether whoever resolved it had seen all that there is of it now."""
        return self.is_settled and set(aspect.split("\n")) <= {*self.aspect.split("\n"), ""}


Marks = Mapping[Key, AlertMark]


def without_settled(cameras: Iterable[CameraFacts], marks: Marks) -> tuple[CameraFacts, ...]:
    """Leave out the recordings that have not arrived and of which somebody has said what became of them."""
    found = []
    for facts in cameras:
        settled = {
            number
            for number in facts.missing
            if (mark := marks.get((NOT_ARRIVED.id, f"{facts.camera}/{number}"))) is not None
            and mark.is_settled
        }
        missing = tuple(number for number in facts.missing if number not in settled)
        left = facts.missing_count - len(settled)
        found.append(replace(facts, missing=missing, missing_count=left))
    return tuple(found)


def marked(found: Iterable[Noticed], marks: Marks) -> list[Noticed]:
    """Leave out what a person has resolved, and say of the rest who has it."""
    kept = []
    for each in found:
        mark = marks.get((each.kind or DESK[Alike(each.alike)].id, each.subject))
        if mark is None:
            kept.append(each)
        elif not mark.covers(each.aspect):
            need = each.need if mark.is_settled else _with(each.need, mark)
            kept.append(replace(each, need=need))
    return kept


def other_needs(findings: Sequence[AlertFinding]) -> list[Noticed]:
    """Return what other domains have found as Today shows it."""
    return [
        Noticed(
            each.kind.many,
            each.name,
            Need(each.tone or each.kind.tone, each.kind.icon, each.words, each.step, each.link),
            each.detail,
            subject=each.subject,
            aspect=each.aspect,
            kind=each.kind.id,
        )
        for each in findings
    ]


def _with(need: Need, mark: AlertMark) -> Need:
    return replace(need, mark=mark.words, alert=f"/alerts/{mark.id}")
