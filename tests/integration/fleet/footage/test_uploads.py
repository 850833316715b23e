"""Uploads as a camera makes them: through the HTTP application, into a real database and a real folder."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, event

from fleet.footage.recordings.models import Recording, SegmentRow
from fleet.footage.store import names
from protocol.footage.receipt import read_receipt
from tests.support.fleet.fleet_footage import HOME, Fleet, Link, content, running
from tests.support.media.recordings import make_identity, record

WORKERS = "review", "alert", "checkpoint", "jobs"
"""Parts of the names of tables that no upload writes."""


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


def held_bytes(fleet: Fleet, link: Link) -> dict[str, bytes]:
    store = fleet.services.footage.store
    prefix = names.recording_prefix(names.Place(link.take.identity.camera, link.take.number))
    return {
        each.key.removeprefix(f"{prefix}/segments/"): store.read(each.key)
        for each in store.list(f"{prefix}/segments")
    }


def test_a_recording_arrives_verifies_and_gets_its_receipt(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity()))
    link.everything()
    assert link.complete().status_code == 202
    answer = link.wait_for_receipt()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/cbor"
    receipt = read_receipt(answer.content, fleet.services.authority.der)
    assert (receipt.camera, receipt.number, receipt.verdict) == ("cam-01", 7, "intact")
    assert receipt.ledger_sha256 == hashlib.sha256(link.take.ledger).digest()
    assert [(each.name, each.sha256) for each in receipt.segments] == [
        (name, hashlib.sha256(data).digest()) for name, data in sorted(link.take.segments.items())
    ]
    assert held_bytes(fleet, link) == {name: bytes(data) for name, data in link.take.segments.items()}
    assert link.state()["state"] == "held"
    assert link.complete().json()["state"] == "held"  # said again, it changes nothing


def test_the_same_again_is_fine_and_other_bytes_are_refused(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity()))
    name = min(link.take.segments)
    data = link.take.files[name]
    first, again = link.segment(name), link.segment(name)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["created"]
    assert not again.json()["created"]
    assert code(link.segment(name, data[:-1] + b"?")) == (409, "segment_differs")
    assert held_bytes(fleet, link) == {name: data}


def test_what_is_known_already_takes_one_turn_of_the_writers_for_each_object(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    first, second = sorted(link.take.segments)[:2]
    link.segment(first)
    written: dict[int, list[str]] = {}
    begun: list[list[str]] = []

    def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        place = id(connection.connection.dbapi_connection)
        if statement.startswith("BEGIN"):
            written[place] = []
            begun.extend([written[place]] * (statement == "BEGIN IMMEDIATE"))
        elif place in written:
            written[place].append(statement)

    def of_uploads() -> int:
        """Count each turn that no worker took: reviews and alerts are written when they are."""
        return sum(not any(table in each for each in turn for table in WORKERS) for turn in begun)

    engine = fleet.services.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert link.segment(second).status_code == 201
        assert of_uploads() == 1
        # What is held already takes none.
        assert link.segment(second).status_code == 200
        assert of_uploads() == 1
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", ["x.seg", "..%2f..%2fx.seg", "ledger.cbor", "%00", "a" * 300])
def test_an_unknown_name_makes_nothing(fleet: Fleet, name: str) -> None:
    link = Link(fleet, record(fleet.identity()))
    answer = link.request("PUT", f"/segments/{name}", content=b"x", headers=content(b"x"))
    assert answer.status_code == 404
    assert fleet.services.footage.store.list("recordings") == ()


def test_a_body_must_be_of_its_digest(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    name = min(link.take.segments)
    put = f"/segments/{name}"
    assert code(link.request("PUT", put, content=b"abc", headers=content(b"abd"))) == (400, "digest_differs")
    assert code(link.request("PUT", put, content=b"abc")) == (400, "digest_needed")
    wrong = {"Content-Digest": "md5=:abc:"}
    assert code(link.request("PUT", put, content=b"abc", headers=wrong)) == (400, "digest_unusable")
    assert fleet.services.footage.store.list("recordings") == ()
    assert list((fleet.services.state / "footage" / "spool").iterdir()) == []
    assert link.segment(name).status_code == 201


def test_a_body_that_is_too_large_is_refused(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    name = min(link.take.segments)
    limit = fleet.services.config.footage.max_segment_mib << 20
    headers = {**content(b""), "Content-Length": str(limit + 1)}
    answer = link.request("PUT", f"/segments/{name}", content=b"", headers=headers)
    assert answer.status_code == 413
    assert fleet.services.footage.store.list("recordings") == ()


def test_of_identical_uploads_at_once_one_is_new(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity(), size=50_000))
    name = min(link.take.segments)
    statuses: list[int] = []
    barrier = threading.Barrier(6)

    def send() -> None:
        barrier.wait()
        statuses.append(link.segment(name).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 5 + [201]
    with fleet.services.readers() as session:
        assert session.query(SegmentRow).count() == 1
        assert session.query(Recording).count() == 1


def test_the_ledger_grows_by_pieces_without_a_hole(fleet: Fleet) -> None:  # proves L2
    link = Link(fleet, record(fleet.identity()))
    length = len(link.take.ledger)
    assert link.ledger(0, 100).json() == {"ledger_length": 100}
    refused = link.ledger(150, 300)
    assert code(refused) == (409, "ledger_hole")
    assert refused.json()["expected_offset"] == 100
    assert link.ledger(100, 300).status_code == 201
    assert link.ledger(100, 300).status_code == 200
    assert link.ledger(50, 250).status_code == 200  # cut otherwise, the same bytes
    overlap = link.ledger(250, 400)
    assert (code(overlap), overlap.json()["expected_offset"]) == ((409, "ledger_hole"), 300)
    other = b"?" * 200
    assert code(link.request("PUT", "/ledger/100", content=other, headers=content(other))) == (
        409,
        "ledger_differs",
    )
    assert code(link.request("PUT", "/ledger/300", content=b"", headers=content(b""))) == (
        400,
        "ledger_piece_empty",
    )
    assert link.ledger(300).json() == {"ledger_length": length}
    assert link.state()["ledger_length"] == length


def test_the_ledger_s_opening_fills_in_the_recording(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity(), prerecord=3))
    link.ledger(0, 100)
    with fleet.services.readers() as session:
        row = session.query(Recording).one()
        assert (row.opened, row.recording, row.pressed) == (False, None, None)
    link.ledger(100)
    with fleet.services.readers() as session:
        row = session.query(Recording).one()
        assert (row.opened, row.recording) == (True, link.take.recording.hex())
        assert (row.prerecord_s, row.asked_s, row.trigger) == (3.0, 3.0, "button")
        assert row.pressed is not None


def test_the_ledger_of_another_camera_is_refused_at_once(fleet: Fleet) -> None:  # proves L1
    first, second = fleet.identity("first"), fleet.identity("second")
    stolen = Link(fleet, record(first))
    stolen.take.identity = second  # the second camera sends what the first one recorded
    stolen.ledger()
    assert stolen.state()["state"] == "failed"
    assert code(stolen.segment(min(stolen.take.segments))) == (409, "recording_failed")
    assert "says that it is recording 7 of cam-01" in stolen.wait_for_receipt().json()["detail"]


def test_a_camera_sees_its_own_recordings_alone(fleet: Fleet) -> None:  # proves L1
    first, second = fleet.identity("first"), fleet.identity("second")
    mine = Link(fleet, record(first))
    mine.everything()
    theirs = Link(fleet, record(second))
    assert theirs.state()["state"] == "unknown"
    assert theirs.request("GET", "/receipt").status_code == 404


def test_without_a_certificate_nothing_is_answered(fleet: Fleet) -> None:  # proves L1
    fleet.identity()
    fleet.cameras.app.certificate = None  # type: ignore[attr-defined]  # the test's own wrapper
    for method, path in (
        ("GET", "/7"),
        ("PUT", "/7/segments/x"),
        ("PUT", "/7/ledger/0"),
        ("GET", "/7/receipt"),
    ):
        assert fleet.cameras.request(method, f"/api/v1/camera/recordings{path}").status_code == 401


def test_complete_says_what_is_missing(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    assert link.complete().status_code == 404
    link.ledger(0, 200)
    answer = link.complete()
    assert code(answer) == (409, "incomplete")
    assert answer.json()["missing"] == sorted(link.take.segments)
    assert answer.json()["expected_offset"] == 200
    for name in sorted(link.take.segments):
        link.segment(name)
    assert code(link.complete()) == (409, "incomplete")
    assert code(link.request("GET", "/receipt")) == (409, "incomplete")
    link.ledger(200)
    assert link.complete().status_code == 202
    assert link.wait_for_receipt().status_code == 200


def test_after_the_word_nothing_more_is_taken(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity(), live=3))
    link.everything()
    link.complete()
    link.wait_for_receipt()
    extra = f"{link.take.run.hex()}-00000099.seg"
    assert code(link.segment(extra, b"more")) == (409, "recording_complete")
    assert link.segment(min(link.take.segments)).status_code == 200  # what is held is still held
    other = link.word().model_copy(update={"ended": "cut off"})
    answer = link.request("POST", "/complete", json=other.model_dump(mode="json"))
    assert code(answer) == (409, "already_complete")


def test_an_altered_recording_is_refused_with_reasons_and_kept(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    name = min(link.take.segments)
    link.take.segments[name][-3] ^= 1  # after the signature, before the upload
    link.everything()
    assert link.complete().status_code == 202
    answer = link.wait_for_receipt()
    assert code(answer) == (422, "recording_failed")
    assert name in answer.json()["detail"]
    assert link.state()["state"] == "failed"
    assert held_bytes(fleet, link)[name] == bytes(link.take.segments[name])


def test_a_recording_cut_off_by_a_power_loss_is_held_as_such(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity(), closed=False))
    link.everything()
    link.complete("cut off")
    receipt = read_receipt(link.wait_for_receipt().content, fleet.services.authority.der)
    assert receipt.verdict == "without an end"


def test_a_recording_of_another_fleet_s_authority_is_refused(fleet: Fleet) -> None:  # proves L1
    ours = fleet.identity()
    take = record(make_identity(ours.camera, seed=9))
    link = Link(fleet, take)
    take.identity = ours  # sent over our camera's link
    link.everything()
    link.complete()
    answer = link.wait_for_receipt()
    assert answer.status_code == 422
    assert "authority" in answer.json()["detail"]


def test_a_number_that_no_camera_uses_is_answered_and_not_stumbled_over(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    for number in (0, 10**8):
        link.base = f"{HOME}/{number}"
        assert link.state()["state"] == "unknown"
        assert link.complete().status_code == 404
        assert link.request("GET", "/receipt").status_code == 404
        assert link.ledger().status_code == 400
    for number in (-1, 10**30):  # no number of a recording at all
        link.base = f"{HOME}/{number}"
        answers = (link.request("GET", ""), link.complete(), link.request("GET", "/receipt"), link.ledger())
        assert [each.status_code for each in answers] == [422] * 4
