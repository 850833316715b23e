"""What happens to the cameras whose every crash is tried: some scripts by hand, others drawn by their seed.

- 1: the whole of it once, in its plainest order, with every kind of thing that a camera keeps. 2: the same on
  a camera that keeps its recordings after the receipt.
- 3, 4: a card that fails now and then: short writes, writes and syncs that are refused, a full card.
- 5 to 7: a camera whose process is killed in the middle of things and starts again: the disk's cache survives
  that, so what was not synced before is still not, and a power cut may come later.
- 8 to 15: a camera that does one thing again and again until each sync of it has failed once, whether of a
  file or of a folder: press, record, bookmark, stop, upload, renew, take what the fleet wants, start again.
  The presses once with their file made before, and once with no time for that.
- 16: a card that refuses all that follows a press, for longer than the window is: recordings that are safe
  and have no folder yet grow, are bookmarked, stopped, pressed again and restarted.
- From 17 on: the same steps in another order.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import random
import re
from collections.abc import Callable

from device.config.sections import Config
from device.errors import DeviceError
from device.recording.state import Event
from protocol.footage.consent import SaidOfConsent
from tests.harness.crash.disk.disk import MemoryDisk
from tests.harness.crash.scripts.life import Life
from tests.harness.crash.scripts.start import config
from tests.support.storage.disks import Call, refuse

STEPS = 14

FAULTS = (
    ("write", ".seg", errno.ENOSPC),
    ("write", "ledger", errno.ENOSPC),
    ("write", "ledger", errno.EIO),
    ("sync_data", ".seg", errno.EIO),
    ("sync_data", "ledger", errno.EIO),
    ("sync", ".seg", errno.EIO),
    ("create", ".seg", errno.ENOSPC),
    ("link", "recordings", errno.ENOSPC),
    ("mkdir", "recordings", errno.ENOSPC),
    ("rename", "recordings", errno.EIO),
    ("sync_dir", "recordings", errno.EIO),
    ("sync_dir", "recordings$", errno.EIO),
    ("sync", "desired", errno.EIO),
    ("create", "commands", errno.ENOSPC),
    ("sync_dir", "commands$", errno.EIO),
    ("sync_dir", "consent$", errno.EIO),
    ("rename", "private", errno.EIO),
)
"""What the card may refuse: the operation, an expression that is found in the path, and the error."""

AFTER_A_PRESS = (
    ("mkdir", "recordings"),
    ("link", "recordings/.*seg"),
    ("link", "recordings/.*ledger"),
    ("sync_dir", "recordings/.*new$"),
    ("rename", "recordings"),
    ("unlink", "ledger$"),
)
"""What a camera does for a recording once the press has been answered, and may be refused."""

SYNCS = frozenset({"sync_data", "sync", "sync_dir"})


class KilledError(BaseException):
    """The process is gone; nothing after this line is done."""


def live_through(disk: MemoryDisk, seed: int = 1) -> Life:
    """Play the seed's script on an empty disk."""
    life = Life(disk, disk.say, seed, settings_of(seed))
    script = BY_HAND.get(seed, drawn)
    script(life, disk)
    return life


def settings_of(seed: int) -> Config:
    """How the camera of a script is configured: every other one keeps its recordings after the receipt."""
    return config(after_receipt="keep" if seed % 2 == 0 else "delete")


def plain(life: Life, _disk: MemoryDisk) -> None:
    """Everything once."""
    life.boot()
    life.want("visit-1")
    life.chunks(8)
    life.press()
    life.chunks(2)
    life.bookmark()
    life.stop()
    life.chunk()
    life.upload(3)
    life.press()
    life.chunk()
    life.upload(4)
    life.step_clock(365 * 86400)
    life.chunks(3)  # rolls over
    life.sleep(30)
    life.stop()
    life.renew()
    life.upload()
    life.chunk()
    life.change(Event.PRIVATE_ON)
    life.press()
    life.chunk()
    life.stop()
    life.change(Event.PRIVATE_OFF)
    life.hear_said(SaidOfConsent.GIVEN)
    life.press()
    life.command(SaidOfConsent.WITHDRAWN)
    life.command(SaidOfConsent.WITHDRAWN, again=True)
    life.consent_taken()
    life.restart()
    life.change(Event.PRIVATE_OFF)
    life.command(SaidOfConsent.REFUSED, told=False)
    life.want("visit-2")
    life.chunks(2)
    life.shut_down()
    life.boot()
    life.chunks(2)
    life.press()
    life.chunk()


