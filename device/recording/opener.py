"""Opens recordings: numbers them, chains them to one another, and commits what the window holds.

Rules:

- Numbers only go up, across restarts and removals, and each ``open`` names the digest of the last one that
  was acknowledged or recovered (L3).
- A number is used up while something may be on the card under it, acknowledged or not. Before the next is
  tried the card has to take a sync again: one that refuses them does not fill up with attempts.
- A recording says which numbers since the one that it names were used up so (``ledger.unconfirmed``): what
  the card kept of them is found at the next start, and nobody may take it for one that was put in.
- The file of the next claim is made while there is time, once for each number. Without it a press makes it.
- What an attempt claimed stays in the ring while the card may hold that attempt: recovery may find it whole.
- On a full card the reserve is released and the commit tried once more.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from device.conditions.recent import condition_event
from device.errors import StorageError, StorageFullError
from device.recording.commit import CommitPlan, commit
from device.ring.prerecord import PreRecord
from device.ring.window import Recorded
from device.storage.claim import prepare_claim
from device.storage.durable import sync_dir
from protocol.footage.format.sizes import RECORDING_BYTES
from protocol.footage.ledger.ledger import EventKind, LedgerEvent, Open
from protocol.footage.ledger.unconfirmed import MOST_TOLD, Unconfirmed, unconfirmed_event
from protocol.footage.ledger.writer import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock
    from device.conditions.recent import RecentConditions
    from device.credentials import Credentials
    from device.recording.clock_steps import RecentSteps, Step
    from device.recording.heart.wanted import Wanted
    from device.recording.recording import OpenRecording
    from device.ring.prerecord import Tail
    from device.ring.ring import RingRange
    from device.ring.window import Window
    from device.storage.durable import AppendFile
    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder
    from device.storage.space import Reserve
    from protocol.footage.ledger.ledger import Keys
    from protocol.footage.sealing.keys import Recipient


_SYNCS = frozenset({"sync_data", "sync_dir"})
"""Operations after whose failure nobody knows what the card holds."""


class Opener:
    """Makes recordings out of what was asked for.

    Not thread-safe: it belongs to the one thread that deals with messages.

    Attributes:
        number: The last number that was used.
        recipients: Whom the next recording is sealed to.
        left_behind: The number of the last attempt, if it failed and may be on the card all the same.
    """

    def __init__(
        self,
        filesystem: Filesystem,
        folders: StateFolder,
        credentials: Credentials,
        *,
        window: Window,
        reserve: Reserve,
        clock: Clock,
        random: Callable[[int], bytes],
        run: bytes,
        number: int,
        previous_open: bytes | None,
    ) -> None:
        self.number = number
        self.left_behind: int | None = None
        self.recipients: tuple[Recipient, ...] = credentials.recipients
        self._filesystem = filesystem
        self._folders = folders
        self._credentials = credentials
        self._window = window
        self._reserve = reserve
        self._clock = clock
        self._random = random
        self._run = run
        self._previous_open = previous_open
        self._unconfirmed: deque[Unconfirmed] = deque(maxlen=MOST_TOLD)
        self._in_doubt = False
        self._prepared: AppendFile | None = None
        self._prepared_after: int | None = None
        self._left: set[str] = set()
        self._taken_back: set[str] = set()

    @property
    def attempted(self) -> frozenset[str]:
        """Segments that attempts claim that failed and may be on the card all the same."""
        return frozenset(self._left | self._taken_back)

    def open(
        self,
        wanted: Wanted,
        *,
        next_seq: int,
        tail: Tail,
        steps: RecentSteps,
        conditions: RecentConditions,
    ) -> OpenRecording:
        """Commit a recording durably.

        Args:
            wanted: What was asked for.
            next_seq: The number that the next chunk will have.
            tail: What is known of the time since the newest chunk of the window.
            steps: How wall time stepped: those since the oldest chunk of the window are told in it (C10).
            conditions: What was wrong with picture or sound since then, and what still is (C12).

        Raises:
            StorageError: It is not recorded; nothing may be acknowledged.
        """
        if self._in_doubt:
            self._settle_doubt()
        plan = self._plan(wanted, next_seq, tail, steps, conditions)
        try:
            recording = self._commit(plan)
        except StorageError as error:
            self._note_attempt(plan, error)
            raise
        self.number, self.left_behind = recording.number, None
        self._previous_open = recording.open_digest
        self._unconfirmed.clear()
        return recording

    def prepare(self) -> None:
        """Make the file of the next claim, unless that was tried. Never raises: a press can do without."""
        if self._in_doubt or self._prepared_after == self.number:
            return
        try:
            self._prepared = prepare_claim(self._filesystem, self._folders, self.number + 1)
        except StorageError:
            if self._is_left(self.number + 1):
                self.number += 1
                self._unconfirmed.append(Unconfirmed(self.number, None))
        self._prepared_after = self.number

    def _plan(
        self,
        wanted: Wanted,
        next_seq: int,
        tail: Tail,
        steps: RecentSteps,
        conditions: RecentConditions,
    ) -> CommitPlan:
        identity = self._random(RECORDING_BYTES)
        held: RingRange | None = None
        keys: Keys | None = None
        told = PreRecord(0, 0, ())
        if wanted.whole_window:
            held, told, keys = self._window.collect(
                press_ns=wanted.press_ns,
                now_ns=self._clock.boot_ns(),
                tail=tail,
                sealed_for=Recorded(identity, self.recipients),
            )
        opening = Open(
            recording=identity,
            number=self.number + 1,
            previous_open=self._previous_open,
            camera=self._credentials.camera,
            run=self._run,
            assignment=wanted.assignment,
            trigger=wanted.trigger,
            marks=wanted.marks,
            asked_ns=told.asked_ns,
            first_seq=held.first.seq if held else next_seq,
            last_seq=held.last.seq if held else next_seq - 1,
            held_ns=told.held_ns,
            missing=told.missing,
            press_ns=wanted.press_ns,
            label=wanted.label,
            recipients=tuple(recipient.info for recipient in self.recipients),
            certificates=self._credentials.certificates,
        )
        press = LedgerEvent(EventKind.PRESS, wanted.press_ns, wanted.label, {"trigger": wanted.trigger})
        within = steps.since(held.first.start_ns) if held else ()
        told_of = conditions.since(held.first.start_ns if held else wanted.press_ns)
        found = (condition_event(each, wanted.press_ns, wanted.label) for each in told_of)
        never = (unconfirmed_event(each, wanted.press_ns, wanted.label) for each in self._unconfirmed)
        events = (*map(step_event, within), press, *found, *never)
        return CommitPlan(opening, self.recipients, held, keys, events)

    def _commit(self, plan: CommitPlan) -> OpenRecording:
        try:
            return self._write(plan)
        except StorageFullError:
            if self._is_left(plan.opening.number) or not self._reserve.release():
                raise
            return self._write(plan)

    def _write(self, plan: CommitPlan) -> OpenRecording:
        """Write a plan, into the file that was made for it if there is one: the first write uses that up."""
        prepared = self._prepared
        try:
            return commit(self._filesystem, self._folders, plan, self._credentials.sign, prepared)
        finally:
            if prepared is not None and (prepared.length or not prepared.open):
                self._prepared = None

    def _settle_doubt(self) -> None:
        """After an attempt of which a sync failed: see that the card syncs.

        Raises:
            StorageError: The card refuses still; of an attempt that was taken back nobody knows any more
                whether it is gone.
        """
        try:
            sync_dir(self._filesystem, self._folders.recordings)
        except StorageError:
            self._left |= self._taken_back
            raise
        finally:
            self._taken_back.clear()
        self._in_doubt = False

    def _note_attempt(self, plan: CommitPlan, error: StorageError) -> None:
        """After a failed commit: what the card may hold of it."""
        number = plan.opening.number
        if self._is_left(number):
            self.number = self.left_behind = number
            self._unconfirmed.append(Unconfirmed(number, digest_of(plan.opening)))
            self._in_doubt = True
            self._left.update(plan.segments)
        elif error.operation in _SYNCS:
            self._in_doubt = True
            self._taken_back.update(plan.segments)

    def _is_left(self, number: int) -> bool:
        """After a failed commit: whether anything is there under its number, so that it is used up."""
        return self._filesystem.exists(self._folders.claim(number))


def step_event(step: Step) -> LedgerEvent:
    """How a ledger tells of a step of wall time."""
    return LedgerEvent(EventKind.CLOCK_STEP, step.at_ns, step.label, {"step_us": step.step_us})
