"""Draws every page of the fleet in the states that matter, to be looked at, by day and by night.

    python -m tests.support.pages.every_look FOLDER [NAME ...]

They are of the real service in a real browser, over a staged day. Nothing is judged here: whoever changes a
page looks at what this made. What a program can judge is in ``tests/e2e``.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import BrowserContext, Page, expect

from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.event_record import EventKind
from tests.support.fleet.desk import Desk, Speaker
from tests.support.fleet.evidence import EvidenceCamera, evidence_camera, evidence_office
from tests.support.fleet.sending import Sender, send
from tests.support.media.media import MediaTake
from tests.support.network.browser import LAPTOP, PHONE, visitor
from tests.support.pages.office_looks import office

LONG_S, BEFORE_S, HOLES = 100, 30, 30
SIZES = {"laptop": LAPTOP, "phone": PHONE}
SHORT = (1280, 620)
"""A laptop with a browser that takes much of its height: a player has to be whole on it."""
PAPER = (794, 1123)
"""A4 at 96 px an inch."""

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Look:
    """One page in one state: its name, its address, and what is done on it before it is drawn."""

    name: str
    path: str
    steps: Sequence[Step] = ()
    signed_in: bool = True


@dataclass
class Staged:
    """A day with something of everything."""

    desk: Desk
    looks: list[Look] = field(default_factory=list)
    say_again: list[Callable[[], None]] = field(default_factory=list)

    def add(self, name: str, path: str, *steps: Step, signed_in: bool = True) -> None:
        """Have a page looked at."""
        self.looks.append(Look(name, path, steps, signed_in))

    def recording(self, name: str, take: MediaTake, *, played: bool = True) -> None:
        """Have a recording's page looked at, and its player."""
        path = f"/recordings/{take.recording.hex()}"
        self.add(f"recording-{name}", path)
        if played:
            self.add(f"player-{name}", path, _play)


def main(folder: Path, names: Sequence[str]) -> None:
    """Draw them all, or those whose names begin with one of ``names``."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, evidence_office(Path(place)) as desk, ExitStack() as ends:
        day = Staged(desk)
        _cameras(day, ends)
        _recordings(day)
        _others(day)
        office(desk, day.add)
        for theme in ("light", "dark"):
            for size in SIZES:
                _draw(day, [each for each in day.looks if _wanted(each.name, names)], theme, size, folder)
            _draw(day, _players(day, names), theme, "short", folder)
        _print(day, [each for each in day.looks if _wanted(f"print-{each.name}", names)], folder)


def _players(day: Staged, names: Sequence[str]) -> list[Look]:
    return [each for each in day.looks if each.name.startswith("player-") and _wanted(each.name, names)]


def _wanted(name: str, names: Sequence[str]) -> bool:
    return not names or any(name.startswith(each) for each in names)


def _draw(day: Staged, looks: Sequence[Look], theme: str, size: str, folder: Path) -> None:
    for look in looks:
        for say in day.say_again:
            say()
        with _visit(day.desk, look, SIZES.get(size, SHORT), dark=theme == "dark") as context:
            page = context.new_page()
            page.goto(look.path)
            for step in look.steps:
                step(page)
            is_whole = size in SIZES
            if is_whole:
                page.evaluate("scrollTo(0, 0)")
            page.screenshot(
                path=folder / f"{look.name}-{size}-{theme}.png", full_page=is_whole, animations="disabled"
            )


def _print(day: Staged, looks: Sequence[Look], folder: Path) -> None:
    for look in looks:
        if look.name.startswith("player-") or not look.signed_in:
            continue
        for theme in ("light", "dark"):
            with _visit(day.desk, look, PAPER, dark=theme == "dark") as context:
                page = context.new_page()
                page.goto(look.path)
                page.emulate_media(media="print")
                path = folder / f"print-{look.name}-{theme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")


@contextmanager
def _visit(desk: Desk, look: Look, size: tuple[int, int], *, dark: bool) -> Iterator[BrowserContext]:
    if look.signed_in:
        with desk.elsewhere(size=size, dark=dark) as context:
            yield context
        return
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=size, dark=dark) as context:
        yield context


def _cameras(day: Staged, ends: ExitStack) -> None:
    """Fifteen cameras: worn, in, low, faulty, unheard, out of service."""
    desk = day.desk
    speakers = [ends.enter_context(desk.speaking(desk.camera())) for _ in range(11)]
    worn = {
        number: desk.hand_out(speakers[number].camera.id, desk.officer(f"Officer {number + 1}"))
        for number in range(6)
    }
    special: dict[int, dict[str, object]] = {
        1: {"state": "private", "prerecord_s": 0.0},
        2: {"battery_percent": 9, "clock_synchronised": False},
        3: {
            "state": "docked",
            "upload": {"recordings": 2, "bytes_left": 52_000_000, "current": 4},
            "made": 4,
        },
        4: {"faults": ("The microphone gives no sound.",)},
        7: {"storage_free_bytes": 6, "clock_synchronised": False},
        8: {"state": "fault", "faults": ("The card cannot be written.",)},
    }
    _press(speakers[5], worn[5])
    special[5] = {"state": "recording", "recording": 1, "made": 1}
    for number, speaker in enumerate(speakers):
        if number != 10:
            day.say_again.append(partial(_say, speaker, worn.get(number), **special.get(number, {})))
    for say in day.say_again:
        say()
    silent = desk.camera().id
    desk.hand_out(silent, desk.officer("Officer 20"))
    day.add("camera-worn", f"/cameras/{speakers[3].camera.id}")
    day.add("camera-faulty", f"/cameras/{speakers[8].camera.id}")
    day.add("camera-never-heard", f"/cameras/{silent}")
    twice = speakers[9].camera.id
    day.add("camera-doubled", f"/cameras/{twice}")
    day.add("hand-out-doubled", f"/hand-out?camera={twice}")
    _double(desk, twice)
    recording = speakers[5].camera.id
    day.add("hand-out", "/hand-out")
    day.add("hand-out-chosen", f"/hand-out?camera={speakers[7].camera.id}")
    day.add(
        "hand-out-asks",
        "/hand-out",
        lambda page: page.locator(f"#out-{recording}").get_by_role("button").click(),
    )


def _double(desk: Desk, camera: str) -> None:
    """Have two devices known to use a camera's identity: no support of tests makes a second one talk."""
    with sqlite3.connect(desk.fleet.state / "fleet.sqlite3") as database:
        now = "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'"
        database.execute(
            f"UPDATE cameras SET doubled_since = {now}, doubled_last = {now} WHERE id = ?",  # noqa: S608 - ours
            (camera,),
        )


