"""Help for tests that need a fleet: a real process, or the same applications without any network.

- ``running_fleet(folder)``: ``lapel-fleet serve`` on free ports, with a token, stopped at the end;
- ``fleet_services(folder)``: ``FleetServices`` in a temporary state folder, with a clock that the test moves;
- ``dashboard_client(services)``, ``camera_client(services, camera)``: clients of the applications themselves.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import ssl
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp, Receive, Scope, Send

from fleet.cameras.service import create_code, enrol
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig, PeopleSection
from fleet.core.database import Clock
from fleet.people.tokens import create_token
from fleet.server.app import create_cameras_app, create_dashboard_app
from fleet.server.compose import FleetServices, build_services
from tests.support.fleet.made_state import ALL_ROLES, lay_out, lay_out_tables
from tests.support.programs.forked import ForkedProcess, start
from tests.support.programs.quick_start import start_quickly

with warnings.catch_warnings():
    # It would rather have httpx2; the rest of this tree speaks through httpx, and one client is enough.
    warnings.simplefilter("ignore", UserWarning)
    from starlette.testclient import TestClient

start_quickly()

START_SECONDS = 90
END_SECONDS = 60
ANSWER_SECONDS = 60
"""As long as a busy machine may take, and no measure of anything."""
LOGS: list[Path] = []
"""Of the fleets that were started, the newest last; a test that failed shows their end."""


# --- A real process ---


@dataclass
class RunningFleet:
    """A fleet in its own process."""

    state: Path
    process: ForkedProcess
    dashboard_url: str
    cameras_url: str
    mqtt_port: int
    setup_url: str | None
    token: str

    @property
    def authority(self) -> Path:
        """The authority's certificate, for ``verify=``."""
        return self.state / "pki" / "authority.pem"

    def context(self, camera: EnrolledCamera | None = None) -> ssl.SSLContext:
        """TLS as a browser has it that trusts the authority, or as a camera has it."""
        context = ssl.create_default_context(cafile=str(self.authority))
        if camera is not None:
            context.load_cert_chain(camera.certificate_file, camera.key_file)
        return context

    def api(self) -> httpx.Client:
        """A client of the dashboard's API, with the token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(
            base_url=self.dashboard_url, verify=self.context(), headers=headers, timeout=ANSWER_SECONDS
        )

    def camera_api(self, camera: EnrolledCamera) -> httpx.Client:
        """A client of the cameras listener, as this camera."""
        return httpx.Client(base_url=self.cameras_url, verify=self.context(camera), timeout=ANSWER_SECONDS)

    def enrol(self, folder: Path) -> EnrolledCamera:
        """Enrol a camera over the network and keep its files in ``folder``."""
        key, request = camera_request()
        with self.api() as api:
            code = api.post("/api/v1/enrolment-codes", json={}).raise_for_status().json()["code"]
            answer = (
                api.post("/api/v1/enrolments", json={"code": code, "csr_pem": request})
                .raise_for_status()
                .json()
            )
        return keep_camera(folder, answer["camera"], answer["certificate_pem"], key)

    def stop(self) -> int:
        """Stop it as an administrator would and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=END_SECONDS)

    def kill(self) -> None:
        """Kill it without a chance to tidy up."""
        self.process.kill()
        self.process.wait(timeout=END_SECONDS)


BY_PASSWORD = FleetConfig(people=PeopleSection(second_factor="off"))
"""Nobody has to have a second factor."""


@contextlib.contextmanager
def running_fleet(folder: Path, *, config: str | None = None) -> Iterator[RunningFleet]:
    """Start a fleet with its state in ``folder/state``; a second call with the same folder continues it."""
    fleet = start_fleet(folder, config=config)
    try:
        yield fleet
    finally:
        fleet.stop()


def start_fleet(folder: Path, *, config: str | None = None) -> RunningFleet:
    """Start a fleet and wait until it is ready."""
    state, ready, token = folder / "state", folder / "ready.json", folder / "token"
    if not state.exists():
        token.write_text(lay_out_tables(state, datetime.now(UTC)))
    ready.unlink(missing_ok=True)
    written = state / "fleet.toml"
    if config is not None or not written.exists():
        written.write_text(by_password_alone(config or ""))
    known = (state / "ports.json").exists()
    ports = [] if known else ["--dashboard-port", "0", "--cameras-port", "0", "--mqtt-port", "0"]
    words = ["serve", "--state", str(state), "--any-port", "--ready-file", str(ready), *ports]
    LOGS.append(folder / "fleet.log")
    with LOGS[-1].open("ab") as log:
        process = start("lapel-fleet", words, output=log)
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the fleet did not start:\n{(folder / 'fleet.log').read_text()}")
        time.sleep(0.02)
    addresses = json.loads(ready.read_text())
    return RunningFleet(state=state, process=process, token=token.read_text(), **addresses)


