"""A camera as a process of its own, as a person runs it: ``lapel-device run`` on a clip, without a fleet."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.control import ask
from tests.support.media.clips import write_clip

SCRIPTS = Path(sys.executable).parent
PATIENCE_S = 60
PROGRAM = (str(SCRIPTS / "lapel-device"),)


@dataclass
class Camera:
    """A camera's folder and configuration."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "camera.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def write_config(self, *lines: str) -> None:
        clip = self.folder.parent / "clip.mp4"
        if not clip.exists():
            write_clip(clip)
        self.folder.mkdir(exist_ok=True)
        self.config.write_text(
            "\n".join(
                [
                    "[camera]",
                    'state_dir = "state"',
                    "require_assignment = false",
                    "window_s = 5",
                    *lines,
                    "[video]",
                    f'source = "{clip}"',
                    "width = 160\nheight = 120\nfps = 10\nbitrate_kbit = 100",
                    'preset = "ultrafast"\nencoder = "libx264"',
                    "[audio]",
                    f'source = "{clip}"',
                    "[storage]\nreserve_mib = 1\nsegment_chunks = 3",
                ]
            )
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run it in a case where it ends by itself."""
        command = [*PROGRAM, "run", "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)

    def ask(self, do: str, **more: str) -> dict[str, Any]:
        return ask(self.state / "control.sock", do, **more)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the status is as wanted."""
        deadline = time.monotonic() + PATIENCE_S
        while not wanted(status := self.ask("status")):
            assert time.monotonic() < deadline, status
            time.sleep(0.02)
        return status

    @contextmanager
    def running(
        self, program: Sequence[str] = PROGRAM, *, state: str = "ready"
    ) -> Iterator[subprocess.Popen[str]]:
        """The camera's process, from the moment it says that it is ready, or in the other ``state``."""
        command = [*program, "run", "--config", str(self.config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert f"is {state}" in process.stdout.readline()
                yield process
            finally:
                process.kill()

    def files(self, number: int) -> dict[str, bytes]:
        folder = self.state / "recordings" / f"{number:08d}"
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    def held(self) -> dict[Path, bytes]:
        """Every file in the state folder."""
        return {path: path.read_bytes() for path in self.state.rglob("*") if path.is_file()}
