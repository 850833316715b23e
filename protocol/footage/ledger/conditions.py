"""What was wrong with picture or sound although they came (C12), as ``fault`` events of a ledger tell it.

Format version 1 knows the kind ``fault``, whose detail says whatever a camera has to say; verifiers of any
age read it. A condition is one with these four keys, or three while it lasts:

- ``track``: ``video`` or ``audio``;
- ``condition``: a word of ``ConditionKind``, or one that a later camera has;
- ``start_ns``: when it began, on the boot-time clock; that may be before the recording;
- ``end_ns``: when it was over, likewise.

``what`` says the same in a sentence, for who knows nothing of these keys. A fault whose detail is another is
a fault of another kind and no condition: nothing here is a rule of form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from protocol.footage.format.model import Track
from protocol.footage.ledger.event_record import EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_WORD: Final = 32
"""Letters of a condition's word."""


class ConditionKind(StrEnum):
    """What can be wrong with picture or sound that comes."""

    BLACK = "black"
    COVERED = "covered"
    FROZEN = "frozen"
    NOISE = "noise"
    DEAD = "dead"
    SILENT = "silent"
    CLIPPED = "clipped"
    HUM = "hum"
    SLOW = "slow"


_NOW: Final[Mapping[tuple[Track, str], str]] = {
    (Track.VIDEO, ConditionKind.BLACK): "The picture is black.",
    (Track.VIDEO, ConditionKind.COVERED): "The picture shows no detail: the lens seems covered.",
    (Track.VIDEO, ConditionKind.FROZEN): "The picture is frozen.",
    (Track.VIDEO, ConditionKind.NOISE): "The picture is nothing but noise.",
    (Track.VIDEO, ConditionKind.SLOW): "Fewer pictures a second come than the camera's source states.",
    (Track.AUDIO, ConditionKind.DEAD): "The microphone gives one constant value: it seems dead.",
    (Track.AUDIO, ConditionKind.SILENT): "The sound is silent.",
    (Track.AUDIO, ConditionKind.CLIPPED): "The sound is clipped.",
    (Track.AUDIO, ConditionKind.HUM): "The sound is little but the hum of the mains.",
    (Track.AUDIO, ConditionKind.SLOW): "Less sound comes than the microphone states.",
}

_PHRASES: Final[Mapping[tuple[Track, str], str]] = {
    (Track.VIDEO, ConditionKind.BLACK): "black picture",
    (Track.VIDEO, ConditionKind.COVERED): "picture without detail, as of a covered lens",
    (Track.VIDEO, ConditionKind.FROZEN): "frozen picture",
    (Track.VIDEO, ConditionKind.NOISE): "noise instead of picture",
    (Track.VIDEO, ConditionKind.SLOW): "too few pictures",
    (Track.AUDIO, ConditionKind.DEAD): "one constant value instead of sound",
    (Track.AUDIO, ConditionKind.SILENT): "silence",
    (Track.AUDIO, ConditionKind.CLIPPED): "clipped sound",
    (Track.AUDIO, ConditionKind.HUM): "mains hum",
    (Track.AUDIO, ConditionKind.SLOW): "too little sound",
}

_SENSORS: Final = {Track.VIDEO: "picture", Track.AUDIO: "sound"}


@dataclass(frozen=True, slots=True)
class ConditionSpan:
    """From when to when something was wrong.

    Attributes:
        track: Of which track.
        condition: What, a word of ``ConditionKind``; of a camera of another version maybe another.
        start_ns: When it began, on the boot-time clock.
        end_ns: When it was over; None while it lasts, or where nobody said.
    """

    track: Track
    condition: str
    start_ns: int
    end_ns: int | None = None

    @property
    def key(self) -> tuple[Track, str, int]:
        """What tells it from others: the event of its end has the beginning of the event of its beginning."""
        return self.track, self.condition, self.start_ns


def condition_now(track: Track, condition: str) -> str:
    """Say that it is so now, in a sentence."""
    return _NOW.get((track, condition)) or f"The {_SENSORS[track]} is not as it should be: {condition}."


def condition_phrase(track: Track, condition: str) -> str:
    """Say what there was, to follow "42 s of"."""
    return _PHRASES.get((track, condition)) or f"{condition} {_SENSORS[track]}"


def condition_detail(span: ConditionSpan, what: str) -> dict[str, str | int]:
    """Return the detail of the event that tells of it.

    Args:
        span: With ``end_ns`` for the event of its end.
        what: The same in a sentence.
    """
    detail: dict[str, str | int] = {
        "what": what,
        "track": str(span.track),
        "condition": span.condition,
        "start_ns": span.start_ns,
    }
    return detail if span.end_ns is None else {**detail, "end_ns": span.end_ns}


def condition_of(kind: str, detail: Mapping[str, str | int]) -> ConditionSpan | None:
    """Read the condition that an event tells of; None where it tells of something else."""
    if kind != EventKind.FAULT:
        return None
    track, condition = detail.get("track"), detail.get("condition")
    start_ns, end_ns = detail.get("start_ns"), detail.get("end_ns")
    if track not in _TRACKS or not isinstance(condition, str) or not 1 <= len(condition) <= LONGEST_WORD:
        return None
    if not isinstance(start_ns, int) or start_ns < 0:
        return None
    if end_ns is not None and not (isinstance(end_ns, int) and end_ns >= start_ns):
        return None
    return ConditionSpan(Track(track), condition, start_ns, end_ns)


def as_one(spans: Iterable[ConditionSpan]) -> tuple[ConditionSpan, ...]:
    """Return each condition once, in order of time: the end that was told of it, where one was."""
    found: dict[tuple[Track, str, int], ConditionSpan] = {}
    for span in spans:
        before = found.get(span.key)
        if before is None or before.end_ns is None:
            found[span.key] = span
    order = list(Track)  # picture before sound
    return tuple(
        sorted(found.values(), key=lambda each: (each.start_ns, order.index(each.track), each.condition))
    )


_TRACKS: Final = frozenset(str(track) for track in Track)
