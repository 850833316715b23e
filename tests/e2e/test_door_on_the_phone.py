"""What is said on a phone reaches the officer's camera, and the page says what became of it: in a browser."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Locator, Page, expect
from pydantic import SecretStr

from device.link.identity.enrol import enrol
from protocol.footage.consent import NONE_BEFORE
from protocol.messages.commands import Command, CommandOutcome, Response
from protocol.messages.consent import SignedConsent
from protocol.messages.topics import topic
from protocol.units import utc_us
from tests.e2e.test_visits import OFFICER, join, looked_at, say
from tests.support.camera.camera_process import Camera
from tests.support.fleet.asked import signed_by_command
from tests.support.fleet.desk import Desk, Speaker, picture
from tests.support.fleet.fleet import EnrolledCamera
from tests.support.network.browser import PHONE, visitor
from tests.support.network.mqtt import PATIENCE, until

pytestmark = [pytest.mark.browser, pytest.mark.broker]

BY_HAND = "Make it private by its own button."
PASSED = 5
ASKED = "Your camera was asked to do it and to sign it, and has not answered yet."


@pytest.fixture
def phone(desk: Desk) -> Iterator[Page]:
    """Somebody's phone, on which nobody is signed in yet."""
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        yield context.new_page()


@dataclass
class WornSpeaker:
    """A camera that does nothing, and says of each command what a test wants."""

    desk: Desk
    camera: EnrolledCamera
    speaker: Speaker
    assignment: str
    given: queue.Queue[Command] = field(default_factory=queue.Queue)

    def take(self) -> Command:
        return self.given.get(timeout=PATIENCE)

    def answer(
        self, command: Command, outcome: CommandOutcome, detail: str = "", event: int | None = None
    ) -> None:
        said = Response(
            id=command.id,
            camera=self.camera.id,
            outcome=outcome,
            at_utc_us=utc_us(datetime.now(UTC)),
            detail=detail,
            consent=event,
        )
        where = topic(self.camera.id, "up", "response")
        self.speaker.client.publish(where, said.model_dump_json(), qos=1).wait_for_publish(PATIENCE)

    def sign(self, command: Command) -> None:
        pem = x509.load_pem_x509_certificate(self.desk.fleet.authority.read_bytes())
        signed = signed_by_command(
            self.camera,
            pem.public_bytes(Encoding.DER),
            command,
            number=1,
            previous=NONE_BEFORE,
            assignment=self.assignment,
            at=datetime.now(UTC),
        )
        with self.desk.fleet.camera_api(self.camera) as client:
            sent = client.post("/api/v1/camera/consent", json=SignedConsent.of(signed).model_dump())
            sent.raise_for_status()


@contextmanager
def worn(desk: Desk, officer: str) -> Iterator[WornSpeaker]:
    """Have an officer wear a camera that is heard."""
    camera = desk.camera()
    with desk.speaking(camera) as speaker:
        found = WornSpeaker(desk, camera, speaker, desk.hand_out(camera.id, officer))
        speaker.client.on_message = lambda _c, _d, message: found.given.put(
            Command.model_validate_json(message.payload)
        )
        speaker.client.subscribe(topic(camera.id, "down", "command"), qos=1)
        speaker.say(assignment=found.assignment)
        until(lambda: told(desk, camera.id)["online"])
        try:
            yield found
        finally:
            with desk.fleet.api() as api:
                api.post(f"/api/v1/assignments/{found.assignment}/end")


def told(desk: Desk, camera: str) -> dict[str, Any]:
    with desk.fleet.api() as api:
        found: dict[str, Any] = api.get(f"/api/v1/cameras/{camera}").raise_for_status().json()
        return found


def officer_of(desk: Desk) -> str:
    with desk.fleet.api() as api:
        listed = api.get("/api/v1/officers").json()
        return next(str(each["id"]) for each in listed if each["name"] == OFFICER)


def visit_of(desk: Desk, officer: str) -> str:
    """Plan a visit that begins now, and return its id."""
    with desk.fleet.api() as api:
        body = {"tenancy": "T-4711", "place": "Flat 4", "purpose": "Gas check", "minutes": 60}
        planned = {**body, "officer": officer, "planned": datetime.now(UTC).isoformat()}
        made: str = api.post("/api/v1/visits", json=planned).raise_for_status().json()["id"]
        return made


def let_pass(phone: Page, shown: Locator, gone: Locator) -> None:
    """Let a minute and a half pass until something is shown in place of another.

    What was under way as the network went comes behind the first of them on a busy machine, puts the older
    words back, and the page reckons from when that came.
    """
    for _ in range(PASSED):
        phone.clock.fast_forward(90_000)
        with contextlib.suppress(AssertionError):
            expect(shown).to_be_visible(timeout=5_000)
            expect(gone).to_be_hidden(timeout=1_000)
            return
    expect(shown).to_be_visible()
    expect(gone).to_be_hidden()


def say_and_load(phone: Page, words: str) -> None:
    """Say something, and wait until the page has loaded anew as that is kept: it reckons from then on."""
    with phone.expect_event("load"):
        say(phone, words)


