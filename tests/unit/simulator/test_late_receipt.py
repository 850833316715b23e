"""What arrives while a run is judged was not there to be seen, and is held against nobody."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.oracle.history import History
from simulator.oracle.judge import Case
from simulator.oracle.world import World
from simulator.progress import TerminalProgress
from simulator.scenario import run
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.watch import MadeRecording
from tests.support.scenarios import scenario

SCENARIO = scenario("late", "press", "stop", "wait_held", title="A receipt comes while it is judged")


# proves F8
def test_a_receipt_that_comes_while_it_is_looked_is_not_said_to_be_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = (
        MadeRecording("cam-01", "cam-01", number, tmp_path, 0.0, 1.0, recording=str(number) * 32)
        for number in (1, 2)
    )
    early.held = 5.0
    watch = SimpleNamespace(made=[early, late], far=frozenset(), alerts={})
    recorder = SimpleNamespace(history=History(()), events=(), began_utc=0.0, at_s=lambda _: 0.0, since=float)
    left: Any = SimpleNamespace(
        context=SimpleNamespace(watch=watch, recorder=recorder, group=()),
        site=SimpleNamespace(service=None),
        before={},
    )
    loaded = LoadedScenario(parse_scenario(SCENARIO, origin="late.toml"), SCENARIO)
    judged: list[Case] = []

    def look(_run: run.Run, _left: run.Left) -> World:
        late.held = 7.0  # its camera goes on while it is looked
        return World((), (), {})

    monkeypatch.setattr(run.Run, "_world", look)

    def judge(case: Case) -> tuple[()]:
        judged.append(case)
        return ()

    monkeypatch.setattr(run, "judge", judge)
    monkeypatch.setattr(run, "events_of", lambda *_: ())
    with TerminalProgress() as progress:
        draft = draft_of(loaded, None, None, kept=False)
        made = run.Run(loaded, 1, tmp_path, None, {}, threading.Event(), progress, draft)
        made._judge(left)

    assert [case.receipts for case in judged] == [frozenset({early.recording})]
