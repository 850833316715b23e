"""Plugging footage into the service: the store, uploads, verification, the vault, playing and exporting."""

from datetime import datetime

from fleet.cameras.enrolment import Recipients
from fleet.core.services import EventHandler, Services
from fleet.footage.receiving.completion import Completion
from fleet.footage.receiving.uploads import Uploads
from fleet.footage.recordings.rows import apply_event
from fleet.footage.store.open_store import Readiness, open_store
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore
from fleet.footage.verifying.verification import Verification
from fleet.footage.verifying.verifier import Verifier
from fleet.footage.watching.viewings import Viewings
from fleet.vault.open_vault import open_vault
from fleet.vault.vault import Vault
from protocol.messages.enrolment import RecipientKey
from protocol.messages.events import CameraEvent


def compose(services: Services) -> None:
    """Open the store and the vault, and register everything that works on footage.

    Raises:
        FleetError: the store or the vault cannot be used; the sentence says why.
    """
    store, spool = open_store(services.config.footage, services.state)
    vault = open_vault(services)
    verifier = Verifier(Verification(services, store, spool))
    services.provide(FootageStore, store)
    services.provide(Spool, spool)
    services.provide(Vault, vault)
    services.provide(Uploads, Uploads(services, store))
    services.provide(Completion, Completion(services, store, verifier.owed))
    services.provide(Recipients, Recipients(lambda: tuple(map(RecipientKey.of, vault.recipients()))))
    services.events_handlers.append(_announcements(services))
    services.provide(Viewings, viewings := Viewings(services, services.clock))
    services.workers.append(Readiness(store, spool, services.random).running)  # before anything else runs
    services.workers.append(verifier.running)
    services.workers.append(viewings.running)


def _announcements(services: Services) -> EventHandler:
    def handle(_camera: str, event: CameraEvent, _received: datetime) -> None:
        with services.sessions.begin() as session:
            apply_event(session, event)

    return handle
