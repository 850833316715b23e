"""The fleet's rounds in virtual time: none while nothing can become silent, so that idle weeks cost nothing.

Rule: a look that is left out would have found nothing. The others are at the instants at which they would be
without that.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class SilenceRounds:
    """What lies between two looks for cameras that are silent.

    Args:
        seconds: The run's clock.
        online: Tells whether a camera counts as online: others cannot become silent.
        every_s: How often the fleet looks, in seconds.
    """

    def __init__(self, seconds: Callable[[], float], online: Callable[[], bool], every_s: float) -> None:
        self._seconds = seconds
        self._online = online
        self._every_s = every_s
        self._stirred = asyncio.Event()

    def stir(self) -> None:
        """The fleet was told something, so that a camera may be online from now on."""
        self._stirred.set()

    async def rest(self) -> None:
        """Last until the next look that may find anything."""
        began_s = self._seconds()
        if not self._online():
            # What it is told is taken in by the next look at the latest, which is then due in any case.
            await self._stirred.wait()
        self._stirred.clear()
        rounds = math.floor((self._seconds() - began_s) / self._every_s) + 1
        await asyncio.sleep(began_s + rounds * self._every_s - self._seconds())
