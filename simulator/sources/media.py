"""Where real footage and real speech lie, when this machine has them.

Rule: a folder that was named must be usable, or it is an error; a folder that merely might be there is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "LAPEL_MEDIA"
CLIP = "one-by-one-person-detection.mp4"
SPEECH = "jfk.flac"
USUAL = Path(__file__).resolve().parents[2].parent / "shared" / "media"


@dataclass(frozen=True, slots=True)
class Media:
    """The two files that a real scene is made of.

    Attributes:
        clip: A video without sound, which is looped.
        speech: A recording of speech, which is looped under it.
    """

    clip: Path
    speech: Path


def find_media(environment: Mapping[str, str], *, usual: Path = USUAL) -> Media | None:
    """Find the clip and the speech.

    Args:
        environment: The process's environment; ``LAPEL_MEDIA`` names the folder.
        usual: Where to look when it does not: ``../shared/media`` beside the repository.

    Returns:
        The two files, or None when no folder was named and the usual one does not have both.

    Raises:
        ScenarioError: ``LAPEL_MEDIA`` names a folder that lacks one of them.
    """
    named = environment.get(VARIABLE)
    folder = Path(named) if named else usual
    media = Media(folder / CLIP, folder / SPEECH)
    missing = [file.name for file in (media.clip, media.speech) if not file.is_file()]
    if not missing:
        return media
    if named:
        raise ScenarioError(
            f"{VARIABLE} names {folder}, which has no {' and no '.join(missing)}; "
            f"put the files there, or unset {VARIABLE} to use the synthetic scene."
        )
    return None
