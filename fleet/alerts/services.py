"""What there is to look at for alerts, and looking: for pages and for the watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy.orm import Session

from fleet.alerts.register import apply, changes_of, is_worth_writing, lasting
from fleet.alerts.rules.finding import Key, Looked, together
from fleet.alerts.rules.kinds import Kinds
from fleet.alerts.sources import AlertLook, AlertSource
from fleet.core.app_key import AppKey
from fleet.core.database import Turn, now, take_turn
from fleet.core.services import Services


@dataclass(frozen=True, slots=True)
class AlertServices:
    """The service of alerts.

    Attributes:
        core: what all share.
        kinds: every kind that there is.
        sources: what looks for alerts.
    """

    core: Services
    kinds: Kinds
    sources: tuple[AlertSource, ...]

    @classmethod
    def of(cls, core: Services, sources: Sequence[AlertSource]) -> AlertServices:
        """Return the service of these sources."""
        return cls(core, Kinds(kind for source in sources for kind in source.kinds), tuple(sources))

    def look(
        self, session: Session, known: Mapping[Key, bool], *, besides: frozenset[str] = frozenset()
    ) -> Looked:
        """Find what is true now, by every source but those of kinds that are looked for ``besides``."""
        look = AlertLook(session, now(session), known)
        asked = (each for each in self.sources if besides.isdisjoint(kind.id for kind in each.kinds))
        return together(source.look(look) for source in asked)

    def bring_up_to_date(self) -> bool:
        """Look, and have the alerts be as things are; say whether anything changed.

        Where something changed it looks again with the rows locked: of two looks at once the one that writes
        last has looked last.
        """
        with self.core.readers() as session:
            moment, looked = now(session), self.look(session, lasting(session))
            if not is_worth_writing(session, changes_of(session, looked, moment), moment):
                return False
        with self.core.sessions.begin() as session:
            take_turn(session, Turn.ALERTS)
            moment, looked = now(session), self.look(session, lasting(session))
            apply(session, changes_of(session, looked, moment), moment, lambda: self.core.random(16).hex())
        return True


ALERTS: AppKey[AlertServices] = AppKey("alerts")

AlertsDep = Annotated[AlertServices, Depends(ALERTS)]
