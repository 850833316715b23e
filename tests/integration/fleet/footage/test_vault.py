"""The vault in its folder, and what it does and does not do when somebody asks it to open a recording."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.sections.vault import VaultSection
from fleet.vault.errors import VaultError
from fleet.vault.open_vault import create_file
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import Track
from protocol.footage.ledger.ledger import Ledger, read_ledger
from tests.support.fleet.fleet_footage import running
from tests.support.media.recordings import make_identity, record

SOMEBODY = Actor(ActorKind.USER, "u1", "Head of safety")


def test_the_vault_is_the_same_after_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as fleet:
        first = fleet.services.vault.recipients()
    with running(tmp_path) as fleet:
        assert fleet.services.vault.recipients() == first
    for name in ("sealing-key.json", "key-file"):
        assert (tmp_path / "vault" / name).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "vault").stat().st_mode & 0o777 == 0o700


def start(state: Path, key_file: Path | None = None) -> None:
    config = FleetConfig(vault=VaultSection(key_file=str(key_file))) if key_file else FleetConfig()
    with running(state, config):
        pass


def test_a_passphrase_in_a_file_elsewhere_unlocks_it_too(tmp_path: Path) -> None:
    key_file = tmp_path / "passphrase"
    key_file.write_text("correct horse battery staple\n")
    key_file.chmod(0o600)
    start(tmp_path / "state", key_file)
    assert not (tmp_path / "state/vault/key-file").exists()
    start(tmp_path / "state", key_file)
    key_file.write_text("incorrect horse battery staple\n")
    with pytest.raises(VaultError, match=r"does not open: its key file is not the one"):
        start(tmp_path / "state", key_file)


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        (None, 0, "cannot be read: No such file or directory"),
        (b"short", 0o600, "holds 5 bytes; it needs 32 random bytes, or a passphrase of 16 to 1024"),
        (b"x" * 32, 0o644, "is open to others; give it mode 0600"),
    ],
)
def test_a_key_file_that_cannot_be_used_is_said(
    tmp_path: Path, content: bytes | None, mode: int, sentence: str
) -> None:
    key_file = tmp_path / "key"
    if content is not None:
        key_file.write_bytes(content)
        key_file.chmod(mode)
    with pytest.raises(VaultError, match=sentence):
        start(tmp_path / "state", key_file)
    assert not (tmp_path / "state/vault/sealing-key.json").exists()


def test_a_vault_that_is_lost_is_not_replaced_in_silence(tmp_path: Path) -> None:
    with running(tmp_path) as fleet:
        fleet.identity()
    (tmp_path / "vault/sealing-key.json").unlink()
    with pytest.raises(
        VaultError, match="missing, although cameras were enrolled to seal to its key; restore it"
    ):
        start(tmp_path)


def test_a_crash_at_the_first_start_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault/key-file").write_bytes(b"k" * 32)
    (tmp_path / "vault/key-file").chmod(0o600)
    start(tmp_path)
    assert (tmp_path / "vault/key-file").read_bytes() == b"k" * 32


def test_of_programs_that_start_at_once_one_makes_the_vault(tmp_path: Path) -> None:
    made: list[bytes] = []
    barrier = threading.Barrier(4)

    def make(number: int) -> None:
        barrier.wait()
        create_file(tmp_path / "file", f"made by {number}".encode())
        made.append((tmp_path / "file").read_bytes())

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_log_is_written_before_the_ledger_is_even_read(tmp_path: Path) -> None:  # proves F1
    with running(tmp_path) as fleet:
        take = record(fleet.identity())
        written: list[tuple[str, str, str]] = []

        def load() -> Ledger:
            with fleet.services.readers() as session:
                last = session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
                assert last is not None
                written.append((last.actor, last.action, last.purpose))
            return read_ledger(bytes(take.ledger))

        with fleet.services.vault.unseal(
            recording="r", load=load, actor=SOMEBODY, action="footage:recording:view", purpose="  Case\n 12 "
        ) as opening:
            assert written == [("user:Head of safety", "footage:recording:view", "Case 12")]
            assert opening.tracks == frozenset(Track)
            assert bytes(opening.key(2, Track.VIDEO)) == take.keys[2, Track.VIDEO]


def test_keys_are_overwritten_when_it_is_closed(tmp_path: Path) -> None:
    with running(tmp_path) as fleet:
        take = record(fleet.identity())
        ledger = read_ledger(bytes(take.ledger))
        opening = fleet.services.vault.unseal(
            recording="r", load=lambda: ledger, actor=SOMEBODY, action="a:b:c", purpose="test"
        )
        key = opening.key(2, Track.AUDIO)
        with pytest.raises(KeysError, match="no key for the video of chunk 99"):
            opening.key(99, Track.VIDEO)
        other = read_ledger(bytes(record(fleet.identity("second"), seed=2).ledger))
        with pytest.raises(KeysError, match="another recording"):
            opening.renew(other)
        opening.close()
        assert key == bytes(32)
        with pytest.raises(KeysError, match="closed"):
            opening.key(2, Track.AUDIO)


def test_what_is_sealed_to_others_stays_closed(tmp_path: Path) -> None:
    with running(tmp_path) as fleet:
        ledger = read_ledger(bytes(record(make_identity()).ledger))
        with pytest.raises(ProblemError, match="not sealed to this fleet's vault"):
            fleet.services.vault.unseal(
                recording="r", load=lambda: ledger, actor=SOMEBODY, action="a:b:c", purpose="test"
            )
