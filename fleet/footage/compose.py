"""Putting footage together: the store, uploads, verification, playing and exporting."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace

from fleet.core.services import Services
from fleet.footage.direct.direct import DirectUploads
from fleet.footage.direct.signer import signer_of
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
    receiving = ReceivingServices(
        spool=spool,
        uploads=Uploads(services, store),
        completion=Completion(services, store, verifier.due),
        stopping=Stopping(services, verifier.due),
        limit=services.config.footage.max_segment_mib * MIB,
        allowances=_allowances(services, seconds),
    )
    footage = services.config.footage
    signer = signer_of(footage, os.environ) if footage.direct else None
    looks = _day(services, "direct", seconds)
    direct = DirectUploads(services, store, receiving, looks, signer)
    return FootageServices(
        store=store,
        spool=spool,
        receiving=replace(receiving, offer=direct.offer),
        direct=direct,
        verification=verification,
        verifier=verifier,
        watching=WatchingServices(opener, viewings),
        # Readiness before anything else.
        workers=(readiness.running, direct.running, verifier.running, viewings.running),
    )


def _day(services: Services, kind: str, seconds: Callable[[], float]) -> DailyAllowance:
    each_day = services.config.footage.camera_gib_per_day * GIB
    return DailyAllowance(services.database, kind, each_day, seconds)


def _allowances(services: Services, seconds: Callable[[], float]) -> CameraAllowances:
    def held(camera: str) -> int:
        with services.readers() as session:
            return held_bytes(session, camera)

    in_all, day = services.config.footage.camera_gib * GIB, _day(services, "footage", seconds)
    return CameraAllowances(day, in_all=in_all, held=held, clock=seconds)