def _say(speaker: Speaker, worn: str | None, **more: object) -> None:
    speaker.say(
        **{
            "state": "ready" if worn else "standby",
            "assignment": worn,
            "prerecord_s": 179.1 if worn else 0.0,
            "battery_percent": 64,
            "storage_free_bytes": 90,
            "storage_total_bytes": 100,
            "made": 0,
            "upload": {"recordings": 0, "bytes_left": 0},
            **more,
        }
    )


def _press(speaker: Speaker, worn: str) -> None:
    _say(speaker, worn, state="recording", recording=1, made=1)
    speaker.tell_of_opened(assignment=worn)


def _recordings(day: Staged) -> None:
    """One that is whole, with gaps, cut off, in part, of an unset clock, full of marks, and refused."""
    camera = evidence_camera(day.desk, "Officer 30")
    day.recording("whole", _whole(day, camera))
    day.recording("gaps", _with_gaps(day, camera))
    cut = camera.footage(3, seconds=14).record(prerecord=9, assignment=camera.assignment, closed=False)
    _sent(day, camera, cut, "cut off")
    day.recording("cut-off", cut)
    unset = camera.footage(4, seconds=14).record(prerecord=9, assignment=None, clock_set=False)
    _sent(day, camera, unset)
    day.recording("clock-unset", unset)
    day.recording("marks", _with_marks(day, camera))
    refused = camera.take(6, seconds=4, prerecord=2)
    refused.segments[min(refused.segments)][-40] ^= 1
    send(day.desk.fleet, camera.files, refused)
    day.recording("refused", refused)
    part = camera.take(7)
    _partly(day, camera, part, [min(part.segments)])
    day.recording("not-whole", part)
    pieces = camera.take(8)
    names = sorted(pieces.segments)
    _partly(day, camera, pieces, [names[-1]])
    day.recording("its-end-first", pieces)
    with sqlite3.connect(day.desk.fleet.state / "fleet.sqlite3") as database:
        database.execute(
            "UPDATE assignments SET started = datetime(started, '-2 hours') || '.000000' WHERE id = ?",
            (camera.assignment,),
        )


