"""What an officer says on their phone is done and signed by their camera, or it is said that it was not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from starlette.testclient import TestClient

from device.door.door import check_wording
from fleet.assignments.models import Assignment
from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.broker_client import BrokerClient, Client
from fleet.cameras.commanding.issuing import forget_commands, past_commands
from fleet.cameras.commanding.models import CameraCommand
from fleet.cameras.commanding.sending import claim, settle, waiting
from fleet.cameras.hearing.mailbox import MOST_NEWS
from fleet.cameras.models import CameraRow
from fleet.core.actor import Role
from fleet.people.models import User
from fleet.references.forgetting import VisitForgetting, forget_visit
from fleet.server.compose import FleetServices
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit
from fleet.web.alerting.visits import NOT_CLOSED
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.messages.commands import CommandOutcome, Response
from protocol.mode import Mode
from tests.support.fleet.alerting import alerts_of, forget_alerts
from tests.support.fleet.asked import PASSWORD, Phone, WornDouble, account, commands, handed_out
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import (
    EnrolledCamera,
    TestClock,
    dashboard_client,
    enrol_camera,
    problem,
    token_for,
)
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
DONE, REFUSED, FAILED = CommandOutcome.DONE, CommandOutcome.REFUSED, CommandOutcome.FAILED
BY_HAND = "Make it private by its own button."
NOT_KNOWN = "Your camera has not answered; whether it is private is not known."


clock = clock_of_module()
services = services_of_module()
desk = client_of_module(Role.SAFETY_TEAM, name="desk", workers=False)


@pytest.fixture(scope="module")
def open_browser(services: FleetServices) -> Iterator[Callable[[], Browser]]:
    with browsers(services, workers=False) as another:
        yield another


@pytest.fixture(scope="module")
def enrolled(services: FleetServices, tmp_path_factory: pytest.TempPathFactory) -> list[EnrolledCamera]:
    return [enrol_camera(services, tmp_path_factory.mktemp("camera")) for _ in range(2)]


@pytest.fixture
def worn(
    services: FleetServices, clock: TestClock, desk: TestClient, enrolled: list[EnrolledCamera]
) -> WornDouble:
    """The camera of officer 1, which is heard."""
    with services.sessions.begin() as session:
        for table in (CameraConsent, ConsentEntry, CameraCommand, TenancyVisit, User):
            session.execute(delete(table))
    forget_alerts(services)
    camera = enrolled[0]
    found = handed_out(Scene(services, clock, desk), camera)
    double = WornDouble(services, clock, camera, found)
    double.status()
    return double


def planned(desk: TestClient, clock: TestClock, officer: str = "officer-1") -> str:
    body = {"tenancy": "T-1", "place": "Flat 4", "purpose": "Gas check", "minutes": 60, "officer": officer}
    answer = desk.post("/api/v1/visits", json={**body, "planned": clock().isoformat()})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def phone(worn: WornDouble, desk: TestClient, open_browser: Callable[[], Browser]) -> Phone:
    account(worn.services, worn.clock, name="Ada Officer", officer="officer-1")
    browser = open_browser()
    browser.sign_in("Ada Officer", PASSWORD)
    return Phone(browser, worn.clock, f"/mine/visits/{planned(desk, worn.clock)}")


def entries(desk: TestClient, phone: Phone) -> list[dict[str, Any]]:
    return list(desk.get(f"/api/v1/visits/{phone.path.rpartition('/')[2]}/consent").json())


# proves L4 and F8
def test_the_camera_is_asked_and_what_it_did_and_signed_is_said_as_it_comes(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    assert "kept" in phone.say("refused", wording="en 1")
    assert "It has not been sent to your camera yet." in phone.words
    given = worn.take()
    assert "Your camera was asked to do it and to sign it, and has not answered yet." in phone.words
    assert given.consent is not None
    assert (given.consent.said, given.consent.wording) == (SaidOfConsent.REFUSED, "en 1")
    assert (given.by, given.expires_utc_us - given.issued_utc_us) == ("u-officer-1", 60_000_000)
    assert "Ada" not in given.model_dump_json()
    assert worn.given() == [], "it is sent once"
    worn.answer(given.id, DONE, "Camera and microphone are closed.", consent=1)
    page = phone.words
    assert "Your camera says that it did it. It says: Camera and microphone are closed." in page
    assert "What it signed, its event 1, has not arrived yet, or is an entry of its own." in page
    worn.sign(given)
    page = phone.words
    assert "It has signed it, as its event 1." in page
    assert "has not arrived" not in page
    assert page.count("Refused to be recorded") == 2, "once to be chosen, and once as it was said"
    assert f"by Ada Officer, on their own page; signed by {worn.camera.id} " in page
    [entry] = entries(desk, phone)
    assert (entry["way"], entry["signed_by"], entry["command_id"]) == ("page", worn.camera.id, given.id)
    [told] = commands(desk, worn.camera.id)
    assert (told["outcome"], told["said"], told["by_name"], told["event"]) == (
        "done",
        "refused",
        "Ada Officer",
        1,
    )
    with worn.services.readers() as session:
        assert verify_log(session) is None
        about = select(AuditEntry.action).where(AuditEntry.action.startswith("cameras:command:"))
        assert set(session.scalars(about)) >= {"cameras:command:issue", "cameras:command:answer"}


# proves L4 and F8
@pytest.mark.parametrize("first", ["signed", "answered", "signed days later", "signed alone"])
def test_what_was_signed_joins_what_was_said_whichever_comes_first(
    first: str, worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("withdrawn")
    given = worn.take()
    if first == "signed":
        worn.sign(given)
        worn.answer(given.id, DONE, consent=1)
    else:
        if first != "signed alone":
            worn.answer(given.id, DONE, consent=1)
        worn.clock.move(days=2 if first == "signed days later" else 0, seconds=1)
        worn.sign(given)
        phone.browser.sign_in("Ada Officer", PASSWORD)  # a session does not last for days
    assert worn.sign(given)["number"] == 2  # a second time: that has no other half
    assert [each["signed_by"] for each in entries(desk, phone)][:1] == [worn.camera.id]
    page = phone.words
    assert "It has signed it, as its event 1." in page
    assert "Your camera says that it did it." in page or first == "signed alone"
    if first == "signed alone":
        worn.clock.move(seconds=61)
        assert f"{NOT_KNOWN} It has signed it, as its event 1. {BY_HAND}" in phone.words


# proves F8
def test_what_it_signs_of_another_word_is_an_entry_of_its_own(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused")
    given = worn.take()
    worn.sign(given, said=ConsentSaid(SaidOfConsent.GIVEN))
    assert [(each["kind"], each["way"], each["signed_by"]) for each in entries(desk, phone)] == [
        ("refused", "page", None),
        ("given", "camera", None),
    ]
    assert "It has signed it" not in phone.words


# proves L4 and F8
@pytest.mark.parametrize(
    ("outcome", "detail", "told"),
    [
        (REFUSED, "It is docked.", f"Your camera did not do it. It says: It is docked. {BY_HAND}"),
        (CommandOutcome.EXPIRED, "", f"Your camera did not do it: it came too late. {BY_HAND}"),
        (
            FAILED,
            "It was cut off.",
            "Your camera failed at it, and may have done part of it. It says: It was cut off.",
        ),
        (
            CommandOutcome.REPEATED,
            "",
            "Your camera was asked to do it and to sign it, and has not answered yet.",
        ),
    ],
)
def test_what_the_camera_did_not_do_is_said(
    outcome: CommandOutcome, detail: str, told: str, worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused")
    given = worn.take()
    worn.answer(given.id, outcome, detail)
    assert told in phone.words
    worn.answer(given.id, outcome, "something else")
    assert told in phone.words
    shown = desk.get(f"/cameras/{worn.camera.id}", headers={"Accept": "text/html"}).text
    assert "Refused to be recorded" in shown
    assert "Ada Officer" in shown


# proves L4 and F8
def test_a_camera_that_does_not_answer_leaves_it_unknown_until_it_does(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused")
    given = worn.take()
    worn.clock.move(seconds=60)
    assert f"{NOT_KNOWN} {BY_HAND}" in phone.words  # although nobody has noted it yet
    assert [each["outcome"] for each in commands(desk, worn.camera.id)] == ["unanswered"]
    settle(worn.services)
    settle(worn.services)
    row = worn.command(given.id)
    assert (row.state, row.ended) == ("unanswered", worn.clock())
    with worn.services.readers() as session:
        ends = select(AuditEntry).where(AuditEntry.action == "cameras:command:end")
        assert [
            each.detail["outcome"] for each in session.scalars(ends) if each.detail["command"] == given.id
        ] == ["unanswered"]
    worn.clock.move(hours=5)
    worn.answer(given.id, DONE)
    phone.browser.sign_in("Ada Officer", PASSWORD)
    assert "Your camera says that it did it." in phone.words
    assert worn.command(given.id).state == "done"


# proves L4
def test_what_could_not_be_sent_in_its_time_is_never_sent(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused")
    worn.clock.move(seconds=59.5)
    assert worn.given() == [], "less than a second is left of it"
    assert "It has not been sent to your camera yet." in phone.words
    worn.clock.move(seconds=1)
    assert "It could not be sent to your camera in time, so it was not done there." in phone.words
    [name] = waiting(worn.services)
    settle(worn.services)
    assert worn.command(name).state == "expired"
    assert waiting(worn.services) == []
    worn.answer(name, DONE)
    assert worn.inbox.refused[worn.camera.id] == 1
    assert worn.command(name).state == "expired"


@contextmanager
def worn_by_another(worn: WornDouble) -> Iterator[None]:
    """Have the camera be handed on to somebody else for a while."""
    with worn.services.sessions.begin() as session:
        session.get_one(Assignment, worn.assignment).ended = worn.clock()
        who = {"id": "next", "camera_id": worn.camera.id, "officer_id": "officer-2"}
        session.add(Assignment(**who, started=worn.clock(), started_by="desk"))
    try:
        yield
    finally:
        with worn.services.sessions.begin() as session:
            session.delete(session.get_one(Assignment, "next"))
            session.flush()
            session.get_one(Assignment, worn.assignment).ended = None


# proves L4 and F8
def test_what_was_asked_of_one_is_not_sent_to_a_camera_that_somebody_else_has(
    worn: WornDouble, phone: Phone
) -> None:
    phone.say("refused")
    [name] = waiting(worn.services)
    worn.clock.move(seconds=5)
    with worn_by_another(worn):
        assert worn.given() == []
        assert (worn.command(name).state, worn.command(name).sent) == ("expired", None)
        told = "It was not sent to your camera: by the hand-out list its wearer had changed by then."
        assert told in phone.words
    assert worn.given() == [], "nor once they have it back"


# proves F8
def test_what_was_signed_while_somebody_else_had_the_camera_is_an_entry_of_its_own(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused")
    given = worn.take()
    with worn_by_another(worn):
        worn.assignment, own = "next", worn.assignment
        worn.sign(given)
        worn.assignment = own
    assert [(each["way"], each["signed_by"]) for each in entries(desk, phone)] == [("page", None)]
    assert "It has signed it" not in phone.words


# proves L4
def test_a_clock_that_is_put_back_keeps_no_command_alive(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused")
    given = worn.take()
    phone.say("given")
    worn.clock.move(hours=-2)
    try:
        assert worn.given() == []
        settle(worn.services)
        assert worn.command(given.id).state == "unanswered"
        assert waiting(worn.services) == []
    finally:
        worn.clock.move(hours=2)


# proves L4
def test_the_same_entry_sent_again_asks_once(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused", mark="abc")
    phone.say("refused", mark="abc")
    assert len(worn.given()) == 1
    phone.say("refused", mark="abc")
    assert worn.given() == []


# proves L4 and F8
@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"waited_s": 61},
            f"more than a minute had passed, or a clock, the phone's or the service's, is wrong. {BY_HAND}",
        ),
        ({"waited_s": 3600}, "Your camera was not asked: more than a minute had passed"),
        ({"waited_s": 61, "ahead_s": 61}, "Your camera was not asked: more than a minute had passed"),
        ({"ahead_s": -61}, "or a clock, the phone's or the service's, is wrong."),
        ({"sent": ""}, "Your camera was not asked: more than a minute had passed"),
    ],
)
def test_what_is_late_changes_nothing_on_the_camera_and_is_kept(
    more: dict[str, Any], told: str, worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused", **more)
    assert worn.given() == []
    assert told in phone.words
    assert [each["kind"] for each in entries(desk, phone)] == ["refused"]


# proves L4 and F8
def test_a_camera_that_is_not_heard_or_is_two_is_not_asked(worn: WornDouble, phone: Phone) -> None:
    worn.clock.move(minutes=5)
    phone.say("refused")
    assert f"Your camera was not asked: the service did not hear it. {BY_HAND}" in phone.words
    worn.status()
    with worn.services.sessions.begin() as session:
        session.get_one(CameraRow, worn.camera.id).doubled_last = worn.clock()
    try:
        phone.say("given")
        assert "Your camera was not asked: two devices use its identity." in phone.words
    finally:
        with worn.services.sessions.begin() as session:
            session.get_one(CameraRow, worn.camera.id).doubled_last = None
    assert worn.given() == []


# proves F8
def test_why_nobody_was_asked_is_signed_where_it_is_one_of_the_cameras_reasons(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("not asked", reason="The bell was broken")
    assert "Your camera was not asked: it signs none but the four reasons to choose from." in phone.words
    phone.say("not asked", why="danger", reason="A dog")
    given = worn.take()
    assert given.consent is not None
    assert given.consent.why == "danger"
    worn.sign(given)
    assert [each["reason"] for each in entries(desk, phone)] == [
        "The bell was broken",
        "It was dangerous to ask. A dog",
    ]
    assert [each["signed_by"] for each in entries(desk, phone)] == [None, worn.camera.id]
    assert "Say why nobody was asked" in Browser.post(
        phone.browser, phone.path, phone.path, kind="not asked", why="x"
    )


# proves L4
@pytest.mark.parametrize(
    ("wording", "signed"), [("en 2", "en 2"), ("cy 14", "cy 14"), ("en 0", ""), ("", ""), ("EN 2", "")]
)
def test_a_camera_is_asked_to_sign_a_text_that_it_does_not_refuse(
    wording: str, signed: str, worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    """It takes a version of the landlord's own alone, and the first one that comes with the fleet is 0."""
    phone.say("refused", wording=wording)
    given = worn.take()
    assert given.consent is not None
    assert given.consent.wording == signed
    check_wording(signed)
    worn.sign(given)
    assert [(each["wording"], each["signed_by"]) for each in entries(desk, phone)] == [
        (wording, worn.camera.id)
    ]


