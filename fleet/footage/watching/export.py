"""Taking a recording out as one MP4 file, sent as it is made (F1).

Nothing is decoded, and no plaintext rests in memory for longer than a part or on any disk at all: the parts
are opened twice, once for the tables and once for the samples (``fleet.footage.media.movie``). A
failure on the way cuts the answer off short of its stated length, so that nobody takes half a file for a
whole one.

What is here of a recording that is not whole can be taken out too. It says so wherever it goes: in its name,
its title and its description, with how much it holds of how much (F8). How much there is altogether is what
the camera told, in its ledger's end or in a message, and never what happens to be here.

It is dated as the recording is: by a clock that was set then, or at another time of the same run, which it
says. What nothing dates carries no date, and never that of a clock that was not set (F8).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.footage.media.fragment import read_part
from fleet.footage.media.movie import Description, MovieBuilder
from fleet.footage.recordings.extent import extent, figure, is_as_long
from fleet.footage.recordings.rows import wall_time
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.footage.watching.opener import RecordingOpener
from protocol.footage.ledger.conditions import condition_of
from protocol.footage.verifying.report import WITHOUT_END, condition_sum, conditions_within
from protocol.units import NS_PER_S

log = logging.getLogger(__name__)

ACTION = "footage:recording:export"
_STEPPED = timedelta(seconds=1)
"""A clock that is steered never goes wrong by as much within a pre-record; one that is set does."""


@dataclass(frozen=True, slots=True)
class Export:
    """A movie on its way out.

    Attributes:
        name: the file's.
        length: its bytes.
        blocks: gives them, once; the recording is closed at the end, or when the iterator is.
    """

    name: str
    length: int
    blocks: Iterator[bytes]


def export(opener: RecordingOpener, *, public_id: str, actor: Actor, purpose: str) -> Export:
    """Open a recording and begin to make the movie of it.

    Raises:
        ProblemError: 404 there is no such recording; 409 nothing of it is here, or it was refused, or is
            being verified; 422 no purpose.
        MediaError: a part is not what it should be.
        KeysError: a part does not open.
        StoreError: the store failed.
    """
    recording = opener.open(public_id, actor=actor, action=ACTION, purpose=purpose)
    try:
        _refuse_unless_sound(recording)
        builder = MovieBuilder()
        for data in recording.parts():
            builder.add(read_part(data))
        header = builder.header(_describe(recording))
    except BaseException:
        recording.close()
        raise
    return Export(_name(recording), len(header) + builder.payload, _blocks(recording, header))


def _refuse_unless_sound(recording: OpenedRecording) -> None:
    summary = recording.arrived.summary
    if not summary.is_sound:
        detail = "A recording that was refused, or is still being verified, cannot be exported."
        raise ProblemError(409, "not_held", detail)


def _blocks(recording: OpenedRecording, header: bytes) -> Iterator[bytes]:
    try:
        yield header
        for data in recording.parts():
            yield read_part(data).payload
    finally:
        recording.close()


def _describe(recording: OpenedRecording) -> Description:
    summary, opening = recording.arrived.summary, recording.arrived.ledger.open
    title = f"{summary.camera} recording {summary.number}"
    comment = f"Recording {opening.recording.hex()} of {summary.camera}, exported by Lapel"
    lack = _lack(recording)
    if lack is not None:
        checked = "checked as far as it goes" if summary.verified is not None else "not verified"
        title = f"{title}, {lack[0].upper()}: {lack[1]}"
        comment = f"{lack[0].upper()}: {lack[1]}, {checked}. {comment}"
    useless = _of_no_use(recording)
    if useless:
        title, comment = f"{title}, with {useless}", f"With {useless}, as the camera signed it. {comment}"
    if summary.is_held and summary.ended == "cut off":
        comment = f"Without an end: {WITHOUT_END}. {comment}"
    clock = _of_the_clock(recording)
    if clock:
        comment = f"{clock} {comment}"
    return Description(title=title, comment=comment, created=_begins(recording))


def _of_no_use(recording: OpenedRecording) -> str:
    """Say what of it the camera itself signed as of no use, such as black picture; empty where nothing is."""
    arrived = recording.arrived
    told = (condition_of(each.kind, each.detail) for each in arrived.ledger.events)
    chunks = arrived.timeline.chunks.values()
    first_ns = min(chunk.start_ns for chunk in chunks)
    end_ns = max(chunk.start_ns + chunk.duration_ns for chunk in chunks)
    return condition_sum(conditions_within((each for each in told if each is not None), first_ns, end_ns))


def _name(recording: OpenedRecording) -> str:
    summary = recording.arrived.summary
    lack = _lack(recording)
    note = "" if lack is None else f"_{lack[0]}_{lack[1]}".replace(" ", "_")
    begins = _begins(recording)
    date = "clock_not_set" if begins is None else f"{begins:%Y%m%dT%H%M%SZ}"
    return f"{summary.camera}_{summary.number:08d}_{date}{note}.mp4"


def _lack(recording: OpenedRecording) -> tuple[str, str] | None:
    """Say what a recording lacks, and how much of it is taken out; None where nothing shows a lack."""
    arrived = recording.arrived
    summary, close = arrived.summary, arrived.ledger.close
    here_s = sum(chunk.duration_ns for chunk in arrived.timeline.chunks.values()) / NS_PER_S
    if summary.is_held and not summary.is_cut_short:
        return None
    told_s = close.duration_ns / NS_PER_S if close is not None else summary.told_s
    if is_as_long(here_s, told_s):
        return "not said to be whole", f"{figure(here_s)} s"
    return "incomplete", extent(here_s, told_s)


def _begins(recording: OpenedRecording) -> datetime | None:
    """Return when the first picture was taken; None where nothing dates the recording."""
    arrived = recording.arrived
    summary = arrived.summary
    if not summary.is_dated:
        return None
    first = arrived.timeline.chunks[min(arrived.timeline.chunks)]
    before_ns = arrived.ledger.open.press_ns - first.start_ns
    by_the_press = summary.moment - timedelta(microseconds=before_ns // 1000)
    by_its_label = wall_time(first.utc_us)
    if by_its_label is None or abs(by_its_label - by_the_press) > _STEPPED:
        return by_the_press  # its clock was set, or set anew, after the first picture
    return by_its_label


def _of_the_clock(recording: OpenedRecording) -> str:
    """Say what the date is worth where the camera's clock was not set; empty where it was."""
    summary = recording.arrived.summary
    if not summary.is_dated:
        return "The camera's clock was not set, and nothing says when this was."
    if summary.reckoned is None:
        return ""
    return "The camera's clock was not set; it is dated by one that was set at another time of the same run."
