"""A fleet in a folder, without its listeners: both applications, an enrolled camera, and people of several
roles.

``Fleet`` is what runs between two restarts; make another over the same folder to restart. The camera's
identity is that of ``tests.support.media.recordings``, but under the fleet's own authority, so that what it
records verifies there.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from fleet.cameras.service import create_code, enrol
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig
from fleet.core.database import utc_now
from fleet.people.tokens import create_token
from fleet.server.app import create_cameras_app, create_dashboard_app
from fleet.server.compose import FleetServices, build_services
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.messages.enrolment import read_certificates
from protocol.messages.uploads import CompleteRequest, SegmentInfo, content_digest
from tests.support.fleet.fleet import BY_PASSWORD
from tests.support.fleet.made_state import lay_out
from tests.support.media.parts import footage_chunk
from tests.support.media.recordings import Take, TestIdentity, make_identity

HOME = "/api/v1/camera/recordings"


@dataclass(frozen=True)
class Fleet:
    """A running fleet: its services, and clients of its two applications."""

    services: FleetServices
    cameras: TestClient
    dashboard: TestClient

    def identity(self, camera: str = "cam-01") -> TestIdentity:
        """Enrol a camera; return it as the recordings of tests are made by."""
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(camera.encode()).digest())
        with self.services.sessions.begin() as session:
            code, _ = create_code(session, self.services.cameras, by=OPERATOR)
            row, issued = enrol(
                session,
                self.services.cameras,
                code=code,
                request_pem=_signing_request(key),
            )
        own, *issuers = read_certificates(issued.pem)
        return replace(
            make_identity(),
            camera=row.id,
            authority=self.services.authority.der,
            camera_key=key,
            camera_certificate=own,
            issuers=tuple(issuers),
            recipient=self.services.vault.recipients()[0],
            plain=footage_chunk,
        )


def _signing_request(key: Ed25519PrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "anything")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, None)
    return request.public_bytes(Encoding.PEM).decode()


class WithCertificate:
    """The cameras' application as it is behind its listener: each request carries the peer's certificate."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.certificate: bytes | None = None
        self.renewed: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.certificate is not None:
            scope = {**scope, "state": {**scope.get("state", {}), "peer_certificate": self.certificate}}
        await self.app(scope, receive, send)


@contextmanager
def running(state: Path, config: FleetConfig | None = None) -> Iterator[Fleet]:
    """Run a fleet over a state folder for the length of the block."""
    if config is None:
        lay_out(state, utc_now())
    services = build_services(config or BY_PASSWORD, state)
    cameras = WithCertificate(create_cameras_app(services))
    try:
        with (
            TestClient(
                cameras, base_url="https://localhost:8444", raise_server_exceptions=False
            ) as camera_client,
            TestClient(
                create_dashboard_app(services),
                base_url="https://localhost:8443",
                raise_server_exceptions=False,
            ) as dashboard,
        ):
            yield Fleet(services, camera_client, dashboard)
    finally:
        services.database.close()


def bearer(fleet: Fleet, *roles: Role, name: str = "test program") -> dict[str, str]:
    """Make an API token with these roles and return the header that shows it."""
    with fleet.services.sessions.begin() as session:
        token = create_token(session, fleet.services, name=name, roles=frozenset(roles), by=OPERATOR)
    return {"Authorization": f"Bearer {token}"}


def content(data: bytes) -> dict[str, str]:
    """Return the headers of a body of footage."""
    return {"Content-Digest": content_digest(hashlib.sha256(data).digest()), "If-None-Match": "*"}


@dataclass
class Link:
    """A camera's side of the upload conversation; ``named`` when it says each recording's id."""

    fleet: Fleet
    take: Take
    named: bool = False

    def __post_init__(self) -> None:
        self.base = f"{HOME}/{self.take.number}"

    def request(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,  # noqa: ANN401 - whatever JSON can carry
    ) -> httpx.Response:
        """Send a request as the camera that made the recording."""
        app, identity = self.fleet.cameras.app, self.take.identity
        assert isinstance(app, WithCertificate)
        app.certificate = app.renewed.get(identity.camera, identity.camera_certificate)

        def sent() -> httpx.Response:
            answer: httpx.Response = self.fleet.cameras.request(
                method,
                f"{self.base}{path}",
                params={"recording": self.take.recording.hex()} if self.named else None,
                content=content,
                headers=headers,
                json=json,
            )
            return answer

        answer = sent()
        if answer.status_code == HTTPStatus.FORBIDDEN and answer.json()["code"] == "certificate_ended":
            self._renew(app)
            answer = sent()
        return answer

    def _renew(self, app: WithCertificate) -> None:
        """Ask for the next certificate, as a camera does whose last one has ended."""
        identity = self.take.identity
        request = {"csr_pem": _signing_request(identity.camera_key)}
        answer = self.fleet.cameras.post("/api/v1/camera/certificate", json=request)
        own, *_ = read_certificates(answer.raise_for_status().json()["certificate_pem"])
        app.certificate = app.renewed[identity.camera] = own

    def segment(self, name: str, data: bytes | None = None) -> httpx.Response:
        """Send a segment."""
        body = self.take.files[name] if data is None else data
        return self.request("PUT", f"/segments/{name}", content=body, headers=content(body))

    def ledger(self, offset: int = 0, end: int | None = None) -> httpx.Response:
        """Send a piece of the ledger."""
        body = bytes(self.take.ledger[offset:end])
        return self.request("PUT", f"/ledger/{offset}", content=body, headers=content(body))

    def everything(self) -> None:
        """Send the rest of the ledger, and every segment."""
        held = self.state()["ledger_length"]
        if held < len(self.take.ledger):
            assert self.ledger(held).status_code == 201
        for name in sorted(self.take.segments):
            assert self.segment(name).status_code in {200, 201}

    def word(self, ended: str = "closed") -> CompleteRequest:
        """What the camera says when it has sent everything."""
        ledger = bytes(self.take.ledger)
        return CompleteRequest(
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

    def complete(self, ended: str = "closed") -> httpx.Response:
        """Say that this is all."""
        return self.request("POST", "/complete", json=self.word(ended).model_dump(mode="json"))

    def state(self) -> dict[str, Any]:
        """Ask what is held."""
        answer = self.request("GET", "")
        assert answer.status_code == 200
        document: dict[str, Any] = answer.json()
        return document

    def wait_for_receipt(self, within_s: float = 20.0) -> httpx.Response:
        """Ask for the receipt until the fleet has decided."""
        deadline, pause = time.monotonic() + within_s, threading.Event()
        while True:
            answer = self.request("GET", "/receipt")
            if answer.status_code != 202:
                return answer
            assert time.monotonic() < deadline, "the fleet did not decide"
            pause.wait(0.02)  # as cameras do: they poll
