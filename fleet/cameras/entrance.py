"""Whose certificates count at the broker: those that count over HTTPS (``identity``), and our own.

What was refused is in the audit log, as there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection

from sqlalchemy import select

from fleet.audit.refusing.refusals import Refusals
from fleet.cameras.identity import find_camera, write_refusal
from fleet.cameras.models import CameraCertificate, CameraRow
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.pki.authority import SERVICE_NAME


class BrokerEntrance:
    """Asks the database whose certificate it is. For the event loop's thread alone."""

    def __init__(self, services: Services, refusals: Refusals, own: Callable[[], bytes]) -> None:
        """Prepare it.

        Args:
            services: the fleet's.
            refusals: writes down who was not let in.
            own: returns the certificate (DER) of the service itself, as it is now.
        """
        self._services = services
        self._refusals = refusals
        self._own = own
        self._own_ones: set[bytes] = set()

    async def name_of(self, certificate: bytes, address: str) -> str | None:
        """Return the name in a certificate (DER) that counts; None for one that does not."""
        name = await asyncio.to_thread(self._name_of, certificate, address)
        if name == SERVICE_NAME:
            self._own_ones.add(certificate)
        return name

    async def ended(self, certificates: Collection[bytes]) -> Collection[bytes]:
        """Return those of these certificates (DER) that count no more; none of our own is one."""
        asked = {
            hashlib.sha256(each).hexdigest(): each for each in certificates if each not in self._own_ones
        }
        if not asked:
            return ()
        good = await asyncio.to_thread(self._good, asked)
        return [certificate for digest, certificate in asked.items() if digest not in good]

    def _name_of(self, certificate: bytes, address: str) -> str | None:
        if certificate == self._own():
            return SERVICE_NAME
        try:
            return find_camera(self._services, certificate).id
        except ProblemError as problem:
            write_refusal(self._refusals, certificate, address, problem)
            return None

    def _good(self, digests: Collection[str]) -> set[str]:
        query = (
            select(CameraCertificate.sha256)
            .join(CameraRow, CameraRow.id == CameraCertificate.camera_id)
            .where(CameraRow.revoked.is_(None), CameraCertificate.sha256.in_(digests))
        )
        with self._services.readers() as session:
            return set(session.scalars(query))
