"""What is known of every upload, and what each outcome leads to. For one thread; without threads or network.

Rules:

- What comes next is decided by ``device.link.uploads.plan`` alone, from the shelf's snapshot and what is
  known.
- At most ``at_once`` segments are on their way, and one small step beside them, so that the ledger of a
  press never waits behind megabytes. On a slow link it is one segment: of two that share it, both arrive
  late, and a cut would take both.
- On a slow link a segment of an earlier recording gives way to what is being filmed
  (``device.link.uploads.giving_way``).
- No connection: everything waits (``device.link.circuit_breaker``). Trouble with one recording: that one
  waits, others go on.
- A refusal is final for its recording until the camera starts again, is said loudly, and deletes nothing
  (C8).
- A new recording is tried at once, whatever pause was running.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from device.errors import DeviceError
from device.link.errors import LinkError, NotTrustedError, RefusedError, UnreachableError
from device.link.uploads.giving_way import SLOW_S, GaveWayError, giving_way
from device.link.uploads.order import Order
from device.link.uploads.plan import Known, Local, SendSegment, Step, plan
from device.link.uploads.progress import View
from device.shelf import ReceiptRefusedError, ShelvedRecording
from protocol.footage.format.errors import FootageError
from protocol.footage.ledger.ledger import ROLL_OVER

if TYPE_CHECKING:
    from device.link.circuit_breaker import CircuitBreaker
    from device.link.uploads.contents import Contents

log = logging.getLogger(__name__)

KnownUpdate: TypeAlias = Callable[[Known, float], Known]
"""What a step changes: from what was known and the time, to what is known now."""
Job: TypeAlias = tuple[Step, ShelvedRecording]

TROUBLE_PAUSE_S = 10.0
"""Pause of one recording after the fleet, or the card, failed at it."""
ASK_AGAIN = frozenset({"ledger_hole", "incomplete"})
"""Refusals that only say that the fleet holds something else than was thought."""
ASK_AGAIN_PAUSE_S = 1.0
FINAL = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.GONE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Statuses by which the fleet refuses these bytes, now and later."""


