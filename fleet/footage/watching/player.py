"""A recording as a player asks for it: its footage (``footage_player``), and what happened in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from fleet.footage.timeline.arrived import NOT_ARRIVED, NOT_SHOWN
from fleet.footage.timeline.events import RecordingEvents, place_events, seconds
from fleet.footage.timeline.gaps import gaps_of
from fleet.footage.watching.footage_player import FootagePlayer, PlayedFootage
from fleet.footage.watching.opened_recording import Arrived


class PlayedRecording(PlayedFootage, Protocol):
    """What is played of a recording."""

    @property
    def arrived(self) -> Arrived:
        """What is here of it: one look, whole and unchanging."""

    def refresh(self) -> Arrived:
        """Take in what has become of it since."""


class Player(FootagePlayer):
    """Plays one opened recording. Safe to use from several threads.

    Attributes:
        recording: what is played.
    """

    def __init__(self, recording: PlayedRecording, *, goes_on: bool = False) -> None:
        """Prepare it; as ``FootagePlayer``."""
        super().__init__(recording, goes_on=goes_on)
        self.recording = recording

    @property
    def arrived(self) -> Arrived:
        """What is here of the recording."""
        return self.recording.arrived

    def events(self) -> RecordingEvents:
        """Return what happened in the recording as it plays: events by its ledger, gaps by its chunks."""
        arrived = self.arrived
        timeline = arrived.timeline
        end_ns = timeline.first_ns + timeline.duration_ns + sum(cut.left_out_ns for cut in timeline.cuts)
        events = place_events(arrived.ledger, first_ns=timeline.first_ns, end_ns=end_ns, cuts=timeline.cuts)
        gaps = gaps_of(timeline, arrived.ledger.gaps)
        if arrived.more:
            gaps = tuple(replace(gap, cause=NOT_SHOWN) if gap.cause == NOT_ARRIVED else gap for gap in gaps)
        return replace(events, gaps=gaps)

    def document(self) -> dict[str, Any]:
        """Return what is drawn beside the picture: press, pre-record, events, gaps; in seconds."""
        arrived, events = self.arrived, self.events()
        told = arrived.summary.said is None  # what did not verify tells nothing of what happened (F8)
        events = events if told else events.bare()
        return {
            **events.to_json(),
            "recording": arrived.summary.id,
            "final": arrived.summary.is_whole,
            "starts_s": self.starts_s,
            "more_arrived": arrived.more,
            "verified": arrived.summary.is_held,
            "prerecord_s": max(0.0, events.press_s),
            "asked_s": seconds(arrived.ledger.open.asked_ns) if told else None,
            "tracks": [str(track) for track in arrived.timeline.tracks],
            "bookmarks": [each.offset_s for each in events.events if each.kind == "bookmark"],
        }
