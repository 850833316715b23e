"""What cameras said and nobody has read yet: a bounded box for each, all read in turn (F9). Pure.

Rules:
- of what a camera says of itself the newest counts: the last two messages of a kind are kept, since a will of
  an earlier session may come after the word of the next one;
- of its news, and of its answers to commands, so many are kept; where there are more, the oldest are left
  out, and counted;
- that is a flood where news was left out, or where more came than a camera has kept back while the fleet was
  away for hours;
- what is left out is handed back, once: whoever brought it is told that nobody will ask for it again;
- each camera is read in turn, and no more often than its budget lets it: one that says thousands of things a
  second keeps nobody waiting, and its newest word is read all the same.

Time is in seconds that only go forward, from the caller. Not for several threads.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from protocol.messages.topics import Up

NEWEST = 2
_EACH_COUNTS = frozenset({Up.EVENT, Up.RESPONSE})
MOST_NEWS = 200
MOST_AT_ONCE = 2000
"""Messages of one camera that come at once and are no flood."""
BURST = 200
EACH_S = 20.0
"""Messages of one camera that are read a second, once its burst is used up; it says a few a minute."""


@dataclass(frozen=True, slots=True)
class HeardMessage:
    """One message.

    Attributes:
        camera: whose, by its topic.
        subject: of what.
        payload: as it came.
        retained: whether the broker had kept it.
        delivery: by what whoever brought it knows it; nothing here looks at it.
    """

    camera: str
    subject: Up
    payload: bytes
    retained: bool
    delivery: object = field(default=None, compare=False)


@dataclass(slots=True)
class _Box:
    budget: float
    arriving: float
    at_s: float
    newest: dict[Up, deque[HeardMessage]] = field(default_factory=dict)
    news: deque[HeardMessage] = field(default_factory=deque)

    def fill(self, now_s: float) -> None:
        more = max(0.0, now_s - self.at_s) * EACH_S
        self.budget = min(BURST, self.budget + more)
        self.arriving = min(MOST_AT_ONCE, self.arriving + more)
        self.at_s = max(self.at_s, now_s)

    def next(self) -> HeardMessage | None:
        for waiting in self.newest.values():
            if waiting:
                return waiting.popleft()
        return self.news.popleft() if self.news else None

    @property
    def is_empty(self) -> bool:
        return not self.news and not any(self.newest.values())


class Mailbox:
    """The boxes of all cameras."""

    def __init__(self) -> None:
        self._boxes: dict[str, _Box] = {}
        self._left_out: list[HeardMessage] = []

    def __len__(self) -> int:
        return sum(len(box.news) + sum(map(len, box.newest.values())) for box in self._boxes.values())

    def put(self, letter: HeardMessage, now_s: float) -> bool:
        """Keep a message; False where another one of the same camera was left out for it, by a flood."""
        box = self._boxes.setdefault(letter.camera, _Box(BURST, MOST_AT_ONCE, now_s))
        box.fill(now_s)
        is_flood = box.arriving < 1
        box.arriving = max(0.0, box.arriving - 1)
        if letter.subject in _EACH_COUNTS:
            box.news.append(letter)
            if len(box.news) > MOST_NEWS:
                self._left_out.append(box.news.popleft())
                return False
            return True
        waiting = box.newest.setdefault(letter.subject, deque())
        waiting.append(letter)
        if len(waiting) <= NEWEST:
            return True
        self._left_out.append(waiting.popleft())
        return not is_flood

    def left_out(self) -> list[HeardMessage]:
        """Return what was left out since this was asked last."""
        found, self._left_out = self._left_out, []
        return found

    def take(self, now_s: float, most: int) -> list[HeardMessage]:
        """Return what may be read now, one of each camera in turn, at most so many."""
        found: list[HeardMessage] = []
        for box in self._boxes.values():
            box.fill(now_s)
        while len(found) < most:
            before = len(found)
            for camera, box in list(self._boxes.items()):
                letter = box.next() if box.budget >= 1 and len(found) < most else None
                if letter is None:
                    continue
                found.append(letter)
                box.budget -= 1
                self._boxes[camera] = self._boxes.pop(camera)  # whoever was read waits behind the others
            if len(found) == before:
                break
        return found

    def wait_s(self, now_s: float) -> float | None:
        """Return in how many seconds something may be read; None where nothing waits."""
        waits = [
            max(0.0, (1 - box.budget) / EACH_S - (now_s - box.at_s))
            for box in self._boxes.values()
            if not box.is_empty
        ]
        return min(waits, default=None)
