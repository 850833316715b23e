"""A hardware module that opens the vault and the authority's keys: SoftHSM, spoken to as any other."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner, Result

from fleet.audit.models import AuditEntry
from fleet.cli import app
from fleet.core.actor import OPERATOR, Actor, ActorKind
from fleet.core.config import FleetConfig
from fleet.core.errors import StateError
from fleet.core.problems import ProblemError
from fleet.core.sections.authority import AuthoritySection
from fleet.core.sections.vault import VaultSection
from fleet.hardware.module import HardwareModule, HardwareModuleError
from fleet.pki.authority import open_authority
from fleet.pki.hardware_secret import HardwareSecret
from fleet.pki.key_secret import KeyFileMissingError
from fleet.pki.sealed_key import OtherSecretError
from fleet.server.compose import FleetServices
from fleet.vault.changing import OpeningChange
from fleet.vault.errors import WrongSecretError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import OpenedBy
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services
from tests.support.fleet.made_state import lay_out

LIBRARY, TOKEN, PIN, KEY = "/usr/lib/softhsm/libsofthsm2.so", "lapel", "493817", "lapel-vault"
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
    found = HardwareModule(module, KEY)
    secret = os.urandom(32)
    wrapped = found.wrap(secret, os.urandom)
    assert secret not in wrapped
    assert HardwareModule(module, KEY).unwrap(wrapped) == secret
    assert found.wrap(secret, os.urandom) != wrapped
    with pytest.raises(HardwareModuleError, match="There is no AES key another on token lapel"):
        HardwareModule(module, "another").unwrap(wrapped)


def test_the_key_does_not_leave_it(module: VaultSection) -> None:
    HardwareModule(module, KEY).wrap(bytes(32), os.urandom)
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
    assert sealed.why.endswith("Then unseal the vault.") is ("was refused" in sealed.why)
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
    with pytest.raises(HardwareModuleError, match=sentence):
        HardwareModule(module.model_copy(update=change), KEY).unwrap(bytes(64))


def test_a_pin_that_others_can_read_is_not_used(tmp_path: Path, module: VaultSection) -> None:
    for text, mode, sentence in ((PIN, 0o644, "give it mode 0600"), ("", 0o600, "holds no PIN")):
        path = tmp_path / f"pin-{mode}"
        path.write_text(text)
        path.chmod(mode)
        with pytest.raises(HardwareModuleError, match=sentence):
            HardwareModule(module.model_copy(update={"pkcs11_pin_file": str(path)}), KEY).unwrap(bytes(64))


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


# --- The authority's keys ---

AUTHORITY = "lapel-authority"


def under_module(section: VaultSection) -> FleetConfig:
    return FleetConfig(
        people=BY_PASSWORD.people, vault=section, authority=AuthoritySection(pkcs11_key=AUTHORITY)
    )


def files_below(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["authority", "change-key-file", *arguments])


def configured(folder: Path, section: VaultSection, *, key: str) -> Path:
    """A configuration file that names the module, and the key that the authority's secret is under."""
    path = folder / f"fleet-{key or 'file'}.toml"
    path.write_text(
        f'[vault]\npkcs11_module = "{section.pkcs11_module}"\npkcs11_token = "{section.pkcs11_token}"\n'
        f'pkcs11_pin_file = "{section.pkcs11_pin_file}"\n[authority]\npkcs11_key = "{key}"\n'
        '[people]\nsecond_factor = "off"\n'
    )
    return path


