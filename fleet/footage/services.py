"""What footage is made of, for whoever puts the service together."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.core.services import Worker
from fleet.footage.direct.direct import DirectUploads
from fleet.footage.receiving.services import ReceivingServices
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore
from fleet.footage.verifying.verification import Verification
from fleet.footage.verifying.verifier import Verifier
from fleet.footage.watching.services import WatchingServices


@dataclass(frozen=True, slots=True)
class FootageServices:
    """The services of footage.

    Attributes:
        store: where footage lies.
        spool: takes in what is not there yet.
        receiving: what the routes of cameras share.
        direct: has cameras put segments straight into the store.
        verification: verifies one recording.
        verifier: runs what is due, in a worker's thread.
        watching: what the routes of people share.
        workers: contexts that live as long as the service, in their order.
    """

    store: FootageStore
    spool: Spool
    receiving: ReceivingServices
    direct: DirectUploads
    verification: Verification
    verifier: Verifier
    watching: WatchingServices
    workers: tuple[Worker, ...]
