"""What happens to uploads when connections, the fleet or its disk fail at the worst moment (L2, F7)."""

from __future__ import annotations

import asyncio
import hashlib
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.types import Message

from fleet.footage.recordings.models import Recording
from fleet.footage.store import names
from fleet.footage.store.spool import Incoming, Spool
from fleet.footage.store.stored_files import CorruptError, HeldSegment, StoredFiles
from fleet.footage.verifying.verification import Verification
from fleet.footage.verifying.verifier import Verifier
from protocol.footage.format.cbor import Buffer
from protocol.footage.receipt import read_receipt
from tests.support.fleet.fleet_footage import HOME, Fleet, Link, WithCertificate, content, running
from tests.support.media.recordings import Take, record

if TYPE_CHECKING:
    from collections.abc import Iterator


class PowerCutError(Exception):
    """Stands for the end of the process: nothing after it is carried out."""


def put_object(fleet: Fleet, key: str, data: bytes) -> None:
    """Make an object without its row, as a crash between the two leaves it."""
    with fleet.services.footage.spool.keep(data) as incoming:
        fleet.services.footage.store.put(key, incoming.finish())


def held(fleet: Fleet, take: Take) -> dict[str, bytes]:
    store = fleet.services.footage.store
    prefix = f"{names.recording_prefix(names.Place(take.identity.camera, take.number))}/segments/"
    return {each.key.removeprefix(prefix): store.read(each.key) for each in store.list(prefix[:-1])}


def test_a_body_that_is_cut_leaves_nothing(tmp_path: Path) -> None:  # proves L2
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity(), size=5000))
        name = min(link.take.segments)
        data = link.take.files[name]
        app = fleet.cameras.app
        assert isinstance(app, WithCertificate)
        app.certificate = link.take.identity.camera_certificate
        asyncio.run(cut_request(app, f"{HOME}/7/segments/{name}", data))
        assert fleet.services.footage.store.list("recordings") == ()
        assert list((fleet.services.state / "footage" / "spool").iterdir()) == []
        assert link.segment(name).status_code == 201


