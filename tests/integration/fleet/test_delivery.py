"""Telling people by e-mail: from an alert to a real mail server, through failures and restarts."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from fleet.alerts.handling import acknowledge
from fleet.cameras.models import CameraRow
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.core.problems import ProblemError
from fleet.delivery.choices import choose
from fleet.delivery.errors import DeliveryError
from fleet.delivery.mail import Mail, MailServer, send_mail
from fleet.delivery.models import Channel, MessageState, OutMessage, ToldChoiceRow
from fleet.delivery.outbox import Outlets, add_test, last_messages, lease
from fleet.delivery.rules.timing import MOST_TRIES
from fleet.delivery.rules.wording import document_of, subject_of, text_of
from fleet.delivery.sender import Parcel, Sender
from fleet.delivery.services import quiet_hours
from fleet.people.models import User
from fleet.pki.authority import open_authority
from fleet.server.compose import FleetServices
from tests.support.fleet.alerting import alerts_of, forget_alerts
from tests.support.fleet.authorities import plain_key
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, dashboard_client, fleet_services
from tests.support.fleet.postgres import Postgres
from tests.support.network.mail_server import PASSWORD, USER, Mailbox, running_mail_server
from tests.support.pages.scene import Scene

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DESK = Actor(ActorKind.USER, "desk", "Safety desk", frozenset({Role.SAFETY_TEAM}))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with a certificate for localhost."""
    folder = tmp_path_factory.mktemp("pki")
    authority = open_authority(folder / "pki", now=datetime.now(UTC))
    authority.renew_own(("localhost",), datetime.now(UTC))
    (folder / "password").write_text(PASSWORD)
    return folder


@pytest.fixture(scope="module", params=[True, False], ids=["starttls", "tls"])
def mailbox(request: pytest.FixtureRequest, files: Path) -> Iterator[tuple[Mailbox, MailServer]]:
    pki, starttls = files / "pki", bool(request.param)
    with running_mail_server(pki / "server.pem", plain_key(pki, "server", files), starttls=starttls) as box:
        server = MailServer(
            host="localhost",
            port=box.port,
            starttls=starttls,
            user=USER,
            password_file=files / "password",
            sender="lapel@example.org",
            authority_file=pki / "authority.pem",
            own_name="localhost",
        )
        yield box, server


MAIL = Mail("ab" * 16, "desk@example.org", "Lapel: Battery low", "- Battery low: cam-01\n", NOON)


def test_a_mail_arrives_over_tls_after_the_password(mailbox: tuple[Mailbox, MailServer]) -> None:
    box, server = mailbox
    box.received.clear()
    send_mail(server, MAIL)
    (found,) = box.received
    assert box.over_tls[-1] is True
    assert (found["To"], found["From"]) == ("desk@example.org", "lapel@example.org")
    assert found["Message-ID"] == f"<{'ab' * 16}@example.org>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert "Battery low: cam-01" in found.get_content()


