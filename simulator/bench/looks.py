"""Looks at cameras side by side, and waits for none of them for long.

Rules:

* A camera that does not answer neither holds up the others nor is asked again before it has answered.
* One that takes a moment, as on a busy machine, is shown as it was last heard. One that is silent longer is
  said to be; what it said last stands beside that, for nothing is known of it since.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.bench.wall import CameraTile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.cameras.camera import VirtualCamera

PATIENCE_S = 1.0
SILENT_S = 10.0
"""So long after it was asked, a camera that has not answered is said not to."""
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Look:
    asked_s: float
    answer: Future[CameraTile]


class Looks:
    """Asks cameras how they are, each in its own time.

    Args:
        look: Makes a camera's tile; may take long.
        now: A clock that only goes forward, in seconds.
        patience_s: For so long all of them together are waited for.
    """

    def __init__(
        self,
        look: Callable[[VirtualCamera], CameraTile],
        now: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._look = look
        self._now = now
        self._patience_s = patience_s
        self._pool = ThreadPoolExecutor(AT_ONCE, "look")
        self._under_way: dict[str, _Look] = {}
        self._last: dict[str, CameraTile] = {}

    def all(self, cameras: Iterable[VirtualCamera]) -> tuple[CameraTile, ...]:
        """Return every camera's tile, in order."""
        asked = tuple(cameras)
        for camera in asked:
            if camera.name not in self._under_way:
                self._under_way[camera.name] = _Look(self._now(), self._pool.submit(self._look, camera))
        wait([each.answer for each in self._under_way.values()], self._patience_s)
        return tuple(self._result(camera) for camera in asked)

    def _result(self, camera: VirtualCamera) -> CameraTile:
        look, last = self._under_way[camera.name], self._last.get(camera.name)
        if look.answer.done():
            del self._under_way[camera.name]
            found = look.answer.result()
            tile = found if found.answers or last is None else _as_last_heard(found, last)
            self._last[camera.name] = tile
            return tile
        if last is not None and self._now() - look.asked_s < SILENT_S:
            return last
        trouble = f"{camera.place.camera} does not answer; pull its power and switch it on again."
        known = last or CameraTile(camera.name, called=camera.place.camera)
        return replace(known, state="fault", answers=False, trouble=trouble)


def _as_last_heard(found: CameraTile, last: CameraTile) -> CameraTile:
    """What is known of a camera that gave no answer: of what only it can say, what it said last."""
    return replace(found, prerecord_s=last.prerecord_s, number=last.number, recording_s=last.recording_s)
