"""Has what the feeds read looked at on its way to the encoders (C12); it neither changes nor delays it.

It stands where pictures and sound of every source pass: camera, file, stream or simulator, before anything is
drawn over a picture. Each track is looked at in its feed's thread.

An error here ends the looking and not the filming: from then on nothing is known of that track.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, TypeVar

from device.conditions.watch import PictureWatch, SoundWatch
from device.frames import SoundBlock, VideoFrame
from device.sources.base import Patient

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.sources.base import VideoSource
    from device.sources.feed import Taker
    from protocol.footage.format.model import Track
    from protocol.footage.ledger.conditions import ConditionSpan

log = logging.getLogger(__name__)

Looked = TypeVar("Looked", VideoFrame, SoundBlock)


class ConditionWatch:
    """Looks at both tracks of one capture.

    Args:
        tell: Gets each condition when it begins, and again with its end; must return at once.
        fps: Pictures a second at most that are asked of the source.
    """

    def __init__(self, tell: Callable[[ConditionSpan], None], fps: float) -> None:
        self._tell = tell
        self._fps = fps
        self._source: VideoSource | None = None
        self._taps: list[_Tap[VideoFrame] | _Tap[SoundBlock]] = []
        self._now: dict[tuple[Track, str], ConditionSpan] = {}
        self._failed = False

    @property
    def now(self) -> tuple[ConditionSpan, ...] | None:
        """What is wrong now; None where that is not known."""
        return None if self._failed else tuple(self._now.copy().values())

    @property
    def known_until_ns(self) -> int | None:
        """Up to when its source has given what there is, while it may be behind; else None."""
        source: object = self._source
        return source.known_until_ns if isinstance(source, Patient) else None

    def source(self, source: VideoSource) -> VideoSource:
        """Pictures come from this source from now on, at the rate that it states once it is open."""
        self._source = source
        return source

    def pictures(self, taker: Taker[VideoFrame]) -> Taker[VideoFrame]:
        """Look at pictures on their way to ``taker``."""
        tap = _Tap(taker, lambda: PictureWatch(self._stated()), self._changed, self._fail)
        self._taps.append(tap)
        return tap

    def sound(self, taker: Taker[SoundBlock]) -> Taker[SoundBlock]:
        """Listen to sound on its way to ``taker``."""
        tap = _Tap(taker, SoundWatch, self._changed, self._fail)
        self._taps.append(tap)
        return tap

    def finish(self) -> None:
        """Nothing more comes: what lasts is over."""
        for tap in self._taps:
            tap.finish()

    def _stated(self) -> float | None:
        return min(self._source.fps, self._fps) if self._source is not None else None

    def _changed(self, span: ConditionSpan) -> None:
        of = (span.track, span.condition)
        if span.end_ns is None:
            self._now[of] = span
        else:
            self._now.pop(of, None)
        self._tell(span)

    def _fail(self) -> None:
        self._failed = True


class _Tap(Generic[Looked]):
    """One track: looks at an item, then passes it on."""

    def __init__(
        self,
        taker: Taker[Looked],
        make: Callable[[], PictureWatch] | Callable[[], SoundWatch],
        changed: Callable[[ConditionSpan], None],
        fail: Callable[[], None],
    ) -> None:
        self._taker: Taker[Looked] = taker
        self._make = make
        self._changed = changed
        self._fail = fail
        self._watch: PictureWatch | SoundWatch | None = None
        self._broken = False

    def take(self, item: Looked) -> None:
        """An item, on its way to the encoder."""
        self._look(item)
        self._taker.take(item)

    def absent(self, since_ns: int, until_ns: int) -> None:
        """There is nothing since then: that is a gap, and ends what there was."""
        self.finish()
        self._taker.absent(since_ns, until_ns)

    def silent(self, since_ns: int, until_ns: int) -> None:
        """Nothing has come for a while: that is a gap too, and says nothing of what came."""
        self._taker.silent(since_ns, until_ns)

    def finish(self) -> None:
        """What lasts is over; what comes next is looked at anew."""
        watch, self._watch = self._watch, None
        for span in () if watch is None else watch.absent():
            self._changed(span)

    def _look(self, item: Looked) -> None:
        if self._broken:
            return
        try:
            if self._watch is None:
                self._watch = self._make()
            for span in self._watch.take(item):  # type: ignore[arg-type]  # made for the items of this very tap
                self._changed(span)
        except Exception:
            log.exception("Picture or sound could not be looked at, and is not looked at any more.")
            self._broken = True
            self._fail()