async def cut_request(app: WithCertificate, path: str, data: bytes) -> None:
    """Send half of a body, then hang up."""
    messages: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": data[: len(data) // 2], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[object] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(key.lower().encode(), value.encode()) for key, value in content(data).items()]
    headers.append((b"content-length", str(len(data)).encode()))
    scope = {"type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "headers": headers}
    await app({**scope, "query_string": b"", "http_version": "1.1", "scheme": "https"}, receive, send)


def test_an_object_without_its_row_is_not_sent_again(tmp_path: Path) -> None:  # proves F7
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        first, second = sorted(link.take.segments)[:2]
        link.ledger(0, 150)
        put_object(fleet, names.segment_key(names.Place("cam-01", 7), first), link.take.files[first])
        put_object(fleet, names.ledger_key(names.Place("cam-01", 7), 150), bytes(link.take.ledger[150:400]))
    with running(tmp_path / "fleet") as fleet:
        link.fleet = fleet
        state = link.state()
        assert [each["name"] for each in state["segments"]] == [first]
        assert state["segments"][0]["sha256"] == hashlib.sha256(link.take.segments[first]).hexdigest()
        assert state["ledger_length"] == 400
        put_object(fleet, names.segment_key(names.Place("cam-01", 7), second), link.take.files[second])
        assert link.segment(second, b"other").status_code == 409
        assert link.segment(second).status_code == 200  # repeated without asking first: adopted as well
        link.everything()
        link.complete()
        assert link.wait_for_receipt().status_code == 200


def test_an_orphan_of_another_cut_of_the_ledger_is_gone_on_from(tmp_path: Path) -> None:  # proves F7
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.segment(min(link.take.segments))
        put_object(fleet, names.ledger_key(names.Place("cam-01", 7), 0), bytes(link.take.ledger[:150]))
        answer = link.ledger(0, 400)  # after a restart of the camera its pieces are cut elsewhere
        assert (answer.status_code, answer.json()["expected_offset"]) == (409, 150)
        assert link.ledger(150).json()["ledger_length"] == len(link.take.ledger)


def test_a_verification_that_is_due_survives_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    def cut(*_args: object, **_options: object) -> None:
        raise PowerCutError

    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        monkeypatch.setattr(Verification, "run", cut)
        link.complete()
        monkeypatch.undo()
    with running(tmp_path / "fleet") as fleet:
        link.fleet = fleet
        assert link.wait_for_receipt().status_code == 200


def test_a_receipt_that_was_signed_stays_the_receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F7
    def cut(*_args: object) -> None:
        raise PowerCutError

    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        monkeypatch.setattr(Verifier, "due", lambda *_: None)
        link.complete()
        monkeypatch.setattr(
            "fleet.footage.verifying.verification._note", cut
        )  # after the object, before the row
        verification = fleet.services.footage.verification
        with pytest.raises(PowerCutError):
            verification.run(verification.due()[0])
    monkeypatch.undo()
    signed = (tmp_path / "fleet/footage/objects" / names.receipt_key(names.Place("cam-01", 7))).read_bytes()
    with running(tmp_path / "fleet") as fleet:
        link.fleet = fleet
        answer = link.wait_for_receipt()
        assert answer.content == signed
        assert read_receipt(signed, fleet.services.authority.der).number == 7


@pytest.mark.parametrize("seed", range(3))
def test_whatever_order_repeats_and_restarts_the_result_is_the_same_bytes(tmp_path: Path, seed: int) -> None:
    # proves L2
    draw = random.Random(seed)
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity(), prerecord=5, live=4, per_segment=2, size=500))
    steps = [name for name in sorted(link.take.segments) for _ in range(2)]
    draw.shuffle(steps)
    for half in (steps[: len(steps) // 2], steps[len(steps) // 2 :]):
        with running(tmp_path / "fleet") as fleet:
            link.fleet = fleet
            for name in half:
                assert link.segment(name).status_code in {200, 201}
                start = link.state()["ledger_length"]
                end = min(len(link.take.ledger), start + draw.randrange(1, 4000))
                if start < end:
                    assert link.ledger(start, end).json()["ledger_length"] == end
                if start:
                    assert link.ledger(draw.randrange(start), start).status_code == 200
    with running(tmp_path / "fleet") as fleet:
        link.fleet = fleet
        link.ledger(link.state()["ledger_length"])
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        assert held(fleet, link.take) == {name: bytes(data) for name, data in link.take.segments.items()}


def test_damage_in_the_store_is_not_the_camera_s_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.footage.verifying.verifier.RETRY_S", 0.05)
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        name = min(link.take.segments)
        path = tmp_path / "fleet/footage/objects" / names.segment_key(names.Place("cam-01", 7), name)
        path.chmod(0o600)
        path.write_bytes(bytes(len(link.take.segments[name])))
        link.complete()
        waiting = wait_for_sentence(fleet)
        assert f"gave back other bytes of {name}" in waiting
        assert link.state()["state"] == "verifying"
        path.write_bytes(bytes(link.take.segments[name]))  # restored from a copy
        assert link.wait_for_receipt().status_code == 200


# proves L2
def test_whatever_byte_the_store_changes_it_is_the_store_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Verifier, "due", lambda *_: None)  # it is run here
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        name = max(link.take.segments)
        whole = bytes(link.take.segments[name])
        held = StoredFiles(
            fleet.services.footage.store,
            names.Place("cam-01", 7),
            b"",
            [HeldSegment(name, len(whole), hashlib.sha256(whole).digest())],
            by_digest=False,
        )
        path = tmp_path / "fleet/footage/objects" / names.segment_key(names.Place("cam-01", 7), name)
        path.chmod(0o600)
        path.write_bytes(whole[:-1])
        with pytest.raises(CorruptError):
            _ = held[name]
        link.complete()
        for at in range(0, len(whole), max(1, len(whole) // 40)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with pytest.raises(CorruptError, match=f"gave back other bytes of {name}"):
                fleet.services.footage.verification.run(1)
        path.write_bytes(whole)
        fleet.services.footage.verification.run(1)
        assert link.wait_for_receipt().status_code == 200


def test_what_the_store_reads_wrongly_once_is_verified_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        key = names.segment_key(names.Place("cam-01", 7), min(link.take.segments))
        store, wrong = fleet.services.footage.store, [key]
        right = store.read

        def read(asked: str) -> bytes:
            data = right(asked)
            if asked not in wrong:
                return data
            wrong.remove(asked)
            return data[:-1] + bytes([data[-1] ^ 1])

        monkeypatch.setattr(store, "read", read)
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        assert not wrong, "it was never read wrongly"


def test_of_what_verifies_each_byte_of_footage_is_hashed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = 0
    plain = hashlib.sha256

    def counted(data: Buffer = b"") -> object:
        nonlocal hashed
        hashed += len(data)
        return plain(data)

    monkeypatch.setattr(Verifier, "due", lambda *_: None)  # it is run here
    with monkeypatch.context() as counting, running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity(), size=50_000))
        link.everything()
        link.complete()
        counting.setattr(hashlib, "sha256", counted)
        fleet.services.footage.verification.run(1)
        counting.undo()
        assert link.wait_for_receipt().status_code == 200
    size = sum(map(len, link.take.segments.values()))
    assert size < hashed < 1.2 * size


def wait_for_sentence(fleet: Fleet) -> str:
    """Wait until the recording's page says something."""
    for _ in range(2000):
        with fleet.services.readers() as session:
            sentence = session.query(Recording.sentence).scalar()
        if sentence:
            return str(sentence)
    pytest.fail("nothing was said")


def test_a_full_disk_is_said_and_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F6
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        name = min(link.take.segments)
        monkeypatch.setattr("os.link", full)
        answer = link.segment(name)
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_failed")
        assert "No space left on device" in answer.json()["detail"]
        monkeypatch.undo()
        assert held(fleet, link.take) == {}
        assert link.segment(name).status_code == 201


def test_a_disk_that_is_full_while_a_recording_is_verified_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    keep = Spool.keep
    failed: list[bytes] = []

    def full_once(spool: Spool, data: bytes) -> Incoming:
        if not failed:
            failed.append(data)
            raise OSError(28, "No space left on device")
        return keep(spool, data)

    monkeypatch.setattr("fleet.footage.verifying.verifier.RETRY_S", 0.05)
    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        link.everything()
        monkeypatch.setattr(Spool, "keep", full_once)
        link.complete()
        assert link.wait_for_receipt().status_code == 200
        assert failed == [bytes(link.take.ledger)]


def test_a_disk_with_no_room_for_a_new_file_is_said_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F6
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with running(tmp_path / "fleet") as fleet:
        link = Link(fleet, record(fleet.identity()))
        name = min(link.take.segments)
        monkeypatch.setattr(Spool, "receive", full)
        answer = link.segment(name)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_failed")
        monkeypatch.undo()
        assert link.segment(name).status_code == 201
