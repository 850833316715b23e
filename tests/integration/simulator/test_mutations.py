"""The oracle is not fooled: whatever is taken, cut, swapped, put back or held back after a run makes it fail.

One real run of one camera with two recordings. Between its last step and the judging its world is changed, in
one place at a time, judged, and put back. At the end the untouched run has to pass.
"""

from __future__ import annotations

import queue
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from protocol.footage.ledger.ledger import LEDGER_NAME, iter_ledger
from protocol.footage.receipt import RECEIPT_NAME
from simulator.fleet.api import CameraCount, FleetApi
from simulator.fleet.receipts import receipt_desk
from simulator.oracle.judge import broken, judge, not_evaluated, passed
from simulator.oracle.world import ListedRecording
from simulator.progress import TerminalProgress
from simulator.scenario.collect import Kept, collect
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Left, Run, case_of
from tests.support.scenarios import scenario, step, wait

SCENARIO = scenario(
    "two",
    "wait_ring_full",
    "press",
    wait(1.5),
    "press",
    "bookmark",
    "stop",
    "press",
    wait(1.2),
    "bookmark",
    "stop",
    step("wait_held", timeout_s=120),
    title="One camera, two recordings",
    full_prerecord=False,
    listed_within_s=120,
)
PATIENCE_S = 200


@dataclass
class WaitingRun:
    """A run that waits between its last step and the judging."""

    loaded: LoadedScenario
    left: Left
    keep: Path
    folder: Path

    @property
    def objects(self) -> Path:
        """Where the fleet stores the camera's recordings."""
        return self.keep / "fleet/footage/objects/recordings/cam-01"

    @property
    def database(self) -> Path:
        """The fleet's database."""
        return self.keep / "fleet/fleet.sqlite3"

    @property
    def recordings(self) -> Path:
        """Where the camera keeps its recordings."""
        return self.left.context.group["cam-01"].spec.state / "recordings"

    def failures(self, recordings: Path | None = None, api: FleetApi | None = None) -> list[str]:
        """Judge the world as it is now, and say what does not hold; nothing for a run that passes."""
        camera = self.left.context.group["cam-01"]
        folders = sorted(each for each in (recordings or self.recordings).iterdir() if each.name.isdigit())
        exports = Path(self.folder / "exports")
        shutil.rmtree(exports, ignore_errors=True)
        exports.mkdir()
        with receipt_desk(camera.spec.state, camera.place.cameras_url) as ask:
            kept = Kept(camera.place.camera, tuple(folders), ask)
            world = collect([kept], api or self.left.site.api, exports)
        checks = judge(case_of(self.loaded.scenario, self.left, world))
        found = [each.sentence for each in (*broken(checks), *not_evaluated(checks))]
        assert passed(checks) == (not found)
        return found


def hunted(*each: object) -> list[object]:
    """Those that ``make hunt`` tries; of each kind a few are tried every time."""
    return [pytest.param(one, marks=pytest.mark.hunt) for one in each]


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WaitingRun]:
    folder = tmp_path_factory.mktemp("mutations")
    keep = folder / "keep"
    keep.mkdir()
    loaded = LoadedScenario(parse_scenario(SCENARIO, origin="two.toml"), SCENARIO)
    draft = draft_of(loaded, None, None, kept=True)
    reached: queue.Queue[Left | None] = queue.Queue()
    go_on = threading.Event()

    def between(left: Left) -> None:
        left.context.group["cam-01"].shut_down()
        reached.put(left)
        go_on.wait()

    def perform() -> None:
        with TerminalProgress() as progress:
            Run(loaded, 1, keep, None, {}, threading.Event(), progress, draft, between).perform()
        reached.put(None)

    thread = threading.Thread(target=perform)
    thread.start()
    left = reached.get(timeout=PATIENCE_S)
    try:
        assert left is not None, draft.error
        yield WaitingRun(loaded, left, keep, folder)
    finally:
        go_on.set()
        thread.join()
    report = draft.report()
    assert report.passed, [each.sentence for each in report.checks if not each.passed]


