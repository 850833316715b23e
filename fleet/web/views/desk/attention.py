"""What needs somebody: each thing in words, with the next step and where to take it.

Rules:
- one line per thing, the gravest first; what many have alike is one line that unfolds (``grouping``);
- every line says what to do, and links to where it is done;
- silence means that nothing needs anybody, so each rule here errs on the side of speaking.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from fleet.cameras.devices import are_at_once
from fleet.core.natural import natural_key
from fleet.footage.recordings.summary import DISAGREEMENT, RecordingSummary
from fleet.footage.recordings.wearer import WearerBasis
from fleet.footage.timeline.conditions import ConditionSum
from fleet.vault.sealed import Sealed
from fleet.web.facts import CameraFacts, RecordingFacts, Silence
from fleet.web.views.claims import Claim, say
from fleet.web.views.conditions import ICONS, condition_phrase_of, condition_sentence, of_no_use
from fleet.web.views.desk.grouping import Alike, Need, Noticed, grouped
from fleet.web.views.desk.sealing import sealed
from fleet.web.views.moments import length, moment, sentence_list
from fleet.web.views.recording.chain import chain_words
from fleet.web.views.recording.verdict import why_refused
from fleet.web.views.tile import FULL_STORAGE, LOW_BATTERY
from fleet.web.views.wearer import is_disputed, is_unknown, wearer_note

__all__ = ["Need", "needs"]

UPLOAD_LATE = timedelta(hours=1)
CERTIFICATE_SOON = timedelta(days=7)
DOUBLED_TOLD = timedelta(days=7)
_LISTED = 5
_BAD, _WARN = "bad", "warn"


def needs(
    cameras: Iterable[CameraFacts],
    recordings: Iterable[RecordingFacts],
    now: datetime,
    *,
    vault_sealed: Sealed | None = None,
) -> tuple[Need, ...]:
    """List what needs somebody as of ``now``, the gravest first."""
    found = grouped(noticed(cameras, recordings, now))
    return (sealed(vault_sealed, now), *found) if vault_sealed else found


def noticed(
    cameras: Iterable[CameraFacts], recordings: Iterable[RecordingFacts], now: datetime
) -> list[Noticed]:
    """Find what of cameras and recordings needs somebody as of ``now``, each thing by itself."""
    working = sorted(
        (facts for facts in cameras if facts.revoked is None), key=lambda facts: natural_key(facts.camera)
    )
    found = [finding for facts in working for finding in _of_camera(facts, now)]
    return found + [finding for facts in recordings for finding in _of_recording(facts, now)]


def _of_camera(facts: CameraFacts, now: datetime) -> list[Noticed]:
    found = doubled(facts, now)
    found += _heard(facts, now) if facts.online else _unheard(facts, now)
    if facts.missing_count:
        found.append(_missing(facts))
    return found


def doubled(facts: CameraFacts, now: datetime) -> list[Noticed]:
    """Say that two devices or more use a camera's identity, or have used it within the last days."""
    if facts.doubled_since is None or facts.doubled_last is None:
        return []
    step = (
        "Find them all: each has the card of one camera, or a copy of it. Keep the cards as they are, take "
        f"{facts.camera} out of service on its page, and enrol each device with a code of its own."
    )
    if are_at_once(facts.doubled_last, now):
        text = say(Claim.DOUBLED_NOW, camera=facts.camera)
        return [_finding(facts, Alike.DOUBLED_NOW, _BAD, "alert-triangle", text, step)]
    if now - facts.doubled_last > DOUBLED_TOLD:
        return []
    text = say(Claim.DOUBLED, camera=facts.camera, when=moment(facts.doubled_last, now, seconds=True).text)
    return [_finding(facts, Alike.DOUBLED, _WARN, "alert-triangle", text, step)]


def _heard(facts: CameraFacts, now: datetime) -> list[Noticed]:
    """What a camera that is heard says of itself, the gravest first."""
    name = _speaker(facts)
    found = [_captures_nothing(facts, each) for each in facts.conditions or ()]
    told = {condition_sentence(each) for each in facts.conditions or ()}
    found += [_trouble(facts, trouble) for trouble in dict.fromkeys(facts.trouble) if trouble not in told]
    if facts.refused:
        text = _of(Claim.NOT_TAKEN_ON, name, reasons=" ".join(facts.refused))
        step = "Put right what it says, or take another camera."
        aspect = "\n".join(facts.refused)
        found.append(_finding(facts, Alike.NOT_TAKEN_ON, _WARN, "alert-triangle", text, step, aspect=aspect))
    if facts.battery is not None and facts.battery <= LOW_BATTERY:
        text = _of(Claim.LOW_BATTERY, name, percent=facts.battery)
        step = "Dock it, and take another one meanwhile."
        found.append(_finding(facts, Alike.LOW_BATTERY, _WARN, "battery-2", text, step))
    if facts.storage_used is not None and facts.storage_used >= FULL_STORAGE:
        text = _of(Claim.FULL_STORAGE, name, percent=facts.storage_used)
        step = "Leave it in the dock until its recordings are sent."
        found.append(_finding(facts, Alike.FULL_STORAGE, _WARN, "database", text, step))
    found += _certificate(facts, now)
    if facts.clock_synchronised is False:
        text = _of(Claim.CAMERA_CLOCK, name)
        step = "Order and lengths hold all the same, but check times against another clock."
        found.append(_finding(facts, Alike.CAMERA_CLOCK, _WARN, "clock-exclamation", text, step))
    return found


