"""What looks at the facts for alerts. A domain hands a ``AlertSource`` to ``fleet.server.compose``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.rules.kinds import AlertKind


@dataclass(frozen=True, slots=True)
class AlertLook:
    """What a source looks with.

    Attributes:
        session: only reads.
        now: when.
        lasting: every alert that lasts, by kind and subject, and whether a person has resolved it: what a
            source does not look at anew it names among what is ``unknown``.
    """

    session: Session
    now: datetime
    lasting: Mapping[Key, bool]


@dataclass(frozen=True, slots=True)
class AlertSource:
    """Something that finds alerts.

    Attributes:
        kinds: what it looks for; kinds of events belong here too, so that they are known.
        look: finds all that is true now. It is called every few seconds and must be cheap: what is looked at
            is bounded, and how much is left out is found as well.
    """

    kinds: tuple[AlertKind, ...]
    look: Callable[[AlertLook], Looked]


def simple(
    kinds: tuple[AlertKind, ...], find: Callable[[Session, datetime], tuple[AlertFinding, ...]]
) -> AlertSource:
    """Return a source that can always tell what is true: ``find`` returns it all."""
    looked_for = frozenset(kind.id for kind in kinds if not kind.is_event)
    return AlertSource(kinds, lambda look: Looked(looked_for, find(look.session, look.now)))


def only_events(*kinds: AlertKind) -> AlertSource:
    """Return a source of kinds that are events alone: nothing is looked for."""
    return AlertSource(kinds, lambda _look: Looked(frozenset(), ()))


def while_here(source: AlertSource, is_here: Callable[[], bool]) -> AlertSource:
    """Return a source of what one process knows of itself, which is asked in one of several alone.

    Were all of them asked, what is so of one and not of another would come and go with each look.
    """
    return AlertSource(source.kinds, lambda look: source.look(look) if is_here() else Looked(frozenset(), ()))
