"""A clip's pictures, decoded and sized once for all the cameras of a machine, which then share them.

Rules:

* The pictures lie in one file, mapped and never read as a whole: what the system holds of it in memory serves
  every camera.
* The loop is as long as the footage that is encoded ahead, so that both repeat together.

It keeps no sound: that is a small part of the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import count, islice
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.sources.scene import Picture, Scene, Sound


@dataclass(frozen=True)
class DecodedScene:
    """A scene whose pictures are read from a file.

    Attributes:
        scene: What was decoded; its sound is used as it is.
        file: The pictures, one after the other, as planar YUV 4:2:0.
    """

    scene: Scene
    file: Path

    @property
    def width(self) -> int:
        """Picture width in pixels."""
        return self.scene.width

    @property
    def height(self) -> int:
        """Picture height in pixels."""
        return self.scene.height

    @property
    def fps(self) -> int:
        """Pictures a second."""
        return self.scene.fps

    @property
    def picture_loop(self) -> int:
        """How many pictures were decoded."""
        return len(self._pictures)

    @property
    def sound_loop(self) -> int:
        """How many samples the sound has."""
        return self.scene.sound_loop

    def pictures(self, first: int) -> Iterator[Picture]:
        """Yield picture ``first`` and those after it, without end."""
        for index in count(first):
            yield self._pictures[index % self.picture_loop]

    def sound(self, first: int, count: int) -> Sound:
        """Return ``count`` samples of the scene's own sound."""
        return self.scene.sound(first, count)

    @cached_property
    def _pictures(self) -> NDArray[np.uint8]:
        height, width = self.height * 3 // 2, self.width
        mapped: NDArray[np.uint8] = np.memmap(self.file, np.uint8, "r")
        return mapped.reshape(-1, height, width)


def decode(scene: Scene, file: Path, pictures: int) -> None:
    """Decode the beginning of a scene into a file.

    Args:
        scene: What to decode.
        file: Where to; it must not exist yet.
        pictures: How many pictures, at most the scene's loop.

    Raises:
        ScenarioError: There is no room for them.
    """
    try:
        with file.open("xb") as output:
            for picture in islice(scene.pictures(0), min(pictures, scene.picture_loop)):
                output.write(np.ascontiguousarray(picture).data)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise ScenarioError(
            f"The cameras' pictures cannot be kept in {file.parent} ({error.strerror}): make room there, "
            "or take fewer cameras."
        ) from error
