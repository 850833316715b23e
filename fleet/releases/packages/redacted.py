"""The parts of a copy in which something is hidden, made as they are asked for.

Making one costs a processor a fifth of a second, and a package asks for each three times: so those that were
made are held in memory for as long as they are asked for, as many as fit. Once they were approved, each is
kept for good as it was first made (``kept_parts``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

import av
import cv2

from fleet.footage.watching.footage_player import PlayedFootage
from fleet.redaction.redactor import CopyRedactor
from fleet.redaction.rules.plan import ApprovedPlan
from fleet.releases.packages.kept_parts import KeptParts
from fleet.releases.packages.plans import plan_of
from fleet.releases.rules.plan import ChosenSpan, ReleasePlan
from protocol.footage.format.model import Track

MAKER: Final = f"PyAV {av.__version__}, OpenCV {cv2.__version__}"
"""With what parts are made: another version may make other bytes of the same plan."""
MOST_KEPT: Final = 64_000_000
"""Bytes of parts that are kept at a time."""
_BUSY_EVERY: Final = 20


def _pass() -> None:
    """Do nothing."""


class RedactedParts:
    """Gives the changed parts of a recording's copy. Safe to use from several threads."""

    def __init__(
        self,
        opened: PlayedFootage,
        approved: ApprovedPlan,
        *,
        busy: Callable[[], None] = _pass,
        kept: KeptParts | None = None,
        most_kept: int = MOST_KEPT,
    ) -> None:
        """Prepare them.

        Args:
            opened: the recording; it stays open for as long as parts are asked for.
            approved: what is hidden.
            busy: called every now and then while parts are made.
            kept: keeps each part as it was first made; None where nothing was approved yet.
            most_kept: bytes of parts that are kept.
        """
        self._opened = opened
        self._redactor = CopyRedactor(approved, opened.arrived.timeline.first_ns)
        self._busy = busy
        self._for_good = kept
        self._most = most_kept
        plan = approved.plan
        hides = {Track.VIDEO: any(mask.is_hidden for mask in plan.masks), Track.AUDIO: bool(plan.mutes)}
        self._touched = {track for track, does in hides.items() if does}
        self._looked = 0
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, Track], bytes] = {}
        self._left_alone: set[tuple[int, Track]] = set()

    def changed(self, seq: int, track: Track) -> bytes | None:
        """Return what stands in a part's place; None where it goes out as the camera made it.

        Raises:
            RedactionError: it cannot be made, or shows what it should hide.
            MediaError: it is no part, or the one that was kept was changed.
            PlaybackError: the recording has no such part.
            KeysError: it does not open.
            StoreError: the store failed.
            OSError: the disk that takes kept parts in failed.
        """
        place = seq, track
        with self._lock:
            if place in self._left_alone:
                return None
            if place in self._kept:
                return self._kept[place]
        made = self._made(seq, track)
        with self._lock:
            if made is None:
                self._left_alone.add(place)
            elif sum(map(len, self._kept.values())) + len(made) <= self._most:
                self._kept[place] = made
        return made

    def plan(self, chosen: list[ChosenSpan]) -> ReleasePlan:
        """Return what becomes of each part of the recording: every one that may be changed is made once.

        Raises:
            Exception: as ``changed`` does.
        """
        whole = plan_of(self._opened, chosen)
        changed = {each for each in whole.given() if self.changed(*each) is not None}
        return plan_of(self._opened, chosen, changed)

    def _made(self, seq: int, track: Track) -> bytes | None:
        # What the chunk's header says of its times is not asked: pictures have their own, and those count.
        if track not in self._touched:
            return None
        self._looked += 1
        if not self._looked % _BUSY_EVERY:
            self._busy()
        before = None if self._for_good is None else self._for_good.changed(seq, track)
        if before is not None:
            return before
        made = self._redactor.part(self._opened.part(seq, track))
        return made if made is None or self._for_good is None else self._for_good.keep(seq, track, made)
