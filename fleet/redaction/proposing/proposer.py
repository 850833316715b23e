"""Faces of a recording, second by second: sighted every now and then, and followed from picture to picture.

    search = ProposalSearch()
    for search in proposer.search(parts, search): keep(search)      # leave off whenever you like
    plan = propose(plan, draft.next_number, search.proposals())

Rules:

- What was sighted is followed until ``LOST_NS`` after its last sighting; only then is it lost.
- A face that is sighted for the first time is followed backwards too, as far as pictures are kept.
- Each second's first picture is looked at by the detector, so that a search that goes on after a restart
  needs nothing but what it had found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from fleet.footage.media.fragment import read_part
from fleet.redaction.making.decoded import DecodedPicture, decoded_pictures
from fleet.redaction.making.fill import planes
from fleet.redaction.making.samples import to_ns
from fleet.redaction.proposing.follower import Grey, follow, small
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.followed import FollowedFace, ProposalSearch
from fleet.redaction.rules.mask import KeyFrame
from fleet.redaction.rules.sighting import Sighting, matched
from protocol.units import NS_PER_S

LOOK_EVERY_NS = NS_PER_S // 5
LOST_NS = NS_PER_S
KEPT_NS = NS_PER_S // 2
_MOST_KEPT = 30
MOST_FACES = 20_000


class FindsFaces(Protocol):
    """What sights faces in a picture."""

    def faces(self, picture: NDArray[np.uint8]) -> list[Sighting]:
        """Return the faces in an RGB picture of shape (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A picture that faces can be followed back to."""

    at_ns: int
    grey: Grey


class FaceProposer:
    """Searches one recording.

    Args:
        detector: what sights faces.
        origin_ns: the start of the recording on the camera's clock.
        look_every_ns: how often it is asked.
    """

    def __init__(self, detector: FindsFaces, origin_ns: int, *, look_every_ns: int = LOOK_EVERY_NS) -> None:
        self._detector = detector
        self._origin_ns = origin_ns
        self._look_every_ns = look_every_ns
        self._kept: deque[_Kept] = deque(maxlen=_MOST_KEPT)
        self._faces: list[FollowedFace] = []
        self._looked_ns: int | None = None

    def search(self, parts: Iterable[bytes], search: ProposalSearch) -> Iterator[ProposalSearch]:
        """Look at parts, and give how far it has come after each: whoever has enough, leaves off.

        Args:
            parts: of pictures, decrypted, from the one on with which the search goes on.
            search: how far it had come.

        Raises:
            RedactionError: a part cannot be decoded whole.
            MediaError: one is none.
        """
        self._kept.clear()
        self._faces = list(search.faces)
        for number, data in enumerate(parts, start=search.parts + 1):
            part = read_part(data)
            self._looked_ns = None
            for each in decoded_pictures(data, part):
                self._look(each, max(to_ns(each.tick, part.initialisation.timescale) - self._origin_ns, 0))
            yield ProposalSearch(number, tuple(self._faces))

    def _look(self, shown: DecodedPicture, at_ns: int) -> None:
        grey, scale = small(planes(shown.picture)[0])
        self._follow(grey, scale, at_ns)
        is_due = self._looked_ns is None or at_ns - self._looked_ns >= self._look_every_ns
        if is_due and len(self._faces) < MOST_FACES:
            self._looked_ns = at_ns
            rgb = np.asarray(cv2.cvtColor(shown.picture, cv2.COLOR_YUV2RGB_I420), np.uint8)
            self._sight([each.area for each in self._detector.faces(rgb)], (grey, scale), at_ns)
        self._kept.append(_Kept(at_ns, grey))

    def _follow(self, grey: Grey, scale: float, at_ns: int) -> None:
        before = self._kept[-1] if self._kept else None
        for place, face in enumerate(self._faces):
            if not face.is_live:
                continue
            if at_ns - face.sighted_ns > LOST_NS:
                self._faces[place] = face.ended()
                continue
            is_same = before is not None and before.grey.shape == grey.shape
            area = (
                follow(before.grey, grey, face.last.area, scale) if before is not None and is_same else None
            )
            if area is not None:
                self._faces[place] = face.moved(KeyFrame(at_ns, area), sighted=False)

    def _sight(self, seen: list[Area], now: tuple[Grey, float], at_ns: int) -> None:
        live = [place for place, face in enumerate(self._faces) if face.is_live]
        found = matched([self._faces[place].last.area for place in live], seen)
        for number, sighting in found.items():
            face = self._faces[live[number]]
            self._faces[live[number]] = face.moved(KeyFrame(at_ns, seen[sighting]), sighted=True)
        for number in sorted(set(range(len(seen))) - set(found.values())):
            key = KeyFrame(at_ns, seen[number])
            earlier = self._followed_back(key, now)
            self._faces.append(replace(FollowedFace((key,), at_ns), keys=(*earlier, key)))

    def _followed_back(self, key: KeyFrame, now: tuple[Grey, float]) -> list[KeyFrame]:
        found: list[KeyFrame] = []
        grey, area = now[0], key.area
        for kept in reversed(self._kept):
            latest = found[0].at_ns if found else key.at_ns
            if key.at_ns - kept.at_ns > KEPT_NS or kept.grey.shape != grey.shape or kept.at_ns >= latest:
                break
            back = follow(grey, kept.grey, area, now[1])
            if back is None:
                break
            grey, area = kept.grey, back
            found.insert(0, KeyFrame(kept.at_ns, area))
        return found
