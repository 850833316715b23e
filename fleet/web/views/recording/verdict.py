"""Whether a recording can be trusted: one short sentence, and what lies behind it for whoever unfolds it.

Rules:
- the sentence is for somebody who decides, in everyday words; the verifier's own report is a link away;
- what has not been verified is not called anything;
- missing time changes the colour beyond ``AMBER_SHARE``, and is told with its share always.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.footage.recordings.extent import is_as_long
from fleet.footage.recordings.models import A_PART, NOTHING, OPENED
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.events import RecordingEvents
from fleet.footage.timeline.lacking import beside_s, lacking_s
from fleet.web.views.conditions import of_no_use
from fleet.web.views.moments import full_moment, length, of_whole
from fleet.web.views.recording.gaps import gap_sum, shown_gaps
from fleet.web.views.recording.untrusted import is_refused
from fleet.web.views.state import AMBER_SHARE, RECORDING, Badge, verdict_badge
from protocol.footage.verifying.report import WITHOUT_END

_ON_ITS_WAY = ("announced", "uploading", "verifying")
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of what is folded: what it is about, and what is to be said."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownVerdict:
    """The verdict as a page shows it.

    Attributes:
        sentence: whether it can be trusted, short.
        badge: the same in a word with a colour; None while it is not verified.
        details: what was looked at and found.
    """

    sentence: str
    badge: Badge | None
    details: tuple[Detail, ...]


def shown_verdict(recording: RecordingSummary, events: RecordingEvents | None) -> ShownVerdict:
    """Say whether a recording can be trusted.

    Args:
        recording: which.
        events: what the verifier found in it; None while nothing is verified.
    """
    badge = verdict_badge(recording) or (RECORDING["failed"] if recording.failure else None)
    return ShownVerdict(_sentence(recording, events), badge, tuple(_details(recording, events)))


_WHOLE = "Intact: nothing was altered, and nothing is missing"
_WHOLE_AND_YET = "Nothing was altered, and nothing is missing"
_SENTENCES = {
    "intact": f"{_WHOLE} from its first moment to its last.",
    "without an end": f"Not altered as far as it goes; {WITHOUT_END}.",
}
_FROM_WHERE_IT_BEGINS = f"{_WHOLE} from where the footage begins to its last moment."
_NOT_OPENED = " Whether it can be opened is not known: that was not tried yet."
_DOUBTS = {
    "altered": "Altered: it is not what the camera made.",
    "keys missing": "Not altered, but the end of it cannot be opened by anybody: its keys are not there.",
    "stray file": "Not altered, but a file lies beside it that is none of its own.",
    "another authority": "Signed under the authority of another fleet.",
    "cannot be opened": "This recording cannot be opened, although its signatures hold.",
    "consistent, signer unknown": "Consistent in itself; who signed it is not known.",
}


def why_refused(recording: RecordingSummary) -> str:
    """Say why a recording was refused; the verifier's own words are for whoever reads its report."""
    doubt = _DOUBTS.get(recording.verdict or "")
    return doubt or recording.failure or "It does not verify."


def _sentence(recording: RecordingSummary, events: RecordingEvents | None) -> str:
    if recording.failure or (recording.verdict or "") in _DOUBTS:
        return why_refused(recording)
    said, useless = _said(recording, events), of_no_use(recording)
    if not useless:
        return said
    said = said.replace(_WHOLE, _WHOLE_AND_YET, 1)  # what is of no use is not plainly whole (C12)
    return f"{said} Not all of it is of use: {useless}."