def failing(life: Life, disk: MemoryDisk) -> None:
    """Half of the faults, each in a recording that goes on after it."""
    life.boot()
    life.chunks(3)
    for number, (name, within, code) in enumerate(FAULTS[life.seed % 2 :: 2]):
        life.press()
        with_fault(life, disk, name, within, code, times=1 + number % 2)
        if number % 2:
            life.stop()
            life.upload()
    life.stop()
    life.upload()


def killed(life: Life, disk: MemoryDisk) -> None:
    """Each step killed once on its way."""
    life.boot()
    draw = random.Random(life.seed)
    for step in (
        life.press,
        life.chunk,
        life.stop,
        life.upload,
        life.renew,
        lambda: life.want("visit-1"),
        lambda: life.command(SaidOfConsent.REFUSED),
        lambda: life.hear_said(SaidOfConsent.GIVEN),
    ):
        life.chunks(2)
        life.press()
        life.chunk()
        if step not in (life.chunk, life.stop):
            life.stop()
        kill_in(life, disk, step, draw.randint(0, 24))
    life.chunks(2)
    life.press()
    life.chunk()
    life.upload()


def refused(life: Life, disk: MemoryDisk) -> None:
    """One thing again and again, until each of its syncs has failed once."""
    things = ordinary(life, random.Random(life.seed)) | {"want": lambda: life.want("visit-1")}
    name = REFUSED[life.seed]
    life.boot()
    life.chunks(3)
    for hurried in (False, True) if name == "press" else (False,):
        life.hurried = hurried
        for number in itertools.count():
            life.press()
            life.chunk()
            if name not in DURING:
                life.stop()
            more = refuse_sync(life, disk, things[name], number)
            life.chunks(2)
            life.stop()
            if not more:
                break
            life.upload()


def refuse_sync(life: Life, disk: MemoryDisk, step: Callable[[], object], after: int, times: int = 1) -> bool:
    """Refuse the sync of a step that comes after so many; tell whether it has one. A start is tried again.

    Args:
        life: The camera.
        disk: Its disk.
        step: What it does.
        after: How many syncs succeed first.
        times: How many are refused, one after the other.
    """
    left = [after]

    def before(call: Call) -> None:
        left[0] -= call.name in SYNCS
        if left[0] < 0 and call.name in SYNCS:
            if left[0] <= -times:
                disk.before = None
            raise OSError(errno.EIO, "refused")

    disk.before = before
    life.flaky = True
    try:
        step()
    except DeviceError:
        disk.before = None
        life.boot()
    life.chunk()
    life.flaky = False
    disk.before = None
    return left[0] < 0


def with_fault(
    life: Life, disk: MemoryDisk, name: str, within: str, code: int, *, times: int, short: bool = True
) -> None:
    """The card refuses something a number of times, while a few ordinary things go on."""
    life.flaky = True
    refused = refuse(code, name=name, within=within, times=times)
    cut = [short and name == "write"]

    def before(call: Call) -> int | None:
        if cut[0] and call.name == "write" and re.search(within, str(call.path)) and call.size > 700:
            cut[0] = False
            return 700
        refused(call)
        return None

    disk.before = before
    life.chunk()
    life.press()
    life.bookmark()
    life.want("visit-3")
    life.command(SaidOfConsent.GIVEN)
    life.chunks(2)
    disk.before = None
    life.chunk()
    life.flaky = False


def unpublished(life: Life, disk: MemoryDisk) -> None:
    """Whatever follows a press is refused for a while, at each of its steps in turn."""
    life.boot()
    life.chunks(4)
    for name, within in AFTER_A_PRESS:
        life.press()
        life.chunks(1)
        life.stop()
        withhold(life, disk, name, within, seconds=8)
        life.stop()
        life.chunks(2)
        life.upload()
    life.press()
    disk.before = refuse(errno.EIO, name="mkdir", within="recordings")
    life.chunks(2)
    life.stop()
    life.press()
    life.chunks(2)
    disk.before = None
    life.boot()
    life.chunks(2)
    life.upload()


