"""No byte of an address's user information leaves a camera: a server that hangs up, with a real fleet."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from device.control import ask
from fleet.people.sessions import COOKIE
from tests.support.fleet.desk import NAME, PASSWORD
from tests.support.fleet.fleet import RunningFleet, running_fleet
from tests.support.fleet.linked import eventually
from tests.support.media.clips import write_clip
from tests.support.streams.http_stream import http_stream

pytestmark = [pytest.mark.broker, pytest.mark.real_time]

USER = "kennung"
WORD = "Ge/heim@wort?17"
TOKEN = "sch1uesse1"
SECRETS = {
    form.encode()
    for form in (
        *(USER, WORD, quote(WORD, safe=""), TOKEN),
        *(WORD[:5], WORD[-6:]),
        base64.b64encode(f"{USER}:{WORD}".encode()).decode(),
    )
}
CONFIGURATION = """
[camera]
state_dir = "state"
require_assignment = false
window_s = 5
[video]
source = "{picture}"
width = 160
height = 120
fps = 10
bitrate_kbit = 100
preset = "ultrafast"
encoder = "libx264"
[audio]
source = "{sound}"
[storage]
reserve_mib = 1
segment_chunks = 1
[link]
status_s = 0.5
retry_max_s = 0.5
"""
TAPPED = """
import sys
import paho.mqtt.client as mqtt
tap, sent = open(sys.argv.pop(1), "ab", buffering=0), mqtt.Client.publish
def publish(self, topic, payload=None, *more, **named):
    tap.write(f"{topic} ".encode() + (payload if isinstance(payload, bytes) else str(payload).encode()))
    return sent(self, topic, payload, *more, **named)
mqtt.Client.publish = publish
from device.cli import main
main()
"""
"""``lapel-device``, with a copy of every message that it publishes."""
PAGES = ("/", "/cameras", "/recordings", "/hand-out", "/officers")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFleet]:
    with running_fleet(tmp_path_factory.mktemp("fleet")) as running:
        yield running


def held(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pages(fleet: RunningFleet, *more: str) -> dict[str, bytes]:
    """What a person sees: the pages, as they are sent to a browser."""
    with httpx.Client(base_url=fleet.dashboard_url, verify=fleet.context(), timeout=30) as client:
        account = {"name": NAME, "password": PASSWORD}
        assert fleet.setup_url is not None
        client.post("/api/v1/setup", json={**account, "link": fleet.setup_url.rpartition("/")[2]})
        client.post("/api/v1/session", json=account).raise_for_status()
        assert COOKIE in client.cookies
        return {path: client.get(path).raise_for_status().content for path in (*PAGES, *more)}


def found(where: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [(name, secret) for name, data in where.items() for secret in SECRETS if secret in data]


def enrolled(command: list[str], code: str) -> str:
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    return done.stdout.split("This camera is ")[1].split(".")[0]


def test_no_byte_of_the_user_information_is_anywhere(fleet: RunningFleet, tmp_path: Path) -> None:
    card = tmp_path / "card"
    card.mkdir()
    clip, config, tap = write_clip(tmp_path / "clip.mp4"), tmp_path / "camera.toml", tmp_path / "messages"
    with http_stream(clip) as stream, fleet.api() as api:
        picture = stream.url("drop", user=USER, password=WORD)
        sound = stream.url("drop", query=f"?user={USER}&password={quote(WORD)}&token={TOKEN}")
        written = CONFIGURATION.format(picture=picture, sound=sound).replace('"state"', f'"{card}"')
        config.write_text(written, encoding="utf-8")
        code = api.post("/api/v1/enrolment-codes", json={}).raise_for_status().json()["code"]
        device = [sys.executable, "-c", TAPPED, str(tap)]
        camera = enrolled([*device, "enrol", "--fleet", fleet.dashboard_url, "--config", str(config)], code)
        command = [*device, "run", "--config", str(config), "--verbose"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                assert b"is ready" in process.stdout.readline()

                def told() -> list[str]:
                    status = api.get(f"/api/v1/cameras/{camera}").json()["status"] or {}
                    return list(status.get("faults", ()))

                eventually(
                    lambda: any(f"127.0.0.1:{stream.port}" in each for each in told()),
                    "a fault that names the server",
                )
                assert ask(card / "control.sock", "press")["ok"]
                eventually(lambda: len(stream.asked) > 5, "more attempts")
                said = [repr(ask(card / "control.sock", do)) for do in ("status", "stop")]
                eventually(
                    lambda: [each["state"] for each in api.get("/api/v1/recordings").json()] == ["held"],
                    "the recording held",
                )
                recording = api.get("/api/v1/recordings").json()[0]["id"]
                shown = pages(fleet, f"/cameras/{camera}", f"/recordings/{recording}")
                line = Path(f"/proc/{process.pid}/cmdline").read_bytes()
                process.terminate()
                out, err = process.communicate(timeout=60)
            finally:
                process.kill()
    check = [*device, "check-config", "--config", str(config)]
    printed = subprocess.run(check, capture_output=True, check=True).stdout
    sent = tap.read_bytes()
    assert f"127.0.0.1:{stream.port}".encode() in err
    assert f"127.0.0.1:{stream.port}".encode() in sent
    assert any(f"127.0.0.1:{stream.port}".encode() in page for page in shown.values())
    assert found({"the configuration": config.read_bytes()})  # it would have been found
    looked_at = {
        "standard output": out,
        "log": err,
        "control socket": "".join(said).encode(),
        "messages": sent,
        "check-config": printed,
        "process arguments": line,
        "fleet.log": (fleet.state.parent / "fleet.log").read_bytes(),
        **held(card),
        **held(fleet.state),
        **shown,
    }
    assert found(looked_at) == []
