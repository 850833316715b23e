"""A storm runs the cameras' and the fleet's own code: seeds hold, and a promise that is broken is found."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from simulator.report.outcome import RunOutcome
from simulator.scenario.load import load_with_text
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Run
from simulator.scenario.virtual_time import VirtualContext
from simulator.storm.command import StormCommand
from simulator.storm.draw import draw_shift
from simulator.storm.judge import verdict_of
from simulator.storm.one_run import run_shift


class Silent:
    """Shows nothing."""

    def doing(self, words: str, *, of: int = 0) -> None: ...
    def done(self) -> None: ...
    def failed(self) -> None: ...


@pytest.mark.parametrize("seed", [19, 22])
def test_a_seed_holds(seed: int) -> None:
    verdict = run_shift(draw_shift(seed), threading.Event())

    assert verdict.outcome is RunOutcome.HELD, verdict.sentences


@pytest.mark.hunt
@pytest.mark.timeout(900)
def test_a_broken_promise_is_found_within_few_seeds_and_made_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A camera loses what it recorded and acknowledged, as soon as that has ended."""

    looked = VirtualContext.after_step

    def lose(self: VirtualContext) -> None:
        for each in self.watch.made:
            if each.ended:
                shutil.rmtree(each.folder, ignore_errors=True)
        looked(self)

    monkeypatch.setattr(VirtualContext, "after_step", lose)
    file = tmp_path / "storm.json"
    storm = StormCommand(5, 19, 6, keep_going=False, folder=tmp_path, json_file=file)

    assert storm.perform(lambda _: None) == 1

    [failed] = json.loads(file.read_text())["failed"]
    assert failed["seed"] == 19, "the first"
    assert failed["shortest"] <= 5
    loaded = load_with_text(failed["scenario"])
    draft = draft_of(loaded, None, None, kept=False)
    (tmp_path / "again").mkdir()
    Run(loaded, draft.seed, tmp_path / "again", None, {}, threading.Event(), Silent(), draft).perform()
    again = verdict_of(draft.report())
    assert again.outcome is RunOutcome.BROKEN
    assert again.ways & set(failed["ways"]), "it fails in the same way"
