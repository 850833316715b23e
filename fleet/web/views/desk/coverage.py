"""Who is covered and who records: the strip at the top of Today.

Rules:
- whoever records comes first, then whoever is not covered, may not be, or of whom it is not known;
- each line leads to where more is known: the recording, or the camera;
- nothing here outlasts the messages that it rests on: ``until`` is when the first of them speaks of the
  present no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fleet.core.natural import natural_key
from fleet.web.facts import CameraFacts, RecordingFacts
from fleet.web.views.bidi import isolated
from fleet.web.views.claims import Claim, say
from fleet.web.views.moments import count, iso, moment, sentence_list


class PressCoverage(StrEnum):
    """Whether a press on a camera would be kept, by what it says of itself; of one not heard, unknown.

    Untold: kept, and how much from before it the camera does not say. Bare: kept from the press on, and
    nothing from before it.
    """

    COVERED = "covered"
    UNTOLD = "untold"
    BARE = "bare"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RecordingNow:
    """Somebody who records.

    Attributes:
        camera: with which camera.
        text: in words.
        link: the recording; the camera while the fleet has not heard of that.
        since: when it was pressed; when the fleet first heard of it where nothing dates that.
        whose: who has the camera now, where that is not who is recorded for.
        until: when the message that says so speaks of the present no more, as a program reads it.
    """

    camera: str
    text: str
    link: str
    since: str
    whose: str
    until: str


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Officers who are not covered, or may not be: a sentence, and the cameras that it is about."""

    text: str
    tone: str
    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """The strip.

    Attributes:
        tone: live while somebody records, bad or warn while somebody is not covered, else good or quiet.
        icon: a name in the icon sprite.
        headline: whether everyone is covered, in one sentence or two.
        covered: whether that is good news.
        recording: who records.
        uncovered: who is not covered, may not be, or of whom it is not known.
        summary: the cameras in one sentence.
        until: when the first of the messages behind it speaks of the present no more; empty when none is.
        lapsed: what is said instead from then on.
    """

    tone: str
    icon: str
    headline: str
    covered: bool
    recording: tuple[RecordingNow, ...]
    uncovered: tuple[Uncovered, ...]
    summary: str
    until: str
    lapsed: str


_REFUSING = frozenset({"off", "docked", "locked"})
_KEEPING = frozenset({"ready", "recording", "private"})
_ALL = 100


def coverage(facts: CameraFacts) -> PressCoverage:
    """Say whether a press on this camera would be kept, as far as is known now.

    Which of two devices with one identity a message is from, nobody knows.
    """
    if not facts.online:
        return PressCoverage.UNKNOWN
    if facts.state in _REFUSING:
        return PressCoverage.REFUSED
    if facts.state not in _KEEPING or facts.trouble or facts.taken_on is False or facts.doubled_since:
        return PressCoverage.DOUBTFUL
    if facts.battery == 0 or (facts.storage_used or 0) >= _ALL or _records_for_another(facts):
        return PressCoverage.DOUBTFUL
    if _remembers_nothing(facts):
        return PressCoverage.BARE
    is_untold = facts.state == "ready" and facts.held_s is None
    return PressCoverage.UNTOLD if is_untold else PressCoverage.COVERED


def _records_for_another(facts: CameraFacts) -> bool:
    """Whether what a press would be noted in is not known to be the recording of whoever has the camera."""
    return (
        facts.state == "recording" and facts.recording_of is not None and facts.recording_of != facts.officer
    )


def _remembers_nothing(facts: CameraFacts) -> bool:
    """Whether nothing from before a press would be kept, as far as the camera says."""
    return facts.state == "private" or (facts.state == "ready" and facts.held_s == 0)


_SAID = {
    PressCoverage.REFUSED: (Claim.NOT_COVERED, "bad"),
    PressCoverage.DOUBTFUL: (Claim.MAY_NOT_BE_COVERED, "warn"),
    PressCoverage.UNKNOWN: (Claim.COVER_NOT_KNOWN, "warn"),
    PressCoverage.UNTOLD: (Claim.BEFORE_NOT_KNOWN, "warn"),
    PressCoverage.BARE: (Claim.FROM_NOTHING, "quiet"),
}


_ORDER = {cover: place for place, cover in enumerate((*_SAID, PressCoverage.COVERED), 1)}


def order(facts: CameraFacts) -> tuple[int, object]:
    """Return what cameras are sorted by: who records, who is not covered, who has one, and what is in."""
    if is_recording(facts):
        place = 0
    elif facts.officer is None:
        place = len(_ORDER) + 1
    else:
        place = _ORDER[coverage(facts)]
    return place, natural_key(facts.camera)


def is_recording(facts: CameraFacts) -> bool:
    """Say whether a camera that is heard says that it is recording."""
    return facts.online and facts.state == "recording"