def by_password_alone(config: str) -> str:
    """A configuration in which nobody has to have a second factor, unless it says itself who does."""
    if "second_factor" in config:
        return config
    setting = 'second_factor = "off"\n'
    if "[people]\n" in config:
        return config.replace("[people]\n", f"[people]\n{setting}", 1)
    return f"{config}\n[people]\n{setting}"


# --- In this process ---


@dataclass
class TestClock:
    """A clock that stands still until the test moves it."""

    __test__ = False

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Go on by a ``timedelta(**by)``."""
        self.now += timedelta(**by)


@contextlib.contextmanager
def fleet_services(
    folder: Path, config: FleetConfig | None = None, *, clock: Clock | None = None
) -> Iterator[FleetServices]:
    """FleetServices in ``folder/state``; no port is opened."""
    clock = clock or TestClock()
    if config is None:
        lay_out(folder / "state", clock())
    services = build_services(config or BY_PASSWORD, folder / "state", clock=clock, random=os.urandom)
    try:
        yield services
    finally:
        services.database.close()


def token_for(services: FleetServices, *roles: Role, name: str = "tests") -> str:
    """Make an API token with these roles (all when none are given)."""
    with services.sessions.begin() as session:
        return create_token(session, services, name=name, roles=frozenset(roles) or ALL_ROLES, by=OPERATOR)


_at_work: set[int] = set()
"""Services whose workers run now."""


@contextlib.contextmanager
def dashboard_client(
    services: FleetServices, *, token: str | None = None, workers: bool = True
) -> Iterator[TestClient]:
    """A client of the dashboard application; signed in as a program when ``token`` is given.

    Without workers nothing happens but what the test does. With them, what they look for every few seconds
    of real time they find at whatever moment of its own clock a slow test has come to. Of several clients of
    the same services, as of several people, the first one has them: a fleet has its workers once.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    app = create_dashboard_app(services)
    first = workers and id(services) not in _at_work
    if first:
        _at_work.add(id(services))
    else:
        app.router.lifespan_context = _without_workers
    try:
        with TestClient(
            app,
            base_url="https://localhost:8443",
            headers=headers,
            raise_server_exceptions=False,
        ) as client:
            yield client
    finally:
        if first:
            _at_work.discard(id(services))


@contextlib.asynccontextmanager
async def _without_workers(_app: object) -> AsyncIterator[None]:
    yield


def camera_client(services: FleetServices, certificate_der: bytes | None) -> TestClient:
    """A client of the cameras application, with the certificate that TLS would have verified."""
    app = WithPeerCertificate(create_cameras_app(services), certificate_der)
    return TestClient(app, base_url="https://localhost:8444", raise_server_exceptions=False)


@dataclass
class WithPeerCertificate:
    """Does what ``fleet.connections.protocol`` does on a real connection."""

    app: ASGIApp
    certificate: bytes | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.certificate is not None:
            scope.setdefault("state", {})["peer_certificate"] = self.certificate
        await self.app(scope, receive, send)


# --- Cameras ---


@dataclass(frozen=True)
class EnrolledCamera:
    """What an enrolled camera keeps."""

    id: str
    certificate_file: Path
    key_file: Path

    @property
    def certificate_der(self) -> bytes:
        return x509.load_pem_x509_certificate(self.certificate_file.read_bytes()).public_bytes(Encoding.DER)


def camera_request() -> tuple[Ed25519PrivateKey, str]:
    """A new camera key and its signing request."""
    key = Ed25519PrivateKey.generate()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "unnamed")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, None)
    return key, request.public_bytes(Encoding.PEM).decode()


def enrol_camera(services: FleetServices, folder: Path) -> EnrolledCamera:
    """Enrol a camera without a network."""
    key, request = camera_request()
    with services.sessions.begin() as session:
        code, _ = create_code(session, services.cameras, by=OPERATOR)
        camera, issued = enrol(session, services.cameras, code=code, request_pem=request)
    return keep_camera(folder, camera.id, issued.pem, key)


def keep_camera(folder: Path, camera: str, certificate_pem: str, key: Ed25519PrivateKey) -> EnrolledCamera:
    """Write a camera's files."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate_file, key_file = folder / f"{camera}.pem", folder / f"{camera}.key"
    certificate_file.write_text(certificate_pem)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return EnrolledCamera(camera, certificate_file, key_file)


def problem(response: Any) -> tuple[int, str]:  # noqa: ANN401 - httpx's response, or the test client's
    """Status and code of a refusal."""
    return response.status_code, response.json()["code"]
