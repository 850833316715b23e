"""What was said at the door goes to the fleet in its order, whatever the network does."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from device.consent.log import ConsentLog, ToldInTime
from device.credentials import Credentials
from device.link.errors import LinkError
from device.link.fleet_http import FleetHttp
from device.link.messages.consent_events import ConsentSender
from device.storage.filesystem import PosixFilesystem
from protocol.footage.consent import ConsentSaid, SaidOfConsent, read_consent
from protocol.messages.consent import SignedConsent
from tests.support.media.recordings import label_at, make_identity

IDENTITY = make_identity()


@dataclass
class Fleet:
    """Takes what comes, unless it answers something else to a number first."""

    answers: dict[int, list[int]] = field(default_factory=dict)
    code: str = "internal_error"
    heard: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/v1/camera/consent"
        signed = SignedConsent.model_validate_json(request.content).to_bytes()
        found = read_consent(signed, IDENTITY.authority)
        number = found.event.number
        self.heard.append(number)
        if self.answers.get(number):
            problem = {"code": self.code, "detail": "As if."}
            content, status = json.dumps(problem).encode(), self.answers[number].pop(0)
            return httpx.Response(
                status, content=content, headers={"Content-Type": "application/problem+json"}
            )
        return httpx.Response(201, json={"number": number, "digest": found.digest.hex()})


@pytest.fixture
def log(tmp_path: Path) -> ConsentLog:
    credentials = Credentials(IDENTITY.camera, IDENTITY.certificates, (IDENTITY.recipient,), IDENTITY.signer)
    return ConsentLog(PosixFilesystem(), tmp_path, credentials, bytes(16))


def say(log: ConsentLog, times: int = 1) -> None:
    for _ in range(times):
        log.keep(ConsentSaid(SaidOfConsent.GIVEN), ToldInTime(1, label_at(1), "control", None, None))


def sender(log: ConsentLog | None, fleet: Fleet, asked: list[int]) -> ConsentSender:
    context = ssl.create_default_context()
    http = FleetHttp("https://fleet", context, at_once=1, transport=httpx.MockTransport(fleet))
    return ConsentSender(http, log, lambda: asked.append(1))


# proves L2
def test_what_waits_goes_in_order_once_the_fleet_answers(log: ConsentLog) -> None:
    fleet, asked = Fleet({2: [503]}), list[int]()
    sends = sender(log, fleet, asked)
    say(log, 3)
    assert asked == [1, 1, 1]
    with pytest.raises(LinkError):
        sends.send()
    assert log.waiting() == (2, 3)
    sends.send()
    assert fleet.heard == [1, 2, 2, 3]
    assert log.waiting() == ()
    sends.send()
    assert fleet.heard == [1, 2, 2, 3]


# proves C8
@pytest.mark.parametrize("status", [404, 429])
def test_a_fleet_that_does_not_take_it_now_gets_it_later(status: int, log: ConsentLog) -> None:
    fleet = Fleet({1: [status]}, "not_found")
    sends = sender(log, fleet, [])
    say(log, 2)
    with pytest.raises(LinkError):
        sends.send()
    assert log.waiting() == (1, 2)
    sends.send()
    assert fleet.heard == [1, 1, 2]


# proves C8
def test_one_that_does_not_verify_stays_and_the_others_go(log: ConsentLog) -> None:
    fleet = Fleet({1: [422]}, "not_valid")
    say(log, 2)
    sender(log, fleet, []).send()
    assert fleet.heard == [1, 2]
    assert log.waiting() == ()
    assert log.read(1)


def test_one_that_the_card_does_not_give_keeps_none_after_it_waiting(log: ConsentLog, tmp_path: Path) -> None:
    fleet = Fleet()
    say(log, 2)
    (tmp_path / "00000001.cbor").unlink()
    sender(log, fleet, []).send()
    assert fleet.heard == [2]


def test_a_camera_that_keeps_none_sends_none() -> None:
    fleet = Fleet()
    sender(None, fleet, []).send()
    assert fleet.heard == []
