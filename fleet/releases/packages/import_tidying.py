"""Taking away what was made of imports for releases, once nobody needs it.

What was made of an import for a release is kept for as long as that may be handed over. The seconds that a
clip is cut into are kept while a release with it waits, is made, or may be made again: what was made then is
a file of its own. Whatever is here is gone with the import before that.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.imagery.models import ImportSeconds
from fleet.imagery.rules.kinds import SecondsState
from fleet.releases.import_models import ImportMade, ImportSpan
from fleet.releases.models import FootageRelease
from fleet.releases.packages.tidying import EVERY
from fleet.releases.rules.states import OVER, ReleaseState

SPARED = timedelta(hours=1)
"""So long seconds stay that somebody asked for last, whatever became of the release."""
_BLOCK = 100


class ReleasedImportTidying:
    """Looks, at most every ``EVERY``."""

    def __init__(self, services: Services, footage: FootageServices) -> None:
        self._services, self._store = services, footage.store
        self._looked: datetime | None = None

    def __call__(self) -> None:
        """Look, if it is time.

        Raises:
            StoreError: the store failed; what is left is taken away another time.
        """
        moment = self._services.clock()
        if self._looked is not None and timedelta(0) <= moment - self._looked < EVERY:
            return
        if self._made(moment) < _BLOCK and self._seconds() < _BLOCK:
            self._looked = moment

    def _made(self, moment: datetime) -> int:
        is_over = or_(FootageRelease.state.in_(OVER), FootageRelease.ends <= moment)
        query = select(ImportMade).join(FootageRelease, FootageRelease.id == ImportMade.release_id)
        with self._services.readers() as session:
            found = session.scalars(query.where(is_over).limit(_BLOCK)).all()
        for each in found:
            self._take_away(each.import_id, each.attempt)
            with self._services.sessions.begin() as session:
                key = each.release_id, each.import_id, each.attempt
                row = session.get(ImportMade, key)
                if row is not None:
                    session.delete(row)
        return len(found)

    def _seconds(self) -> int:
        with self._services.readers() as session:
            query = select(ImportSeconds.import_id).where(_is_spare(session)).limit(_BLOCK)
            found = session.scalars(query.order_by(ImportSeconds.import_id)).all()
        for name in found:
            with self._services.sessions.begin() as session:
                those = select(ImportSeconds).where(ImportSeconds.import_id == name, _is_spare(session))
                row = session.scalars(those.with_for_update(of=ImportSeconds)).one_or_none()
                if row is None:
                    continue
                row.state, attempt = "", row.attempt  # whoever asks from now on has it cut anew
            if attempt:
                self._take_away(name, attempt)
            with self._services.sessions.begin() as session:
                again = session.get(ImportSeconds, name, with_for_update={"of": ImportSeconds})
                if again is not None and not again.state:
                    session.delete(again)
        return len(found)

    def _take_away(self, name: str, attempt: str) -> None:
        for each in self._store.list(f"{names.import_attempt_prefix(name, attempt)}/"):
            self._store.remove(each.key)


def _is_spare(session: Session) -> ColumnElement[bool]:
    moment = now(session)
    waits = FootageRelease.state.in_((ReleaseState.DRAFT, ReleaseState.APPROVED, ReleaseState.FAILED))
    is_needed = exists().where(
        ImportSpan.import_id == ImportSeconds.import_id,
        FootageRelease.id == ImportSpan.release_id,
        waits,
        FootageRelease.ends > moment,
    )
    is_old = ImportSeconds.asked < moment - SPARED
    return and_(~is_needed, is_old, ImportSeconds.state != SecondsState.ASKED)
