"""Renewing the fleet's own certificates while it runs.

A server certificate lives 397 days and is renewed 60 days before its end. A fleet that is never restarted
gets there: so the question is asked twice a day, and an answer of "renewed" reaches everything that had
loaded the old one. New connections use the new certificate; nobody who is connected notices.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from dataclasses import dataclass
from datetime import datetime

from fleet.core.config import FleetConfig
from fleet.core.services import Services
from fleet.pki.authority import Authority
from fleet.pki.key_secret import KeyFileMissingError
from fleet.server.tls import cameras_context, dashboard_context, load_own

log = logging.getLogger(__name__)

ASK_EVERY_SECONDS = 43_200.0


@dataclass(frozen=True, slots=True)
class Contexts:
    """The TLS contexts in use.

    Attributes:
        dashboard: of the dashboard listener.
        cameras: of the cameras listener, and of the broker's.
    """

    dashboard: ssl.SSLContext
    cameras: ssl.SSLContext

    @classmethod
    def of(cls, authority: Authority) -> Contexts:
        """Make them from the files as they are now."""
        return cls(dashboard_context(authority), cameras_context(authority))

    def reload(self, authority: Authority) -> None:
        """Take up the files as they are now, for connections from here on."""
        load_own(self.dashboard, authority, "server")
        load_own(self.cameras, authority, "server")


def own_names(config: FleetConfig) -> tuple[str, ...]:
    """Return the names that the configuration gives to the fleet's server certificate."""
    return (*config.server.names, config.server.address)


def renew_at_start(authority: Authority, config: FleetConfig, now: datetime) -> None:
    """Renew what is near its end, unless the authority's key file is away: few commands sign anything.

    The service itself does not start without it.

    Raises:
        StateError: the key file cannot be used, or is another.
    """
    try:
        authority.renew_own(own_names(config), now)
    except KeyFileMissingError as error:
        log.warning("The fleet's own certificates were not renewed. %s", error)


async def keep_renewed(
    services: Services,
    authority: Authority,
    contexts: Contexts,
    *,
    every: float = ASK_EVERY_SECONDS,
) -> None:
    """Renew what is near its end, again and again, for as long as the service runs."""
    while True:
        await asyncio.sleep(every)
        names = own_names(services.config)
        if await asyncio.to_thread(authority.renew_own, names, services.clock()):
            log.info("The fleet's own certificates were renewed.")
            contexts.reload(authority)
