"""In which order the segments of one recording go up: a pure decision (L5).

A camera that is destroyed takes along whatever has not arrived, so what matters most goes first:

- **The link keeps up** (no more than ``KEEP_UP`` segments from after the press wait): what is being filmed
  now, as it comes; then outwards from the press, backwards through the pre-record. A link a little slower
  than the footage takes a minute or more to fall so far behind: once more than ``AS_IT_COMES`` wait, what
  lies within ``NEAR`` segments of the press goes before what is being filmed now, and the rest as above.
- **It does not**: first what lies within ``NEAR`` segments of the press, the nearest first, on both sides.
  Then two claims take turns: what is being filmed now, the newest first, and what is next outwards from the
  press. Neither starves the other, whatever the rate; what lies between fills up when the link is better.
- **The recording has ended**: outwards from the press, the nearest first.

A bookmark counts as the press does. Recordings that went on from one another are one in this. Distances are
counted in segments, which hold a second each unless the camera is configured otherwise.

It knows neither rates nor times: whether the link keeps up shows in what waits. What is sent beside segments,
and the order of recordings, is decided in ``device.link.uploads.plan``.

Example:
    >>> order = Order(press=3)
    >>> names = ["a", "b", "c", "d", "e"]
    >>> list(order.of(names, sent={"c"}, under_way=True))  # the link keeps up
    ['d', 'e', 'b', 'a']
    >>> list(order.of(names, sent={"c"}, under_way=False))
    ['d', 'e', 'b', 'a']
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

KEEP_UP = 4
"""With more segments than this from after the press waiting, the link is slower than the footage.

Fewer are jitter: a link only a little faster than the footage would fall behind at every stall, and send
older pre-record with what it needs to catch up.
"""
AS_IT_COMES = 2
"""With more than this waiting the link has fallen behind by a second or two, for good or for a moment.

It costs a link that catches up again ``NEAR`` segments at most, once, for what nobody could make up for.
"""
NEAR = 5
"""So many segments on each side of the press come before all else on a link that falls behind."""


@dataclass(frozen=True, slots=True)
class Order:
    """Where the moments of a recording lie that matter most.

    Attributes:
        press: So many segments begin before the press.
        bookmarks: So many begin before each bookmark.
    """

    press: int
    bookmarks: tuple[int, ...] = ()

    def of(
        self, segments: Sequence[str], sent: AbstractSet[str], *, under_way: bool, last: str | None = None
    ) -> Iterator[str]:
        """Give what is still to be sent, in order.

        Args:
            segments: All that are closed, in their own order.
            sent: Those that have arrived or are on their way.
            under_way: Whether the recording is still being made.
            last: The one of ``sent`` that was sent last, where that is known: it had its turn.
        """
        waiting = [place for place, name in enumerate(segments) if name not in sent]
        fresh = [place for place in waiting if place >= self.press] if under_way else []
        if not under_way:
            order = iter(self._outwards(waiting))
        elif len(fresh) <= KEEP_UP:
            order = self._keeping_up(waiting, fresh)
        else:
            order = self._behind(waiting, fresh, newest_first=not self._was_newest(segments, sent, last))
        return (segments[place] for place in order)

    def _keeping_up(self, waiting: Sequence[int], fresh: Sequence[int]) -> Iterator[int]:
        """The order on a link that keeps up, or is about to fall behind."""
        near = self._near(waiting) if len(fresh) > AS_IT_COMES else []
        given = set(near)
        yield from near
        yield from (place for place in fresh if place not in given)
        yield from self._outwards(place for place in waiting if place < self.press and place not in given)

    def _behind(self, waiting: Sequence[int], fresh: Sequence[int], *, newest_first: bool) -> Iterator[int]:
        """The order on a link that does not keep up."""
        outwards, near = self._outwards(waiting), self._near(waiting)
        yield from near
        given = set(near)
        claims = (iter(reversed(fresh)), iter(outwards))
        turn = 0 if newest_first else 1
        while len(given) < len(waiting):
            place = next((place for place in claims[turn] if place not in given), None)
            if place is not None:
                given.add(place)
                yield place
            turn = 1 - turn

    def _near(self, waiting: Sequence[int]) -> list[int]:
        """What lies around a moment, the nearest first."""
        return [place for place in self._outwards(waiting) if self._distance(place) < NEAR]

    def _outwards(self, places: Iterator[int] | Sequence[int]) -> list[int]:
        """The nearest to a moment first; as near as each other, the later first."""
        return sorted(places, key=lambda place: (self._distance(place), -place))

    def _distance(self, place: int) -> int:
        """How many segments lie between a segment and the nearest moment."""
        distances = (place - at if place >= at else at - 1 - place for at in (self.press, *self.bookmarks))
        return min(distances)

    def _was_newest(self, segments: Sequence[str], sent: AbstractSet[str], last: str | None) -> bool:
        """Whether what was sent last was sent as the newest: after the press, and not the next outwards."""
        if last is None or last not in sent or last not in segments:
            return False
        place = segments.index(last)
        return place > self.press and segments[place - 1] not in sent