def test_the_world_as_it_was_left_holds(waiting: WaitingRun) -> None:
    history = waiting.left.context.recorder.history
    assert history.acknowledged == history.operations
    assert len(history.operations) == 8
    assert waiting.failures() == []


# In the camera's folder. The first argument is a copy of it.


def one_of(folder: Path, pattern: str) -> Path:
    """One in the middle of those that there are: neither the first nor the last is anything special."""
    found = sorted(folder.glob(pattern))
    return found[len(found) // 2]


def delete_recording(recordings: Path) -> None:
    shutil.rmtree(recordings / "00000002")


def delete_segment(recordings: Path) -> None:
    one_of(recordings / "00000001", "*.seg").unlink()


def delete_ledger(recordings: Path) -> None:
    (recordings / "00000001" / LEDGER_NAME).unlink()


def cut(file: Path, to: int) -> None:
    data = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(data[:to])


def truncate_segment(recordings: Path) -> None:
    segment = one_of(recordings / "00000001", "*.seg")
    cut(segment, segment.stat().st_size // 2)


def cut_ledger(recordings: Path, back: int) -> None:
    """Take the last records off a ledger and the receipt along: what is left is signed and chained."""
    file = recordings / "00000001" / LEDGER_NAME
    entries = list(iter_ledger(file.read_bytes()))
    cut(file, entries[-1 - back].end)
    (recordings / "00000001" / RECEIPT_NAME).unlink()


def take_the_close(recordings: Path) -> None:
    cut_ledger(recordings, 1)


def take_all_but_the_open(recordings: Path) -> None:
    file = recordings / "00000001" / LEDGER_NAME
    cut(file, next(iter_ledger(file.read_bytes())).end)


def swap(first: Path, second: Path) -> None:
    aside = first.with_name("aside")
    first.rename(aside)
    second.rename(first)
    aside.rename(second)


def swap_recordings(recordings: Path) -> None:
    swap(recordings / "00000001", recordings / "00000002")


def swap_ledgers(recordings: Path) -> None:
    swap(recordings / "00000001" / LEDGER_NAME, recordings / "00000002" / LEDGER_NAME)


def replay_recording(recordings: Path) -> None:
    shutil.rmtree(recordings / "00000002")
    shutil.copytree(recordings / "00000001", recordings / "00000002")


def one_more(recordings: Path) -> None:
    shutil.copytree(recordings / "00000001", recordings / "00000003")


def replay_receipt(recordings: Path) -> None:
    shutil.copy(recordings / "00000001" / RECEIPT_NAME, recordings / "00000002" / RECEIPT_NAME)


def withhold_receipt(recordings: Path) -> None:
    (recordings / "00000002" / RECEIPT_NAME).unlink()


def flip_a_bit(recordings: Path) -> None:
    segment = min((recordings / "00000002").glob("*.seg"))
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.chmod(0o600)
    segment.write_bytes(data)


@pytest.mark.parametrize(
    "mutate",
    [
        delete_recording,
        flip_a_bit,
        *hunted(
            delete_segment,
            delete_ledger,
            truncate_segment,
            take_the_close,
            take_all_but_the_open,
            swap_recordings,
            swap_ledgers,
            replay_recording,
            one_more,
            replay_receipt,
            withhold_receipt,
        ),
    ],
)
def test_in_the_camera_s_folder(waiting: WaitingRun, tmp_path: Path, mutate: Callable[[Path], None]) -> None:
    copy = tmp_path / "recordings"
    shutil.copytree(waiting.recordings, copy)
    assert waiting.failures(copy) == []
    mutate(copy)

    assert waiting.failures(copy)


# In the store of the fleet, which is put back afterwards.


def delete_stored(objects: Path) -> None:
    shutil.rmtree(objects / "00000001")


def delete_stored_segment(objects: Path) -> None:
    one_of(objects / "00000001", "segments/*.seg").unlink()


def truncate_stored_segment(objects: Path) -> None:
    segment = one_of(objects / "00000001", "segments/*.seg")
    cut(segment, segment.stat().st_size // 2)


def truncate_stored_ledger(objects: Path) -> None:
    file = objects / "00000001" / LEDGER_NAME
    cut(file, list(iter_ledger(file.read_bytes()))[-2].end)


def swap_stored(objects: Path) -> None:
    swap(objects / "00000001", objects / "00000002")


def replay_stored(objects: Path) -> None:
    shutil.rmtree(objects / "00000002")
    shutil.copytree(objects / "00000001", objects / "00000002")


def withhold_stored_ledger(objects: Path) -> None:
    (objects / "00000002" / LEDGER_NAME).unlink()


def withhold_stored_receipt(objects: Path) -> None:
    """Every camera has its copy, and the fleet says that it signed: this was once not noticed."""
    (objects / "00000001" / RECEIPT_NAME).unlink()


def truncate_stored_receipt(objects: Path) -> None:
    receipt = objects / "00000001" / RECEIPT_NAME
    cut(receipt, receipt.stat().st_size // 2)


def replay_stored_receipt(objects: Path) -> None:
    cut(objects / "00000002" / RECEIPT_NAME, 0)
    (objects / "00000002" / RECEIPT_NAME).write_bytes((objects / "00000001" / RECEIPT_NAME).read_bytes())


@pytest.mark.parametrize(
    "mutate",
    [
        swap_stored,
        *hunted(
            withhold_stored_receipt,
            truncate_stored_receipt,
            replay_stored_receipt,
            delete_stored,
            delete_stored_segment,
            truncate_stored_segment,
            truncate_stored_ledger,
            replay_stored,
            withhold_stored_ledger,
        ),
    ],
)
def test_in_the_store(waiting: WaitingRun, tmp_path: Path, mutate: Callable[[Path], None]) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(waiting.objects, whole)
    try:
        mutate(waiting.objects)
        found = waiting.failures()
    finally:
        shutil.rmtree(waiting.objects)
        shutil.copytree(whole, waiting.objects)

    assert found


# In the database of the fleet, which is put back afterwards.


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM recordings WHERE number = 1",
        "UPDATE recordings SET report = (SELECT report FROM recordings WHERE number = 1)",
        *hunted(
            "DELETE FROM segments WHERE recording_id = (SELECT id FROM recordings WHERE number = 1)",
            "DELETE FROM ledger_pieces WHERE recording_id = (SELECT id FROM recordings WHERE number = 1)",
            "UPDATE recordings SET recording = substr(recording, 2) || 'f' WHERE number = 1",
            "UPDATE recordings SET number = number + 10",
            "UPDATE recordings SET state = 'uploading' WHERE number = 2",
            "UPDATE recordings SET state = 'failed' WHERE number = 2",
            "UPDATE recordings SET receipt_sha256 = NULL WHERE number = 1",
            "UPDATE recordings SET prerecord_s = prerecord_s / 2 WHERE number = 1",
            "UPDATE recordings SET duration_s = duration_s / 2 WHERE number = 1",
            "UPDATE recordings SET report = NULL WHERE number = 1",
            "UPDATE recordings SET assignment_id = NULL, officer_id = NULL WHERE number = 1",
            "UPDATE assignments SET ended = started",
            "DELETE FROM assignments",
        ),
    ],
)
def test_in_the_database(waiting: WaitingRun, change: str) -> None:
    with closing(sqlite3.connect(":memory:")) as whole:
        with closing(sqlite3.connect(waiting.database)) as live:
            live.backup(whole)
        try:
            with closing(sqlite3.connect(waiting.database)) as live, live:
                live.execute("PRAGMA foreign_keys = OFF")
                live.execute("PRAGMA ignore_check_constraints = ON")
                changed = live.execute(change).rowcount
            found = waiting.failures()
        finally:
            with closing(sqlite3.connect(waiting.database)) as live:
                whole.backup(live)

    assert changed
    assert found


# In the messages: what the fleet answers to whoever asks.


class Liar(FleetApi):
    """A fleet whose answers are changed on their way."""

    def __init__(self, true: FleetApi) -> None:
        self._true = true
        self.authority = true.authority

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        return self._true.ask(method, path, body)

    def recordings(self, camera: str | None = None) -> tuple[ListedRecording, ...]:
        return self._true.recordings(camera)

    def consent_files(self, camera: str, first: int) -> tuple[bytes, bool]:
        return self._true.consent_files(camera, first)

    def report(self, recording: str) -> dict[str, Any]:
        return self._true.report(recording)

    def timeline(self, recording: str, purpose: str) -> dict[str, Any]:
        return self._true.timeline(recording, purpose)

    def export(
        self, recording: str, purpose: str, to: Path, *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self._true.export(recording, purpose, to, cancelled=cancelled)

    def assignments(self) -> dict[str, str]:
        return self._true.assignments()

    def accounts(self) -> dict[str, CameraCount]:
        return self._true.accounts()

    def other(self, recording: str) -> str:
        """The other of the two recordings."""
        [other] = [each.id for each in self._true.recordings("cam-01") if each.id != recording]
        return other


class WithheldFromTheList(Liar):
    def recordings(self, camera: str | None = None) -> tuple[ListedRecording, ...]:
        return super().recordings(camera)[:1]


class OldList(Liar):
    def recordings(self, camera: str | None = None) -> tuple[ListedRecording, ...]:
        return tuple(replace(each, state="uploading") for each in super().recordings(camera))


class ListedTwice(Liar):
    def recordings(self, camera: str | None = None) -> tuple[ListedRecording, ...]:
        return super().recordings(camera) * 2


class SwappedNumbers(Liar):
    def recordings(self, camera: str | None = None) -> tuple[ListedRecording, ...]:
        return tuple(replace(each, number=3 - each.number) for each in super().recordings(camera))


class ReplayedReport(Liar):
    def report(self, recording: str) -> dict[str, Any]:
        return super().report(self.other(recording))


class ReplayedExport(Liar):
    def export(
        self, recording: str, purpose: str, to: Path, *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        super().export(self.other(recording), purpose, to, cancelled=cancelled)


class CutExport(Liar):
    def export(
        self, recording: str, purpose: str, to: Path, *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        super().export(recording, purpose, to, cancelled=cancelled)
        cut(to, to.stat().st_size // 2)


class WithheldBookmarks(Liar):
    def timeline(self, recording: str, purpose: str) -> dict[str, Any]:
        shown = super().timeline(recording, purpose)
        return shown | {"events": [each for each in shown["events"] if each["kind"] != "bookmark"]}


class WithheldPress(Liar):
    def timeline(self, recording: str, purpose: str) -> dict[str, Any]:
        shown = super().timeline(recording, purpose)
        presses = [each for each in shown["events"] if each["kind"] == "press"]
        return shown | {"events": [each for each in shown["events"] if each is not presses[-1]]}


class WithheldEnd(Liar):
    def timeline(self, recording: str, purpose: str) -> dict[str, Any]:
        return super().timeline(recording, purpose) | {"close": None}


class WithheldHandOver(Liar):
    def assignments(self) -> dict[str, str]:
        return {}


class OldAccount(Liar):
    def accounts(self) -> dict[str, CameraCount]:
        return {camera: CameraCount(1, 0) for camera in super().accounts()}


_USUAL = (ListedTwice, CutExport)


@pytest.mark.parametrize(
    "liar", [*_USUAL, *hunted(*(each for each in Liar.__subclasses__() if each not in _USUAL))]
)
def test_in_the_messages(waiting: WaitingRun, liar: type[Liar]) -> None:
    assert waiting.failures(api=liar(waiting.left.site.api))


def test_a_fleet_that_only_passes_on_what_is_true_is_believed(waiting: WaitingRun) -> None:
    assert waiting.failures(api=Liar(waiting.left.site.api)) == []