def test_a_fleet_s_own_keys_are_opened_by_the_module_and_by_nothing_else(
    tmp_path: Path, module: VaultSection
) -> None:
    # proves L1
    with fleet_services(tmp_path, under_module(module)) as services:
        services.authority.check_key()
        made = services.authority.certificate
        key, _ = services.authority.receipts_key()
    pki = tmp_path / "state" / "pki"
    assert not (pki / "key-file").exists()
    with pkcs11.lib(LIBRARY).get_token(token_label=TOKEN).open(user_pin=PIN) as session:
        assert not session.get_key(label=AUTHORITY)[pkcs11.Attribute.EXTRACTABLE]
    with fleet_services(tmp_path, under_module(module)) as services:
        services.authority.check_key()
        again, _ = services.authority.receipts_key()
        assert (services.authority.certificate, again.public_key()) == (made, key.public_key())
    secret = HardwareSecret(pki, HardwareModule(module, AUTHORITY)).read()
    lies = files_below(pki)
    assert not any(secret in each for each in lies.values())
    with pytest.raises(StateError, match="key-file, cannot be read"):
        open_authority(pki, now=datetime.now(UTC)).check_key()
    wrapped = bytearray(lies["hardware-secret"])
    wrapped[0] ^= 1  # of the first block, which decrypts to another
    (pki / "hardware-secret").write_bytes(wrapped)
    with pytest.raises(OtherSecretError, match=r"what the hardware module makes of .* is not what it was"):
        open_authority(
            pki, now=datetime.now(UTC), secret=HardwareSecret(pki, HardwareModule(module, AUTHORITY))
        ).check_key()
    own = HardwareModule(module, AUTHORITY)
    for damaged, sentence in (
        (lies["hardware-secret"][:32], "cannot be decrypted"),
        (own.wrap(bytes(16), os.urandom), "makes no secret of"),
    ):
        (pki / "hardware-secret").write_bytes(damaged)
        with pytest.raises(StateError, match=sentence):
            HardwareSecret(pki, own).read()


def test_keys_go_under_the_module_and_back_and_stay_the_same(tmp_path: Path, module: VaultSection) -> None:
    # proves L1
    state = tmp_path / "state"
    lay_out(state, datetime.now(UTC))
    before = open_authority(state / "pki", now=datetime.now(UTC))
    issuing, receipts = before.issuing, before.receipts_key()[0].public_key()
    key_file = state / "pki" / "key-file"
    by_module, by_file = (configured(tmp_path, module, key=key) for key in (AUTHORITY, ""))
    neither = command("--state", str(state), "--config", str(by_module))
    assert neither.exit_code == 2
    assert "give --from or --from-hardware" in neither.output
    both = ["--state", str(state), "--from", str(key_file), "--from-hardware", AUTHORITY]
    assert command(*both, "--config", str(by_module)).exit_code == 2
    still = command("--state", str(state), "--from-hardware", AUTHORITY, "--config", str(by_module))
    assert "names a hardware module still" in still.output
    for changed in (6, 0):  # done again it changes nothing
        done = command("--state", str(state), "--from", str(key_file), "--config", str(by_module))
        assert f"encrypted anew: {changed}. The hardware module opens all of them." in done.output, changed
        assert done.exit_code == 0
    key_file.unlink()
    secret = HardwareSecret(state / "pki", HardwareModule(module, AUTHORITY))
    under = open_authority(state / "pki", now=datetime.now(UTC), secret=secret)
    under.check_key()
    assert (under.issuing, under.receipts_key()[0].public_key()) == (issuing, receipts)
    back = command("--state", str(state), "--from-hardware", AUTHORITY, "--config", str(by_file))
    assert "encrypted anew: 6." in back.output
    (state / "pki" / "hardware-secret").unlink()
    after = open_authority(state / "pki", now=datetime.now(UTC))
    after.check_key()
    assert (after.issuing, after.receipts_key()[0].public_key()) == (issuing, receipts)


def test_without_the_module_no_key_is_decrypted_and_a_refused_pin_is_not_tried_again(
    tmp_path: Path, module: VaultSection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fleet_services(tmp_path, under_module(module)):
        pass
    pki = tmp_path / "state" / "pki"
    wrong = tmp_path / "pin"
    wrong.write_text("000000")
    wrong.chmod(0o600)
    section = module.model_copy(update={"pkcs11_pin_file": str(wrong)})
    tried: list[int] = []
    asked = HardwareModule.unwrap

    def count(self: HardwareModule, wrapped: bytes) -> bytes:
        tried.append(1)
        return asked(self, wrapped)

    monkeypatch.setattr(HardwareModule, "unwrap", count)
    with fleet_services(tmp_path, under_module(section)) as services:  # what signs nothing goes on
        for _ in range(3):
            with pytest.raises(KeyFileMissingError, match=r"was refused .* Then start the service"):
                services.authority.check_key()
        assert len(tried) == 1, "a token locks after a few"
    (pki / "hardware-secret").unlink()
    secret = HardwareSecret(pki, HardwareModule(module, AUTHORITY))
    with pytest.raises(KeyFileMissingError, match="cannot be read: No such file"):
        open_authority(pki, now=datetime.now(UTC), secret=secret).check_key()


def test_one_of_the_two_is_named() -> None:
    with pytest.raises(ValidationError, match="are both set"):
        AuthoritySection(key_file="/media/key", pkcs11_key=AUTHORITY)
