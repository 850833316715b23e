"""An authority of before is split into a root and what issues, wherever it is cut off, and goes back."""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from typer.testing import CliRunner

from fleet.cameras.models import CameraRow
from fleet.cli import app
from fleet.commands.authority_split import CamerasBelow, cameras_below, split_words
from fleet.core.errors import StateError
from fleet.core.files import write_file
from fleet.pki.authority import Authority, open_authority
from fleet.pki.key_secret import KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.making import issue_issuing
from fleet.pki.root import renew_issuing, root_away, root_here, take_root
from fleet.pki.splitting import is_split, rejoin, split
from fleet.server.tls import cameras_context
from protocol.footage.format.certificates import check_chain
from protocol.messages.enrolment import check_certificates
from tests.support.fleet.authorities import make_one_of_before
from tests.support.fleet.fleet import (
    EnrolledCamera,
    camera_request,
    enrol_camera,
    fleet_services,
    keep_camera,
)
from tests.support.fleet.power_cut import PowerCutError, failing_at

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = b"five words drawn by lot"


def store_of(folder: Path) -> KeyStore:
    return KeyStore(folder, KeySecret.of(folder, None))


def opened(folder: Path, now: datetime = NOW) -> Authority:
    """Open it as a service does at its start."""
    authority = open_authority(folder, now=now)
    authority.renew_own(["localhost"], now)
    return authority


def enrol(authority: Authority, folder: Path, name: str = "cam-01") -> EnrolledCamera:
    key, request = camera_request()
    issued = authority.issue_camera(request, camera=name, now=NOW, days=90)
    check_certificates(issued.pem, authority.der)
    folder.mkdir(parents=True)
    return keep_camera(folder, name, issued.pem, key)


