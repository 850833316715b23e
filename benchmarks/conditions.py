"""What looking at picture and sound costs at 1080p30: ``python -m benchmarks.conditions [--quick]``.

The watches of the camera itself, fed with pictures and blocks that lie ready in memory, so that nothing else
is in the figure: processor time of a minute of footage, as a share of one core. A picture that is the same
again costs more, since then all of it is compared. The goal is for both tracks together.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks._support.figures import Distribution, Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.panning import FPS, HEIGHT, WIDTH, panorama
from benchmarks._support.processor import load
from device.conditions.watch import PictureWatch, SoundWatch
from device.frames import PixelFormat, SoundBlock, VideoFrame
from device.settings import AUDIO_RATE
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

GOAL_PERCENT: Final = 0.5
SECONDS, QUICK_SECONDS = 60, 15
ROUNDS, QUICK_ROUNDS = 7, 3
BLOCK: Final = AUDIO_RATE // 50


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: Nothing is put there; the machine is named by it.
        quick: Less footage, fewer rounds.
    """
    seconds, rounds = (QUICK_SECONDS, QUICK_ROUNDS) if quick else (SECONDS, ROUNDS)
    wide = panorama()
    moving = [np.ascontiguousarray(wide[:, place : place + WIDTH]) for place in range(0, 12 * 4, 4)]
    grey = [_i420(each) for each in moving]
    speech = np.random.default_rng(2).normal(0, 0.05, (BLOCK, 1)).astype(np.float32)
    cases: dict[str, Callable[[], None]] = {
        "pictures that move, BGR": lambda: _pictures(moving, PixelFormat.BGR, seconds),
        "pictures that move, I420": lambda: _pictures(grey, PixelFormat.I420, seconds),
        "a picture that is frozen, BGR": lambda: _pictures(moving[:1], PixelFormat.BGR, seconds),
        "sound, 48 kHz mono": lambda: _sound(speech, seconds),
    }
    figures = Figures(f"Looking at {WIDTH} x {HEIGHT} at {FPS} a second, and at sound", this_machine(folder))
    for name, case in cases.items():
        shares = Distribution.of([_share(case, seconds) for _ in range(rounds)])
        figures.rows.append({"what": name, "% of a core": shares.p50, "most": shares.max})
    both = figures.rows[0]["% of a core"] + figures.rows[-1]["% of a core"]
    met = "met" if both < GOAL_PERCENT else "missed"
    figures.notes.append(f"Both tracks: {both:.2f} % of a core; the goal is below {GOAL_PERCENT} %: {met}.")
    figures.notes.append(f"Load of the machine meanwhile: {load()}.")
    return figures


def _share(case: Callable[[], None], seconds: int) -> float:
    """Percent of one core that so many seconds of footage cost."""
    before = time.process_time()
    case()
    return (time.process_time() - before) / seconds * 100


def _pictures(images: Sequence[NDArray[np.uint8]], pixels: PixelFormat, seconds: int) -> None:
    watch = PictureWatch(FPS)
    for number, image in enumerate(islice(cycle(images), seconds * FPS)):
        watch.take(VideoFrame(image, NS_PER_S + number * NS_PER_S // FPS, pixels))


def _sound(samples: NDArray[np.float32], seconds: int) -> None:
    watch = SoundWatch()
    for number in range(seconds * AUDIO_RATE // BLOCK):
        watch.take(SoundBlock(samples, AUDIO_RATE, NS_PER_S + number * BLOCK * NS_PER_S // AUDIO_RATE))


def _i420(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT] = image[:, :, 1]
    return picture


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less footage, a little less sure")
    parser.add_argument("--keep", type=Path, help="a file for the figures as JSON")
    asked = parser.parse_args()
    figures = run(Path(tempfile.gettempdir()), quick=asked.quick)
    figures.show()
    if asked.keep is not None:
        figures.write(asked.keep)


if __name__ == "__main__":
    main()
