"""Two processes of one fleet on one PostgreSQL and one S3 store: what one does the other knows."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from typer.testing import CliRunner, Result

from device.config.sections import LinkSection
from device.link.identity.enrol import enrol
from fleet.cameras.commanding.issuing import AskedOfCamera, issue
from fleet.cameras.models import CameraRow
from fleet.cameras.numbering.mark import NumberMark
from fleet.cameras.rules import camera_number
from fleet.cli import app
from fleet.core.actor import OPERATOR
from fleet.core.config import PeopleSection
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.store.names import Place, segment_key
from fleet.pki.key_secret import KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.root import renew_issuing, root_here
from protocol.footage.consent import SaidOfConsent
from protocol.messages.commands import Command, CommandOutcome, ConsentCommand, Response
from protocol.messages.status import Status
from protocol.messages.topics import Down, Up, topic
from tests.support.fleet.fleet import EnrolledCamera
from tests.support.fleet.linked import Camera
from tests.support.fleet.pair import Pair, again, running_pair, speaking, wait_for
from tests.support.fleet.sending import Sender, enrol_identity
from tests.support.fleet.whole_path import one_dies_again_and_again, take_of, whole_path
from tests.support.media.recordings import TestIdentity
from tests.support.network.proxy import Proxy

pytestmark = [pytest.mark.postgres, pytest.mark.broker]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair")) as found:
        yield found


@pytest.fixture(scope="module")
def camera(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> tuple[EnrolledCamera, TestIdentity]:
    return enrol_identity(pair.fleet, tmp_path_factory.mktemp("camera"))


def is_online(pair: Pair, which: int, camera: str) -> bool:
    with pair.api(which) as api:
        told = again(lambda: api.get("/api/v1/cameras").raise_for_status().json())
    return any(each["id"] == camera and each["online"] for each in told)


def test_what_happens_in_one_process_is_told_on_the_pages_of_the_other(pair: Pair) -> None:
    with pair.api(1) as other, other.stream("GET", "/live") as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("event: hello")
        with pair.api(0) as one:
            one.post("/api/v1/officers", json={"name": "Officer 9"}).raise_for_status()
        assert any("officer" in line for line in lines)


def is_noted(mark: NumberMark, number: int) -> bool:
    return (mark.read() or 0) >= number


def test_the_number_of_a_camera_is_noted_by_each_process(  # proves L1
    pair: Pair, camera: tuple[EnrolledCamera, TestIdentity]
) -> None:
    marks = [NumberMark(side.state / "pki") for side in pair.sides]
    number = camera_number(camera[0].id)
    assert number is not None
    for each in marks:
        wait_for(partial(is_noted, each, number))


def test_the_other_process_takes_the_broker_over_and_hears_the_cameras(  # proves F7
    pair: Pair, camera: tuple[EnrolledCamera, TestIdentity]
) -> None:
    device, _identity = camera
    first = pair.with_broker()
    assert first is not None
    heard = Status(
        camera=device.id, session="session-1", state="ready", window_s=180.0, clock_synchronised=True
    ).model_dump_json()
    with speaking(pair, device) as voice:
        voice.publish(topic(device.id, "up", Up.STATUS), heard, retain=True)
        wait_for(lambda: is_online(pair, 1 - first, device.id))  # by the process that has no broker
    pair.kill(first)
    wait_for(lambda: pair.with_broker() == 1 - first)
    again_heard = heard.replace("session-1", "session-2")
    with speaking(pair, device) as voice:
        voice.publish(topic(device.id, "up", Up.STATUS), again_heard, retain=True)
        wait_for(lambda: is_online(pair, 1 - first, device.id))
    pair.begin(first)
    assert pair.with_broker() == 1 - first


def test_a_command_goes_out_once_by_the_process_that_has_the_broker(  # proves L4
    pair: Pair, camera: tuple[EnrolledCamera, TestIdentity]
) -> None:
    device, _identity = camera
    with speaking(pair, device) as voice, pair.api() as api:
        voice.subscribe(topic(device.id, "down", Down.COMMAND))
        with pair.services.sessions.begin() as session:
            row = session.get_one(CameraRow, device.id)
            asked = AskedOfCamera(row, ConsentCommand(said=SaidOfConsent.GIVEN), "", None)
            issued = issue(session, pair.services.random, asked, by=OPERATOR).id  # by a process without it
        given = Command.model_validate_json(voice.next()[1])
        assert given.id == issued
        done = Response(id=given.id, camera=device.id, outcome=CommandOutcome.DONE, at_utc_us=1)
        voice.publish(topic(device.id, "up", Up.RESPONSE), done.model_dump_json())

        def told() -> str:
            found = again(lambda: api.get(f"/api/v1/cameras/{device.id}/commands").raise_for_status().json())
            return str(found[0]["outcome"])

        wait_for(lambda: told() == "done")
        assert voice.arrived.empty()


def test_what_a_dead_process_has_left_to_be_verified_is_taken_up(  # proves F7
    pair: Pair, camera: tuple[EnrolledCamera, TestIdentity]
) -> None:
    """The services of this process take it in and have no thread that verifies, as if they had died there."""
    device, identity = camera
    with pair.camera_api(device) as client:
        sender = Sender(client, take_of(identity, 900))
        sender.ledger()
        sender.segments()
        with pair.services.sessions.begin() as session:
            row = session.scalars(select(Recording).where(Recording.number == 900)).one()
            row.state = RecordingState.VERIFYING
        wait_for(lambda: client.get(f"{sender.base}/receipt").status_code == 200)
    is_watched_by_both(pair, sender)


def is_watched_by_both(pair: Pair, sender: Sender) -> None:
    """Watch what is held in either process: it is one viewing, and ends in both."""
    name = sender.take.recording.hex()
    with pair.api(0) as one, pair.api(1) as other:
        opened = one.post(f"/api/v1/recordings/{name}/viewings", json={"purpose": "a test"})
        playlist = opened.raise_for_status().json()["playlist"]
        played = [api.get(playlist).raise_for_status().text for api in (one, other, one)]
        assert len(set(played)) == 1
        viewing = playlist.removesuffix("/main.m3u8")
        other.get(f"{viewing}/video/1.m4s").raise_for_status()
        other.delete(viewing).raise_for_status()
        assert [api.get(playlist).status_code for api in (one, other)] == [404, 404]


def test_wrong_passwords_are_counted_by_both_together(pair: Pair) -> None:
    def refusal(which: int) -> str:
        with pair.api(which) as api:
            del api.headers["Authorization"]
            return str(
                api.post("/api/v1/session", json={"name": "Nobody", "password": "wrong"}).json()["code"]
            )

    codes = [refusal(number % 2) for number in range(PeopleSection().sign_in_attempts)]
    assert set(codes) == {"sign_in_refused"}
    assert [refusal(0), refusal(1)] == ["too_many_attempts"] * 2


def vault(pair: Pair, which: int, command: str) -> Result:
    return CliRunner().invoke(app, ["vault", command, "--state", str(pair.sides[which].state)])


def test_a_vault_that_is_sealed_in_one_process_is_sealed_in_both_until_somebody_unseals_it(
    pair: Pair,
) -> None:  # proves F1
    assert vault(pair, 1, "seal").exit_code == 0
    wait_for(lambda: vault(pair, 0, "status").exit_code == 3)
    pair.kill(0)
    pair.begin(0)
    for which in (0, 1):
        assert vault(pair, which, "status").stdout.startswith("The vault was sealed by hand")
    assert vault(pair, 0, "unseal").stdout == "The vault is open.\n"
    wait_for(lambda: vault(pair, 1, "status").stdout == "The vault is open.\n")


def test_a_process_with_other_keys_is_refused(pair: Pair, tmp_path: Path) -> None:
    state = tmp_path / "stranger"
    state.mkdir(mode=0o700)
    (state / "fleet.toml").write_text(f'[database]\nurl = "{pair.url}"\n')
    result = CliRunner().invoke(app, ["officer", "list", "--state", str(state)])
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "another than this fleet's" in line or "although cameras were enrolled to seal to its key" in line


def test_a_process_with_another_issuing_key_is_refused_until_it_has_the_fleets(
    pair: Pair, tmp_path: Path
) -> None:
    state = tmp_path / "stranger"
    shutil.copytree(pair.sides[1].state, state, ignore=shutil.ignore_patterns("control", "lock", "*.sock"))
    store = KeyStore(state / "pki", KeySecret.of(state / "pki", None))
    renew_issuing(store, root_here(store), datetime.now(UTC), new_key=True)
    command = ["officer", "list", "--state", str(state)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "pki/issuing.key is another than this fleet's" in line
    shutil.copytree(pair.sides[1].state / "pki", state / "pki", dirs_exist_ok=True)
    assert CliRunner().invoke(app, command).exit_code == 0


def test_nothing_is_lost_or_done_twice_while_one_dies_at_random(
    pair: Pair, tmp_path: Path
) -> None:  # proves F7
    whole_path(pair, tmp_path, seed=7, kills=3)


def test_a_camera_puts_its_footage_straight_into_the_store_while_one_dies_at_random(  # proves L2, F7
    pair: Pair, tmp_path: Path
) -> None:
    """The camera's own uploader, and a proxy that counts what it sends to the fleet beside it."""
    with pair.api() as api:
        code = api.post("/api/v1/enrolment-codes", json={}).raise_for_status().json()["code"]
    camera = Camera(
        tmp_path / "camera", enrol(pair.fleet.dashboard_url, SecretStr(code), tmp_path / "camera")
    )
    takes = [camera.record(number, size=100_000) for number in (1, 2)]
    with (
        Proxy("127.0.0.1", urlsplit(pair.fleet.cameras_url).port or 0) as proxy,
        one_dies_again_and_again(pair, random.Random(11), (0.2, 1.0)) as killed,
    ):
        link = camera.link(LinkSection(status_s=0.5, retry_max_s=0.5, upload_kbit=4000), uploads=proxy)
        link.start()
        try:
            # A busy machine takes as long to start one as it is left running.
            camera.wait_for_receipts(1, 2, within_s=150)
        finally:
            link.stop()
    store = pair.services.footage.store
    for take in takes:
        place = Place(camera.id, take.number)
        held = {name: store.read(segment_key(place, name)) for name in take.segments}
        assert held == {name: take.files[name] for name in take.segments}
    footage = sum(len(data) for take in takes for data in take.segments.values())
    assert killed
    assert proxy.sent_up < footage  # what went through the fleet instead, after a failure, is not all of it


@pytest.mark.hunt
@pytest.mark.parametrize("seed", range(100, 112))
def test_nothing_is_lost_in_many_shifts_while_one_dies_at_random(  # proves F7
    pair: Pair, tmp_path: Path, seed: int
) -> None:
    whole_path(pair, tmp_path, seed, kills=12)
