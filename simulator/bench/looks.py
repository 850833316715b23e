"""Looks at cameras side by side, and waits for none of them for long.

Rule: a camera that does not answer shows as one that does not answer; it neither holds up the others nor is
asked again before it has answered.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from simulator.bench.wall import CameraTile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.cameras.camera import VirtualCamera

PATIENCE_S = 1.0
AT_ONCE = 16


class Looks:
    """Asks cameras how they are, each in its own time.

    Args:
        look: Makes a camera's tile; may take long.
    """

    def __init__(self, look: Callable[[VirtualCamera], CameraTile]) -> None:
        self._look = look
        self._pool = ThreadPoolExecutor(AT_ONCE, "look")
        self._under_way: dict[str, Future[CameraTile]] = {}

    def all(self, cameras: Iterable[VirtualCamera]) -> tuple[CameraTile, ...]:
        """Return every camera's tile, in order."""
        asked = tuple(cameras)
        for camera in asked:
            if camera.name not in self._under_way:
                self._under_way[camera.name] = self._pool.submit(self._look, camera)
        wait(self._under_way.values(), PATIENCE_S)
        return tuple(self._result(camera) for camera in asked)

    def _result(self, camera: VirtualCamera) -> CameraTile:
        look = self._under_way[camera.name]
        if not look.done():
            trouble = f"{camera.place.camera} does not answer; pull its power and switch it on again."
            return CameraTile(camera.name, called=camera.place.camera, state="fault", trouble=trouble)
        del self._under_way[camera.name]
        return look.result()
