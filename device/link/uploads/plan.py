"""What to send to the fleet next: a pure decision over what the camera holds and what the fleet holds.

Rules:

- The camera remembers nothing about uploads across restarts. It asks the fleet what it holds, and derives
  the rest.
- Whatever leaves doubt (a cut connection, a restart, a lost answer) is settled by asking again, so that a
  segment that is held is never sent a second time (L2).
- Order (L5): questions, ledgers and receipts first because they are small, make the recording known (L3) and
  hold the keys without which no footage can be opened; then the newest recording, its segments as
  ``device.link.uploads.order`` says; then the one before it, and so on. A recording that goes on from
  another, which became too long, is the same incident: they are ordered as one, by the first one's press.
- A recording that waits for a pause to end, or was refused, keeps no other from going on.
- A recording is declared complete only when the fleet holds its whole ledger and every segment, and only
  once it has ended on the camera.
- A refusal is final for that recording until the camera starts again. It is reported, and nothing is deleted.

It opens no file, knows no network and reads no clock. Times are seconds on any clock that goes forward.

Example:
    >>> from device.link.uploads.order import Order
    >>> recording = Local(number=7, ledger_length=900, segments=("a.seg",), order=Order(press=1), ended=None)
    >>> plan([recording], {}, busy=frozenset(), now=0.0).steps
    (Ask(number=7),)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from device.link.uploads.order import Order
from protocol.units import MIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from protocol.messages.uploads import Ended

LEDGER_EVERY_S = 1.0
"""A growing ledger is sent at most this often; each piece becomes one object in the fleet's store.

Footage whose keys have not arrived can be opened by nobody, so this is no longer than a segment.
"""
LEDGER_PIECE = MIB  # bytes, at most
FIRST_POLL_S = 0.2
LONGEST_POLL_S = 30.0


@dataclass(frozen=True, slots=True)
class Local:
    """A recording as the camera holds it.

    Attributes:
        number: the camera's counter.
        ledger_length: in durable bytes.
        segments: names of its closed segments, in order.
        order: where the moments lie around which they go up.
        ended: how it ended; None until then.
        receipt: whether the fleet's receipt is here.
        continues: whether it goes on from the recording before it, and has no press of its own.
    """

    number: int
    ledger_length: int
    segments: tuple[str, ...]
    order: Order
    ended: Ended | None
    receipt: bool = False
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the fleet's copy of one recording. The default is: nothing yet.

    Attributes:
        asked: the rest is what the fleet answered, and every step since then got its answer.
        ledger_length: bytes of ledger that the fleet holds.
        segments: names of the segments that the fleet holds.
        last: the one of them that was sent last, where that is known.
        last_at: when it was.
        completed: the camera has declared the recording complete.
        refused: the fleet's sentence, when it refused the recording for good.
        ledger_due: time from which the next piece of a growing ledger may go.
        retry_at: time before which nothing is tried for this recording.
        polls: times that the receipt was not ready yet.
    """

    asked: bool = False
    ledger_length: int = 0
    segments: frozenset[str] = frozenset()
    last: str | None = None
    last_at: float = 0.0
    completed: bool = False
    refused: str | None = None
    ledger_due: float = 0.0
    retry_at: float = 0.0
    polls: int = 0

    def answered(self, ledger_length: int, segments: Iterable[str]) -> Known:
        """The fleet said what it holds."""
        return replace(
            self,
            asked=True,
            completed=False,
            ledger_length=ledger_length,
            segments=frozenset(segments),
            retry_at=0.0,
        )

    def took_ledger(self, length: int, now: float) -> Known:
        """The fleet holds the first ``length`` bytes of the ledger."""
        return replace(self, ledger_length=length, ledger_due=now + LEDGER_EVERY_S)

    def took_segment(self, name: str, now: float = 0.0) -> Known:
        """The fleet holds the segment."""
        return replace(self, segments=self.segments | {name}, last=name, last_at=now)

    def declared_complete(self) -> Known:
        """The camera has declared the recording complete."""
        return replace(self, completed=True, polls=0, retry_at=0.0)

    def not_ready(self, now: float) -> Known:
        """The receipt is not there yet; ask again later, and less often as time goes by."""
        pause = min(LONGEST_POLL_S, FIRST_POLL_S * 1.5 ** min(self.polls, 32))
        return replace(self, polls=self.polls + 1, retry_at=now + pause)

    def doubtful(self, retry_at: float = 0.0) -> Known:
        """An answer was lost: nothing is certain until the fleet is asked again, not before ``retry_at``."""
        return replace(self, asked=False, completed=False, retry_at=retry_at)

    def refused_for_good(self, why: str) -> Known:
        """The fleet refused the recording, with one sentence."""
        return replace(self, refused=why)


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the fleet what it holds of a recording."""

    number: int


@dataclass(frozen=True, slots=True)
class SendLedger:
    """Send ``length`` bytes of the ledger from ``offset``."""

    number: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class SendSegment:
    """Send one closed segment."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Complete:
    """Declare the recording complete: the fleet holds everything."""

    number: int