def _sent(day: Staged, camera: EvidenceCamera, take: MediaTake, ended: str = "closed") -> None:
    assert send(day.desk.fleet, camera.files, take, ended=ended) == "receipt"


def _partly(day: Staged, camera: EvidenceCamera, take: MediaTake, names: Sequence[str]) -> None:
    with day.desk.fleet.camera_api(camera.files) as client:
        sender = Sender(client, take)
        sender.ledger()
        sender.segments(names)


def _whole(day: Staged, camera: EvidenceCamera) -> MediaTake:
    take = camera.footage(1, seconds=20)
    for _ in range(9):
        take.chunk()
    take.press(asked_s=9, assignment=camera.assignment)
    for second in range(9, 20):
        take.live()
        if second in {12, 15}:
            take.event(EventKind.BOOKMARK)
        if second == 14:
            take.event(EventKind.PRESS, trigger="control")
            take.event(EventKind.FAULT, what="The microphone went away.")
    take.close()
    _sent(day, camera, take)
    return take


def _with_gaps(day: Staged, camera: EvidenceCamera) -> MediaTake:
    take = camera.footage(2, seconds=LONG_S)
    for second in range(LONG_S):
        if second == BEFORE_S:
            take.press(asked_s=BEFORE_S, assignment=camera.assignment)
        plain = take.media[second]
        if second % 3 == 1 and second // 3 < HOLES:
            gap = Gap(Track.AUDIO, plain.start_ns, plain.duration_ns, GapCause.NO_MICROPHONE)
            take.media[second] = replace(plain, parts=plain.parts[:1], gaps=(gap,))
        take.chunk() if second < BEFORE_S else take.live()
    take.close()
    _sent(day, camera, take)
    return take


def _with_marks(day: Staged, camera: EvidenceCamera) -> MediaTake:
    """Five hundred bookmarks."""
    take = camera.footage(5, seconds=LONG_S)
    for _ in range(BEFORE_S):
        take.chunk()
    take.press(asked_s=BEFORE_S, assignment=camera.assignment)
    for second in range(BEFORE_S, LONG_S):
        take.live()
        for _ in range(8 if second < LONG_S - 10 else 2):
            take.event(EventKind.BOOKMARK)
    take.close()
    _sent(day, camera, take)
    return take


def _others(day: Staged) -> None:
    """The pages that need no staging of their own."""
    with day.desk.fleet.api() as api:
        people = api.get("/api/v1/officers").json()
    rows = people if isinstance(people, list) else people["officers"]
    one, gone = (
        rows[0]["id"],
        day.desk.officer("Officer with a name as long as names become, of Nether Wallop"),
    )
    with day.desk.fleet.api() as api:
        api.post(f"/api/v1/officers/{gone}/retire", json={})
    day.add("today", "/", lambda page: expect(page.locator("#live-status")).to_contain_text("Live"))
    day.add("cameras", "/cameras")
    day.add("officers", "/officers?retired=yes")
    day.add("officer", f"/officers/{one}")
    day.add("officer-retired", f"/officers/{gone}")
    day.add("officer-refused", f"/officers/{one}", _rename)
    day.add("recordings", "/recordings")
    day.add("recordings-reversed", "/recordings?from=2026-11-22&to=2026-11-20")
    day.add("odd-address", "/nowhere/at/all")
    day.add("sign-in", "/sign-in", signed_in=False)
    day.add("signed-out", "/officers", _expire)


def _play(page: Page) -> None:
    """Say why, and stop it at its beginning."""
    page.get_by_role("region", name="Watch").get_by_text("Reviewing an incident").click()
    page.get_by_role("button", name="Watch", exact=True).click()
    page.wait_for_function("() => document.querySelector('#footage')?.readyState > 1")
    page.evaluate("document.querySelector('#footage').pause()")


def _rename(page: Page) -> None:
    page.get_by_label("Name, as colleagues know them").fill("Officer 2")
    page.get_by_role("button", name="Rename").click()


def _expire(page: Page) -> None:
    """Have the tab hear that its person is signed out; the session itself goes on for the other pages."""
    page.context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # it asks when it is seen again
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=15_000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
