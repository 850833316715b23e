"""The words, the icon and the colour for each state of a camera and of a recording.

Rules:
- a state is always told three ways, in words, by an icon and by a colour, so that nobody needs all of them;
  the colour is a name that ``lapel.css`` knows (``tone-…``), never a value;
- what a camera does is told as what it says, and of a camera that is not heard nothing is said but that (F8).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from fleet.footage.recordings.summary import RecordingSummary
from fleet.web.facts import CameraFacts, RecordingFacts, Silence
from fleet.web.views.conditions import of_no_use
from protocol.footage.verifying.report import WITHOUT_END


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as a page shows it.

    Attributes:
        word: one or two words.
        icon: a name in the icon sprite.
        tone: good, busy, live, quiet, warn or bad.
        hint: what it means, in a sentence.
    """

    word: str
    icon: str
    tone: str
    hint: str


CAMERA = {
    "recording": Badge("Recording", "player-record", "live", "It says that it is recording."),
    "ready": Badge("Ready", "circle-check", "good", "It says that it is ready for a press."),
    "standby": Badge(
        "Standby",
        "moon-stars",
        "quiet",
        "It says that nobody has it, and that camera and microphone are closed.",
    ),
    "private": Badge("Private", "eye-off", "quiet", "It says that the officer has closed its sensors."),
    "docked": Badge("Docked", "plug", "quiet", "It says that it is in the dock."),
    "locked": Badge("Locked", "lock", "warn", "It says that it is locked and does not record."),
    "fault": Badge("Fault", "alert-triangle", "bad", "It says that something is wrong."),
    "off": Badge("Off", "power", "quiet", "It said last that it was being switched off."),
}

OFFLINE = Badge(
    "Offline", "wifi-off", "warn", "It is not heard. What it does, and whether it records, is not known."
)
NEVER_SEEN = Badge("Not seen yet", "wifi-off", "quiet", "Nothing has been heard of it yet.")
DOUBLED = Badge(
    "Two devices or more",
    "alert-triangle",
    "warn",
    "Two devices or more have used its identity. Which is heard, and what the others do, is not known.",
)
REVOKED = Badge("Out of service", "device-cctv-off", "quiet", "Its certificate was withdrawn.")
UNSAID = Badge("Unknown", "info-circle", "warn", "It does not say what it does.")
UNKNOWN = Badge("Unknown", "info-circle", "warn", "It reports a state that this service does not know.")

RECORDING = {
    "making": Badge("Recording", "player-record", "live", "The camera says that it is being made."),
    "unheard": Badge(
        "Out of reach",
        "wifi-off",
        "warn",
        "The camera is not heard. Whether it still records, and what else it has, is not known.",
    ),
    "gone": Badge(
        "Not finished",
        "device-cctv-off",
        "warn",
        "Its camera is out of service: what that still holds of it does not come here.",
    ),
    "doubled": Badge(
        "Not finished",
        "alert-triangle",
        "warn",
        "Two devices or more have used its camera's identity: what they say may be of another recording.",
    ),
    "unsaid": Badge(
        "Not finished", "clock", "warn", "The camera is heard, and says nothing that can be read of it."
    ),
    "waiting": Badge("Not here yet", "clock", "warn", "Its camera told of it; nothing of it is here."),
    "uploading": Badge(
        "Uploading",
        "cloud-upload",
        "busy",
        "Some of it is here, and the camera says that it has some to send.",
    ),
    "lacking": Badge(
        "Not finished",
        "clock",
        "warn",
        "Some of it is here, and the camera does not say that it has anything to send.",
    ),
    "verifying": Badge(
        "Checking", "refresh", "busy", "All that its camera sent is here and is being verified."
    ),
    "waits": Badge(
        "Not checked yet",
        "clock",
        "warn",
        "All that its camera sent is here. It waits to be verified; its page says for what.",
    ),
    "held": Badge(
        "Safe",
        "shield-check",
        "good",
        "All that its camera sent is here, verified and opened, with a receipt.",
    ),
    "of no use": Badge(
        "Safe",
        "alert-triangle",
        "warn",
        "All that its camera sent is here, verified and opened, with a receipt; not all of it is of use, by "
        "what its camera signed of picture and sound.",
    ),
    "contradicted": Badge(
        "Contradicted",
        "alert-triangle",
        "bad",
        "All that its camera sent is here, verified, with a receipt; but it and others of its camera "
        "contradict each other.",
    ),
    "not compared": Badge(
        "Safe",
        "info-circle",
        "warn",
        "All that its camera sent is here, verified and opened, with a receipt; one between it and another "
        "of its camera is not held here, so that the two could not be compared.",
    ),
    "unopened": Badge(
        "Not opened yet",
        "shield-check",
        "quiet",
        "All that its camera sent is here, verified, with a receipt. Whether it can be opened is not known: "
        "that was not tried yet.",
    ),
    "failed": Badge("Refused", "shield-x", "bad", "What arrived did not verify, and has no receipt."),
    "signed": Badge(
        "Refused",
        "shield-x",
        "bad",
        "It cannot be opened, which was found after its receipt; the camera may have let go of its own.",
    ),
    "deleting": Badge("Being deleted", "trash", "busy", "Its deletion was begun; there is no way back."),
    "deleted": Badge("Deleted", "trash", "quiet", "It is not kept any more; its page says when and why."),
    "stopped": Badge(
        "Ended",
        "player-stop",
        "warn",
        "Somebody said that no more of it will come; it is not known to be all here.",
    ),
}

EMPTY = Badge("No footage", "alert-triangle", "warn", "Not altered; there is no picture or sound in it.")

