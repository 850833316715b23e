"""What a whole run leaves for the page of promises."""

from __future__ import annotations

from pathlib import Path

from tests.harness.crash.figures import keep
from tests.harness.crash.killing import KillTally
from tests.harness.crash.tally import Tally
from tests.support.reports.figures import read_figures


def test_the_figures_of_a_run_are_read_back_by_promise(tmp_path: Path) -> None:
    traced = Tally(states={b"1", b"2"}, again={b"2", b"3"}, lived=1, checked={"C3": 1200, "desired": 3})
    killed = KillTally(rounds=7, played=5, recordings=4, checked={"C3": 34})
    keep(traced, killed, tmp_path)
    (found,) = read_figures(tmp_path)
    assert found.name == "crash"
    assert found.promises == {"C3": "1,234 checks over 2 crash states and 7 kills, losses 0"}
    assert "distinct disks after a second crash, during the recovery: 1" in found.lines
    assert "checks of the last desired state: 3" in found.lines


def test_tallies_add_up() -> None:
    one = Tally(states={b"1"}, checked={"C3": 1}, losses=["a"], cpu_s=1.0)
    one.add(
        Tally(states={b"1", b"2"}, again={b"3"}, lived=2, checked={"C3": 2, "C5": 1}, losses=["b"], cpu_s=0.5)
    )
    assert one == Tally({b"1", b"2"}, {b"3"}, 2, {"C3": 3, "C5": 1}, ["a", "b"], 1.5)
