"""Taking away the masked parts of releases that are handed over no more.

They are kept for as long as a release may be handed over, or made: once it is declined, withdrawn, revoked or
past its last day they go, between two searches for faces at the latest. With the recording they go before
that, for they lie beside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select

from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import OVER
from fleet.releases.subjects import recordings_of

EVERY: Final = timedelta(minutes=15)
_BLOCK: Final = 100


class MaskedTidying:
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
        is_over = or_(FootageRelease.state.in_(OVER), FootageRelease.ends <= moment)
        query = select(FootageRelease).where(FootageRelease.masked_kept, is_over)
        with self._services.readers() as session:
            found = {
                each.id: [row.place for row in recordings_of(each)]
                for each in session.scalars(query.order_by(FootageRelease.id).limit(_BLOCK))
            }
        for release, places in found.items():
            for place in places:
                self._take_away(names.masked_prefix(place, release))
            with self._services.sessions.begin() as session:
                session.get_one(FootageRelease, release).masked_kept = False
        if len(found) < _BLOCK:
            self._looked = moment

    def _take_away(self, prefix: str) -> None:
        for each in self._store.list(prefix):
            self._store.remove(each.key)