# proves L1 and F5
def test_an_officer_asks_the_camera_that_they_have_now_and_nobody_elses(
    worn: WornDouble, phone: Phone, desk: TestClient, open_browser: Callable[[], Browser]
) -> None:
    account(worn.services, worn.clock, name="Bea Officer", officer="officer-2")
    other = open_browser()
    other.sign_in("Bea Officer", PASSWORD)
    theirs = Phone(other, worn.clock, phone.path)
    theirs.say("refused")  # of a visit that is not theirs
    assert entries(desk, phone) == []
    theirs.path = f"/mine/visits/{planned(desk, worn.clock, 'officer-2')}"
    theirs.say("refused")  # they have no camera
    advice = "If you have one, make it private by its own button."
    assert f"No camera was asked: by the hand-out list you had none. {advice}" in theirs.words
    shown = desk.get(theirs.path.replace("/mine", ""), headers={"Accept": "text/html"}).text
    assert "No camera was asked: by the hand-out list the officer had none." in shown
    assert worn.given() == []


# proves F5 and L4
def test_no_program_and_no_other_role_asks_a_camera(worn: WornDouble, phone: Phone, desk: TestClient) -> None:
    here = f"/api/v1/visits/{phone.path.rpartition('/')[2]}/consent"
    refused = desk.post(here, json={"kind": "refused", "ask_camera": True})
    assert problem(refused) == (403, "not_their_visit")
    says = "The officer of a visit alone asks their camera for something, signed in as themselves."
    assert refused.json()["detail"] == says
    assert entries(desk, phone) == []
    assert desk.post(here, json={"kind": "refused"}).status_code == 201
    assert worn.given() == []
    assert [(each["way"], each["not_asked"]) for each in entries(desk, phone)] == [("program", "")]


