"""Keeps a source open and reads from it, for as long as a capture runs.

Rules:

- A source that does not open or breaks off is tried again, after 1, 2, 4 … 8 s. What is wrong is said once.
- While it gives nothing, that is said every tenth of a second, so that chunks go on without it: as absent
  where it is broken, as silent where it is merely pausing. A pause is believed after half a second. So is a
  source that is late, once it is later than anybody waits for: nothing of it may ever come in time.
- Nothing here waits for whoever takes the items; a taker that cannot keep up must say so itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from device.errors import DeviceError
from device.sources.base import Pause
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from device.clock import Clock

_TICK_S: Final = 0.1
_RETRY_S: Final = (1.0, 2.0, 4.0, 8.0)
_PAUSE_NS: Final = 500 * NS_PER_MS
_LATE_NS: Final = 4 * NS_PER_S
"""Longer than time stands for a picture that is merely late (``capture.assembly``)."""


class _Timed(Protocol):
    @property
    def boot_ns(self) -> int: ...


Item = TypeVar("Item", bound=_Timed)
Given = TypeVar("Given", bound=_Timed, covariant=True)  # noqa: PLC0105 - read as words
Taken = TypeVar("Taken", bound=_Timed, contravariant=True)  # noqa: PLC0105 - read as words


class Source(Protocol[Given]):
    """What picture and sound sources have in common."""

    def open(self) -> None:
        """Make ready, or raise ``SourceError``."""
        ...

    def read(self) -> Given | Pause | None:
        """The next item, ``None`` at the end, or raise ``SourceError``."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Taker(Protocol[Taken]):
    """Who gets what a feed reads. All calls come from the feed's thread."""

    def take(self, item: Taken) -> None:
        """An item; a ``DeviceError`` makes the feed begin anew."""
        ...

    def absent(self, since_ns: int, until_ns: int) -> None:
        """There is nothing since then; called again and again while that lasts."""
        ...

    def silent(self, since_ns: int, until_ns: int) -> None:
        """Nothing has come for that time, though the source is there; called again while that lasts."""
        ...


class Feed(Generic[Item]):
    """Reads one source on the thread that calls ``run``.

    Args:
        make: Makes the source, anew for every attempt.
        taker: Gets what it gives.
        trouble: Gets what is wrong, and ``None`` when it is well again.
        clock: Times absences.
        stopping: Ends the feed when set.
    """

    def __init__(
        self,
        make: Callable[[], Source[Item]],
        taker: Taker[Item],
        *,
        trouble: Callable[[str | None], None],
        clock: Clock,
        stopping: threading.Event,
    ) -> None:
        self._make = make
        self._taker = taker
        self._trouble = trouble
        self._clock = clock
        self._stopping = stopping
        self._last_ns = clock.boot_ns()
        self._attempts = 0
        self._remark = ""

    def run(self) -> None:
        """Read until told to stop."""
        while not self._stopping.is_set():
            try:
                self._read_all()
            except DeviceError as error:
                self._remark = ""
                self._trouble(str(error))
                self._wait(_RETRY_S[min(self._attempts, len(_RETRY_S) - 1)])
                self._attempts += 1
            else:
                self._after_the_end()

    def _read_all(self) -> None:
        source = self._make()
        try:
            source.open()
            while not self._stopping.is_set() and (item := source.read()) is not None:
                if isinstance(item, Pause):
                    self._pause(item)
                    continue
                self._taker.take(item)
                self._last_ns = item.boot_ns
                if self._attempts:
                    self._attempts = 0
                    self._trouble(None)
        finally:
            source.close()

    def _pause(self, pause: Pause) -> None:
        """Say once what the source remarks, and that nothing comes if it lasts."""
        if pause.sentence != self._remark:
            self._remark = pause.sentence
            self._trouble(pause.sentence or None)
        until = self._clock.boot_ns() - (_LATE_NS if pause.late else _PAUSE_NS)
        if until > self._last_ns:
            self._taker.silent(self._last_ns, until)

    def _after_the_end(self) -> None:
        """A source that has ended gives nothing more: there is no use in opening it again."""
        if self._stopping.is_set():
            return
        self._trouble("The file has come to its end and is not set to loop.")
        while not self._stopping.is_set():
            self._wait(_TICK_S)

    def _wait(self, seconds: float) -> None:
        for _ in range(round(seconds / _TICK_S)):
            self._taker.absent(self._last_ns, self._clock.boot_ns())
            if self._stopping.wait(_TICK_S):
                return
