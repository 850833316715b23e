"""Uploads straight from cameras to the store: giving out addresses, and taking in what was put there.

Rules:
- nothing is given out before the store has shown at start that it holds what is signed (``store_check``);
- an address is for one segment that the fleet would take at that moment, under a name at which nothing that
  is kept ever lies (``names.arriving_key``): a camera takes nobody's place by it, nor its own;
- what may be put counts when the address is given out, by the same allowances and the same room as a body;
- what was put is read through and compared before it gets a segment's name, by a copy within the store
  that creates only: nothing has such a name that the fleet has not looked at (L2). The camera is looked at
  again after that (L1). Then it is as if the bytes had come through the fleet;
- reading is bounded: in a day by what a camera may send in one, and to a few at a time, of each and of all;
- what nobody told of is removed after ``KEPT``, far longer than an address is good. So is whatever else
  was left on trial.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from typing import Final

from fastapi.concurrency import run_in_threadpool

from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.core.tasks import beside
from fleet.footage.direct.signer import NO_KEYS, Signer
from fleet.footage.direct.store_check import why_not_direct
from fleet.footage.errors import ObjectMissingError, StoreError
from fleet.footage.receiving.allowance import DailyAllowance
from fleet.footage.receiving.services import ReceivingServices
from fleet.footage.recordings.lookup import RecordingClaim
from fleet.footage.store import names
from fleet.footage.store.spool import ReservedError
from fleet.footage.store.store import FootageStore, Put
from fleet.footage.store.stored_files import HeldSegment
from protocol.messages.uploads import DirectAddress, DirectOffer, StoredObject
from protocol.units import KIB, MIB

log = logging.getLogger(__name__)

KEPT: Final = timedelta(hours=2)
"""What was put and never told of is kept for so long, by the store's clock."""
SWEEP_EVERY_S: Final = 900.0
AT_ONCE: Final = 8
"""So many objects are read at a time, by one process."""
OF_ONE_CAMERA: Final = 2
"""So many of them for one camera."""
LEAST_LOOK: Final = 64 * KIB
"""A look counts at least as so many bytes: one that finds nothing is no cheaper."""
OFF: Final = "footage.direct is off"
_SCRATCH: Final = "scratch"


