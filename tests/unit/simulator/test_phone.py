"""What is said on an officer's phone is what the fleet then says of it: kept, asked, answered or not."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from protocol.footage.consent import ConsentSaid, SaidOfConsent
from simulator.driven.people.phone import OfficersPhones
from simulator.driven.people.signed_in import SignedInPerson
from simulator.errors import FleetRefusalError, RefusalError
from simulator.oracle.door.entries import NO_ANSWER
from simulator.oracle.history import OperationKind
from simulator.scenario.recorder import HistoryRecorder

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.driven.time import DrivenTime
    from simulator.fleet.api import FleetApi

REFUSED = ConsentSaid(SaidOfConsent.REFUSED)
CAMERA = cast(
    "VirtualCamera",
    SimpleNamespace(name="cam-01", place=SimpleNamespace(camera="c-1"), powered=False),
)


class ScriptedFleet:
    """Answers as a fleet does that keeps every word, and what became of the command."""

    def __init__(self, **command: object) -> None:
        done: dict[str, object] = {"id": "k", "outcome": "done", "sentence": "", "event": None}
        self.command = done | command
        self.entry: dict[str, Any] = {"id": "e", "number": 2, "command_id": "k", "not_asked": ""}
        self.worn = [{"camera": "c-1", "officer": "o"}]
        self.status = 200
        self.sent: list[dict[str, str]] = []

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        if path == "/assignments":
            return self.worn
        if path == "/visits":
            assert method == "POST"
            assert body is not None
            assert body["officer"] == "o"
            return {"id": "v"}
        return [{"id": "d", "number": 1}, self.entry] if path == "/visits/v/consent" else [self.command]

    def take(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/mine/visits/v"
        assert request.headers["x-csrf-token"] == "t"
        self.sent.append(dict(httpx.QueryParams(request.content.decode())))
        return httpx.Response(self.status, text="no", request=request)

    def phones(self) -> OfficersPhones:
        time = cast("DrivenTime", SimpleNamespace(utc=lambda: datetime(2026, 1, 5, 6, tzinfo=UTC)))
        signed = SignedInPerson("cookie", "t")
        api = cast("FleetApi", self)
        return OfficersPhones("https://fleet.test", self.take, lambda *_: signed, api, time)


def said(fleet: ScriptedFleet, word: ConsentSaid = REFUSED) -> dict[str, Any]:
    return fleet.phones().say(CAMERA, word, lambda holds, _: holds())


def test_what_the_camera_did_is_its_answer() -> None:
    answer = said(ScriptedFleet(sentence="Kept as consent event 4.", event=4))
    assert (answer["ok"], answer["consent"], answer["entry"]) == (True, 4, "v/e")
    assert answer["sentence"] == "Kept as consent event 4."


@pytest.mark.parametrize(
    ("outcome", "sentence", "says"),
    [
        ("refused", "docked: lift it out first", "docked: lift it out first"),
        ("expired", "", 'The fleet says "expired" of what its camera was asked.'),
        ("unanswered", "", NO_ANSWER),
        ("sent", "", NO_ANSWER),
    ],
)
def test_what_did_not_come_about_is_no_yes(outcome: str, sentence: str, says: str) -> None:
    answer = said(ScriptedFleet(outcome=outcome, sentence=sentence))
    assert (answer["ok"], answer["error"], answer["entry"]) == (False, says, "v/e")


def test_where_no_camera_was_asked_the_entry_says_why() -> None:
    fleet = ScriptedFleet()
    fleet.entry |= {"command_id": None, "not_asked": "unheard"}
    assert said(fleet) == {"entry": "v/e", "ok": False, "error": "No camera was asked: unheard."}


def test_what_cannot_be_said_is_refused() -> None:
    fleet = ScriptedFleet()
    fleet.status = 409
    with pytest.raises(FleetRefusalError, match="did not take what was said on a phone: no"):
        said(fleet)
    fleet.worn = []
    with pytest.raises(RefusalError, match="nobody has cam-01, and so nobody's phone asks it"):
        said(fleet)


def test_a_phone_says_when_and_why() -> None:
    fleet = ScriptedFleet()
    said(fleet, ConsentSaid(SaidOfConsent.NOT_ASKED, "danger"))
    [form] = fleet.sent
    assert form["at"] == form["sent"] == "2026-01-05T06:00:00+00:00"
    assert (form["kind"], form["why"], form["reason"]) == (
        "not asked", "danger", "Said on a phone of the simulator",
    )  # fmt: skip


def test_what_nobody_answered_leaves_open_whether_the_camera_is_private() -> None:
    recorder, heard = HistoryRecorder(), dict[str, Any]()
    fleet = ScriptedFleet(outcome="unanswered")
    answer, followed = recorder.said_at_door(CAMERA, REFUSED, heard, lambda: said(fleet))

    word, private = recorder.history.operations
    assert (answer.entry, followed) == ("v/e", frozenset())
    assert (word.kind, word.answer) == (OperationKind.CONSENT, answer)
    assert (private.kind, private.answer, private.error) == (OperationKind.PRIVATE_ON, None, NO_ANSWER)
    assert recorder.history.visits == ("v",)
