"""Faces as they are followed from picture to picture, and the proposals that come of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from fleet.redaction.rules.area import LARGEST_SIDE, Area, between
from fleet.redaction.rules.mask import MOST_KEYS, KeyFrame
from fleet.redaction.rules.plan import MOST_KEYS_TOGETHER, MOST_MASKS
from fleet.redaction.rules.sighting import apart
from protocol.units import NS_PER_S

JOINED_NS = 2 * NS_PER_S
"""A face that is lost for so long and seen again nearby is one face, and hidden all the while."""
MOST_PROPOSALS = MOST_MASKS // 2
MOST_PROPOSED_KEYS = MOST_KEYS_TOGETHER // 2
"""Half of what a plan can have: the rest is for what people draw."""
_NEAR = 1.5
_TOLERANCE = 0.04
_BESIDE, _ABOVE, _BELOW = 30, 45, 15
"""Percent of a face's width and height by which a head is larger: drawn in two clips, and rounded up."""
_AT_ONCE = 90


@dataclass(frozen=True, slots=True)
class FollowedFace:
    """A face.

    Attributes:
        keys: where it was in each picture, in the order of their times.
        sighted_ns: when a detector saw it last; after that it was only followed.
        sightings: how often one saw it.
        is_live: whether it is still followed.
    """

    keys: tuple[KeyFrame, ...]
    sighted_ns: int
    sightings: int = 1
    is_live: bool = True

    @property
    def last(self) -> KeyFrame:
        """Where it is."""
        return self.keys[-1]

    def moved(self, key: KeyFrame, *, sighted: bool) -> FollowedFace:
        """Return it in another picture; what was known of that time and later is known anew."""
        keys = self.keys
        while keys and keys[-1].at_ns >= key.at_ns:
            keys = keys[:-1]
        seen = (key.at_ns, self.sightings + 1) if sighted else (self.sighted_ns, self.sightings)
        return replace(self, keys=(*keys, key), sighted_ns=seen[0], sightings=seen[1])

    def ended(self) -> FollowedFace:
        """Return it, followed no longer."""
        return replace(self, is_live=False)


@dataclass(frozen=True, slots=True)
class ProposalSearch:
    """How far a search for faces has come.

    Attributes:
        parts: how many parts of pictures it has looked at: with the next one it goes on.
        faces: those it found so far.
    """

    parts: int = 0
    faces: tuple[FollowedFace, ...] = ()

    def proposals(self) -> list[tuple[KeyFrame, ...]]:
        """Return the key frames of each face, the longest seen first; as many as a plan can have."""
        return self._sorted()[: self._fitting()]

    def left_out(self) -> int:
        """Return how many faces are no proposals, because a plan cannot have so many: people have to look."""
        return len(self._sorted()) - self._fitting()

    def _sorted(self) -> list[tuple[KeyFrame, ...]]:
        whole = [
            thinned([KeyFrame(key.at_ns, head_of(key.area)) for key in face.keys])
            for face in joined(self.faces)
        ]
        whole.sort(key=lambda keys: keys[0].at_ns - keys[-1].at_ns)
        step = MOST_KEYS - 1  # two masks of one face share a key frame, so that nothing is between them
        return [keys[at : at + MOST_KEYS] for keys in whole for at in range(0, max(len(keys) - 1, 1), step)]

    def _fitting(self) -> int:
        together = accumulate(len(keys) for keys in self._sorted())
        return min(sum(1 for count in together if count <= MOST_PROPOSED_KEYS), MOST_PROPOSALS)


def head_of(face: Area) -> Area:
    """Return the head of a face: hair and ears tell who somebody is, and what is found ends at the brow."""
    beside = -(-face.width * _BESIDE // 100)
    above, below = (-(-face.height * percent // 100) for percent in (_ABOVE, _BELOW))
    return Area(
        max(face.left - beside, 0),
        max(face.top - above, 0),
        min(face.right + beside, LARGEST_SIDE),
        min(face.bottom + below, LARGEST_SIDE),
    )


def joined(faces: Sequence[FollowedFace]) -> list[FollowedFace]:
    """Join faces that were lost and seen again nearby: between the two, the area moves straight."""
    waiting = sorted(faces, key=lambda face: face.keys[0].at_ns)
    whole: list[FollowedFace] = []
    for face in waiting:
        first = face.keys[0]
        before = [
            (apart(each.last.area, first.area), place)
            for place, each in enumerate(whole)
            if 0 < first.at_ns - each.last.at_ns <= JOINED_NS
        ]
        nearest = min(before, default=(_NEAR, -1))
        if nearest[0] < _NEAR:
            earlier = whole[nearest[1]]
            whole[nearest[1]] = replace(
                face, keys=(*earlier.keys, *face.keys), sightings=earlier.sightings + face.sightings
            )
        else:
            whole.append(face)
    return whole


def thinned(keys: Sequence[KeyFrame]) -> tuple[KeyFrame, ...]:
    """Return fewer key frames that say the same; the first and the last stay.

    None that is left out is further from the line between its neighbours than 4 % of its size, or a pixel.
    """
    kept, start = [keys[0]], 0
    while start < len(keys) - 1:
        end = start + 1
        while end + 1 < min(len(keys), start + _AT_ONCE) and _is_straight(keys[start : end + 2]):
            end += 1
        kept.append(keys[end])
        start = end
    return tuple(kept)


def _is_straight(keys: Sequence[KeyFrame]) -> bool:
    first, last = keys[0], keys[-1]
    span = last.at_ns - first.at_ns
    return all(
        _is_close(between(first.area, last.area, key.at_ns - first.at_ns, span), key.area) for key in keys
    )


def _is_close(one: Area, other: Area) -> bool:
    most = max(1.0, _TOLERANCE * max(other.width, other.height))
    return all(
        abs(getattr(one, side) - getattr(other, side)) <= most for side in ("left", "top", "right", "bottom")
    )
