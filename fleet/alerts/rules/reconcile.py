"""From facts to alerts: what a look at the facts changes about those that there are. Pure.

Rules:
- one fact is one alert, however often it is looked at;
- an alert whose fact is no longer true is over by itself; one of which nobody can tell whether it is true
  stays and is doubtful;
- one that is true again later is a new one, which names the one before it. What comes and goes within
  ``CALM`` is that only the first ``RETURNS`` times; then the same alert goes on and counts, so that a camera
  that flaps is a few rows and not thousands;
- an alert that a person resolved stays so while the same is true; with another aspect it is a new one;
- of one kind at most ``MOST`` last at once. How many there are beyond that is itself an alert.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.rules.kinds import MORE

MOST = 200
CALM = timedelta(hours=1)
RETURNS = 3


@dataclass(frozen=True, slots=True)
class StandingAlert:
    """An alert as these rules look at it.

    Attributes:
        id: which.
        key: kind and subject.
        lasts: whether its fact was true, or could be, at the last look.
        is_settled: whether a person resolved it.
        aspect: what there was of it at the last look.
        ended: when it was found to be true no more; None while it lasts.
        returns: how often it came back after less than ``CALM``.
    """

    id: str
    key: Key
    lasts: bool
    is_settled: bool
    aspect: str
    ended: datetime | None
    returns: int


@dataclass(frozen=True, slots=True)
class Raised:
    """A new alert, which alert it is the return of (empty for none), and its place among those returns."""

    finding: AlertFinding
    before: str
    returns: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What a look changes.

    Attributes:
        raised: what is new.
        kept: what is true still, by the ids of the alerts.
        returned: what is true again and goes on, likewise.
        doubtful: alerts of which nobody can tell now whether they are true.
        ended: alerts whose facts are true no more.
    """

    raised: tuple[Raised, ...] = ()
    kept: Mapping[str, AlertFinding] = field(default_factory=dict)
    returned: Mapping[str, AlertFinding] = field(default_factory=dict)
    doubtful: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


def reconcile(standing: Iterable[StandingAlert], looked: Looked, now: datetime) -> Changes:
    """Say what follows from a look.

    Args:
        standing: every alert that lasts, and of each subject found that has none the last one that was.
        looked: what was found.
        now: when.
    """
    rows = tuple(standing)
    lasting = {each.key: each for each in rows if each.lasts}
    over = {each.key: each for each in rows if not each.lasts}
    settled = frozenset(key for key, each in lasting.items() if each.is_settled)
    found = {each.key: each for each in bounded(looked.findings, frozenset(lasting), settled)}
    raised: list[Raised] = []
    kept: dict[str, AlertFinding] = {}
    returned: dict[str, AlertFinding] = {}
    ended = [
        each.id
        for each in lasting.values()
        if _is_looked_for(each.key, looked) and each.key not in found and each.key not in looked.unknown
    ]
    for key, finding in found.items():
        row = lasting.get(key)
        if row is not None and row.is_settled and not covers(row.aspect, finding.aspect):
            ended.append(row.id)
            raised.append(Raised(finding, row.id, 0))
        elif row is not None:
            kept[row.id] = finding
        else:
            _again(finding, over.get(key), now, raised, returned)
    open_still = ((key, each) for key, each in lasting.items() if not each.is_settled)
    doubtful = [each.id for key, each in open_still if key in looked.unknown and key not in found]
    return Changes(tuple(raised), kept, returned, tuple(doubtful), tuple(ended))


def _is_looked_for(key: Key, looked: Looked) -> bool:
    """Say whether a look would have found it; how much more there is of a kind belongs to that kind."""
    return (key[1] if key[0] == MORE.id else key[0]) in looked.kinds


def covers(seen: str, now: str) -> bool:
    """Say whether whoever resolved an alert has seen all that there is of it now; each part is a line."""
    return set(now.split("\n")) <= {*seen.split("\n"), ""}


def _again(
    finding: AlertFinding,
    last: StandingAlert | None,
    now: datetime,
    raised: list[Raised],
    returned: dict[str, AlertFinding],
) -> None:
    """Decide whether what is true, and has no alert that lasts, is new or goes on."""
    soon = last is not None and last.ended is not None and now - last.ended < CALM
    if last is None or not soon:
        raised.append(Raised(finding, last.id if last is not None else "", 0))
    elif last.returns < RETURNS or last.is_settled:
        raised.append(Raised(finding, last.id, min(last.returns + 1, RETURNS)))
    else:
        returned[last.id] = finding


def bounded(
    findings: Iterable[AlertFinding],
    known: frozenset[Key],
    settled: frozenset[Key] = frozenset(),
    most: int = MOST,
) -> tuple[AlertFinding, ...]:
    """Return the findings with at most so many of a kind, and how many there are besides.

    The same fact found twice is found once. What is known already keeps its place; what a person resolved
    takes none.
    """
    once = {each.key: each for each in findings}
    kinds: dict[str, list[AlertFinding]] = defaultdict(list)
    kept = [each for key, each in once.items() if key in settled]
    for key, each in once.items():
        if key not in settled:
            kinds[each.kind.id].append(each)
    for those in kinds.values():
        those.sort(key=lambda each: each.key not in known)  # stable: the rest keep their order
        kept += those[:most]
        if len(those) > most:
            kept.append(_more(those[most], len(those) - most))
    return tuple(kept)


def _more(first: AlertFinding, number: int) -> AlertFinding:
    kind = first.kind
    words = f"{kind.title}: there {'is' if number == 1 else 'are'} {number} more than are listed."
    step = "See to those that are listed; others take their places."
    return AlertFinding(MORE, kind.id, kind.title, words, step, f"/alerts?kind={kind.id}", kind.tone)
