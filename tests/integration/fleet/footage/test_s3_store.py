"""The footage store on real S3 servers: one that keeps its word on create-only, and one that does not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.checkpoints.bucket import open_places
from fleet.audit.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from fleet.audit.checkpoints.places import PlaceError, copy_missing, signed_in
from fleet.core.actor import Role
from fleet.core.config import FleetConfig, FootageSection, PeopleSection, parse_config
from fleet.footage.errors import NotCreateOnlyError, StoreError
from fleet.footage.store.open_store import open_store
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore, Put, check_create_only
from fleet.jobs.models import Job
from tests.support.fleet.audit_log import SIGNER
from tests.support.fleet.backups import new_box, restored, run, sealed_to
from tests.support.fleet.bucket import (
    BIN,
    CREDENTIALS,
    SECRET,
    free_port,
    keep_versions,
    running_bucket,
    section,
    wait_until_it_listens,
)
from tests.support.fleet.deleting import deleting_fleet
from tests.support.fleet.fleet_footage import Link, bearer, running
from tests.support.media.media import MediaTake, make_media


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def moto() -> Iterator[str]:
    with running_bucket() as found:
        yield found


@pytest.fixture
def rclone(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    (tmp_path / "served" / "footage").mkdir(parents=True)
    command: list[str | Path] = [
        BIN / "rclone",
        "serve",
        "s3",
        tmp_path / "served",
        "--addr",
        f"127.0.0.1:{port}",
    ]
    with subprocess.Popen(
        [*command, "--auth-key", f"key,{SECRET}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until_it_listens(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def checked(config: FootageSection, state: Path) -> tuple[FootageStore, Spool]:
    """Open a store as the service does at its start."""
    store, spool = open_store(config, state)
    check_create_only(store, spool, os.urandom)
    return store, spool


def test_objects_are_created_once_and_read_back(moto: str, tmp_path: Path) -> None:  # proves L2
    store, spool = checked(section(moto), tmp_path)
    body = os.urandom(
        9 * 2**20
    )  # more than obstore would send as multipart by itself, which carries no condition

    def put(key: str, data: bytes) -> Put:
        with spool.keep(data) as incoming:
            return store.put(key, incoming.finish())

    assert put("recordings/cam-01/00000001/a", body) is Put.CREATED
    assert put("recordings/cam-01/00000001/a", body) is Put.SAME
    assert put("recordings/cam-01/00000001/a", body[:-1] + bytes([body[-1] ^ 1])) is Put.OTHER
    assert store.read("recordings/cam-01/00000001/a") == body
    assert store.read_range("recordings/cam-01/00000001/a", 5 * 2**20, 100) == body[5 * 2**20 :][:100]
    assert [each.key for each in store.list("recordings/cam-01")] == ["recordings/cam-01/00000001/a"]


def test_a_server_that_ignores_create_only_is_refused(rclone: str, tmp_path: Path) -> None:  # proves L2
    with pytest.raises(NotCreateOnlyError, match="use a store that honours If-None-Match"):
        checked(section(rclone), tmp_path)
    assert [each for each in (tmp_path / "served").rglob("*") if each.is_file()] == []


def test_the_service_does_not_start_on_such_a_server(rclone: str, tmp_path: Path) -> None:  # proves L2
    with (
        pytest.raises(NotCreateOnlyError, match="overwrote an object"),
        running(tmp_path / "fleet", FleetConfig(footage=section(rclone))),
    ):
        pytest.fail("it started")


def test_a_recording_arrives_in_a_bucket_and_plays_from_there(moto: str, tmp_path: Path) -> None:  # proves L2
    with running(tmp_path / "fleet", FleetConfig(footage=section(moto))) as fleet:
        link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=4)).record())
        link.everything()
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        headers = bearer(fleet, Role.CCTV_MANAGER)
        address = f"/api/v1/recordings/{link.take.recording.hex()}"
        movie = fleet.dashboard.post(f"{address}/exports", json={"purpose": "test"}, headers=headers)
        assert (movie.status_code, movie.content[4:8]) == (200, b"ftyp")
    assert not (tmp_path / "fleet/footage/objects").exists()


def test_a_bucket_that_is_not_there_is_said_without_the_credentials(moto: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="s3://elsewhere cannot write scratch/") as caught:
        checked(section(moto, "elsewhere"), tmp_path)
    assert SECRET not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_server_that_does_not_answer_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="s3://footage/evidence cannot write scratch/"):
        checked(section(f"http://127.0.0.1:{free_port()}"), tmp_path)


def test_checkpoints_of_the_audit_log_go_into_a_bucket_and_stay(
    moto: str, tmp_path: Path
) -> None:  # proves F2
    table = {
        "footage": {"endpoint": moto, "region": "eu-west-2"},
        "audit": {"checkpoints": "s3://footage/checkpoints", "second_place": str(tmp_path / "second")},
    }
    first, second = open_places(parse_config(table, "fleet.toml"), tmp_path)
    assert not first.names()
    for size in (1, 2):
        checkpoint = Checkpoint(size, bytes(32), SIGNER.name)
        first.put(checkpoint.name, sign_checkpoint(checkpoint, SIGNER).note)
        first.put(checkpoint.name, b"other")
    assert [each.checkpoint.size for each in signed_in(first, [SIGNER.key])] == [1, 2]
    copy_missing(first, second)
    assert second.names() == first.names()
    lost = open_places(
        parse_config({**table, "audit": {"checkpoints": "s3://lost"}}, "fleet.toml"), tmp_path
    )[0]
    with pytest.raises(PlaceError, match="cannot be written"):
        lost.put("1.checkpoint", b"")
    with pytest.raises(PlaceError, match="cannot be read"):
        lost.names()


def test_a_recording_is_deleted_from_a_bucket_and_from_what_a_copy_brings_back(
    moto: str, tmp_path: Path
) -> None:
    # proves F3
    footage = FootageSection(store="s3://footage/landlord", endpoint=moto, region="eu-west-2")
    config = FleetConfig(footage=footage, people=PeopleSection(second_factor="off"))
    with deleting_fleet(tmp_path, config=config) as bench:
        link = bench.held()
        store, again = bench.services.footage.store, bench.services.deleting_again
        copy = {key: store.read(key) for key in bench.objects()}
        bench.overdue()
        assert bench.round() == 1
        assert bench.objects() == []
        assert len(bench.left()) == 2
        assert (again.apply(), again.sweep()) == (0, 0)
        for key, data in copy.items():
            with bench.services.footage.spool.keep(data) as incoming:
                assert store.put(key, incoming.finish()) is Put.CREATED
        assert again.sweep() == 1
        assert bench.round() == 1
        assert bench.objects() == []
        assert link.state()["state"] == "deleted"


def test_a_backup_copies_what_lies_in_a_bucket_and_leaves_the_bucket_alone(moto: str, tmp_path: Path) -> None:
    config = FleetConfig(footage=section(moto), people=PeopleSection(second_factor="off"))
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state" / "fleet.toml").write_text(
        f'[footage]\nstore = "s3://footage/evidence"\nendpoint = "{moto}"\nregion = "eu-west-2"\n'
    )
    box = new_box()
    with deleting_fleet(tmp_path, config=config) as bench:
        bench.held()
        sealed_to(bench, box)
        store = bench.services.footage.store
        lying = {each.key: store.read(each.key) for each in store.list("")}
        done = run("backup", "--state", bench.services.state, "--to", tmp_path / "backup")
        assert done.exit_code == 0, done.stderr
        assert {each.key: store.read(each.key) for each in store.list("")} == lying
    back = restored(tmp_path / "backup", tmp_path / "new", box)
    assert back.exit_code == 0, back.stderr
    objects = tmp_path / "new" / "footage" / "objects"
    assert {key: (objects / key).read_bytes() for key in lying} == lying
    assert not (tmp_path / "new" / "fleet.toml").exists()  # it names the bucket: people decide
    assert "Make fleet.toml of it before the service starts." in back.stdout


def test_a_bucket_that_keeps_old_versions_is_noticed_and_nothing_is_deleted_from_it(
    moto: str, tmp_path: Path
) -> None:
    # proves F3
    config = FleetConfig(footage=section(moto), people=PeopleSection(second_factor="off"))
    with deleting_fleet(tmp_path, config=config) as bench:
        store = bench.services.footage.store
        link = bench.held()
        assert "was found to keep old versions" not in bench.services.health.store.read().said
        keep_versions(moto)
        check_create_only(store, bench.services.footage.spool, os.urandom)
        assert store.keeps_versions
        before = bench.objects()
        bench.overdue()
        assert bench.round() == 1
        assert bench.objects() == before
        assert link.state()["state"] == "held"
        with bench.services.readers() as session:
            (job,) = session.scalars(select(Job)).all()
        assert "was found to keep old versions" in job.error
        assert "was found to keep old versions" in bench.services.health.store.read().said