class Backlog:
    """Recordings without a receipt, and what the fleet holds of them.

    Args:
        contents: facts about recordings' files.
        breaker: whether to talk to the fleet at all.
        at_once: most segments on their way at the same time.

    Attributes:
        giving_way: what is on its way and shall be broken off, for whoever sends it; read by any thread.
    """

    def __init__(self, contents: Contents, breaker: CircuitBreaker, at_once: int) -> None:
        self._contents = contents
        self._breaker = breaker
        self._at_once = at_once
        self.giving_way: frozenset[Step] = frozenset()
        self._known: dict[int, Known] = {}
        self._locals: dict[int, tuple[ShelvedRecording, Local]] = {}
        self._busy: dict[Step, tuple[float, int]] = {}  # when it began, and how many segments were sent then
        self._slow = True  # until it is known not to be
        self._troubles: dict[int, str] = {}

    def next_jobs(self, recordings: Iterable[ShelvedRecording], now: float) -> tuple[list[Job], float | None]:
        """Claim the steps that may be taken now.

        Returns:
            The steps, each with the recording that it was planned for, and the seconds after which to ask
            again even if nothing happens; None for "when something happens".
        """
        waiting = {each.number: each for each in recordings if not each.receipt}
        self._drop_all_but(waiting)
        locals_ = [self._local(each) for each in waiting.values()]
        open_for = self._breaker.open_for(now)
        if open_for > 0:
            return [], open_for
        planned = plan(locals_, self._known, busy=frozenset(self._busy), now=now)
        chosen = self._choose(planned.steps)
        jobs = [(step, waiting[step.number]) for step in chosen]
        self.giving_way = giving_way(
            [step for step in planned.steps if step not in chosen],
            {step: now - at for step, (at, _) in self._busy.items() if isinstance(step, SendSegment)},
            incident=planned.incident,
            slow=self._slow,
        )
        sending = self._sending + sum(isinstance(step, SendSegment) for step, _ in jobs)
        self._busy.update((step, (now, sending)) for step, _ in jobs)
        return jobs, None if planned.wake_at is None else planned.wake_at - now

    def succeeded(self, step: Step, update: KnownUpdate, now: float) -> None:
        """The step was carried out."""
        began, beside = self._busy.pop(step, (now, 1))
        if isinstance(step, SendSegment):
            self._slow = (now - began) / beside > SLOW_S
        self._breaker.answered()
        self._troubles.pop(step.number, None)
        self._known[step.number] = update(self._known.get(step.number, Known()), now)

    def failed(self, step: Step, error: Exception, now: float) -> None:
        """The step was not carried out, or nobody knows whether it was."""
        self._busy.pop(step, None)
        if isinstance(error, GaveWayError):
            self._slow = True
            return
        known = self._known.get(step.number, Known())
        if isinstance(error, NotTrustedError) or (
            isinstance(error, UnreachableError) and error.status is None
        ):
            self._breaker.failed(error, now)
            self._slow = True  # the next connection may be another
            self._known[step.number] = known.doubtful()
            return
        if isinstance(error, LinkError):
            self._breaker.answered()
        if _is_final(error):
            if known.refused is not None:
                return  # another step of the same recording was refused with it
            log.error("recording %d was not accepted and stays on the camera: %s", step.number, error)
            self._known[step.number] = known.refused_for_good(str(error))
        else:
            pause = ASK_AGAIN_PAUSE_S if _is_misunderstanding(error) else TROUBLE_PAUSE_S
            self._known[step.number] = known.doubtful(now + pause)
            log.warning("%s for recording %d failed, trying again: %s", step, step.number, error)
        self._troubles[step.number] = _sentence(error)

    def hint(self) -> None:
        """The network may be back."""
        self._breaker.hint()

    def view(self, recordings: Iterable[ShelvedRecording]) -> View:
        """What others may read while this goes on changing."""
        troubles = tuple(f"Recording {number}: {text}" for number, text in sorted(self._troubles.items()))
        return View(
            recordings=tuple(each for each in recordings if not each.receipt),
            known=dict(self._known),
            busy=frozenset(self._busy),
            connected=not self._breaker.tripped,
            troubles=(self._breaker.trouble, *troubles) if self._breaker.trouble else troubles,
        )

    def _choose(self, steps: Iterable[Step]) -> list[Step]:
        """As many of the planned steps as there are threads for; a single one after a failure."""
        if self._breaker.tripped:
            return [] if self._busy else list(steps)[:1]
        segments = self._sending
        # On a faster link than SLOW_S a second one keeps it busy while the fleet makes the first durable: at
        # 10 Mbit/s the pauses would make it slower than 8 Mbit/s of footage.
        at_once = 1 if self._slow else self._at_once
        room = {True: at_once - segments, False: 1 - (len(self._busy) - segments)}
        chosen: list[Step] = []
        for step in steps:
            kind = isinstance(step, SendSegment)
            if room[kind] > 0:
                room[kind] -= 1
                chosen.append(step)
        return chosen

    def _local(self, recording: ShelvedRecording) -> Local:
        """The recording as the plan wants it; made anew only when it changed."""
        cached = self._locals.get(recording.number)
        if cached is not None and cached[0] == recording:
            return cached[1]
        if cached is None:
            self._breaker.hint()
        names = tuple(segment.name for segment in recording.closed_segments)
        local = Local(
            recording.number,
            recording.ledger_length,
            names,
            self._order(recording, names),
            recording.ended,
            continues=self._continues(recording),
        )
        self._locals[recording.number] = (recording, local)
        return local

    def _order(self, recording: ShelvedRecording, names: tuple[str, ...]) -> Order:
        """Around which moments its segments go up.

        It is order only: a file that cannot be read now is found out when it is sent.
        """
        bookmarks = tuple(bisect_right(names, name) for name in recording.bookmarks)
        try:
            return Order(self._contents.before_press(recording.folder, names), bookmarks)
        except (OSError, FootageError) as error:
            log.warning("Recording %d cannot be read: %s", recording.number, error)
            return Order(0, bookmarks)

    def _continues(self, recording: ShelvedRecording) -> bool:
        """Whether it goes on from another; as its order, no more than that."""
        try:
            return self._contents.opening(recording.folder).trigger == ROLL_OVER
        except (OSError, FootageError):
            return False

    @property
    def _sending(self) -> int:
        """How many segments are on their way."""
        return sum(isinstance(step, SendSegment) for step in self._busy)

    def _drop_all_but(self, waiting: Mapping[int, ShelvedRecording]) -> None:
        gone = [number for number in self._locals if number not in waiting]
        for number in gone:
            del self._locals[number]
            self._known.pop(number, None)
            self._troubles.pop(number, None)
        if gone:
            self._contents.forget_all_but(each.folder for each in waiting.values())


def _is_final(error: Exception) -> bool:
    """Whether trying again cannot help: the fleet refused these bytes, or the camera the receipt."""
    if isinstance(error, RefusedError):
        return error.status in FINAL and not _is_misunderstanding(error)
    return isinstance(error, ReceiptRefusedError | FootageError)


def _is_misunderstanding(error: Exception) -> bool:
    return isinstance(error, RefusedError) and (
        error.code in ASK_AGAIN or error.status == HTTPStatus.NOT_FOUND
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, DeviceError):
        return str(error)
    if isinstance(error, OSError):
        return f"The card cannot be read ({error.strerror or error}): take the camera out of use."
    if isinstance(error, FootageError):
        return f"The recording on the card is damaged: {error}."
    return "An internal error stopped an upload; the log says more."
