"""What was wrong with picture or sound that came, in everyday words.

A condition that is unknown here is told in the camera's word, for that is what it signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.conditions import ConditionSum, TimelineCondition
from fleet.web.views.moments import length, sentence_list
from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import ConditionKind, condition_now, condition_phrase

_SAID: Final[dict[tuple[str, str], str]] = {
    (Track.VIDEO, ConditionKind.BLACK): "The picture was black",
    (Track.VIDEO, ConditionKind.COVERED): "The picture showed no detail, as with a covered lens,",
    (Track.VIDEO, ConditionKind.FROZEN): "The picture was frozen",
    (Track.VIDEO, ConditionKind.NOISE): "The picture was nothing but noise",
    (Track.VIDEO, ConditionKind.SLOW): "Too few pictures came",
    (Track.AUDIO, ConditionKind.DEAD): "The microphone gave one constant value",
    (Track.AUDIO, ConditionKind.SILENT): "The sound was silent",
    (Track.AUDIO, ConditionKind.CLIPPED): "The sound was clipped",
    (Track.AUDIO, ConditionKind.HUM): "The sound was little but the hum of the mains",
    (Track.AUDIO, ConditionKind.SLOW): "Too little sound came",
}
_SENSORS: Final = {"video": "picture", "audio": "sound"}
_MOST_NAMED: Final = 4
ICONS: Final = {"video": "eye-off", "audio": "microphone-off"}


def condition_words(each: TimelineCondition, *, final: bool = True) -> str:
    """Say what was wrong for how long; a sentence.

    Args:
        each: what was wrong.
        final: whether all of the recording is known.
    """
    said = _SAID.get((each.track, each.condition))
    if said is None:
        said = f"Something was wrong with the {_SENSORS.get(each.track, each.track)} ({each.condition})"
    words = f"{said} for {length(each.duration_s)}"
    if not each.over:
        words = f"{words}, to the end" if final else f"{words}, as far as it is here"
    return f"{words}. It had been so for {length(each.before_s)} before." if each.before_s else f"{words}."


def condition_sum_words(sums: Sequence[ConditionSum]) -> str:
    """Say what there was of each in all: "42 s of black picture and 9 s of silence"."""
    parts = [f"{length(each.duration_s)} of {condition_phrase_of(each)}" for each in sums[:_MOST_NAMED]]
    more = len(sums) - _MOST_NAMED
    return sentence_list([*parts, f"{more} more"] if more > 0 else parts)


def of_no_use(recording: RecordingSummary) -> str:
    """Say what of a recording its camera signed as of no use; empty where it signed nothing."""
    return condition_sum_words(recording.conditions or ())


def condition_sentence(each: ConditionSum) -> str:
    """Return the sentence that a camera has for it among what is wrong."""
    return condition_now(Track(each.track), each.condition) if each.track in _SENSORS else each.condition


def condition_phrase_of(each: ConditionSum) -> str:
    """Say what there is, a few words."""
    known = each.track in _SENSORS
    return condition_phrase(Track(each.track), each.condition) if known else each.condition
