"""Has light cameras join a fleet, and makes what each of them will send before the load begins."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.link.tls import authority_context
from protocol.footage.format.errors import CertificateError
from protocol.messages.enrolment import EnrolmentResponse, parse_code, read_certificates
from simulator.conform.footage import encode, make_footage
from simulator.conform.joining import ENROLMENTS
from simulator.conform.visit import Joined, keep_certificate, signing_request
from simulator.errors import CancelledError, FleetServiceError
from simulator.load.light import LightCamera
from simulator.load.seen import LoadRecording, LoadSample, LoadTime

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.fleet.api import FleetApi
    from simulator.fleet.guest import FleetGuest
    from simulator.load.plan import LoadPlan
    from simulator.load.seen import LoadSeen

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Joining:
    """What cameras join, and with what.

    Attributes:
        api: The fleet.
        authority: Its authority's certificate (PEM).
        folder: Where certificates and keys are while the load lasts.
        guest: Notes what was enrolled at a fleet that is somebody else's; None for one that goes.
        seen: Gets what is seen.
        now: Seconds since the load began; below nought while it is prepared.
    """

    api: FleetApi
    authority: str
    folder: Path
    guest: FleetGuest | None
    seen: LoadSeen
    now: Callable[[], float]

    def all(self, plan: LoadPlan, progress: Progress, stopping: threading.Event) -> tuple[LightCamera, ...]:
        """Have all cameras join, one after the other.

        Raises:
            FleetServiceError: The fleet refused one.
            CancelledError: Somebody asked to stop.
        """
        progress.doing("Encoding footage")
        loop = encode()
        progress.doing("Having the cameras join", of=plan.cameras)
        cameras = []
        with httpx.Client(
            base_url=self.api.url,
            verify=authority_context(self.authority),
            timeout=TIMEOUT_S,
            trust_env=False,
        ) as http:
            for _ in range(plan.cameras):
                if stopping.is_set():
                    raise CancelledError("Stopped while cameras joined the fleet.")
                joined = self._one(http)
                made = [make_footage(loop, joined.sealer, number + 1) for number in range(plan.recordings)]
                self.seen.recordings |= {each.id: LoadRecording() for each in made}
                context = authority_context(joined.answer.authority_pem)
                context.load_cert_chain(joined.certificate_file)
                cameras.append(LightCamera(joined, context, made, self.seen, self.now))
                progress.done()
        return tuple(cameras)

    def _one(self, http: httpx.Client) -> Joined:
        code = parse_code(self.api.enrolment_code())
        key = Ed25519PrivateKey.generate()
        began = time.monotonic()
        try:
            answer = http.post(ENROLMENTS, json={"code": code.secret, "csr_pem": signing_request(key)})
            answer.raise_for_status()
            told = EnrolmentResponse.model_validate_json(answer.content)
            own, *issuers = read_certificates(told.certificate_pem)
        except (httpx.HTTPError, ValueError, CertificateError) as error:
            raise FleetServiceError(f"A camera could not join: {error}.") from error
        if self.guest is not None:
            self.guest.cameras.append(told.camera)
        self.seen.samples.append(LoadSample(LoadTime.JOINED, self.now(), time.monotonic() - began))
        return Joined(
            told,
            key,
            x509.load_der_x509_certificate(own),
            tuple(issuers),
            x509.load_pem_x509_certificate(told.authority_pem.encode()),
            keep_certificate(self.folder, told.camera, told.certificate_pem, key),
        )