AMBER_SHARE = 0.01
"""How much of a recording may lack picture or sound before its verdict is amber.

A second in 100: the longest that a camera needs to begin a sensor anew. What lacks more has lost something
that somebody should know of before they rely on it.
"""

VERDICT = {
    "intact": Badge("Intact", "shield-check", "good", "Nothing of it is missing or altered."),
    "intact with gaps": Badge(
        "Intact, with gaps",
        "shield-check",
        "good",
        "Not altered; picture or sound is missing, and its page says where, and why as far as is known.",
    ),
    "without an end": Badge(
        "No end", "plug-connected-x", "warn", f"Unaltered as far as it goes; {WITHOUT_END}."
    ),
    "consistent, signer unknown": Badge(
        "Signer unknown", "user", "warn", "Unaltered since somebody signed it; it is not known whose it is."
    ),
    "keys missing": Badge(
        "Keys missing", "shield-x", "bad", "Not altered; the end of it cannot be opened, by anybody."
    ),
    "stray file": Badge(
        "Stray file", "shield-x", "warn", "Unaltered; a file lies beside it that is none of its own."
    ),
    "another authority": Badge(
        "Another fleet's", "shield-x", "bad", "Unaltered, and signed under another fleet's authority."
    ),
    "altered": Badge("Altered", "shield-x", "bad", "It is not what the camera made."),
    "a part": Badge(
        "A part", "alert-triangle", "warn", "Not altered; what is here of it is not known to be all."
    ),
    "nothing here": Badge(
        "Nothing here", "alert-triangle", "bad", "Nothing of it that could be shown has arrived."
    ),
    "cannot be opened": Badge(
        "Cannot be opened", "shield-x", "bad", "Its signatures hold, and what they cover cannot be shown."
    ),
}


def camera_badge(facts: CameraFacts) -> Badge:
    """Choose what to say of a camera: what it reports, unless it is not heard."""
    if facts.revoked is not None:
        return REVOKED
    if facts.last_seen is None:
        return NEVER_SEEN
    if facts.doubled_since is not None and (facts.online or facts.state == "off"):
        return DOUBLED
    if facts.state == "off":
        return CAMERA["off"]
    return _heard(facts) if facts.online else OFFLINE


def _heard(facts: CameraFacts) -> Badge:
    """Choose what to say of a camera that is heard."""
    badge = CAMERA.get(facts.state, UNKNOWN) if facts.state else UNSAID
    if badge.tone == "good" and facts.trouble:  # its word is told, and that all is well is not
        return replace(badge, icon="alert-triangle", tone="warn")
    return badge


def recording_badge(facts: RecordingFacts) -> Badge:
    """Choose what to say of a recording's way from the camera into the store."""
    recording = facts.summary
    if recording.state not in ("announced", "uploading"):
        return _settled(recording)
    if not recording.is_over and facts.under_way:
        return RECORDING["making"]
    if facts.under_way is None:
        return RECORDING[_SILENT[facts.silence]]
    if not recording.received_bytes:
        return RECORDING["waiting"]
    return RECORDING["uploading" if facts.has_to_send else "lacking"]


_SILENT = {
    Silence.NOT_HEARD: "unheard",
    Silence.OUT_OF_SERVICE: "gone",
    Silence.DOUBLED: "doubled",
    Silence.SAYS_NOTHING: "unsaid",
}


def _settled(recording: RecordingSummary) -> Badge:
    """Choose what to say of one that is not on its way any more."""
    if recording.state == "held":
        return _held(recording)
    if recording.state == "failed" and recording.receipt:
        return RECORDING["signed"]
    if recording.state == "verifying" and recording.verdict is None and recording.sentence:
        return RECORDING["waits"]
    return RECORDING.get(recording.state, UNKNOWN)


def _held(recording: RecordingSummary) -> Badge:
    """Choose what to say of one with a receipt: never in a calmer colour than its page has."""
    if recording.is_contradicted:
        return RECORDING["contradicted"]
    if recording.opening is None:
        return replace(RECORDING["unopened"], tone="warn") if recording.chain else RECORDING["unopened"]
    if recording.conditions:
        return RECORDING["of no use"]
    if recording.chain:
        return RECORDING["not compared"]
    verdict = verdict_badge(recording)
    if verdict is None or verdict.tone == "good":
        return RECORDING["held"]
    safe = RECORDING["held"]
    return replace(safe, icon="alert-triangle", tone=verdict.tone, hint=f"{safe.hint} {verdict.hint}")


def verdict_badge(recording: RecordingSummary) -> Badge | None:
    """Choose what to say of the verification, None while there is none.

    What was refused is called nothing good: that its bytes are whole is no reason to rely on it.
    """
    badge = VERDICT.get(recording.verdict or "")
    if badge is not None and badge.tone == "good" and recording.state == "failed":
        return None
    if badge is None or badge.tone != "good":
        return badge
    if recording.is_empty:
        return EMPTY
    if useless := of_no_use(recording):
        return Badge(f"Of no use: {useless}", "alert-triangle", "warn", f"Not altered; {useless} in it.")
    if recording.verdict != "intact with gaps" or _lacks_little(recording):
        return badge
    return replace(badge, icon="alert-triangle", tone="warn")


def _lacks_little(recording: RecordingSummary) -> bool:
    """Whether what is missing is known, and so little that it needs no warning."""
    lacking_s, whole_s = recording.lacking_s, recording.duration_s
    return lacking_s is not None and bool(whole_s) and lacking_s <= AMBER_SHARE * (whole_s or 0.0)
