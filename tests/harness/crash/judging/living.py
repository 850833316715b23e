"""What a camera does on a disk that a crash left: it goes on, and in the end the fleet has everything."""

from __future__ import annotations

from collections import Counter

from device.commands.obeying import way_of
from device.recording.state import Event
from device.storage.filesystem import Filesystem
from protocol.footage.consent import SaidOfConsent, parse_consent
from protocol.units import US_PER_S
from tests.harness.crash.judging.judge import Judge, LossError
from tests.harness.crash.scripts.acknowledged import Acknowledged
from tests.harness.crash.scripts.fleet import MemoryFleet
from tests.harness.crash.scripts.life import Life
from tests.support.camera.recorders import HandClock
from tests.support.media.recordings import SECOND_NS

SEED = 1_000_003
LATER_NS = 10**6 * SECOND_NS


def live_on(disk: Filesystem, judge: Judge, acknowledged: Acknowledged, fleet: MemoryFleet) -> dict[str, int]:
    """Start on the disk, record once more, and upload all there is.

    Returns:
        How often each promise was checked.

    Raises:
        LossError: One does not hold.
    """
    heard = Acknowledged()
    life = Life(disk, heard.hear, SEED, judge.settings)
    life.clock = HandClock(LATER_NS)
    life.fleet = fleet
    fleet.say = life.say
    try:
        if acknowledged.commanded:  # the newest still counts
            life.fleet_us = max(acknowledged.commanded.values()) + US_PER_S
        life.boot()
        for id_, issued_us in acknowledged.commanded.items():  # which the broker delivers again
            life.obeying.command(id_, SaidOfConsent.GIVEN, issued_us)
        life.recorder.change(Event.PRIVATE_OFF)
        life.chunks(2)
        number = life.press().number
        life.chunk()
        life.stop()
        life.upload()
    except Exception as error:
        raise LossError(f"the camera does not go on: {type(error).__name__}: {error}") from error
    events = (parse_consent(life.obeying.log.read(each)).event for each in life.obeying.log.waiting())
    ways = Counter(each.way for each in events)
    once = all(ways[way_of(id_)] <= 1 for id_ in acknowledged.commanded)
    checked = {"C3": 0, "L3": 0, "C8": 0, "L4": 0}
    for promise, holds, otherwise in (
        (
            "L3",
            number is not None and number > max((*acknowledged.held, *acknowledged.sent), default=0),
            "is an old number",
        ),
        ("L4", once, f"names commands that were done again: {ways}"),
        ("C3", heard.held[number or 0].ended == "closed", "was not recorded"),
        ("C8", not life.troubles, f"was not taken by the fleet: {life.troubles}"),
        ("C8", all(each.receipt for each in life.shelf.recordings()), "is still there"),
    ):
        checked[promise] += 1
        if not holds:
            raise LossError(f"{promise}: after recovery, recording {number} {otherwise}")
    return checked
