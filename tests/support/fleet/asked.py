"""An officer with an account and a camera that is heard, and what that camera says of what it is asked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.sending import OutgoingCommand, claim, waiting
from fleet.cameras.messages import Inbox
from fleet.core.actor import Role
from fleet.people.models import User
from fleet.people.passwords import hash_password
from fleet.server.compose import FleetServices
from protocol.footage.consent import NONE_BEFORE, ConsentEvent, sign_consent
from protocol.footage.format.model import ClockLabel
from protocol.footage.format.signing import ed25519_signer
from protocol.messages.commands import Command, CommandOutcome, Response
from protocol.messages.consent import SignedConsent
from protocol.messages.status import Status
from protocol.mode import Mode
from protocol.units import utc_us
from tests.support.fleet.filling_in import Browser
from tests.support.fleet.fleet import EnrolledCamera, TestClock, camera_client
from tests.support.pages.scene import Scene

PASSWORD = "four random words here"


def handed_out(scene: Scene, camera: EnrolledCamera) -> str:
    """The assignment of a camera, which officer 1 is given where nobody has it; there is an officer 2."""
    if not (found := scene.client.get(f"/api/v1/cameras/{camera.id}").json()["assignment"]):
        for name in ("Officer 1", "Officer 2"):
            scene.officer(name)
        answer = scene.client.post("/api/v1/assignments", json={"camera": camera.id, "officer": "officer-1"})
        assert answer.status_code == 201, answer.text
        found = answer.json()["id"]
    return str(found)


@dataclass
class WornDouble:
    """A camera that an officer wears, played by a test: it does nothing, and says what it is told to say."""

    services: FleetServices
    clock: TestClock
    camera: EnrolledCamera
    assignment: str
    number: int = 0
    previous: bytes = NONE_BEFORE
    inbox: Inbox = field(init=False)

    def __post_init__(self) -> None:
        self.inbox = Inbox(self.services.cameras)

    def publish(self, subject: str, payload: bytes, *, camera: str = "", retained: bool = False) -> None:
        """Have the fleet hear something from the broker."""
        self.inbox.take(
            f"lapel/v1/cameras/{camera or self.camera.id}/up/{subject}", payload, retained=retained
        )

    def status(
        self,
        mode: Mode = Mode.READY,
        *,
        run: str = "",
        closed_s: float | None = None,
        waited_s: float = 0,
        is_clock_set: bool = True,
    ) -> None:
        """Say what it does, and how long ago somebody had made it private or docked it.

        Args:
            mode: what it does.
            run: since which start.
            closed_s: how long ago, when it said it.
            waited_s: how long what it said has waited at the broker.
            is_clock_set: whether it knows when that was.
        """
        said = Status(
            camera=self.camera.id,
            session="s",
            state=mode,
            run=run,
            assignment=self.assignment,
            closed_s=closed_s,
            at_utc_us=utc_us(self.clock() - timedelta(seconds=waited_s)),
            clock_synchronised=is_clock_set,
        )
        self.publish("status", said.to_json())

    def given(self) -> list[OutgoingCommand]:
        """Take what the fleet sends now, as the process with the broker does."""
        return [
            each
            for name in waiting(self.services)
            if (each := claim(self.services.cameras, name)) is not None
        ]

    def take(self) -> Command:
        """Take the one command that waits."""
        [given] = self.given()
        assert given.topic == f"lapel/v1/cameras/{self.camera.id}/down/command"
        return Command.model_validate_json(given.payload)

    def answer(self, command: str, outcome: CommandOutcome, detail: str = "", **more: Any) -> None:  # noqa: ANN401 - fields
        """Answer a command."""
        said = Response(
            id=command,
            camera=self.camera.id,
            outcome=outcome,
            at_utc_us=utc_us(self.clock()),
            detail=detail,
            **more,
        )
        self.publish("response", said.model_dump_json().encode())

    def sign(self, command: Command, **changed: Any) -> Any:  # noqa: ANN401 - httpx's answer
        """Sign what it was asked, and hand it over."""
        self.number += 1
        signed = signed_by_command(
            self.camera,
            self.services.cameras.authority.der,
            command,
            number=self.number,
            previous=self.previous,
            assignment=self.assignment,
            at=self.clock(),
            **changed,
        )
        client = camera_client(self.services, self.camera.certificate_der)
        answer = client.post("/api/v1/camera/consent", json=SignedConsent.of(signed).model_dump())
        assert answer.status_code in {200, 201}, answer.text
        self.previous = bytes.fromhex(answer.json()["digest"])
        return answer.json()

    def command(self, name: str) -> CameraCommand:
        """The row of a command."""
        with self.services.readers() as session:
            return session.get_one(CameraCommand, name)


def signed_by_command(
    camera: EnrolledCamera,
    authority: bytes,
    command: Command,
    *,
    number: int,
    previous: bytes,
    assignment: str,
    at: datetime,
    **changed: Any,  # noqa: ANN401 - fields of the event
) -> bytes:
    """What a camera signs upon a command: the event's file."""
    assert command.consent is not None
    label = ClockLabel(utc_us(at), synchronised=True, error_us=1)
    said, way = changed.pop("said", command.consent.to_said()), f"command {command.id}"
    run = bytes(range(16))
    plain = ConsentEvent(camera.id, number, previous, run, 1, label, said, way, None, assignment)
    key = load_pem_private_key(camera.key_file.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    own = x509.load_pem_x509_certificates(camera.certificate_file.read_bytes())
    chain = (*(each.public_bytes(Encoding.DER) for each in own), authority)
    return sign_consent(replace(plain, **changed), ed25519_signer(key), chain)


def account(services: FleetServices, clock: TestClock, *, name: str, officer: str) -> None:
    """Have somebody who signs in be an officer."""
    with services.sessions.begin() as session:
        session.add(
            User(
                id=f"u-{officer}",
                name=name,
                password=hash_password(PASSWORD),
                roles=frozenset({Role.OFFICER}),
                created=clock(),
                officer_id=officer,
            )
        )


@dataclass
class Phone:
    """An officer's phone on the page of one visit."""

    browser: Browser
    clock: TestClock
    path: str
    marks: int = 0

    def say(self, kind: str, *, waited_s: float = 0, ahead_s: float = 0, **more: str) -> str:
        """Say something as the page's script does: some seconds ago, by a clock that is ahead by so much."""
        self.marks += 1
        sent = self.clock() + timedelta(seconds=ahead_s)
        fields = {
            "kind": kind,
            "mark": f"{id(self):x}m{self.marks}",
            "at": (sent - timedelta(seconds=waited_s)).isoformat(),
            "sent": sent.isoformat(),
            **more,
        }
        return self.browser.post(self.path, self.path, **fields)

    @property
    def words(self) -> str:
        """What its page says."""
        return " ".join(re.sub("<[^>]*>", " ", self.browser.get(self.path)).split())


def commands(client: Any, camera: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a client of the API
    """What programs are told of a camera's commands."""
    found = client.get(f"/api/v1/cameras/{camera}/commands")
    assert found.status_code == 200, found.text
    return list(json.loads(found.text))
