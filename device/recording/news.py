"""News for whoever listens: the link, which passes it on to the fleet, and the simulator.

The ledger is the record; news is only quick. Listeners run in the thread that made the news and must return
at once.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from protocol.messages.events import CameraEvent, NewsKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol.footage.format.model import ClockLabel

_ID_BYTES = 16
_ONCE = frozenset({NewsKind.RECORDING_OPENED, NewsKind.RECORDING_CLOSED})
"""What can happen to a recording only once."""


class News:
    """Tells listeners what happens. Thread-safe."""

    def __init__(self, camera: str, random: Callable[[int], bytes]) -> None:
        self._camera = camera
        self._random = random
        self._listeners: tuple[Callable[[CameraEvent], None], ...] = ()
        self._guard = threading.Lock()

    def listen(self, listener: Callable[[CameraEvent], None]) -> None:
        """Call ``listener`` with every piece of news from now on."""
        with self._guard:
            self._listeners = (*self._listeners, listener)

    def tell(self, kind: NewsKind, label: ClockLabel, **facts: Any) -> None:  # noqa: ANN401 - CameraEvent checks them
        """Something happened.

        Args:
            kind: What.
            label: When, as wall time.
            facts: The other fields of ``CameraEvent``.
        """
        with self._guard:
            listeners = self._listeners
        if not listeners:
            return
        recording = facts.get("recording")
        once = recording is not None and kind in _ONCE  # told again after a reconnect, under the same id
        event = CameraEvent(
            id=f"{recording}-{kind}" if once else self._random(_ID_BYTES).hex(),
            kind=kind,
            camera=self._camera,
            at_utc_us=max(0, label.utc_us),  # a clock that was never set may stand before 1970
            clock_synchronised=label.synchronised,
            **facts,
        )
        for listener in listeners:
            listener(event)
