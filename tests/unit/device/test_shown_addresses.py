"""A camera's address opens it: settings, refusals, logs and messages show it without its secrets."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import pytest
from typer.testing import CliRunner

import device.cli
import simulator.cli
from device.config.file import check_config
from device.errors import ConfigError
from device.process.logs import SafeFormatter
from device.settings import AudioSettings, CaptureSettings, VideoSettings
from device.sources.base import SourceError
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from simulator.errors import ScenarioError

ADDRESS = "rtsp://admin:hunter2@10.0.0.7:554/live?token=hunter2"
SHOWN = "rtsp://10.0.0.7:554/…"


def config(**tables: dict[str, Any]) -> dict[str, Any]:
    return {"camera": {"state_dir": "/x"}, **tables}


def test_a_configuration_is_used_as_written_and_printed_without_its_secrets() -> None:
    checked = check_config(config(video={"source": ADDRESS}, audio={"source": ADDRESS}))
    capture = checked.capture("cam-01")
    assert capture.video.source == ADDRESS
    assert capture.audio is not None
    assert capture.audio.source == ADDRESS
    printed = checked.model_dump_json()
    assert printed.count(SHOWN) == 2
    for text in (printed, repr(checked), str(checked), repr(capture), str(checked.model_dump())):
        assert "hunter2" not in text


@pytest.mark.parametrize(
    "settings",
    [VideoSettings(source=ADDRESS), AudioSettings(source=ADDRESS), CaptureSettings(VideoSettings(ADDRESS))],
)
def test_settings_are_printed_without_their_source(settings: object) -> None:
    assert "hunter2" not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (config(video={"source": [ADDRESS]}), "video.source cannot be used"),
        (config(video={"source": {"address": "10.0.0.7", "password": "hunter2"}}), "video.source cannot"),
        (config(video={"width": ADDRESS}), f"video.width = '{SHOWN}' cannot be used"),
        (config(video=ADDRESS), f"video = '{SHOWN}' cannot be used"),  # type: ignore[arg-type]  # that is wrong
        (config(audio={"source": "rtsp://admin:hunter2 x@10.0.0.7/"}), "an address holds no space"),
    ],
)
def test_a_refused_setting_repeats_no_secret(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_config(raw)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("kind", [SourceError, ConfigError, ScenarioError])
def test_no_error_of_ours_holds_one(kind: type[Exception]) -> None:
    error = kind(f"The stream {ADDRESS} does not answer.")
    assert str(error) == f"The stream {SHOWN} does not answer."
    assert "hunter2" not in repr(error)


def test_a_log_line_holds_none_and_neither_does_its_traceback() -> None:
    try:
        av.open("http://admin:hunter2@127.0.0.1:1/hunter2")
    except OSError as error:
        record = logging.LogRecord("x", 40, "", 0, "%s", (error,), (type(error), error, error.__traceback__))
    line = SafeFormatter("%(message)s").format(record)
    assert "http://127.0.0.1:1/…" in line
    assert "Traceback" in line
    assert "hunter2" not in line


THROWS = f"""
import logging, threading
from device.process.logs import log_safely
log_safely(logging.INFO, "%(message)s")
thread = threading.Thread(target=lambda: 1 / 0 if not "{ADDRESS}" else int("{ADDRESS}"), name="reader")
thread.start()
thread.join()
raise ValueError("{ADDRESS}")
"""


def test_an_error_that_nobody_caught_is_told_without_one(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(THROWS.replace(f'"{ADDRESS}"', '"".join(map(chr, CODES))').replace(
        "import logging", f"CODES = {[ord(each) for each in ADDRESS]}\nimport logging", 1
    ))  # fmt: skip
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Uncaught error in reader." in done.stderr
    assert done.stderr.count(SHOWN) == 2
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize("program", [device.cli.app, simulator.cli.app])
@pytest.mark.parametrize("words", [[ADDRESS], ["run", "x", ADDRESS], ["run", f"--{ADDRESS}"]])
def test_a_refused_command_line_repeats_none(program: Any, words: list[str]) -> None:  # noqa: ANN401 - Typer's
    done = CliRunner().invoke(program, words)
    assert done.exit_code == 2
    assert "hunter2" not in done.output


def test_a_message_holds_none_whoever_made_it() -> None:
    """A camera of an earlier version sends its address whole; the fleet keeps it without."""
    fault = f"{ADDRESS} stopped giving pictures."
    status = Status.model_validate_json(f'{{"camera":"cam-01","session":"s","faults":["{fault}"]}}')
    assert status.faults == (f"{SHOWN} stopped giving pictures.",)
    event = CameraEvent(id="1", kind=NewsKind.FAULT, camera="cam-01", at_utc_us=1, text=fault)
    assert "hunter2" not in event.model_dump_json()
