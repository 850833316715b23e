"""How something grows with how much there is: the exponent that fits what was measured. Pure."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def exponent(measured: Mapping[int, Sequence[float]]) -> float:
    """Return ``k`` of the ``a * n ** k`` that fits the medians best (least squares of the logarithms).

    1 is in proportion, 0 is not at all; of what grows with the logarithm it is small, and smaller the more
    there is.

    Args:
        measured: Of each size what was measured; sizes and samples above 0, two sizes or more.

    Raises:
        ValueError: There is nothing to fit.
    """
    if len(measured) < 2:
        raise ValueError("a growth is of two sizes or more")
    sizes = [math.log(size) for size in measured]
    values = [math.log(statistics.median(samples)) for samples in measured.values()]
    return statistics.linear_regression(sizes, values).slope