def withhold(life: Life, disk: MemoryDisk, name: str, within: str, seconds: int) -> None:
    """No recording gets its folder while so many seconds pass, in which one is stopped and another begins."""
    life.stop()
    disk.before = refuse(errno.EIO, name=name, within=within)
    life.unpublished = True
    life.press()
    life.chunks(seconds // 2)
    life.bookmark()
    life.chunks(seconds - seconds // 2)
    life.stop()
    life.press()
    life.chunk()
    disk.before = None
    life.unpublished = False
    life.chunk()


def kill_in(life: Life, disk: MemoryDisk, step: Callable[[], object], after: int) -> None:
    """Kill the process after so many operations of a step, at its end at the latest, and start another."""
    left = [after]

    def before(_: Call) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KilledError

    disk.before = before
    with contextlib.suppress(KilledError):
        step()
    disk.before = None
    life.boot()


def drawn(life: Life, disk: MemoryDisk, steps: int = STEPS) -> None:
    """Some other order of the same steps, the same for the same seed."""
    draw = random.Random(life.seed)
    life.fleet.lose = lambda: draw.random() < 0.1
    life.boot()
    life.chunks(draw.randint(0, 9))
    usual = ordinary(life, draw)
    rare: dict[str, Callable[[], object]] = {
        "sync": lambda: refuse_sync(
            life, disk, usual[draw.choice(sorted(usual))], draw.randint(0, 8), draw.randint(1, 4)
        ),
        "fault": lambda: with_fault(life, disk, *draw.choice(FAULTS), times=draw.randint(1, 3)),
        "withhold": lambda: withhold(life, disk, *draw.choice(AFTER_A_PRESS), seconds=draw.randint(1, 9)),
        "kill": lambda: kill_in(life, disk, usual[draw.choice(sorted(usual))], draw.randint(0, 30)),
    }
    for _ in range(steps):
        choice = draw.choice((*sorted(usual), "chunks", "chunks", "press", "press", "upload", *rare))
        (usual | rare)[choice]()


def ordinary(life: Life, draw: random.Random) -> dict[str, Callable[[], object]]:
    """What an officer, a fleet and time do to a camera, by name."""
    return {
        "chunks": lambda: life.chunks(draw.randint(1, 4)),
        "press": life.press,
        "stop": life.stop,
        "bookmark": life.bookmark,
        "chunk": life.chunk,
        "upload all": life.upload,
        "upload": lambda: life.upload(draw.choice((1, 2, 4, 1000))),
        "sleep": lambda: life.sleep(draw.randint(1, 40)),
        "clock": lambda: life.step_clock(draw.choice((-1, 1)) * draw.randint(1, 10**8)),
        "private": lambda: life.change(draw.choice((Event.PRIVATE_ON, Event.PRIVATE_OFF))),
        "dock": lambda: life.change(draw.choice((Event.DOCK, Event.UNDOCK))),
        "want": lambda: life.want(draw.choice((None, "visit-1", "visit-2"))),
        "said": lambda: life.hear_said(draw.choice((SaidOfConsent.GIVEN, SaidOfConsent.REFUSED))),
        "command": lambda: life.command(
            draw.choice((SaidOfConsent.GIVEN, SaidOfConsent.WITHDRAWN)), told=draw.random() < 0.7
        ),
        "command again": lambda: life.command(SaidOfConsent.GIVEN, again=True),
        "consent taken": life.consent_taken,
        "renew": life.renew,
        "restart": life.restart,
    }


REFUSED = dict(
    enumerate(("press", "chunk", "bookmark", "stop", "upload all", "renew", "want", "restart"), start=8)
)
DURING = frozenset({"chunk", "bookmark", "stop"})
"""What is done while a recording is under way."""

OVER_AND_OVER = frozenset({*REFUSED, 16})
"""Scripts in which one thing is done again and again."""

BY_HAND = {
    1: plain,
    2: plain,
    3: failing,
    4: failing,
    5: killed,
    6: killed,
    7: killed,
    16: unpublished,
    **dict.fromkeys(REFUSED, refused),
}
