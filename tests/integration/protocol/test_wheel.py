"""The wheel, installed with the base requirements alone, verifies: what a court's expert would do.

Set-up has fetched what building and installing take, so uv finds it in its cache and asks no registry; only
where that cache was emptied does it fetch again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.media.recordings import make_identity, record

ROOT = Path(__file__).parents[3]
UV = Path(sys.executable).with_name("uv")


def uv(*arguments: str | Path) -> None:
    """Run uv from its cache, or with the network where the cache lacks something."""
    command = [str(each) for each in (UV, *arguments)]
    cached = subprocess.run([*command, "--offline"], capture_output=True, text=True, check=False)
    if cached.returncode:
        fetched = subprocess.run(command, capture_output=True, text=True, check=False)
        assert fetched.returncode == 0, cached.stderr + fetched.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--build-constraints", ROOT / "requirements/build.txt", "--out-dir", folder, ROOT)
    [wheel] = folder.glob("*.whl")
    uv("venv", "--python", sys.executable, folder / "environment")
    python = folder / "environment/bin/python"
    uv("pip", "install", "--python", python, "--require-hashes", "-r", ROOT / "requirements/base.txt")
    uv("pip", "install", "--python", python, "--no-deps", wheel)
    return folder / "environment/bin"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    folder = tmp_path / "00000007"
    folder.mkdir()
    for name, data in record(receipt=True).files.items():
        (folder / name).write_bytes(data)
    authority = x509.load_der_x509_certificate(make_identity().authority)
    (tmp_path / "authority.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    return folder


def run(*command: str | Path, cwd: Path) -> tuple[int, str, str]:
    """Run a program where the sources are not at hand."""
    result = subprocess.run(
        [str(each) for each in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout, result.stderr


def test_it_runs_from_the_wheel_and_not_from_the_sources(installed: Path, tmp_path: Path) -> None:
    program = "import protocol.verify; print(protocol.verify.__file__)"
    code, out, err = run(installed / "python", "-c", program, cwd=tmp_path)
    assert (code, err) == (0, "")
    assert Path(out.strip()).is_relative_to(installed.parent)


def test_nothing_beyond_the_base_requirements_is_installed(installed: Path, tmp_path: Path) -> None:
    names = ("fastapi", "numpy", "av", "cv2", "paho")
    program = f"import importlib.util as i; print([n for n in {names} if i.find_spec(n)])"
    assert run(installed / "python", "-c", program, cwd=tmp_path) == (0, "[]\n", "")


@pytest.mark.parametrize("program", [["python", "-m", "protocol.verify"], ["lapel-verify"]])
def test_it_verifies_an_intact_and_an_altered_recording(
    installed: Path, recording: Path, program: list[str]
) -> None:
    name, *arguments = program
    authority = recording.parent / "authority.pem"
    command: list[str | Path] = [installed / name, *arguments, recording, "--authority", authority]
    code, out, err = run(*command, cwd=recording.parent)
    assert (code, err) == (0, "")
    assert out.startswith("Intact: 5.0 s in 5 chunks")
    segment = min(recording.glob("*.seg"))
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)
    code, out, err = run(*command, cwd=recording.parent)
    assert (code, err) == (1, "")
    assert out.startswith(f"Altered: chunk 2 ({segment.name}, byte ")
    (recording / "ledger.cbor").unlink()
    code, out, err = run(*command, cwd=recording.parent)
    assert (code, out) == (2, "")
    assert err == f"{recording} is not a recording: there is no ledger.cbor in it.\n"
