"""The systemd units: as closed as their programs allow, nothing wrong in them, and commands that exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from device.cli import app as device
from device.process.ending import LONGEST_S, REPORT_S
from fleet.cli import app as fleet

ROOT = Path(__file__).resolve().parents[2]
CAMERA = ROOT / "device" / "systemd" / "lapel-device.service"
SERVICE = ROOT / "fleet" / "systemd" / "lapel-fleet.service"
BACKUP = ROOT / "fleet" / "systemd" / "lapel-fleet-backup.service"
TIMER = BACKUP.with_suffix(".timer")
INSTALLED = "/opt/lapel/bin"
MOST_EXPOSED = 2.5

both = pytest.mark.parametrize("unit", [CAMERA, SERVICE], ids=["camera", "fleet"])
every = pytest.mark.parametrize("unit", [CAMERA, SERVICE, BACKUP], ids=["camera", "fleet", "backup"])


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def settings(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


def command(unit: Path) -> list[str]:
    (line,) = settings(unit, "ExecStart")
    return shlex.split(line)


@every
def test_a_unit_is_hardly_exposed(unit: Path) -> None:
    answer = analyze("security", "--no-pager", "--offline=true", unit)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", answer.stdout)
    assert found is not None, answer.stdout
    assert float(found[1]) < MOST_EXPOSED, answer.stdout


@every
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    here = str(Path(sys.executable).parent)  # systemd looks whether the program is there
    text = unit.read_text(encoding="utf-8").replace(INSTALLED, here)
    copy = tmp_path / unit.name
    copy.write_text(text, encoding="utf-8")
    answer = analyze("verify", "--man=no", copy)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_verifying_does_find_what_is_wrong(tmp_path: Path) -> None:
    unit = tmp_path / "wrong.service"
    unit.write_text("[Service]\nExecStart=/nowhere/at-all\nDynamicUse=yes\n", encoding="utf-8")
    answer = analyze("verify", "--man=no", unit)
    assert "DynamicUse" in answer.stdout
    assert answer.returncode != 0


@pytest.mark.parametrize(
    ("unit", "program"),
    [(CAMERA, device), (SERVICE, fleet), (BACKUP, fleet)],
    ids=["camera", "fleet", "backup"],
)
def test_a_unit_starts_a_command_that_the_program_has(unit: Path, program: typer.Typer) -> None:
    path, *words = command(unit)
    assert path == f"{INSTALLED}/{unit.stem.removesuffix('-backup')}"
    group = typer.main.get_command(program)
    assert isinstance(group, TyperGroup)
    with typer.Context(group) as context:
        name, verb, rest = group.resolve_command(context, words)
        assert verb is not None
        verb.make_context(name, rest)  # raises for an option that is unknown or missing


@both
def test_a_unit_writes_where_its_command_keeps_its_state(unit: Path) -> None:
    (folder,) = settings(unit, "StateDirectory")
    user = unit.with_suffix(".sysusers").read_text(encoding="utf-8").splitlines()[-1]
    assert settings(unit, "User") == settings(unit, "Group") == [unit.stem]
    assert user.startswith(f"u {unit.stem} ")
    assert user.endswith(f" /var/lib/{folder}")


def test_a_backup_is_made_every_day_of_the_service_that_runs_and_on_another_disk(tmp_path: Path) -> None:
    here = str(Path(sys.executable).parent)
    for each in (BACKUP, TIMER):  # a timer is looked at with what it starts
        text = each.read_text(encoding="utf-8").replace(INSTALLED, here)
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    answer = analyze("verify", "--man=no", tmp_path / TIMER.name)
    assert (answer.returncode, answer.stdout) == (0, "")
    (when,) = settings(TIMER, "OnCalendar")
    assert analyze("calendar", when).returncode == 0
    assert when.startswith("*-*-* ")
    for key in ("User", "Group", "StateDirectory", "EnvironmentFile"):
        assert settings(BACKUP, key) == settings(SERVICE, key)
    words = command(BACKUP)
    folder = words[words.index("--to") + 1]
    for key in ("ReadWritePaths", "RequiresMountsFor", "AssertPathIsMountPoint"):
        assert settings(BACKUP, key) == [folder]


def test_the_camera_sees_its_sensors_alone_and_no_memory_of_it_is_swapped_or_dumped() -> None:
    assert settings(CAMERA, "DevicePolicy") == ["closed"]
    assert settings(CAMERA, "DeviceAllow") == ["char-video4linux rw", "char-alsa rw"]
    assert settings(CAMERA, "LimitMEMLOCK") == ["infinity"]
    assert settings(CAMERA, "LimitCORE") == ["0"]


def test_the_camera_may_compile_the_callback_of_its_microphone() -> None:
    # With MemoryDenyWriteExecute=yes cffi raises MemoryError for the callback: a camera without sound.
    assert settings(CAMERA, "MemoryDenyWriteExecute") == []


def test_the_service_may_tie_its_broker_to_itself() -> None:
    # Without capset(2), which is among the privileged calls, setpriv ends before it starts the broker.
    assert "capset" in allowed_again(SERVICE)


def test_the_service_may_have_some_of_its_threads_give_way() -> None:
    # setpriority(2), which nice(3) is too, is among the calls for resources.
    assert "setpriority" in allowed_again(SERVICE)


def allowed_again(unit: Path) -> list[str]:
    """The calls that are allowed behind those that are refused."""
    filters = settings(unit, "SystemCallFilter")
    refused = max(index for index, each in enumerate(filters) if each.startswith("~"))
    return filters[refused + 1 :]


def test_the_one_time_link_is_not_in_the_journal() -> None:
    assert settings(SERVICE, "StandardOutput") == ["null"]


def test_each_service_has_the_time_to_end_that_its_program_may_take() -> None:

    (camera,) = settings(CAMERA, "TimeoutStopSec")
    assert int(camera) > LONGEST_S + REPORT_S
    assert settings(SERVICE, "KillMode") == ["mixed"]  # the service ends its broker in its own order
