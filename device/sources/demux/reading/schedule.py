"""When what a source gives is due on the boot clock. Pure: the clock is passed in.

Two kinds of source, one question:

- A **file** is played from its beginning, pass after pass, each after the other: ``FileSchedule``.
- A **live** source sends when it likes: evenly, or some seconds at once. Its own times say how far its
  pictures are apart; when they come says where they lie: ``LiveSchedule``. The first packet is due as it
  comes. A packet that comes more than ``LATEST_NS`` late moves all that follows: a pause of the network is a
  pause of the recording. Packets that always come early, or always a little late, show that the clocks drift,
  or that the first one was slow: that is worked off at ``SLEW`` of the time, which nobody hears.

Rules:

- Both tracks of a source have one schedule, so they are as far apart as the source made them.
- What is due never lies further ahead of the clock than the source itself ran ahead of its first packet.
"""

from __future__ import annotations

from typing import Final

from protocol.units import NS_PER_MS, NS_PER_S

LATEST_NS: Final = 500 * NS_PER_MS
"""How late a packet may come and keep its own time: half of what the recording waits for a picture."""

SLEW: Final = 3
"""Thousandths: less than the five that placing sound on the clock can follow (``encode.placement``)."""

_WINDOW_NS: Final = 10 * NS_PER_S
_STEADY_NS: Final = 20 * NS_PER_MS
_ALIKE_NS: Final = 250 * NS_PER_MS


class LiveSchedule:
    """Puts a live source's line on the boot clock.

    Attributes:
        offset_ns: What to add to the line's times; nothing before the first packet.
        moves: How often all that follows was moved, because the source had paused.
    """

    def __init__(self) -> None:
        self.offset_ns: int | None = None
        self.moves = 0
        self._last_ns = 0
        self._to_slew = 0
        self._window_until = 0
        self._earliest: int | None = None

    def arrived(self, line_ns: int, now_ns: int, *, held: bool = False) -> int:
        """Take a packet.

        Args:
            line_ns: When it is to be decoded, on the source's line.
            now_ns: The boot clock as it came.
            held: Whether it might have come earlier, had somebody asked: then its coming says nothing about
                the source's pace.

        Returns:
            What to add to its times on the line, in ns.
        """
        if self.offset_ns is None:
            return self._begin(line_ns, now_ns)
        self._slew(now_ns)
        early = line_ns + self.offset_ns - now_ns
        if early < -LATEST_NS and not held:
            self.moves += 1
            return self._begin(line_ns, now_ns)
        self._observe(early, now_ns, held=held)
        return self.offset_ns

    def _begin(self, line_ns: int, now_ns: int) -> int:
        self.offset_ns = now_ns - line_ns
        self._last_ns = now_ns
        self._restart(now_ns)
        return self.offset_ns

    def _restart(self, now_ns: int) -> None:
        self._to_slew = 0
        self._window_until = now_ns + _WINDOW_NS
        self._earliest = None

    def _slew(self, now_ns: int) -> None:
        most = max(now_ns - self._last_ns, 0) * SLEW // 1000
        step = max(min(self._to_slew, most), -most)
        self._last_ns = max(now_ns, self._last_ns)
        self._to_slew -= step
        self.offset_ns = (self.offset_ns or 0) + step

    def _observe(self, early_ns: int, now_ns: int, *, held: bool) -> None:
        """Keep the least early packet of a window: it shows how far the schedule itself is early or late."""
        if held:
            self._restart(now_ns)
            return
        self._earliest = early_ns if self._earliest is None else min(self._earliest, early_ns)
        if now_ns >= self._window_until:
            off = self._earliest
            self._restart(now_ns)
            self._to_slew = -off if abs(off) > _STEADY_NS else 0


class FileSchedule:
    """Puts the passes of a file on the boot clock, each right behind the one before.

    Args:
        begin_ns: When the first pass began or begins.
        period_ns: The length of a pass, where a pass has shown it already.

    Attributes:
        begin_ns: When the pass that is being read begins.
        period_ns: The length of the passes, as the last one that differed has shown; ``None`` until one is
            over.
    """

    def __init__(self, begin_ns: int, period_ns: int | None = None) -> None:
        self.begin_ns = begin_ns
        self.period_ns = period_ns

    def join(self, now_ns: int) -> None:
        """Leave out the passes that are over by now."""
        if self.period_ns and now_ns > self.begin_ns:
            self.begin_ns += (now_ns - self.begin_ns) // self.period_ns * self.period_ns

    def over(self, length_ns: int, now_ns: int) -> None:
        """A pass of that length ends, and the next one begins: where it would be by now, if that is later.

        Passes of one file are alike to some packets. One that is longer or shorter than that is of a file
        that has changed: somebody still writes it, or has put another in its place.
        """
        if self.period_ns is None or abs(length_ns - self.period_ns) > _ALIKE_NS:
            self.period_ns = length_ns
        self.begin_ns += self.period_ns
        self.join(now_ns)


def pass_length(stated_ns: int | None, measured_ns: int) -> int:
    """How long a pass of a file is.

    What its packets show decides. What the file states is taken where it is as good as the same, since it
    counts no padding of the last packet of sound.
    """
    if stated_ns and abs(stated_ns - measured_ns) <= _ALIKE_NS:
        return stated_ns
    return measured_ns
