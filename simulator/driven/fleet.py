"""The fleet itself in this process, on the run's clock: services, both applications, broker client.

Here, in ``fleet_connection`` and in ``people`` alone the simulator knows the fleet's code
(docs/decisions/0029). What a camera gets is what the listeners give: an application for those who show a
certificate of the fleet's authority that has begun and not ended, a broker for those who are not revoked.

What it leaves out: sockets, TLS, mosquitto, pages that stay open.
"""

from __future__ import annotations

import contextlib
from email.utils import format_datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlalchemy import select

from fleet.cameras.broker_client import SILENCE_EVERY, BrokerClient
from fleet.cameras.identity import find_camera
from fleet.cameras.models import CameraRow
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.state import locked_state
from fleet.jobs.models import Job
from fleet.jobs.rules import JobState
from fleet.people.access import SAFE_METHODS
from fleet.people.tokens import create_token
from fleet.pki.authority import SERVICE_NAME
from fleet.retention.rules.periods import local_day
from fleet.retention.switch import switch
from fleet.server.app import create_cameras_app, create_dashboard_app
from fleet.server.compose import build_services
from fleet.server.renewal import ASK_EVERY_SECONDS, own_names
from simulator.driven.fleet_connection import FleetConnection, revocations
from simulator.driven.job_rounds import JobRounds
from simulator.driven.loop import DrivenLoop
from simulator.driven.people.signed_in import sign_in_person
from simulator.driven.rounds import SilenceRounds
from simulator.driven.wire.broker import MemoryBroker
from simulator.driven.wire.handshake import (
    NOT_AUTHORISED,
    UNKNOWN_AUTHORITY,
    RefusedHandshakeError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from simulator.driven.people.signed_in import SignedInPerson
    from simulator.driven.time import DrivenTime

HOST = "fleet.test"
TOKEN_NAME = "simulator"  # noqa: S105 - what the token is called


class DrivenFleet:
    """A fleet that is up for the length of a ``with`` block.

    Args:
        state: Its state folder.
        time: The one clock.
        random: Draws ids and secrets.
        cameras: How many cameras it admits at least.
        on_change: Is called after each thing that a camera told or asked it.
        on_deleted: Is called after what was deleted; None where deletion is off, as in a new fleet.
        settings: What its configuration has beside that, table by table.

    Attributes:
        broker: Its broker.
        url: What it calls its dashboard.
    """

    def __init__(
        self,
        state: Path,
        time: DrivenTime,
        random: Callable[[int], bytes],
        *,
        cameras: int,
        on_change: Callable[[], None],
        on_deleted: Callable[[], None] | None = None,
        settings: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        self._settings = settings
        self._state = state
        self._time = time
        self._random = random
        self._cameras = cameras
        self._on_change = on_change
        self._on_deleted = on_deleted
        self._jobs: JobRounds | None = None
        self._looked: date | None = None
        self._loop = DrivenLoop(time)
        self._undo = contextlib.ExitStack()
        self._later = False
        self._stepping = False
        self._rounds = SilenceRounds(self._loop.time, self._somebody_online, SILENCE_EVERY)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            undo.callback(self._loop.close)
            undo.enter_context(locked_state(self._state))
            config = FleetConfig.model_validate(
                {
                    **self._settings,
                    "server": {"names": [HOST]},
                    "cameras": {"limit": max(15, self._cameras)},
                }
            )
            self._services = build_services(
                config,
                self._state,
                clock=self._time.utc,
                random=self._random,
                seconds=self._time.seconds,
            )
            undo.callback(self._services.database.close)
            self.url = self._services.endpoints.dashboard_url
            self.broker = MemoryBroker(self._time.after, SERVICE_NAME)
            self._dashboard, self._cameras_app = (
                create_dashboard_app(self._services),
                create_cameras_app(self._services),
            )
            workers = contextlib.AsyncExitStack()
            self._loop.run(self._start(workers))
            undo.callback(lambda: self._loop.run(workers.aclose()))
            self._verify()
            if self._on_deleted is not None:
                self._begin_to_delete(self._on_deleted)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    @property
    def authority(self) -> str:
        """The certificate (PEM) of its authority."""
        return self._services.authority.pem

    def token(self) -> str:
        """Make a bearer token for the simulator."""
        roles = frozenset({Role.ADMINISTRATOR, Role.CCTV_MANAGER})
        with self._services.sessions.begin() as session:
            return create_token(session, self._services, name=TOKEN_NAME, roles=roles, by=OPERATOR)

    def sign_in(self, name: str, roles: Iterable[str], officer: str | None = None) -> SignedInPerson:
        """Sign a person in; see ``sign_in_person``."""
        return sign_in_person(self._services, name, roles, officer)

    def ask_dashboard(self, request: httpx.Request) -> httpx.Response:
        """Answer a request to the dashboard."""
        answer = self._answer(self._dashboard, request)
        if request.method not in SAFE_METHODS:
            self._services.linker.link_all()
            if self._jobs is not None:
                self._jobs.stir()
        return answer

    def ask_as_camera(self, request: httpx.Request, certificate: bytes) -> httpx.Response:
        """Answer a camera's request.

        Args:
            request: What it asks.
            certificate: What it shows (DER).

        Raises:
            RefusedHandshakeError: The listener ends the handshake.
        """
        self._judge(certificate)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await self._cameras_app({**scope, "state": {"peer_certificate": certificate}}, receive, send)

        answer = self._answer(app, request)
        answer.headers["Date"] = format_datetime(self._time.utc(), usegmt=True)  # as listeners do
        self._soon()
        return answer

    def broker_for(self, certificate: bytes) -> MemoryBroker:
        """Return the broker for a camera that it accepts.

        Raises:
            RefusedHandshakeError: It does not.
        """
        self._judge(certificate)
        try:
            find_camera(self._services, certificate)
        except ProblemError as error:
            raise RefusedHandshakeError(NOT_AUTHORISED) from error
        return self.broker

    def _judge(self, certificate: bytes) -> None:
        """Accept what TLS accepts: a certificate of this authority, whenever it ends."""
        shown = x509.load_der_x509_certificate(certificate)
        try:
            shown.verify_directly_issued_by(self._services.authority.issuing)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise RefusedHandshakeError(UNKNOWN_AUTHORITY) from error

    def _somebody_online(self) -> bool:
        with self._services.readers() as session:
            return session.scalar(select(CameraRow.id).where(CameraRow.online).limit(1)) is not None

    def _answer(self, app: ASGIApp, request: httpx.Request) -> httpx.Response:
        answer = self._loop.run(_exchange(app, request))
        self._time.after(0, self._loop.pump)
        return answer

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        services = self._services
        # Verifier, jobs, visits' linker and the alerts' watch are stepped here; of reviews there are none,
        # and no other process whose seals a vault could follow.
        left_out = (
            services.footage.verifier.running,
            services.alerts_watch.running,
            services.jobs.running,
            services.reviews.sorter.running,
            services.linker.running,
            services.vault_services.following.running,
        )
        for worker in (each for each in services.workers if each not in left_out):
            await stack.enter_async_context(worker())
        services.footage.verifier.begin()
        client = BrokerClient(
            services.cameras, lambda: FleetConnection(self.broker, self._soon), self._rounds.rest
        )
        await stack.enter_async_context(client.running())
        await stack.enter_async_context(revocations(services.live, self.broker))
        self._time.after(ASK_EVERY_SECONDS, self._renew)

    def _soon(self) -> None:
        """Have the loop and the verifier do what there is, once for each instant."""
        self._rounds.stir()
        if not self._later:
            self._later = True
            self._time.after(0, self._catch_up)

    def _catch_up(self) -> None:
        self._later = False
        self._loop.pump()
        if self._stepping:
            self._services.footage.verifier.step()
        else:
            self._verify()
        self._services.linker.link_all()
        self._loop.pump()
        self._on_change()

    def _verify(self) -> None:
        """Step the verifier, again and again while it has something to do; else until something arrives."""
        verifier = self._services.footage.verifier
        wait_s = verifier.step()
        self._stepping = not verifier.idle
        if self._stepping:
            self._time.after(wait_s, self._verify)

    def _begin_to_delete(self, on_deleted: Callable[[], None]) -> None:
        """Switch deletion on, and begin the rounds of its jobs."""
        services = self._services
        with services.sessions.begin() as session:
            switch(session, on=True, seen=0, by=OPERATOR)
        self._jobs = JobRounds(self._time, services.config.site.time_zone, lambda: self._round(on_deleted))
        self._jobs.stir()

    def _round(self, on_deleted: Callable[[], None]) -> bool:
        """Do a round of jobs, and look for alerts; say whether a job is left that is tried again soon."""
        services = self._services
        done = services.jobs.step()
        today = local_day(self._time.utc(), services.config.site.time_zone)
        if done or today != self._looked:
            # What becomes an alert by itself does with the day, and whoever asks has them looked for anew.
            self._looked = today
            services.alerts_watch.round()
        self._loop.pump()
        if done:
            on_deleted()
        left = select(Job.id).where(Job.state.in_((JobState.WAITING, JobState.RUNNING))).limit(1)
        with services.readers() as session:
            return session.scalar(left) is not None

    def _renew(self) -> None:
        self._services.authority.renew_own(own_names(self._services.config), self._time.utc())
        self._time.after(ASK_EVERY_SECONDS, self._renew)


async def _exchange(app: ASGIApp, request: httpx.Request) -> httpx.Response:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    answer = await transport.handle_async_request(request)
    content = await answer.aread()
    return httpx.Response(answer.status_code, headers=answer.headers, content=content, request=request)
