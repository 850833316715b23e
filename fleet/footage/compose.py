"""Putting footage together: the store, uploads, verification, playing and exporting."""

from __future__ import annotations

import time
from collections.abc import Callable

from fleet.core.services import Services
from fleet.footage.receiving.allowance import DailyAllowance
from fleet.footage.receiving.camera_allowances import CameraAllowances
from fleet.footage.receiving.completion import Completion
from fleet.footage.receiving.services import ReceivingServices
from fleet.footage.receiving.stopping import Stopping
from fleet.footage.receiving.uploads import Uploads
from fleet.footage.recordings.rows import held_bytes
from fleet.footage.services import FootageServices
from fleet.footage.store.open_store import Readiness, open_store
from fleet.footage.verifying.later import LaterOpenings
from fleet.footage.verifying.opening import OpeningCheck
from fleet.footage.verifying.stopped import StoppedVerification
from fleet.footage.verifying.verification import Verification
from fleet.footage.verifying.verifier import Verifier
from fleet.footage.watching.opener import RecordingOpener
from fleet.footage.watching.services import WatchingServices
from fleet.footage.watching.viewings import Viewings
from fleet.pki.authority import Authority
from fleet.processes.claims import Claims
from fleet.vault.vault import Vault
from protocol.units import GIB, MIB


def compose(
    services: Services,
    authority: Authority,
    vault: Vault,
    *,
    claims: Claims | None = None,
    seconds: Callable[[], float] = time.monotonic,
) -> FootageServices:
    """Open the store and make everything that works on footage.

    Args:
        services: what all share.
        authority: signs receipts.
        vault: opens what is to be opened.
        claims: who of several processes verifies what; None for a process that is alone.
        seconds: seconds that only go forward, for pauses.

    Raises:
        FleetConfigError: the store's address is not usable.
    """
    store, spool = open_store(services.config.footage, services.state)
    check = OpeningCheck(vault)
    verification = Verification(services, authority, store, spool, check)
    stopped = StoppedVerification(services, authority, store, check)
    later = LaterOpenings(services, store, check)
    verifier = Verifier(verification, stopped, later, claims=claims, clock=seconds)
    opener = RecordingOpener(services, store, vault)
    viewings = Viewings(services, opener)
    readiness = Readiness(store, spool, services.random)
    return FootageServices(
        store=store,
        spool=spool,
        receiving=ReceivingServices(
            spool=spool,
            uploads=Uploads(services, store),
            completion=Completion(services, store, verifier.due),
            stopping=Stopping(services, verifier.due),
            limit=services.config.footage.max_segment_mib * MIB,
            allowances=_allowances(services, seconds),
        ),
        verification=verification,
        verifier=verifier,
        watching=WatchingServices(opener, viewings),
        workers=(readiness.running, verifier.running, viewings.running),  # readiness before anything else
    )


def _allowances(services: Services, seconds: Callable[[], float]) -> CameraAllowances:
    def held(camera: str) -> int:
        with services.readers() as session:
            return held_bytes(session, camera)

    footage = services.config.footage
    day = DailyAllowance(services.database, "footage", footage.camera_gib_per_day * GIB, seconds)
    return CameraAllowances(day, in_all=footage.camera_gib * GIB, held=held, clock=seconds)
