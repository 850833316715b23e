"""Which scene a camera sees, by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError
from simulator.sources.media import VARIABLE, Media, find_media

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.sources.scene import Scene


class SourceKind(StrEnum):
    """The scenes that there are."""

    AUTO = "auto"
    CLIP = "clip"
    SYNTHETIC = "synthetic"


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """All that a camera's process needs in order to open its scene.

    Attributes:
        media: The real files, or None for the synthetic scene.
        width: Picture width in pixels, even.
        height: Picture height in pixels, even.
        fps: Pictures a second.
        decoded: The clip's pictures, decoded already; None to decode them as they are shown.
    """

    media: Media | None
    width: int
    height: int
    fps: int
    decoded: Path | None = None

    def open(self) -> Scene:
        """Return the scene; nothing is decoded before its first picture is asked for."""
        # Imported here: the codecs take longer to load than most commands take to run.
        if self.media is None:
            from simulator.sources.synthetic import SyntheticScene  # noqa: PLC0415 - see above

            return SyntheticScene(self.width, self.height, self.fps)
        from simulator.sources.clip import ClipScene  # noqa: PLC0415 - see above

        clip = ClipScene(self.media, self.width, self.height, self.fps)
        if self.decoded is None:
            return clip
        from simulator.sources.decoded import DecodedScene  # noqa: PLC0415 - see above

        return DecodedScene(clip, self.decoded)


def choose_scene(
    kind: SourceKind, environment: Mapping[str, str], *, width: int, height: int, fps: int
) -> SceneSpec:
    """Decide what the cameras see.

    Args:
        kind: ``clip`` insists on real footage, ``synthetic`` on the made scene, ``auto`` prefers the real
            one.
        environment: The process's environment, for ``LAPEL_MEDIA``.
        width: Picture width in pixels, even.
        height: Picture height in pixels, even.
        fps: Pictures a second.

    Raises:
        ScenarioError: Real footage was insisted on and there is none, or ``LAPEL_MEDIA`` names a folder
            without it.
    """
    media = None if kind is SourceKind.SYNTHETIC else find_media(environment)
    if media is None and kind is SourceKind.CLIP:
        raise ScenarioError(
            f'The source "clip" needs real footage and none was found; set {VARIABLE} to the folder '
            'that has it, or use the source "synthetic".'
        )
    return SceneSpec(media, width, height, fps)
