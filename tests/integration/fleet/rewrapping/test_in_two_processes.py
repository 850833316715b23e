"""A new key for a fleet of two processes on PostgreSQL and an S3 server: rotated, rewrapped and retired."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.cli import app
from fleet.core.config import FleetConfig
from fleet.rewrapping.rewrapping import ACTION
from fleet.rewrapping.standing import key_standing
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import KeyBox
from protocol.footage.sealing.keys import Recipient
from protocol.messages.status import Status, UploadProgress
from protocol.messages.topics import Up, topic
from tests.support.fleet.pair import Pair, again, running_pair, speaking, wait_for
from tests.support.fleet.sending import Sender, enrol_identity
from tests.support.fleet.whole_path import take_of

pytestmark = [pytest.mark.postgres, pytest.mark.broker]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with running_pair(tmp_path / "pair") as found:
        yield found


def vault(pair: Pair, *words: str) -> Result:
    return CliRunner().invoke(app, ["vault", *words, "--state", str(pair.sides[0].state)])


def box_of(pair: Pair) -> KeyBox:
    return VaultFiles.of(pair.sides[0].state, FleetConfig()).box()


def stopped(pair: Pair, *words: str) -> Result:
    """Stop both, change the vault by a command, give the other its new file, and start both."""
    for which in (0, 1):
        pair.kill(which)
    result = vault(pair, *words)
    file = Path("vault") / "sealing-key.json"
    shutil.copy(pair.sides[0].state / file, pair.sides[1].state / file)
    for which in (0, 1):
        pair.begin(which)
    return result


def begun(api: httpx.Client, name: str) -> httpx.Response:
    """Begin to watch it."""
    return api.post(f"/api/v1/recordings/{name}/viewings", json={"purpose": "a test"}).raise_for_status()


def plays(pair: Pair, name: str) -> None:
    """Watch it in both."""
    for which in (0, 1):
        with pair.api(which) as api:
            opened = again(partial(begun, api, name))
            playlist = str(opened.json()["playlist"])
            api.get(playlist.replace("main.m3u8", "video/1.m4s")).raise_for_status()


def test_a_new_key_takes_over_and_the_earlier_one_goes(pair: Pair, tmp_path: Path) -> None:
    # proves F1, F3, F7
    device, identity = enrol_identity(pair.fleet, tmp_path / "camera")
    take = take_of(identity, 1)
    with pair.camera_api(device) as client:
        sender = Sender(client, take)
        sender.ledger()
        sender.segments()
        assert sender.complete() == "receipt"
    name = take.recording.hex()
    refused = vault(pair, "rotate")
    assert refused.exit_code != 0
    assert "A process of this fleet runs: stop all of them first." in refused.stderr
    rotated = stopped(pair, "rotate")
    assert rotated.exit_code == 0, rotated.stderr
    assert "to every other process of this fleet before it starts" in rotated.stdout
    box = box_of(pair)
    new, (old,) = Recipient(box.name, box.public_key).key_id.hex(), box.earlier

    def is_settled() -> bool:
        with pair.services.readers() as session:
            found = key_standing(session)
        return found.opens == {new: 1} and not found.unknown

    wait_for(is_settled)
    with pair.services.readers() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION)).all()
    assert [each.subject for each in entries] == [name], "by one of the two, once"
    plays(pair, name)
    assert vault(pair, "retire", old.key_id[:16], "--yes").exit_code != 0, "the processes run"
    said = Status(
        camera=device.id,
        session="session-1",
        state="ready",
        window_s=180.0,
        clock_synchronised=True,
        sealed_to=(new,),
        upload=UploadProgress(recordings=0),
    )

    def is_heard() -> bool:
        with pair.services.readers() as session:
            status = session.get_one(CameraRow, device.id).status
        return status is not None and status.get("sealed_to") == [new]

    with speaking(pair, device) as voice:
        voice.publish(topic(device.id, "up", Up.STATUS), said.model_dump_json(), retain=True)
        wait_for(is_heard)
    retired = stopped(pair, "retire", old.key_id[:16], "--yes")
    assert retired.exit_code == 0, retired.stderr
    assert "Recordings that open by keys of their own: 1." in retired.stdout
    assert box_of(pair).earlier == ()
    plays(pair, name)
