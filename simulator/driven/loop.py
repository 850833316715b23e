"""An event loop whose time is the run's: what the fleet sleeps through costs nothing.

It runs when it is told to, and then until nothing is left to do at this instant. What the fleet does in
threads is done in the loop's own thread, or waited for before time goes on.
"""

from __future__ import annotations

import asyncio
import selectors
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextvars import Context
    from typing import Any

    from simulator.driven.time import DrivenTime

T = TypeVar("T")
Args = TypeVarTuple("Args")


class LazySelector(selectors.DefaultSelector):
    """Asks the system for what has arrived only where the loop would wait for it.

    Nothing of a run comes through a socket: what another thread has done is put into the loop's own list, and
    the socket beside it only wakes a loop that sleeps. So a loop that does not sleep has nothing to ask for.
    """

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait, where there is anything to wait for."""
        if timeout is not None and timeout <= 0:
            return []
        return super().select(timeout)


class DrivenLoop(asyncio.SelectorEventLoop):
    """The loop. For the thread that lets time pass.

    Args:
        time: The one clock.
    """

    def __init__(self, time: DrivenTime) -> None:
        super().__init__(LazySelector())
        self._driven = time
        self._planned: set[float] = set()
        self._pumping = False
        self.set_default_executor(_InPlace())

    def time(self) -> float:
        """Return the run's seconds."""
        return self._driven.seconds()

    def call_at(
        self,
        when: float,
        callback: Callable[[*Args], object],
        *args: *Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Have something called at a time, as asyncio does; the run's clock comes back for it."""
        if when not in self._planned:
            self._planned.add(when)
            self._driven.after(when - self.time(), lambda: self._due(when))
        return super().call_at(when, callback, *args, context=context)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do a piece of work to its end, at one instant."""
        result = self.run_until_complete(work)
        self.pump()
        return result

    def pump(self) -> None:
        """Do all that is to be done at this instant."""
        if self._pumping or self.is_running():
            return
        self._pumping = True
        try:
            again = True
            while again:
                self.call_soon(self.stop)
                self.run_forever()
                again = bool(self._ready)  # type: ignore[attr-defined] # asyncio has no public word for it
        finally:
            self._pumping = False

    def _due(self, when: float) -> None:
        self._planned.discard(when)
        self.pump()


class _InPlace(ThreadPoolExecutor):
    """Does at once what it is given, in the thread that gives it."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401
        """Do it."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            future.set_exception(error)
        return future