class DirectUploads:
    """Uploads straight to the store. Safe to use from several threads.

    Attributes:
        why_not: why no addresses are given out, in words that end a sentence; None where they are.
    """

    def __init__(
        self,
        services: Services,
        store: FootageStore,
        receiving: ReceivingServices,
        looks: DailyAllowance,
        signer: Signer | None,
    ) -> None:
        """Prepare it; nothing is given out before it runs.

        Args:
            services: what all share.
            store: where footage lies.
            receiving: takes segments in.
            looks: what each camera may have read.
            signer: signs addresses; None where nothing does.
        """
        self._services = services
        self._store = store
        self._receiving = receiving
        self._looks = looks
        self._signer = signer
        self._guard = threading.Lock()
        self._reading: Counter[str] = Counter()
        is_on = services.config.footage.direct
        self.why_not: str | None = OFF if not is_on else NO_KEYS if signer is None else "it was not tried yet"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Have the store show what it holds, then remove what was left from time to time."""
        if self._signer is None:
            if self.why_not != OFF:
                self._say(NO_KEYS)
            yield
            return
        await run_in_threadpool(self.check)
        async with beside(self._sweeping()):
            yield

    def check(self) -> None:
        """Have the store show whether it holds what is signed; until then nothing is given out."""
        if self._signer is not None:
            services = self._services
            self._say(why_not_direct(self._store, self._signer, services.random, services.clock))

    def _say(self, why_not: str | None) -> None:
        self.why_not = why_not
        if why_not is not None:
            log.warning("Cameras send footage through the fleet, not straight to the store: %s.", why_not)

    async def _sweeping(self) -> None:
        while True:
            try:
                await run_in_threadpool(self.sweep)
            except StoreError as error:
                log.warning("%s", error)
            await asyncio.sleep(SWEEP_EVERY_S)

    def sweep(self) -> int:
        """Remove what was put and never told of; return how many objects.

        Raises:
            StoreError: the store failed.
        """
        found = self._store.older(_SCRATCH, self._services.clock() - KEPT)
        for key in found:
            self._store.remove(key)
        return len(found)

    def offer(self) -> DirectOffer | None:
        """Return what a camera is told that asks for it; None while everything goes through the fleet."""
        if self._signer is None or self.why_not is not None:
            return None
        least = self._services.config.footage.direct_from_kib * KIB
        return DirectOffer(authority_pem=self._signer.authority_pem, from_bytes=least)

    def address(self, claim: RecordingClaim, new: HeldSegment) -> DirectAddress:
        """Give out the address by which a camera may put one segment.

        Raises:
            ProblemError: 404 none are given out; 413 it is too long; 429 and 507 the camera may send no more
                for now, or there is no room; as ``Uploads.find_segment`` where it would not be taken.
        """
        signer = self._on()
        if new.size > self._receiving.limit:
            detail = (
                f"A segment is at most {self._receiving.limit // MIB} MiB; footage.max_segment_mib sets this."
            )
            raise ProblemError(413, "body_too_large", detail)
        place = self._receiving.uploads.find_segment(claim, new)
        if isinstance(place, StoredObject):
            return DirectAddress(held=True, url="")
        try:
            self._receiving.spool.check_room()
        except ReservedError as error:
            detail = f"The fleet cannot store what was sent now: {error.strerror}."
            raise ProblemError(507, "storage_failed", detail, headers={"Retry-After": "30"}) from error
        self._receiving.allowances.take(claim.camera, new.size)
        key = names.arriving_key(place, new.name, new.size, new.sha256.hex())
        return DirectAddress(held=False, url=signer.put(key, new.size, new.sha256, self._services.clock()))

    def arrived(
        self, claim: RecordingClaim, new: HeldSegment, look_again: Callable[[], None]
    ) -> StoredObject:
        """Take in a segment that a camera says to have put.

        Args:
            claim: of which recording.
            new: what it says of it.
            look_again: refuses a camera that was taken out of service meanwhile.

        Raises:
            ProblemError: 404 it is not there, or none are given out; 429 the camera had as much read as it
                may; 503 too many are being read; as ``Uploads.take``.
            StoreError: the store failed; nothing is acknowledged.
        """
        self._on()
        uploads = self._receiving.uploads
        place = uploads.find_segment(claim, new)
        if isinstance(place, StoredObject):
            return place
        key = names.arriving_key(place, new.name, new.size, new.sha256.hex())

        def make(final: str) -> Put:
            self._check(key, new)
            look_again()
            if self._store.copy_new(key, final):
                return Put.CREATED
            return Put.SAME if self._store.digest(final, new.size) == new.sha256 else Put.OTHER

        with self._place(claim.camera):
            self._count(claim.camera, new.size)
            try:
                stored = uploads.take(claim, new, make)
            except ObjectMissingError as error:
                now_held = uploads.find_segment(claim, new)  # the same word at the same time was quicker
                if isinstance(now_held, StoredObject):
                    return now_held
                raise _not_arrived(new.name) from error
        with contextlib.suppress(StoreError):  # what stays is swept away
            self._store.remove(key)
        return stored

    def _count(self, camera: str, size: int) -> None:
        taken = self._looks.take(camera, max(size, LEAST_LOOK))
        if taken.wait_s:
            detail = (
                f"As much of what {camera} put straight into the store was read as a camera may send in a "
                "day: footage.camera_gib_per_day sets this."
            )
            wait = {"Retry-After": str(math.ceil(taken.wait_s))}
            raise ProblemError(429, "camera_rate", detail, headers=wait)

    def _check(self, key: str, new: HeldSegment) -> None:
        """Read what was put, and refuse anything but what was signed for, which the store should have."""
        if self._store.digest(key, new.size) != new.sha256:
            self._store.remove(key)
            self._say("it took other bytes than were signed for")
            raise _not_arrived(new.name)

    def _on(self) -> Signer:
        if self._signer is None or self.why_not is not None:
            detail = "Footage goes through this fleet, and not straight to its store."
            raise ProblemError(404, "direct_off", detail)
        return self._signer

    @contextlib.contextmanager
    def _place(self, camera: str) -> Iterator[None]:
        with self._guard:
            is_full = self._reading.total() >= AT_ONCE or self._reading[camera] >= OF_ONE_CAMERA
            if not is_full:
                self._reading[camera] += 1
        if is_full:
            detail = (
                "As many segments are being looked at as can be at a time; send this one through the fleet."
            )
            raise ProblemError(503, "direct_busy", detail, headers={"Retry-After": "5"})
        try:
            yield
        finally:
            with self._guard:
                self._reading[camera] -= 1
                if not self._reading[camera]:
                    del self._reading[camera]


def _not_arrived(name: str) -> ProblemError:
    return ProblemError(404, "not_arrived", f"Segment {name} did not arrive in the store: send it again.")
