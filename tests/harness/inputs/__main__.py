"""Makes inputs, films and judges them.

    python -m tests.harness.inputs [WORD ...]

Of all, or of those whose kind or name has one of the words.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.harness.inputs.expected import faults
from tests.harness.inputs.table import Row, rows, say
from tests.support.media.driven_capture import DrivenCapture, driven_capture
from tests.support.media.field import ffmpeg, write_base
from tests.support.media.shown import HEIGHT


def made(row: Row, folder: Path, base: Path, four: Path) -> None:
    """Make an input in its folder."""
    folder.mkdir()
    (folder / "base.mp4").symlink_to(base)
    (folder / "four.mp4").symlink_to(four)
    words = {"FF": "ffmpeg -v error -y -nostdin", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-ec", row.script], cwd=folder, env=words, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{row.name}: not made: {done.stderr[-500:]}")


def captured(row: Row, folder: Path) -> DrivenCapture:
    """Film it in driven time."""

    def placed(name: str) -> str:
        return name.replace("{dir}", str(folder)) if "{dir}" in name else str(folder / name)

    sound = placed(row.sound) if row.sound else row.sound
    height = None if row.right.whole else HEIGHT
    return driven_capture(
        placed(row.source), seconds=row.right.lasts_s, sound=sound, fps=row.right.fps, height=height
    )


def tried(row: Row, folder: Path, base: Path, four: Path) -> list[str]:
    """Make, film and judge an input: what is wrong with it."""
    try:
        made(row, folder, base, four)
        filmed = captured(row, folder)
    except (RuntimeError, AssertionError) as error:
        return [str(error) or type(error).__name__]
    without_picture = row.right.says and row.right.flashes is None and not filmed.seen
    found = faults(filmed, row.right, sound=row.sound != "", picture=not without_picture)
    return [each.replace(str(folder) + "/", "") for each in found]


def main(words: Sequence[str]) -> int:
    """Try them all, and say what is not as it should be."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base, four = write_base(folder / "base.mp4"), folder / "four.mp4"
        ffmpeg("-i", str(base), "-t", "4", "-c", "copy", str(four))
        for index, row in enumerate(rows()):
            if words and not any(word in f"{row.kind}/{row.name}" for word in words):
                continue
            found = tried(row, folder / str(index), base, four)
            wrong += bool(found)
            say(f"{'WRONG' if found else 'right'}  {row.kind}: {row.name}", *found)
    say(f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