def test_what_goes_wrong_is_said_without_a_secret(
    mailbox: tuple[Mailbox, MailServer], files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box, server = mailbox
    wrong = files / "wrong"
    wrong.write_text("not the password")
    for changed, said in (
        (replace(server, password_file=wrong), "refused the user or the password"),
        (replace(server, password_file=files / "gone"), "cannot be read"),
        (replace(server, password_file=None), "mail.password_file is not"),
        (replace(server, authority_file=None), "is not trusted"),
        (replace(server, port=1), "cannot be reached"),
        (replace(server, starttls=not server.starttls), ""),
    ):
        with pytest.raises(DeliveryError) as caught:
            send_mail(changed, MAIL)
        assert said in str(caught.value)
        assert not caught.value.is_final
        assert PASSWORD not in str(caught.value)
    box.refuses = "550 no such user"
    with pytest.raises(DeliveryError, match="refused the address") as caught:
        send_mail(server, MAIL)
    assert caught.value.is_final
    box.refuses = "450 later"
    with pytest.raises(DeliveryError) as caught:
        send_mail(server, MAIL)
    assert not caught.value.is_final
    box.refuses = ""
    assert PASSWORD not in caplog.text
    assert "not the password" not in caplog.text


def test_a_server_without_tls_gets_nothing(files: Path) -> None:
    pki = files / "pki"
    with running_mail_server(pki / "server.pem", plain_key(pki, "server", files), starttls=False) as box:
        server = MailServer("localhost", box.port, True, USER, None, "lapel@example.org", None, "localhost")
        with pytest.raises(DeliveryError):
            send_mail(server, MAIL)
        assert box.received == []


# --- The outbox ---


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def services(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FleetServices]:
    folder = tmp_path_factory.mktemp("fleet")
    if request.param == "sqlite":
        with fleet_services(folder, clock=TestClock()) as found:
            yield found
        return
    server: Postgres = request.getfixturevalue("postgres")
    config = FleetConfig(database=DatabaseSection(url=server.create_with_tables()), people=BY_PASSWORD.people)
    with fleet_services(folder, config, clock=TestClock()) as found:
        yield found


class Post:
    """Takes what goes out, or fails."""

    def __init__(self) -> None:
        self.taken: list[Parcel] = []
        self.fails = ""
        self.is_final = False

    def __call__(self, parcel: Parcel) -> None:
        if self.fails:
            raise DeliveryError(self.fails, is_final=self.is_final)
        self.taken.append(parcel)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def scene(services: FleetServices) -> Iterator[Scene]:
    clock = services.clock
    assert isinstance(clock, TestClock)
    clock.now = NOON
    with dashboard_client(services, workers=False) as client:
        scene = Scene(services, clock, client)
        with services.sessions.begin() as session:
            for table in (OutMessage, ToldChoiceRow, User):
                session.execute(delete(table))
        scene.clear()
        forget_alerts(services)
        with services.sessions.begin() as session:
            session.add(User(id="desk", name="Safety desk", password="", roles=DESK.roles, created=NOON))
        yield scene


@pytest.fixture
def sender(scene: Scene, post: Post) -> Sender:
    services = scene.services
    quiet = quiet_hours(services.config)
    return Sender(services, services.alerts.kinds, Outlets(True, False, quiet), {Channel.MAIL: post})


def want(scene: Scene, level: str = "all", without: tuple[str, ...] = ()) -> None:
    with scene.services.sessions.begin() as session:
        kinds = list(scene.services.alerts.kinds.all)
        choose(session, address="desk@example.org", level=level, without=without, kinds=kinds, by=DESK)


def messages(scene: Scene) -> list[OutMessage]:
    with scene.services.readers() as session:
        return list(session.scalars(select(OutMessage).order_by(OutMessage.created, OutMessage.id)))


def test_many_alerts_go_in_one_message_once_they_have_settled(
    scene: Scene, sender: Sender, post: Post
) -> None:
    want(scene)
    scene.camera(status={"battery_percent": 5, "clock_synchronised": False})
    scene.camera(2, status={"battery_percent": 6})
    alerts_of(scene.services)
    sender.round()
    assert messages(scene) == [], "nothing has been true for five minutes"
    scene.clock.move(minutes=6)
    for number in (1, 2):
        _heard(scene, number)
    alerts_of(scene.services)
    sender.round()
    assert post.taken == []
    scene.clock.move(minutes=3)
    sender.round()
    (parcel,) = post.taken
    assert parcel.to == "desk@example.org"
    assert sorted(each.name for each in parcel.alerts) == ["cam-01", "cam-02"]
    scene.clock.move(hours=1)
    sender.round()
    assert len(post.taken) == 1, "told once"
    assert messages(scene)[0].state == MessageState.SENT


def _heard(scene: Scene, number: int, **status: object) -> None:
    with scene.services.sessions.begin() as session:
        row = session.get_one(CameraRow, f"cam-{number:02d}")
        row.seen = scene.clock.now
        row.status = {**(row.status or {}), **status}


def low(scene: Scene) -> None:
    """Have a battery that is low, for long enough to be told."""
    scene.camera(status={"battery_percent": 5})
    alerts_of(scene.services)
    scene.clock.move(minutes=6)
    _heard(scene, 1)
    alerts_of(scene.services)


def test_what_was_over_before_its_message_went_is_not_told(scene: Scene, sender: Sender, post: Post) -> None:
    # proves F8
    want(scene)
    low(scene)
    sender.round()
    _heard(scene, 1, battery_percent=80)
    alerts_of(scene.services)
    scene.clock.move(minutes=3)
    sender.round()
    assert post.taken == []
    assert [each.state for each in messages(scene)] == [MessageState.NOT_NEEDED]


@pytest.mark.parametrize(
    ("level", "without"), [("nothing", ()), ("urgent", ()), ("all", ("camera.battery",))]
)
def test_who_did_not_choose_it_is_not_told(
    scene: Scene, sender: Sender, level: str, without: tuple[str, ...]
) -> None:
    want(scene, level, without)
    low(scene)
    sender.round()
    assert messages(scene) == []


def test_one_who_has_left_is_told_nothing_any_more(scene: Scene, sender: Sender, post: Post) -> None:
    want(scene)
    low(scene)
    sender.round()
    with scene.services.sessions.begin() as session:
        session.get_one(User, "desk").retired = scene.clock.now
    scene.clock.move(minutes=3)
    sender.round()
    assert post.taken == []


def test_in_quiet_hours_what_is_urgent_goes_and_the_rest_in_the_morning(
    scene: Scene, sender: Sender, post: Post
) -> None:
    want(scene)
    scene.clock.now = NOON.replace(hour=22)
    low(scene)
    _heard(scene, 1, faults=["No picture."])
    alerts_of(scene.services)
    scene.clock.move(minutes=6)
    _heard(scene, 1)
    alerts_of(scene.services)
    sender.round()
    scene.clock.move(minutes=1)
    sender.round()
    assert [[each.kind.id for each in parcel.alerts] for parcel in post.taken] == [["camera.trouble"]]
    assert post.taken[0].urgent
    scene.clock.now = NOON.replace(day=23, hour=7, minute=1)
    _heard(scene, 1)
    alerts_of(scene.services)
    sender.round()
    assert [[each.kind.id for each in parcel.alerts] for parcel in post.taken[1:]] == [["camera.battery"]]


def test_a_message_that_fails_goes_again_is_seen_and_stops_nothing(
    scene: Scene, sender: Sender, post: Post
) -> None:
    # proves F7
    want(scene)
    low(scene)
    sender.round()
    post.fails = "The mail server cannot be reached."
    for _ in range(3):
        scene.clock.move(hours=1)
        sender.round()
    (row,) = messages(scene)
    assert (row.state, row.tries, row.error) == (MessageState.WAITING, 3, post.fails)
    (failing,) = alerts_of(scene.services, "delivery.failing")
    assert failing.words == "Not all went out by e-mail: 1 message waits. The mail server cannot be reached."
    post.fails = ""
    scene.clock.move(hours=1)
    _heard(scene, 1)
    alerts_of(scene.services)
    sender.round()
    assert len(post.taken) == 1
    (failing,) = alerts_of(scene.services, "delivery.failing")
    assert failing.state == "resolved"


def test_a_message_is_given_up_in_the_end_and_that_is_seen(scene: Scene, sender: Sender, post: Post) -> None:
    want(scene)
    low(scene)
    sender.round()
    post.fails = "The mail server cannot be reached."
    for _ in range(MOST_TRIES + 2):
        scene.clock.move(hours=1)
        _heard(scene, 1)
        sender.round()
    (row,) = messages(scene)
    assert (row.state, row.tries) == (MessageState.FAILED, MOST_TRIES)
    (failing,) = alerts_of(scene.services, "delivery.failing")
    assert "1 message was given up within a day" in failing.words


def test_a_refused_address_is_not_tried_again(scene: Scene, sender: Sender, post: Post) -> None:
    want(scene)
    low(scene)
    sender.round()
    post.fails, post.is_final = "The mail server refused the address.", True
    scene.clock.move(minutes=3)
    sender.round()
    assert [(each.state, each.tries) for each in messages(scene)] == [(MessageState.FAILED, 1)]


def test_whoever_dies_while_sending_leaves_a_lease_that_ends(
    scene: Scene, sender: Sender, post: Post
) -> None:
    # proves F7
    want(scene)
    low(scene)
    sender.round()
    scene.clock.move(minutes=3)
    with scene.services.sessions.begin() as session:
        assert len(lease(session, scene.clock.now, 9)) == 1, "and then the process is killed"
    sender.round()
    assert post.taken == []
    scene.clock.move(minutes=6)
    _heard(scene, 1)
    alerts_of(scene.services)
    sender.round()
    assert len(post.taken) == 1


def test_whoever_took_too_long_leaves_the_rest_to_others(scene: Scene, sender: Sender, post: Post) -> None:
    # proves F7
    with scene.services.sessions.begin() as session:
        for _ in range(2):
            add_test(session, Channel.WEBHOOK, None, scene.clock.now, scene.services.random).is_test = False
            session.flush()  # no test any more, so that another one is added
        for each in session.scalars(select(OutMessage)):
            each.is_test = True

    def slow(_: Parcel) -> None:
        scene.clock.move(minutes=5, seconds=1)

    sender._posts = {Channel.WEBHOOK: slow}
    assert sender.round() == 1
    waiting = [each for each in messages(scene) if each.state == MessageState.WAITING]
    assert len(waiting) == 1
    assert sender.round() == 1, "once nobody holds it any more"


def test_the_outbox_is_bounded_and_what_does_not_fit_is_told_later(
    scene: Scene, sender: Sender, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.delivery.outbox.MOST_WAITING", 0)
    want(scene)
    low(scene)
    sender.round()
    assert messages(scene) == []
    monkeypatch.undo()
    sender.round()
    assert len(messages(scene)) == 1


def test_more_than_fits_in_one_message_is_counted(
    scene: Scene, sender: Sender, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.delivery.outbox.MOST_IN_ONE", 1)
    want(scene)
    scene.camera(2, status={"battery_percent": 5})
    low(scene)
    _heard(scene, 2)
    alerts_of(scene.services)
    sender.round()
    (row,) = messages(scene)
    assert (len(row.alerts), row.more) == (1, 1)


@pytest.mark.parametrize(
    ("address", "level"), [("", "all"), ("nobody", "all"), ("a@example.org", "loud"), ("a@b@c d", "urgent")]
)
def test_a_choice_that_cannot_be_used_is_refused(scene: Scene, address: str, level: str) -> None:
    # proves F6
    with pytest.raises(ProblemError) as caught, scene.services.sessions.begin() as session:
        choose(session, address=address, level=level, without=(), kinds=(), by=DESK)
    assert caught.value.status == 422


def test_a_test_goes_at_once_and_only_once_at_a_time(scene: Scene, sender: Sender, post: Post) -> None:
    want(scene, "nothing")
    with scene.services.sessions.begin() as session:
        first = add_test(session, Channel.MAIL, "desk", scene.clock.now, scene.services.random)
        again = add_test(session, Channel.MAIL, "desk", scene.clock.now, scene.services.random)
        assert first.id == again.id
    sender.round()
    (parcel,) = post.taken
    assert (parcel.is_test, parcel.to, parcel.alerts) == (True, "desk@example.org", ())
    with scene.services.readers() as session:
        assert [each.state for each in last_messages(session, Channel.MAIL, "desk", 5)] == [MessageState.SENT]


def test_no_message_names_anybody_or_says_what_was_typed(scene: Scene, sender: Sender, post: Post) -> None:
    want(scene)
    scene.assign(
        scene.camera(heard=False, status={"faults": ["Typed by Nobody Important."]}), scene.officer()
    )
    scene.recording(officer_id="officer-1", announced=NOON - timedelta(hours=3))
    alerts_of(scene.services)
    scene.clock.move(minutes=20)
    alerts_of(scene.services)
    sender.round()
    scene.clock.move(minutes=3)
    sender.round()
    told = [each for parcel in post.taken for each in parcel.alerts]
    assert {each.kind.id for each in told} >= {"camera.not-heard", "recording.late"}
    whole = text_of(told, url="") + subject_of(told, urgent=True)
    whole += str(document_of(told, id_="", at=NOON, url=""))
    for word in ("Officer 1", "Nobody Important", "footage"):
        assert word not in whole
    assert "cam-01" in whole


def test_a_number_that_does_not_arrive_reaches_somebody_who_does_not_look(
    scene: Scene, sender: Sender, post: Post
) -> None:
    # proves L3
    want(scene)
    scene.camera(status={"made": 2})
    scene.held(number=2)
    alerts_of(scene.services)
    scene.clock.move(minutes=14)
    _heard(scene, 1)
    sender.round()
    assert messages(scene) == [], "it may be on its way"
    scene.clock.move(minutes=2)
    alerts_of(scene.services)
    sender.round()
    scene.clock.move(minutes=3)
    alerts_of(scene.services)
    sender.round()
    (parcel,) = post.taken
    assert [(each.kind.id, each.name) for each in parcel.alerts] == [("recording.not-arrived", "cam-01, 1")]


def test_a_program_is_told_by_night_too_and_once(scene: Scene) -> None:
    services, hook = scene.services, Post()
    outlets = Outlets(False, True, quiet_hours(services.config))
    sender = Sender(services, services.alerts.kinds, outlets, {Channel.WEBHOOK: hook})
    scene.clock.now = NOON.replace(hour=23)
    low(scene)
    sender.round()
    scene.clock.move(minutes=1)
    _heard(scene, 1)
    alerts_of(services)
    sender.round()
    sender.round()
    (parcel,) = hook.taken
    assert (parcel.channel, [each.name for each in parcel.alerts]) == (Channel.WEBHOOK, ["cam-01"])


def test_a_program_is_not_told_of_what_somebody_saw_before(scene: Scene) -> None:
    # proves F8
    services, hook = scene.services, Post()
    outlets = Outlets(False, True, quiet_hours(services.config))
    sender = Sender(services, services.alerts.kinds, outlets, {Channel.WEBHOOK: hook})
    scene.camera(status={"battery_percent": 5})
    (row,) = alerts_of(services)
    with services.sessions.begin() as session:
        acknowledge(session, services.alerts.kinds, row.id, by=DESK)
    scene.clock.move(minutes=6)
    _heard(scene, 1)
    (row,) = alerts_of(services)
    assert row.lasts, "it is so still"
    sender.round()
    scene.clock.move(minutes=1)
    sender.round()
    assert hook.taken == []