# proves F5 and L4
def test_whoever_plans_visits_and_is_the_officer_asks_by_the_api_too(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    with worn.services.sessions.begin() as session:
        session.get_one(User, "u-officer-1").roles = frozenset({Role.OFFICER, Role.SAFETY_TEAM})
    csrf = phone.browser.get(phone.path).partition('name="csrf_token" value="')[2].partition('"')[0]
    client = phone.browser.client
    here = f"/api/v1/visits/{phone.path.rpartition('/')[2]}/consent"
    headers = {"X-CSRF-Token": csrf, "Accept": "application/json"}
    made = client.post(here, json={"kind": "given", "ask_camera": True}, headers=headers)
    assert made.status_code == 201, made.text
    assert made.json()["command_id"] == worn.take().id
    at = (worn.clock() - timedelta(minutes=3)).isoformat()
    late = client.post(here, json={"kind": "given", "ask_camera": True, "at": at}, headers=headers)
    assert (late.json()["command_id"], late.json()["not_asked"]) == (None, "late")


# proves L1 and F9
def test_an_answer_counts_from_the_camera_that_was_asked_alone(
    worn: WornDouble, phone: Phone, enrolled: list[EnrolledCamera]
) -> None:
    phone.say("refused")
    given, other = worn.take(), enrolled[1].id
    said = Response(id=given.id, camera=other, outcome=DONE, at_utc_us=1).model_dump_json().encode()
    worn.publish("response", said, camera=other)
    assert worn.inbox.refused[other] == 1
    worn.publish("response", said)  # by its own topic, in another one's name
    assert worn.inbox.refused[worn.camera.id] == 1
    mine = said.replace(other.encode(), worn.camera.id.encode())
    worn.publish("response", mine, retained=True)
    assert worn.command(given.id).state == "sent"
    worn.publish("response", mine)
    assert worn.command(given.id).state == "done"


# proves F9
def test_invented_answers_are_counted_and_leave_nothing(
    worn: WornDouble, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.say("refused")
    given = worn.take()
    with worn.services.readers() as session:
        before = len(session.scalars(select(AuditEntry.number)).all())
    client = BrokerClient(worn.services.cameras, nobody)
    for number in range(10_000):
        said = Response(id=f"no-{number}", camera=worn.camera.id, outcome=DONE, at_utc_us=1)
        letter = client.inbox.open(
            f"lapel/v1/cameras/{worn.camera.id}/up/response", said.model_dump_json().encode(), retained=False
        )
        assert letter is not None
        client._mail.put(letter, 0.0)
    assert len(client._mail) == MOST_NEWS
    assert len(client._mail.left_out()) == 10_000 - MOST_NEWS
    writes: list[str] = []
    event.listen(worn.services.database.engine, "before_cursor_execute", lambda *a: writes.append(a[2]))
    client.inbox.take_all(client._mail.take(0.0, 400))
    assert client.inbox.refused[worn.camera.id] == MOST_NEWS
    assert [each for each in writes if each.startswith(("INSERT", "UPDATE"))] == []
    assert worn.command(given.id).state == "sent"
    with worn.services.readers() as session:
        assert len(session.scalars(select(AuditEntry.number)).all()) == before


def nobody() -> AbstractAsyncContextManager[Client]:
    raise AssertionError("nothing connects here")


# proves L4
def test_it_is_sent_for_what_is_left_of_its_time_and_once_by_whoever_has_the_broker(
    worn: WornDouble, phone: Phone
) -> None:
    phone.say("refused")
    worn.clock.move(seconds=20.4)
    published: list[tuple[str, int]] = []

    class Writes:
        async def publish(self, topic: str, /, *_: Any, **how: Any) -> None:  # noqa: ANN401 - as aiomqtt says
            if "/down/command" in topic:
                assert (how["qos"], how["retain"]) == (1, False)
                published.append((topic, how["properties"].MessageExpiryInterval))

    for _ in range(2):  # two processes, or one that started again
        client = BrokerClient(worn.services.cameras, nobody)
        asyncio.run(client._tell_all(Writes()))  # type: ignore[arg-type]  # it publishes alone
    assert published == [(f"lapel/v1/cameras/{worn.camera.id}/down/command", 39)]


# proves L4 and F7
def test_a_process_that_dies_as_it_sends_leaves_it_unknown_and_sends_nothing_again(
    worn: WornDouble, phone: Phone
) -> None:
    phone.say("refused")
    [name] = waiting(worn.services)
    assert claim(worn.services.cameras, name) is not None  # and no more than that: it is gone now
    client, published = BrokerClient(worn.services.cameras, nobody), list[str]()

    class Writes:
        async def publish(self, topic: str, /, *_: Any, **__: Any) -> None:  # noqa: ANN401 - as aiomqtt says
            published.append(topic)

    asyncio.run(client._tell_all(Writes()))  # type: ignore[arg-type]  # it publishes alone
    assert [each for each in published if "command" in each] == []
    worn.clock.move(seconds=61)
    assert NOT_KNOWN in phone.words


def test_a_camera_that_was_taken_out_of_service_is_sent_nothing(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused")
    with worn.services.sessions.begin() as session:
        session.get_one(CameraRow, worn.camera.id).revoked = worn.clock()
    try:
        assert worn.given() == []
        phone.say("given")
        assert "No camera was asked" in phone.words
    finally:
        with worn.services.sessions.begin() as session:
            session.get_one(CameraRow, worn.camera.id).revoked = None


# proves F8
def test_today_says_that_sensors_are_open_only_where_the_camera_says_so_and_did_not_close_them(
    worn: WornDouble, phone: Phone
) -> None:
    def open_ones() -> int:
        return len([each for each in alerts_of(worn.services, NOT_CLOSED.id) if each.lasts])

    phone.say("given")
    worn.answer(worn.take().id, REFUSED)
    assert open_ones() == 0
    worn.clock.move(seconds=1)
    phone.say("refused")
    given = worn.take()
    assert open_ones() == 0, "it may still answer"
    worn.answer(given.id, REFUSED, "It cannot.")
    assert open_ones() == 1
    worn.status(Mode.PRIVATE)
    assert open_ones() == 0
    worn.status(Mode.READY)
    assert open_ones() == 0, "a person opened them again"
    worn.clock.move(seconds=1)
    phone.say("withdrawn")
    worn.take()
    worn.clock.move(seconds=61)
    worn.status(Mode.RECORDING)
    assert open_ones() == 1, "unanswered is not done"
    worn.clock.move(minutes=5)
    assert open_ones() == 0, "what it says now is not known"
    worn.status(Mode.FAULT)
    assert open_ones() == 1, "in a fault nobody knows that they are closed"
    [told] = [each for each in alerts_of(worn.services, NOT_CLOSED.id) if each.lasts]
    assert told.words.endswith("and whether its sensors are open is not known.")
    worn.status(Mode.DOCKED)
    assert open_ones() == 0
    worn.clock.move(seconds=1)
    phone.say("refused")
    worn.answer(worn.take().id, REFUSED)
    worn.status(Mode.READY)
    assert open_ones() == 1
    [told] = [each for each in alerts_of(worn.services, NOT_CLOSED.id) if each.lasts]
    assert told.words.endswith("and it says that its sensors are open.")
    worn.clock.move(seconds=1)
    phone.say("not asked", why="danger")
    worn.answer(worn.take().id, DONE)
    assert open_ones() == 1, "that takes back nothing that was refused"
    worn.clock.move(seconds=1)
    phone.say("overridden", reason="He had a knife")
    worn.answer(worn.take().id, DONE)
    assert open_ones() == 0, "something else was said since"


def open_still(worn: WornDouble) -> bool:
    return any(each.lasts for each in alerts_of(worn.services, NOT_CLOSED.id))


def form_of(page: str) -> dict[str, str]:
    """What a form without a script carries besides what somebody chose."""
    return {name: re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("once", "shown")}


# proves L4
def test_a_form_without_a_script_that_is_sent_again_is_kept_and_asked_once(
    worn: WornDouble, phone: Phone
) -> None:
    form = form_of(phone.browser.get(phone.path))
    for minutes in (0, 1, 14):
        worn.clock.move(minutes=minutes)
        phone.browser.post(phone.path, phone.path, kind="refused", **form)
    assert len(commands_of_visit(worn)) == 1
    assert phone.words.count("Refused to be recorded ·") == 1
    again = form_of(phone.browser.get(phone.path))
    assert again["once"] != form["once"]
    worn.status()
    phone.browser.post(phone.path, phone.path, kind="refused", **again)
    assert len(commands_of_visit(worn)) == 2, "what is said on a page of its own is something more"


# proves L4 and F8
def test_something_else_from_the_same_page_is_something_more(worn: WornDouble, phone: Phone) -> None:
    form = form_of(phone.browser.get(phone.path))
    for kind in ("given", "refused", "given", "refused"):
        worn.clock.move(seconds=1)
        phone.browser.post(phone.path, phone.path, kind=kind, **form)
    assert len(commands_of_visit(worn)) == 2
    [entry] = [each for each in entries_of_visit(worn) if each.kind == "refused"]
    assert entry.command_id == commands_of_visit(worn)[0], "the camera is asked to close"


# proves L4
@pytest.mark.parametrize("left_out", ["", "shown"])
def test_a_form_of_an_old_page_asks_no_camera_and_says_so(
    left_out: str, worn: WornDouble, phone: Phone
) -> None:
    form = form_of(phone.browser.get(phone.path))
    if left_out:
        form[left_out] = ""
    else:
        worn.clock.move(seconds=601)
        worn.status()
    phone.browser.post(phone.path, phone.path, kind="refused", **form)
    assert commands_of_visit(worn) == []
    assert "Your camera was not asked: the page was more than ten minutes old, and when it" in phone.words
    assert BY_HAND in phone.words


# proves F8
def test_that_a_camera_was_closed_before_it_was_asked_does_not_count(worn: WornDouble, phone: Phone) -> None:
    worn.status(Mode.PRIVATE)
    worn.clock.move(seconds=80)
    phone.say("refused")
    worn.answer(worn.take().id, REFUSED)
    assert "it said" not in phone.words
    assert worn.command(commands_of_visit(worn)[0]).closed is None
    worn.status(Mode.READY)
    assert open_still(worn)


# proves F8
def test_a_camera_that_started_again_and_is_open_was_not_closed_for_good(
    worn: WornDouble, phone: Phone
) -> None:
    worn.status(run="a" * 32)
    phone.say("refused")
    worn.answer(worn.take().id, FAILED)
    worn.status(Mode.PRIVATE, run="a" * 32)
    worn.status(Mode.READY, run="a" * 32)
    assert not open_still(worn), "a person opened them"
    worn.status(Mode.READY, run="b" * 32)
    assert open_still(worn)
    worn.status(Mode.PRIVATE, run="c" * 32)
    worn.status(Mode.READY, run="c" * 32)
    assert not open_still(worn)


# proves F8
@pytest.mark.parametrize("mode", [Mode.STANDBY, Mode.OFF, Mode.LOCKED])
@pytest.mark.parametrize("again", ["before it said so", "after"])
def test_a_camera_that_only_just_started_closed_nothing(
    mode: Mode, again: str, worn: WornDouble, phone: Phone
) -> None:
    worn.status(run="a" * 32)
    phone.say("refused")
    worn.answer(worn.take().id, FAILED)
    if again == "after":
        worn.status(mode, run="a" * 32)
        worn.status(Mode.READY, run="a" * 32)
        assert not open_still(worn), "in the run in which it was asked"
    worn.status(mode, run="b" * 32)
    assert not open_still(worn), "at this moment they are closed"
    worn.status(Mode.READY, run="b" * 32)
    assert open_still(worn)
    worn.status(Mode.DOCKED, run="b" * 32)
    worn.status(Mode.READY, run="b" * 32)
    assert not open_still(worn), "somebody docked it"


# proves F8
def test_what_is_said_on_another_visit_replaces_no_refusal(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused")
    worn.answer(worn.take().id, REFUSED)
    worn.clock.move(seconds=1)
    here, phone.path = phone.path, f"/mine/visits/{planned(desk, worn.clock)}"
    phone.say("given")
    worn.answer(worn.take().id, DONE)
    assert open_still(worn)
    phone.path = here
    worn.clock.move(seconds=1)
    phone.say("withdrawn")
    given = worn.take()
    assert open_still(worn), "that one may still be done, and the one before was not"
    worn.answer(given.id, DONE)
    assert not open_still(worn)


# proves F8
@pytest.mark.parametrize("why", ["late", "doubled", "unheard", "old page"])
def test_a_camera_that_nobody_asked_is_told_of_where_it_says_that_it_is_open(
    why: str, worn: WornDouble, phone: Phone
) -> None:
    worn.clock.move(minutes=5)  # nothing of before counts
    if why != "unheard":
        worn.status()
    if why == "old page":
        form = form_of(phone.browser.get(phone.path))
        worn.clock.move(seconds=601)
        phone.browser.post(phone.path, phone.path, kind="refused", **form)
    elif why == "doubled":
        with doubled(worn):
            phone.say("refused")
    else:
        phone.say("refused", waited_s=90 if why == "late" else 0)
    assert commands_of_visit(worn) == []
    if why != "late":
        assert not open_still(worn), "of a camera that was not heard since nothing is said"
        worn.clock.move(seconds=30)
        worn.status(Mode.READY)
        assert not open_still(worn), "whoever is told to use its button has a minute for that"
        worn.clock.move(seconds=31)
        assert open_still(worn)
    worn.status(Mode.READY)
    assert open_still(worn)
    [told] = [each for each in alerts_of(worn.services, NOT_CLOSED.id) if each.lasts]
    asked = f"camera {worn.camera.id} was not asked to close its sensors, and it says that "
    assert told.words.endswith(f"{asked}its sensors are open.")
    worn.clock.move(minutes=5)
    assert not open_still(worn), "what it says now is not known"
    worn.status(Mode.FAULT)
    assert open_still(worn)
    worn.status(Mode.PRIVATE)
    assert not open_still(worn)
    worn.status(Mode.READY)
    assert not open_still(worn), "a person opened them again"


# proves F8
def test_of_what_a_camera_said_before_it_nothing_is_told(worn: WornDouble, phone: Phone) -> None:
    worn.clock.move(minutes=5)
    worn.status(Mode.READY)
    with doubled(worn):
        phone.say("refused")
    worn.clock.move(seconds=61)
    assert not open_still(worn), "it is heard still, and was not since"
    worn.status(Mode.READY)
    assert open_still(worn)


# proves F8
def test_what_closed_the_camera_after_a_late_word_was_said_counts(worn: WornDouble, phone: Phone) -> None:
    worn.clock.move(minutes=5)
    worn.status(Mode.PRIVATE)  # as the page advised, while the phone had no network
    worn.clock.move(seconds=80)
    worn.status(Mode.READY)
    phone.say("refused", waited_s=100)
    assert not open_still(worn), "it was private after that was said"
    phone.say("withdrawn", waited_s=70, ahead_s=-3600)
    assert open_still(worn), "it was private before that, whatever the phone's clock shows"


# proves F8
@pytest.mark.parametrize("is_clock_set", [True, False])
def test_what_a_camera_said_late_is_of_when_it_was_said(
    worn: WornDouble, phone: Phone, *, is_clock_set: bool
) -> None:
    """Private was over five minutes before anybody refused; the status that tells of it waited for twelve."""
    phone.say("refused")
    worn.clock.move(minutes=12)
    late = 11 * 60.0 if is_clock_set else 0.0
    worn.status(Mode.READY, run="a" * 32, closed_s=300, waited_s=late, is_clock_set=is_clock_set)
    assert open_still(worn), "it says nothing of the time since"
    worn.status(Mode.READY, run="a" * 32, closed_s=300)
    assert not open_still(worn), "that was said now"


# proves F8
def test_what_was_said_before_it_was_asked_and_came_late_does_not_count(
    worn: WornDouble, phone: Phone
) -> None:
    worn.status(run="a" * 32)
    phone.say("refused")
    worn.take()
    worn.clock.move(minutes=2)
    worn.status(Mode.PRIVATE, run="a" * 32, waited_s=150)
    assert "it says that its sensors were closed " not in phone.words
    worn.status(Mode.PRIVATE, run="a" * 32)
    assert BY_HAND not in phone.words


# proves F8
@pytest.mark.parametrize("asked", [True, False])
def test_a_camera_that_was_made_private_while_nobody_heard_it_rings_nothing(
    worn: WornDouble, phone: Phone, *, asked: bool
) -> None:
    worn.clock.move(minutes=5)
    if asked:
        worn.status(run="a" * 32)
    phone.say("refused")
    if asked:
        worn.take()  # and its link is gone
    else:
        assert f"Your camera was not asked: the service did not hear it. {BY_HAND}" in phone.words
    worn.clock.move(minutes=5)
    worn.status(Mode.READY, run="a" * 32, closed_s=301)
    assert open_still(worn), "it was private before that, and not since"
    worn.status(Mode.FAULT, run="a" * 32, closed_s=270)
    assert not open_still(worn), "as the page advised"
    worn.status(Mode.READY, run="a" * 32, closed_s=275)
    assert not open_still(worn), "what it said once stands"
    if asked:
        assert "it says that its sensors were closed " in phone.words
        assert BY_HAND not in phone.words
    worn.clock.move(seconds=1)
    phone.say("withdrawn", waited_s=90)
    worn.status(Mode.READY, run="a" * 32, closed_s=276)
    assert open_still(worn), "that was said after it"
    worn.status(Mode.FAULT, run="a" * 32, closed_s=0)
    assert not open_still(worn), "in a fault it may be private, too"


# proves F8
def test_what_nobody_asked_ends_with_what_is_said_or_asked_next_and_with_the_wearer(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    worn.clock.move(minutes=5)  # nothing of before counts
    worn.status()
    phone.say("refused", waited_s=90)
    assert open_still(worn)
    phone.say("given", waited_s=90)
    assert not open_still(worn), "something else was said since"
    phone.say("refused", waited_s=90)
    assert open_still(worn)
    worn.clock.move(seconds=1)
    phone.say("withdrawn")
    assert not open_still(worn), "the camera is asked now, and may still answer"
    worn.answer(worn.take().id, REFUSED)
    [told] = [each for each in alerts_of(worn.services, NOT_CLOSED.id) if each.lasts]
    assert "is not known to have done what follows" in told.words
    phone.path = f"/mine/visits/{planned(desk, worn.clock)}"
    worn.status(Mode.DOCKED)
    worn.clock.move(seconds=91)
    worn.status(Mode.READY)
    phone.say("refused", waited_s=90)
    with worn.services.sessions.begin() as session:
        row = session.get_one(Assignment, worn.assignment)
        started, row.started = row.started, worn.clock() + timedelta(seconds=1)
    try:
        assert not open_still(worn), "it was handed out after that"
    finally:
        with worn.services.sessions.begin() as session:
            session.get_one(Assignment, worn.assignment).started = started
    worn.status(Mode.READY)
    assert open_still(worn)
    worn.clock.move(hours=12, seconds=1)
    worn.status(Mode.READY)
    assert not open_still(worn)


@contextmanager
def doubled(worn: WornDouble) -> Iterator[None]:
    """Two devices use the identity of the camera."""
    with worn.services.sessions.begin() as session:
        session.get_one(CameraRow, worn.camera.id).doubled_last = worn.clock()
    try:
        yield
    finally:
        with worn.services.sessions.begin() as session:
            session.get_one(CameraRow, worn.camera.id).doubled_last = None


def entries_of_visit(worn: WornDouble) -> list[ConsentEntry]:
    with worn.services.readers() as session:
        return list(session.scalars(select(ConsentEntry).order_by(ConsentEntry.number)))


def commands_of_visit(worn: WornDouble) -> list[str]:
    with worn.services.readers() as session:
        return list(session.scalars(select(CameraCommand.id).order_by(CameraCommand.issued.desc())))


# proves F8
def test_a_camera_that_said_that_it_is_closed_is_told_as_that(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused")
    worn.take()
    worn.clock.move(seconds=2)
    worn.status(Mode.PRIVATE)
    worn.clock.move(seconds=61)
    page = phone.words
    assert BY_HAND not in page
    assert "Your camera has not answered; it says " in page
    assert "it says that its sensors were closed " in page
    assert "is not known" not in page.partition("Written down")[2]


# proves F5
def test_who_sees_no_visits_is_not_told_what_was_said(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused")
    worn.answer(worn.take().id, REFUSED, "It is docked.")
    token = token_for(worn.services, Role.ADMINISTRATOR, name="admin")
    with dashboard_client(worn.services, token=token, workers=False) as admin:
        [told] = commands(admin, worn.camera.id)
        assert (told["said"], told["sentence"], told["outcome"]) == (None, None, "refused")
        page = admin.get(f"/cameras/{worn.camera.id}", headers={"Accept": "text/html"}).text
    assert "What was said at a door" in page
    assert "It did not do it." in page
    assert "Refused to be recorded" not in page
    assert "It is docked." not in page


def test_the_page_of_a_camera_says_that_there_are_more(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    page = desk.get(f"/cameras/{worn.camera.id}", headers={"Accept": "text/html"}).text
    assert "What it was asked" not in page
    for _ in range(10):
        phone.say("given")
        worn.given()
    assert (
        "These are the newest"
        not in desk.get(f"/cameras/{worn.camera.id}", headers={"Accept": "text/html"}).text
    )
    phone.say("given")
    assert (
        "These are the newest 10. There are more."
        in desk.get(f"/cameras/{worn.camera.id}", headers={"Accept": "text/html"}).text
    )


# proves F3
def test_a_command_goes_with_its_visit_and_one_of_none_after_its_time(worn: WornDouble, phone: Phone) -> None:
    phone.say("refused")
    given = worn.take()
    worn.sign(given)
    visit, months = phone.path.rpartition("/")[2], worn.services.config.visits.keep_months
    later = worn.clock() + timedelta(days=32 * months)
    with worn.services.sessions.begin() as session:
        zone = worn.services.config.site.time_zone
        assert forget_visit(session, visit, later, later.date(), zone, months)
        assert session.scalars(select(CameraCommand)).all() == []
        old = replace_visit(given.id, worn)
        session.add(old)
    VisitForgetting(worn.services)()  # deletion is off: nothing goes
    with worn.services.sessions.begin() as session:
        assert past_commands(session, worn.clock() - timedelta(days=2)) == []
        assert past_commands(session, worn.clock()) == [given.id]
        forget_commands(session, [given.id])
        assert session.get(CameraCommand, given.id) is None


def replace_visit(name: str, worn: WornDouble) -> CameraCommand:
    old = worn.clock() - timedelta(days=91)
    return CameraCommand(
        id=name,
        camera_id=worn.camera.id,
        kind="consent",
        said={"said": "given", "why": None, "wording": ""},
        closes=False,
        assignment="",
        visit_id=None,
        issued=old,
        expires=old + timedelta(seconds=60),
        by_id="u-officer-1",
        state="done",
        sentence="",
    )


# proves F8
def test_what_belongs_to_the_phone_is_moved_to_no_other_visit(
    worn: WornDouble, phone: Phone, desk: TestClient
) -> None:
    phone.say("refused")
    worn.sign(worn.take())
    with worn.services.readers() as session:
        [row] = session.scalars(select(CameraConsent)).all()
    other = planned(desk, worn.clock)
    moved = desk.post(f"/api/v1/consents/{row.digest}/visit", json={"visit": other, "reason": "I was there"})
    assert problem(moved) == (409, "said_on_visit")
    says = "The officer wrote that down on their phone, on the visit that it is of; it stays there."
    assert moved.json()["detail"] == says
