"""Has the vault's newest key open imports that were sealed to earlier ones: their keys are sealed anew.

Of each: that it is opened is written down first (F1); its key is opened by the earlier key, sealed to the
newest, and compared; then one row is written. Its pieces are never touched. One that does not open stays as
it is and is tried again with the next round; an earlier key is not retired while one needs it.
"""

from __future__ import annotations

import logging

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.core.actor import FLEET
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.imported.models import ImportKey
from fleet.footage.imported.sealing import import_key_info, seal_import_key
from fleet.rewrapping.rewrapping import PURPOSE
from fleet.vault.errors import VaultError
from fleet.vault.vault import Vault
from protocol.footage.format.errors import KeysError

log = logging.getLogger(__name__)

ACTION = "imagery:import:rewrap"
_BLOCK = 50


def imports_behind(session: Session, current: str) -> int:
    """Return how many imports are sealed to another key of the vault than the current one."""
    query = select(func.count()).select_from(ImportKey).where(ImportKey.sealed_to != current)
    return session.scalar(query) or 0


class ImportRewrapping:
    """Seals imports' keys anew, some with each round."""

    def __init__(self, services: Services, vault: Vault) -> None:
        self._services, self._vault = services, vault

    def __call__(self) -> None:
        """Do what is due, as far as the vault is open."""
        if len(self._vault.known()) == 1 or self._vault.is_sealed():
            return
        current = self._vault.known()[0].key_id
        query = select(ImportKey.import_id).where(ImportKey.sealed_to != current).limit(_BLOCK)
        with self._services.readers() as session:
            due = session.scalars(query.order_by(ImportKey.import_id)).all()
        for name in due:
            try:
                self.rewrap(name)
            except (KeysError, VaultError, ProblemError) as error:
                log.warning("The key of import %s stays sealed to an earlier key: %s", name, error)

    def rewrap(self, name: str) -> None:
        """Seal the key of one import anew.

        Raises:
            KeysError: it does not open.
            VaultError: the vault is sealed, or has not the key that it is sealed to.
            ProblemError: 503 the vault is sealed.
        """
        to, info = self._vault.recipients()[0], import_key_info(name)
        self._vault.write_down(subject=name, actor=FLEET, action=ACTION, purpose=PURPOSE)
        with self._services.sessions.begin() as session:
            row = session.get(ImportKey, name, with_for_update=True)
            if row is None:
                return
            key = self._vault.wrapping.open_sealed(row.sealed_to, row.sealed, info)
            sealed, by = seal_import_key(key, name, to), to.key_id.hex()
            if self._vault.wrapping.open_sealed(by, sealed, info) != key:
                raise KeysError("internal error: an import's key did not come back")
            row.sealed_to, row.sealed = by, sealed
