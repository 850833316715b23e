"""What is said at a door cannot vanish unseen: a run in virtual time whose words are taken, swapped, cut.

Two cameras: one hands over what it signed, and keeps its newest alone; the other has no network, and keeps
all of it. Between the last step and the judging one thing is changed at a time, judged, and left as it was.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from simulator.fleet.api import FleetApi
from simulator.oracle.history import OperationKind
from simulator.oracle.judge import broken, judge, not_evaluated, passed
from simulator.progress import TerminalProgress
from simulator.replay.reading import read_cameras
from simulator.report.report import RunReport
from simulator.scenario.collect import collect, kept_by
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Left, Run, case_of
from tests.integration.simulator.test_mutations import Liar
from tests.support.scenarios import network, scenario, step, wait

SMALL = {"count": 2, "source": "synthetic", "width": 160, "height": 120, "fps": 5, "window_s": 5}
HERE, AWAY = ["cam-01"], ["cam-02"]
SCENARIO = scenario(
    "words",
    "wait_ring_full",
    network("cut", "cam-02"),
    step("consent", kind="given", wording="en 2"),
    step("press", cameras=HERE),
    wait(3),
    step("consent", kind="withdrawn", wording="en 2"),
    wait(4),
    step("consent", kind="not asked", why="danger"),
    step("consent", kind="overridden", cameras=HERE),
    wait(3),
    step("consent", kind="asked for"),
    step("stop", cameras=HERE),
    step("consent", kind="given", wording="en 2", on="phone", cameras=HERE),
    step("consent", kind="refused", on="phone", cameras=HERE),
    step("dock"),
    step("consent", kind="overridden", refused=True),
    step("wait_held", cameras=HERE, timeout_s=120),
    title="What is said at two doors",
    time="virtual",
    cameras=SMALL,
    prerecord_reasons=["private"],
    listed_within_s=120,
)
WORDS = 4
"""So many events cam-02 signs, all of which it keeps; cam-01 signs three more and keeps its newest."""


@dataclass
class Judged:
    """What the run came to as it was left, and with one thing changed at a time."""

    untouched: list[str]
    changed: dict[str, list[str]]
    report: RunReport
    left: Left


def consents_of(left: Left, name: str) -> Path:
    """Where a camera keeps what it signed."""
    [camera] = [each for each in left.context.group if each.name == name]
    return camera.spec.state / "consent"


class ChangedConsents(Liar):
    """A fleet whose files of consent are changed on their way."""

    def __init__(self, true: FleetApi, change: Callable[[str, dict[str, bytes]], dict[str, bytes]]) -> None:
        super().__init__(true)
        self._change = change

    def consent_files(self, camera: str, first: int) -> tuple[bytes, bool]:
        data, more = self._true.consent_files(camera, first)
        with ZipFile(BytesIO(data)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        whole = BytesIO()
        with ZipFile(whole, "w") as archive:
            for name, each in self._change(camera, files).items():
                archive.writestr(name, each)
        return whole.getvalue(), more


def delete(folder: Path) -> None:
    (folder / "00000002.cbor").unlink()


def delete_the_newest(folder: Path) -> None:
    (folder / f"{WORDS:08d}.cbor").unlink()


def swap(folder: Path) -> None:
    first, second = (folder / name for name in ("00000001.cbor", "00000002.cbor"))
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)


def flip_a_bit(folder: Path) -> None:
    file = folder / "00000003.cbor"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def replay(folder: Path) -> None:
    (folder / "00000003.cbor").write_bytes((folder / "00000002.cbor").read_bytes())


def truncate(folder: Path) -> None:
    (folder / "00000001.cbor").write_bytes((folder / "00000001.cbor").read_bytes()[:-1])


def one_more(folder: Path) -> None:
    shutil.copy(folder / "00000001.cbor", folder / "00000009.cbor")


def withhold(_camera: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return dict(list(files.items())[1:])


def withhold_all(_camera: str, _files: dict[str, bytes]) -> dict[str, bytes]:
    return {}


def swap_at_fleet(_camera: str, files: dict[str, bytes]) -> dict[str, bytes]:
    names, data = list(files), list(files.values())
    return dict(zip(names, [*data[1:2], *data[:1], *data[2:]], strict=True)) if len(data) > 1 else files


def cut_at_fleet(_camera: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data[:-1] if at == 0 else data for at, (name, data) in enumerate(files.items())}


class ChangedEntries(Liar):
    """A fleet whose entries of what was said on phones are changed on their way."""

    def __init__(self, true: FleetApi, change: Callable[[list[dict[str, Any]]], None]) -> None:
        super().__init__(true)
        self._change = change

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        answer = self._true.ask(method, path, body)
        self._change(answer)
        return answer


def lose_an_entry(entries: list[dict[str, Any]]) -> None:
    del entries[0]


def change_an_entry(entries: list[dict[str, Any]]) -> None:
    entries[-1]["kind"] = "given"


def forget_who_signed(entries: list[dict[str, Any]]) -> None:
    entries[0]["signed_by"] = None


ON_CARDS = (delete, delete_the_newest, swap, flip_a_bit, replay, truncate, one_more)
AT_FLEET = (withhold, withhold_all, cut_at_fleet)
ON_PHONES = (lose_an_entry, change_an_entry, forget_who_signed)
HARMLESS = (swap_at_fleet,)
"""What a file is called at the fleet says nothing: what it says itself does."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("words")
    keep = folder / "keep"
    keep.mkdir()
    loaded = LoadedScenario(parse_scenario(SCENARIO, origin="words.toml"), SCENARIO)
    draft = draft_of(loaded, None, None, kept=True)
    found: dict[str, list[str]] = {}
    kept: list[Left] = []

    def failures(left: Left, consents: dict[str, Path], api: FleetApi) -> list[str]:
        left.exports.mkdir(parents=True, exist_ok=True)
        for each in left.exports.iterdir():
            each.unlink()
        with ExitStack() as desks:
            cameras = [kept_by(camera, desks, left.before) for camera in left.context.group]
            changed = [replace(each, consents=consents.get(each.camera, each.consents)) for each in cameras]
            visits = left.context.recorder.history.visits
            world = collect(changed, api, left.exports, said=True, visits=visits)
        checks = judge(case_of(loaded.scenario, left, world))
        said = [each.sentence for each in (*broken(checks), *not_evaluated(checks))]
        assert passed(checks) == (not said)
        return said

    def between(left: Left) -> None:
        kept.append(left)
        whole = consents_of(left, "cam-02")
        found["untouched"] = failures(left, {}, left.site.api)
        for mutate in ON_CARDS:
            copy = folder / mutate.__name__
            shutil.copytree(whole, copy)
            mutate(copy)
            found[mutate.__name__] = failures(left, {"cam-02": copy}, left.site.api)
        for change in (*AT_FLEET, *HARMLESS):
            found[change.__name__] = failures(left, {}, ChangedConsents(left.site.api, change))
        for alter in ON_PHONES:
            found[alter.__name__] = failures(left, {}, ChangedEntries(left.site.api, alter))

    with TerminalProgress() as progress:
        Run(loaded, 1, keep, None, {}, threading.Event(), progress, draft, between).perform()
    assert draft.error is None, draft.error
    return Judged(found.pop("untouched"), found, draft.report(), kept[0])


