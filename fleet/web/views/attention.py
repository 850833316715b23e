"""What needs somebody: each thing in words, with the next step and where to take it.

Rules:
- one line per thing, the gravest first; what many cameras have alike is one thing;
- every line says what to do, and links to where it is done;
- silence means that nothing needs anybody, so each rule here errs on the side of speaking.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.cameras.devices import are_at_once
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.recordings.wearer import WearerBasis
from fleet.web.facts import CameraFacts, RecordingFacts
from fleet.web.views.moments import length, moment, sentence_list
from fleet.web.views.tile import FULL_STORAGE, LOW_BATTERY
from fleet.web.views.wearer import is_disputed, is_unknown, wearer_note

UPLOAD_LATE = timedelta(hours=1)
CERTIFICATE_SOON = timedelta(days=7)
DOUBLED_TOLD = timedelta(days=7)
_LISTED = 5
_BAD, _WARN = "bad", "warn"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs somebody.

    Attributes:
        tone: bad or warn.
        icon: a name in the icon sprite.
        text: what is wrong, a sentence.
        step: what to do, a sentence.
        link: where to do it.
    """

    tone: str
    icon: str
    text: str
    step: str
    link: str


def needs(
    cameras: Iterable[CameraFacts], recordings: Iterable[RecordingFacts], now: datetime
) -> tuple[Need, ...]:
    """List what needs somebody as of ``now``, the gravest first."""
    working = [facts for facts in cameras if facts.revoked is None]
    found = _troubles([facts for facts in working if facts.online])
    found += [_said_last(facts, now) for facts in working if facts.trouble and not facts.online]
    found += [need for facts in working for need in _camera_needs(facts, now)]
    found += _clocks(
        [facts.camera for facts in working if facts.online and facts.clock_synchronised is False]
    )
    found += [need for facts in recordings for need in _recording_needs(facts.summary, now)]
    return tuple(sorted(found, key=lambda need: need.tone != _BAD))


def _camera_needs(facts: CameraFacts, now: datetime) -> list[Need]:
    link = f"/cameras/{facts.camera}"
    found = doubled(facts, now)
    if facts.missing:
        found.append(_missing(facts, link))
    if facts.officer and not facts.online and facts.state != "off":
        found.append(_unheard(facts, now, link))
    if not facts.online:
        return found
    if facts.battery is not None and facts.battery <= LOW_BATTERY:
        text = f"{facts.camera} has {facts.battery} % of its battery left."
        found.append(Need(_WARN, "battery-2", text, "Dock it, and take another one meanwhile.", link))
    if facts.storage_used is not None and facts.storage_used >= FULL_STORAGE:
        text = f"The storage of {facts.camera} is {facts.storage_used} % full."
        found.append(
            Need(_WARN, "database", text, "Leave it in the dock until its recordings are sent.", link)
        )
    if facts.certificate_ends is not None and facts.certificate_ends - now < CERTIFICATE_SOON:
        text = f"The certificate of {facts.camera} ends {moment(facts.certificate_ends, now).text}."
        found.append(
            Need(_WARN, "key", text, "Keep it connected so that it can renew, or enrol it again.", link)
        )
    return found


def doubled(facts: CameraFacts, now: datetime) -> list[Need]:
    """Say that two devices use a camera's identity, or have used it within the last days."""
    if facts.doubled_since is None or facts.doubled_last is None:
        return []
    link = f"/cameras/{facts.camera}"
    step = (
        "Find both devices: one has a copy of the other's card. Keep the cards as they are, take "
        f"{facts.camera} out of service on its page, and enrol each device with a code of its own."
    )
    if are_at_once(facts.doubled_last, now):
        text = f"Two devices are using the identity of {facts.camera}. What both send is kept."
        return [Need(_BAD, "alert-triangle", text, step, link)]
    if now - facts.doubled_last > DOUBLED_TOLD:
        return []
    when = moment(facts.doubled_last, now, seconds=True).text
    text = f"Two devices have used the identity of {facts.camera}, last seen {when}."
    return [Need(_WARN, "alert-triangle", text, step, link)]


def _troubles(working: list[CameraFacts]) -> list[Need]:
    """Say what cameras report of themselves, a trouble that many share in one line."""
    sharing: dict[str, list[str]] = {}
    for facts in working:
        for trouble in dict.fromkeys(facts.trouble):
            sharing.setdefault(trouble, []).append(facts.camera)
    return [_trouble(trouble, cameras) for trouble, cameras in sharing.items()]


def _said_last(facts: CameraFacts, now: datetime) -> Need:
    """Say what a camera that is not heard said was wrong, as what it said then."""
    when = f" {moment(facts.last_seen, now, seconds=True).text}" if facts.last_seen else ""
    text = f"{facts.camera} said in its last message{when}: {' '.join(facts.trouble)}"
    step = "Whether that is so still is not known. Take another camera until it is heard again."
    return Need(_WARN, "alert-triangle", text, step, f"/cameras/{facts.camera}")