def _certificate(facts: CameraFacts, now: datetime) -> list[Noticed]:
    """Say that a certificate ends soon, or has: what is connected goes on until it has to connect again."""
    if facts.certificate_ends is None or facts.certificate_ends - now >= CERTIFICATE_SOON:
        return []
    has_ended = facts.certificate_ends <= now
    claim = Claim.CERTIFICATE_ENDED if has_ended else Claim.CERTIFICATE_ENDS
    alike = Alike.CERTIFICATE_ENDED if has_ended else Alike.CERTIFICATE_ENDS
    text = say(claim, camera=facts.camera, when=moment(facts.certificate_ends, now).text)
    step = (
        "Connect it, so that it asks for the next one; or enrol it again."
        if has_ended
        else "Keep it connected so that it can renew, or enrol it again."
    )
    return [_finding(facts, alike, _WARN, "key", text, step)]


def _speaker(facts: CameraFacts) -> str:
    """Say who says what a camera says: where others use its identity too, one of them."""
    if facts.doubled_since is None:
        return facts.camera
    return say(Claim.ONE_OF_TWO_OF, camera=facts.camera)


def _of(claim: Claim, name: str, **values: object) -> str:
    """Return a sentence about whoever says it, with a capital where it begins with words."""
    text = say(claim, camera=name, **values)
    return f"{text[0].upper()}{text[1:]}" if " " in name else text


def _unheard(facts: CameraFacts, now: datetime) -> list[Noticed]:
    """What is known of a camera that is not heard: when it was, and what it said then."""
    found = []
    if facts.trouble:
        when = f" {moment(facts.last_seen, now, seconds=True).text}" if facts.last_seen else ""
        text = _of(Claim.LAST_TROUBLE, _speaker(facts), when=when, troubles=" ".join(facts.trouble))
        step = "Whether that is so still is not known. Take another camera until it is heard again."
        aspect = "\n".join(facts.trouble)
        found.append(_finding(facts, Alike.LAST_TROUBLE, _WARN, "alert-triangle", text, step, aspect=aspect))
    if facts.officer and facts.state != "off":
        if facts.last_seen is None:
            text = say(Claim.NEVER_CONNECTED, camera=facts.camera, officer=facts.officer)
        else:
            last = moment(facts.last_seen, now, seconds=True).text
            text = say(Claim.LAST_MESSAGE, camera=facts.camera, when=last, officer=facts.officer)
        step = "Whether it records is not known. If it should be in reach, check that it is on."
        found.append(_finding(facts, Alike.NOT_HEARD, _WARN, "wifi-off", text, step))
    return found


def _trouble(facts: CameraFacts, trouble: str) -> Noticed:
    text = _of(Claim.TROUBLE, _speaker(facts), trouble=trouble)
    step = "Take another camera until it is put right."
    return _finding(facts, Alike.TROUBLE, _BAD, "alert-triangle", text, step, detail=trouble)


def _captures_nothing(facts: CameraFacts, each: ConditionSum) -> Noticed:
    """Say that a camera says of itself that it captures nothing of use (C12)."""
    what = condition_phrase_of(each)
    text = _of(Claim.CAPTURES_NOTHING, _speaker(facts), what=what, length=length(each.duration_s))
    step = (
        "Take another camera until its lens was looked at."
        if each.track == "video"
        else "Take another camera until its microphone was looked at."
    )
    icon = ICONS.get(each.track, "alert-triangle")
    return _finding(facts, Alike.CAPTURES_NOTHING, _BAD, icon, text, step, detail=what)


def _missing(facts: CameraFacts) -> Noticed:
    """Say which recordings have not arrived (L3)."""
    listed = [str(number) for number in facts.missing[:_LISTED]]
    more = facts.missing_count - len(listed)
    which = sentence_list([*listed, f"{more} more"] if more > 0 else listed)
    one = facts.missing_count == 1
    recordings = f"Recording {which}" if one else f"Recordings {which}"
    text = say(Claim.NOT_ARRIVED, recordings=recordings, camera=facts.camera, verb="has" if one else "have")
    step = "Dock that camera, or bring it into reach; if that does not help, keep it as it is."
    found = _finding(facts, Alike.NOT_ARRIVED, _WARN, "cloud-upload", text, step)
    return replace(found, subject=f"{facts.camera}/{facts.missing[0] if facts.missing else 'more'}")


