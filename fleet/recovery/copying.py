"""Seals the vault's keys to the recovery key while the service runs: the new ones, and all for a new key.

A vault that is sealed is looked at again. What fails is said once and tried again; nothing waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.recovery.service import keep_copies
from fleet.vault.errors import VaultError
from fleet.vault.vault import Vault
from protocol.footage.format.errors import KeysError

log = logging.getLogger(__name__)

EVERY_S = 60.0


class RecoveryCopying:
    """Seals what is to be sealed; ``step`` does so once."""

    def __init__(self, services: Services, vault: Vault, *, every_s: float = EVERY_S) -> None:
        self._services = services
        self._vault = vault
        self._every_s = every_s
        self._trouble = ""

    def step(self) -> int:
        """Seal what was not yet; return how many keys that were."""
        try:
            made = keep_copies(self._services, self._vault)
        except VaultError:
            return 0  # it is sealed: whoever shows the vault says so
        except (SQLAlchemyError, KeysError) as error:
            why = reason(error) if isinstance(error, SQLAlchemyError) else str(error)
            if why != self._trouble:
                log.error("The vault's keys cannot be sealed to the recovery key: %s.", why)  # noqa: TRY400 - said once, whole
            self._trouble = why
            return 0
        self._trouble = ""
        if made:
            log.info("Sealed %d keys of the vault to the recovery key.", made)
        return made

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do so for the length of the block."""
        async with beside(self._work()):
            yield

    async def _work(self) -> None:
        while True:
            await run_in_threadpool(self.step)
            await asyncio.sleep(self._every_s)
