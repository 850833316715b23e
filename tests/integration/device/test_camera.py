"""``lapel-device`` as a person runs it: a real process, a real clip, real signals, and the power cut."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from device.cli import main
from protocol.footage.format.errors import KeysError
from protocol.footage.format.segment import read_segment
from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.sealing.opening import open_parts, open_track
from protocol.footage.verifying.verify import Verdict, verify_recording
from tests.support.camera.camera_process import PATIENCE_S, SCRIPTS, Camera
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.recordings import make_identity

IDENTITY = make_identity()


@dataclass
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """``lapel-device`` in this process: any command but ``run``."""

    def call(*arguments: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["lapel-device", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def camera(tmp_path: Path) -> Camera:
    camera = Camera(tmp_path / "camera")
    camera.write_config()
    enrol_without_fleet(camera.state, IDENTITY)
    return camera


PLAINTEXT = [b"ftypiso", b"moov", b"mdat", b"avcC", b"esds", b"x264"]
"""What a CMAF file of H.264 and AAC cannot be without."""


def assert_sealed(camera: Camera) -> None:
    for path, data in camera.held().items():
        found = [mark for mark in PLAINTEXT if mark in data]
        assert not found, (path, found)


def test_from_start_to_end_by_the_command_line(camera: Camera, command: Command) -> None:
    # proves C1
    config = ("--config", camera.config)
    with camera.running() as process:
        camera.until(lambda status: status["prerecord_s"] > 2)
        second = camera.run()
        assert (second.returncode, "Another camera is running" in second.stderr) == (2, True)
        assert command("press", *config) == Said(0, "Recording 1 is safe from now on.\n", "")
        again = json.loads(command("press", *config, "--json").out)
        assert (again["ok"], again["number"], again["state"]) == (True, 1, "recording")
        camera.until(lambda status: status["recording_s"] > 1.5)
        assert "Bookmarked" in command("bookmark", *config).out
        kept = command("consent", "not asked", "--why", "danger", *config)
        assert kept == Said(0, "Kept as consent event 1. Recording 1 is running.\n", "")
        assert command("consent", "maybe", *config).err.startswith("What was said is one of: given, ")
        said = command("status", "--socket", camera.state / "control.sock").out
        assert "cam-01 is recording, recording 1." in said
        stopped = command("stop", *config)
        assert (stopped.code, "is closed" in stopped.out) == (0, True)
        assert command("stop", *config) == Said(1, "", "Nothing is being recorded.\n")
        private = command("private", *config)
        assert (private.code, camera.ask("status")["state"], camera.ask("status")["prerecord_s"]) == (
            0, "private", 0,
        )  # fmt: skip
        assert command("private", "--off", *config).code == 0
        camera.until(lambda status: status["prerecord_s"] > 1)
        assert_sealed(camera)
        camera.ask("press")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert not (camera.state / "control.sock").exists()
    assert list((camera.state / "ring").iterdir()) == []
    verified = subprocess.run(
        [str(SCRIPTS / "lapel-verify"), str(camera.state / "recordings" / "00000001")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 4, verified.stdout + verified.stderr
    for number in (1, 2):
        report = verify_recording(camera.files(number), authorities=[IDENTITY.authority])
        assert report.verdict is Verdict.INTACT, report.sentence
    close = read_ledger(camera.files(2)["ledger.cbor"]).close
    assert close is not None
    assert close.reason == "shut down"


# proves C11
def test_a_camera_that_lost_its_power_in_private_comes_back_private(camera: Camera) -> None:
    with camera.running() as process:
        camera.until(lambda status: status["prerecord_s"] > 1)
        assert camera.ask("consent", kind="refused")["ok"]
        process.kill()
    with camera.running(state="private") as process:
        status = camera.ask("status")
        assert (status["state"], status["prerecord_s"]) == ("private", 0)
        assert camera.ask("private-off")["ok"]
        camera.until(lambda status: status["prerecord_s"] > 1)
        process.kill()
    with camera.running():
        assert camera.ask("status")["state"] == "ready"


def test_a_power_cut_during_a_recording_leaves_a_recording_that_verifies_and_opens(camera: Camera) -> None:
    # proves C3 and C5
    with camera.running() as process:
        camera.until(lambda status: status["prerecord_s"] > 3)
        promised_s = camera.ask("press")["prerecord_s"]
        lived_s = camera.until(lambda status: status["recording_s"] > 2.3)["recording_s"]
        process.kill()
    with camera.running():
        report = verify_recording(camera.files(1), authorities=[IDENTITY.authority])
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.prerecord_ns is not None
    assert report.end_ns is not None
    assert report.press_ns is not None
    # What was being filled or stored at the press was not durable then: it is there, and was not promised.
    assert -0.01 < report.prerecord_ns / 1e9 - promised_s < 2.2
    # What was still in the encoder and the chunk being filled is at risk, and nothing else.
    assert lived_s - (report.end_ns - report.press_ns) / 1e9 < 2.2
    parts = list(open_parts(camera.files(1), IDENTITY.private))
    assert {part.data[4:8] for part in parts} == {b"ftyp"}
    assert len(parts) == 2 * sum(chunk.status == "intact" for chunk in report.chunks)


def test_a_power_cut_without_a_press_leaves_nothing_that_anyone_can_open(camera: Camera) -> None:
    # proves C1 and C2
    with camera.running() as process:
        camera.until(lambda status: status["prerecord_s"] > 3)
        process.kill()
        process.wait()
        segments = sorted((camera.state / "ring").iterdir())
        assert segments
        assert_sealed(camera)
        held = camera.held()
    names = {path.relative_to(camera.state).parts[0] for path in held}
    assert names <= {"ring", "identity", "reserve", "control.sock", "recordings"}
    # What is made ahead of a press is empty: no ledger, so no sealed keys.
    assert [path.read_bytes() for path in (camera.state / "recordings").iterdir()] in ([], [b""])
    # A key of 32 bytes that opens a part would have to be somewhere in what is left: try every place.
    small = b"".join(data for path, data in held.items() if "identity" in path.parts)
    chunk = read_segment(segments[0].read_bytes()).chunks[0]
    for at in range(len(small) - 31):
        with pytest.raises(KeysError):
            open_track(chunk, chunk.header.parts[0].track, small[at : at + 32])
    with camera.running():
        assert not set(segments) & set((camera.state / "ring").iterdir())


@dataclass
class Refusal:
    """What is wrong, and how it is answered."""

    config: str
    code: int
    sentence: str


REFUSALS = {
    "a wrong value": Refusal("window_s = 1", 2, "camera.window_s"),
    "an unknown key": Refusal("colour = 1", 2, "camera.colour is not a key"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_configuration_that_cannot_be_used_says_why(what: str, camera: Camera, command: Command) -> None:
    refusal = REFUSALS[what]
    camera.config.write_text(f'[camera]\nstate_dir = "state"\n{refusal.config}\n')
    for name in ("run", "press", "check-config"):
        said = command(name, "--config", camera.config)
        assert (said.code, said.out) == (refusal.code, "")
        assert refusal.sentence in said.err
        assert said.err.count("\n") == 1


def test_a_camera_that_is_not_there_says_so(camera: Camera) -> None:
    camera.config.write_text('[camera]\nstate_dir = "state"\n[video]\nsource = "/nonexistent.mp4"\n')
    done = camera.run()
    assert (done.returncode, done.stdout) == (1, "")
    assert "/nonexistent.mp4" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_camera_without_an_identity_says_how_to_enrol(tmp_path: Path, command: Command) -> None:
    camera = Camera(tmp_path / "camera")
    camera.write_config()
    camera.state.mkdir()
    done = camera.run()
    assert (done.returncode, done.stdout) == (1, "")
    assert "not enrolled" in done.stderr
    assert "lapel-device enrol" in done.stderr
    pressed = command("press", "--config", camera.config)
    assert (pressed.code, "No camera listens" in pressed.err) == (1, True)
    unclear = command("press")
    assert (unclear.code, "--config FILE or --socket FILE" in unclear.err) == (2, True)


def test_a_person_is_asked_for_the_code_and_it_does_not_show(camera: Camera) -> None:
    terminal, stdin = pty.openpty()
    command: list[str | Path] = [
        SCRIPTS / "lapel-device",
        "enrol",
        "--fleet",
        "https://127.0.0.1:1",
        "--config",
        camera.config,
    ]
    with subprocess.Popen(command, stdin=stdin, stderr=stdin, start_new_session=True) as process:
        try:
            os.close(stdin)
            shown = ""
            while "One-time code from the dashboard:" not in shown:
                shown += os.read(terminal, 1024).decode()
            while termios.tcgetattr(terminal)[3] & termios.ECHO:  # what is typed before is thrown away
                time.sleep(0.01)
            os.write(terminal, b"tomato\n")
            with contextlib.suppress(OSError):  # EIO: the program has closed its end
                while more := os.read(terminal, 1024).decode():
                    shown += more
            assert process.wait(PATIENCE_S) == 1
        finally:
            process.kill()
    os.close(terminal)
    assert "That is not a complete enrolment code" in shown
    assert "tomato" not in shown


def test_check_config_prints_every_value_in_force(camera: Camera, command: Command) -> None:
    said = command("check-config", "--config", camera.config)
    shown = json.loads(said.out)
    assert (said.code, shown["camera"]["window_s"], shown["link"]["retry_max_s"]) == (0, 5, 60)


def test_the_process_dumps_no_core_and_may_not_be_traced() -> None:
    # proves C1
    program = (
        "import ctypes, resource; from protocol.process.hardening import harden; harden();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "0 (0, 0)\n", "PR_GET_DUMPABLE is 0"
