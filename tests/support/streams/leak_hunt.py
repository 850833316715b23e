"""Films a camera in the network whose address holds a password, and looks for that everywhere afterwards.

    python -m tests.support.streams.leak_hunt CLIP FOLDER

A real camera and a real fleet, in processes of their own: the camera is pressed, its source goes away, and
what is wrong is on the dashboard. It prints as JSON where the name or the password was found: in what the
camera and the fleet wrote (logs, database, footage, exports), in what the API answers, on the pages, and in
the camera's own status.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from simulator.bringup import StackSpec, bring_up
from simulator.cameras.spec import RealSources
from simulator.fleet.service import ANY_PORTS
from simulator.fleet.site import Site
from simulator.progress import TerminalProgress
from simulator.sources.choose import SceneSpec
from tests.support.streams.rtsp import rtsp_server

USER, PASSWORD = "kennung", "geheimwort17"
PATIENCE_S = 90
PAGES = (
    "/",
    "/cameras",
    "/cameras/{camera}",
    "/recordings",
    "/recordings/{recording}",
    "/audit",
    "/officers",
)
ASKED = ("/cameras", "/recordings", "/recordings/{recording}", "/audit")


def hunt(clip: Path, folder: Path) -> dict[str, str]:
    """Film, and give every place that holds a secret, with what was looked at there.

    Returns:
        ``looked at`` is the number of places; every other key is a place, with an excerpt.
    """
    seen: dict[str, bytes] = {}
    with ExitStack() as stack:
        server = stack.enter_context(ExitStack())
        address = server.enter_context(rtsp_server(clip, account=(USER, PASSWORD)))
        spec = StackSpec(
            names=("cam-01",),
            folder=folder,
            scene=SceneSpec(None, width=320, height=240, fps=25),
            window_s=30,
            seed=0,
            prefill=False,
            fleet=None,
            ports=ANY_PORTS,
            sources=RealSources(address, address),
        )
        site, group = bring_up(stack, spec, stack.enter_context(TerminalProgress()), threading.Event())
        [camera] = group
        _until(lambda: camera.ask("status")["prerecord_s"] > 0, "footage")
        camera.ask("press")
        _until(lambda: camera.ask("status")["recording_s"] > 1, "a recording")
        server.close()
        _until(lambda: camera.ask("status")["faults"], "a fault")
        recording = _until(lambda: site.api.recordings(camera.place.camera), "a recording at the fleet")[0].id
        _until(lambda: "rtsp://" in json.dumps(site.api.cameras()), "the fault at the fleet")
        seen["status of the camera"] = json.dumps(camera.ask("status")).encode()
        names = {"camera": camera.place.camera, "recording": recording}
        with _signed_in(site) as browser:
            for page in PAGES:
                seen[f"page {page}"] = browser.get(page.format(**names)).content
            for asked in ASKED:
                seen[f"api {asked}"] = browser.get(f"/api/v1{asked.format(**names)}").content
        camera.ask("stop")
    for path in folder.rglob("*"):
        if path.is_file():
            seen[f"file {path.relative_to(folder)}"] = path.read_bytes()
    found = {place: _excerpt(data) for place, data in seen.items() if _excerpt(data)}
    return {"looked at": str(len(seen)), **found}


def _excerpt(data: bytes) -> str:
    """What stands around the first secret; empty where there is none."""
    at = min((place for each in (USER, PASSWORD) if (place := data.find(each.encode())) >= 0), default=-1)
    return "" if at < 0 else data[max(0, at - 40) : at + 40].decode(errors="replace")


@contextmanager
def _signed_in(site: Site) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(site.api.authority))
    account = {"name": "Desk", "password": "a sentence nobody guesses"}
    assert site.addresses is not None
    assert site.addresses.setup_url is not None
    once = httpx.Limits(max_keepalive_connections=0)  # a busy fleet may close one that is idle
    with httpx.Client(base_url=site.api.url, verify=context, timeout=30, limits=once) as client:
        link = site.addresses.setup_url.rpartition("/")[2]
        client.post("/api/v1/setup", json={**account, "link": link}).raise_for_status()
        client.post("/api/v1/session", json=account).raise_for_status()
        yield client


def _until(holds: Callable[[], Any], what: str) -> Any:  # noqa: ANN401 - whatever it is
    deadline, pause = time.monotonic() + PATIENCE_S, threading.Event()
    while not (found := holds()):
        assert time.monotonic() < deadline, f"{what} did not come about"
        pause.wait(0.1)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(hunt(Path(sys.argv[1]), Path(sys.argv[2]))))
