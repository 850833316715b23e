"""What must hold of what was said at the door and commanded, on any disk that a crash left.

- Every event that was acknowledged is there, byte for byte, unless the fleet has taken it and it is not the
  newest; they are numbered without holes, and each names the one before (C3, C8).
- The id of every command that an event names is on the card, and no two events name one: it was durable
  before anything was done, and it was done once at most (L4).
- A command that was answered as done is on the card as that, or its event says so. Of one that was refused
  there is no event (L4).
- That the camera is private, or is not, is on the card as it was answered (C11).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from device.commands.journal import CommandJournal
from device.commands.obeying import way_of
from device.storage.filesystem import Filesystem
from device.storage.layout import StateFolder
from device.storage.private_mark import read_private
from protocol.footage.consent import ConsentEntryRead, read_consent
from tests.harness.crash.scripts.acknowledged import Acknowledged

Count = Callable[[str, bool, str], None]
"""Counts a promise that was checked; the sentence is what does not hold otherwise."""


def judge_obeyed(
    disk: Filesystem, folders: StateFolder, authority: bytes, acknowledged: Acknowledged, count: Count
) -> None:
    """Check all of it."""
    held = _events(disk, folders.consent, authority)
    _kept(held, acknowledged, count)
    _commands(disk, folders.commands, held, acknowledged, count)
    if acknowledged.private is not None:
        there = read_private(disk, folders.private) is not None
        count(
            "C11", there == acknowledged.private, f"the card says {there} of private, and otherwise was told"
        )


def _events(disk: Filesystem, folder: Path, authority: bytes) -> dict[int, tuple[str, ConsentEntryRead]]:
    found: dict[int, tuple[str, ConsentEntryRead]] = {}
    for name in disk.listdir(folder):
        if name.endswith(".cbor"):
            data = disk.read(folder / name)
            found[int(name.partition(".")[0])] = (
                hashlib.sha256(data).hexdigest(),
                read_consent(data, authority),
            )
    return found


def _kept(held: dict[int, tuple[str, ConsentEntryRead]], acknowledged: Acknowledged, count: Count) -> None:
    newest = max(acknowledged.consent, default=0)
    for number, sha256 in acknowledged.consent.items():
        there = number in held and held[number][0] == sha256
        gone = number not in held and number in acknowledged.taken and number < max(held, default=0)
        count("C3", there or gone, f"consent event {number} was acknowledged and is not there")
    count("C3", max(held, default=0) >= newest, "the count of consent events goes back")
    for number, (_, entry) in held.items():
        count("C3", entry.event.number == number, f"consent event {number} has another number")
        before = held.get(number - 1)
        names = before is None or entry.event.previous == before[1].digest
        count("C3", names, f"consent event {number} does not name the one before")


def _commands(
    disk: Filesystem,
    folder: Path,
    held: dict[int, tuple[str, ConsentEntryRead]],
    acknowledged: Acknowledged,
    count: Count,
) -> None:
    journal = CommandJournal(disk, folder)
    count("L4", not journal.unreadable, "a command on the card cannot be read")
    ways = Counter(entry.event.way for _, entry in held.values())
    for way, times in ways.items():
        if way.startswith("command "):
            known = journal.find(way.removeprefix("command ")) is not None
            count("L4", known and times == 1, f"{way} was done {times} times, and its id is known: {known}")
    for id_, (outcome, number) in acknowledged.commands.items():
        record = journal.find(id_)
        if outcome == "done":
            response = None if record is None else record.response
            same = response is not None and (str(response.outcome), response.consent) == (outcome, number)
            named = number in held and held[number][1].event.way == way_of(id_)
            count(
                "L4", same or (record is not None and named), f"command {id_} was done, and nothing says so"
            )
        elif outcome == "refused":
            count("L4", not ways[way_of(id_)], f"command {id_} was refused, and done")