def _trouble(trouble: str, cameras: list[str]) -> Need:
    icon = "alert-triangle"
    if len(cameras) == 1:
        step = "Take another camera until it is put right."
        return Need(_BAD, icon, f"{cameras[0]}: {trouble}", step, f"/cameras/{cameras[0]}")
    step = "Take other cameras until they are put right."
    if len(cameras) <= _LISTED:
        return Need(_BAD, icon, f"{sentence_list(cameras)}: {trouble}", step, "/cameras")
    return Need(_BAD, icon, f"{len(cameras)} cameras: {trouble}", f"{_all_of(cameras)} {step}", "/cameras")


def _clocks(cameras: list[str]) -> list[Need]:
    """Say whose clocks are not set, in one line: where one is not, often none is."""
    if not cameras:
        return []
    step = "Order and lengths hold all the same, but check times against another clock."
    if len(cameras) == 1:
        text, link = f"The clock of {cameras[0]} is not set.", f"/cameras/{cameras[0]}"
    elif len(cameras) <= _LISTED:
        text, link = f"The clocks of {sentence_list(cameras)} are not set.", "/cameras"
    else:
        text, link = f"The clocks of {len(cameras)} cameras are not set.", "/cameras"
        step = f"{_all_of(cameras)} {step}"
    return [Need(_WARN, "clock-exclamation", text, step, link)]


def _all_of(cameras: list[str]) -> str:
    """Return the names of cameras that are too many for the line itself."""
    return f"{sentence_list(cameras)}."


def _missing(facts: CameraFacts, link: str) -> Need:
    """Say which recordings have not arrived (L3)."""
    listed = [str(number) for number in facts.missing[:_LISTED]]
    more = facts.missing_count - len(listed)
    which = sentence_list([*listed, f"{more} more"] if more > 0 else listed)
    noun = "Recording" if facts.missing_count == 1 else "Recordings"
    text = f"{noun} {which} of {facts.camera} {'has' if facts.missing_count == 1 else 'have'} not arrived."
    step = "Dock that camera, or bring it into reach; if that does not help, keep it as it is."
    return Need(_WARN, "cloud-upload", text, step, link)


def _unheard(facts: CameraFacts, now: datetime, link: str) -> Need:
    if facts.last_seen is None:
        text = f"{facts.camera} was handed to {facts.officer} and has never connected."
    else:
        last = moment(facts.last_seen, now, seconds=True).text
        text = f"Last message of {facts.camera}: {last}. {facts.officer} has it."
    step = "Whether it records is not known. If it should be in reach, check that it is on."
    return Need(_WARN, "wifi-off", text, step, link)


def _recording_needs(recording: RecordingSummary, now: datetime) -> list[Need]:
    link = f"/recordings/{recording.id}"
    name = f"Recording {recording.number} of {recording.camera}"
    if recording.state == "failed":
        why = recording.failure or recording.sentence or "it does not verify."
        step = "The camera keeps its own copy: do not reset it, and tell the CCTV manager."
        return [Need(_BAD, "shield-x", f"{name} was refused: {why}", step, link)]
    if recording.verdict == "altered":
        return [Need(_BAD, "shield-x", f"{name} was altered.", "Tell the head of safety.", link)]
    late = now - recording.moment > UPLOAD_LATE
    if late and recording.state in ("announced", "uploading"):
        since = "the press" if recording.is_dated else "it was first heard of"
        text = f"{name} is not all here, {length((now - recording.moment).total_seconds())} after {since}."
        return [Need(_WARN, "cloud-upload", text, "Dock that camera, or bring it into reach.", link)]
    return [*_chain_needs(recording, link), *_wearer_needs(recording, name, link)]


def _chain_needs(recording: RecordingSummary, link: str) -> list[Need]:
    """Say that a camera's recordings contradict each other. One that is not held yet contradicts nothing."""
    told = [note.sentence for note in recording.chain if note.weight == "disagreement"]
    step = "It is held as it came. Keep the camera and its card as they are, and tell the head of safety."
    return [Need(_BAD, "alert-triangle", " ".join(told), step, link)] if told else []


def _wearer_needs(recording: RecordingSummary, name: str, link: str) -> list[Need]:
    if recording.wearer_basis == WearerBasis.NOBODY:
        text = f"{name} was made while nobody had the camera."
        return [Need(_WARN, "user", text, "Find out who wore it, and use the hand-out page next time.", link)]
    if is_unknown(recording):
        text = f"It is not known who had the camera for {_lower(name)}. {wearer_note(recording)}"
        return [Need(_WARN, "user", text, "Find out who wore it before it is relied on.", link)]
    if is_disputed(recording):
        text = f"Whose {_lower(name)} is, is disputed. {wearer_note(recording)}"
        return [Need(_WARN, "user", text, "Find out who wore it before it is relied on.", link)]
    return []


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