def _said(recording: RecordingSummary, events: RecordingEvents | None) -> str:
    verdict = recording.verdict or ""
    if recording.is_empty and verdict in {"intact", "intact with gaps"}:
        return "Not altered. There is no picture and no sound in it."
    if verdict == "intact with gaps":
        unopened = _NOT_OPENED if recording.opening is None else ""
        return f"Not altered. {_missing(recording, events)}{unopened}"
    if verdict == A_PART:
        return _part(recording)
    said = _SENTENCES.get(verdict) or recording.sentence
    if verdict == "intact" and events is not None and events.late_s:
        said = _FROM_WHERE_IT_BEGINS
    if said:
        return f"{said}{_NOT_OPENED}" if recording.is_held and recording.opening is None else said
    if recording.state in _ON_ITS_WAY:
        return "Not known yet: it is verified once all of it is here."
    return "Not known: it has not been verified."


def _part(recording: RecordingSummary) -> str:
    """Say what is here of one that is not all here, in the page's own words for lengths."""
    here_s = recording.duration_s or 0.0
    if is_as_long(here_s, recording.told_s):
        return (
            f"What is here, {length(here_s)}, is exactly as {recording.camera} signed it, and nothing shows "
            "that it is all."
        )
    up_to = of_whole(here_s, recording.told_s)
    return f"A part, up to {up_to}: what is here is exactly as {recording.camera} signed it."


def _missing(recording: RecordingSummary, events: RecordingEvents | None) -> str:
    lacking = recording.lacking_s if events is None else lacking_s(events)
    if lacking is None or not recording.duration_s:
        return "Some of it is missing."
    whole = recording.duration_s + (0.0 if events is None else beside_s(events))
    share = _PERCENT * lacking / whole
    shown = f"{share:.1f} %" if share >= 0.1 else "less than 0.1 %"  # noqa: PLR2004 - one decimal is shown
    return f"For {length(lacking)} of {length(whole)} ({shown}) picture or sound is missing."


def _details(recording: RecordingSummary, events: RecordingEvents | None) -> list[Detail]:
    if recording.verdict is None:
        return []
    details = []
    if recording.verdict == A_PART:
        details.append(
            Detail("Checked", "That the camera signed all that is here, and that nothing differs.")
        )
    elif recording.verdict not in {*_DOUBTS, NOTHING}:
        what = "all of it" if recording.ended == "closed" else "all that is here"
        checked = f"That the camera signed {what}, in one unbroken row, and that nothing differs."
        details.append(Detail("Checked", checked))
    details.append(Detail("Checked by the fleet", _opening(recording)))
    gaps = shown_gaps(events.gaps) if events is not None else ()
    if gaps:
        found = "1 gap" if len(gaps) == 1 else f"{len(gaps)} gaps"
        details.append(Detail("Missing", f"{found}: {gap_sum(gaps)}. {_amber()}"))
    details.append(Detail("Of no use", _useless(recording)))
    if recording.verified is not None:
        details.append(Detail("Verified", full_moment(recording.verified).text))
    signed = "The fleet signed one." if recording.receipt else "None."
    details.append(Detail("Receipt", signed))
    return details


def _useless(recording: RecordingSummary) -> str:
    """Say what the camera itself found wrong with picture and sound that came."""
    found = of_no_use(recording)
    if found:
        return f"{found[0].upper()}{found[1:]}, as the camera signed it."
    if is_refused(recording):
        return "Not known: it was refused."
    if recording.conditions is None:
        return "Not known: it was verified before that was looked at."
    return "The camera signed that of none of it. One of an earlier version does not look."


def _opening(recording: RecordingSummary) -> str:
    """Say whether the fleet itself has tried to open it, which is nobody's viewing."""
    if recording.opening_at is None:
        yet = " yet" if recording.is_held or recording.verdict == A_PART else ""
        return f"Whether it can be opened has not been tried{yet}."
    when = full_moment(recording.opening_at).text
    if recording.opening == OPENED:
        if recording.is_empty:
            return f"That its keys open, as far as it has any, {when}."
        return (
            f"That it opens, {when}: all of its keys, and some of its picture and sound from first to last. "
            "That showed nothing to anybody."
        )
    return f"That it does not open, {when}. That showed nothing to anybody."


def _amber() -> str:
    return f"More than {_PERCENT * AMBER_SHARE:g} % of what is here turns the verdict amber."
