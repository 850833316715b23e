"""Prints ``docs/camera-states.md`` from the state machine: ``python -m docs.generators.camera_states``.

A test fails when the page and the machine differ.
"""

from __future__ import annotations

from device.recording.state import Action, Event, State, step

STATES = {
    "off": State(),
    "standby": State(on=True),
    "ready": State(on=True, assigned=True),
    "private": State(on=True, assigned=True, private=True),
    "docked": State(on=True, assigned=True, docked=True),
    "locked": State(on=True, assigned=True, locked=True),
    "recording": State(on=True, assigned=True, recording=True),
    "recording (begun in standby)": State(on=True, recording=True),
    "recording (begun in private)": State(on=True, assigned=True, private=True, recording=True),
    "fault": State(on=True, assigned=True, faulty=True),
    "fault while recording": State(on=True, assigned=True, recording=True, faulty=True),
}
"""The states that the page shows, each by an example: an assigned camera where that makes no difference."""

_HEAD = """# The states of a camera

<!-- Printed by `python -m docs.generators.camera_states`; a test compares. -->

A camera's state is a handful of facts (on, assigned, private, docked, locked, recording, faulty); its name
follows from them, so nothing is forgotten while something else is going on. What is not in the table is
refused with a sentence, and changes nothing.

- Sensors are open in *ready* and *recording* alone. When they close, the ring and its keys are gone. While a
  card keeps an event waiting they follow what was asked for: what closes them does after a second, and a
  press that will record opens them at once. What is missing meanwhile of footage that goes on is a gap.
- A press in *standby* or *private* records from nothing and is marked `unassigned` or `safety override`.
- A press while recording is answered with the recording that is running, once it is in its ledger; while a
  stop waits for its last chunk, it takes the stop back.
- A *fault* shows above everything else and takes nothing away: each event means in it what it means without.
- Shutting down, going private, docking and locking end a recording as a stop does, with their own reason.
- That the camera is private is kept on its card: switched on again, it is private at once, unless the fleet
  has given it to somebody else since.
- A recording ends with its last chunk. When the card keeps that waiting, a change is made all the same, and
  the recording ends as soon as the chunk is stored.

| state | event | becomes | and the camera does this, in order |
|---|---|---|---|
"""


def page() -> str:
    """The page, from the machine as it is."""
    return _HEAD + "\n".join(row for name, state in STATES.items() for row in _rows(name, state)) + "\n"


def _rows(name: str, state: State) -> list[str]:
    rows = []
    for event in Event:
        after, actions = step(state, event)
        if Action.REFUSE in actions or (after == state and not actions):
            continue
        done = ", ".join(actions) or "nothing more"
        rows.append(f"| {name} | {event} | {_name(after)} | {done} |")
    return rows


def _name(state: State) -> str:
    """The state's name, with what it will come back to where that is not plain."""
    if state.recording and not state.faulty and state.home != "ready":
        return f"recording, then {state.home}"
    return str(state.mode)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - printing is what it is for
