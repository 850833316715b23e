"""Identity on the card: whole or not at all, and a sentence for everything that can be wrong with it."""

from __future__ import annotations

import ssl
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from device.errors import StorageError
from device.link.errors import IdentityError, NotEnrolledError
from device.link.identity.client import RenewalClient, Renewed
from device.link.identity.identity import ENROLMENT_FILE, FOLDER, load_identity, save_identity
from device.link.identity.renewal import renew
from device.link.identity.resealing import reseal
from device.storage.filesystem import PosixFilesystem
from protocol.footage.sealing.keys import Recipient, generate_private_key
from protocol.messages.enrolment import read_certificates
from tests.support.camera.identities import answer_for, enrol_without_fleet
from tests.support.media.recordings import issued_below, make_identity
from tests.support.storage.failing_card import FailingCard

CARD = PosixFilesystem()


def contents(state: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in (state / FOLDER).iterdir()}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    saved = enrol_without_fleet(tmp_path)
    loaded = load_identity(tmp_path, CARD)
    assert (loaded.camera, loaded.certificates) == (saved.camera, make_identity().certificates)
    assert loaded.recipients == (make_identity().recipient,)
    assert loaded.signer(b"word") == saved.signer(b"word")


def test_a_state_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    saved = enrol_without_fleet(tmp_path / "state")
    assert load_identity(tmp_path / "state", CARD).camera == saved.camera


