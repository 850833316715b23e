"""The whole path on real input: press, commit, upload, verify, receipt, export; judged with others' tools."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.verifying.verify import Verdict, verify_recording

CAMERAS = 3
WINDOW_S = 180
RUN_WITHIN_S = 500


pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Recording:
    camera: str
    number: int
    folder: Path
    export: Path
    told: dict[str, Any]

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


def command(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("first-press")
    report = folder / "report.json"
    done = subprocess.run(
        [
            command("lapel-simulator"),
            "run",
            "first_press",
            "--set",
            "listed_within_s=60",  # how soon says how busy this machine is; benchmarks/ measure that
            "--json",
            str(report),
            "--keep",
            str(folder / "keep"),
        ],
        capture_output=True,
        text=True,
        timeout=RUN_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    data: dict[str, Any] = json.loads(report.read_text())
    return {**data, "keep": folder / "keep"}


@pytest.fixture(scope="module")
def recordings(run: dict[str, Any]) -> list[Recording]:
    return [
        Recording(row["camera"], row["number"], Path(row["folder"]), Path(row["export"]), row)
        for row in run["recordings"]
    ]


@pytest.fixture(scope="module")
def smallest(recordings: list[Recording]) -> Recording:
    return min(recordings, key=lambda each: sum(path.stat().st_size for path in each.folder.iterdir()))


# proves C3, C7
def test_every_camera_has_two_recordings_and_the_first_begins_three_minutes_before_the_press(
    run: dict[str, Any], recordings: list[Recording]
) -> None:
    assert run["scenario"] == "first_press"
    assert run["passed"] is True
    assert isinstance(run["seed"], int)
    numbers = {(each.camera, each.number) for each in recordings}
    assert numbers == {(f"cam-{camera:02d}", number) for camera in range(1, CAMERAS + 1) for number in (1, 2)}
    for each in recordings:
        assert each.told["verdict"] == "intact"
        if each.number == 1:
            assert WINDOW_S - 1 <= each.told["prerecord_s"] <= WINDOW_S


def test_lapel_verify_judges_without_any_key_and_says_that_it_does_not_know_whose_it_is(
    recordings: list[Recording],
) -> None:
    for each in recordings:
        done = subprocess.run(
            [command("lapel-verify"), str(each.folder)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 4, done.stdout + done.stderr
        assert done.stdout.startswith("Consistent, signer unknown: ")


def test_lapel_verify_says_what_was_altered_and_where(smallest: Recording, tmp_path: Path) -> None:
    names = sorted(path.name for path in smallest.folder.iterdir())
    segments = [name for name in names if name.endswith(".seg")]
    others = [name for name in names if name not in segments]
    for name in (*others, segments[0], segments[len(segments) // 2], segments[-1]):
        copy = tmp_path / name
        shutil.copytree(smallest.folder, copy)
        target = copy / name
        target.chmod(0o600)
        data = bytearray(target.read_bytes())
        data[len(data) // 2] ^= 1
        target.write_bytes(data)
        done = subprocess.run(
            [command("lapel-verify"), str(copy)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, f"{name}: {done.stdout}{done.stderr}"
        assert name in done.stdout
        shutil.rmtree(copy)


def test_any_single_changed_byte_is_found(smallest: Recording) -> None:
    seed = random.Random(2)
    files = smallest.files()
    assert verify_recording(files).verdicts == (Verdict.SIGNER_UNKNOWN,)
    for _ in range(20):
        name = seed.choice(sorted(files))
        data = bytearray(files[name])
        data[seed.randrange(len(data))] ^= seed.randrange(1, 256)
        report = verify_recording({**files, name: bytes(data)})
        assert report.verdict is Verdict.ALTERED
        assert any(finding.file == name for finding in report.findings)


def test_an_input_that_is_no_recording_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        done = subprocess.run(
            [command("lapel-verify"), str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert len(done.stderr.strip().splitlines()) == 1


def test_ffprobe_and_ffmpeg_read_the_export_without_a_warning(recordings: list[Recording]) -> None:
    for each in recordings:
        probe = subprocess.run(
            ["ffprobe", "-v", "warning", "-show_streams", "-show_format", "-of", "json", str(each.export)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert probe.stderr == ""
        facts = json.loads(probe.stdout)
        starts = {row["codec_type"]: float(row["start_time"]) for row in facts["streams"]}
        assert set(starts) == {"video", "audio"}
        assert abs(starts["video"] - starts["audio"]) <= 0.040
        close = read_ledger((each.folder / "ledger.cbor").read_bytes()).close
        assert close is not None
        assert abs(float(facts["format"]["duration"]) - close.duration_ns / 1e9) <= 0.1
        decode = subprocess.run(
            ["ffmpeg", "-v", "warning", "-i", str(each.export), "-f", "null", "-"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert decode.stderr == ""


LARGE = 48
"""Bytes of a packet from whose middle a piece is taken."""


def plaintext(export: Path) -> Iterator[bytes]:
    """Pieces of what the camera saw and heard: from the middle of packets, and the codec's set-up."""
    with av.open(str(export)) as container:
        for stream in (container.streams.video[0], container.streams.audio[0]):
            setup = stream.codec_context.extradata
            if setup is not None and len(setup) >= 16:
                yield setup[-16:]
        large = [data for packet in container.demux() if len(data := bytes(packet)) >= LARGE]
    for data in large[:: max(1, len(large) // 90)]:  # of what is silent or still there is little to be found
        middle = len(data) // 2
        yield data[middle - 16 : middle + 16]


# proves C1
def test_no_file_of_the_camera_or_the_fleet_holds_picture_or_sound_in_the_clear(
    run: dict[str, Any], recordings: list[Recording]
) -> None:
    exports = {each.export for each in recordings}
    sealed = [path for path in Path(run["keep"]).rglob("*") if path.is_file() and path not in exports]
    assert any(path.suffix == ".seg" for path in sealed)
    camera = recordings[0]
    export = camera.export.read_bytes()
    # Four letters alone stand in some hundred megabytes of ciphertext by chance, every few runs.
    boxes = [export[(at := export.index(name)) : at + 12] for name in (b"avcC", b"esds")]
    needles = [*plaintext(camera.export), b"ftypiso", b"moovmvhd", *boxes]
    assert len(needles) > 50
    assert all(needle in export for needle in needles[:10]), "the search must be able to find"
    for path in sealed:
        data = path.read_bytes()
        assert not [needle for needle in needles if needle in data], path


@pytest.mark.parametrize("how", ["drop", "swap"])
def test_a_missing_or_exchanged_segment_is_found(how: str, smallest: Recording) -> None:
    files = smallest.files()
    first, second = sorted(name for name in files if name.endswith(".seg"))[:2]
    change: dict[str, Callable[[], dict[str, bytes]]] = {
        "drop": lambda: {name: data for name, data in files.items() if name != second},
        "swap": lambda: {**files, first: files[second], second: files[first]},
    }
    assert verify_recording(change[how]()).verdict is Verdict.ALTERED