@dataclass(frozen=True, slots=True)
class FetchReceipt:
    """Ask for the fleet's receipt."""

    number: int


Step = Ask | SendLedger | SendSegment | Complete | FetchReceipt


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps for now, most urgent first; when there may be more (None: on a change).

    ``incident`` has the numbers of the recordings of what is being filmed.
    """

    steps: tuple[Step, ...]
    wake_at: float | None
    incident: frozenset[int] = frozenset()


def plan(
    recordings: Iterable[Local],
    known: Mapping[int, Known],
    *,
    busy: frozenset[Step],
    now: float,
    most: int = 8,
) -> Plan:
    """Decide what to do next.

    Args:
        recordings: what the camera holds, in any order.
        known: what is known of the fleet's copies, by number.
        busy: steps that are being taken at this moment.
        now: the time, in seconds on the clock of ``Known.retry_at`` and ``Known.ledger_due``.
        most: no more segments are named than this: a full card holds very many.
    """
    newest_first = sorted((r for r in recordings if not r.receipt), key=lambda r: r.number, reverse=True)
    small: list[Step] = []
    segments: list[Step] = []
    wakes: list[float] = []
    filmed: frozenset[int] = frozenset()
    for incident in _incidents(newest_first):
        sending: list[tuple[Local, Known, frozenset[Step]]] = []
        for local in incident:
            have = known.get(local.number, Known())
            if have.refused is not None:
                continue
            if have.retry_at > now:
                wakes.append(have.retry_at)
                continue
            mine = frozenset(step for step in busy if step.number == local.number)
            small.extend(_small_steps(local, have, mine, now))
            sending.append((local, have, mine))
            if have.asked and local.ledger_length > have.ledger_length and have.ledger_due > now:
                wakes.append(have.ledger_due)
        under_way = incident[0].ended is None
        filmed = filmed or frozenset(local.number for local in incident if under_way)
        segments.extend(islice(_segment_steps(sending, under_way=under_way), most - len(segments)))
    return Plan((*small, *segments), min(wakes, default=None), filmed)


def _small_steps(local: Local, have: Known, mine: frozenset[Step], now: float) -> Iterator[Step]:
    """The question, the ledger, the completion or the receipt of one recording: one at a time."""
    if any(not isinstance(step, SendSegment) for step in mine):
        return
    if not have.asked:
        if not mine:
            yield Ask(local.number)
    elif local.ledger_length > have.ledger_length:
        if _ledger_due(local, have, now):
            length = min(LEDGER_PIECE, local.ledger_length - have.ledger_length)
            yield SendLedger(local.number, have.ledger_length, length)
    elif local.ended is not None and not mine and have.segments.issuperset(local.segments):
        yield FetchReceipt(local.number) if have.completed else Complete(local.number)


def _ledger_due(local: Local, have: Known, now: float) -> bool:
    """The first piece, the last ones and full pieces go at once; in between, small ones are gathered."""
    waiting = local.ledger_length - have.ledger_length
    return (
        have.ledger_length == 0
        or local.ended is not None
        or waiting >= LEDGER_PIECE
        or have.ledger_due <= now
    )


def _segment_steps(
    parts: Sequence[tuple[Local, Known, frozenset[Step]]], *, under_way: bool
) -> Iterator[Step]:
    """The segments of one incident that the fleet lacks; of each part once its ledger has begun to arrive.

    Args:
        parts: its recordings, the newest first, each with what is known of it and being done for it.
        under_way: whether it is still being filmed.
    """
    names: list[str] = []
    number_of: dict[str, int] = {}
    sent: set[str] = set()
    on_their_way: list[str] = []
    press, bookmarks, last, last_at = 0, [], None, -1.0
    for local, have, mine in reversed(parts):
        if not have.asked or have.ledger_length == 0 or any(isinstance(step, Ask) for step in mine):
            continue
        press = press if local.continues else len(names) + local.order.press
        bookmarks += [len(names) + at for at in local.order.bookmarks]
        names += local.segments
        number_of.update(dict.fromkeys(local.segments, local.number))
        sent |= have.segments
        on_their_way += [step.name for step in mine if isinstance(step, SendSegment)]
        if have.last is not None and have.last_at >= last_at:
            last, last_at = have.last, have.last_at
    order = Order(press, tuple(bookmarks))
    last = on_their_way[-1] if on_their_way else last
    for name in order.of(names, sent.union(on_their_way), under_way=under_way, last=last):
        yield SendSegment(number_of[name], name)


def _incidents(newest_first: Iterable[Local]) -> Iterator[list[Local]]:
    """Recordings that went on from one another together."""
    incident: list[Local] = []
    for local in newest_first:
        if incident and not (incident[-1].continues and local.number == incident[-1].number - 1):
            yield incident
            incident = []
        incident.append(local)
    if incident:
        yield incident
