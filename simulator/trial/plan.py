"""What to film in a trial, how long, and how large. Pure.

Rules:

* The picture is as large as its source, within what a camera makes, and never stretched: what is measured in
  the export can be measured in the input. Where the size is not known, it is 1280 by 720.
* The sound is that of the picture's own source where it has any, unless another is named.
* The pre-record holds the whole trial, so that a recording begins with the first picture that there was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from protocol.addresses import without_secrets
from simulator.cameras.spec import CameraSpec
from simulator.sources.choose import SceneSpec

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.cameras.spec import RealSources

NAME: Final = "cam-01"

LARGEST: Final = (1920, 1080)
SMALLEST: Final = (160, 120)
UNKNOWN: Final = (1280, 720)
FPS: Final = 30
SHORTEST_S: Final = 1
LONGEST_S: Final = 3_570  # with what is added, the longest window
NO_SOUND: Final = "none"
_SHORTEST_WINDOW_S: Final = 5
_MORE_S: Final = 30  # a press that comes late is not to cost the beginning


class InputKind(Enum):
    """What a source is, by how it is written."""

    DEVICE = "device"
    ADDRESS = "address"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class InputShape:
    """What a look at an input showed.

    Attributes:
        width: The picture's width in square pixels, upright as a player shows it.
        height: Its height.
        sound: Whether there is any.
    """

    width: int
    height: int
    sound: bool


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """What to film.

    Attributes:
        sources: Where picture and sound come from.
        seconds: How long, from the opening of the sensors.
        width: Picture width in pixels, even.
        height: Picture height in pixels, even.
        fps: Pictures a second at most.
        overlay: Whether time and camera are burned into the picture.
    """

    sources: RealSources
    seconds: int
    width: int
    height: int
    fps: int = FPS
    overlay: bool = False

    @property
    def window_s(self) -> int:
        """The pre-record that holds it all, in seconds."""
        return max(self.seconds + _MORE_S, _SHORTEST_WINDOW_S)

    @property
    def scene(self) -> SceneSpec:
        """The size and rate of the pictures, in the form that virtual cameras take."""
        return SceneSpec(None, width=self.width, height=self.height, fps=self.fps)

    def spec(self, folder: Path) -> CameraSpec:
        """The camera that films it.

        Args:
            folder: The camera's own.
        """
        return CameraSpec(NAME, folder, self.scene, 0, self.window_s, sources=self.sources)

    @property
    def shown(self) -> str:
        """What is filmed, as people may read it."""
        picture, sound = map(without_secrets, (self.sources.picture, self.sources.sound))
        if self.sources.sound == NO_SOUND:
            return f"{picture} without sound"
        return (
            picture if self.sources.sound == self.sources.picture else f"{picture} with the sound of {sound}"
        )


def kind_of(source: str) -> InputKind:
    """Tell what a source is, as the camera does; a ``file:`` address is a file (RFC 8089)."""
    if source.lower().startswith("file:/"):
        return InputKind.FILE
    if "://" in source:
        return InputKind.ADDRESS
    return InputKind.DEVICE if source.isdecimal() or source.startswith("/dev/") else InputKind.FILE


def choose_sound(source: str, named: str | None, seen: InputShape | None) -> str:
    """Say where the sound comes from.

    Args:
        source: Where the picture comes from.
        named: Where the sound shall come from; None where nobody said.
        seen: What a look at the picture's source showed; None where there was none.
    """
    if named is not None:
        return named
    if kind_of(source) is InputKind.DEVICE or (seen is not None and not seen.sound):
        return NO_SOUND
    return source


def choose_size(wanted: tuple[int, int] | None, seen: InputShape | None) -> tuple[int, int]:
    """Say how large the pictures are made: as wanted, else as they are, within what a camera makes."""
    if wanted is not None:
        return wanted
    if seen is None or seen.width <= 0 or seen.height <= 0:
        return UNKNOWN
    largest = LARGEST if seen.width >= seen.height else LARGEST[::-1]
    shrunk = min(1.0, largest[0] / seen.width, largest[1] / seen.height)
    grown = max(1.0, SMALLEST[0] / seen.width, SMALLEST[1] / seen.height)
    scale = grown if shrunk == 1.0 else shrunk
    width, height = (_even(side * scale) for side in (seen.width, seen.height))
    return min(max(width, SMALLEST[0]), LARGEST[0]), min(max(height, SMALLEST[1]), LARGEST[0])


def _even(side: float) -> int:
    return round(side / 2) * 2
