"""What one look at a picture shows: black, without detail, noise, or a picture. Pure.

The figures behind the limits are in ``docs/conditions.md``; a test measures them again. What is too dark to
tell a covered lens from a dark place is called neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from device.conditions.luma import BLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from device.conditions.luma import Grid

BLACK_BELOW: Final = 23.0
"""Luma: a picture of which 98 of 100 blocks are darker is black.

Sensor noise of 6 under a lens cap gives 20.7, a hallway lit by a lamp at its end 32."""

STILL_BLACK_BELOW: Final = 27.0
"""The same once it is black, so that what lies on the limit is not black and not black by turns."""

BRIGHT: Final = 44.0
"""Luma of a point that is light, however dark the rest: a lamp, a door ajar."""

FEW_BRIGHT: Final = 0.002
"""Fewer points than this share are hot pixels and the tails of noise."""

LIT_ABOVE: Final = 32.0
"""Luma: below it on average, no detail is what a dark place shows as well."""

_EDGE: Final = 3.0
_EDGE_PER_NOISE: Final = 6.0
_SHAPE: Final = 2.0
_SHAPE_PER_LUMA: Final = 0.15
_NOISY: Final = 12.0
"""Sensor noise beyond which nobody can say what there is to see."""

_FEWEST: Final = 2
_NOISE_LEAST: Final = 16.0
_NOISE_ALIKE: Final = 0.15
_BLOCK: Final = 4
_DARK_BLOCKS: Final = 98
_SIGMA_OF_MEDIAN: Final = 0.6745 * 2**0.5

LOOKS_TOGETHER: Final = 4
"""So many looks are averaged to see faint detail through noise."""


@dataclass(frozen=True, slots=True)
class PictureLook:
    """What a look shows, without what can be told in time alone.

    Attributes:
        black: Whether it is black.
        covered: Whether it is lit and shows no detail.
        noise: Whether points are unlike their neighbours and unlike the look before; None for the first.
        sharp: Whether something stands out in this very look, or noise hides whether it does.
    """

    black: bool
    covered: bool
    noise: bool | None
    sharp: bool


def look_at(newest: Grid, before: Grid | None, smooth: Sequence[Grid], *, was_black: bool) -> PictureLook:
    """Look at a grid.

    Args:
        newest: The grid.
        before: That of the look before, of the same shape; None for the first.
        smooth: Those of the last looks in which nothing stood out, ``LOOKS_TOGETHER`` less one at most.
        was_black: Whether it counts as black so far.
    """
    blocks, sigma = _blocks(newest), _sigma(newest)
    limit = STILL_BLACK_BELOW if was_black else BLACK_BELOW
    bright = float(np.count_nonzero(newest > BRIGHT)) / newest.size
    black = bright < FEW_BRIGHT and float(np.percentile(blocks, _DARK_BLOCKS)) <= limit
    noise = _is_noise(newest, before) if before is not None else None
    sharp = sigma > _NOISY or _edge(blocks) > _EDGE + _EDGE_PER_NOISE * sigma / _BLOCK
    lit = not black and float(newest.mean()) > LIT_ABOVE
    return PictureLook(black, lit and not sharp and _lacks_detail([*smooth, newest], sigma), noise, sharp)


def _lacks_detail(grids: Sequence[Grid], sigma: float) -> bool:
    """Whether nothing stands out in the mean of some looks, and what is left is a smooth glow."""
    blocks = _blocks(np.asarray(np.stack(list(grids)).mean(axis=0, dtype=np.float32), np.float32))
    if _edge(blocks) > _EDGE + _EDGE_PER_NOISE * sigma / _BLOCK / len(grids) ** 0.5:
        return False
    return _shape(blocks) <= _SHAPE + _SHAPE_PER_LUMA * max(0.0, float(blocks.mean()) - BLACK)


def _is_noise(newest: Grid, before: Grid) -> bool:
    """Whether points are unlike their neighbours and unlike themselves, in the middle of the picture."""
    rows, columns = newest.shape
    middle = (slice(rows // 4, rows - rows // 4), slice(columns // 3, columns - columns // 3))
    now, then = newest[middle], before[middle]
    if float(now.std()) < _NOISE_LEAST:
        return False
    pairs = ((now[:, 1:], now[:, :-1]), (now[1:], now[:-1]), (now, then))
    return all(abs(_alike(one, other)) < _NOISE_ALIKE for one, other in pairs)


def _alike(one: Grid, other: Grid) -> float:
    """Pearson's correlation; 1 where there is next to nothing to compare."""
    if one.size < _FEWEST:
        return 1.0
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.sqrt(float((a * a).sum()) * float((b * b).sum())))
    return float((a * b).sum()) / scale if scale else 1.0


def _blocks(grid: Grid) -> NDArray[np.float32]:
    """Means of blocks of 4 x 4 points; of fewer where there are not so many."""
    down, across = min(_BLOCK, grid.shape[0]), min(_BLOCK, grid.shape[1])
    rows, columns = grid.shape[0] // down, grid.shape[1] // across
    whole = grid[: rows * down, : columns * across]
    return np.asarray(whole.reshape(rows, down, columns, across).mean(axis=(1, 3)), np.float32)


def _sigma(grid: Grid) -> float:
    """The noise of points, by the median of what neighbours differ in: most show the same thing."""
    return float(np.median(np.abs(np.diff(grid, axis=1)))) / _SIGMA_OF_MEDIAN if grid.shape[1] > 1 else 0.0


def _edge(blocks: NDArray[np.float32]) -> float:
    """The sharpest step between blocks beside each other."""
    steps = [np.abs(np.diff(blocks, axis=axis)).max(initial=0.0) for axis in (0, 1)]
    return float(max(steps))


def _shape(blocks: NDArray[np.float32]) -> float:
    """The standard deviation of the blocks once a smooth glow, a quadratic surface, is taken away."""
    down, across = np.meshgrid(
        np.linspace(-1, 1, blocks.shape[0]), np.linspace(-1, 1, blocks.shape[1]), indexing="ij"
    )
    terms = np.stack([np.ones_like(down), down, across, down * down, across * across, down * across], -1)
    flat, values = terms.reshape(-1, terms.shape[-1]), blocks.astype(np.float64).ravel()
    solved = np.linalg.lstsq(flat, values, rcond=None)[0]
    return float(np.std(values - flat @ solved))
