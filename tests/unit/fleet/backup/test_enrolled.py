"""What a restore says of each camera is what the backup, and the footage beside it, can show."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.backup.enrolled import AfterRestore, EnrolledCamera, KeptCertificate, advise
from fleet.backup.manifest import Manifest
from fleet.backup.restoring import Restored
from fleet.backup.shown_cameras import shown_cameras
from fleet.cameras.rules import camera_id, camera_number
from fleet.commands.backup import camera_lines
from fleet.footage.store.names import Place, deleted_receipt_key, ledger_key, whole_ledger_key
from tests.support.media.recordings import make_identity, record

MADE = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 90


def kept(digest: str, *, issued: datetime = MADE) -> KeptCertificate:
    return KeptCertificate(digest, issued, issued + timedelta(days=DAYS))


def only(
    camera: EnrolledCamera, *others: EnrolledCamera, shown: str | None = None, after: int = 0
) -> AfterRestore:
    found = advise(
        (camera, *others),
        revoked=(),
        shown={} if shown is None else {camera.id: shown},
        now=MADE + timedelta(days=after),
    )
    return found[0].advice


# proves L1 and F8
def test_a_camera_goes_on_only_where_nothing_can_have_been_given_to_it_since() -> None:
    camera = EnrolledCamera("cam-01", (kept("a"),))
    assert only(camera, after=58) is AfterRestore.ON
    assert only(camera, after=59) is AfterRestore.UNKNOWN, "a third of its time before its end, less a day"
    assert only(camera, after=500) is AfterRestore.UNKNOWN
    renewed = EnrolledCamera("cam-01", (kept("a"), kept("b", issued=MADE + timedelta(days=61))))
    assert only(renewed, after=100) is AfterRestore.ON


# proves L1
def test_what_shows_that_a_camera_is_refused_is_said() -> None:
    camera = EnrolledCamera("cam-01", (kept("a"), kept("b")))
    assert only(camera, shown="a") is AfterRestore.ON
    assert only(camera, shown="c") is AfterRestore.ANEW
    assert only(EnrolledCamera("cam-01", ())) is AfterRestore.ANEW
    assert only(camera, EnrolledCamera("cam-02", (kept("b"),))) is AfterRestore.ANEW


def test_a_camera_that_is_shown_and_unknown_was_enrolled_since_and_a_revoked_one_is_left_out() -> None:
    camera = EnrolledCamera("cam-02", (kept("a"),))
    shown = {"cam-01": "x", "cam-02": None, "cam-03": None}
    found = advise((camera,), revoked=["cam-01"], shown=shown, now=MADE)
    assert [(each.camera, each.advice) for each in found] == [
        ("cam-03", AfterRestore.ANEW),
        ("cam-02", AfterRestore.ON),
    ]


@given(st.integers(0, 10**9))
def test_a_number_is_what_an_id_was_made_of(number: int) -> None:
    assert camera_number(camera_id(number)) == (number if number < 10**9 else None)


@pytest.mark.parametrize("name", ["imports", "cam-", "cam-1", "cam-001", "cam--1", "cam-٣٣", "site-01"])
def test_what_no_camera_of_a_fleet_is_called_is_none(name: str) -> None:
    assert camera_number(name) is None


def test_the_newest_footage_shows_the_certificate(tmp_path: Path) -> None:
    identity = make_identity("cam-01")
    take = record(identity)
    for place, key in (
        (Place("cam-01", 1), whole_ledger_key(Place("cam-01", 1))),
        (Place("cam-01", 12), ledger_key(Place("cam-01", 12), 0)),
        (Place("cam-02", 1), whole_ledger_key(Place("cam-02", 1))),  # recorded before it was enrolled again
        (Place("cam-03", 1), deleted_receipt_key(Place("cam-03", 1))),
        (Place("cam-04", 1), whole_ledger_key(Place("cam-04", 1))),
    ):
        path = tmp_path / key
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half a ledger" if place.camera == "cam-04" else take.ledger)
    (tmp_path / "recordings" / "cam-01" / "00000001" / "ledger.cbor").write_bytes(b"an older one")
    (tmp_path / "deleted" / "imports").mkdir()
    digest = hashlib.sha256(identity.camera_certificate).hexdigest()
    assert shown_cameras(tmp_path) == {"cam-01": digest, "cam-02": None, "cam-03": None, "cam-04": None}
    assert shown_cameras(tmp_path / "none") == {}


# proves F8
def test_each_camera_is_named_and_what_nobody_can_tell_is_said() -> None:
    cameras = (
        EnrolledCamera("cam-01", (kept("a"),)),
        EnrolledCamera("cam-02", (kept("b"),)),
        EnrolledCamera("cam-03", (kept("c", issued=MADE - timedelta(days=70)),)),
    )
    found = advise(cameras, revoked=(), shown={"cam-02": "z", "cam-09": None}, now=MADE)
    manifest = Manifest(MADE, "1", "f", 1, (), None, "", "sqlite", {})
    lines = camera_lines(Restored(manifest, None, (), 110, False, found, is_shown=True))
    since, other, due, fine, rest = lines
    assert since.startswith("Enrol cam-09 anew: its footage is beside the backup, which does not know it")
    assert other.startswith("Enrol cam-02 anew: its newest footage beside the backup has a certificate that ")
    assert due == (
        "Enrol cam-03 anew if the fleet refuses it: it may have been given a certificate since 2026-10-21, "
        "which the backup would not know."
    )
    assert fine == "With a certificate that the backup knows and that was not due for another: cam-01."
    assert rest.startswith("The backup cannot tell which cameras were taken out of service since it was made")
    assert rest.endswith("Cameras that are enrolled from now on begin at 110.")
    bare = camera_lines(Restored(manifest, None, (), 110, False, (), is_shown=False))
    assert bare[0] == "There is no footage beside the backup that would show more cameras or certificates."
    assert len(bare) == 2
