"""Uploads: recordings go to the fleet while they are being made, and until each has its receipt.

One thread plans, and owns all that is known (``device.link.uploads.backlog``); others carry out its steps
(``device.link.uploads.steps``) and report back through a queue. So nothing is locked, and whoever reports a
change of the shelf only puts a message into that queue. Without threads, ``step`` does the same in turns.

Nothing is stored: after a restart the fleet is asked what it holds. Nothing raises out of here: what goes
wrong shows in ``view`` and in the log.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from device.link.uploads.progress import View
from device.link.uploads.throttle import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.link.uploads.backlog import Backlog, Job, KnownUpdate
    from device.link.uploads.plan import Step
    from device.link.uploads.steps import Steps
    from device.shelf import Shelf

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Succeeded:
    step: Step
    update: KnownUpdate


@dataclass(frozen=True, slots=True)
class _Failed:
    step: Step
    error: Exception


@dataclass(frozen=True, slots=True)
class _Word:
    """Something changed; ``hint`` when the network may be back, ``stop`` when it is over."""

    hint: bool = False
    stop: bool = False


_Message: TypeAlias = _Succeeded | _Failed | _Word


class Uploader:
    """Keeps the fleet's copies up with the shelf, from ``start`` to ``stop``.

    Args:
        shelf: the recordings on the camera.
        backlog: what is known, and what comes next.
        steps: carries out what comes next.
        at_once: most segments on their way at the same time.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        shelf: Shelf,
        backlog: Backlog,
        steps: Steps,
        *,
        at_once: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shelf = shelf
        self._backlog = backlog
        self._steps = steps
        self._clock = clock
        self._inbox: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._view = View()
        workers = at_once + 1  # one for small steps
        self._threads = [threading.Thread(target=self._plan, name="upload-plan", daemon=True)] + [
            threading.Thread(target=self._work, name=f"upload-{index}", daemon=True)
            for index in range(workers)
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        for thread in self._threads:
            thread.start()

    def step(self, over: Callable[[Callable[[], None]], None]) -> float | None:
        """Do what is due without threads: take in what came, plan, and carry out.

        Args:
            over: Calls what it is given once the request that was just made is over.

        Returns:
            The seconds after which to step again even if nothing happens; None for "when something happens".
        """
        while not self._inbox.empty():
            self._take_in(0.0)
        wait = self._plan_once()
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None and (said := self._carry_out(job)) is not None:
                over(partial(self._inbox.put, said))
        return wait

    @property
    def called(self) -> bool:
        """Whether something waits to be taken in."""
        return not self._inbox.empty()

    def stop(self) -> None:
        """Plan no more. Returns at once; stop the throttle too, so that what is under way is abandoned."""
        self._inbox.put(_Word(stop=True))

    @property
    def threads(self) -> tuple[threading.Thread, ...]:
        """What to wait for after ``stop``; a thread may hang in the network, and is a daemon."""
        return tuple(self._threads)

    def changed(self) -> None:
        """The shelf changed. Returns at once, from any thread."""
        self._inbox.put(_Word())

    def hint(self) -> None:
        """The network may be back: do not wait for the end of a pause. Returns at once, from any thread."""
        self._inbox.put(_Word(hint=True))

    @property
    def view(self) -> View:
        """What the planning thread last knew."""
        return self._view

    def _plan(self) -> None:
        try:
            while not self._take_in(self._plan_once()):
                pass
        finally:
            for _ in self._threads[1:]:
                self._jobs.put(None)

    def _plan_once(self) -> float | None:
        recordings = self._shelf.recordings()
        jobs, wait = self._backlog.next_jobs(recordings, self._clock())
        for job in jobs:
            self._jobs.put(job)
        self._view = self._backlog.view(recordings)
        return wait

    def _take_in(self, wait: float | None) -> bool:
        """Wait for a message, then take in all that came; True when it is over."""
        message: _Message | None = None
        with contextlib.suppress(queue.Empty):
            message = self._inbox.get(timeout=wait)
        while message is not None:
            match message:
                case _Word(stop=True):
                    return True
                case _Word():
                    if message.hint:
                        self._backlog.hint()
                case _Succeeded():
                    self._backlog.succeeded(message.step, message.update, self._clock())
                case _Failed():
                    self._backlog.failed(message.step, message.error, self._clock())
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                message = None
        return False

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            said = self._carry_out(job)
            if said is None:
                return
            self._inbox.put(said)

    def _gives_way(self, step: Step) -> bool:
        return step in self._backlog.giving_way

    def _carry_out(self, job: Job) -> _Succeeded | _Failed | None:
        """Carry a step out and say what came of it; None when the link is stopping."""
        step, recording = job
        try:
            return _Succeeded(step, self._steps.carry_out(step, recording, partial(self._gives_way, step)))
        except StoppedError:
            return None
        except Exception as error:  # noqa: BLE001 - the backlog judges every error; none may end this thread
            return _Failed(step, error)
