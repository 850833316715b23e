"""A disk without room: a run does not begin on it, and what did not hold while it was full is no verdict."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from protocol.units import MIB
from simulator.cli import app
from simulator.fleet.site import OtherFleet
from simulator.oracle.check import Check, Result
from simulator.report.draft import Draft
from simulator.report.outcome import RunOutcome
from simulator.report.surroundings import clock, machine, versions
from simulator.room import FullDiskError, Room, room_of
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Run
from simulator.trial.result import TrialResult
from simulator.trial.trial import Trial
from tests.support.media.clips import write_clip
from tests.support.scenarios import scenario, step, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

HELD, BROKEN = Check("kept", Result.HELD, "it is there"), Check("held", Result.BROKEN, "it is not held")
FOLDER = Path("/run")


def drawn(*checks: Check) -> Draft:
    return Draft("full", "full", "", (), 0, versions(), machine(), clock(), checks=checks)


def watched(*free_mib: int, raised: OSError | None = None) -> Room:
    """A room that was looked at as often as there are figures, the last of which stays."""
    left: Iterator[int] = iter(free_mib)
    room = Room({FOLDER: 1024}, lambda _: next(left, free_mib[-1]) * MIB)
    room.check()
    try:
        with room.watched():
            if raised is not None:
                raise raised
    except OSError:
        assert raised is not None
    return room


def test_a_run_does_not_begin_without_room() -> None:
    room = Room({FOLDER: 1024}, lambda _: 1023 * MIB)

    with pytest.raises(FullDiskError, match="The disk of /run has 1023 MiB free, and a run needs 1024 MiB"):
        room.check()
    assert room.trouble is None  # it is said already


def test_with_room_nothing_is_said() -> None:
    assert watched(1024).trouble is None


def test_what_was_broken_while_the_disk_was_full_is_not_evaluated() -> None:
    draft = drawn(HELD, BROKEN)
    watched(2000, 100, 3000).take_back(draft)

    report = draft.report()
    assert (report.outcome, report.exit_status) == (RunOutcome.ERROR, 3)
    assert [each.result for each in report.checks] == [Result.HELD, Result.NOT_EVALUATED]
    assert report.error is not None
    assert report.error.startswith(
        "The disk of /run was too full: 100 of 1024 MiB were left, and what did not"
    )


def test_a_disk_that_refused_what_was_written_was_full_however_much_it_says_is_left() -> None:
    draft = drawn(BROKEN)
    full = OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "/other/file")
    watched(5000, raised=full).take_back(draft)

    assert draft.report().outcome is RunOutcome.ERROR
    assert str(draft.error).startswith("The disk of /other/file was full (Disk quota exceeded), and")


def test_another_error_is_none_of_a_full_disk() -> None:
    assert watched(5000, raised=OSError(errno.EIO, os.strerror(errno.EIO))).trouble is None


@pytest.mark.parametrize(
    ("checks", "ended", "outcome"),
    [
        ((HELD,), None, RunOutcome.HELD),
        ((HELD,), RunOutcome.UNUSABLE, RunOutcome.UNUSABLE),
        ((BROKEN,), RunOutcome.INTERRUPTED, RunOutcome.INTERRUPTED),
        ((), RunOutcome.ERROR, RunOutcome.ERROR),
        ((), None, RunOutcome.ERROR),
    ],
)
def test_what_a_full_disk_makes_of_an_outcome(
    checks: tuple[Check, ...], ended: RunOutcome | None, outcome: RunOutcome
) -> None:
    draft = drawn(*checks)
    if ended is not None:
        draft.end(ended, "it was so")
    watched(2000, 1).take_back(draft)

    assert draft.report().outcome is outcome


def test_what_a_run_needs() -> None:
    other = OtherFleet("https://fleet.test", "token", None, None)

    assert room_of(FOLDER).needed == {FOLDER: 1024}
    assert room_of(FOLDER, {"footage": {"reserve_mib": 64}}).needed == {FOLDER: 64}
    assert room_of(FOLDER, {"footage": {"reserve_mib": 1_048_576}}).needed == {FOLDER: 1024}
    assert room_of(FOLDER, other=other).needed == {FOLDER: 64}


class FillsTheDisk:
    """Has the disk full from one of a run's steps on, for everybody in this process."""

    def __init__(self, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.patch, self.real = at, monkeypatch, os.statvfs

    def doing(self, words: str, *, of: int = 0) -> None:
        del of
        if words.startswith(self.at):
            self.patch.setattr(os, "statvfs", self.full)

    def full(self, path: str) -> os.statvfs_result:
        found = list(self.real(path))
        found[4] = 500 * MIB // found[1]
        return os.statvfs_result(found)

    def done(self) -> None:
        """A part is done."""

    def failed(self) -> None:
        """It failed."""


def run(text: str, folder: Path, progress: FillsTheDisk) -> Draft:
    loaded = LoadedScenario(parse_scenario(text, origin="full.toml"), text)
    draft = draft_of(loaded, None, None, kept=False)
    Run(loaded, 1, folder, None, {}, threading.Event(), progress, draft).perform()
    return draft


@pytest.mark.parametrize("at", ["Starting the fleet", "2/4"])
def test_a_run_whose_disk_fills_ends_as_its_surroundings_had_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Its fleet took nothing more; three promises were once said to be broken."""
    text = scenario("full", "press", wait(2), "stop", "wait_held", time="virtual")

    report = run(text, tmp_path, FillsTheDisk(at, monkeypatch)).report()

    assert (report.outcome, report.exit_status) == (RunOutcome.ERROR, 3)
    assert f"The disk of {tmp_path} was too full: 500 of 1024 MiB were left" in str(report.error)
    assert Result.BROKEN not in {each.result for each in report.checks}
    assert report.steps[-1].result == "failed"


def test_a_card_that_a_scenario_fills_is_no_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, good = step("card", state="full"), step("card", state="good")
    text = scenario("full", "press", wait(2), full, wait(5), good, "stop", "wait_held", time="virtual")

    report = run(text, tmp_path, FillsTheDisk("never", monkeypatch)).report()

    assert report.outcome is RunOutcome.BROKEN, report.error
    assert [each.result for each in report.steps] == ["came about"] * 7
    assert ["storage fault" in each.sentence for each in report.checks if not each.passed] == [True]


def test_a_trial_on_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress = FillsTheDisk("", monkeypatch)

    def perform(trial: Trial) -> TrialResult:
        progress.doing("Filming")
        return trial.result("The fleet does not hold the recording.")

    monkeypatch.setattr(Trial, "perform", perform)
    report = tmp_path / "report.json"
    clip = write_clip(tmp_path / "clip.mp4")
    full = CliRunner().invoke(app, ["try", str(clip), "--json", str(report)])
    assert full.exit_code == 3
    assert "was too full: 500 of 1024 MiB were left" in json.loads(report.read_text())["trouble"]

    begun = CliRunner().invoke(app, ["try", str(clip), "--json", str(report)])
    assert begun.exit_code == 3
    assert "has 500 MiB free, and a run needs 1024 MiB on it" in begun.stderr


def test_a_load_does_not_begin_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FillsTheDisk("", monkeypatch).doing("Starting")

    done = CliRunner().invoke(app, ["load", "--json", str(tmp_path / "report.json")])

    report = json.loads((tmp_path / "report.json").read_text())
    assert (done.exit_code, report["outcome"]) == (3, "error")
    assert "has 500 MiB free, and a run needs 1024 MiB on it" in report["error"]
