"""Which footage store the configuration means, opened and checked."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi.concurrency import run_in_threadpool
from obstore.exceptions import BaseError
from obstore.store import S3Store

from fleet.core.config import FootageSection
from fleet.core.errors import FleetConfigError
from fleet.core.sections.store_trust import store_client
from fleet.footage.store.folder import folder_store
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore, check_create_only, reason, s3_store, versions_kept
from protocol.units import MIB

if TYPE_CHECKING:
    from obstore.store import S3Config  # obstore has this type only while types are checked

log = logging.getLogger(__name__)

FOLDER = "footage"
SPOOL = "spool"
_ANSWER_WITHIN = timedelta(seconds=30)


def open_store(config: FootageSection, state: Path) -> tuple[FootageStore, Spool]:
    """Open the store and the spool beside it; neither is asked anything yet.

    Raises:
        FleetConfigError: the store's address is not usable.
    """
    folder = state / FOLDER
    store = _s3(config) if config.store else folder_store(folder / "objects")
    return store, Spool(folder / SPOOL, reserve=config.reserve_mib * MIB)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What must be done and shown before the service takes anything in; other commands do without."""

    store: FootageStore
    spool: Spool
    random: Callable[[int], bytes]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Clear the spool, and check that the store creates without overwriting.

        Raises:
            NotCreateOnlyError: the store overwrites.
            StoreError: the store does not answer.
        """
        await run_in_threadpool(self.spool.clear)
        await run_in_threadpool(check_create_only, self.store, self.spool, self.random)
        if self.store.keeps_versions:
            log.warning("%s", versions_kept(self.store.where))
        yield


def _s3(config: FootageSection) -> FootageStore:
    address = urlsplit(config.store)
    if address.scheme != "s3" or not address.netloc or address.query or address.username:
        # The value is not repeated: somebody may have written a password into it.
        raise FleetConfigError(
            "footage.store is not s3://bucket or s3://bucket/prefix; leave it empty for a folder."
        )
    try:
        objects = S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            config=_addressing(config),
            client_options=store_client(config.endpoint, config.authority),
            retry_config={"max_retries": 3, "retry_timeout": _ANSWER_WITHIN},
        )
    except (BaseError, ValueError) as error:
        raise FleetConfigError(
            f"footage.store = {config.store!r} cannot be used: {reason(error)}."
        ) from error
    return s3_store(objects, config.store)


def _addressing(config: FootageSection) -> S3Config:
    """Return what the configuration says beside the bucket; obstore takes the rest from the environment."""
    # Copies that create only are made of a copied part, completed on that condition: plain ones have none.
    settings: S3Config = {"conditional_put": "etag", "copy_if_not_exists": "multipart"}
    if config.endpoint:
        settings["endpoint"] = config.endpoint
        settings["virtual_hosted_style_request"] = False
    if config.region:
        settings["region"] = config.region
    return settings
