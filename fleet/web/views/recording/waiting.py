"""What of a recording is still to come, in a sentence: by what is here, and by what its camera says now.

That something is on its way is said only where the camera says so; of one that says nothing, nothing is. What
is said of the present lapses with the last message of its camera, on a page that nothing reaches too (F8).
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.web.facts import RecordingFacts, Silence
from fleet.web.views.moments import count, iso, size
from fleet.web.views.state import Badge, recording_badge

ON_ITS_WAY = ("announced", "uploading", "verifying")
"""The states in which more of a recording is expected."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What is said of a recording from when its camera's last message is too old to speak of the present.

    Attributes:
        until: that moment; empty where nothing that is said now comes from the camera.
        badge: how far the recording has come, as far as is known then.
        waiting: what is still to come, as far as is known then; a sentence, or empty.
    """

    until: str
    badge: Badge
    waiting: str


def lapsed(facts: RecordingFacts) -> Lapsed:
    """Say from when what is said of a recording does not hold any more, and what is known of it then."""
    then = facts.unheard
    badge = recording_badge(then)
    lasts = facts.known_until is not None and badge != recording_badge(facts)
    return Lapsed(iso(facts.known_until) if lasts and facts.known_until else "", badge, waiting_words(then))


def waiting_words(facts: RecordingFacts) -> str:
    """Say what of a recording is still to come; nothing where nothing is."""
    recording = facts.summary
    if recording.state == "verifying":
        waits = recording.sentence if recording.verdict is None else None
        return f"All that its camera sent is here. {waits or 'It is being checked, which takes a moment.'}"
    if recording.state not in ON_ITS_WAY:
        return ""
    if not recording.is_over and facts.under_way:
        return "The camera says that it is recording. Not all that it has made so far is known to be here."
    here = "Nothing of it is here yet"
    if facts.share is not None:
        here = f"{facts.share} % of it is here"
    elif recording.received_bytes:
        here = f"{size(recording.received_bytes)} of it are here"
    if facts.under_way is None:
        return f"{here}. {_SILENCE[facts.silence]}"
    if facts.sending:
        what = "the rest" if recording.received_bytes else "it"
        return f"{here}, and the camera says that it is sending {what}."
    return f"{here}. The camera {_sending_words(facts.to_send, facts.bytes_left)}."


_SILENCE = {
    Silence.NOT_HEARD: "The camera is not heard: what else it has is not known until it is back, or docked.",
    Silence.OUT_OF_SERVICE: "The camera is out of service: what else it has does not come here.",
    Silence.DOUBLED: (
        "Two devices or more have used its camera's identity: whether any of them has more is not known."
    ),
    Silence.SAYS_NOTHING: "The camera says nothing that can be read: what else it has is not known.",
}


def _sending_words(to_send: int | None, bytes_left: int | None) -> str:
    """Say what a camera says of all that it has still to send."""
    if to_send and bytes_left == 0:
        return f"says that it has sent all that it can, and has no receipt for {count(to_send, 'recording')}"
    if to_send is None:
        return "does not say whether it has more to send"
    return (
        f"says that it has {count(to_send, 'recording')} to send"
        if to_send
        else "says that it has nothing left to send"
    )
