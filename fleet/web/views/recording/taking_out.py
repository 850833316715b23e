"""Whether a recording can be taken out, why not, and what a download would lack.

Nothing that is here is passed as the whole: what is not whole says so on the page, in the file's name and in
its description.
"""

from __future__ import annotations

from fleet.footage.recordings.extent import is_as_long
from fleet.footage.recordings.summary import RecordingSummary
from fleet.web.views.moments import length, of_whole
from fleet.web.views.recording.untrusted import is_refused


def is_exportable(recording: RecordingSummary) -> bool:
    """Say whether it can be taken out: what is verified, and what is here of one that is not whole."""
    return recording.is_sound and recording.received_bytes > 0 and not recording.is_empty


def why_not_exportable(recording: RecordingSummary) -> str:
    """Say why it cannot be taken out, where it cannot."""
    if is_refused(recording):
        return "It was refused, so it is not handed out as footage. What arrived is kept."
    if recording.is_empty:
        return "There is no picture and no sound in it."
    if recording.state == "verifying":
        return "Possible once it is verified."
    return f"Nothing of it that could be taken out is here{'' if recording.is_stopped else ' yet'}."


def incomplete_note(recording: RecordingSummary) -> str:
    """Say what a download would lack; empty for one that is whole as far as is known."""
    if is_refused(recording) or (recording.is_held and not recording.is_cut_short):
        return ""
    marked = "The file says so in its name and its description."
    if recording.is_held or (recording.is_stopped and recording.verified):
        here_s = recording.duration_s or 0.0
        if is_as_long(here_s, recording.told_s):
            return (
                f"Not said to be whole: {length(here_s)} are here, which is as long as the camera told of, "
                f"but nothing shows that this is all. {marked}"
            )
        return f"Incomplete: {of_whole(here_s, recording.told_s)}. {marked}"
    whole = "an unknown length" if recording.told_s is None else length(recording.told_s)
    return (
        f"Incomplete: not all of it is known to be here, and what is has not been checked yet. {marked} "
        f"It says how much it holds, of {whole}."
    )
