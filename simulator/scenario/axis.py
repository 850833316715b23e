"""Everything that happened in a run on one axis of time: operations, faults, what the fleet showed when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.draft import operation_events
from simulator.report.lanes import FAULTS
from simulator.report.report import EventRecord

if TYPE_CHECKING:
    from simulator.scenario.recorder import HistoryRecorder
    from simulator.scenario.watch import RecordingWatch


def events_of(recorder: HistoryRecorder, watch: RecordingWatch) -> tuple[EventRecord, ...]:
    """Return what was asked for, what was broken, and what was seen, in the order in which it began."""
    happened = [
        EventRecord(each.at_s, each.kind, each.sentence, until_s=each.until_s, camera=each.name)
        for each in recorder.events
    ]
    for made in watch.made:
        what = f"recording {made.number} of {made.name}"
        if made.listed is not None:
            at_s, said = recorder.since(made.listed), f"the fleet lists {what}"
            happened.append(EventRecord(at_s, "listed", said, camera=made.name, recording=made.recording))
        if made.held is not None:
            at_s, said = recorder.since(made.held), f"{made.name} has the receipt for {what}"
            happened.append(EventRecord(at_s, "receipt", said, camera=made.name, recording=made.recording))
    return tuple(sorted((*operation_events(recorder.history), *happened), key=lambda each: each.at_s))


def faults_of(recorder: HistoryRecorder) -> tuple[str, ...]:
    """Return what was broken on purpose, in words, each once."""
    return tuple(dict.fromkeys(each.sentence for each in recorder.events if each.kind in FAULTS))
