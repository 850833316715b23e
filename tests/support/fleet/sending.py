"""Sending recordings to a real fleet over the network, as a camera does, from the takes that tests make.

camera, identity = enrol_identity(fleet, folder)
take = MediaTake(identity, media=make_media(seconds=6)).record(prerecord=4)
send(fleet, camera, take)
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.sealing.keys import Recipient
from protocol.messages.enrolment import read_certificates
from protocol.messages.uploads import CompleteRequest, SegmentInfo, content_digest
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet, camera_request, keep_camera
from tests.support.media.parts import footage_chunk
from tests.support.media.recordings import Take, TestIdentity, make_identity

DECIDED_S = 30.0


def enrol_identity(fleet: RunningFleet, folder: Path) -> tuple[EnrolledCamera, TestIdentity]:
    """Enrol a camera over the network; return its files, and its identity for takes."""
    key, request = camera_request()
    with fleet.api() as api:
        code = api.post("/api/v1/enrolment-codes", json={}).raise_for_status().json()["code"]
        answer = api.post("/api/v1/enrolments", json={"code": code, "csr_pem": request})
        told = answer.raise_for_status().json()
    recipient = told["recipients"][0]
    own, *issuers = read_certificates(told["certificate_pem"])
    identity = replace(
        make_identity(),
        camera=told["camera"],
        authority=_der(told["authority_pem"]),
        camera_key=key,
        camera_certificate=own,
        issuers=tuple(issuers),
        recipient=Recipient(
            recipient["name"],
            base64.b64decode(recipient["public_key"]),
            frozenset(Track(name) for name in recipient["tracks"]),
        ),
        plain=footage_chunk,
    )
    return keep_camera(folder, told["camera"], told["certificate_pem"], key), identity


@dataclass
class Sender:
    """A camera's side of the upload conversation about one take."""

    client: httpx.Client
    take: Take
    ledger_sent: int = 0

    @property
    def base(self) -> str:
        """Where the recording lives."""
        return f"/api/v1/camera/recordings/{self.take.number}"

    def ledger(self) -> None:
        """Send what the ledger has gained."""
        piece = bytes(self.take.ledger[self.ledger_sent :])
        self.put(f"/ledger/{self.ledger_sent}", piece)
        self.ledger_sent += len(piece)

    def segments(self, names: Iterable[str] | None = None) -> None:
        """Send segments, all of them when none is named."""
        held = self.take.files
        for name in sorted(held) if names is None else names:
            if name != LEDGER_NAME:
                self.put(f"/segments/{name}", held[name])

    def complete(self, ended: str = "closed") -> str:
        """Say that this is all, wait until the fleet has decided, and return "receipt" or its refusal."""
        ledger = bytes(self.take.ledger)
        word = CompleteRequest(
            recording=self.take.recording.hex(),
            ended="closed" if ended == "closed" else "cut off",
            ledger_length=len(ledger),
            ledger_sha256=hashlib.sha256(ledger).hexdigest(),
            segments=tuple(
                SegmentInfo(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())
                for name, data in sorted(self.take.files.items())
                if name != LEDGER_NAME
            ),
        )
        self.client.post(f"{self.base}/complete", json=word.model_dump(mode="json")).raise_for_status()
        deadline, pause = time.monotonic() + DECIDED_S, threading.Event()
        while (answer := self.client.get(f"{self.base}/receipt")).status_code == httpx.codes.ACCEPTED:
            assert time.monotonic() < deadline, "the fleet did not decide"
            pause.wait(0.05)  # as cameras do: they poll
        return "receipt" if answer.is_success else str(answer.json()["detail"])

    def put(self, path: str, body: bytes) -> None:
        """Send one object."""
        headers = {"Content-Digest": content_digest(hashlib.sha256(body).digest()), "If-None-Match": "*"}
        self.client.put(f"{self.base}{path}", content=body, headers=headers).raise_for_status()


def send(fleet: RunningFleet, camera: EnrolledCamera, take: Take, *, ended: str = "closed") -> str:
    """Send a whole take, and return how the fleet decided."""
    with fleet.camera_api(camera) as client:
        sender = Sender(client, take)
        sender.ledger()
        sender.segments()
        return sender.complete(ended)


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)