def _finding(
    facts: CameraFacts,
    alike: Alike,
    tone: str,
    icon: str,
    text: str,
    step: str,
    *,
    detail: str = "",
    aspect: str = "",
) -> Noticed:
    need = Need(tone, icon, text, step, f"/cameras/{facts.camera}")
    return Noticed(alike, facts.camera, need, detail, subject=facts.camera, aspect=aspect or detail)


def _of_recording(facts: RecordingFacts, now: datetime) -> list[Noticed]:
    recording = facts.summary
    name = f"Recording {recording.number} of {recording.camera}"
    if recording.gone is not None:
        return []
    if recording.state == "failed":
        why = why_refused(recording)
        step = "Do not reset the camera: its copy may be the only one. Tell the CCTV manager."
        text = say(Claim.REFUSED, recording=name, why=why)
        return [_about(recording, Alike.REFUSED, _BAD, "shield-x", text, step)]
    if recording.verdict == "altered":
        text = say(Claim.ALTERED, recording=name)
        return [_about(recording, Alike.ALTERED, _BAD, "shield-x", text, "Tell the head of safety.")]
    if recording.is_cut_short and recording.receipt:
        text = say(Claim.CUT_SHORT, recording=name[0].lower() + name[1:])
        step = "Keep the camera and its card as they are, and tell the head of safety."
        return [_about(recording, Alike.CUT_SHORT, _BAD, "alert-triangle", text, step)]
    if recording.state in ("announced", "uploading") and now - recording.moment > UPLOAD_LATE:
        return [_late(facts, name, now)]
    return [*_of_chain(recording, name), *_of_use(recording, name), *_of_wearer(recording, name)]


def _late(facts: RecordingFacts, name: str, now: datetime) -> Noticed:
    """Say that a recording is not all here, and what to do by what its camera does now."""
    recording = facts.summary
    begun = "the press" if recording.is_pressed else "it was begun"
    since = begun if recording.is_dated else "it was first heard of"
    late = length((now - recording.moment).total_seconds())
    claim = Claim.LATE_LACKING if recording.unsent else Claim.LATE
    text = say(claim, recording=name, length=late, since=since, lacking=recording.unsent)
    step = "Dock that camera, or bring it into reach."
    if facts.under_way and not recording.is_over:
        step = say(Claim.STILL_MAKES)
    elif facts.silence is Silence.OUT_OF_SERVICE and facts.under_way is None:
        step = say(Claim.SENDS_NO_MORE)
    return _about(recording, Alike.LATE, _WARN, "cloud-upload", text, step)


def _of_chain(recording: RecordingSummary, name: str) -> list[Noticed]:
    """Say that a camera's recordings contradict each other. One that is not held yet contradicts nothing."""
    told = [chain_words(note) for note in recording.chain if note.weight == DISAGREEMENT]
    if not told:
        return []
    text = say(Claim.CONTRADICTED, recording=name, told=" ".join(told))
    step = "Keep the camera and its card as they are, and tell the head of safety."
    return [_about(recording, Alike.CONTRADICTED, _BAD, "alert-triangle", text, step)]


def _of_use(recording: RecordingSummary, name: str) -> list[Noticed]:
    """Say that picture or sound of a recording was of no use, as its camera signed it (C12)."""
    what = of_no_use(recording)
    if not what or not recording.is_sound:
        return []
    text = say(Claim.OF_NO_USE, recording=name[0].lower() + name[1:], what=what)
    step = "Find out what there is of it, and check the camera before it is worn again."
    kinds = ", ".join(condition_phrase_of(each) for each in recording.conditions or ())
    need = _about(recording, Alike.OF_NO_USE, _WARN, "eye-off", text, step)
    return [replace(need, detail=kinds)]


def _of_wearer(recording: RecordingSummary, name: str) -> list[Noticed]:
    if recording.wearer_basis == WearerBasis.NOBODY:
        text = say(Claim.MADE_BY_NOBODY, recording=name)
        step = "Find out who wore it, and use the hand-out page next time."
        return [_about(recording, Alike.MADE_BY_NOBODY, _WARN, "user", text, step)]
    lower, note = name[0].lower() + name[1:], wearer_note(recording)
    step = "Find out who wore it before it is relied on."
    if is_unknown(recording):
        text = say(Claim.WEARER_NOT_KNOWN, recording=lower, note=note)
        return [_about(recording, Alike.WEARER_NOT_KNOWN, _WARN, "user", text, step)]
    if is_disputed(recording):
        text = say(Claim.WEARER_DISPUTED, recording=lower, note=note)
        return [_about(recording, Alike.WEARER_DISPUTED, _WARN, "user", text, step)]
    return []


def _about(recording: RecordingSummary, alike: Alike, tone: str, icon: str, text: str, step: str) -> Noticed:
    need = Need(tone, icon, text, step, f"/recordings/{recording.id}")
    return Noticed(alike, f"{recording.camera}, {recording.number}", need, subject=recording.id)