def test_the_key_can_be_read_by_the_camera_alone(tmp_path: Path) -> None:
    identity = enrol_without_fleet(tmp_path)
    assert stat.S_IMODE(identity.key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(identity.key_path.parent.stat().st_mode) == 0o700
    assert "PRIVATE" not in repr(identity)


def test_a_camera_that_is_not_enrolled_is_told_how_to_enrol(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolledError, match="lapel-device enrol"):
        load_identity(tmp_path, CARD)


def test_a_second_enrolment_replaces_the_first_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    enrol_without_fleet(tmp_path)
    enrol_without_fleet(tmp_path, make_identity("cam-02", 2))
    assert load_identity(tmp_path, CARD).camera == "cam-02"
    assert len(contents(tmp_path)) == 3


@pytest.mark.parametrize("name", [ENROLMENT_FILE, "key", "certificate"])
def test_a_missing_or_damaged_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    enrol_without_fleet(tmp_path)
    (path,) = (each for each in (tmp_path / FOLDER).iterdir() if each.name.startswith(name))
    path.unlink()
    expected = NotEnrolledError if name == ENROLMENT_FILE else IdentityError
    with pytest.raises(expected, match=r"enrol"):
        load_identity(tmp_path, CARD)


@pytest.mark.parametrize("name", [ENROLMENT_FILE, "key"])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    enrol_without_fleet(tmp_path)
    (path,) = (each for each in (tmp_path / FOLDER).iterdir() if each.name.startswith(name))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(IdentityError, match=r"enrol the camera again"):
        load_identity(tmp_path, CARD)


def test_a_certificate_for_another_key_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    enrol_without_fleet(tmp_path)
    before = contents(tmp_path)
    stranger = make_identity("cam-01", 9)
    with pytest.raises(IdentityError, match="not for the key"):
        save_identity(tmp_path, answer_for(stranger), make_identity().camera_key, CARD)
    assert contents(tmp_path) == before


def test_a_certificate_for_another_camera_is_refused(tmp_path: Path) -> None:
    answer = answer_for(make_identity()).model_copy(update={"camera": "cam-09"})
    with pytest.raises(IdentityError, match="not for cam-09"):
        save_identity(tmp_path, answer, make_identity().camera_key, CARD)


def test_an_ended_certificate_still_loads_but_says_so(tmp_path: Path) -> None:
    identity = enrol_without_fleet(tmp_path)
    end = identity.certificate.not_valid_after_utc
    begin = identity.certificate.not_valid_before_utc
    assert identity.validity_problem(end - timedelta(days=1)) is None
    assert "ended on" in str(identity.validity_problem(end + timedelta(days=1)))
    assert "clock" in str(identity.validity_problem(begin - timedelta(days=1)))


def test_a_card_that_fails_anywhere_leaves_the_old_identity_or_the_new(tmp_path: Path) -> None:
    other = make_identity("cam-02", 2)
    outcomes = set()
    for works in range(12):
        state = tmp_path / str(works)
        state.mkdir()
        enrol_without_fleet(state)
        try:
            save_identity(state, answer_for(other), other.camera_key, FailingCard(works))
        except StorageError:
            outcomes.add(f"failed, {load_identity(state, CARD).camera}")
        else:
            outcomes.add(load_identity(state, CARD).camera)
    assert {"failed, cam-01", "cam-02"} <= outcomes <= {"failed, cam-01", "failed, cam-02", "cam-02"}


# proves L1
def test_a_certificate_of_an_issuing_authority_is_kept_and_shown_with_that_ones(tmp_path: Path) -> None:
    issued = issued_below()
    saved = enrol_without_fleet(tmp_path, issued)
    loaded = load_identity(tmp_path, CARD)
    assert saved.certificates == loaded.certificates == issued.certificates
    assert read_certificates(loaded.certificate_path.read_text()) == issued.certificates[:-1]


class AnsweringClient(RenewalClient):
    """Renews with a certificate that was made before."""

    def __init__(self, pem: str) -> None:
        self.pem = pem

    def renew(self, request_pem: str) -> Renewed:
        assert "CERTIFICATE REQUEST" in request_pem
        return Renewed(certificate_pem=self.pem, authority_pem="-")


def pem(*ders: bytes) -> str:
    return "".join(map(ssl.DER_cert_to_PEM_cert, ders))


# proves L1
def test_a_renewal_may_come_by_another_issuing_authority_of_the_same_root_and_of_no_other(
    tmp_path: Path,
) -> None:
    before = enrol_without_fleet(tmp_path)
    for stranger in (issued_below(seed=2), make_identity(seed=2)):
        with pytest.raises(IdentityError, match="no certificate from this camera's authority"):
            renew(tmp_path, before, AnsweringClient(pem(*stranger.certificates[:-1])), CARD)
        assert load_identity(tmp_path, CARD).certificates == before.certificates
    issued = issued_below()
    after = renew(tmp_path, before, AnsweringClient(pem(*issued.certificates[:-1])), CARD)
    assert load_identity(tmp_path, CARD).certificates == after.certificates == issued.certificates


def test_other_keys_to_seal_to_are_kept_with_the_identity_or_not_at_all(tmp_path: Path) -> None:
    # proves C3
    new = (Recipient("Evidence vault", generate_private_key().public_bytes()),)
    outcomes = set()
    for works in range(12):
        state = tmp_path / str(works)
        state.mkdir()
        before = enrol_without_fleet(state, issued_below())
        try:
            after = reseal(state, before, new, FailingCard(works))
        except StorageError:
            kept = load_identity(state, CARD)
            outcomes.add(("failed", kept.recipients == new))
        else:
            kept = load_identity(state, CARD)
            outcomes.add(("kept", kept.recipients == after.recipients == new))
        assert kept.recipients in {before.recipients, new}
        assert (kept.camera, kept.certificates, kept.key_path) == (
            before.camera,
            before.certificates,
            before.key_path,
        )
    assert (
        {("failed", False), ("kept", True)}
        <= outcomes
        <= {("failed", False), ("failed", True), ("kept", True)}
    )


@pytest.mark.parametrize("public", [b"", b"\xff" * 1216])
def test_a_key_that_nothing_can_be_sealed_to_is_refused(tmp_path: Path, public: bytes) -> None:
    before, good = enrol_without_fleet(tmp_path), make_identity().recipient
    kept = contents(tmp_path)
    for wrong in ((Recipient("Broken", public),), (), (good, good)):
        with pytest.raises(IdentityError, match="The fleet sent"):
            reseal(tmp_path, before, wrong, CARD)
    assert contents(tmp_path) == kept