def agree(authority: Authority, camera: EnrolledCamera) -> bool:
    """Whether the listener lets a camera in, which trusts the root alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(camera.certificate_file, camera.key_file)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = cameras_context(authority).wrap_bio(to_server, to_client, server_side=True)
    ready = 0
    for _ in range(6):
        for each in (client, server):
            try:
                each.do_handshake()
                ready += 1
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError:
                assert each is server, "the camera refuses the fleet"
                return False
    assert ready >= 2
    return True


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    folder = tmp_path / "state" / "pki"
    make_one_of_before(folder, NOW)
    return folder


# proves L1
def test_cameras_of_before_and_since_are_let_in_below_the_same_root(pki: Path, tmp_path: Path) -> None:
    before = opened(pki)
    first = enrol(before, tmp_path / "one")
    receipts, checkpoints = before.receipts_key()[1], before.checkpoints_key().public_key()
    made = split(store_of(pki), NOW)
    after = opened(pki)
    assert (after.der, after.issuing, after.has_issuing) == (before.der, made, True)
    assert made.not_valid_after_utc - NOW == timedelta(days=1826)
    assert after.fingerprint == before.fingerprint, "codes of before let in"
    second = enrol(after, tmp_path / "two", "cam-02")
    assert agree(after, first)
    assert agree(after, second)
    for chain in (receipts, after.receipts_key()[1]):
        assert check_chain(chain).authority == before.der
    assert after.checkpoints_key().public_key() == checkpoints, "what it signed is verified by it"
    take_root(store_of(pki), tmp_path / "root.key", WORDS, os.urandom, cost=2)
    without = opened(pki)
    assert not without.has_root_key
    assert agree(without, first)
    assert agree(without, enrol(without, tmp_path / "three", "cam-03"))
    assert split(store_of(pki), NOW) == made, "it was done"


# proves L1
def test_what_the_root_did_not_issue_and_who_has_another_name_is_let_in_by_nobody(
    pki: Path, tmp_path: Path
) -> None:
    opened(pki)
    split(store_of(pki), NOW)
    after = opened(pki)
    make_one_of_before(tmp_path / "other" / "pki", NOW)  # of the same name
    other = opened(tmp_path / "other" / "pki")
    stranger = enrol(other, tmp_path / "one")
    assert agree(other, stranger)
    assert len(cameras_context(after).get_ca_certs()) == 2
    assert not agree(after, stranger)


# proves F7
def test_cut_off_anywhere_it_issues_as_before_or_is_split_and_goes_on(tmp_path: Path) -> None:
    tried, states = 0, set[bool]()
    for count in range(1, 100):
        folder = tmp_path / str(count) / "pki"
        root, _key = make_one_of_before(folder, NOW)
        store = store_of(folder)
        with failing_at(count) as steps, suppress(PowerCutError):
            split(store, NOW)
        started = open_authority(folder, now=NOW)
        states.add(started.has_issuing)
        assert started.certificate == root
        _, request = camera_request()
        issued = started.issue_camera(request, camera="cam-01", now=NOW, days=90)
        assert len(check_certificates(issued.pem, started.der)) == (3 if started.has_issuing else 2), steps
        made = split(store, NOW)
        again = open_authority(folder, now=NOW)
        assert again.issuing == made
        assert again.counted_pem == again.issuing_pem + again.pem
        if len(steps) < count:
            break
        tried += 1
    assert tried >= 12
    assert states == {True, False}


# proves F7
def test_cut_off_on_the_way_back_it_is_split_or_issues_by_itself(pki: Path, tmp_path: Path) -> None:
    opened(pki)
    split(store_of(pki), NOW)
    kept = {each.name: each.read_bytes() for each in pki.iterdir()}
    out, tried = tmp_path / "root.key", 0
    take_root(store_of(pki), out, WORDS, os.urandom, cost=2)
    for count in range(1, 100):
        folder = tmp_path / str(count) / "pki"
        folder.mkdir(parents=True)
        for name, data in kept.items():
            if name != "authority.key":
                write_file(folder / name, data)
        store = store_of(folder)
        with pytest.raises(StateError, match="was taken away from this machine"):
            rejoin(store, None)
        away = root_away(store, out, WORDS)
        with failing_at(count) as steps, suppress(PowerCutError):
            rejoin(store, away)
        started = open_authority(folder, now=NOW)
        assert started.certificate == away.certificate, steps
        with suppress(StateError):
            rejoin(store, away)
        assert not open_authority(folder, now=NOW).has_issuing
        if len(steps) < count:
            break
        tried += 1
    assert tried >= 5


# proves L1
def test_after_the_way_back_cameras_of_both_times_are_let_in(pki: Path, tmp_path: Path) -> None:
    first = enrol(opened(pki), tmp_path / "one")
    split(store_of(pki), NOW)
    second = enrol(opened(pki), tmp_path / "two", "cam-02")
    rejoin(store_of(pki), None)
    back = opened(pki)
    assert not back.has_issuing
    for camera in (first, second, enrol(back, tmp_path / "three", "cam-03")):
        assert agree(back, camera), camera.id
    with pytest.raises(StateError, match="issues by itself already"):
        rejoin(store_of(pki), None)
    split(store_of(pki), NOW)
    again = opened(pki)
    assert agree(again, first)
    assert agree(again, second), "another issuing key of the same root signed it"


# proves L1
@pytest.mark.parametrize("away", [True, False])
def test_the_issuing_authority_is_renewed_in_the_name_of_the_root(
    pki: Path, tmp_path: Path, *, away: bool
) -> None:
    first, out = enrol(opened(pki), tmp_path / "one"), tmp_path / "root.key"
    split(store_of(pki), NOW)
    before = opened(pki)
    second, store = enrol(before, tmp_path / "two", "cam-02"), store_of(pki)
    if away:
        take_root(store, out, WORDS, os.urandom, cost=2)
    root = root_away(store, out, WORDS) if away else root_here(store)
    late = before.issuing.not_valid_after_utc + timedelta(days=30)
    assert renew_issuing(store, root, late, new_key=False).subject == root.certificate.subject
    renewed = opened(pki, late)
    assert renewed.issuing.public_key() == before.issuing.public_key()
    x509.load_pem_x509_certificate(second.certificate_file.read_bytes()).verify_directly_issued_by(
        renewed.issuing
    )
    with failing_at(3), suppress(PowerCutError):  # as the new key is made: the old one's do not count
        renew_issuing(store, root, late, new_key=True)
    renew_issuing(store, root, NOW, new_key=True)
    replaced = opened(pki)
    assert replaced.counted_pem == replaced.issuing_pem
    for camera in (first, second):
        assert not agree(replaced, camera), "the lost key's are refused, and with them those of before"
    assert agree(replaced, enrol(replaced, tmp_path / "three", "cam-03"))
    with pytest.raises(StateError, match="would count again"):
        rejoin(store, root)


def test_an_issuing_key_that_is_lost_is_said_and_replaced_by_the_root(pki: Path) -> None:
    opened(pki)
    split(store_of(pki), NOW)
    store = store_of(pki)
    store.issuing_file.unlink()
    with pytest.raises(StateError, match=r"issuing\.key does not belong to .*, or is missing"):
        open_authority(pki, now=NOW)
    renew_issuing(store, root_here(store), NOW, new_key=True)
    assert opened(pki).has_issuing


def test_what_cannot_be_split_is_said(pki: Path, tmp_path: Path) -> None:
    open_authority(tmp_path / "new", now=NOW)
    with pytest.raises(StateError, match="were made apart"):
        is_split(store_of(tmp_path / "new"))
    store = store_of(pki)
    with pytest.raises(StateError, match="has ended"):
        split(store, NOW + timedelta(days=4000))
    opened(pki)
    key, other = ec.generate_private_key(ec.SECP256R1()), store_of(tmp_path / "new")
    root = root_here(other)
    issue_issuing(other, root.certificate, root.key, key, NOW)
    store.issuing_file.write_bytes(other.issuing_file.read_bytes())
    assert not is_split(store), "what another root signed changes nothing"
    split(store, NOW)
    assert is_split(store)


# proves F8
@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ((), ["No camera is in service."]),
        ((("1.0", 1),), ["1 camera is in service.", "heard: 1.0: 1. This is 2.0."]),
        ((("", 2), ("1.0", 3)), ["5 cameras are in service.", "heard: not known: 2, 1.0: 3. This is 2.0."]),
    ],
)
def test_a_split_is_said_with_what_it_does_to_how_many(
    versions: tuple[tuple[str, int], ...], said: list[str]
) -> None:
    words = " ".join(split_words(CamerasBelow(versions, NOW if versions else None), "2.0"))
    assert all(each in words for each in said)
    assert ("until 2026-11-22" in words) == bool(versions)
    assert "The way back: lapel-fleet authority rejoin." in words


def test_cameras_in_service_are_counted_by_what_they_said(tmp_path: Path) -> None:
    with fleet_services(tmp_path) as services:
        for _ in range(3):
            enrol_camera(services, tmp_path)
        with services.sessions.begin() as session:
            first, second, third = session.scalars(select(CameraRow).order_by(CameraRow.number))
            first.status, third.revoked = {"firmware": "1.0"}, NOW
            last = max(first.certificate_expires, second.certificate_expires)
            assert cameras_below(session) == CamerasBelow((("", 1), ("1.0", 1)), last)
            session.rollback()


def test_where_there_is_no_fleet_nothing_is_split(tmp_path: Path) -> None:
    # proves F6
    asked = CliRunner().invoke(app, ["authority", "split", "--state", str(tmp_path / "none")])
    assert (asked.exit_code, asked.stderr) == (2, f"There is no fleet in {tmp_path / 'none'}.\n")
    assert not (tmp_path / "none").exists()
