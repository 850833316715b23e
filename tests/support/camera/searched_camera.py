"""``lapel-device run`` in a process that looks for its own keys.

    python -m tests.support.camera.searched_camera CONFIG

The camera runs as a person runs it, hardened, filming and with a link. While the program waits for its end,
keys are noted, leave the window, are committed; then it is told to end, and looks once more before it leaves.
What was found when is written as JSON, a line each.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

import typer

import device.camera
from device import cli
from device.process.ending import leave
from device.ring.window import Window
from tests.support.camera.memory import Memory, Note, note

WAIT_S = 120


class SearchedCamera(device.camera.Camera):
    """A camera that can be reached by this program."""

    running: SearchedCamera

    def start(self) -> None:
        SearchedCamera.running = self
        super().start()

    @property
    def window(self) -> Window:
        return self.recorder._parts.window

    def no_new_chunk(self) -> AbstractContextManager[object]:
        """While this lasts no key is made that could take the place of one that has gone."""
        return self.recorder._pushing

    def has(self, seqs: list[int]) -> bool:
        """Whether any of these chunks still has a key."""
        return any(self.window._keys.of(seq) for seq in seqs)

    def seqs(self) -> list[int]:
        """The chunks in the window."""
        return [chunk.seq for chunk in self.window._ring.chunks]


class Search:
    """What is looked for, and where this program is with it."""

    def __init__(self, config: Path) -> None:
        self.memory = Memory()
        self.config = config
        self.notes: dict[str, Note] = {}

    def note(self, seqs: list[int]) -> None:
        """Remember the keys of these chunks."""
        keys = SearchedCamera.running.window._keys
        for seq in seqs:
            self.notes |= {f"{seq} {track}": note(key) for track, key in keys.of(seq).items()}

    def look(self, what: str) -> None:
        """Say where the keys that were noted so far are."""
        finds = self.memory.find(self.notes)
        where = [f"half of the key of {find.name} in {find.area} at {find.at:x}" for find in finds]
        typer.echo(json.dumps({"what": what, "keys": len(self.notes), "finds": where}))

    def until_the_end(self) -> None:
        """All that happens while the camera runs; then ask it to end."""
        camera = SearchedCamera.running
        until(lambda: len(camera.seqs()) >= 3)
        with camera.no_new_chunk():
            with camera.window._guard:  # nothing expires meanwhile
                inside = camera.seqs()
                self.note(inside)
                self.look("inside the window")
            until(lambda: not camera.has(inside))
            self.look("after they left the window")

        until(lambda: len(camera.seqs()) >= 3)
        with camera.window._guard:
            before = camera.seqs()
            self.note(before)
        assert camera.press().ok
        until(lambda: camera.seqs()[-1:] > [before[-1] + 1])
        with camera.window._guard:
            live = camera.seqs()
            self.note(live)
        assert camera.stop().ok
        with camera.no_new_chunk():
            until(lambda: not camera.has(live))
            self.look("after a recording was closed and they left the window")

        until(lambda: len(camera.seqs()) >= 3)
        with camera.window._guard:
            self.note(camera.seqs())
        assert camera.press().ok

    def at_the_end(self, status: int) -> NoReturn:
        """In place of ``leave``: the camera is shut down, and nothing else has happened yet."""
        self.look("after the shutdown")
        leave(status)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that can only be asked for."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("what was waited for did not come about")
        time.sleep(0.02)


def main() -> None:
    """Run the camera."""
    search = Search(Path(sys.argv[1]))
    device.camera.Camera = SearchedCamera  # type: ignore[misc]  # the one that `run` starts
    cli.leave = search.at_the_end  # type: ignore[attr-defined]  # where the program takes it from
    sigwait = signal.sigwait

    def wait(numbers: list[int]) -> int:
        search.until_the_end()
        signal.raise_signal(signal.SIGTERM)
        return sigwait(numbers)

    signal.sigwait = wait  # type: ignore[assignment]  # it would only wait
    cli.run(search.config, verbose=False)


if __name__ == "__main__":
    main()
