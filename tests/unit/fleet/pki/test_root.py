"""The root apart: taken away, and what it gives the issuing authority."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from fleet.core.errors import StateError
from fleet.pki.authority import Authority, open_authority
from fleet.pki.key_secret import KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.root import renew_issuing, root_away, root_here, take_root
from protocol.messages.enrolment import check_certificates
from tests.support.fleet.authorities import make_one_of_before
from tests.support.fleet.fleet import camera_request

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = b"five words drawn by lot"


def store_of(folder: Path) -> KeyStore:
    return KeyStore(folder, KeySecret.of(folder, None))


def issue(authority: Authority, now: datetime = NOW) -> tuple[bytes, ...]:
    _, request = camera_request()
    issued = authority.issue_camera(request, camera="cam-01", now=now, days=90)
    return check_certificates(issued.pem, authority.der)


def take(folder: Path, out: Path) -> KeyStore:
    store = store_of(folder)
    take_root(store, out, WORDS, os.urandom, cost=2)
    return store


def test_everything_goes_on_without_the_root(tmp_path: Path) -> None:
    before = open_authority(tmp_path / "state" / "pki", now=NOW)
    here = before.has_root_key
    take(tmp_path / "state" / "pki", tmp_path / "root.key")
    after = open_authority(tmp_path / "state" / "pki", now=NOW)
    assert (here, after.has_root_key) == (True, False)
    assert before.has_root_key is not here, "who has it open sees it, too"
    assert after.der == before.der
    assert issue(after)[1:] == issue(before)[1:]
    assert after.renew_own([], NOW)
    assert b"PRIVATE" not in (tmp_path / "root.key").read_bytes()
    assert (tmp_path / "root.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(StateError, match="was taken away from this machine; name its file with --root"):
        root_here(store_of(tmp_path / "state" / "pki"))


def test_the_root_is_taken_to_a_new_file_elsewhere_that_opens(tmp_path: Path) -> None:
    folder, there = tmp_path / "state" / "pki", tmp_path / "there"
    open_authority(folder, now=NOW)
    there.write_text("somebody's")
    for out, words, reason in (
        (there, WORDS, "is there already"),
        (tmp_path / "state" / "root.key", WORDS, "is in the state folder"),
        (tmp_path / "short", b"short", "needs 16 to 1024"),
    ):
        with pytest.raises(StateError, match=reason):
            take_root(store_of(folder), out, words, os.urandom, cost=2)
    with pytest.raises(FileNotFoundError):
        take_root(store_of(folder), tmp_path / "no" / "folder", WORDS, os.urandom, cost=2)
    assert there.read_text() == "somebody's"
    assert open_authority(folder, now=NOW).has_root_key
    assert sorted(each.name for each in tmp_path.iterdir()) == ["state", "there"]


def test_a_medium_that_does_not_give_back_what_was_written_keeps_the_root_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    folder, out, real = tmp_path / "state" / "pki", tmp_path / "root.key", Path.read_bytes
    open_authority(folder, now=NOW)

    def worn(self: Path) -> bytes:
        return real(self).replace(b'"nonce": "', b'"nonce": "A') if "root.key" in self.name else real(self)

    monkeypatch.setattr(Path, "read_bytes", worn)
    with pytest.raises(StateError, match="its disk is not to be trusted"):
        take(folder, out)
    monkeypatch.undo()
    assert not out.exists()
    root_here(store_of(folder))


@pytest.mark.parametrize("away", [True, False])
def test_the_root_gives_the_next_certificate_for_the_same_key(tmp_path: Path, away: bool) -> None:
    folder, out = tmp_path / "state" / "pki", tmp_path / "root.key"
    before = open_authority(folder, now=NOW)
    before.renew_own([], NOW)
    checkpoints = before.checkpoints_key().public_key()
    earlier, late = issue(before), before.issuing.not_valid_after_utc + timedelta(days=30)
    if away:
        take(folder, out)
    with pytest.raises(StateError, match="renew-issuing"):
        open_authority(folder, now=late)
    store = store_of(folder)
    root = root_away(store, out, WORDS) if away else root_here(store)
    renew_issuing(store, root, late, new_key=False)
    after = open_authority(folder, now=late)
    assert after.der == before.der
    assert after.issuing.public_key() == before.issuing.public_key()
    assert after.issuing.not_valid_after_utc - late > timedelta(days=1800)
    x509.load_der_x509_certificate(earlier[0]).verify_directly_issued_by(after.issuing)
    assert after.renew_own([], late), "its own certificates carry the new one"
    assert not after.renew_own([], late)
    assert after.checkpoints_key().public_key() == checkpoints
    assert x509.load_der_x509_certificate(after.receipts_key()[1][1]) == after.issuing


def test_a_new_key_takes_the_place_of_one_that_was_lost_or_stolen(tmp_path: Path) -> None:
    # proves L1
    folder, out = tmp_path / "state" / "pki", tmp_path / "root.key"
    before = open_authority(folder, now=NOW)
    earlier = issue(before)
    store = take(folder, out)
    store.issuing_file.unlink()
    (folder / "key-file").unlink()
    with pytest.raises(StateError, match=r"issuing\.key cannot be read"):
        open_authority(folder, now=NOW)
    renew_issuing(store, root_away(store, out, WORDS), NOW, new_key=True)
    after = open_authority(folder, now=NOW)
    assert after.der == before.der, "what codes and verifiers name stays"
    assert issue(after)[-1] == before.der
    assert after.issuing.subject != before.issuing.subject
    assert x509.load_der_x509_certificate(earlier[0]).issuer != after.issuing.subject


def test_another_root_a_wrong_passphrase_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    folder, other = tmp_path / "state" / "pki", tmp_path / "other" / "pki"
    for each in (folder, other):
        open_authority(each, now=NOW)
    store = store_of(folder)
    with pytest.raises(StateError, match="is not the file that"):
        root_away(store, folder / "authority.key", WORDS)
    take(other, tmp_path / "other.key")
    take(folder, tmp_path / "root.key")
    with pytest.raises(StateError, match="is the root of another fleet"):
        root_away(store, tmp_path / "other.key", WORDS)
    with pytest.raises(StateError, match="the passphrase is another"):
        root_away(store, tmp_path / "root.key", WORDS + b"x")
    with pytest.raises(StateError, match="is no root's key"):
        root_away(store, folder / "authority.pem", WORDS)
    with pytest.raises(StateError, match="cannot be read"):
        root_away(store, tmp_path / "nothing", WORDS)


def test_a_fleet_of_before_has_no_root_apart(tmp_path: Path) -> None:
    make_one_of_before(tmp_path / "state" / "pki", NOW)
    open_authority(tmp_path / "state" / "pki", now=NOW)
    with pytest.raises(StateError, match="made before there were issuing authorities"):
        take(tmp_path / "state" / "pki", tmp_path / "root.key")
    assert not (tmp_path / "root.key").exists()


def test_a_root_that_ended_gives_nothing(tmp_path: Path) -> None:
    authority = open_authority(tmp_path / "state" / "pki", now=NOW)
    store = store_of(tmp_path / "state" / "pki")
    with pytest.raises(StateError, match="The root has ended"):
        renew_issuing(store, root_here(store), authority.certificate.not_valid_after_utc, new_key=False)


def test_another_implementation_of_paths_accepts_the_servers_chain_by_the_root_alone(tmp_path: Path) -> None:
    authority = open_authority(tmp_path / "pki", now=NOW)
    authority.renew_own(["fleet.example"], NOW)
    own, issuing = x509.load_pem_x509_certificates(authority.file("server.pem").read_bytes())
    verifier = PolicyBuilder().store(Store([authority.certificate])).time(NOW)
    chain = verifier.build_server_verifier(x509.DNSName("fleet.example")).verify(own, [issuing])
    assert chain == [own, issuing, authority.certificate]