def test_the_run_as_it_was_left_holds(judged: Judged) -> None:
    assert judged.untouched == []
    assert judged.report.passed, [each.sentence for each in judged.report.checks if not each.passed]
    words = [each for each in judged.left.context.recorder.history.operations if each.said is not None]
    assert {each.kind for each in words} == {OperationKind.CONSENT}
    # And an override on each, which the dock refuses; two of the words of cam-01 were said on a phone.
    assert len(words) == 2 * (WORDS + 1) + 3
    entries = [each.answer.entry for each in words if each.answer is not None and each.answer.entry]
    assert len(set(entries)) == 2


def test_each_word_is_on_its_camera_or_at_the_fleet(judged: Judged) -> None:
    def on_card(name: str) -> list[str]:
        folder = consents_of(judged.left, name)
        return sorted(each.name for each in folder.iterdir())

    assert on_card("cam-01") == [f"{WORDS + 3:08d}.cbor"]
    assert on_card("cam-02") == [f"{number:08d}.cbor" for number in range(1, WORDS + 1)]


# proves F8
@pytest.mark.parametrize("mutate", ON_CARDS, ids=lambda each: each.__name__)
def test_what_is_changed_on_a_card_fails_the_run(judged: Judged, mutate: Callable[[Path], None]) -> None:
    assert judged.changed[mutate.__name__]


# proves F8
@pytest.mark.parametrize("change", AT_FLEET, ids=lambda each: each.__name__)
def test_what_is_withheld_or_cut_at_the_fleet_fails_the_run(
    judged: Judged, change: Callable[[str, dict[str, bytes]], dict[str, bytes]]
) -> None:
    assert judged.changed[change.__name__]


# proves F8
@pytest.mark.parametrize("alter", ON_PHONES, ids=lambda each: each.__name__)
def test_what_is_lost_or_changed_of_a_word_on_a_phone_fails_the_run(
    judged: Judged, alter: Callable[[list[dict[str, Any]]], None]
) -> None:
    assert judged.changed[alter.__name__]


# proves F8
def test_a_kept_folder_tells_again_what_its_cameras_had_let_go_of(judged: Judged) -> None:
    keep = consents_of(judged.left, "cam-01").parents[3]
    here, away = read_cameras(keep)

    assert [each.number for each in here.consents] == [1, 2, 3, 4, 5, 6, 7]
    assert [str(each.said.kind) for each in here.consents[:3]] == ["given", "withdrawn", "not asked"]
    assert [each.number for each in away.consents] == [1, 2, 3, 4]
    assert (here.unreadable, away.unreadable) == ((), ())


def test_what_a_file_is_called_at_the_fleet_says_nothing(judged: Judged) -> None:
    assert judged.changed["swap_at_fleet"] == []
