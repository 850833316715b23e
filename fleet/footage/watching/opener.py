"""Opening recordings through the vault, which writes down who asks and why before it opens anything (F1)."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.keys.tables import read_table
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import GONE
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.restricting.restrictions import is_restricted
from fleet.footage.store.names import Place
from fleet.footage.store.store import FootageStore
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.footage.watching.received import Received, look_up, sum_up
from fleet.vault.opening import Opening
from fleet.vault.rotation.key_wrapping import Loaded
from fleet.vault.sealed import Sealed
from fleet.vault.vault import Vault


class RecordingOpener:
    """Opens recordings. Safe to use from several threads."""

    def __init__(self, services: Services, store: FootageStore, vault: Vault) -> None:
        self._readers = services.readers
        self._store = store
        self._vault = vault
        self._lock = threading.Lock()
        self._opened: weakref.WeakSet[OpenedRecording] = weakref.WeakSet()

    def sealed(self) -> Sealed | None:
        """Say why nothing can be opened now; None where it can."""
        return self._vault.sealed()

    def open(self, public_id: str, *, actor: Actor, action: str, purpose: str) -> OpenedRecording:
        """Open a recording.

        Args:
            public_id: what it is called in addresses.
            actor: who asks.
            action: what for, as the audit log words it.
            purpose: why, in the actor's words.

        Raises:
            ProblemError: 403 it is restricted; 404 there is no such recording; 409 there is nothing of it to
                look at yet; 410 it was deleted; 422 no purpose.
            StoreError: the store failed.
        """
        received = self._look_up(public_id)
        opening = self._vault.unseal(
            recording=received.summary.id,
            load=lambda: self._load(received),
            actor=actor,
            action=action,
            purpose=purpose,
        )
        return self._opened_by(opening, received)

    def open_again(
        self, public_id: str, *, actor: Actor, action: str, stands: Callable[[Session], bool]
    ) -> OpenedRecording:
        """Open a recording for what an entry of the log stands for already; none is added.

        Args:
            public_id: what it is called in addresses.
            actor: who asks.
            action: what for, as the audit log words it.
            stands: says whether that which was written down lasts.

        Raises:
            ProblemError: as ``open`` does; 404 it does not last any more.
            StoreError: the store failed.
        """
        received = self._look_up(public_id)
        opening = self._vault.unseal_again(
            recording=received.summary.id,
            load=lambda: self._load(received),
            actor=actor,
            action=action,
            stands=stands,
        )
        return self._opened_by(opening, received)

    def _opened_by(self, opening: Opening, received: Received) -> OpenedRecording:
        try:
            opened = OpenedRecording(
                self._store, opening, received, look_up=self._look_up, sum_up=self._sum_up
            )
            with self._lock:
                self._opened.add(opened)
            self._sum_up(received.summary.id)  # had that begun meanwhile, it would close nothing here
        except BaseException:
            opening.close()
            raise
        return opened

    def close_of(self, place: Place) -> None:
        """Forget the keys of a recording wherever they are kept in this process, as it is deleted."""
        with self._lock:
            those = [each for each in self._opened if each.arrived.summary.place == place]
        for each in those:
            each.close()

    def deleted(self, public_id: str | None = None) -> tuple[Place, ...]:
        """Return where those lie that are open here and deleted, or about to be, or restricted since.

        Args:
            public_id: looks at that one alone; None for all.
        """
        with self._lock:
            summaries = [each.arrived.summary for each in self._opened]
        looked = {each.place: each.id for each in summaries if public_id in (None, each.id)}
        if not looked:
            return ()
        with self._readers() as session:
            return tuple(place for place, name in looked.items() if _is_out_of_reach(session, name))

    def _load(self, received: Received) -> Loaded:
        return Loaded(
            received.ledger(self._store),
            lambda: read_table(self._readers, self._store, received.summary.place),
        )

    def _look_up(self, public_id: str) -> Received:
        return look_up(self._readers, public_id)

    def _sum_up(self, public_id: str) -> RecordingSummary:
        return sum_up(self._readers, public_id)


def _is_out_of_reach(session: Session, name: str) -> bool:
    try:
        row = get(session, name)
        return row.state in GONE or is_restricted(session, row)
    except ProblemError:  # its row is not there any more
        return True
