"""Kept figures: read, compared, and written into the README."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.__main__ import main
from benchmarks._support.baseline import FOLDER, BaselineError, compare, ratios_of, read_kept
from benchmarks._support.figures import ENOUGH_FOR_P99, Distribution, Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Movement, Ratio
from benchmarks._support.readme import README, ReadmeError, with_parts

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY = "/dev/shm"  # noqa: S108 - nothing is written to it
KEPT = sorted(FOLDER.glob("*.json"))


def ratio(name: str, value: float) -> Ratio:
    """A ratio without noise."""
    return Ratio(name, (value,) * 5, (1.0,) * 5)


def test_a_run_is_compared_ratio_by_ratio() -> None:
    before = [ratio("press", 4.0), ratio("gone", 1.0)]
    now = [ratio("press", 6.0), ratio("new", 2.0)]
    found = {each.name: each for each in compare(before, now)}
    assert {name: each.movement for name, each in found.items()} == {
        "press": Movement.WORSE,
        "new": None,
        "gone": None,
    }
    assert found["press"].sentence == "press: 4.00 before, 6.00 now (WORSE; 5 samples, unsure by 0%)"
    assert found["new"].sentence == "new: 2.00, new"
    assert found["gone"].sentence == "gone: not measured any more"


def test_figures_are_kept_with_all_that_tells_whether_they_can_be_compared(tmp_path: Path) -> None:
    figures = Figures("Some", this_machine(tmp_path), rows=[{"a": 1}], ratios=[ratio("press", 4.0)])
    figures.write(tmp_path / "some.json")
    kept = read_kept(tmp_path / "some.json")
    assert set(kept) >= {"schema", "date", "commit", "machine", "load", "quick", "ratios"}
    assert [(each.name, each.over) for each in ratios_of(kept)] == [("press", (4.0,) * 5)], "raw samples, too"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "cannot be read as figures"),
        ("[]", "does not hold figures of schema"),
        ('{"schema": 99}', "measure them anew"),
    ],
)
def test_a_file_that_holds_no_figures_is_said_to_hold_none(
    tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "some.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BaselineError, match=sentence):
        read_kept(path)
    with pytest.raises(BaselineError, match="no figures to compare with"):
        read_kept(tmp_path / "other.json")


@pytest.mark.parametrize(
    "broken", [{}, {"ratios": [{}]}, {"ratios": [{**ratio("a", 1).to_json(), "over": []}]}]
)
def test_a_ratio_that_is_none_is_said(broken: dict[str, Any]) -> None:
    with pytest.raises(BaselineError, match="a ratio that is none"):
        ratios_of({"title": "Some", **broken})


def test_of_few_values_there_is_no_slowest_hundredth() -> None:
    values = [float(number) for number in range(1, ENOUGH_FOR_P99 + 1)]
    assert Distribution.of(values).p99 == 297.0, "the nearest rank: one that was really measured"
    assert Distribution.of(values[:-1]).p99 is None


def test_a_part_of_the_readme_is_made_anew_and_nothing_else() -> None:
    text = "before\n<!-- figures: a -->\nold\n<!-- end of figures: a -->\nafter\n"
    assert with_parts(text, {"a": "new"}) == text.replace("old", "new")
    for lacking in ("nothing", text.replace("end of ", ""), text + text):
        with pytest.raises(ReadmeError, match="one place"):
            with_parts(lacking, {"a": "new"})


def test_the_figures_of_the_readme_are_those_that_are_kept() -> None:
    parts = {}
    for path in KEPT:
        module = importlib.import_module(f"benchmarks.{path.stem}")
        if hasattr(module, "readme"):
            parts[path.stem] = module.readme(read_kept(path))
    assert set(parts) >= {"commit", "verify", "watch"}
    text = README.read_text(encoding="utf-8")
    assert with_parts(text, parts) == text, "python -m benchmarks --readme writes them"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_is_compared_with_is_of_a_whole_run_on_a_disk(path: Path) -> None:
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert not kept["quick"]
    assert kept["ratios"] == [each.to_json() for each in ratios_of(kept)]
    assert kept["machine"]["filesystem"] not in {"tmpfs", "ramfs"}
    assert not str(kept["commit"]).endswith("+"), "of a commit, not of what was being changed"


def test_what_cannot_be_measured_is_refused_in_a_sentence() -> None:
    words = [sys.executable, "-m", "benchmarks", "--only", "nothing"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nothing is no benchmark; there are camera, commit" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--quick", "--baseline"], "figures of a quick run are not kept"),
        (["--folder", IN_MEMORY], f"{IN_MEMORY} is in memory (tmpfs)"),
    ],
)
def test_what_would_say_nothing_is_refused_in_a_sentence(
    words: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", *words])
    with pytest.raises(SystemExit) as ended:
        sys.exit(main())
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_what_was_measured_is_kept_when_a_later_part_fails(tmp_path: Path) -> None:
    """Half an hour of filming was lost once because the demonstration after it did not start."""

    def part() -> Iterator[dict[str, Any]]:
        yield {"what": "gaps", "measured": 0}
        raise RuntimeError("cam-09 did not start.")

    figures = Figures("A camera", this_machine(tmp_path))
    figures.take("the demonstration", part())
    figures.take("the starts", iter([{"what": "start", "measured": 1}]))
    assert [row["what"] for row in figures.rows] == ["gaps", "start"]
    assert figures.notes == ["Not measured to its end, the demonstration: cam-09 did not start."]
    assert figures.to_json()["failed"]


def test_figures_of_which_a_part_failed_are_not_compared_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Figures("Verifying", this_machine(tmp_path), rows=[{"what": "SHA-256"}], failed=True)
    monkeypatch.setattr("benchmarks.verify.run", lambda *_, **__: failed)
    monkeypatch.setattr("benchmarks.__main__.FOLDER", tmp_path / "kept")
    monkeypatch.setattr("benchmarks.__main__.IN_MEMORY", frozenset())
    monkeypatch.setattr("sys.argv", ["benchmarks", "--only", "verify", "--baseline"])
    assert main() == 3
    assert not (tmp_path / "kept").exists()
    assert "SHA-256" in capsys.readouterr().out