def strip(cameras: Sequence[CameraFacts], recordings: Sequence[RecordingFacts], now: datetime) -> Strip:
    """Make the strip of the cameras in service as of ``now``."""
    known = {(each.summary.camera, each.summary.number): each for each in recordings}
    recording = tuple(
        _recording(facts, known, now) for facts in sorted(cameras, key=order) if is_recording(facts)
    )
    uncovered = _uncovered(cameras)
    headline, covered = _headline(cameras, uncovered)
    heard = [facts.known_until for facts in cameras if facts.online and facts.known_until is not None]
    tone, icon = _look(recording, uncovered, covered=covered)
    return Strip(
        tone=tone,
        icon=icon,
        headline=headline,
        covered=covered,
        recording=recording,
        uncovered=uncovered,
        summary=_summary(cameras),
        until=iso(min(heard)) if heard else "",
        lapsed=say(Claim.LAPSED),
    )


def _look(
    recording: tuple[RecordingNow, ...], uncovered: tuple[Uncovered, ...], *, covered: bool
) -> tuple[str, str]:
    """Return the colour of the strip, and its icon: whoever records comes before everything."""
    if recording:
        return "live", "player-record"
    if uncovered:
        return ("bad" if any(each.tone == "bad" for each in uncovered) else "warn"), "alert-triangle"
    return ("good", "circle-check") if covered else ("quiet", "info-circle")


def _recording(
    facts: CameraFacts, known: Mapping[tuple[str, int], RecordingFacts], now: datetime
) -> RecordingNow:
    number = None if facts.doubled_since is not None else facts.recording  # it may mean either device's
    made = known.get((facts.camera, number)) if number is not None else None
    records = Claim.CAMERA_RECORDS if facts.doubled_since is None else Claim.ONE_OF_TWO_RECORDS
    wearer = made.summary.officer_name if made is not None else None
    return RecordingNow(
        camera=facts.camera,
        text=say(Claim.IS_RECORDING, who=wearer)
        if wearer is not None and wearer == facts.officer
        else say(records, camera=facts.camera),
        link=f"/recordings/{made.summary.id}" if made is not None else f"/cameras/{facts.camera}",
        since=_since(made, now),
        whose=_whose(facts, wearer),
        until=iso(facts.known_until) if facts.known_until is not None else "",
    )


def _since(made: RecordingFacts | None, now: datetime) -> str:
    if made is None:
        return ""
    claim = Claim.SINCE if made.summary.is_dated else Claim.FIRST_HEARD
    return say(claim, when=moment(made.summary.moment, now, seconds=True).text)


def _whose(facts: CameraFacts, wearer: str | None) -> str:
    """Say whose the recording is and who has the camera, where one name does not say both."""
    if wearer is not None and wearer == facts.officer:
        return ""
    of = [say(Claim.RECORDING_IS, officer=wearer)] if wearer is not None else []
    held = say(Claim.WITH_NOW, officer=facts.officer) if facts.officer else say(Claim.WITH_NOBODY_NOW)
    return ", ".join([*of, held])


def _uncovered(cameras: Sequence[CameraFacts]) -> tuple[Uncovered, ...]:
    found = []
    for cover, (claim, tone) in _SAID.items():
        those = [facts for facts in cameras if facts.officer and coverage(facts) is cover]
        if those:
            names = sorted((facts.officer or "" for facts in those), key=natural_key)
            verb = "is" if len(names) == 1 else "are"
            text = say(claim, names=sentence_list([isolated(name) for name in names]), verb=verb)
            ids = sorted((facts.camera for facts in those), key=natural_key)
            found.append(Uncovered(text, tone, tuple(ids)))
    return tuple(found)


def _headline(cameras: Sequence[CameraFacts], uncovered: tuple[Uncovered, ...]) -> tuple[str, bool]:
    if not cameras:
        return say(Claim.NO_CAMERAS), False
    if not any(facts.officer for facts in cameras):
        return say(Claim.ALL_IN), True
    if uncovered:
        return " ".join(each.text for each in uncovered), False
    return say(Claim.ALL_COVERED), True


def _is_ready(facts: CameraFacts) -> bool:
    """Say whether a camera says that it is ready; one of two devices does not say it of the camera."""
    return facts.online and facts.state == "ready" and facts.doubled_since is None


def _summary(cameras: Sequence[CameraFacts]) -> str:
    if not cameras:
        return ""
    out = sum(1 for facts in cameras if facts.officer)
    parts = [say(Claim.HANDED_OUT, out=out, cameras=count(len(cameras), "camera"))]
    counted = (
        (Claim.SOME_RECORD, sum(1 for facts in cameras if is_recording(facts))),
        (Claim.SOME_READY, sum(1 for facts in cameras if _is_ready(facts))),
        (Claim.SOME_UNHEARD, sum(1 for facts in cameras if not facts.online)),
    )
    parts += [say(claim, number=number) for claim, number in counted if number]
    return ", ".join(parts) + "."