# proves L4 and F8
def test_the_phone_says_what_became_of_what_its_camera_was_asked(desk: Desk, phone: Page) -> None:
    join(desk, phone)
    officer = officer_of(desk)
    visit = visit_of(desk, officer)
    phone.clock.install()
    with worn(desk, officer) as camera:
        phone.goto(f"/mine/visits/{visit}")
        looked_at(phone, "door-before")
        last = phone.locator("#record-title ~ ul > li").last
        say(phone, "Refused to be recorded")
        expect(last).to_contain_text(ASKED)
        looked_at(phone, "door-asked")
        given = camera.take()
        camera.answer(given, CommandOutcome.DONE, "Camera and microphone are closed.", event=1)
        expect(last).to_contain_text("Your camera says that it did it.")
        expect(last).to_contain_text("What it signed, its event 1, has not arrived yet, or is")
        camera.sign(given)
        expect(last).to_contain_text("It has signed it, as its event 1.")
        expect(last).to_contain_text(f"signed by {camera.camera.id}")
        looked_at(phone, "door-signed")
        say(phone, "No longer agrees")
        expect(last).to_contain_text(ASKED)
        camera.answer(camera.take(), CommandOutcome.REFUSED, "It is docked.")
        expect(last).to_contain_text(f"Your camera did not do it. It says: It is docked. {BY_HAND}")
        say(phone, "Agreed to be recorded")
        expect(last).to_contain_text(ASKED)
        camera.answer(camera.take(), CommandOutcome.FAILED, "It was cut off.")
        expect(last).to_contain_text("Your camera failed at it, and may have done part of it.")
        looked_at(phone, "door-failed")

        # Nothing comes: the page says so by itself, once the minute is over.
        say_and_load(phone, "Refused to be recorded")
        expect(last).to_contain_text(ASKED)
        camera.take()
        phone.context.set_offline(True)
        unknown = "Your camera has not answered; whether it is private is not known."
        let_pass(phone, last.get_by_text(unknown), last.get_by_text(ASKED))
        looked_at(phone, "door-unanswered")

        # What waited on the phone is kept, and changes nothing on the camera.
        say(phone, "Agreed to be recorded")
        expect(phone.locator("[data-door-waiting]")).to_contain_text("1 entry waits")
        phone.clock.fast_forward(90_000)  # a page that a busy machine lets wait is seconds behind
        phone.context.set_offline(False)
        expect(last).to_contain_text("Your camera was not asked: more than a minute had passed")
        assert camera.given.empty()

        page = desk.open(f"/cameras/{camera.camera.id}")
        expect(page.get_by_role("heading", name="What it was asked")).to_be_visible()
        expect(page.get_by_text("It did not do it. It says: It is docked.")).to_be_visible()
        looked_at(page, "camera-asked")
        page.goto(f"/visits/{visit}")
        expect(page.get_by_text(f"Camera {camera.camera.id} says that it did it.")).to_be_visible()
        looked_at(page, "visit-asked")


# proves L4 and C11
def test_a_real_camera_does_and_signs_what_is_said_on_the_phone(
    desk: Desk, phone: Page, tmp_path: Path
) -> None:
    phone.goto("/sign-in")
    phone.get_by_label("Name").fill("Visiting officer")
    phone.get_by_label("Password", exact=True).fill("four random words here")
    phone.get_by_role("button", name="Sign in", exact=True).click()
    officer = officer_of(desk)
    visit = visit_of(desk, officer)
    camera = Camera(tmp_path / "camera")
    camera.write_config()
    with desk.fleet.api() as api:
        code = api.post("/api/v1/enrolment-codes", json={}).raise_for_status().json()["code"]
    identity = enrol(desk.fleet.dashboard_url, SecretStr(code), camera.state)
    desk.hand_out(identity.camera, officer)
    with camera.running():
        until(lambda: told(desk, identity.camera)["online"])
        camera.until(lambda status: status["state"] == "ready" and status["assignment"] is not None)
        phone.goto(f"/mine/visits/{visit}")
        say(phone, "Refused to be recorded")
        last = phone.locator("#record-title ~ ul > li").last
        expect(last).to_contain_text("It has signed it, as its event 1.")
        expect(last).to_contain_text("Your camera says that it did it.")
        expect(last).to_contain_text(f"signed by {identity.camera}")
        camera.until(lambda status: status["state"] == "private")
        picture(phone, "door-real")
        say(phone, "Recorded without consent, for safety")
        expect(last).to_contain_text("It has signed it, as its event 2.")
        camera.until(lambda status: status["state"] == "recording")
        with desk.fleet.api() as api:
            said = api.get(f"/api/v1/visits/{visit}/consent").json()
        assert [(each["kind"], each["way"], each["signed_by"]) for each in said] == [
            ("refused", "page", identity.camera),
            ("overridden", "page", identity.camera),
        ]
        asked = desk.open(f"/cameras/{identity.camera}")
        expect(asked.get_by_text("It says that it did it.")).to_have_count(2)
