"""A hardware module that opens the vault: SoftHSM, spoken to as any other, and what becomes of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind
from fleet.core.config import FleetConfig
from fleet.core.problems import ProblemError
from fleet.core.sections.vault import VaultSection
from fleet.server.compose import FleetServices
from fleet.vault.changing import OpeningChange
from fleet.vault.errors import HardwareAwayError, WrongSecretError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import OpenedBy
from fleet.vault.openers.hardware import HardwareModule
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services
from tests.support.fleet.made_state import lay_out

LIBRARY, TOKEN, PIN = "/usr/lib/softhsm/libsofthsm2.so", "lapel", "493817"
ONE = Actor(ActorKind.USER, "u1", "Person 1", address="192.0.2.1")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VaultSection]:
    """A token in a folder of its own; the library reads where that is once in a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    pin = folder / "pin"
    pin.write_text(f"{PIN}\n")
    pin.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(conf))
        made = [
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            TOKEN,
            "--so-pin",
            "98765432",
            "--pin",
            PIN,
        ]
        subprocess.run(made, check=True, capture_output=True)
        yield VaultSection(pkcs11_module=LIBRARY, pkcs11_token=TOKEN, pkcs11_pin_file=str(pin))


def config(section: VaultSection) -> FleetConfig:
    return FleetConfig(people=BY_PASSWORD.people, vault=section)


def opened_by_module(folder: Path, section: VaultSection) -> None:
    """Have the module open the vault of a state folder."""
    clock = TestClock()
    lay_out(folder / "state", clock())
    with fleet_services(folder, config(section), clock=clock) as services:
        change = OpeningChange(services)
        assert change.to_hardware(change.unlocked(None), OPERATOR)


def test_what_it_encrypts_it_alone_decrypts(module: VaultSection) -> None:
    found = HardwareModule(module)
    secret = os.urandom(32)
    wrapped = found.wrap(secret, os.urandom)
    assert secret not in wrapped
    assert HardwareModule(module).unwrap(wrapped) == secret
    assert found.wrap(secret, os.urandom) != wrapped
    with pytest.raises(HardwareAwayError, match="There is no AES key another on token lapel"):
        HardwareModule(module.model_copy(update={"pkcs11_key": "another"})).unwrap(wrapped)


def test_the_key_does_not_leave_it(module: VaultSection) -> None:
    HardwareModule(module).wrap(bytes(32), os.urandom)
    with pkcs11.lib(LIBRARY).get_token(token_label=TOKEN).open(user_pin=PIN) as session:
        key = session.get_key(label=module.pkcs11_key)
        assert not key[pkcs11.Attribute.EXTRACTABLE]
        with pytest.raises(pkcs11.AttributeSensitive):
            _ = key[pkcs11.Attribute.VALUE]


def test_the_vault_is_opened_by_it_at_each_start(tmp_path: Path, module: VaultSection) -> None:
    opened_by_module(tmp_path, module)
    files = VaultFiles.of(tmp_path / "state", config(module))
    assert files.box().opener.by is OpenedBy.HARDWARE
    assert not files.key_file.exists()
    with fleet_services(tmp_path, config(module)) as services:
        assert not services.vault.is_sealed()
        services.vault.seal(ONE)
        sealed = services.vault.sealed()
        assert sealed is not None
        assert sealed.until == "somebody unseals it"
        services.vault_services.unsealing.by_itself(ONE)
        assert not services.vault.is_sealed()
        with services.readers() as session:
            last = session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
            assert last is not None
            assert (last.action, last.detail) == ("vault:key:unseal", {"by": "hardware"})
    with fleet_services(tmp_path, BY_PASSWORD) as services:  # and by nothing else
        sealed = services.vault.sealed()
        assert sealed is not None
        assert "does not say which" in sealed.why


def test_one_that_is_away_is_waited_for(tmp_path: Path, module: VaultSection) -> None:
    # proves F8
    opened_by_module(tmp_path, module)
    pin, away, clock = Path(module.pkcs11_pin_file), tmp_path / "away", TestClock()
    pin.rename(away)
    with fleet_services(tmp_path, config(module), clock=clock) as services:
        sealed = services.vault.sealed()
        assert sealed is not None
        assert sealed.until == "its hardware module can be used again"
        assert "cannot be read: No such file or directory" in sealed.why
        away.rename(pin)
        assert services.vault.is_sealed(), "it is not asked again and again"
        clock.move(seconds=30)
        assert not services.vault.is_sealed()


def test_a_pin_that_was_refused_is_not_tried_again_by_itself(tmp_path: Path, module: VaultSection) -> None:
    opened_by_module(tmp_path, module)
    wrong, clock = tmp_path / "pin", TestClock()
    wrong.write_text("000000")
    wrong.chmod(0o600)
    section = module.model_copy(update={"pkcs11_pin_file": str(wrong)})
    with fleet_services(tmp_path, config(section), clock=clock) as services:
        assert refused_pin(services)
        wrong.write_text(PIN)
        clock.move(hours=1)
        assert refused_pin(services), "a token locks after a few"
        services.vault_services.unsealing.by_itself(ONE)
        assert not services.vault.is_sealed()


def refused_pin(services: FleetServices) -> bool:
    sealed = services.vault.sealed()
    assert sealed is not None
    assert sealed.until == "somebody unseals it"
    return "The PIN in" in sealed.why and "was refused" in sealed.why


def test_people_who_try_a_wrong_pin_are_counted(tmp_path: Path, module: VaultSection) -> None:
    opened_by_module(tmp_path, module)
    wrong = tmp_path / "pin"
    wrong.write_text("000000")
    wrong.chmod(0o600)
    section = module.model_copy(update={"pkcs11_pin_file": str(wrong)})
    with fleet_services(tmp_path, config(section)) as services:
        codes = []
        for _ in range(11):
            with pytest.raises(ProblemError) as caught:
                services.vault_services.unsealing.by_itself(ONE)
            codes.append(caught.value.code)
        assert codes == ["vault_unusable"] * 10 + ["too_many_attempts"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"pkcs11_module": "/nowhere/library.so"}, "The token lapel of /nowhere/library.so cannot be used"),
        ({"pkcs11_token": "other"}, "There is no token other of"),
        ({"pkcs11_token": ""}, "does not say which"),
    ],
)
def test_what_is_wrong_with_it_is_said(module: VaultSection, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(HardwareAwayError, match=sentence):
        HardwareModule(module.model_copy(update=change)).unwrap(bytes(64))


def test_a_pin_that_others_can_read_is_not_used(tmp_path: Path, module: VaultSection) -> None:
    for text, mode, sentence in ((PIN, 0o644, "give it mode 0600"), ("", 0o600, "holds no PIN")):
        path = tmp_path / f"pin-{mode}"
        path.write_text(text)
        path.chmod(mode)
        with pytest.raises(HardwareAwayError, match=sentence):
            HardwareModule(module.model_copy(update={"pkcs11_pin_file": str(path)})).unwrap(bytes(64))


def test_what_was_changed_in_the_vault_s_file_opens_nothing(tmp_path: Path, module: VaultSection) -> None:
    opened_by_module(tmp_path, module)
    files = VaultFiles.of(tmp_path / "state", config(module))
    box = files.box()
    wrapped = bytearray(box.opener.wrapped)
    wrapped[0] ^= 1  # of the first block, which decrypts to another
    files.replace(replace(box, opener=replace(box.opener, wrapped=bytes(wrapped))))
    with (
        pytest.raises(WrongSecretError, match="gave another secret"),
        fleet_services(tmp_path, config(module)),
    ):
        pass
